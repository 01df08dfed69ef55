//! Money: an integer of minor units with a currency (ISO 4217), never a float.

use std::fmt;
use std::str::FromStr;

/// An ISO 4217 currency with a known number of decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency(iso_currency::Currency);

impl Currency {
    /// The three-letter code.
    pub fn code(self) -> &'static str {
        self.0.code()
    }

    /// How many decimals the currency is written with: 2 for EUR, 0 for JPY.
    pub fn decimals(self) -> u32 {
        u32::from(self.0.exponent().unwrap_or_default())
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// Why a text is no currency or no amount.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Not a three-letter code of a currency that has minor units.
    #[error("not an ISO 4217 currency code such as EUR")]
    Currency,
    /// Not a decimal number such as `12.50`.
    #[error("not a decimal amount such as 12.50")]
    Amount,
    /// More decimals than the currency has.
    #[error("more than the {0} decimals that the currency has")]
    Decimals(u32),
    /// Beyond what 64 bits of minor units hold.
    #[error("too large an amount")]
    TooLarge,
}

impl FromStr for Currency {
    type Err = MoneyError;

    fn from_str(code: &str) -> Result<Self, MoneyError> {
        iso_currency::Currency::from_code(code).filter(|currency| currency.exponent().is_some()).map(Self).ok_or(MoneyError::Currency)
    }
}

impl TryFrom<String> for Currency {
    type Error = MoneyError;

    fn try_from(code: String) -> Result<Self, MoneyError> {
        code.parse()
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.code().to_owned()
    }
}

/// An amount of money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Money {
    /// The amount in the currency's minor units (cents); negative for a debt.
    pub minor: i64,
    /// The currency.
    pub currency: Currency,
}

impl Money {
    /// Reads a plain decimal (`-12.5`, `1300`); a point separates the decimals, nothing groups the thousands.
    pub fn parse(amount: &str, currency: Currency) -> Result<Self, MoneyError> {
        let (negative, digits) = amount.strip_prefix('-').map_or((false, amount), |rest| (true, rest));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let numeric = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !numeric(whole) || !numeric(fraction) {
            return Err(MoneyError::Amount);
        }
        let decimals = currency.decimals();
        let fraction = fraction.trim_end_matches('0');
        let missing = (decimals as usize).checked_sub(fraction.len()).ok_or(MoneyError::Decimals(decimals))?;
        let minor: i64 = format!("{whole}{fraction}{}", "0".repeat(missing)).parse().map_err(|_| MoneyError::TooLarge)?;
        Ok(Self { minor: if negative { -minor } else { minor }, currency })
    }

    /// The amount as a plain decimal, what [`Money::parse`] reads.
    pub fn decimal(self) -> String {
        let decimals = self.currency.decimals() as usize;
        let digits = format!("{:0>width$}", self.minor.unsigned_abs(), width = decimals + 1);
        let (whole, fraction) = digits.split_at(digits.len() - decimals);
        let sign = if self.minor < 0 { "-" } else { "" };
        let point = if decimals == 0 { "" } else { "." };
        format!("{sign}{whole}{point}{fraction}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn currency(code: &str) -> Currency {
        code.parse().unwrap()
    }

    #[test]
    fn amounts_are_exact() {
        assert_eq!(Money::parse("1234.5", currency("EUR")).unwrap().minor, 123_450);
        assert_eq!(Money::parse("-0.05", currency("EUR")).unwrap().minor, -5);
        assert_eq!(Money::parse("1300", currency("JPY")).unwrap().minor, 1300);
        assert_eq!(Money::parse("1300.00", currency("JPY")).unwrap().minor, 1300);
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        for text in ["", "-", ".5", "1.", "1,5", "1e3", "١", "+1", "--1", "99999999999999999999"] {
            assert!(Money::parse(text, currency("EUR")).is_err(), "{text}");
        }
        assert_eq!(Money::parse("1.005", currency("EUR")), Err(MoneyError::Decimals(2)));
        assert_eq!("EURO".parse::<Currency>(), Err(MoneyError::Currency));
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(minor in -i64::MAX..i64::MAX, code in prop::sample::select(vec!["EUR", "JPY", "RUB", "KRW"])) {
            let money = Money { minor, currency: currency(code) };
            prop_assert_eq!(Money::parse(&money.decimal(), money.currency), Ok(money));
        }
    }
}
