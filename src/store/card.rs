//! Linked cards. One that was taken off stays as a tombstone.

use std::collections::HashMap;

use jiff::Timestamp;

use super::{Conn, StoreError, read, statements, time, values};
use crate::domain::{AccountId, Card, CardId};

statements! {
    LINKED = "SELECT card_id, card_ref, brand, last4, expires, linked_on, removed_at FROM card \
              WHERE account_id = $1 AND removed_at IS NULL ORDER BY card_id";
    EVERY = "SELECT card_id, card_ref, brand, last4, expires, linked_on, removed_at FROM card WHERE account_id = $1 ORDER BY card_id";
    LINKED_TO = "SELECT account_id, card_id, card_ref, brand, last4, expires, linked_on, removed_at FROM card \
                 WHERE removed_at IS NULL AND account_id IN ([$]) ORDER BY card_id";
    ONE = "SELECT card_id, card_ref, brand, last4, expires, linked_on, removed_at FROM card WHERE account_id = $1 AND card_id = $2";
    REMOVE = "UPDATE card SET removed_at = $1 WHERE removed_at IS NULL \
              AND (account_id, card_id) IN (VALUES [(CAST($ AS BIGINT), CAST($ AS BIGINT))])";
}

#[derive(sqlx::FromRow)]
struct Row {
    card_id: i64,
    card_ref: String,
    brand: String,
    last4: String,
    expires: String,
    linked_on: String,
    removed_at: Option<i64>,
}

impl TryFrom<Row> for Card {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: CardId(row.card_id),
            reference: row.card_ref,
            brand: row.brand,
            last4: read("card.last4", &row.last4)?,
            expires: read("card.expires", &row.expires)?,
            linked_on: read("card.linked_on", &row.linked_on)?,
            removed_at: row.removed_at.map(|at| time("card.removed_at", at)).transpose()?,
        })
    }
}

/// The cards still linked to an account, the oldest link first.
pub async fn linked(conn: &mut Conn, account: AccountId) -> Result<Vec<Card>, StoreError> {
    conn.rows::<Row>(LINKED, values![account.0]).await?.into_iter().map(Card::try_from).collect()
}

/// The cards still linked to each of these accounts that has any, in one go.
pub async fn linked_to(conn: &mut Conn, accounts: &[AccountId]) -> Result<HashMap<AccountId, Vec<Card>>, StoreError> {
    #[derive(sqlx::FromRow)]
    struct Found {
        account_id: i64,
        #[sqlx(flatten)]
        row: Row,
    }
    let mut cards: HashMap<_, Vec<Card>> = HashMap::new();
    for found in conn.many::<Found>(LINKED_TO, vec![], accounts.iter().map(|id| values![id.0]).collect()).await? {
        cards.entry(AccountId(found.account_id)).or_default().push(found.row.try_into()?);
    }
    Ok(cards)
}

/// Every card of an account, those that were taken off too.
pub async fn every(conn: &mut Conn, account: AccountId) -> Result<Vec<Card>, StoreError> {
    conn.rows::<Row>(EVERY, values![account.0]).await?.into_iter().map(Card::try_from).collect()
}

/// One card of an account, taken off or not.
pub async fn one(conn: &mut Conn, account: AccountId, card: CardId) -> Result<Option<Card>, StoreError> {
    conn.row::<Row>(ONE, values![account.0, card.0]).await?.map(Card::try_from).transpose()
}

/// Takes cards off that were all seen linked in this transaction. Where another transaction was first with one of them, nothing else of
/// this one may stand.
pub async fn remove(conn: &mut Conn, cards: &[(AccountId, CardId)], now: Timestamp) -> Result<(), StoreError> {
    let rows = cards.iter().map(|(account, card)| values![account.0, card.0]).collect();
    conn.change_later(REMOVE, values![now], rows).await
}
