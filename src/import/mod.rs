//! `guichet import`: reads a folder of CSV files, all or nothing. Rows are staged as they are read, checked when all are
//! there, and merged at once; the SQL is in `store::import`. `table` reads lines, `rows` makes typed rows of them,
//! `problem` gathers what is wrong, `report` says what was done.

mod bar;
mod problem;
mod report;
mod rows;
pub mod samples;
mod table;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

pub use bar::bar;
pub use problem::{Problem, Problems};
pub use report::{FileReport, Report};

use crate::store::import::{self as store, Kind, StagedAccount, StagedBalance, StagedCard, StagedPayment};
use crate::store::{Conn, Db, StoreError};
use rows::FromRecord;
use table::Table;

/// How many rows are staged in one transaction: enough to make its cost small, few enough to hold nobody up.
const CHUNK: usize = 500;

/// How far the reading of a file has come.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// The file's name.
    pub file: &'static str,
    /// Bytes read.
    pub read: u64,
    /// Bytes there are.
    pub size: u64,
}

/// Why nothing was imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The folder holds none of the files.
    #[error("{}: none of accounts.csv, balances.csv, cards.csv and payments.csv is in this folder; name the folder that holds them", .0.display())]
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
    /// The database failed.
    #[error("{0}; nothing was imported: see to the database and run the import again")]
    Store(#[from] StoreError),
}

/// Imports the files in `folder`; one that is not there brings nothing of its kind. What was removed here stays removed, a
/// password set here stays set, and nothing is changed at all if any line is wrong. `progress` hears of every chunk read.
pub async fn import(db: &Db, folder: &Path, progress: impl Fn(Progress)) -> Result<Report, ImportError> {
    let mut conn = db.conn().await?;
    let outcome = stage_and_merge(&mut conn, folder, &progress).await;
    if outcome.is_err() {
        // A transaction may be open on it. If the clearing fails too, the next import begins with it.
        conn.throw_away().await;
        if let Ok(mut fresh) = db.conn().await {
            let _ = store::clear(&mut fresh).await;
        }
    }
    outcome
}

async fn stage_and_merge(conn: &mut Conn, folder: &Path, progress: &impl Fn(Progress)) -> Result<Report, ImportError> {
    store::clear(conn).await?;
    let mut problems = Problems::default();
    let read = [
        (Kind::Account, stage::<StagedAccount>(conn, folder, &mut problems, progress).await?),
        (Kind::Balance, stage::<StagedBalance>(conn, folder, &mut problems, progress).await?),
        (Kind::Card, stage::<StagedCard>(conn, folder, &mut problems, progress).await?),
        (Kind::Payment, stage::<StagedPayment>(conn, folder, &mut problems, progress).await?),
    ];
    if read.iter().all(|(_, lines)| lines.is_none()) {
        return Err(ImportError::Empty(folder.to_owned()));
    }
    // A line that was refused is not staged, so what refers to it would look wrong too.
    if problems.is_empty() {
        check(conn, &mut problems).await?;
    }
    if !problems.is_empty() {
        return Err(ImportError::Problems(problems));
    }
    merge(conn, read).await
}

/// Stages a file's rows, as long as nothing is wrong; the number of rows, or `None` if the file is not there.
async fn stage<R: FromRecord>(
    conn: &mut Conn,
    folder: &Path,
    problems: &mut Problems,
    progress: &impl Fn(Progress),
) -> Result<Option<u64>, ImportError> {
    let path = folder.join(R::KIND.file());
    let unreadable = |error| ImportError::Unreadable { path: path.clone(), error };
    let Some(mut table) = Table::open(&path, R::KIND).map_err(unreadable)? else { return Ok(None) };
    let mut read = 0;
    loop {
        let mut rows = Vec::with_capacity(CHUNK);
        let more = table.chunk::<R>(CHUNK, &mut rows, problems).map_err(unreadable)?;
        progress(table.progress());
        read += rows.len() as u64;
        if problems.is_empty() {
            conn.begin().await?;
            store::stage(conn, rows).await?;
            conn.commit().await?;
        }
        if !more {
            return Ok(Some(read));
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

/// Merges everything staged in one transaction.
async fn merge(conn: &mut Conn, read: [(Kind, Option<u64>); 4]) -> Result<Report, ImportError> {
    let mut files = Vec::new();
    conn.begin().await?;
    for (kind, lines) in read {
        let merged = store::merge(conn, kind).await?;
        files.extend(lines.map(|read| FileReport { file: kind.file(), key: kind.key(), read, merged }));
    }
    store::clear(conn).await?;
    conn.commit().await?;
    Ok(Report { files })
}

impl Kind {
    /// The name of its file.
    fn file(self) -> &'static str {
        match self {
            Self::Account => "accounts.csv",
            Self::Balance => "balances.csv",
            Self::Card => "cards.csv",
            Self::Payment => "payments.csv",
        }
    }

    /// The columns of its file, in order.
    fn columns(self) -> &'static [&'static str] {
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
