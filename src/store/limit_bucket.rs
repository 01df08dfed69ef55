//! How much of each limit is used up. It is kept here so that no restart makes a limit whole; the names are keyed hashes.

use std::collections::HashMap;

use jiff::Timestamp;

use super::{Conn, StoreError, statements, time, values};
use crate::domain::Limit;

statements! {
    // Writing what stands there has PostgreSQL keep others out until this transaction ends.
    OPEN = "INSERT INTO limit_bucket (name, whole_at, seen_at) VALUES [($, 0, 0)] \
            ON CONFLICT (name) DO UPDATE SET whole_at = limit_bucket.whole_at RETURNING name, whole_at, seen_at";
    KEEP = "INSERT INTO limit_bucket (name, whole_at, seen_at) VALUES [($, $, $)] \
            ON CONFLICT (name) DO UPDATE SET whole_at = excluded.whole_at, seen_at = excluded.seen_at";
    SWEEP = "DELETE FROM limit_bucket WHERE name IN (SELECT name FROM limit_bucket WHERE whole_at < $1 LIMIT $2)";
}

/// Takes one from each of these buckets, or from none; if there is none to take, the time from which there will be.
pub async fn take(conn: &mut Conn, mut buckets: Vec<(String, Limit)>, now: Timestamp) -> Result<Result<(), Timestamp>, StoreError> {
    // In the same order for everybody, so that no two wait for each other.
    buckets.sort_by(|one, other| one.0.cmp(&other.0));
    let names = buckets.iter().map(|(name, _)| values![name.as_str()]).collect();
    let found = conn.many::<(String, i64, i64)>(OPEN, vec![], names).await?;
    let found: HashMap<String, (i64, i64)> = found.into_iter().map(|(name, whole_at, seen_at)| (name, (whole_at, seen_at))).collect();
    let (mut taken, mut left, mut room_from) = (Vec::new(), Vec::new(), None);
    for (name, limit) in buckets {
        let (whole_at, seen_at) = found.get(&name).copied().unwrap_or_default();
        let whole_at = limit.since(time("limit_bucket.whole_at", whole_at)?, time("limit_bucket.seen_at", seen_at)?, now);
        left.push(values![name.as_str(), whole_at, now]);
        match limit.take(whole_at, now) {
            Ok(after) => taken.push(values![name, after, now]),
            Err(from) => room_from = room_from.max(Some(from)),
        }
    }
    conn.run_many(KEEP, vec![], if room_from.is_none() { taken } else { left }).await?;
    Ok(room_from.map_or(Ok(()), Err))
}

/// Forgets buckets that are whole, `limit` at most.
pub async fn sweep(conn: &mut Conn, now: Timestamp, limit: i64) -> Result<u64, StoreError> {
    conn.run(SWEEP, values![now, limit]).await
}
