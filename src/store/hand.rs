//! What the operator's hand does to one account, each in the caller's transaction. What `erase` leaves of an account is its audit rows,
//! its events without their details, and a tombstone under a keyed hash of the address, which an import asks for.

use std::collections::HashSet;

use jiff::Timestamp;

use super::{Conn, StoreError, chat, effect, one_time_code, reset_link, session, set_aside_dialogue, statements, time, values};
use crate::domain::{Account, AccountId, ChatId, Email};
use crate::effects::Lane;

statements! {
    SET_LOCKED = "UPDATE account SET locked_here = $2 WHERE account_id = $1 AND locked_here <> $2";
    END_SESSIONS = "UPDATE session SET ended_at = $2 WHERE account_id = $1 AND ended_at IS NULL RETURNING chat_id, telegram_id";
    CHATS = "SELECT chat_id, telegram_id FROM session WHERE account_id = $1";
    // An open session is always its chat's last.
    LAST_IN = "SELECT chat_id, telegram_id FROM session AS last WHERE account_id = $1 AND NOT EXISTS \
               (SELECT 1 FROM session AS later WHERE later.chat_id = last.chat_id AND later.session_id > last.session_id)";
    BLANK_DIALOGUE = "UPDATE chat SET dialogue = $2 WHERE chat_id = $1";
    ERASE_PAGES = "DELETE FROM sign_in_request WHERE account_id = $1";
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
    session::signed_in(conn, END_SESSIONS, values![account.0, now]).await
}

/// The chats that were signed in to an account or asked for its links, as far as that is still kept.
pub async fn chats(conn: &mut Conn, account: AccountId) -> Result<Vec<ChatId>, StoreError> {
    let mut chats = session::signed_in(conn, CHATS, values![account.0]).await?;
    let links = reset_link::of_account(conn, account).await?;
    chats.extend(links.into_iter().filter(|link| !link.is_forgotten()).map(|link| link.chat_id));
    chats.sort_unstable_by_key(|chat| chat.0);
    chats.dedup();
    Ok(chats)
}

/// The chats that stand where the account shows: whose last session is the account's, or whose dialogue names its address. A chat that
/// has signed in to another account since is that one's.
async fn stand_at(conn: &mut Conn, account: &Account, chats: &[ChatId]) -> Result<HashSet<ChatId>, StoreError> {
    let mut standing: HashSet<ChatId> = session::signed_in(conn, LAST_IN, values![account.id.0]).await?.into_iter().collect();
    let known = chat::load(conn, chats).await?;
    // In quotes, as JSON has it: another address may end in this one.
    let named = serde_json::Value::from(account.email.as_str()).to_string();
    standing.extend(known.iter().filter(|chat| chat.dialogue.contains(&named)).map(|chat| chat.id));
    Ok(standing)
}

/// The chats among these that wait for a code for this address.
pub async fn await_code(conn: &mut Conn, email: &Email, chats: &[ChatId]) -> Result<Vec<ChatId>, StoreError> {
    let waiting = one_time_code::of_address(conn, email).await?;
    let sealer = conn.sealer()?;
    Ok(chats.iter().copied().filter(|chat| waiting.contains(&sealer.chat(*chat))).collect())
}

/// Erases an account with all that is kept of its holder, and leaves the tombstone. `chats` are those that have had to do with it.
pub async fn erase(conn: &mut Conn, account: &Account, chats: &[ChatId], address_hash: &str, now: Timestamp) -> Result<(), StoreError> {
    let sealer = conn.sealer()?;
    // What such a chat shows or is about to be sent may name a receipt of the account.
    for chat in stand_at(conn, account, chats).await? {
        let index = sealer.chat(chat);
        conn.run(BLANK_DIALOGUE, values![index, sealer.seal(chat::DIALOGUE, index, "")]).await?;
        effect::forget(conn, Lane::Chat.of(chat), "show").await?;
        effect::empty(conn, Lane::Document.of(chat)).await?;
    }
    // A place that was lost may name the address, or a receipt, though its chat stands elsewhere now.
    for chat in chats {
        set_aside_dialogue::forget(conn, *chat).await?;
    }
    set_aside_dialogue::forget_naming(conn, &account.email).await?;
    effect::forget_mails_to(conn, &account.email).await?;
    one_time_code::forget_address(conn, &account.email).await?;
    for sql in
        [ERASE_CODES, ERASE_PAGES, ERASE_SESSIONS, ERASE_LINKS, ERASE_BALANCES, ERASE_CARDS, ERASE_PAYMENTS, ERASE_DETAILS, ERASE_ACCOUNT]
    {
        conn.run(sql, values![account.id.0]).await?;
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
