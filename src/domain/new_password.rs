//! Passwords that holders choose: which are taken. The rules are those of NIST SP 800-63B-4, section 3.1.1.2: long, not one
//! of the common ones, and no demands on which characters it is made of. Hashing happens elsewhere.

use std::fmt;
use std::ops::RangeInclusive;

use secrecy::{ExposeSecret, SecretString};
use unicode_normalization::UnicodeNormalization;
use zxcvbn::{Score, zxcvbn};

/// Characters: at least 15 where the password is all that is asked for, and more than the 64 that must be possible.
pub const PASSWORD_LENGTH: RangeInclusive<usize> = 15..=256;

/// Long passwords that people choose often, a line each, letters in lower case.
const COMMON: &str = include_str!("common_passwords.txt");

/// A password that is good enough, normalised. `Debug` hides it.
#[derive(Clone)]
pub struct NewPassword(SecretString);

/// Why a password is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Weakness {
    /// Fewer characters than it must have.
    #[error("too short")]
    Short,
    /// More characters than it may have.
    #[error("too long")]
    Long,
    /// One of those that people choose often.
    #[error("too common")]
    Common,
    /// Long enough, but soon guessed: repeated, a walk over the keyboard, or made of the holder's own name and address.
    #[error("too easily guessed")]
    Guessable,
}

impl NewPassword {
    /// Takes a password as it was typed. `known` is what anybody knows of the holder: it makes a password no stronger.
    pub fn parse(typed: &str, known: &[&str]) -> Result<Self, Weakness> {
        let password = normalised(typed);
        let length = password.chars().count();
        if length < *PASSWORD_LENGTH.start() {
            return Err(Weakness::Short);
        }
        if length > *PASSWORD_LENGTH.end() {
            return Err(Weakness::Long);
        }
        if is_common(&password) {
            return Err(Weakness::Common);
        }
        if zxcvbn(&password, known).score() < Score::Four {
            return Err(Weakness::Guessable);
        }
        Ok(Self(password.into()))
    }

    /// What is hashed.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for NewPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewPassword(…)")
    }
}

/// A password in the one form that is hashed and compared, whichever keyboard it was typed on (NIST SP 800-63B-4, 3.1.1.2: NFKC).
pub fn normalised(typed: &str) -> String {
    typed.nfkc().collect()
}

/// Whether it is one of the common ones but for its capitals, spaces, signs and the digits at its end.
fn is_common(password: &str) -> bool {
    let bare = |text: &str| text.to_lowercase().chars().filter(|char| char.is_alphanumeric()).collect::<String>();
    let password = bare(password);
    let stem = password.trim_end_matches(char::is_numeric);
    COMMON.lines().map(bare).any(|common| common == password || (!stem.is_empty() && common == stem))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weakness(typed: &str) -> Option<Weakness> {
        NewPassword::parse(typed, &["claire", "example.org", "Claire Martin", "Alipay", "AliExpress"]).err()
    }

    #[test]
    fn a_passphrase_is_taken_in_any_alphabet() {
        for typed in ["tulipe-moulin-canot-orage", "коза малина вокзал тетрадь", "lantern otter quilt basalt", "9fK!2mQx#7Lw@4Zt"]
        {
            assert_eq!(weakness(typed), None, "{typed}");
        }
    }

    #[test]
    fn what_is_weak_is_refused_for_what_it_is() {
        for (typed, expected) in [
            ("", Weakness::Short),
            ("9fK!2mQx#7Lw@4", Weakness::Short),
            ("пароль12345678", Weakness::Short),
            ("Correct Horse Battery Staple", Weakness::Common),
            ("correcthorsebatterystaple2024", Weakness::Common),
            ("aaaaaaaaaaaaaaaaaaaa", Weakness::Guessable),
            ("abcabcabcabcabcabc", Weakness::Guessable),
            ("claire@example.org", Weakness::Guessable),
        ] {
            assert_eq!(weakness(typed), Some(expected), "{typed}");
        }
        assert_eq!(weakness(&"xK9!".repeat(65)), Some(Weakness::Long));
    }

    #[test]
    fn length_is_counted_in_characters_after_normalising() {
        // The ligature counts for the two letters that it stands for.
        assert_eq!(NewPassword::parse("ﬁ-lantern-otter-quilt", &[]).unwrap().expose(), "fi-lantern-otter-quilt");
        assert_eq!(format!("{:?}", NewPassword::parse("lantern-otter-quilt-moss", &[]).unwrap()), "NewPassword(…)");
    }

    #[test]
    fn the_list_of_common_passwords_holds_what_would_be_long_enough() {
        assert!(COMMON.lines().count() > 100);
        for line in COMMON.lines() {
            assert!(PASSWORD_LENGTH.contains(&line.chars().count()), "{line}");
            assert_eq!(weakness(line), Some(Weakness::Common), "{line}");
        }
    }
}
