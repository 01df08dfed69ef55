//! Which replica carries out a lane of effects, on PostgreSQL: a lane with effects is leased to one, and free once that one's
//! session has ended, for then its advisory lock is gone. On SQLite there is one process, and every lane is its own.

use std::collections::HashSet;

use super::{Conn, StoreError, values};

/// The first half of the number of each replica's advisory lock: "guic" in bytes. The second half is the replica.
pub(super) const REPLICAS: i64 = 0x6775_6963;

/// Lanes that are taken over at once, at most.
const TAKEN_AT_ONCE: i64 = 200;

/// A lane that another replica has is not taken, but its row stays locked until this transaction ends, so that it is not given
/// up without a look at what this transaction adds (postgresql.org/docs/current/sql-insert.html).
const TAKE: &str = "INSERT INTO lane (name, replica) VALUES [($, $)] \
                    ON CONFLICT (name) DO UPDATE SET replica = lane.replica WHERE lane.replica = excluded.replica RETURNING name";
const FREE_THE_DEAD: &str = "DELETE FROM lane WHERE name IN (SELECT name FROM lane WHERE replica NOT IN \
                             (SELECT objid::BIGINT FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 2 \
                             AND classid::BIGINT = $1 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())) \
                             FOR UPDATE SKIP LOCKED)";
const TAKE_FREE: &str = "INSERT INTO lane (name, replica) SELECT free.lane, $1 FROM (SELECT DISTINCT lane COLLATE \"C\" AS lane FROM effect \
                         WHERE died IS NULL AND NOT EXISTS (SELECT 1 FROM lane WHERE lane.name = effect.lane) \
                         ORDER BY 1 LIMIT $2) AS free ON CONFLICT DO NOTHING RETURNING name";
const OF_REPLICA: &str = "SELECT name FROM lane WHERE replica = $1";
const LOCK: &str = "SELECT COUNT(*) FROM (SELECT name FROM lane WHERE name = $1 AND replica = $2 FOR UPDATE) AS locked";
const GIVE_UP: &str = "DELETE FROM lane WHERE name = $1 AND replica = $2 \
                       AND NOT EXISTS (SELECT 1 FROM effect WHERE effect.lane = $1 AND died IS NULL)";
pub(super) const LONGEST_DUE: &str = "SELECT due_at FROM effect WHERE effect_id IN \
                                      (SELECT MIN(effect_id) FROM effect JOIN lane ON lane.name = effect.lane AND lane.replica = $1 \
                                      WHERE died IS NULL AND kind <> 'document' GROUP BY effect.lane) ORDER BY due_at LIMIT 1";
const FREE: &str = "DELETE FROM lane WHERE replica = $1";
const FREE_ALL: &str = "DELETE FROM lane";

/// The statements of this file, which only PostgreSQL knows.
pub const STATEMENTS: &[&str] = &[TAKE, FREE_THE_DEAD, TAKE_FREE, OF_REPLICA, LOCK, GIVE_UP, LONGEST_DUE, FREE, FREE_ALL];

/// Takes lanes for a replica within the transaction that adds to them; those that are its own now, or were before.
pub async fn take(conn: &mut Conn, replica: i64, lanes: impl IntoIterator<Item = String>) -> Result<HashSet<String>, StoreError> {
    let mut lanes: Vec<String> = lanes.into_iter().collect();
    // In the order in which everybody takes them, so that no two wait for each other.
    lanes.sort_unstable();
    lanes.dedup();
    let rows = lanes.into_iter().map(|lane| values![lane, replica]).collect();
    Ok(conn.many::<(String,)>(TAKE, vec![], rows).await?.into_iter().map(|(name,)| name).collect())
}

/// Frees the lanes of replicas that live no longer, then takes lanes that have effects and nobody to carry them out.
pub async fn take_over(conn: &mut Conn, replica: i64) -> Result<Vec<String>, StoreError> {
    conn.run(FREE_THE_DEAD, values![REPLICAS]).await?;
    let taken = conn.rows::<(String,)>(TAKE_FREE, values![replica, TAKEN_AT_ONCE]).await?;
    Ok(taken.into_iter().map(|(name,)| name).collect())
}

/// The lanes of a replica.
pub async fn of_replica(conn: &mut Conn, replica: i64) -> Result<HashSet<String>, StoreError> {
    let lanes = conn.rows::<(String,)>(OF_REPLICA, values![replica]).await?;
    Ok(lanes.into_iter().map(|(name,)| name).collect())
}

/// Gives a lane up if it has no effects; whether it is the replica's no longer.
pub async fn give_up(conn: &mut Conn, replica: i64, lane: &str) -> Result<bool, StoreError> {
    conn.begin().await?;
    // Whoever is adding to the lane is waited for; only the statement after that sees what was added.
    let ours = conn.number(LOCK, values![lane, replica]).await? > 0;
    let given_up = !ours || conn.run(GIVE_UP, values![lane, replica]).await? > 0;
    conn.commit().await?;
    Ok(given_up)
}

/// Frees every lane of a replica, at its end.
pub async fn free(conn: &mut Conn, replica: i64) -> Result<(), StoreError> {
    conn.run(FREE, values![replica]).await.map(|_| ())
}

/// Frees every lane, of whichever replica.
pub async fn free_all(conn: &mut Conn) -> Result<(), StoreError> {
    conn.run(FREE_ALL, vec![]).await.map(|_| ())
}
