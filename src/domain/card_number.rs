//! The paste guard: finds whole card numbers in what a holder wrote, and masks them.

use std::ops::Range;

use icu::properties::{CodePointMapData, props::GeneralCategory};

/// How many digits a card number has (ISO/IEC 7812-1, and 13 for the oldest cards).
const LENGTHS: std::ops::RangeInclusive<usize> = 13..=19;

/// The fewest digits of a group that can stand beside other numbers in one line, as in `4242 4242 4242 4242 12/31`.
const SMALLEST_GROUP: usize = 3;

struct Digit {
    value: u8,
    bytes: Range<usize>,
}

/// Digits without anything between them.
type Group = Vec<Digit>;

/// The byte ranges of `text` that may be card numbers, in order, without overlap: 13 to 19 digits of any script whose Luhn
/// checksum holds, in one group or in several with a single space or hyphen between. Within a longer row of groups, neighbours
/// of at least three digits are tried, so that a date or a verification code beside the number hides nothing.
pub fn find_card_numbers(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = rows(text).iter().flat_map(|row| candidates(row)).collect();
    found.sort_by_key(|range| range.start);
    found.dedup_by(|next, kept| {
        let overlap = next.start < kept.end;
        if overlap {
            kept.end = kept.end.max(next.end);
        }
        overlap
    });
    found
}

/// `text` with each card number reduced to its last four digits (`•••• 4242`); `None` if there is none.
pub fn mask_card_numbers(text: &str) -> Option<String> {
    let found = find_card_numbers(text);
    if found.is_empty() {
        return None;
    }
    let mut masked = String::with_capacity(text.len());
    let mut rest = 0;
    for range in found {
        let digits: Vec<u8> = text[range.clone()].chars().filter_map(digit_value).collect();
        masked.push_str(&text[rest..range.start]);
        masked.push_str("•••• ");
        masked.extend(digits[digits.len().saturating_sub(4)..].iter().map(|digit| char::from(b'0' + digit)));
        rest = range.end;
    }
    masked.push_str(&text[rest..]);
    Some(masked)
}

/// The rows of digit groups in `text`; groups of a row have one separator between them.
fn rows(text: &str) -> Vec<Vec<Group>> {
    let mut rows: Vec<Vec<Group>> = Vec::new();
    let mut row: Vec<Group> = Vec::new();
    let mut separated = true;
    for (start, c) in text.char_indices() {
        if let Some(value) = digit_value(c) {
            if separated {
                row.push(Group::new());
            }
            if let Some(group) = row.last_mut() {
                group.push(Digit { value, bytes: start..start + c.len_utf8() });
            }
            separated = false;
        } else if is_separator(c) && !separated {
            separated = true;
        } else if category(c) != GeneralCategory::Format {
            rows.push(std::mem::take(&mut row));
            separated = true;
        }
    }
    rows.push(row);
    rows
}

fn candidates(row: &[Group]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for first in 0..row.len() {
        let mut length = 0;
        for last in first..row.len() {
            length += row[last].len();
            if length > *LENGTHS.end() {
                break;
            }
            let groups = &row[first..=last];
            let plausible = groups.len() == row.len() || groups.iter().all(|group| group.len() >= SMALLEST_GROUP);
            if LENGTHS.contains(&length) && plausible && luhn_holds(groups) {
                found.extend(span(groups));
            }
        }
    }
    found
}

fn span(groups: &[Group]) -> Option<Range<usize>> {
    Some(groups.first()?.first()?.bytes.start..groups.last()?.last()?.bytes.end)
}

/// The checksum of ISO/IEC 7812-1, annex B.
fn luhn_holds(groups: &[Group]) -> bool {
    let digits = groups.iter().flatten().rev().map(|digit| u32::from(digit.value));
    let sum: u32 = digits.enumerate().map(|(place, digit)| if place % 2 == 0 { digit } else { digit * 2 / 10 + digit * 2 % 10 }).sum();
    sum.is_multiple_of(10)
}

