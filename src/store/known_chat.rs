//! Which chat was signed in to which account before. Chats and accounts stand here as keyed hashes, so that who reads the
//! database learns of neither.

use std::collections::HashSet;

use jiff::Timestamp;

use super::{Conn, StoreError, statements, values};

statements! {
    PUT = "INSERT INTO known_chat (mark, chat, seen_at) VALUES ($1, $2, $3) ON CONFLICT (mark) DO UPDATE SET seen_at = excluded.seen_at";
    KNOWN = "SELECT COUNT(*) FROM known_chat WHERE mark = $1";
    FORGET = "DELETE FROM known_chat WHERE chat = $1";
    MARKS = "SELECT mark FROM known_chat";
    FORGET_MARKS = "DELETE FROM known_chat WHERE mark IN ([$])";
    SWEEP = "DELETE FROM known_chat WHERE mark IN (SELECT mark FROM known_chat WHERE seen_at < $1 LIMIT $2)";
}

/// Notes that a chat is signed in to an account.
pub async fn put(conn: &mut Conn, mark: &str, chat: &str, now: Timestamp) -> Result<(), StoreError> {
    conn.run(PUT, values![mark, chat, now]).await.map(|_| ())
}

/// Whether a chat was signed in to an account before.
pub async fn is_known(conn: &mut Conn, mark: &str) -> Result<bool, StoreError> {
    Ok(conn.number(KNOWN, values![mark]).await? > 0)
}

/// Erases what a chat was signed in to.
pub async fn forget(conn: &mut Conn, chat: &str) -> Result<(), StoreError> {
    conn.run(FORGET, values![chat]).await.map(|_| ())
}

/// Erases those of these marks that are kept: of the very many that there may be, few are.
pub async fn forget_marks(conn: &mut Conn, marks: &HashSet<String>) -> Result<(), StoreError> {
    let kept = conn.rows::<(String,)>(MARKS, vec![]).await?;
    let gone = kept.into_iter().filter(|(mark,)| marks.contains(mark)).map(|(mark,)| values![mark]).collect();
    conn.run_many(FORGET_MARKS, vec![], gone).await
}

/// Forgets what was noted before this time, `limit` at most.
pub async fn sweep(conn: &mut Conn, before: Timestamp, limit: i64) -> Result<u64, StoreError> {
    conn.run(SWEEP, values![before, limit]).await
}
