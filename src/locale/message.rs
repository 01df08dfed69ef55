//! A text as data, before any language: a key of the locale files and the values that go into it.

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::domain::Money;

/// A text without language: a key of the locale files and the values its variables take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The key of the text in the locale files; `key.name` is its attribute `name`.
    pub key: Cow<'static, str>,
    /// The variables of the text by name, in the order they were given.
    pub values: Vec<(Cow<'static, str>, Value)>,
}

/// What a variable of a text stands for. It is written as the holder's language writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// A text that is the same in every language, such as a name. Escaped where markup is.
    Text(String),
    /// A count; a text can choose by it (`{ $count -> [one] … *[other] … }`). Exact up to 2^53.
    Number(i64),
    /// An amount of money, with the currency's sign.
    Money(Money),
    /// A day, written out: `1 January 2017`.
    Date(Date),
    /// The month a card expires in, as cards print it: `08/19`.
    Month {
        /// The year, all four digits of it.
        year: i16,
        /// The month, from 1.
        month: i8,
    },
    /// A moment, written as day, hour and minute in the policy's time zone.
    Moment(Timestamp),
    /// Another text, written in the same language.
    Message(Message),
}

impl Message {
    /// The text of this key, with no values yet. A key made at run time starts with one of
    /// [`NAMED_AT_RUN_TIME`](super::NAMED_AT_RUN_TIME).
    pub fn new(key: impl Into<Cow<'static, str>>) -> Self {
        Self { key: key.into(), values: Vec::new() }
    }

    /// The text with one more variable filled in.
    pub fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.values.push((Cow::Borrowed(name), value.into()));
        self
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<i32> for Value {
    fn from(number: i32) -> Self {
        Self::Number(number.into())
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<usize> for Value {
    fn from(number: usize) -> Self {
        Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<Money> for Value {
    fn from(money: Money) -> Self {
        Self::Money(money)
    }
}

impl From<Date> for Value {
    fn from(date: Date) -> Self {
        Self::Date(date)
    }
}

impl From<Timestamp> for Value {
    fn from(moment: Timestamp) -> Self {
        Self::Moment(moment)
    }
}

impl From<Message> for Value {
    fn from(message: Message) -> Self {
        Self::Message(message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_survives_being_stored() {
        let message = Message::new("payment-line")
            .with("merchant", "Café <Zoé>")
            .with("amount", Money { minor: -1250, currency: "EUR".parse().unwrap() })
            .with("day", jiff::civil::date(2016, 3, 12))
            .with("at", Timestamp::UNIX_EPOCH)
            .with("expires", Value::Month { year: 2019, month: 8 })
            .with("count", 3usize)
            .with("capability", Message::new("capability-pay"));
        let stored = serde_json::to_string(&message).unwrap();
        assert_eq!(serde_json::from_str::<Message>(&stored).unwrap(), message);
    }
}
