//! The chats whose session the operator has ended: a row each until the counter, running or once it runs again, has told them.

use super::{Conn, StoreError, read, statements, values};
use crate::domain::{ChatId, Parting};

statements! {
    PUT = "INSERT INTO parting (why, chat_id) VALUES [($, $)] ON CONFLICT (chat_id) DO UPDATE SET why = excluded.why";
    WAITING = "SELECT chat_id, why FROM parting ORDER BY chat_id LIMIT $1";
    FORGET = "DELETE FROM parting WHERE chat_id IN ([$])";
}

/// Leaves word for chats.
pub async fn put(conn: &mut Conn, chats: &[ChatId], why: Parting) -> Result<(), StoreError> {
    conn.run_many(PUT, vec![], chats.iter().map(|chat| values![why.word(), chat.0]).collect()).await
}

/// The chats that are still to be told, `limit` at most.
pub async fn waiting(conn: &mut Conn, limit: i64) -> Result<Vec<(ChatId, Parting)>, StoreError> {
    let rows = conn.rows::<(i64, String)>(WAITING, values![limit]).await?;
    rows.into_iter().map(|(chat, why)| Ok((ChatId(chat), read("parting.why", &why)?))).collect()
}

/// Forgets the word for chats that have been told, or are erased.
pub async fn forget(conn: &mut Conn, chats: &[ChatId]) -> Result<(), StoreError> {
    conn.run_many(FORGET, vec![], chats.iter().map(|chat| values![chat.0]).collect()).await
}
