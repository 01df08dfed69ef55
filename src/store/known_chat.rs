//! Which chat was signed in to which account before. Chats and accounts stand here as keyed hashes, so that who reads the
//! database learns of neither.

use jiff::Timestamp;

use super::{Conn, StoreError, statements, values};

statements! {
    PUT = "INSERT INTO known_chat (mark, chat, seen_at) VALUES ($1, $2, $3) ON CONFLICT (mark) DO UPDATE SET seen_at = excluded.seen_at";
    KNOWN = "SELECT COUNT(*) FROM known_chat WHERE mark = $1";
    FORGET = "DELETE FROM known_chat WHERE chat = $1";
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

/// Forgets what was noted before this time, `limit` at most.
pub async fn sweep(conn: &mut Conn, before: Timestamp, limit: i64) -> Result<u64, StoreError> {
    conn.run(SWEEP, values![before, limit]).await
}
