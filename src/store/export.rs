//! The rows of an export, by keyset: a page costs the same however many there are. Cards that were taken off are left out.

use super::account::{Holder, open_email};
use super::import::Kind;
use super::{Conn, Fetched, StoreError, Value, read, statements, time, values};
use crate::domain::Money;
use crate::seal::Sealer;

statements! {
    COUNT_ACCOUNT = "SELECT COUNT(*) FROM account";
    COUNT_BALANCE = "SELECT COUNT(*) FROM balance";
    COUNT_CARD = "SELECT COUNT(*) FROM card WHERE removed_at IS NULL";
    COUNT_PAYMENT = "SELECT COUNT(*) FROM payment";

    ACCOUNTS = "SELECT account_id, email_index, email, name, language, state, opened_on, password_hash FROM account \
                WHERE account_id > $1 ORDER BY account_id LIMIT 1000";
    BALANCES = "SELECT balance.account_id, email_index, email, currency, minor FROM balance JOIN account ON account.account_id = balance.account_id \
                WHERE (balance.account_id, currency) > ($1, $2) ORDER BY balance.account_id, currency LIMIT 1000";
    CARDS = "SELECT card_id, card_ref, email_index, email, brand, last4, expires, linked_on FROM card JOIN account ON account.account_id = card.account_id \
             WHERE card_id > $1 AND removed_at IS NULL ORDER BY card_id LIMIT 1000";
    PAYMENTS = "SELECT payment_id, payment_ref, email_index, email, paid_at, merchant, minor, currency, status, card_last4 \
                FROM payment JOIN account ON account.account_id = payment.account_id \
                WHERE payment_id > $1 ORDER BY payment_id LIMIT 1000";
}

/// A row on its way into a file.
pub trait Exported: Fetched {
    /// What it is a row of.
    const KIND: Kind;
    /// The statement of a page.
    const PAGE: &'static str;
    /// Where the first page begins: what comes before every row.
    fn beginning() -> Vec<Value>;
    /// Where the page after this row begins.
    fn place(&self) -> Vec<Value>;
    /// Its fields, in the order of the file's columns, in the clear.
    fn fields(self, sealer: &Sealer) -> Result<Vec<String>, StoreError>;
}

/// A line of `accounts.csv`.
#[derive(sqlx::FromRow)]
pub struct ExportedAccount {
    account_id: i64,
    #[sqlx(flatten)]
    holder: Holder,
    language: String,
    state: String,
    opened_on: String,
    password_hash: String,
}

/// A line of `balances.csv`.
#[derive(sqlx::FromRow)]
pub struct ExportedBalance {
    account_id: i64,
    email_index: String,
    email: String,
    currency: String,
    minor: i64,
}

/// A line of `cards.csv`.
#[derive(sqlx::FromRow)]
pub struct ExportedCard {
    card_id: i64,
    card_ref: String,
    email_index: String,
    email: String,
    brand: String,
    last4: String,
    expires: String,
    linked_on: String,
}

/// A line of `payments.csv`.
#[derive(sqlx::FromRow)]
pub struct ExportedPayment {
    payment_id: i64,
    payment_ref: String,
    email_index: String,
    email: String,
    paid_at: i64,
    merchant: String,
    minor: i64,
    currency: String,
    status: String,
    card_last4: String,
}

impl Exported for ExportedAccount {
    const KIND: Kind = Kind::Account;
    const PAGE: &'static str = ACCOUNTS;

    fn beginning() -> Vec<Value> {
        values![0]
    }

    fn place(&self) -> Vec<Value> {
        values![self.account_id]
    }

    fn fields(self, sealer: &Sealer) -> Result<Vec<String>, StoreError> {
        let (email, name) = (self.holder.email(sealer)?.as_str().to_owned(), self.holder.name(sealer)?);
        Ok(vec![email, name, self.language, self.state, self.opened_on, self.password_hash])
    }
}

impl Exported for ExportedBalance {
    const KIND: Kind = Kind::Balance;
    const PAGE: &'static str = BALANCES;

    fn beginning() -> Vec<Value> {
        values![0, ""]
    }

    fn place(&self) -> Vec<Value> {
        values![self.account_id, self.currency.as_str()]
    }

    fn fields(self, sealer: &Sealer) -> Result<Vec<String>, StoreError> {
        let amount = Money { minor: self.minor, currency: read("balance.currency", &self.currency)? };
        Ok(vec![open_email(sealer, &self.email_index, &self.email)?, self.currency, amount.decimal()])
    }
}

impl Exported for ExportedCard {
    const KIND: Kind = Kind::Card;
    const PAGE: &'static str = CARDS;

    fn beginning() -> Vec<Value> {
        values![0]
    }

    fn place(&self) -> Vec<Value> {
        values![self.card_id]
    }

    fn fields(self, sealer: &Sealer) -> Result<Vec<String>, StoreError> {
        let email = open_email(sealer, &self.email_index, &self.email)?;
        Ok(vec![self.card_ref, email, self.brand, self.last4, self.expires, self.linked_on])
    }
}

impl Exported for ExportedPayment {
    const KIND: Kind = Kind::Payment;
    const PAGE: &'static str = PAYMENTS;

    fn beginning() -> Vec<Value> {
        values![0]
    }

    fn place(&self) -> Vec<Value> {
        values![self.payment_id]
    }

    fn fields(self, sealer: &Sealer) -> Result<Vec<String>, StoreError> {
        let paid_at = time("payment.paid_at", self.paid_at)?.to_string();
        let amount = Money { minor: self.minor, currency: read("payment.currency", &self.currency)? }.decimal();
        let email = open_email(sealer, &self.email_index, &self.email)?;
        Ok(vec![self.payment_ref, email, paid_at, self.merchant, amount, self.currency, self.status, self.card_last4])
    }
}

/// How many rows of a kind an export has.
pub async fn count(conn: &mut Conn, kind: Kind) -> Result<u64, StoreError> {
    let sql = match kind {
        Kind::Account => COUNT_ACCOUNT,
        Kind::Balance => COUNT_BALANCE,
        Kind::Card => COUNT_CARD,
        Kind::Payment => COUNT_PAYMENT,
    };
    Ok(conn.number(sql, Vec::new()).await?.unsigned_abs())
}

/// The rows after this place, a thousand at most; none after the last.
pub async fn page<R: Exported>(conn: &mut Conn, after: Vec<Value>) -> Result<Vec<R>, StoreError> {
    conn.rows(R::PAGE, after).await
}
