//! How often an update was tried without success; counted outside the transaction that fails.

use super::{Conn, StoreError, statements, values};

statements! {
    COUNT = "INSERT INTO update_attempt (update_id, tries) VALUES ($1, 1) \
             ON CONFLICT (update_id) DO UPDATE SET tries = update_attempt.tries + 1 RETURNING tries";
    FORGET = "DELETE FROM update_attempt WHERE update_id = $1";
}

/// Counts one more try of an update; how many there were, this one included.
pub async fn count(conn: &mut Conn, update_id: i64) -> Result<i64, StoreError> {
    conn.number(COUNT, values![update_id]).await
}

/// Forgets an update that is through.
pub async fn forget(conn: &mut Conn, update_id: i64) -> Result<(), StoreError> {
    conn.run(FORGET, values![update_id]).await.map(|_| ())
}
