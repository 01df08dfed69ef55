//! Sessions: which chat is signed in to which account. A chat has one open session at most. The chat is known by its keyed index, in
//! `chat_id`; Telegram's number is sealed for the row of that index, so that the table links no person on Telegram to an account.

use jiff::Timestamp;

use super::chat::open_id;
use super::{Conn, StoreError, Value, statements, time, values};
use crate::domain::{AccountId, ChatId, ENDED_SESSIONS_KEPT, SESSION_IDLE, SESSION_LENGTH, Session, SessionId};

/// The sealed column.
pub(super) const TELEGRAM_ID: &str = "session.telegram_id";

statements! {
    START = "INSERT INTO session (chat_id, telegram_id, account_id, started_at, seen_at) VALUES ($1, $2, $3, $4, $4) RETURNING session_id";
    SEEN = "UPDATE session SET seen_at = $1 WHERE session_id IN ([$])";
    END = "UPDATE session SET ended_at = $2 WHERE session_id = $1 AND ended_at IS NULL";
    OVERDUE = "SELECT chat_id, telegram_id FROM session WHERE ended_at IS NULL AND (seen_at <= $1 OR started_at <= $2) ORDER BY chat_id LIMIT 100";
    CHATS = "SELECT chat_id, telegram_id FROM session WHERE account_id = $1 AND ended_at IS NULL ORDER BY chat_id";
    OF_CHAT = "SELECT session_id, account_id, started_at, seen_at, ended_at FROM session WHERE chat_id = $1 ORDER BY session_id";
    FORGET = "DELETE FROM session WHERE chat_id = $1";
    SWEEP = "DELETE FROM session WHERE session_id IN (SELECT session_id FROM session WHERE ended_at < $1 ORDER BY ended_at LIMIT $2)";
}

/// Starts a session.
pub async fn start(conn: &mut Conn, chat: ChatId, account: AccountId, now: Timestamp) -> Result<Session, StoreError> {
    let sealer = conn.sealer()?;
    let index = sealer.chat(chat);
    let telegram_id = sealer.seal(TELEGRAM_ID, index, &chat.0.to_string());
    let id = conn.number(START, values![index, telegram_id, account.0, now]).await?;
    Ok(Session { id: SessionId(id), chat_id: chat, account_id: account, started_at: now, seen_at: now })
}

/// Notes that these sessions' chats were heard of.
pub async fn seen(conn: &mut Conn, sessions: &[SessionId], now: Timestamp) -> Result<(), StoreError> {
    conn.run_many(SEEN, values![now], sessions.iter().map(|id| values![id.0]).collect()).await
}

/// Ends a session.
pub async fn end(conn: &mut Conn, session: SessionId, now: Timestamp) -> Result<(), StoreError> {
    conn.run(END, values![session.0, now]).await.map(|_| ())
}

/// The chats whose open session has idled out or reached its end, a hundred at most.
pub async fn overdue(conn: &mut Conn, now: Timestamp) -> Result<Vec<ChatId>, StoreError> {
    signed_in(conn, OVERDUE, values![now - SESSION_IDLE, now - SESSION_LENGTH]).await
}

/// The chats that are signed in to an account.
pub async fn chats(conn: &mut Conn, account: AccountId) -> Result<Vec<ChatId>, StoreError> {
    signed_in(conn, CHATS, values![account.0]).await
}

async fn signed_in(conn: &mut Conn, sql: &'static str, values: Vec<Value>) -> Result<Vec<ChatId>, StoreError> {
    let sealer = conn.sealer()?;
    let rows = conn.rows::<(i64, String)>(sql, values).await?;
    rows.iter().map(|(index, telegram_id)| open_id(&sealer, TELEGRAM_ID, *index, telegram_id)).collect()
}

/// Every session of a chat that is kept, the oldest first, each with the time it ended, if it did.
pub async fn of_chat(conn: &mut Conn, chat: ChatId) -> Result<Vec<(Session, Option<Timestamp>)>, StoreError> {
    let rows = conn.rows::<(i64, i64, i64, i64, Option<i64>)>(OF_CHAT, values![conn.sealer()?.chat(chat)]).await?;
    rows.into_iter()
        .map(|(id, account, started, seen, ended)| {
            let session = Session {
                id: SessionId(id),
                chat_id: chat,
                account_id: AccountId(account),
                started_at: time("session.started_at", started)?,
                seen_at: time("session.seen_at", seen)?,
            };
            Ok((session, ended.map(|at| time("session.ended_at", at)).transpose()?))
        })
        .collect()
}

/// Erases a chat's sessions, the open one and those that ended.
pub async fn forget(conn: &mut Conn, chat: ChatId) -> Result<(), StoreError> {
    conn.run(FORGET, values![conn.sealer()?.chat(chat)]).await.map(|_| ())
}

/// Forgets sessions that ended long ago, `limit` at most.
pub async fn sweep(conn: &mut Conn, now: Timestamp, limit: i64) -> Result<u64, StoreError> {
    conn.run(SWEEP, values![now - ENDED_SESSIONS_KEPT, limit]).await
}
