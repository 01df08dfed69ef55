//! `guichet import`: reads a folder of CSV files, all or nothing. Rows are staged as they are read, checked when all are
//! there, and merged if all are right; the SQL is in `store::import`. `table` reads lines, `rows` makes typed rows of them,
//! `formula` knows what spreadsheets run, `problem` gathers what is wrong, `report` says what was done.

pub(crate) mod formula;
mod problem;
mod report;
mod rows;
pub mod samples;
mod table;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::path::{Path, PathBuf};

pub use problem::{Problem, Problems};
pub use report::{FileReport, Merged, Report};

use crate::domain::Email;
use crate::hand::address_hash;
use crate::progress::Progress;
use crate::secret::Key;
use crate::store::hand::tombstones;
use crate::store::import::{self as store, Kind, StagedAccount, StagedBalance, StagedCard, StagedPayment};
use crate::store::lock::Sole;
use crate::store::{Conn, Db, StoreError};
use rows::FromRecord;
use table::Table;

/// How many rows are staged in one transaction: enough to make its cost small, few enough to hold nobody up.
const CHUNK: usize = 500;

/// Why nothing was imported, or not everything.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The folder holds none of the files.
    #[error("{}: none of accounts.csv, balances.csv, cards.csv and payments.csv is to be found here; name the folder that holds them", .0.display())]
    Empty(PathBuf),
    /// A file cannot be read.
    #[error("{}: {error}; check that it is a file and that this user may read it", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// Lines are wrong.
    #[error("{0}")]
    Problems(Problems),
    /// Another import has not ended.
    #[error("another import is under way; wait until it has ended, then run this one again")]
    UnderWay,
    /// Some accounts were erased, and nobody can tell which lines are theirs.
    #[error(
        "GUICHET_KEY_FILE: accounts were erased from this database, and without the key that belongs to it their lines cannot be left out; \
         put back that key"
    )]
    NoKey,
    /// The database failed.
    #[error("{0}; nothing was imported: see to the database and run the import again")]
    Store(#[from] StoreError),
    /// The database failed while rows were merged that had been found right.
    #[error(
        "{0}; every line was right, and a part of them may be imported: see to the database and run the import again, or start the counter, \
         and the rest follows"
    )]
    Unfinished(StoreError),
}

/// How many rows a file has, and how many of them are not of erased accounts.
#[derive(Clone, Copy, Default)]
struct Lines {
    read: u64,
    kept: u64,
}

/// The accounts that the operator has erased.
struct Erased<'a> {
    hashes: HashSet<String>,
    key: Option<&'a Key>,
}

impl<'a> Erased<'a> {
    /// Reads them; without the key that their addresses are hashed with, nothing is imported once there are some.
    async fn read(conn: &mut Conn, key: Option<&'a Key>) -> Result<Self, ImportError> {
        let hashes = tombstones(conn).await?;
        if key.is_none() && !hashes.is_empty() {
            return Err(ImportError::NoKey);
        }
        Ok(Self { hashes, key })
    }

    /// Whether the account of this address is one of them.
    fn is(&self, email: &Email) -> bool {
        !self.hashes.is_empty() && self.key.is_some_and(|key| self.hashes.contains(&address_hash(key, email)))
    }
}

/// How many rows each file has, or `None` for one that is not there.
type Read = [(Kind, Option<Lines>); 4];

/// Imports the files in `folder`, while the counter serves from the same database; a file that is not there brings nothing of its
/// kind. What was removed here stays removed, a password set here stays set, and nothing is changed at all if any line is wrong.
/// Once every line is found right, all of them are merged, if need be by the next import or the next start of the counter.
///
/// With the `key` that belongs to the database, lines of accounts that the operator has erased are left out.
pub async fn import_with(db: &Db, folder: &Path, key: Option<&Key>, progress: impl Fn(Progress)) -> Result<Report, ImportError> {
    let _lock = db.lock(Sole::Importing).await?.ok_or(ImportError::UnderWay)?;
    let mut conn = db.conn().await?;
    let outcome = run(&mut conn, folder, key, &progress).await;
    if outcome.is_err() {
        // A transaction may be open on it. If the clearing fails too, the next import begins with it.
        conn.throw_away().await;
        if let Ok(mut fresh) = db.conn().await {
            let _ = store::abandon(&mut fresh).await;
        }
    }
    outcome
}

/// Imports into a database from which no account was ever erased; see [`import_with`].
pub async fn import(db: &Db, folder: &Path, progress: impl Fn(Progress)) -> Result<Report, ImportError> {
    import_with(db, folder, None, progress).await
}

