//! The chats whose session the operator has ended: a row each until the counter, running or once it runs again, has told them. A chat is
//! known by its keyed index, in `chat_id`; Telegram's number is sealed for the row of that index.

use super::chat::{open_id, seal_id};
use super::{Conn, StoreError, read, statements, values};
use crate::domain::{ChatId, Parting};

/// The sealed column.
pub(super) const TELEGRAM_ID: &str = "parting.telegram_id";

statements! {
    PUT = "INSERT INTO parting (why, chat_id, telegram_id) VALUES [($, $, $)] ON CONFLICT (chat_id) DO UPDATE SET why = excluded.why";
    WAITING = "SELECT chat_id, telegram_id, why FROM parting ORDER BY chat_id LIMIT $1";
    FORGET = "DELETE FROM parting WHERE chat_id IN ([$])";
}

/// Leaves word for chats.
pub async fn put(conn: &mut Conn, chats: &[ChatId], why: Parting) -> Result<(), StoreError> {
    let sealer = conn.sealer()?;
    let rows = chats.iter().map(|chat| {
        let index = sealer.chat(*chat);
        values![why.word(), index, seal_id(&sealer, TELEGRAM_ID, index, *chat)]
    });
    conn.run_many(PUT, vec![], rows.collect()).await
}

/// The chats that are still to be told, `limit` at most. Word for one whose number does not open is forgotten: nobody can be told.
pub async fn waiting(conn: &mut Conn, limit: i64) -> Result<Vec<(ChatId, Parting)>, StoreError> {
    let sealer = conn.sealer()?;
    let mut told = Vec::new();
    for (index, telegram_id, why) in conn.rows::<(i64, String, String)>(WAITING, values![limit]).await? {
        match open_id(&sealer, TELEGRAM_ID, index, &telegram_id) {
            Ok(chat) => told.push((chat, read("parting.why", &why)?)),
            Err(error) => {
                tracing::error!(%error, "word for a chat whose number does not open is forgotten");
                conn.run_many(FORGET, vec![], vec![values![index]]).await?;
            }
        }
    }
    Ok(told)
}

/// Forgets the word for chats that have been told, or are erased.
pub async fn forget(conn: &mut Conn, chats: &[ChatId]) -> Result<(), StoreError> {
    let sealer = conn.sealer()?;
    conn.run_many(FORGET, vec![], chats.iter().map(|chat| values![sealer.chat(*chat)]).collect()).await
}
