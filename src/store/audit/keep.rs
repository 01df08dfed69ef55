//! What the one sweeper does with the audit: gives rows their places, and cuts off by age.

use jiff::Timestamp;

use super::super::{Conn, StoreError, time, values};
use super::seal::{Found, Name, Row, link};
use super::{CUT, Checkpoint, PLACE, PLACED, UNPLACED};
use crate::secret::Key;

/// How many rows of an earlier version are sealed with one statement's reading.
const PAGE: i64 = 1000;

/// What became of keeping the audit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// So many rows got their place, or were cut off.
    Rows(i64),
    /// A checkpoint was changed by somebody without the key: nothing is added to a chain that is not ours.
    Tampered,
}

/// Begins the chain of a database that has none, and seals what an earlier version wrote; how many rows those were, or `None` if the
/// chain has begun. It belongs in a transaction of its own: once the chain has begun, no row without a seal is ever taken for good.
pub async fn begin(conn: &mut Conn, key: &Key, now: Timestamp) -> Result<Option<i64>, StoreError> {
    if !matches!(Checkpoint::get(conn, key, Name::Head).await?, Found::None) {
        return Ok(None);
    }
    let mut head = Checkpoint::beginning(now);
    loop {
        let mut rows = conn.rows::<Row>(UNPLACED, values![0, PAGE]).await?;
        if rows.is_empty() {
            break;
        }
        for row in rows.iter_mut().filter(|row| row.seal.is_empty()) {
            row.seal = row.seal_later(key);
        }
        head = place(conn, key, head, rows, now).await?;
    }
    head.set(conn, key, Name::Head).await?;
    Ok(Some(head.place))
}

/// Gives rows that have none their place and their link in the chain, `limit` at most.
pub async fn settle(conn: &mut Conn, key: &Key, now: Timestamp, limit: i64) -> Result<Kept, StoreError> {
    let rows = conn.rows::<Row>(UNPLACED, values![0, limit]).await?;
    if rows.is_empty() {
        return Ok(Kept::Rows(0));
    }
    let Found::Sealed(head) = Checkpoint::get(conn, key, Name::Head).await? else { return Ok(Kept::Tampered) };
    let before = head.place;
    let head = place(conn, key, head, rows, now).await?;
    head.set(conn, key, Name::Head).await?;
    Ok(Kept::Rows(head.place - before))
}

/// Puts rows at the end of the chain; where it ends then.
async fn place(conn: &mut Conn, key: &Key, head: Checkpoint, rows: Vec<Row>, now: Timestamp) -> Result<Checkpoint, StoreError> {
    let mut head = Checkpoint { made_at: now, ..head };
    let mut placed = Vec::new();
    for row in rows {
        head.place += 1;
        head.chain = link(key, &head.chain, head.place, &row.seal);
        head.reached_at = time("audit.happened_at", row.happened_at)?;
        placed.push(values![row.audit_id, row.seal, head.place, head.chain.as_str()]);
    }
    conn.run_many(PLACE, vec![], placed).await?;
    Ok(head)
}

/// Cuts off the oldest rows, as far as each happened before `before`, `limit` at most: a sealed checkpoint says up to where, how many that
/// were in all, and the fold of their seals, so that the rest still verifies.
pub async fn cut(conn: &mut Conn, key: &Key, before: Timestamp, now: Timestamp, limit: i64) -> Result<Kept, StoreError> {
    let is_old = |row: &Row| row.happened_at < before.as_millisecond();
    if !conn.row::<Row>(PLACED, values![0, 1]).await?.is_some_and(|oldest| is_old(&oldest)) {
        return Ok(Kept::Rows(0));
    }
    if matches!(Checkpoint::get(conn, key, Name::Cut).await?, Found::Broken) {
        return Ok(Kept::Tampered);
    }
    let rows = conn.rows::<Row>(PLACED, values![0, limit]).await?;
    let Some(last) = rows.into_iter().take_while(is_old).last() else { return Ok(Kept::Rows(0)) };
    let (Some(place), Some(chain)) = (last.place, last.chain) else { return Ok(Kept::Rows(0)) };
    let cut = Checkpoint { place, chain, reached_at: time("audit.happened_at", last.happened_at)?, made_at: now };
    cut.set(conn, key, Name::Cut).await?;
    Ok(Kept::Rows(conn.run(CUT, values![place]).await?.cast_signed()))
}
