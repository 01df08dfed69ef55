//! Linked cards. One that was taken off stays as a tombstone.

use std::collections::HashMap;

use jiff::Timestamp;

use super::{Coming, Conn, StoreError, read, statements, time, values};
use crate::domain::{AccountId, Card, CardId, ChatId};

statements! {
    LINKED = "SELECT card_id, card_ref, brand, last4, expires, linked_on, removed_at FROM card \
              WHERE account_id = $1 AND removed_at IS NULL ORDER BY card_id";
    EVERY = "SELECT card_id, card_ref, brand, last4, expires, linked_on, removed_at FROM card WHERE account_id = $1 ORDER BY card_id";
    LINKED_IN = "SELECT session.chat_id, card.account_id, card_id, card_ref, brand, last4, expires, linked_on FROM session \
                 JOIN card ON card.account_id = session.account_id \
                 WHERE ended_at IS NULL AND removed_at IS NULL AND session.chat_id IN ([$]) ORDER BY card_id";
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

/// The cards still linked to the account that a chat is signed in to.
pub type InChat = HashMap<(ChatId, AccountId), Vec<Card>>;

/// Asks for the cards still linked to the accounts that these chats are signed in to, where there are any.
pub async fn ask_linked_in(conn: &mut Conn, chats: &[ChatId]) -> Result<Coming<InChat>, StoreError> {
    type Found = (i64, i64, i64, String, String, String, String, String);
    let sealer = conn.sealer()?;
    let chats: HashMap<i64, ChatId> = chats.iter().map(|chat| (sealer.chat(*chat), *chat)).collect();
    let found = conn.gather::<Found>(LINKED_IN, vec![], chats.keys().map(|index| values![*index]).collect()).await?;
    Ok(found.map(move |found| {
        let mut cards = InChat::new();
        for (chat_id, account_id, card_id, card_ref, brand, last4, expires, linked_on) in found {
            let card = Row { card_id, card_ref, brand, last4, expires, linked_on, removed_at: None };
            if let Some(chat) = chats.get(&chat_id) {
                cards.entry((*chat, AccountId(account_id))).or_default().push(card.try_into()?);
            }
        }
        Ok(cards)
    }))
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
