//! The updates whose turn has committed: a set, since Telegram's ids are not monotonic over time.

use std::collections::HashSet;

use jiff::Timestamp;

use super::{Coming, Conn, StoreError, statements, values};
use crate::domain::UPDATES_KEPT;

statements! {
    KNOWN = "SELECT update_id FROM processed_update WHERE update_id IN ([$])";
    MARK = "INSERT INTO processed_update (processed_at, update_id) VALUES [($, $)] ON CONFLICT DO NOTHING";
    INSERT = "INSERT INTO processed_update (processed_at, update_id) VALUES [($, $)] ON CONFLICT DO NOTHING RETURNING update_id";
    SWEEP = "DELETE FROM processed_update WHERE update_id IN \
             (SELECT update_id FROM processed_update WHERE processed_at < $1 ORDER BY processed_at LIMIT $2)";
}

/// Marks an update as handled, whether it was before or not.
pub async fn insert(conn: &mut Conn, id: i64, now: Timestamp) -> Result<(), StoreError> {
    conn.run_many(MARK, vec![], vec![values![now, id]]).await
}

/// Marks these updates as handled; those that were not handled before.
pub async fn insert_new(conn: &mut Conn, ids: &[i64], now: Timestamp) -> Result<Coming<HashSet<i64>>, StoreError> {
    let rows = ids.iter().map(|id| values![now, *id]).collect();
    if conn.is_file() {
        // Nobody else writes meanwhile; and what was handled before is little or nothing.
        let known = conn.ask::<(i64,)>(KNOWN, vec![], ids.iter().map(|id| values![*id]).collect()).await?;
        conn.later(MARK, vec![], rows).await?;
        let mut new: HashSet<i64> = ids.iter().copied().collect();
        return Ok(known.map(|known| {
            new.retain(|id| !known.contains(&(*id,)));
            Ok(new)
        }));
    }
    let new = conn.ask::<(i64,)>(INSERT, vec![], rows).await?;
    Ok(new.map(|rows| Ok(rows.into_iter().map(|(id,)| id).collect())))
}

/// Forgets what is older than Telegram could still deliver, `limit` ids at most.
pub async fn sweep(conn: &mut Conn, now: Timestamp, limit: i64) -> Result<u64, StoreError> {
    conn.run(SWEEP, values![now - UPDATES_KEPT, limit]).await
}
