//! How often an update was tried without success; counted outside the transaction that fails.

use jiff::Timestamp;

use super::{Conn, StoreError, statements, values};
use crate::domain::UPDATES_KEPT;

statements! {
    COUNT = "INSERT INTO update_attempt (update_id, tries, tried_at) VALUES ($1, 1, $2) \
             ON CONFLICT (update_id) DO UPDATE SET tries = update_attempt.tries + 1, tried_at = excluded.tried_at RETURNING tries";
    FORGET = "DELETE FROM update_attempt WHERE update_id = $1";
    SWEEP = "DELETE FROM update_attempt WHERE update_id IN (SELECT update_id FROM update_attempt WHERE tried_at < $1 LIMIT $2)";
}

/// Counts one more try of an update; how many there were, this one included.
pub async fn count(conn: &mut Conn, update_id: i64, now: Timestamp) -> Result<i64, StoreError> {
    conn.number(COUNT, values![update_id, now]).await
}

/// Forgets an update that is through.
pub async fn forget(conn: &mut Conn, update_id: i64) -> Result<(), StoreError> {
    conn.run(FORGET, values![update_id]).await.map(|_| ())
}

/// Forgets updates that Telegram could no longer deliver, `limit` at most.
pub async fn sweep(conn: &mut Conn, now: Timestamp, limit: i64) -> Result<u64, StoreError> {
    conn.run(SWEEP, values![now - UPDATES_KEPT, limit]).await
}
