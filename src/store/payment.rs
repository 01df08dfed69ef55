//! Payments, read by keyset: a page costs the same however many payments the account has.

use super::{Conn, StoreError, Value, read, statements, time, values};
use crate::domain::{AccountId, Money, Payment, PaymentId};

statements! {
    NEWEST = "SELECT payment_id, payment_ref, paid_at, merchant, minor, currency, status, card_last4 FROM payment \
              WHERE account_id = $1 ORDER BY paid_at DESC, payment_id DESC LIMIT $2";
    OLDER = "SELECT payment_id, payment_ref, paid_at, merchant, minor, currency, status, card_last4 FROM payment \
             WHERE account_id = $1 AND (paid_at, payment_id) < (SELECT paid_at, payment_id FROM payment WHERE account_id = $1 AND payment_id = $3) \
             ORDER BY paid_at DESC, payment_id DESC LIMIT $2";
    NEWER = "SELECT payment_id, payment_ref, paid_at, merchant, minor, currency, status, card_last4 FROM payment \
             WHERE account_id = $1 AND (paid_at, payment_id) > (SELECT paid_at, payment_id FROM payment WHERE account_id = $1 AND payment_id = $3) \
             ORDER BY paid_at, payment_id LIMIT $2";
    ONE = "SELECT payment_id, payment_ref, paid_at, merchant, minor, currency, status, card_last4 FROM payment \
           WHERE account_id = $1 AND payment_id = $2";
    COUNT = "SELECT COUNT(*) FROM payment WHERE account_id = $1";
}

#[derive(sqlx::FromRow)]
struct Row {
    payment_id: i64,
    payment_ref: String,
    paid_at: i64,
    merchant: String,
    minor: i64,
    currency: String,
    status: String,
    card_last4: String,
}

impl TryFrom<Row> for Payment {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let card = Some(row.card_last4).filter(|digits| !digits.is_empty());
        Ok(Self {
            id: PaymentId(row.payment_id),
            reference: row.payment_ref,
            paid_at: time("payment.paid_at", row.paid_at)?,
            merchant: row.merchant,
            amount: Money { minor: row.minor, currency: read("payment.currency", &row.currency)? },
            status: read("payment.status", &row.status)?,
            card: card.map(|digits| read("payment.card_last4", &digits)).transpose()?,
        })
    }
}

async fn page(conn: &mut Conn, sql: &'static str, values: Vec<Value>) -> Result<Vec<Payment>, StoreError> {
    conn.rows::<Row>(sql, values).await?.into_iter().map(Payment::try_from).collect()
}

/// The newest payments, newest first.
pub async fn newest(conn: &mut Conn, account: AccountId, limit: i64) -> Result<Vec<Payment>, StoreError> {
    page(conn, NEWEST, values![account.0, limit]).await
}

/// The payments just older than `than`, newest first.
pub async fn older(conn: &mut Conn, account: AccountId, than: PaymentId, limit: i64) -> Result<Vec<Payment>, StoreError> {
    page(conn, OLDER, values![account.0, limit, than.0]).await
}

/// The payments just newer than `than`, oldest first.
pub async fn newer(conn: &mut Conn, account: AccountId, than: PaymentId, limit: i64) -> Result<Vec<Payment>, StoreError> {
    page(conn, NEWER, values![account.0, limit, than.0]).await
}

/// One payment of an account.
pub async fn one(conn: &mut Conn, account: AccountId, payment: PaymentId) -> Result<Option<Payment>, StoreError> {
    conn.row::<Row>(ONE, values![account.0, payment.0]).await?.map(Payment::try_from).transpose()
}

/// How many payments an account has.
pub async fn count(conn: &mut Conn, account: AccountId) -> Result<i64, StoreError> {
    conn.number(COUNT, values![account.0]).await
}
