//! The links to the sign-in page, one a chat at most: asking again voids the chat's last one, and nobody else's. The chat is known by its
//! keyed index, in `chat_id`; Telegram's number of it and the person's name there are sealed for the row of the token's hash.

use jiff::Timestamp;

use super::chat::open_id;
use super::{Conn, StoreError, read, statements, time, values};
use crate::domain::{AccountId, CODE_LENGTH, ChatId, SIGN_IN_LINK_LENGTH, SignInRequest};
use crate::seal::Sealer;

/// The sealed columns.
const TELEGRAM_ID: &str = "sign_in_request.telegram_id";
const PERSON: &str = "sign_in_request.person";

statements! {
    PUT = "INSERT INTO sign_in_request (chat_id, telegram_id, token_hash, nonce, person, language, issued_at, expires_at, tries, used) \
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0) \
           ON CONFLICT (chat_id) DO UPDATE SET telegram_id = excluded.telegram_id, token_hash = excluded.token_hash, \
           nonce = excluded.nonce, person = excluded.person, language = excluded.language, issued_at = excluded.issued_at, expires_at = excluded.expires_at, \
           account_id = NULL, proven_at = NULL, tries = 0, used = 0";
    BY_TOKEN = "SELECT telegram_id, token_hash, nonce, person, language, issued_at, expires_at, account_id, proven_at, tries, used \
                FROM sign_in_request WHERE token_hash = $1";
    BY_CHAT = "SELECT telegram_id, token_hash, nonce, person, language, issued_at, expires_at, account_id, proven_at, tries, used \
               FROM sign_in_request WHERE chat_id = $1";
    PROVE = "UPDATE sign_in_request SET account_id = $2, proven_at = $3 WHERE token_hash = $1 AND proven_at IS NULL AND used = 0";
    TRIED = "UPDATE sign_in_request SET tries = tries + 1 WHERE chat_id = $1";
    USE = "UPDATE sign_in_request SET used = 1 WHERE token_hash = $1 AND used = 0";
    VOID = "UPDATE sign_in_request SET used = 1 WHERE account_id = $1 AND chat_id <> $2";
    FORGET = "DELETE FROM sign_in_request WHERE chat_id = $1";
    SWEEP = "DELETE FROM sign_in_request WHERE chat_id IN (SELECT chat_id FROM sign_in_request WHERE issued_at < $1 LIMIT $2)";
}

#[derive(sqlx::FromRow)]
struct Row {
    telegram_id: String,
    token_hash: String,
    nonce: String,
    person: String,
    language: String,
    issued_at: i64,
    expires_at: i64,
    account_id: Option<i64>,
    proven_at: Option<i64>,
    tries: i64,
    used: i64,
}

impl Row {
    fn opened(self, sealer: &Sealer) -> Result<SignInRequest, StoreError> {
        let row = self;
        let proven_at = row.proven_at.map(|at| time("sign_in_request.proven_at", at)).transpose()?;
        Ok(SignInRequest {
            chat_id: open_id(sealer, TELEGRAM_ID, &row.token_hash, &row.telegram_id)?,
            person: sealer.open(PERSON, &row.token_hash, &row.person).map_err(|error| StoreError::Sealed(PERSON, error))?,
            nonce: row.nonce,
            token_hash: row.token_hash,
            language: read("sign_in_request.language", &row.language)?,
            issued_at: time("sign_in_request.issued_at", row.issued_at)?,
            expires_at: time("sign_in_request.expires_at", row.expires_at)?,
            proven: row.account_id.map(AccountId).zip(proven_at),
            tries: row.tries,
            used: row.used != 0,
        })
    }
}

/// Keeps a chat's new link and voids its last one.
pub async fn put(conn: &mut Conn, request: &SignInRequest) -> Result<(), StoreError> {
    let sealer = conn.sealer()?;
    let (token, nonce, language) = (request.token_hash.as_str(), request.nonce.as_str(), request.language.code());
    let telegram_id = sealer.seal(TELEGRAM_ID, token, &request.chat_id.0.to_string());
    let person = sealer.seal(PERSON, token, &request.person);
    let (issued, expires) = (request.issued_at, request.expires_at);
    conn.run(PUT, values![sealer.chat(request.chat_id), telegram_id, token, nonce, person, language, issued, expires]).await.map(|_| ())
}

/// The link whose token has this hash.
pub async fn by_token(conn: &mut Conn, token_hash: &str) -> Result<Option<SignInRequest>, StoreError> {
    let sealer = conn.sealer()?;
    conn.row::<Row>(BY_TOKEN, values![token_hash]).await?.map(|row| row.opened(&sealer)).transpose()
}

/// The link that a chat asked for last.
pub async fn by_chat(conn: &mut Conn, chat: ChatId) -> Result<Option<SignInRequest>, StoreError> {
    let sealer = conn.sealer()?;
    conn.row::<Row>(BY_CHAT, values![sealer.chat(chat)]).await?.map(|row| row.opened(&sealer)).transpose()
}

/// Notes whose password was entered on a link's page; whether it was the first to be right.
pub async fn prove(conn: &mut Conn, token_hash: &str, account: AccountId, now: Timestamp) -> Result<bool, StoreError> {
    Ok(conn.run(PROVE, values![token_hash, account.0, now]).await? == 1)
}

/// Counts a wrong code.
pub async fn tried(conn: &mut Conn, chat: ChatId) -> Result<(), StoreError> {
    let index = conn.sealer()?.chat(chat);
    conn.run(TRIED, values![index]).await.map(|_| ())
}

/// Uses a link up; whether it was still unused.
pub async fn use_up(conn: &mut Conn, token_hash: &str) -> Result<bool, StoreError> {
    Ok(conn.run(USE, values![token_hash]).await? == 1)
}

/// Voids the codes of the pages on which the password of an account was entered, but for that of the chat with the index `but`.
pub(super) async fn void(conn: &mut Conn, account: AccountId, but: i64) -> Result<(), StoreError> {
    conn.run(VOID, values![account.0, but]).await.map(|_| ())
}

/// Erases a chat's link.
pub async fn forget(conn: &mut Conn, chat: ChatId) -> Result<(), StoreError> {
    let index = conn.sealer()?.chat(chat);
    conn.run(FORGET, values![index]).await.map(|_| ())
}

/// Forgets links whose code has expired too, `limit` at most.
pub async fn sweep(conn: &mut Conn, now: Timestamp, limit: i64) -> Result<u64, StoreError> {
    conn.run(SWEEP, values![now - SIGN_IN_LINK_LENGTH - CODE_LENGTH, limit]).await
}
