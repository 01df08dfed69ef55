//! The updates whose turn has committed: a set, since Telegram's ids are not monotonic over time.

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};

use super::{Conn, StoreError, statements, values};

statements! {
    INSERT = "INSERT INTO processed_update (processed_at, update_id) VALUES [($1, $)] ON CONFLICT DO NOTHING RETURNING update_id";
    SWEEP = "DELETE FROM processed_update WHERE processed_at < $1";
}

/// How long an id is kept: twice as long as Telegram keeps an update (core.telegram.org/bots/api#getting-updates: 24 hours).
const KEPT: SignedDuration = SignedDuration::from_hours(48);

/// Marks these updates as handled; those that were not handled before.
pub async fn insert(conn: &mut Conn, ids: &[i64], now: Timestamp) -> Result<HashSet<i64>, StoreError> {
    let rows = ids.iter().map(|id| values![*id]).collect();
    Ok(conn.many::<(i64,)>(INSERT, values![now], rows).await?.into_iter().map(|(id,)| id).collect())
}

/// Forgets what is older than Telegram could still deliver.
pub async fn sweep(conn: &mut Conn, now: Timestamp) -> Result<u64, StoreError> {
    conn.run(SWEEP, values![now - KEPT]).await
}
