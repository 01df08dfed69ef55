//! Bank account numbers, which look like card numbers in part and are none.

use std::ops::Range;

/// How many characters an IBAN has (ISO 13616-1).
const LENGTHS: std::ops::RangeInclusive<usize> = 15..=34;

/// The byte ranges of the IBANs in `text`, with single spaces between their groups or none.
pub(super) fn find_iban(text: &str) -> Vec<Range<usize>> {
    let starts = text.char_indices().filter(|(at, c)| c.is_ascii_alphabetic() && !text[..*at].ends_with(|c: char| c.is_alphanumeric()));
    starts.filter_map(|(at, _)| iban_at(text, at)).collect()
}

/// The longest IBAN that starts there.
fn iban_at(text: &str, start: usize) -> Option<Range<usize>> {
    let mut signs = Vec::new();
    let mut found = None;
    let mut spaced = false;
    for (at, c) in text[start..].char_indices() {
        let fits = match signs.len() {
            0 | 1 => c.is_ascii_alphabetic(),
            2 | 3 => c.is_ascii_digit(),
            _ => c.is_ascii_alphanumeric(),
        };
        if fits && signs.len() < *LENGTHS.end() {
            signs.push(c.to_digit(36)?);
            spaced = false;
            if LENGTHS.contains(&signs.len()) && checks(&signs) {
                found = Some(start..start + at + 1);
            }
        } else if matches!(c, ' ' | '\u{a0}' | '\u{202f}') && !spaced {
            spaced = true;
        } else {
            break;
        }
    }
    found
}

/// The checksum of ISO 7064, MOD 97-10: the country and the check digits go to the end, and letters count from 10 on.
fn checks(signs: &[u32]) -> bool {
    let (first, rest) = signs.split_at(4);
    rest.iter().chain(first).fold(0, |sum, sign| (sum * if *sign > 9 { 100 } else { 10 } + sign) % 97) == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_iban_is_found_by_its_checksum() {
        for iban in ["FR76 3000 6000 0112 3456 7890 189", "DE89370400440532013000", "BE68 5390 0754 7034", "GB82 WEST 1234 5698 7654 32"] {
            let text = format!("mon IBAN : {iban}, merci");
            assert_eq!(find_iban(&text), std::slice::from_ref(&(11..11 + iban.len())), "{iban}");
        }
        for other in ["", "FR", "FR77 3000 6000 0112 3456 7890 189", "4242 4242 4242 4242", "carte 4242424242424242"] {
            assert!(find_iban(other).is_empty(), "{other}");
        }
    }
}
