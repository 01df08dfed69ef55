//! Bank account numbers, which look like card numbers in part and are none.

use std::ops::Range;

/// How many characters the IBANs of each country have (ISO 13616-1, the registry of SWIFT). Of anything else that passes the checksum
/// one in a hundred does so by chance.
#[rustfmt::skip]
const LENGTHS: [(&str, usize); 77] = [
    ("AD", 24), ("AE", 23), ("AL", 28), ("AT", 20), ("AZ", 28), ("BA", 20), ("BE", 16), ("BG", 22), ("BH", 22), ("BR", 29), ("BY", 28),
    ("CH", 21), ("CR", 22), ("CY", 28), ("CZ", 24), ("DE", 22), ("DK", 18), ("DO", 28), ("EE", 20), ("EG", 29), ("ES", 24), ("FI", 18),
    ("FO", 18), ("FR", 27), ("GB", 22), ("GE", 22), ("GI", 23), ("GL", 18), ("GR", 27), ("GT", 28), ("HR", 21), ("HU", 28), ("IE", 22),
    ("IL", 23), ("IQ", 23), ("IS", 26), ("IT", 27), ("JO", 30), ("KW", 30), ("KZ", 20), ("LB", 28), ("LC", 32), ("LI", 21), ("LT", 20),
    ("LU", 20), ("LV", 21), ("LY", 25), ("MC", 27), ("MD", 24), ("ME", 22), ("MK", 19), ("MR", 27), ("MT", 31), ("MU", 30), ("NL", 18),
    ("NO", 15), ("PK", 24), ("PL", 28), ("PS", 29), ("PT", 25), ("QA", 29), ("RO", 24), ("RS", 22), ("SA", 24), ("SC", 31), ("SE", 24),
    ("SI", 19), ("SK", 24), ("SM", 27), ("TL", 23), ("TN", 24), ("TR", 26), ("UA", 29), ("VA", 22), ("VG", 24), ("XK", 20), ("ST", 25),
];

/// The byte ranges of the IBANs in `text`, with single spaces between their groups or none.
pub(super) fn find_iban(text: &str) -> Vec<Range<usize>> {
    let starts = text.char_indices().filter(|(at, c)| c.is_ascii_alphabetic() && !text[..*at].ends_with(|c: char| c.is_alphanumeric()));
    starts.filter_map(|(at, _)| iban_at(text, at)).collect()
}

/// The IBAN that starts there.
fn iban_at(text: &str, start: usize) -> Option<Range<usize>> {
    let country = text.get(start..start + 2)?;
    let (_, length) = LENGTHS.iter().find(|(known, _)| known.eq_ignore_ascii_case(country))?;
    let mut signs = Vec::new();
    let mut spaced = false;
    for (at, c) in text[start..].char_indices() {
        let fits = match signs.len() {
            2 | 3 => c.is_ascii_digit(),
            _ => c.is_ascii_alphanumeric(),
        };
        if fits {
            signs.push(c.to_digit(36)?);
            spaced = false;
            if signs.len() == *length {
                return checks(&signs).then_some(start..start + at + 1);
            }
        } else if matches!(c, ' ' | '\u{a0}' | '\u{202f}') && !spaced {
            spaced = true;
        } else {
            break;
        }
    }
    None
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
        for other in ["", "FR", "fx54341702926034746", "FR77 3000 6000 0112 3456 7890 189", "4242 4242 4242 4242", "carte 4242424242424242"]
        {
            assert!(find_iban(other).is_empty(), "{other}");
        }
    }
}
