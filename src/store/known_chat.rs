//! Which chat was signed in to which account before. Chats and accounts stand here as keyed hashes, so that who reads the
//! database learns of neither.

use data_encoding::HEXLOWER;
use jiff::Timestamp;

use super::{Conn, StoreError, statements, values};
use crate::domain::{ChatId, Email};
use crate::secret::Key;

statements! {
    PUT = "INSERT INTO known_chat (mark, chat, seen_at) VALUES ($1, $2, $3) ON CONFLICT (mark) DO UPDATE SET seen_at = excluded.seen_at";
    KNOWN = "SELECT COUNT(*) FROM known_chat WHERE mark = $1";
    FORGET = "DELETE FROM known_chat WHERE chat = $1";
    SWEEP = "DELETE FROM known_chat WHERE mark IN (SELECT mark FROM known_chat WHERE seen_at < $1 LIMIT $2)";
}

/// What stands for a chat and the address of an account.
fn mark(key: &Key, chat: ChatId, email: &Email) -> String {
    HEXLOWER.encode(&key.derive("known chat and address", &[&chat.0.to_be_bytes(), email.as_str().as_bytes()]))
}

/// What stands for a chat.
fn name(key: &Key, chat: ChatId) -> String {
    HEXLOWER.encode(&key.derive("known chat", &[&chat.0.to_be_bytes()]))
}

/// Notes that a chat is signed in to the account with this address.
pub async fn put(conn: &mut Conn, key: &Key, chat: ChatId, email: &Email, now: Timestamp) -> Result<(), StoreError> {
    conn.run(PUT, values![mark(key, chat, email), name(key, chat), now]).await.map(|_| ())
}

/// Whether a chat was signed in to the account with this address before.
pub async fn is_known(conn: &mut Conn, key: &Key, chat: ChatId, email: &Email) -> Result<bool, StoreError> {
    Ok(conn.number(KNOWN, values![mark(key, chat, email)]).await? > 0)
}

/// Erases what a chat was signed in to.
pub async fn forget(conn: &mut Conn, key: &Key, chat: ChatId) -> Result<(), StoreError> {
    conn.run(FORGET, values![name(key, chat)]).await.map(|_| ())
}

/// Forgets what was noted before this time, `limit` at most.
pub async fn sweep(conn: &mut Conn, before: Timestamp, limit: i64) -> Result<u64, StoreError> {
    conn.run(SWEEP, values![before, limit]).await
}
