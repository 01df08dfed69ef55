//! Sessions: which chat is signed in to which account. A chat has one open session at most. The chat is known by its keyed index, in
//! `chat_id`; Telegram's number is sealed for the row of that index, so that the table links no person on Telegram to an account.

use jiff::Timestamp;

use super::chat::{open_id, seal_id};
use super::{Conn, StoreError, Value, one_time_code, read, sign_in_request, statements, time, values};
use crate::domain::{AccountId, ChatId, Language, SESSION_IDLE, SESSION_LENGTH, Session, SessionId};

/// The sealed column.
pub(super) const TELEGRAM_ID: &str = "session.telegram_id";

statements! {
    START = "INSERT INTO session (chat_id, telegram_id, account_id, started_at, proven_at, seen_at) VALUES ($1, $2, $3, $4, $4, $4) RETURNING session_id";
    SEEN = "UPDATE session SET seen_at = $1 WHERE session_id IN ([$])";
    PROVEN = "UPDATE session SET proven_at = $2 WHERE session_id = $1 AND ended_at IS NULL";
    END = "UPDATE session SET ended_at = $2 WHERE session_id = $1 AND ended_at IS NULL";
    OVERDUE = "SELECT chat_id, telegram_id FROM session WHERE ended_at IS NULL AND (seen_at <= $1 OR started_at <= $2) ORDER BY chat_id LIMIT 100";
    CHATS = "SELECT chat_id, telegram_id FROM session WHERE account_id = $1 AND ended_at IS NULL ORDER BY chat_id";
    OF_ACCOUNT = "SELECT session_id, session.chat_id, session.telegram_id, language, started_at, proven_at, session.seen_at FROM session \
                  LEFT JOIN chat ON chat.chat_id = session.chat_id WHERE account_id = $1 AND ended_at IS NULL ORDER BY session_id";
    OF_CHAT = "SELECT session_id, account_id, started_at, proven_at, seen_at, ended_at FROM session WHERE chat_id = $1 ORDER BY session_id";
    FORGET = "DELETE FROM session WHERE chat_id = $1";
    SWEEP = "DELETE FROM session WHERE session_id IN (SELECT session_id FROM session WHERE ended_at < $1 ORDER BY ended_at LIMIT $2)";
}

/// Starts a session.
pub async fn start(conn: &mut Conn, chat: ChatId, account: AccountId, now: Timestamp) -> Result<Session, StoreError> {
    let sealer = conn.sealer()?;
    let index = sealer.chat(chat);
    let telegram_id = seal_id(&sealer, TELEGRAM_ID, index, chat);
    let id = conn.number(START, values![index, telegram_id, account.0, now]).await?;
    Ok(Session { id: SessionId(id), chat_id: chat, account_id: account, started_at: now, proven_at: now, seen_at: now })
}

/// Notes that these sessions' chats were heard of.
pub async fn seen(conn: &mut Conn, sessions: &[SessionId], now: Timestamp) -> Result<(), StoreError> {
    conn.later(SEEN, values![now], sessions.iter().map(|id| values![id.0]).collect()).await
}

/// Notes that a session's holder has proven anew to be who they are.
pub async fn proven(conn: &mut Conn, session: SessionId, now: Timestamp) -> Result<(), StoreError> {
    conn.run(PROVEN, values![session.0, now]).await.map(|_| ())
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

/// Voids every code, mailed or shown on a page, that could still sign a chat in to an account: when its sessions are ended, none that is
/// under way may begin after them (OWASP Session Management). The chat `but` keeps its own. The account has to be locked before.
pub async fn void_begun(conn: &mut Conn, account: AccountId, but: Option<ChatId>) -> Result<(), StoreError> {
    let sealer = conn.sealer()?;
    let but = but.map_or(0, |chat| sealer.chat(chat));
    one_time_code::void(conn, account, but).await?;
    sign_in_request::void(conn, account, but).await
}

/// The chats of sessions, whose rows a statement finds with their index and sealed number.
pub(super) async fn signed_in(conn: &mut Conn, sql: &'static str, values: Vec<Value>) -> Result<Vec<ChatId>, StoreError> {
    let rows = conn.rows::<(i64, String)>(sql, values).await?;
    opened(conn, rows).await
}

/// The chats of sessions with these indexes and sealed numbers.
pub(super) async fn opened(conn: &mut Conn, rows: Vec<(i64, String)>) -> Result<Vec<ChatId>, StoreError> {
    let sealer = conn.sealer()?;
    let mut chats = Vec::with_capacity(rows.len());
    for (index, telegram_id) in rows {
        match open_id(&sealer, TELEGRAM_ID, index, &telegram_id) {
            Ok(chat) => chats.push(chat),
            Err(error) => {
                // Nobody can be told; that it is gone ends it.
                tracing::error!(%error, "the sessions of a chat are erased whose number does not open");
                conn.run(FORGET, values![index]).await?;
            }
        }
    }
    Ok(chats)
}

/// An open session as it is told to another chat of its account.
#[derive(Clone, Debug)]
pub struct Elsewhere {
    /// The session.
    pub session: Session,
    /// The language of its chat.
    pub language: Language,
}

/// The open sessions of an account, good or overdue, the oldest first.
pub async fn of_account(conn: &mut Conn, account: AccountId) -> Result<Vec<Elsewhere>, StoreError> {
    let sealer = conn.sealer()?;
    let rows = conn.rows::<(i64, i64, String, Option<String>, i64, i64, i64)>(OF_ACCOUNT, values![account.0]).await?;
    rows.into_iter()
        .map(|(id, index, telegram_id, language, started, proven, seen)| {
            let session = Session {
                id: SessionId(id),
                chat_id: open_id(&sealer, TELEGRAM_ID, index, &telegram_id)?,
                account_id: account,
                started_at: time("session.started_at", started)?,
                proven_at: time("session.proven_at", proven)?,
                seen_at: time("session.seen_at", seen)?,
            };
            // The row of a chat that is new may be written after this.
            let language = language.map_or(Ok(Language::En), |code| read("chat.language", &code))?;
            Ok(Elsewhere { session, language })
        })
        .collect()
}

/// Every session of a chat that is kept, the oldest first, each with the time it ended, if it did.
pub async fn of_chat(conn: &mut Conn, chat: ChatId) -> Result<Vec<(Session, Option<Timestamp>)>, StoreError> {
    let rows = conn.rows::<(i64, i64, i64, i64, i64, Option<i64>)>(OF_CHAT, values![conn.sealer()?.chat(chat)]).await?;
    rows.into_iter()
        .map(|(id, account, started, proven, seen, ended)| {
            let session = Session {
                id: SessionId(id),
                chat_id: chat,
                account_id: AccountId(account),
                started_at: time("session.started_at", started)?,
                proven_at: time("session.proven_at", proven)?,
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

/// Forgets sessions that ended before `before`, `limit` at most.
pub async fn sweep(conn: &mut Conn, before: Timestamp, limit: i64) -> Result<u64, StoreError> {
    conn.run(SWEEP, values![before, limit]).await
}
