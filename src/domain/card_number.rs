//! The paste guard: finds whole card numbers in what a holder wrote, and masks them.

use std::ops::Range;

use icu::properties::{CodePointMapData, props::GeneralCategory};
use unicode_normalization::UnicodeNormalization as _;

use super::iban::find_iban;

/// How many digits a card number has (ISO/IEC 7812-1, and 13 for the oldest cards).
const LENGTHS: std::ops::RangeInclusive<usize> = 13..=19;

/// The first four digits of the numbers that cards are issued under. Dates, telephone and order numbers mostly begin otherwise.
const ISSUED: [std::ops::RangeInclusive<u16>; 16] = [
    1800..=1800, // JCB
    2131..=2131,
    2200..=2204, // Mir
    2221..=2720, // Mastercard
    3000..=3059, // Diners Club
    3095..=3095,
    3400..=3499, // American Express
    3528..=3589, // JCB
    3600..=3699, // Diners Club
    3700..=3799, // American Express
    3800..=3999, // Diners Club
    4000..=4999, // Visa
    5000..=5899, // Mastercard, Maestro
    6000..=6999, // Maestro, UnionPay, Discover, RuPay
    8100..=8299, // UnionPay, RuPay
    9792..=9792, // Troy
];

/// The fewest digits of a group that can stand beside other numbers in one row, as in `4242 4242 4242 4242 12/31`.
const SMALLEST_GROUP: usize = 3;

/// How many separators may stand between two groups, as in `4242 - 4242`.
const MOST_SEPARATORS: usize = 3;

struct Digit {
    value: u8,
    bytes: Range<usize>,
}

/// Digits without anything between them.
type Group = Vec<Digit>;

