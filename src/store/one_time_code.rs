//! The one-time code that a chat has asked for, one at most: asking again voids the last. `used` is 1 once it has done its work, and 2
//! once it is void because the account's sessions were ended.
//! The code is derived from the nonce and the key when it is mailed and when it is compared; it rests nowhere. The chat is known by its
//! keyed index, in `chat_id`; the address is sealed for the row of that index.

use std::collections::HashSet;

use jiff::Timestamp;

use super::{Conn, StoreError, read, statements, time, values};
use crate::domain::{AccountId, ChatId, Email};

/// The sealed column.
pub(super) const EMAIL: &str = "one_time_code.email";

statements! {
    PUT = "INSERT INTO one_time_code (chat_id, nonce, email, account_id, issued_at, expires_at, tries, resends, used) \
           VALUES ($1, $2, $3, $4, $5, $6, 0, $7, 0) \
           ON CONFLICT (chat_id) DO UPDATE SET nonce = excluded.nonce, email = excluded.email, account_id = excluded.account_id, \
           issued_at = excluded.issued_at, expires_at = excluded.expires_at, tries = 0, resends = excluded.resends, used = 0";
    GET = "SELECT nonce, email, account_id, issued_at, expires_at, tries, resends, used FROM one_time_code WHERE chat_id = $1";
    TRIED = "UPDATE one_time_code SET tries = tries + 1 WHERE chat_id = $1";
    USED = "UPDATE one_time_code SET used = 1 WHERE chat_id = $1 AND used = 0";
    ADDRESSES = "SELECT chat_id, email FROM one_time_code";
    VOID = "UPDATE one_time_code SET used = 2 WHERE account_id = $1 AND chat_id <> $2 AND used = 0";
    FORGET = "DELETE FROM one_time_code WHERE chat_id = $1";
    SWEEP = "DELETE FROM one_time_code WHERE chat_id IN (SELECT chat_id FROM one_time_code WHERE expires_at < $1 LIMIT $2)";
}

/// A code that was asked for.
#[derive(Clone, Debug)]
pub struct OneTimeCode {
    /// What the code is derived from, besides the key, the chat and the address.
    pub nonce: String,
    /// The address it was asked for.
    pub email: Email,
    /// The account of that address, if there is one.
    pub account_id: Option<AccountId>,
    /// When it was asked for.
    pub issued_at: Timestamp,
    /// When it stops being good.
    pub expires_at: Timestamp,
    /// How many wrong codes were entered.
    pub tries: i64,
    /// How often it was sent again.
    pub resends: i64,
    /// Whether it has signed the chat in.
    pub used: bool,
}

#[derive(sqlx::FromRow)]
struct Row {
    nonce: String,
    email: String,
    account_id: Option<i64>,
    issued_at: i64,
    expires_at: i64,
    tries: i64,
    resends: i64,
    used: i64,
}

/// Keeps a chat's new code and voids its last one.
pub async fn put(conn: &mut Conn, chat: ChatId, code: &OneTimeCode) -> Result<(), StoreError> {
    let account = code.account_id.map(|id| id.0);
    let sealer = conn.sealer()?;
    let index = sealer.chat(chat);
    let email = sealer.seal(EMAIL, index, code.email.as_str());
    let values = values![index, code.nonce.as_str(), email, account, code.issued_at, code.expires_at, code.resends];
    conn.run(PUT, values).await.map(|_| ())
}

/// The code a chat asked for last.
pub async fn get(conn: &mut Conn, chat: ChatId) -> Result<Option<OneTimeCode>, StoreError> {
    let sealer = conn.sealer()?;
    let index = sealer.chat(chat);
    let Some(row) = conn.row::<Row>(GET, values![index]).await? else { return Ok(None) };
    let email = sealer.open(EMAIL, index, &row.email).map_err(|error| StoreError::Sealed(EMAIL, error))?;
    Ok(Some(OneTimeCode {
        nonce: row.nonce,
        email: read(EMAIL, &email)?,
        account_id: row.account_id.map(AccountId),
        issued_at: time("one_time_code.issued_at", row.issued_at)?,
        expires_at: time("one_time_code.expires_at", row.expires_at)?,
        tries: row.tries,
        resends: row.resends,
        used: row.used == 1,
    }))
}

/// Counts a wrong code.
pub async fn tried(conn: &mut Conn, chat: ChatId) -> Result<(), StoreError> {
    conn.run(TRIED, values![conn.sealer()?.chat(chat)]).await.map(|_| ())
}

/// Uses the code up; whether it was still unused, and not void.
pub async fn used(conn: &mut Conn, chat: ChatId) -> Result<bool, StoreError> {
    Ok(conn.run(USED, values![conn.sealer()?.chat(chat)]).await? == 1)
}

/// The numbers that the database knows those chats by that have a code for this address. There are as many codes as were asked for
/// within minutes, so each is looked at.
pub async fn of_address(conn: &mut Conn, email: &Email) -> Result<HashSet<i64>, StoreError> {
    let sealer = conn.sealer()?;
    let rows = conn.rows::<(i64, String)>(ADDRESSES, vec![]).await?;
    let is_theirs = |(index, sealed): &(i64, String)| sealer.open(EMAIL, index, sealed).is_ok_and(|address| address == email.as_str());
    Ok(rows.iter().filter(|row| is_theirs(row)).map(|(index, _)| *index).collect())
}

/// Erases the codes for an address.
pub async fn forget_address(conn: &mut Conn, email: &Email) -> Result<(), StoreError> {
    for index in of_address(conn, email).await? {
        conn.run(FORGET, values![index]).await?;
    }
    Ok(())
}

/// Voids the codes that were mailed for an account, but for that of the chat with the index `but`. It shows to nobody but who enters the
/// right one: a stranger who guesses, or asks for another, is answered as before and learns nothing of the account.
pub(super) async fn void(conn: &mut Conn, account: AccountId, but: i64) -> Result<(), StoreError> {
    conn.run(VOID, values![account.0, but]).await.map(|_| ())
}

/// Erases a chat's code.
pub async fn forget(conn: &mut Conn, chat: ChatId) -> Result<(), StoreError> {
    conn.run(FORGET, values![conn.sealer()?.chat(chat)]).await.map(|_| ())
}

/// Forgets expired codes, `limit` at most.
pub async fn sweep(conn: &mut Conn, now: Timestamp, limit: i64) -> Result<u64, StoreError> {
    conn.run(SWEEP, values![now, limit]).await
}
