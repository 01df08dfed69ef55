//! Following the audit's chain from the cut to its head, and looking up one receipt. Rows are read by pages, however many there are.

use std::fmt;

use jiff::Timestamp;

use super::super::{Conn, StoreError, time, values};
use super::seal::{Found, Name, Row, Sealed, link};
use super::{AT, BY_REFERENCE, Checkpoint, PLACED, UNPLACED};
use crate::domain::Reference;
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
    let checkpoint = |name| Ok(Some(Bad { reference: String::new(), row: 0, trouble: Trouble::Checkpoint(name) }));
    let (mut place, mut chain) = match Checkpoint::get(conn, key, Name::Cut).await? {
        Found::None => (0, String::new()),
        Found::Broken => return checkpoint("cut"),
        Found::Sealed(cut) => {
            report.cut = Some(cut.clone());
            (cut.place, cut.chain)
        }
    };
    let head = match Checkpoint::get(conn, key, Name::Head).await? {
        Found::Sealed(head) => head,
        Found::None if report.cut.is_none() && has_not_begun(conn).await? => {
            let begun = conn.row::<Row>(UNPLACED, values![0, 1]).await?.is_none();
            return Ok((!begun).then_some(Bad { reference: String::new(), row: 0, trouble: Trouble::NotBegun }));
        }
        Found::None | Found::Broken => return checkpoint("head"),
    };
    loop {
        let rows = conn.rows::<Row>(PLACED, values![place, PAGE]).await?;
        if rows.is_empty() {
            break;
        }
        for row in &rows {
            let before = std::mem::replace(&mut place, row.place.unwrap_or_default());
            let expected = link(key, &chain, place, &row.seal);
            let trouble = match row.sealed(key) {
                _ if place != before + 1 => Some(Trouble::Missing(place - before - 1)),
                Sealed::Broken => Some(Trouble::Altered),
                _ if row.chain.as_deref() != Some(&expected) => Some(Trouble::OutOfOrder),
                _ if place > head.place => Some(Trouble::BeyondHead),
                sealed => {
                    report.rows += 1;
                    report.sealed_later += i64::from(sealed == Sealed::Later);
                    None
                }
            };
            if let Some(trouble) = trouble {
                return Ok(Some(Bad { reference: row.reference.clone(), row: row.audit_id, trouble }));
            }
            chain = expected;
        }
    }
    report.place = place;
    if place < head.place {
        return Ok(Some(Bad { reference: String::new(), row: 0, trouble: Trouble::CutShort(head.place - place) }));
    }
    if chain != head.chain {
        return checkpoint("head");
    }
    follow_waiting(conn, key, report).await
}

/// Whether every row is as an earlier version left it.
async fn has_not_begun(conn: &mut Conn) -> Result<bool, StoreError> {
    Ok(conn.row::<Row>(PLACED, values![0, 1]).await?.is_none())
}

/// Rows that have no place yet are known by their seals alone.
async fn follow_waiting(conn: &mut Conn, key: &Key, report: &mut Report) -> Result<Option<Bad>, StoreError> {
    let mut after = 0;
    loop {
        let rows = conn.rows::<Row>(UNPLACED, values![after, PAGE]).await?;
        let Some(last) = rows.last() else { return Ok(None) };
        after = last.audit_id;
        for row in &rows {
            if row.sealed(key) != Sealed::AtOnce {
                return Ok(Some(Bad { reference: row.reference.clone(), row: row.audit_id, trouble: Trouble::Altered }));
            }
            report.rows += 1;
            report.waiting += 1;
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
            Found::Broken => Verdict::Altered(Trouble::Checkpoint("cut")),
        });
    };
    let sealed = row.sealed(key);
    if sealed == Sealed::Broken {
        let unsealed = row.seal.is_empty() && matches!(Checkpoint::get(conn, key, Name::Head).await?, Found::None);
        return Ok(Verdict::Altered(if unsealed { Trouble::NotBegun } else { Trouble::Altered }));
    }
    if let Some(place) = row.place {
        let before = match cut {
            Found::Broken => return Ok(Verdict::Altered(Trouble::Checkpoint("cut"))),
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