/// The byte ranges of `text` that may be card numbers, in order, without overlap: 13 to 19 digits of any script and style that cards
/// are issued under and whose Luhn checksum holds, in one group or in several with spaces, hyphens, dots or line breaks between.
/// Within a longer row of groups, neighbours of at least three digits are tried, and groups as long as the first one, so that a date
/// or a verification code beside the number hides nothing. An IBAN is no card number.
pub fn find_card_numbers(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = rows(text).iter().flat_map(|row| candidates(row)).collect();
    if !found.is_empty() {
        let iban = find_iban(text);
        found.retain(|range| !iban.iter().any(|iban| iban.start <= range.start && range.end <= iban.end));
    }
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

/// `text` with each card number reduced to its last four digits (`•••• 4242`), and every other digit hidden, since what stands beside
/// a card number may be its expiry or its verification code; `None` if there is no card number.
pub fn mask_card_numbers(text: &str) -> Option<String> {
    let found = find_card_numbers(text);
    if found.is_empty() {
        return None;
    }
    let mut masked = String::with_capacity(text.len());
    let mut rest = 0;
    for range in found {
        let digits: Vec<u8> = text[range.clone()].chars().filter_map(digit_value).collect();
        masked.extend(without_digits(&text[rest..range.start]));
        masked.push_str("•••• ");
        masked.extend(digits[digits.len().saturating_sub(4)..].iter().map(|digit| char::from(b'0' + digit)));
        rest = range.end;
    }
    masked.extend(without_digits(&text[rest..]));
    Some(masked)
}

fn without_digits(text: &str) -> impl Iterator<Item = char> {
    text.chars().map(|c| if digit_value(c).is_some() { '•' } else { c })
}

/// The rows of digit groups in `text`; groups of a row have nothing but a few separators between them.
fn rows(text: &str) -> Vec<Vec<Group>> {
    let mut rows: Vec<Vec<Group>> = Vec::new();
    let mut row: Vec<Group> = Vec::new();
    let mut separators = 1;
    for (start, c) in text.char_indices() {
        if let Some(value) = digit_value(c) {
            if separators > 0 {
                row.push(Group::new());
            }
            if let Some(group) = row.last_mut() {
                group.push(Digit { value, bytes: start..start + c.len_utf8() });
            }
            separators = 0;
        } else if is_separator(c) && separators < MOST_SEPARATORS {
            separators += 1;
        } else if !is_unseen(c) {
            rows.push(std::mem::take(&mut row));
            separators = 1;
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
            if LENGTHS.contains(&length) && is_plausible(groups, row) && is_issued(groups) && luhn_holds(groups) {
                found.extend(span(groups));
            }
        }
    }
    found
}

/// Whether somebody would write a number in these groups of a row: long ones, perhaps with a short one at the row's end, or from
/// the row's start on all of one length.
fn is_plausible(groups: &[Group], row: &[Group]) -> bool {
    let from_start = std::ptr::eq(groups.as_ptr(), row.as_ptr());
    let whole = groups.len() == row.len();
    let may_be_short = usize::from(whole);
    groups.iter().rev().skip(may_be_short).all(|group| group.len() >= SMALLEST_GROUP)
        || from_start && groups.windows(2).all(|pair| pair[0].len() == pair[1].len())
}

fn is_issued(groups: &[Group]) -> bool {
    let begins = groups.iter().flatten().take(4).fold(0, |begins, digit| begins * 10 + u16::from(digit.value));
    ISSUED.iter().any(|issued| issued.contains(&begins))
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

/// The value of a decimal digit of any script, or of a styled one, such as `４`, `④` and `⁴`.
fn digit_value(c: char) -> Option<u8> {
    if c.is_ascii() {
        return c.to_digit(10).and_then(|value| u8::try_from(value).ok());
    }
    if !is_decimal(c) {
        let mut plain = c.nfkd();
        return plain.next().filter(|_| plain.next().is_none())?.to_digit(10).and_then(|value| u8::try_from(value).ok());
    }
    // Unicode keeps decimal digits in unbroken tens from zero to nine (The Unicode Standard, section 4.6).
    let before = (0..u32::from(c)).rev().take_while(|&code| char::from_u32(code).is_some_and(is_decimal)).count();
    u8::try_from(before % 10).ok()
}

fn is_decimal(c: char) -> bool {
    category(c) == GeneralCategory::DecimalNumber
}

fn is_separator(c: char) -> bool {
    c.is_whitespace() || matches!(c, '.' | '_' | '·' | '•') || category(c) == GeneralCategory::DashPunctuation
}

/// What stands within a number without being seen: zero-width characters, and the keycap around an emoji's digit.
fn is_unseen(c: char) -> bool {
    matches!(category(c), GeneralCategory::Format | GeneralCategory::NonspacingMark | GeneralCategory::EnclosingMark)
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
            "④②④② ⁴²⁴² ④②④② ④②④②",
            "4️⃣2️⃣4️⃣2️⃣ 4242 4242 4242",
            "4242.4242.4242.4242",
            "4242_4242_4242_4242",
            "4242  4242  4242  4242",
            "4242 - 4242 - 4242 - 4242",
            "4242\n4242\n4242\n4242",
            "4242\u{200b}\u{2060}4242\u{ad}42424242",
            "4 2 4 2 4 2 4 2 4 2 4 2 4 2 4 2",
        ] {
            assert_eq!(mask_card_numbers(&format!("ma carte {written}, merci")).as_deref(), Some("ma carte •••• 4242, merci"), "{written}");
        }
    }

    #[test]
    fn every_length_of_card_number_is_found() {
        for number in [
            "4222222222222",
            "30569309025904",
            "378282246310005",
            "5555555555554444",
            "2200000000000053",
            "2221000000000009",
            "3530111333300000",
            "6011111111111117",
            "6200000000000005",
            "6304000000000000018",
            "3782 822463 10005",
        ] {
            assert_eq!(find_card_numbers(number), std::slice::from_ref(&(0..number.len())), "{number}");
        }
    }

    #[test]
    fn what_stands_beside_the_number_hides_nothing() {
        for (text, masked) in [
            ("4242 4242 4242 4242 12/31 123", "•••• 4242 ••/•• •••"),
            ("42 42 42 42 42 42 42 42 12/31", "•••• 4242 ••/••"),
            ("no 1 5555 5555 5555 4444", "no • •••• 4444"),
            ("4242424242424242 5555555555554444", "•••• 4242 •••• 4444"),
            ("4242424242424242\n5555555555554444", "•••• 4242\n•••• 4444"),
            ("CVV 123, 4242424242424242", "CVV •••, •••• 4242"),
        ] {
            assert_eq!(mask_card_numbers(text).as_deref(), Some(masked));
        }
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
            "4242    4242    4242    4242",
            "42424242424242424242424242",
            "FR76 3000 6000 0112 3456 7890 189",
            "BE68 5390 0754 7034",
            "30.12.2016, 12.01.2017",
            "2016-12-31 2017-01-01 2017-01-02",
            "order 8012345678901231",
        ] {
            assert_eq!(mask_card_numbers(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_found_stands_apart_and_all_else_is_kept(text in "[0-9 ٠-٩x-]{0,80}") {
            let found = find_card_numbers(&text);
            prop_assert!(found.windows(2).all(|pair| pair[0].end < pair[1].start));
            let kept = text.char_indices().filter(|(at, _)| !found.iter().any(|range| range.contains(at))).count();
            let masked = mask_card_numbers(&text).unwrap_or(text);
            prop_assert_eq!(masked.chars().count(), kept + found.len() * "•••• 4242".chars().count());
        }

        #[test]
        fn a_number_with_a_valid_checksum_is_always_found(body in "(4|5[0-8]|6)[0-9]{11,16}", before in "\\PN{0,8}", after in "\\PN{0,8}") {
            let valid = (0..10).map(|check| format!("{body}{check}")).find(|number| !find_card_numbers(number).is_empty()).unwrap();
            let text = format!("{before}x{valid}x{after}");
            let masked = mask_card_numbers(&text).unwrap();
            prop_assert!(!masked.contains(&valid));
        }
    }
}
