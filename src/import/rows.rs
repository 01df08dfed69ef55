//! Makes typed rows of a line's fields. Every column is read before a line is given up, so that all its problems show at once.

use std::fmt::Display;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::table::Record;
use super::{Problems, formula};
use crate::domain::{Currency, Money, find_card_numbers};
use crate::store::import::{Kind, Staged, StagedAccount, StagedBalance, StagedCard, StagedPayment};

/// The most characters that a name, a merchant or a reference can have, so that it fits a screen.
const LONGEST: usize = 200;

/// The fields of one line, read one by one; what is wrong with them is noted.
pub struct Fields<'a> {
    kind: Kind,
    line: i64,
    record: &'a Record,
    problems: &'a mut Problems,
}

/// A row that is made of one line.
pub trait FromRecord: Staged + Sized {
    /// The row, or `None` when something about the line is wrong.
    fn from_record(fields: &mut Fields<'_>) -> Option<Self>;
}

impl<'a> Fields<'a> {
    /// The fields of a line.
    pub fn new(kind: Kind, line: i64, record: &'a Record, problems: &'a mut Problems) -> Self {
        Self { kind, line, record, problems }
    }

    /// The value of a column; `None` when it is wrong.
    fn read<T, E: Display>(&mut self, column: &'static str, parse: impl FnOnce(&str) -> Result<T, E>) -> Option<T> {
        let place = self.kind.columns().iter().position(|name| *name == column)?;
        let what = match str::from_utf8(self.record.field(place)?) {
            Ok(text) => match parse(&formula::restore(text)) {
                Ok(value) => return Some(value),
                Err(error) => error.to_string(),
            },
            Err(_) => "not UTF-8; save the file in the encoding UTF-8".to_owned(),
        };
        self.problems.note(self.kind, self.line, column, what);
        None
    }
}

impl FromRecord for StagedAccount {
    fn from_record(fields: &mut Fields<'_>) -> Option<Self> {
        let line = fields.line;
        let email = fields.read("email", str::parse);
        let name = fields.read("name", text);
        let language = fields.read("language", str::parse);
        let state = fields.read("state", str::parse);
        let opened_on = fields.read("opened_on", date);
        let password_hash = fields.read("password_hash", optional);
        Some(Self {
            line,
            email: email?,
            name: name?,
            language: language?,
            state: state?,
            opened_on: opened_on?,
            password_hash: password_hash?,
        })
    }
}

impl FromRecord for StagedBalance {
    fn from_record(fields: &mut Fields<'_>) -> Option<Self> {
        let line = fields.line;
        let email = fields.read("email", str::parse);
        let amount = money(fields);
        Some(Self { line, email: email?, amount: amount? })
    }
}

impl FromRecord for StagedCard {
    fn from_record(fields: &mut Fields<'_>) -> Option<Self> {
        let line = fields.line;
        let card_ref = fields.read("card_ref", text);
        let email = fields.read("email", str::parse);
        let brand = fields.read("brand", str::parse);
        let last4 = fields.read("last4", str::parse);
        let expires = fields.read("expires", str::parse);
        let linked_on = fields.read("linked_on", date);
        Some(Self { line, card_ref: card_ref?, email: email?, brand: brand?, last4: last4?, expires: expires?, linked_on: linked_on? })
    }
}

impl FromRecord for StagedPayment {
    fn from_record(fields: &mut Fields<'_>) -> Option<Self> {
        let line = fields.line;
        let payment_ref = fields.read("payment_ref", text);
        let email = fields.read("email", str::parse);
        let paid_at = fields.read("paid_at", time);
        let merchant = fields.read("merchant", text);
        let amount = money(fields);
        let status = fields.read("status", str::parse);
        let card_last4 = fields.read("card_last4", optional);
        Some(Self {
            line,
            payment_ref: payment_ref?,
            email: email?,
            paid_at: paid_at?,
            merchant: merchant?,
            amount: amount?,
            status: status?,
            card_last4: card_last4?,
        })
    }
}

fn money(fields: &mut Fields<'_>) -> Option<Money> {
    let currency: Currency = fields.read("currency", str::parse)?;
    fields.read("amount", |amount| Money::parse(amount, currency))
}

fn optional<T: FromStr>(text: &str) -> Result<Option<T>, T::Err> {
    if text.is_empty() { Ok(None) } else { text.parse().map(Some) }
}

fn text(text: &str) -> Result<String, &'static str> {
    let text = text.trim();
    if text.is_empty() {
        return Err("empty; every line needs one");
    }
    if text.chars().count() > LONGEST {
        return Err("longer than 200 characters; shorten it");
    }
    if text.contains(char::is_control) {
        return Err("holds a control character, such as a tab; remove it");
    }
    if !find_card_numbers(text).is_empty() {
        return Err(
            "holds what looks like a whole card number; the counter takes the last four digits at most, and those in their own column",
        );
    }
    Ok(text.to_owned())
}

/// A day, written in full: the library would read more forms than the files may have.
fn date(text: &str) -> Result<Date, &'static str> {
    text.parse::<Date>().ok().filter(|date| date.to_string() == text).ok_or("not a date such as 2016-12-31")
}

/// A moment in the years 1 to 9998: nearer to the ends of the calendar it could not be kept, or not be told in another time zone.
fn time(text: &str) -> Result<Timestamp, &'static str> {
    let kept = |time: &Timestamp| (1..=9998).contains(&time.to_zoned(TimeZone::UTC).year());
    text.parse().ok().filter(kept).ok_or("not a time with its offset such as 2016-12-31T14:05:30Z (RFC 3339)")
}
