//! What the counter knows of a card: brand, last four digits, expiry; never more.

use std::fmt;
use std::str::FromStr;

use super::find_card_numbers;

/// Why a text is no part of a card. The text itself is never repeated: it may be a whole card number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CardError {
    /// Not a brand.
    #[error("not a card brand such as Visa (at most {} characters, no card number)", Brand::LONGEST)]
    Brand,
    /// Not exactly four digits.
    #[error("not the last four digits of a card, and never more than those")]
    Last4,
    /// Not a year and a month.
    #[error("not a month of expiry such as 2031-07")]
    Expiry,
}

/// The brand of a card as holders know it, such as `Visa`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Brand(String);

impl Brand {
    /// The most characters a brand can have, so that a card fits a button.
    pub const LONGEST: usize = 30;

    /// The brand as shown.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Brand {
    type Err = CardError;

    fn from_str(text: &str) -> Result<Self, CardError> {
        let text = text.trim();
        let sound = !text.is_empty()
            && text.chars().count() <= Self::LONGEST
            && !text.contains(char::is_control)
            && find_card_numbers(text).is_empty();
        if sound { Ok(Self(text.to_owned())) } else { Err(CardError::Brand) }
    }
}

/// The last four digits of a card number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Last4(u16);

impl FromStr for Last4 {
    type Err = CardError;

    fn from_str(text: &str) -> Result<Self, CardError> {
        if text.len() != 4 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(CardError::Last4);
        }
        text.parse().map(Self).map_err(|_| CardError::Last4)
    }
}

/// The month a card expires in; it works to the end of that month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Expiry {
    /// The year, of four digits.
    pub year: u16,
    /// The month, 1 to 12.
    pub month: u8,
}

impl FromStr for Expiry {
    type Err = CardError;

    fn from_str(text: &str) -> Result<Self, CardError> {
        let (year, month) = text.split_once('-').ok_or(CardError::Expiry)?;
        let numeric = |part: &str, length| part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
        if !numeric(year, 4) || !numeric(month, 2) {
            return Err(CardError::Expiry);
        }
        match (year.parse(), month.parse()) {
            (Ok(year), Ok(month @ 1..=12)) => Ok(Self { year, month }),
            _ => Err(CardError::Expiry),
        }
    }
}

impl fmt::Display for Brand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Last4 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.0)
    }
}

/// As the import files and the database write it: `YYYY-MM`.
impl fmt::Display for Expiry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

impl TryFrom<String> for Brand {
    type Error = CardError;

    fn try_from(text: String) -> Result<Self, CardError> {
        text.parse()
    }
}

impl TryFrom<String> for Last4 {
    type Error = CardError;

    fn try_from(text: String) -> Result<Self, CardError> {
        text.parse()
    }
}

impl TryFrom<String> for Expiry {
    type Error = CardError;

    fn try_from(text: String) -> Result<Self, CardError> {
        text.parse()
    }
}

impl From<Brand> for String {
    fn from(brand: Brand) -> Self {
        brand.0
    }
}

impl From<Last4> for String {
    fn from(last4: Last4) -> Self {
        last4.to_string()
    }
}

impl From<Expiry> for String {
    fn from(expiry: Expiry) -> Self {
        expiry.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn last_four_are_exactly_four_ascii_digits() {
        assert_eq!("0042".parse::<Last4>().unwrap().to_string(), "0042");
        for text in ["", "424", "42424", "424a", " 4242", "+242", "٤٢٤٢", "٤٢", "4242424242424242"] {
            assert_eq!(text.parse::<Last4>(), Err(CardError::Last4), "{text}");
        }
    }

    #[test]
    fn an_expiry_is_a_month() {
        assert_eq!("2031-07".parse::<Expiry>(), Ok(Expiry { year: 2031, month: 7 }));
        assert_eq!("0999-12".parse::<Expiry>().unwrap().to_string(), "0999-12");
        for text in ["", "2031", "2031-13", "2031-00", "2031-7", "31-07", "2031-07-01", "+031-07", "2031-+7", "07/31"] {
            assert_eq!(text.parse::<Expiry>(), Err(CardError::Expiry), "{text}");
        }
    }

    #[test]
    fn a_brand_is_a_short_name_and_no_card_number() {
        assert_eq!(" Visa ".parse::<Brand>().unwrap().as_str(), "Visa");
        for text in ["", " ", "Vi\nsa", "4242424242424242", "a brand that is far too long to be one"] {
            assert_eq!(text.parse::<Brand>(), Err(CardError::Brand), "{text}");
        }
    }

    #[test]
    fn a_refusal_repeats_nothing_of_the_text() {
        let refusal = serde_json::from_str::<Last4>("\"4242424242424242\"").unwrap_err().to_string();
        assert!(!refusal.contains("4242"), "{refusal}");
    }
}
