//! An account and what the service keeps for its holder: cards and payments.

use jiff::Timestamp;
use jiff::civil::Date;

use super::word::words;
use super::{AccountId, CardId, Email, Expiry, Language, Last4, Money, PaymentId};

words! {
    /// Whether an account can be used.
    AccountState, "not open, locked or closed" {
        /// In use.
        Open = "open",
        /// Shut by the service for the time being: nothing may change.
        Locked = "locked",
        /// Ended.
        Closed = "closed",
    }
}

words! {
    /// How a payment stands.
    PaymentStatus, "not paid, refunded, pending or failed" {
        /// The merchant has the money.
        Paid = "paid",
        /// The money came back.
        Refunded = "refunded",
        /// Not settled yet.
        Pending = "pending",
        /// It did not go through.
        Failed = "failed",
    }
}

/// What the service keeps for a holder.
#[derive(Clone, Debug)]
pub struct Account {
    /// Its row.
    pub id: AccountId,
    /// The address the holder is known by.
    pub email: Email,
    /// The holder's name.
    pub name: String,
    /// The language the service writes to the holder in.
    pub language: Language,
    /// Whether it can be used; locked as well while `locked_here`, whatever the service says.
    pub state: AccountState,
    /// Whether the operator of this counter has locked it: nobody signs in.
    pub locked_here: bool,
}

/// A linked card: brand and last four digits, never more.
#[derive(Clone, Debug)]
pub struct Card {
    /// Its row.
    pub id: CardId,
    /// The service's own reference.
    pub reference: String,
    /// The brand as shown, such as `Visa`.
    pub brand: String,
    /// The last four digits.
    pub last4: Last4,
    /// The month it expires.
    pub expires: Expiry,
    /// The day it was linked.
    pub linked_on: Date,
    /// When it was taken off; `None` while it is linked.
    pub removed_at: Option<Timestamp>,
}

/// One payment of an account.
#[derive(Clone, Debug)]
pub struct Payment {
    /// Its row.
    pub id: PaymentId,
    /// The service's own reference.
    pub reference: String,
    /// When it was made.
    pub paid_at: Timestamp,
    /// Who was paid.
    pub merchant: String,
    /// How much.
    pub amount: Money,
    /// How it stands.
    pub status: PaymentStatus,
    /// The card it was made with, if any.
    pub card: Option<Last4>,
}