async fn run(conn: &mut Conn, folder: &Path, key: Option<&Key>, progress: &impl Fn(Progress)) -> Result<Report, ImportError> {
    let finished_earlier = store::finish(conn).await.map_err(ImportError::Unfinished)?;
    let erased = Erased::read(conn, key).await?;
    let read = stage_all(conn, folder, &erased, progress).await?;
    let mut compared = Vec::new();
    for kind in Kind::ALL {
        compared.push(store::compare(conn, kind).await?);
    }
    let merged = merge(conn, compared, progress).await.map_err(ImportError::Unfinished)?;
    let reports = read.into_iter().zip(merged).filter_map(|((kind, lines), merged)| {
        lines.map(|lines| FileReport { file: kind.file(), key: kind.key(), read: lines.read, erased: lines.read - lines.kept, merged })
    });
    Ok(Report { finished_earlier, files: reports.collect() })
}

/// Stages every row, and makes sure that all of them are right.
async fn stage_all(conn: &mut Conn, folder: &Path, erased: &Erased<'_>, progress: &impl Fn(Progress)) -> Result<Read, ImportError> {
    store::clear(conn).await?;
    let mut problems = Problems::default();
    let read = [
        (Kind::Account, stage::<StagedAccount>(conn, folder, &mut problems, erased, progress).await?),
        (Kind::Balance, stage::<StagedBalance>(conn, folder, &mut problems, erased, progress).await?),
        (Kind::Card, stage::<StagedCard>(conn, folder, &mut problems, erased, progress).await?),
        (Kind::Payment, stage::<StagedPayment>(conn, folder, &mut problems, erased, progress).await?),
    ];
    if read.iter().all(|(_, lines)| lines.is_none()) {
        return Err(ImportError::Empty(folder.to_owned()));
    }
    // A line that was refused is not staged, so what refers to it would look wrong too.
    if problems.is_empty() {
        check(conn, &mut problems).await?;
    }
    if problems.is_empty() { Ok(read) } else { Err(ImportError::Problems(problems)) }
}

/// Stages a file's rows, as long as nothing is wrong; the number of rows, or `None` if the file is not there.
async fn stage<R: FromRecord>(
    conn: &mut Conn,
    folder: &Path,
    problems: &mut Problems,
    erased: &Erased<'_>,
    progress: &impl Fn(Progress),
) -> Result<Option<Lines>, ImportError> {
    let path = folder.join(R::KIND.file());
    let unreadable = |error| ImportError::Unreadable { path: path.clone(), error };
    let Some(mut table) = Table::open(&path, R::KIND).map_err(unreadable)? else { return Ok(None) };
    let mut lines = Lines::default();
    loop {
        let mut rows = Vec::with_capacity(CHUNK);
        let more = table.chunk::<R>(CHUNK, &mut rows, problems).map_err(unreadable)?;
        progress(table.progress());
        lines.read += rows.len() as u64;
        rows.retain(|row| !erased.is(row.email()));
        lines.kept += rows.len() as u64;
        if problems.is_empty() {
            store::stage(conn, rows).await?;
        }
        if !more {
            return Ok(Some(lines));
        }
    }
}

/// Checks what only shows once every row is there.
async fn check(conn: &mut Conn, problems: &mut Problems) -> Result<(), StoreError> {
    for kind in Kind::ALL {
        for (line, earlier) in store::repeated(conn, kind, problems.room()).await? {
            problems.note(kind, line, kind.key(), format!("the same as on line {earlier}; keep one of the two lines"));
        }
        for line in store::unknown(conn, kind, problems.room()).await? {
            problems.note(kind, line, "email", "no account has this address; add its line to accounts.csv, or correct it");
        }
    }
    Ok(())
}

/// Decides the import and merges everything staged, which was `compared` with what is there.
async fn merge(conn: &mut Conn, compared: Vec<(u64, Vec<i64>)>, progress: &impl Fn(Progress)) -> Result<Vec<Merged>, StoreError> {
    store::decide(conn).await?;
    let mut merged = Vec::new();
    for (kind, (new, conflicts)) in Kind::ALL.into_iter().zip(compared) {
        let told = |done: i64, all: i64| {
            progress(Progress { step: "merging", file: kind.file(), done: done.unsigned_abs(), all: all.unsigned_abs() });
        };
        let (touched, ended) = store::merge(conn, kind, told).await?;
        merged.push(Merged { new, changed: touched.saturating_sub(new), conflicts, ended });
    }
    store::end(conn).await?;
    Ok(merged)
}

impl Kind {
    /// The name of its file.
    pub(crate) fn file(self) -> &'static str {
        match self {
            Self::Account => "accounts.csv",
            Self::Balance => "balances.csv",
            Self::Card => "cards.csv",
            Self::Payment => "payments.csv",
        }
    }

    /// The columns of its file, in order.
    pub(crate) fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Account => &["email", "name", "language", "state", "opened_on", "password_hash"],
            Self::Balance => &["email", "currency", "amount"],
            Self::Card => &["card_ref", "email", "brand", "last4", "expires", "linked_on"],
            Self::Payment => &["payment_ref", "email", "paid_at", "merchant", "amount", "currency", "status", "card_last4"],
        }
    }

    /// The column that tells its rows apart, for balances within an account.
    fn key(self) -> &'static str {
        match self {
            Self::Account => "email",
            Self::Balance => "currency",
            Self::Card => "card_ref",
            Self::Payment => "payment_ref",
        }
    }
}
