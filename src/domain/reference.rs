//! The reference of a receipt, as it is given out and as somebody reads it out or types it.

use std::fmt;
use std::str::FromStr;

/// Crockford's base 32 (crockford.com/base32.html): without I, L, O and U, which are misread or make words.
pub const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A reference of ten symbols, written as `K7QX2-M9DA4`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference(String);

/// The text is not ten symbols of the alphabet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the reference of a receipt, which has ten letters and digits, such as K7QX2-M9DA4")]
pub struct ReferenceError;

impl Reference {
    /// As receipts show it and the audit keeps it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Reference {
    type Err = ReferenceError;

    /// Takes a reference in any case, with spaces or hyphens anywhere; O is read as 0, I and L as 1, as Crockford has it.
    fn from_str(text: &str) -> Result<Self, ReferenceError> {
        let symbols = text.chars().filter(|letter| !letter.is_whitespace() && !matches!(letter, '-' | '‐' | '‑' | '–'));
        let symbols: String = symbols.map(symbol).collect::<Option<_>>().ok_or(ReferenceError)?;
        if symbols.len() != 10 {
            return Err(ReferenceError);
        }
        let (left, right) = symbols.split_at(5);
        Ok(Self(format!("{left}-{right}")))
    }
}

fn symbol(letter: char) -> Option<char> {
    match letter.to_ascii_uppercase() {
        'O' => Some('0'),
        'I' | 'L' => Some('1'),
        other => u8::try_from(other).is_ok_and(|byte| ALPHABET.contains(&byte)).then_some(other),
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_read_however_it_is_typed() {
        for typed in ["K7QX2-M9D01", "k7qx2m9d01", " K7QX2 M9D01 ", "K-7-Q-X-2-M-9-D-0-1", "k7qx2–m9doi", "K7QX2-M9DOL"] {
            assert_eq!(typed.parse::<Reference>().unwrap().as_str(), "K7QX2-M9D01", "{typed}");
        }
        for typed in ["", "K7QX2", "K7QX2-M9D012", "K7QX2-M9DU1", "K7QX2-M9D0é", "K7QX2_M9D01"] {
            assert_eq!(typed.parse::<Reference>(), Err(ReferenceError), "{typed}");
        }
    }
}
