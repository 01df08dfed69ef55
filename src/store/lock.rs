//! The locks that keep a second process from doing the same thing with a database: files beside SQLite's, advisory locks of
//! PostgreSQL. They are free again when their process ends, however it ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use sqlx::{PgConnection, PgPool};

use super::{Conn, StoreError, values};

/// What only one process at a time does with a database.
#[derive(Clone, Copy, Debug)]
pub enum Sole {
    /// Serving holders.
    Serving,
    /// Importing.
    Importing,
}

/// A lock, held for as long as this lives.
pub enum Lock {
    /// A locked file.
    File {
        /// The file, open.
        _file: File,
    },
    /// An advisory lock.
    Session {
        /// The connection that holds it; not the pool's, where it would go on holding it.
        _session: Box<PgConnection>,
    },
}

impl Sole {
    /// What the name of its lock file ends in.
    pub(super) fn suffix(self) -> &'static str {
        match self {
            Self::Serving => ".lock",
            Self::Importing => ".import.lock",
        }
    }

    /// The number that its advisory lock goes by: "guichet" in bytes, then a digit.
    pub(super) fn number(self) -> i64 {
        match self {
            Self::Serving => 0x0067_7569_6368_6574,
            Self::Importing => 0x6775_6963_6865_7401,
        }
    }
}

/// The file beside a database whose name ends so.
pub(super) fn beside(database: &Path, ending: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// Locks a file beside a database: locking the database's own file would fall foul of SQLite's locks. `None` if it is locked.
pub(super) fn of_file(database: &Path, sole: Sole) -> io::Result<Option<Lock>> {
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(beside(database, sole.suffix()))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(Lock::File { _file: file })),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Takes an advisory lock; `None` if another session has it.
pub(super) async fn on_server(pool: &PgPool, sole: Sole) -> Result<Option<Lock>, StoreError> {
    let mut conn = Conn::Postgres(pool.acquire().await?);
    let taken = conn.number("SELECT CASE WHEN pg_try_advisory_lock($1) THEN 1 ELSE 0 END::BIGINT", values![sole.number()]).await?;
    Ok(match conn {
        Conn::Postgres(conn) if taken == 1 => Some(Lock::Session { _session: Box::new(conn.detach()) }),
        _ => None,
    })
}