/// The value of a decimal digit of any script.
fn digit_value(c: char) -> Option<u8> {
    if let Some(value) = c.to_digit(10) {
        return u8::try_from(value).ok();
    }
    if !is_decimal(c) {
        return None;
    }
    // Unicode keeps decimal digits in unbroken tens from zero to nine (The Unicode Standard, section 4.6).
    let before = (0..u32::from(c)).rev().take_while(|&code| char::from_u32(code).is_some_and(is_decimal)).count();
    u8::try_from(before % 10).ok()
}

fn is_decimal(c: char) -> bool {
    category(c) == GeneralCategory::DecimalNumber
}

fn is_separator(c: char) -> bool {
    matches!(category(c), GeneralCategory::SpaceSeparator | GeneralCategory::DashPunctuation)
}

fn category(c: char) -> GeneralCategory {
    CodePointMapData::<GeneralCategory>::new().get(c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn card_numbers_are_masked_however_they_are_written() {
        for written in [
            "4242424242424242",
            "4242 4242 4242 4242",
            "4242-4242-4242-4242",
            "4242\u{a0}4242\u{202f}4242–4242",
            "4242\u{200b}4242\u{200b} 4242 4242",
            "42 42 42 42 42 42 42 42",
            "４２４２ ４２４２ ４２４２ ４２４２",
            "٤٢٤٢ ٤٢٤٢ ٤٢٤٢ ٤٢٤٢",
            "𝟜𝟚𝟜𝟚 𝟜𝟚𝟜𝟚 𝟜𝟚𝟜𝟚 𝟜𝟚𝟜𝟚",
        ] {
            assert_eq!(mask_card_numbers(&format!("ma carte {written}, merci")).as_deref(), Some("ma carte •••• 4242, merci"), "{written}");
        }
    }

    #[test]
    fn every_length_of_card_number_is_found() {
        for number in ["4222222222222", "30569309025904", "378282246310005", "5555555555554444", "6304000000000000018", "3782 822463 10005"]
        {
            assert_eq!(find_card_numbers(number), std::slice::from_ref(&(0..number.len())), "{number}");
        }
    }

    #[test]
    fn what_stands_beside_the_number_hides_nothing() {
        let text = "4242 4242 4242 4242 12/31 123";
        assert_eq!(mask_card_numbers(text).as_deref(), Some("•••• 4242 12/31 123"));
        assert_eq!(mask_card_numbers("no 1 5555 5555 5555 4444").as_deref(), Some("no 1 •••• 4444"));
        assert_eq!(mask_card_numbers("4242424242424242 5555555555554444").as_deref(), Some("•••• 4242 •••• 4444"));
        assert_eq!(mask_card_numbers("4242424242424242\n5555555555554444").as_deref(), Some("•••• 4242\n•••• 4444"));
    }

    #[test]
    fn other_numbers_stay_as_they_are() {
        for text in [
            "",
            "Bonjour",
            "4242",
            "12345678",
            "4242 4242 4242 4241",
            "+33 6 12 34 56 78",
            "06 12 34 56 78 06 98 76 54 32",
            "8 (912) 345-67-89",
            "2016-12-31 14:05:30",
            "31.12.2016 1 234 567,50 ₽",
            "4242  4242  4242  4242",
            "42424242424242424242424242",
        ] {
            assert_eq!(mask_card_numbers(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_found_stands_apart_and_all_else_is_kept(text in "[0-9 ٠-٩x-]{0,80}") {
            let found = find_card_numbers(&text);
            prop_assert!(found.windows(2).all(|pair| pair[0].end < pair[1].start));
            let kept: String = text.char_indices().filter(|(at, _)| !found.iter().any(|range| range.contains(at))).map(|(_, c)| c).collect();
            let masked = mask_card_numbers(&text).unwrap_or(text);
            let mask_length = "•••• 4242".len();
            prop_assert_eq!(masked.len(), kept.len() + found.len() * mask_length);
        }

        #[test]
        fn a_number_with_a_valid_checksum_is_always_found(body in "[1-9][0-9]{11,17}", before in "\\PN{0,8}", after in "\\PN{0,8}") {
            let valid = (0..10).map(|check| format!("{body}{check}")).find(|number| !find_card_numbers(number).is_empty()).unwrap();
            let text = format!("{before}x{valid}x{after}");
            let masked = mask_card_numbers(&text).unwrap();
            prop_assert!(!masked.contains(&valid));
        }
    }
}
