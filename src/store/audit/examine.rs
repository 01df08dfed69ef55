//! Following the audit's chain from the cut to its head, and looking up one receipt. Rows are read by pages, however many there are.

use std::fmt;

use jiff::Timestamp;

use super::super::{Conn, StoreError, time, values};
use super::chain::Follower;
use super::keep::has_begun;
use super::seal::{Found, Name, Row, Sealed, link, seal_subject};
use super::{ALL_SUBJECTS, AT, BY_REFERENCE, Checkpoint, PLACED, UNPLACED};
use crate::domain::{AccountId, Reference};
use crate::secret::Key;

/// Rows read at once.
const PAGE: i64 = 1000;

/// What the whole audit is like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Rows that were read; all of them, unless one is bad.
    pub rows: i64,
    /// Of those, rows that an earlier version wrote and this one sealed as they stood.
    pub sealed_later: i64,
    /// Of those, rows that have no place yet.
    pub waiting: i64,
    /// What was cut off by age, if anything was.
    pub cut: Option<Checkpoint>,
    /// How far the chain has come.
    pub place: i64,
    /// The first thing that is wrong.
    pub bad: Option<Bad>,
}

/// Something wrong with the audit, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bad {
    /// The receipt's reference; empty where it is not a row's.
    pub reference: String,
    /// The number of the row; 0 where it is not a row's.
    pub row: i64,
    /// What.
    pub trouble: Trouble,
}

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The seal is not that of this content.
    Altered,
    /// Rows before it are gone: so many.
    Missing(i64),
    /// It does not follow on the row before.
    OutOfOrder,
    /// Rows at the end are gone: so many.
    CutShort(i64),
    /// It stands beyond the head.
    BeyondHead,
    /// It stands where rows were cut off.
    BehindCut,
    /// Whose rows are this account's is not what the counter noted.
    Subject(AccountId),
    /// The checkpoint of this name is not ours, or is gone.
    Checkpoint(&'static str),
    /// The chain has not begun, which the next start sees to.
    NotBegun,
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Altered => f.write_str("its seal is not that of what it says: it was altered, or not written by the counter"),
            Self::Missing(rows) => write!(f, "rows before it are missing: {rows}"),
            Self::OutOfOrder => f.write_str("it does not follow on the row before it: rows were exchanged or altered"),
            Self::CutShort(rows) => write!(f, "the newest rows are missing: {rows}"),
            Self::BeyondHead => f.write_str("it stands beyond the checkpoint of the newest row, which is older: one of them was put back"),
            Self::BehindCut => f.write_str("it stands where rows were cut off by age: it was put in, or back"),
            Self::Subject(account) => {
                write!(f, "which rows are account {}'s (audit_subject) was altered, or not noted by the counter", account.0)
            }
            Self::Checkpoint(name) => write!(f, "the checkpoint `{name}` was altered or taken away"),
            Self::NotBegun => f.write_str("rows of an earlier version are not sealed yet; the next start seals them"),
        }
    }
}

/// Examines every row, the checkpoints and the order; to be called in a transaction that only reads.
pub async fn examine(conn: &mut Conn, key: &Key) -> Result<Report, StoreError> {
    let mut report = Report { rows: 0, sealed_later: 0, waiting: 0, cut: None, place: 0, bad: None };
    report.bad = follow(conn, key, &mut report).await?;
    Ok(report)
}

async fn follow(conn: &mut Conn, key: &Key, report: &mut Report) -> Result<Option<Bad>, StoreError> {
    report.cut = match Checkpoint::get(conn, key, Name::Cut).await? {
        Found::None => None,
        Found::Sealed(cut) => Some(cut),
        Found::Earlier(_) | Found::Broken => return Ok(bad(Trouble::Checkpoint("cut"))),
    };
    let (head, subjects_sealed) = match Checkpoint::get(conn, key, Name::Head).await? {
        Found::Sealed(head) => (head, true),
        Found::Earlier(head) => (head, false),
        Found::None if !has_begun(conn).await? => {
            let written = conn.row::<Row>(UNPLACED, values![i64::MIN, 1]).await?;
            return Ok(written.and_then(|_| bad(Trouble::NotBegun)));
        }
        Found::None | Found::Broken => return Ok(bad(Trouble::Checkpoint("head"))),
    };
    let found = match follow_placed(conn, key, &head, report).await? {
        None => follow_waiting(conn, key, report).await?,
        found => found,
    };
    if found.is_none() && subjects_sealed { follow_subjects(conn, key).await } else { Ok(found) }
}

/// Something wrong that is not a row's.
fn bad(trouble: Trouble) -> Option<Bad> {
    Some(Bad { reference: String::new(), row: 0, trouble })
}

