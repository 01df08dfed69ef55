//! Rows on their way into the database, a line of a file each.

use jiff::Timestamp;
use jiff::civil::Date;

use super::Kind;
use crate::domain::{AccountState, Brand, Email, Expiry, Language, Last4, Money, PasswordHash, PaymentStatus};
use crate::store::{Value, values};

/// A row on its way into the database.
pub trait Staged {
    /// What it is a row of.
    const KIND: Kind;
    /// Its values, in the order of the kind's statement.
    fn values(self) -> Vec<Value>;
    /// Whose it is.
    fn email(&self) -> &Email;
}

/// A line of `accounts.csv`.
pub struct StagedAccount {
    /// The line.
    pub line: i64,
    /// Who the account belongs to.
    pub email: Email,
    /// The holder's name.
    pub name: String,
    /// The language the service writes to the holder in.
    pub language: Language,
    /// Whether the account can be used.
    pub state: AccountState,
    /// The day it was opened.
    pub opened_on: Date,
    /// The hash of the holder's password, if one is set.
    pub password_hash: Option<PasswordHash>,
}

/// A line of `balances.csv`.
pub struct StagedBalance {
    /// The line.
    pub line: i64,
    /// Whose it is.
    pub email: Email,
    /// What is left.
    pub amount: Money,
}

/// A line of `cards.csv`.
pub struct StagedCard {
    /// The line.
    pub line: i64,
    /// The service's own reference.
    pub card_ref: String,
    /// Whose it is.
    pub email: Email,
    /// The brand as shown.
    pub brand: Brand,
    /// The last four digits.
    pub last4: Last4,
    /// The month it expires.
    pub expires: Expiry,
    /// The day it was linked.
    pub linked_on: Date,
}

/// A line of `payments.csv`.
pub struct StagedPayment {
    /// The line.
    pub line: i64,
    /// The service's own reference.
    pub payment_ref: String,
    /// Whose it is.
    pub email: Email,
    /// When it was made.
    pub paid_at: Timestamp,
    /// Who was paid.
    pub merchant: String,
    /// How much.
    pub amount: Money,
    /// How it stands.
    pub status: PaymentStatus,
    /// The card it was made with, if any.
    pub card_last4: Option<Last4>,
}

impl Staged for StagedAccount {
    const KIND: Kind = Kind::Account;

    fn email(&self) -> &Email {
        &self.email
    }

    fn values(self) -> Vec<Value> {
        let hash = self.password_hash.as_ref().map_or("", PasswordHash::as_str);
        values![self.line, self.email.as_str(), self.name, self.language.code(), self.state.word(), self.opened_on.to_string(), hash]
    }
}

impl Staged for StagedBalance {
    const KIND: Kind = Kind::Balance;

    fn email(&self) -> &Email {
        &self.email
    }

    fn values(self) -> Vec<Value> {
        values![self.line, self.email.as_str(), self.amount.currency.code(), self.amount.minor]
    }
}

impl Staged for StagedCard {
    const KIND: Kind = Kind::Card;

    fn email(&self) -> &Email {
        &self.email
    }

    fn values(self) -> Vec<Value> {
        let (last4, expires) = (self.last4.to_string(), self.expires.to_string());
        values![self.line, self.card_ref, self.email.as_str(), self.brand.as_str(), last4, expires, self.linked_on.to_string()]
    }
}

impl Staged for StagedPayment {
    const KIND: Kind = Kind::Payment;

    fn email(&self) -> &Email {
        &self.email
    }

    fn values(self) -> Vec<Value> {
        let Money { minor, currency } = self.amount;
        let card = self.card_last4.map(|last4| last4.to_string()).unwrap_or_default();
        let email = self.email.as_str();
        values![self.line, self.payment_ref, email, self.paid_at, self.merchant, minor, currency.code(), self.status.word(), card]
    }
}
