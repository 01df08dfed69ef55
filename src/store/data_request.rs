//! When each chat asked last for what is kept about it, so that it cannot ask without pause. The chat is known by its
//! keyed index, in `chat_id`.

use jiff::Timestamp;

use super::{Conn, StoreError, statements, time, values};
use crate::domain::{CLOCK_TOLERANCE, ChatId, DATA_REQUEST_WAIT};

statements! {
    ASK = "INSERT INTO data_request (chat_id, asked_at) VALUES ($1, $2) \
           ON CONFLICT (chat_id) DO UPDATE SET asked_at = excluded.asked_at \
           WHERE data_request.asked_at <= $3 OR data_request.asked_at > $4";
    LAST = "SELECT asked_at FROM data_request WHERE chat_id = $1";
    FORGET = "DELETE FROM data_request WHERE chat_id = $1";
    SWEEP = "DELETE FROM data_request WHERE chat_id IN (SELECT chat_id FROM data_request WHERE asked_at < $1 LIMIT $2)";
}

/// Notes that a chat asks; whether it may, having waited long enough. What a clock that ran ahead has left holds nobody back.
pub async fn ask(conn: &mut Conn, chat: ChatId, now: Timestamp) -> Result<bool, StoreError> {
    Ok(conn.run(ASK, values![conn.sealer()?.chat(chat), now, now - DATA_REQUEST_WAIT, now + CLOCK_TOLERANCE]).await? == 1)
}

/// When a chat asked last.
pub async fn last(conn: &mut Conn, chat: ChatId) -> Result<Option<Timestamp>, StoreError> {
    conn.row::<(i64,)>(LAST, values![conn.sealer()?.chat(chat)]).await?.map(|(at,)| time("data_request.asked_at", at)).transpose()
}

/// Erases what a chat asked.
pub async fn forget(conn: &mut Conn, chat: ChatId) -> Result<(), StoreError> {
    conn.run(FORGET, values![conn.sealer()?.chat(chat)]).await.map(|_| ())
}

/// Forgets requests that hold nobody back any more, `limit` at most.
pub async fn sweep(conn: &mut Conn, now: Timestamp, limit: i64) -> Result<u64, StoreError> {
    conn.run(SWEEP, values![now - DATA_REQUEST_WAIT, limit]).await
}
