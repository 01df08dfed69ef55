//! Looking at a database without touching it, for `guichet check`: nothing is created or brought up to date, no lock is kept,
//! and a counter may be serving from it.

use std::fs::{File, TryLockError};
use std::path::Path;

use jiff::Timestamp;

use super::db;
use super::lock::{self, Sole};
use super::{Conn, Db, StoreError, Value, statements, time, values};
use crate::config::Database;

statements! {
    MIGRATIONS = "SELECT version, checksum FROM _sqlx_migrations ORDER BY version";
    ACCOUNTS = "SELECT COUNT(*) FROM account";
    WAITING = "SELECT COUNT(*) FROM effect WHERE died IS NULL";
    DEAD_LETTERS = "SELECT kind, died, COUNT(*), MIN(created_at) FROM effect WHERE died IS NOT NULL \
                    GROUP BY kind, died ORDER BY 3 DESC, kind, died LIMIT 10";
    LATE = "SELECT kind, CAST('' AS TEXT), COUNT(*), MIN(created_at) FROM effect WHERE died IS NULL AND created_at < $1 \
            GROUP BY kind ORDER BY 4 LIMIT 10";
    SET_ASIDE_DIALOGUES = "SELECT COUNT(*) FROM set_aside_dialogue";
}

/// How the tables stand to this version of the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tables {
    /// There are none yet.
    None,
    /// As this version makes them.
    Current,
    /// An older version's: so many steps behind.
    Older(usize),
    /// A newer version's.
    Newer,
    /// Something else's.
    Foreign,
}

/// Effects that are alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heap {
    /// What they are.
    pub kind: String,
    /// Why they were given up; empty for those that wait.
    pub reason: String,
    /// How many there are.
    pub count: i64,
    /// When the first of them came about.
    pub since: Timestamp,
}

/// What is counted.
#[derive(Clone, Debug)]
pub struct Counts {
    /// Accounts.
    pub accounts: i64,
    /// Effects that wait to be carried out.
    pub waiting: i64,
    /// Effects that were given up, the biggest heaps first.
    pub dead_letters: Vec<Heap>,
    /// Effects that wait since long before now, the oldest first.
    pub late: Vec<Heap>,
    /// Dialogues that no longer decoded.
    pub set_aside_dialogues: i64,
}

/// Opens a database that is there.
pub async fn open(database: &Database) -> Result<Db, StoreError> {
    Db::untouched(database).await
}

/// Whether a counter is serving from the database of a SQLite file.
pub fn file_in_use(path: &Path) -> bool {
    File::open(lock::beside(path, Sole::Serving.suffix())).is_ok_and(|lock| matches!(lock.try_lock_shared(), Err(TryLockError::WouldBlock)))
}

/// Whether a counter is serving from the database.
pub async fn in_use(conn: &mut Conn, database: &Database) -> Result<bool, StoreError> {
    // PostgreSQL shows the two halves of an advisory lock's number (postgresql.org/docs/current/view-pg-locks.html).
    const HELD: &str = "SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory' AND granted \
                        AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) \
                        AND classid::BIGINT * 4294967296 + objid::BIGINT = $1";
    match database {
        Database::Sqlite(path) => Ok(file_in_use(path)),
        Database::Postgres(_) => Ok(conn.number(HELD, values![Sole::Serving.number()]).await? > 0),
    }
}

/// What SQLite finds wrong with its file, if anything.
pub async fn damage(conn: &mut Conn) -> Result<Option<String>, StoreError> {
    if !conn.is_file() {
        return Ok(None);
    }
    let found = conn.row::<(String,)>("PRAGMA quick_check(1)", vec![]).await?;
    Ok(found.map(|(words,)| words).filter(|words| words != "ok"))
}

/// How the tables stand.
pub async fn tables(conn: &mut Conn) -> Result<Tables, StoreError> {
    let made: Vec<(i64, Vec<u8>)> = match conn.rows(MIGRATIONS, vec![]).await {
        Ok(made) => made,
        // No such table.
        Err(StoreError::Fault(_)) => Vec::new(),
        Err(error) => return Err(error),
    };
    let ours = if conn.is_file() { &db::SQLITE_MIGRATIONS } else { &db::POSTGRES_MIGRATIONS };
    let ours: Vec<_> = ours.iter().map(|migration| (migration.version, migration.checksum.to_vec())).collect();
    Ok(match ours.strip_prefix(&made[..]) {
        Some(_) if made.is_empty() => Tables::None,
        Some([]) => Tables::Current,
        Some(missing) => Tables::Older(missing.len()),
        None if made.starts_with(&ours) => Tables::Newer,
        None => Tables::Foreign,
    })
}

/// Counts what stands in current tables; what waits since before `late` waits for long.
pub async fn counts(conn: &mut Conn, late: Timestamp) -> Result<Counts, StoreError> {
    Ok(Counts {
        accounts: conn.number(ACCOUNTS, vec![]).await?,
        waiting: conn.number(WAITING, vec![]).await?,
        dead_letters: heaps(conn, DEAD_LETTERS, vec![]).await?,
        late: heaps(conn, LATE, values![late]).await?,
        set_aside_dialogues: conn.number(SET_ASIDE_DIALOGUES, vec![]).await?,
    })
}

async fn heaps(conn: &mut Conn, sql: &'static str, values: Vec<Value>) -> Result<Vec<Heap>, StoreError> {
    let rows = conn.rows::<(String, String, i64, i64)>(sql, values).await?;
    rows.into_iter()
        .map(|(kind, reason, count, since)| Ok(Heap { kind, reason, count, since: time("effect.created_at", since)? }))
        .collect()
}
