//! What turns leave to be done outside: rows in lanes. A done effect's row is deleted; a dead letter keeps no payload.

use jiff::Timestamp;

use super::{Conn, StoreError, statements, time, values};

statements! {
    INSERT = "INSERT INTO effect (created_at, due_at, lane, kind, payload) VALUES [($1, $1, $, $, $)] RETURNING effect_id";
    ALIVE = "SELECT effect_id, lane, kind, payload, tries, due_at FROM effect WHERE died IS NULL AND effect_id > $1 ORDER BY effect_id LIMIT 500";
    DELETE = "DELETE FROM effect WHERE effect_id IN ([$])";
    POSTPONE = "UPDATE effect SET tries = $2, due_at = $3 WHERE effect_id = $1";
    BURY = "UPDATE effect SET payload = NULL, died = $2 WHERE effect_id = $1";
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

/// Writes effects, in their order; the rows they became.
pub async fn insert(conn: &mut Conn, effects: Vec<New>, now: Timestamp) -> Result<Vec<Stored>, StoreError> {
    let rows = effects.iter().map(|effect| values![effect.lane.as_str(), effect.kind, effect.payload.as_str()]).collect();
    let mut ids: Vec<i64> = conn.many::<(i64,)>(INSERT, values![now], rows).await?.into_iter().map(|(id,)| id).collect();
    // Ids are given in the order of the values, but no database promises to return them so.
    ids.sort_unstable();
    let stored =
        |(id, new): (i64, New)| Stored { id, lane: new.lane, kind: new.kind.to_owned(), payload: new.payload, tries: 0, due_at: now };
    Ok(ids.into_iter().zip(effects).map(stored).collect())
}

/// The effects still to be done after this one, in order, a few hundred at a time.
pub async fn alive(conn: &mut Conn, after: i64) -> Result<Vec<Stored>, StoreError> {
    let rows = conn.rows::<Row>(ALIVE, values![after]).await?;
    rows.into_iter()
        .map(|row| {
            let payload = row.payload.ok_or(StoreError::Unreadable("effect.payload"))?;
            let due_at = time("effect.due_at", row.due_at)?;
            Ok(Stored { id: row.effect_id, lane: row.lane, kind: row.kind, payload, tries: row.tries, due_at })
        })
        .collect()
}

/// Forgets effects that are done, text and all.
pub async fn delete(conn: &mut Conn, ids: &[i64]) -> Result<(), StoreError> {
    conn.run_many(DELETE, vec![], ids.iter().map(|id| values![*id]).collect()).await
}

/// Notes that an effect was tried in vain and when it may be tried again.
pub async fn postpone(conn: &mut Conn, id: i64, tries: i64, due_at: Timestamp) -> Result<(), StoreError> {
    conn.run(POSTPONE, values![id, tries, due_at]).await.map(|_| ())
}

/// Makes a dead letter of an effect: what failed and why stays, the text goes.
pub async fn bury(conn: &mut Conn, id: i64, reason: &str) -> Result<(), StoreError> {
    conn.run(BURY, values![id, reason]).await.map(|_| ())
}
