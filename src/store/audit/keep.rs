//! Begins the audit's chain, and what the one sweeper does with it: gives rows their places, and cuts off by age.

use jiff::Timestamp;

use super::super::{Conn, StoreError, time, values};
use super::chain::Follower;
use super::seal::{Found, Name, Row, link, seal_subject};
use super::{ALL_SUBJECTS, CUT, Checkpoint, PLACE, PLACED, SEAL_SUBJECT, SIGNS_OF_A_CHAIN, UNPLACED};
use crate::secret::Key;

/// How many rows of an earlier version are sealed with one statement's reading.
const PAGE: i64 = 1000;

/// What became of keeping the audit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// So many rows got their place, or were cut off.
    Rows(i64),
    /// Rows or a checkpoint were changed by somebody without the key: nothing is added to a chain that is not ours, and nothing goes
    /// that tells of it.
    Tampered,
}

/// Begins the chain of a new database or an earlier version's, and seals what that version wrote; how many rows those were, or `None` if
/// the chain has begun. It belongs in a transaction of its own, before anything else is sealed: that something is, is how it is known
/// that the chain has begun, should its checkpoints be gone. Then no row without a seal is ever taken for good.
pub async fn begin(conn: &mut Conn, key: &Key, now: Timestamp) -> Result<Option<i64>, StoreError> {
    if has_begun(conn).await? {
        return Ok(None);
    }
    let mut head = Checkpoint::beginning(now);
    loop {
        let mut rows = conn.rows::<Row>(UNPLACED, values![i64::MIN, PAGE]).await?;
        if rows.is_empty() {
            break;
        }
        for row in &mut rows {
            row.seal = row.seal_later(key);
        }
        head = place(conn, key, head, rows, now).await?;
    }
    seal_subjects(conn, key).await?;
    head.set(conn, key, Name::Head).await?;
    Ok(Some(head.place))
}

/// Whether the chain has begun: there is a checkpoint, a row that has a place or a seal, or anything that is sealed only after it has.
pub(super) async fn has_begun(conn: &mut Conn) -> Result<bool, StoreError> {
    Ok(conn.number(SIGNS_OF_A_CHAIN, vec![]).await? > 0)
}

/// Seals whose the subjects are that an earlier version noted.
async fn seal_subjects(conn: &mut Conn, key: &Key) -> Result<(), StoreError> {
    let mut from = i64::MIN;
    loop {
        let rows = conn.rows::<(i64, String, String)>(ALL_SUBJECTS, values![from, PAGE]).await?;
        let Some((last, ..)) = rows.last() else { return Ok(()) };
        from = last.saturating_add(1);
        let unsealed = rows.iter().filter(|(.., seal)| seal.is_empty());
        let sealed = unsealed.map(|(account, subject, _)| values![*account, seal_subject(key, *account, subject)]);
        conn.run_many(SEAL_SUBJECT, vec![], sealed.collect()).await?;
    }
}

/// Goes on with an earlier version's chain, if it is one: seals whose the subjects are, once. To be called by who may sweep.
pub async fn go_on(conn: &mut Conn, key: &Key) -> Result<(), StoreError> {
    if let Found::Earlier(head) = Checkpoint::get(conn, key, Name::Head).await? {
        seal_subjects(conn, key).await?;
        head.set(conn, key, Name::Head).await?;
    }
    Ok(())
}

/// Gives rows that have none their place and their link in the chain, `limit` at most.
pub async fn settle(conn: &mut Conn, key: &Key, now: Timestamp, limit: i64) -> Result<Kept, StoreError> {
    go_on(conn, key).await?;
    let Found::Sealed(head) = Checkpoint::get(conn, key, Name::Head).await? else { return Ok(Kept::Tampered) };
    let rows = conn.rows::<Row>(UNPLACED, values![i64::MIN, limit]).await?;
    if rows.is_empty() {
        return Ok(Kept::Rows(0));
    }
    // Behind an older head that was put back the places are taken.
    if conn.row::<Row>(PLACED, values![head.place + 1, 1]).await?.is_some() {
        return Ok(Kept::Tampered);
    }
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
/// were in all, and the fold of their seals, so that the rest still verifies. What a row says of its age is believed only if it is as it
/// was written, in its place behind the last cut.
pub async fn cut(conn: &mut Conn, key: &Key, before: Timestamp, now: Timestamp, limit: i64) -> Result<Kept, StoreError> {
    let is_old = |row: &Row| row.happened_at < before.as_millisecond();
    if !conn.row::<Row>(PLACED, values![i64::MIN, 1]).await?.is_some_and(|oldest| is_old(&oldest)) {
        return Ok(Kept::Rows(0));
    }
    let Found::Sealed(head) = Checkpoint::get(conn, key, Name::Head).await? else { return Ok(Kept::Tampered) };
    let last = match Checkpoint::get(conn, key, Name::Cut).await? {
        Found::None => None,
        Found::Sealed(cut) => Some(cut),
        Found::Earlier(_) | Found::Broken => return Ok(Kept::Tampered),
    };
    let mut follower = Follower::behind(key, last.as_ref(), &head);
    let mut reached_at = None;
    for row in conn.rows::<Row>(PLACED, values![i64::MIN, limit]).await?.iter().take_while(|row| is_old(row)) {
        if follower.step(row).is_err() {
            return Ok(Kept::Tampered);
        }
        reached_at = Some(row.happened_at);
    }
    let Some(reached_at) = reached_at else { return Ok(Kept::Rows(0)) };
    let reached_at = time("audit.happened_at", reached_at)?;
    let cut = Checkpoint { place: follower.place, chain: follower.chain, reached_at, made_at: now };
    cut.set(conn, key, Name::Cut).await?;
    Ok(Kept::Rows(conn.run(CUT, values![cut.place]).await?.cast_signed()))
}
