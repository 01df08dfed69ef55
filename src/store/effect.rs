//! What turns leave to be done outside: rows in lanes. A done effect's row is deleted; a dead letter keeps neither payload nor lane.

use std::collections::HashSet;

use jiff::Timestamp;

use super::{Conn, StoreError, statements, time, values};

statements! {
    INSERT = "INSERT INTO effect (created_at, due_at, lane, kind, payload) VALUES [($, $, $, $, $)] RETURNING effect_id";
    ALIVE = "SELECT effect_id, lane, kind, payload, tries, due_at FROM effect WHERE died IS NULL AND effect_id > $1 ORDER BY effect_id LIMIT 500";
    ALIVE_IN = "SELECT effect_id, lane, kind, payload, tries, due_at FROM effect WHERE died IS NULL AND lane IN ([$]) ORDER BY effect_id";
    LANES = "SELECT DISTINCT lane FROM effect WHERE died IS NULL";
    STANDS = "SELECT COUNT(*) FROM effect WHERE effect_id = $1 AND died IS NULL";
    DELETE = "DELETE FROM effect WHERE effect_id IN ([$])";
    POSTPONE = "UPDATE effect SET tries = $2, due_at = $3 WHERE effect_id = $1";
    BURY = "UPDATE effect SET payload = NULL, lane = '', died = $2 WHERE effect_id = $1";
    IN_LANE = "SELECT kind, tries, created_at, due_at FROM effect WHERE lane = $1 AND died IS NULL ORDER BY effect_id";
    FORGET = "DELETE FROM effect WHERE lane = $1 AND kind = $2";
    EMPTY = "DELETE FROM effect WHERE lane IN ([$])";
    SWEEP = "DELETE FROM effect WHERE effect_id IN \
             (SELECT effect_id FROM effect WHERE died IS NOT NULL AND created_at < $1 ORDER BY created_at LIMIT $2)";
}

/// An effect as a row.
#[derive(Clone, Debug)]
pub struct Stored {
    /// Its row; higher is later.
    pub id: i64,
    /// Where its order holds: a chat, or mail.
    pub lane: String,
    /// What it is, for counting.
    pub kind: String,
    /// What to do, as JSON.
    pub payload: String,
    /// How often it was tried without success.
    pub tries: i64,
    /// When it may be tried.
    pub due_at: Timestamp,
}

/// An effect that is not a row yet.
#[derive(Clone, Debug)]
pub struct New {
    /// Where its order holds.
    pub lane: String,
    /// What it is, for counting.
    pub kind: &'static str,
    /// What to do, as JSON.
    pub payload: String,
}

#[derive(sqlx::FromRow)]
struct Row {
    effect_id: i64,
    lane: String,
    kind: String,
    payload: Option<String>,
    tries: i64,
    due_at: i64,
}

impl TryFrom<Row> for Stored {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let payload = row.payload.ok_or(StoreError::Unreadable("effect.payload"))?;
        let due_at = time("effect.due_at", row.due_at)?;
        Ok(Self { id: row.effect_id, lane: row.lane, kind: row.kind, payload, tries: row.tries, due_at })
    }
}

/// Writes effects, in their order, due now; the ids of their rows.
pub async fn insert(conn: &mut Conn, effects: Vec<New>, now: Timestamp) -> Result<Vec<i64>, StoreError> {
    let rows = effects.into_iter().map(|effect| values![now, now, effect.lane, effect.kind, effect.payload]).collect();
    let mut ids: Vec<i64> = conn.many::<(i64,)>(INSERT, vec![], rows).await?.into_iter().map(|(id,)| id).collect();
    // Ids are given in the order of the values, but no database promises to return them so.
    ids.sort_unstable();
    Ok(ids)
}

/// The effects still to be done after this one, in order, a few hundred at a time.
pub async fn alive(conn: &mut Conn, after: i64) -> Result<Vec<Stored>, StoreError> {
    conn.rows::<Row>(ALIVE, values![after]).await?.into_iter().map(Stored::try_from).collect()
}

/// The effects still to be done in these lanes, each lane's in order.
pub async fn alive_in(conn: &mut Conn, lanes: impl IntoIterator<Item = String>) -> Result<Vec<Stored>, StoreError> {
    let rows = lanes.into_iter().map(|lane| values![lane]).collect();
    conn.many::<Row>(ALIVE_IN, vec![], rows).await?.into_iter().map(Stored::try_from).collect()
}

/// The lanes in which something is still to be done.
pub async fn lanes(conn: &mut Conn) -> Result<HashSet<String>, StoreError> {
    Ok(conn.rows::<(String,)>(LANES, vec![]).await?.into_iter().map(|(lane,)| lane).collect())
}

/// Whether an effect is still to be done.
pub async fn stands(conn: &mut Conn, id: i64) -> Result<bool, StoreError> {
    Ok(conn.number(STANDS, values![id]).await? > 0)
}

/// Forgets effects that are done, text and all.
pub async fn delete(conn: &mut Conn, ids: &[i64]) -> Result<(), StoreError> {
    conn.run_many(DELETE, vec![], ids.iter().map(|id| values![*id]).collect()).await
}

/// Notes that an effect was tried in vain and when it may be tried again.
pub async fn postpone(conn: &mut Conn, id: i64, tries: i64, due_at: Timestamp) -> Result<(), StoreError> {
    conn.run(POSTPONE, values![id, tries, due_at]).await.map(|_| ())
}

/// Makes a dead letter of an effect: what failed and why stays, the text and the chat go.
pub async fn bury(conn: &mut Conn, id: i64, reason: &str) -> Result<(), StoreError> {
    conn.run(BURY, values![id, reason]).await.map(|_| ())
}

/// An effect that is not done yet, without its payload.
#[derive(Clone, Debug)]
pub struct Pending {
    /// What it is.
    pub kind: String,
    /// How often it was tried without success.
    pub tries: i64,
    /// When its turn left it.
    pub created_at: Timestamp,
    /// When it may be tried.
    pub due_at: Timestamp,
}

/// What is not done yet in a lane, in order.
pub async fn in_lane(conn: &mut Conn, lane: &str) -> Result<Vec<Pending>, StoreError> {
    let rows = conn.rows::<(String, i64, i64, i64)>(IN_LANE, values![lane]).await?;
    rows.into_iter()
        .map(|(kind, tries, created, due)| {
            let (created_at, due_at) = (time("effect.created_at", created)?, time("effect.due_at", due)?);
            Ok(Pending { kind, tries, created_at, due_at })
        })
        .collect()
}

/// Erases the effects of a kind in a lane.
pub async fn forget(conn: &mut Conn, lane: &str, kind: &str) -> Result<(), StoreError> {
    conn.run(FORGET, values![lane, kind]).await.map(|_| ())
}

/// Erases every effect in these lanes.
pub async fn empty(conn: &mut Conn, lanes: &[String]) -> Result<(), StoreError> {
    conn.run_many(EMPTY, vec![], lanes.iter().map(|lane| values![lane.as_str()]).collect()).await
}

/// Forgets dead letters that are older than `before`, `limit` at most.
pub async fn sweep(conn: &mut Conn, before: Timestamp, limit: i64) -> Result<u64, StoreError> {
    conn.run(SWEEP, values![before, limit]).await
}
