//! Which chat was signed in to which account before. Chats and accounts stand here as keyed hashes, so that who reads the
//! database learns of neither.

use std::collections::HashSet;

use data_encoding::HEXLOWER;
use jiff::Timestamp;

use super::{Conn, StoreError, account, chat, session, statements, values};
use crate::domain::{ChatId, Email};
use crate::secret::Key;

/// How many sessions are read at once.
const STEP: i64 = 500;

statements! {
    PUT = "INSERT INTO known_chat (mark, chat, seen_at) VALUES ($1, $2, $3) ON CONFLICT (mark) DO UPDATE SET seen_at = excluded.seen_at";
    KNOWN = "SELECT COUNT(*) FROM known_chat WHERE mark = $1";
    FORGET = "DELETE FROM known_chat WHERE chat = $1";
    SEEN = "SELECT seen_at FROM known_chat WHERE mark = $1";
    SIGNED_IN = "SELECT session_id, chat_id, telegram_id, email_index, email FROM session \
                 JOIN account ON account.account_id = session.account_id WHERE session_id > $1 ORDER BY session_id LIMIT $2";
    EMPTY = "DELETE FROM known_chat";
    MARKS = "SELECT mark FROM known_chat";
    FORGET_MARKS = "DELETE FROM known_chat WHERE mark IN ([$])";
    SWEEP = "DELETE FROM known_chat WHERE mark IN (SELECT mark FROM known_chat WHERE seen_at < $1 LIMIT $2)";
}

/// What stands for a chat and the address of an account.
pub fn mark(key: &Key, chat: ChatId, email: &Email) -> String {
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

/// Derives what stands here from another key, as far as sessions that are kept, open ones and ended, still tell whose it is; the rest is
/// erased. It has to be one transaction with whatever makes the new key the database's.
pub async fn derive_anew(conn: &mut Conn, old: &Key, new: &Key) -> Result<(), StoreError> {
    let sealer = conn.sealer()?;
    let (mut known, mut after) = (Vec::new(), 0);
    loop {
        let rows = conn.rows::<(i64, i64, String, String, String)>(SIGNED_IN, values![after, STEP]).await?;
        let Some(last) = rows.last() else { break };
        after = last.0;
        for (_, chat_id, telegram_id, email_index, email) in rows {
            let chat = chat::open_id(&sealer, session::TELEGRAM_ID, chat_id, &telegram_id);
            let email = sealer.open(account::EMAIL, email_index, &email).ok().and_then(|email| email.parse::<Email>().ok());
            if let (Ok(chat), Some(email)) = (chat, email)
                && let Some((seen_at,)) = conn.row::<(i64,)>(SEEN, values![mark(old, chat, &email)]).await?
            {
                known.push(values![mark(new, chat, &email), name(new, chat), seen_at]);
            }
        }
    }
    conn.run(EMPTY, vec![]).await?;
    for values in known {
        conn.run(PUT, values).await?;
    }
    Ok(())
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
