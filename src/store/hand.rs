//! What the operator's hand does to one account, each in the caller's transaction. What `erase` leaves of an account is its audit rows,
//! its events without their details, and a tombstone under a keyed hash of the address, which an import asks for.

use std::collections::HashSet;

use jiff::Timestamp;

use super::{Conn, StoreError, effect, statements, time, values};
use crate::domain::{AccountId, ChatId};
use crate::effects::Lane;

statements! {
    SET_LOCKED = "UPDATE account SET locked_here = $2 WHERE account_id = $1 AND locked_here <> $2";
    END_SESSIONS = "UPDATE session SET ended_at = $2 WHERE account_id = $1 AND ended_at IS NULL RETURNING chat_id";
    CHATS = "SELECT chat_id FROM session WHERE account_id = $1 UNION SELECT chat_id FROM reset_link WHERE account_id = $1";
    BLANK_DIALOGUES = "UPDATE chat SET dialogue = '' WHERE chat_id IN ([$])";
    ERASE_CODES_OF_CHATS = "DELETE FROM one_time_code WHERE chat_id IN ([$])";
    ERASE_CODES = "DELETE FROM one_time_code WHERE account_id = $1";
    ERASE_SESSIONS = "DELETE FROM session WHERE account_id = $1";
    ERASE_LINKS = "DELETE FROM reset_link WHERE account_id = $1";
    ERASE_BALANCES = "DELETE FROM balance WHERE account_id = $1";
    ERASE_CARDS = "DELETE FROM card WHERE account_id = $1";
    ERASE_PAYMENTS = "DELETE FROM payment WHERE account_id = $1";
    ERASE_DETAILS = "UPDATE event SET payload = '{}' WHERE account_id = $1";
    ERASE_ACCOUNT = "DELETE FROM account WHERE account_id = $1";
    ENTOMB = "INSERT INTO erased_account (address_hash, erased_at) VALUES ($1, $2) ON CONFLICT (address_hash) DO NOTHING";
    ERASED_AT = "SELECT erased_at FROM erased_account WHERE address_hash = $1";
    TOMBSTONES = "SELECT address_hash FROM erased_account";
}

/// Locks an account or unlocks it; whether that changed anything.
pub async fn set_locked(conn: &mut Conn, account: AccountId, locked: bool) -> Result<bool, StoreError> {
    Ok(conn.run(SET_LOCKED, values![account.0, locked]).await? == 1)
}

/// Ends every open session of an account; the chats that were signed in.
pub async fn end_sessions(conn: &mut Conn, account: AccountId, now: Timestamp) -> Result<Vec<ChatId>, StoreError> {
    Ok(conn.rows::<(i64,)>(END_SESSIONS, values![account.0, now]).await?.into_iter().map(|(chat,)| ChatId(chat)).collect())
}

/// The chats that were signed in to an account or asked for its links, as far as that is still kept.
pub async fn chats(conn: &mut Conn, account: AccountId) -> Result<Vec<ChatId>, StoreError> {
    Ok(conn.rows::<(i64,)>(CHATS, values![account.0]).await?.into_iter().map(|(chat,)| ChatId(chat)).collect())
}

/// Erases an account with all that is kept of its holder, in these chats too, and leaves the tombstone.
pub async fn erase(conn: &mut Conn, account: AccountId, chats: &[ChatId], address_hash: &str, now: Timestamp) -> Result<(), StoreError> {
    let rows = || chats.iter().map(|chat| values![chat.0]).collect();
    // What a chat shows or is about to be sent may name a receipt of the account.
    conn.run_many(BLANK_DIALOGUES, vec![], rows()).await?;
    conn.run_many(ERASE_CODES_OF_CHATS, vec![], rows()).await?;
    for chat in chats {
        effect::forget(conn, &Lane::Chat.of(*chat), "show").await?;
        effect::empty(conn, &[Lane::Mail.of(*chat), Lane::Document.of(*chat)]).await?;
    }
    for sql in [ERASE_CODES, ERASE_SESSIONS, ERASE_LINKS, ERASE_BALANCES, ERASE_CARDS, ERASE_PAYMENTS, ERASE_DETAILS, ERASE_ACCOUNT] {
        conn.run(sql, values![account.0]).await?;
    }
    conn.run(ENTOMB, values![address_hash, now]).await.map(|_| ())
}

/// When the account of the address with this hash was erased, if it was.
pub async fn erased_at(conn: &mut Conn, address_hash: &str) -> Result<Option<Timestamp>, StoreError> {
    let row = conn.row::<(i64,)>(ERASED_AT, values![address_hash]).await?;
    row.map(|(at,)| time("erased_account.erased_at", at)).transpose()
}

/// The hashes of the addresses whose accounts were erased.
pub async fn tombstones(conn: &mut Conn) -> Result<HashSet<String>, StoreError> {
    Ok(conn.rows::<(String,)>(TOMBSTONES, vec![]).await?.into_iter().map(|(hash,)| hash).collect())
}