/// Rows that have their place, from the cut to the head.
async fn follow_placed(conn: &mut Conn, key: &Key, head: &Checkpoint, report: &mut Report) -> Result<Option<Bad>, StoreError> {
    let mut follower = Follower::behind(key, report.cut.as_ref(), head);
    let mut from = i64::MIN;
    loop {
        let rows = conn.rows::<Row>(PLACED, values![from, PAGE]).await?;
        if rows.is_empty() {
            break;
        }
        for row in &rows {
            match follower.step(row) {
                Ok(sealed) => report.sealed_later += i64::from(sealed == Sealed::Later),
                Err(trouble) => return Ok(Some(Bad { reference: row.reference.clone(), row: row.audit_id, trouble })),
            }
            report.rows += 1;
        }
        from = follower.place + 1;
    }
    report.place = follower.place;
    Ok(match head.place - follower.place {
        0 if follower.chain == head.chain => None,
        0 => bad(Trouble::Checkpoint("head")),
        missing => bad(Trouble::CutShort(missing)),
    })
}

/// Rows that have no place yet are known by their seals alone.
async fn follow_waiting(conn: &mut Conn, key: &Key, report: &mut Report) -> Result<Option<Bad>, StoreError> {
    let mut from = i64::MIN;
    loop {
        let rows = conn.rows::<Row>(UNPLACED, values![from, PAGE]).await?;
        let Some(last) = rows.last() else { return Ok(None) };
        from = last.audit_id.saturating_add(1);
        for row in &rows {
            if row.sealed(key) != Sealed::AtOnce {
                return Ok(Some(Bad { reference: row.reference.clone(), row: row.audit_id, trouble: Trouble::Altered }));
            }
            report.rows += 1;
            report.waiting += 1;
        }
    }
}

/// Which account each subject is.
async fn follow_subjects(conn: &mut Conn, key: &Key) -> Result<Option<Bad>, StoreError> {
    let mut from = i64::MIN;
    loop {
        let rows = conn.rows::<(i64, String, String)>(ALL_SUBJECTS, values![from, PAGE]).await?;
        let Some((last, ..)) = rows.last() else { return Ok(None) };
        from = last.saturating_add(1);
        let altered = rows.iter().find(|(account, subject, seal)| *seal != seal_subject(key, *account, subject));
        if let Some((account, ..)) = altered {
            return Ok(bad(Trouble::Subject(AccountId(*account))));
        }
    }
}

/// What can be said of a receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The counter gave it out for this.
    Genuine {
        /// What was done.
        action: String,
        /// How it went.
        outcome: String,
        /// When.
        happened_at: Timestamp,
        /// Whether its row was sealed only when this version first started.
        sealed_later: bool,
    },
    /// A row has this reference, and is not as the counter wrote it.
    Altered(Trouble),
    /// No row has it. What happened up to the cut cannot be told.
    Unknown {
        /// Up to when rows were cut off by age, if any were.
        cut_up_to: Option<Timestamp>,
    },
}

/// Looks up a receipt: its row's seal, and its place between its neighbours.
pub async fn verify(conn: &mut Conn, key: &Key, reference: &Reference) -> Result<Verdict, StoreError> {
    let cut = Checkpoint::get(conn, key, Name::Cut).await?;
    let Some(row) = conn.row::<Row>(BY_REFERENCE, values![reference.as_str()]).await? else {
        return Ok(match cut {
            Found::None => Verdict::Unknown { cut_up_to: None },
            Found::Sealed(cut) => Verdict::Unknown { cut_up_to: Some(cut.reached_at) },
            Found::Earlier(_) | Found::Broken => Verdict::Altered(Trouble::Checkpoint("cut")),
        });
    };
    let sealed = row.sealed(key);
    if sealed == Sealed::Broken {
        return Ok(Verdict::Altered(if has_begun(conn).await? { Trouble::Altered } else { Trouble::NotBegun }));
    }
    if let Some(place) = row.place {
        let before = match cut {
            Found::Earlier(_) | Found::Broken => return Ok(Verdict::Altered(Trouble::Checkpoint("cut"))),
            Found::Sealed(cut) if cut.place == place - 1 => Some(cut.chain),
            _ if place == 1 => Some(String::new()),
            _ => conn.row::<Row>(AT, values![place - 1]).await?.and_then(|row| row.chain),
        };
        let Some(before) = before else { return Ok(Verdict::Altered(Trouble::Missing(1))) };
        if row.chain.as_deref() != Some(&link(key, &before, place, &row.seal)) {
            return Ok(Verdict::Altered(Trouble::OutOfOrder));
        }
    }
    let happened_at = time("audit.happened_at", row.happened_at)?;
    Ok(Verdict::Genuine { action: row.action, outcome: row.outcome, happened_at, sealed_later: sealed == Sealed::Later })
}
