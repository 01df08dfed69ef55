//! The links mailed to set a new password with: one good link an account at most, a newer one voids it.
//! Only the hash of a link's token is kept; the token is derived when the link is mailed. The chat is known by its keyed index, in
//! `chat_id`, 0 once it is forgotten; Telegram's number of it and the person's name there are sealed for the row of that hash.

use jiff::Timestamp;

use super::chat::{open_id, seal_id};
use super::{Conn, StoreError, read, statements, time, values};
use crate::domain::{AccountId, ChatId, RESET_LINK_KEPT, ResetLink};
use crate::seal::Sealer;

/// The sealed columns.
pub(super) const TELEGRAM_ID: &str = "reset_link.telegram_id";
pub(super) const PERSON: &str = "reset_link.person";

statements! {
    VOID = "UPDATE reset_link SET void = 1 WHERE account_id = $1 AND void = 0";
    INSERT = "INSERT INTO reset_link (token_hash, account_id, chat_id, telegram_id, person, language, issued_at, expires_at, void) \
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    GET = "SELECT token_hash, account_id, chat_id, telegram_id, person, language, issued_at, expires_at, used_at, void FROM reset_link WHERE token_hash = $1";
    OF_ACCOUNT = "SELECT token_hash, account_id, chat_id, telegram_id, person, language, issued_at, expires_at, used_at, void FROM reset_link \
                  WHERE account_id = $1 ORDER BY issued_at";
    USE = "UPDATE reset_link SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL";
    SINCE = "SELECT COUNT(*) FROM reset_link WHERE account_id = $1 AND issued_at > $2 AND issued_at <= $3";
    FORGET = "UPDATE reset_link SET chat_id = 0, telegram_id = '', person = '', void = 1 WHERE chat_id = $1";
    SWEEP = "DELETE FROM reset_link WHERE token_hash IN (SELECT token_hash FROM reset_link WHERE expires_at < $1 LIMIT $2)";
}

#[derive(sqlx::FromRow)]
struct Row {
    token_hash: String,
    account_id: i64,
    chat_id: i64,
    telegram_id: String,
    person: String,
    language: String,
    issued_at: i64,
    expires_at: i64,
    used_at: Option<i64>,
    void: i64,
}

impl Row {
    fn opened(self, sealer: &Sealer) -> Result<ResetLink, StoreError> {
        let (chat_id, person) = match self.chat_id {
            0 => (ChatId(0), String::new()),
            _ => (open_id(sealer, TELEGRAM_ID, &self.token_hash, &self.telegram_id)?, self.person(sealer)?),
        };
        let row = self;
        Ok(ResetLink {
            token_hash: row.token_hash,
            account_id: AccountId(row.account_id),
            chat_id,
            person,
            language: read("reset_link.language", &row.language)?,
            issued_at: time("reset_link.issued_at", row.issued_at)?,
            expires_at: time("reset_link.expires_at", row.expires_at)?,
            used_at: row.used_at.map(|at| time("reset_link.used_at", at)).transpose()?,
            void: row.void != 0,
        })
    }

    fn person(&self, sealer: &Sealer) -> Result<String, StoreError> {
        sealer.open(PERSON, &self.token_hash, &self.person).map_err(|error| StoreError::Sealed(PERSON, error))
    }
}

/// Keeps a new link and voids those that its account had.
pub async fn put(conn: &mut Conn, link: &ResetLink) -> Result<(), StoreError> {
    conn.run(VOID, values![link.account_id.0]).await?;
    let sealer = conn.sealer()?;
    let (hash, account, language) = (link.token_hash.as_str(), link.account_id.0, link.language.code());
    let telegram_id = seal_id(&sealer, TELEGRAM_ID, hash, link.chat_id);
    let person = sealer.seal(PERSON, hash, &link.person);
    let (chat, issued, expires) = (sealer.chat(link.chat_id), link.issued_at, link.expires_at);
    conn.run(INSERT, values![hash, account, chat, telegram_id, person, language, issued, expires, link.void]).await.map(|_| ())
}

/// The link whose token has this hash.
pub async fn get(conn: &mut Conn, token_hash: &str) -> Result<Option<ResetLink>, StoreError> {
    let sealer = conn.sealer()?;
    conn.row::<Row>(GET, values![token_hash]).await?.map(|row| row.opened(&sealer)).transpose()
}

/// The links of an account that are still kept.
pub async fn of_account(conn: &mut Conn, account: AccountId) -> Result<Vec<ResetLink>, StoreError> {
    let sealer = conn.sealer()?;
    conn.rows::<Row>(OF_ACCOUNT, values![account.0]).await?.into_iter().map(|row| row.opened(&sealer)).collect()
}

/// Uses a link up; whether it was still unused. Any other link of its account is voided.
pub async fn use_up(conn: &mut Conn, link: &ResetLink, now: Timestamp) -> Result<bool, StoreError> {
    let used = conn.run(USE, values![link.token_hash.as_str(), now]).await? == 1;
    conn.run(VOID, values![link.account_id.0]).await?;
    Ok(used)
}

/// How many links were made for an account between these times: what a clock that ran ahead has left does not count.
pub async fn made_between(conn: &mut Conn, account: AccountId, since: Timestamp, until: Timestamp) -> Result<i64, StoreError> {
    conn.number(SINCE, values![account.0, since, until]).await
}

/// Voids the links that a chat asked for, and erases who asked; that links were made still counts against the account's limit.
pub async fn forget(conn: &mut Conn, chat: ChatId) -> Result<(), StoreError> {
    conn.run(FORGET, values![conn.sealer()?.chat(chat)]).await.map(|_| ())
}

/// Forgets links that have not been good for a day, `limit` at most.
pub async fn sweep(conn: &mut Conn, now: Timestamp, limit: i64) -> Result<u64, StoreError> {
    conn.run(SWEEP, values![now - RESET_LINK_KEPT, limit]).await
}
