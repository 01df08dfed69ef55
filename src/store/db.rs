//! Opening a database: the pools, the migrations, and the lock that keeps a second process out.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{PgPool, SqlitePool};

use super::{Conn, StoreError};
use crate::config::Database;

pub(super) static SQLITE_MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");
pub(super) static POSTGRES_MIGRATIONS: Migrator = sqlx::migrate!("migrations/postgres");

/// The number PostgreSQL's advisory lock goes by: "guichet" in bytes.
pub(super) const ADVISORY_LOCK: i64 = 0x0067_7569_6368_6574;

/// The pool of the database in use. While it lives, no second process serves from the same database.
pub enum Db {
    /// The embedded default: one file, one process.
    Sqlite {
        /// The connections.
        pool: SqlitePool,
        /// Held, locked, for as long as the process runs; `None` where the database is only looked at.
        _lock: Option<File>,
    },
    /// A PostgreSQL server.
    Postgres {
        /// The connections.
        pool: PgPool,
        /// The connection that holds the advisory lock; `None` where the database is only looked at, or closed.
        lock: tokio::sync::Mutex<Option<Conn>>,
    },
}

/// Why a database cannot be used; each says where and what to do.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has it.
    #[error("DATABASE_URL: {0} is in use by another running guichet; stop that one first, or name another database")]
    InUse(String),
    /// It cannot be read or written.
    #[error("DATABASE_URL: cannot open {place}: {error}; check that it is a database of guichet and that this user may read and write it")]
    Unreadable {
        /// The file, or the server without its password.
        place: String,
        /// What the system said.
        error: String,
    },
    /// It holds something else, or was made by a newer version.
    #[error(
        "DATABASE_URL: {place} was not made by this version of guichet ({error}); name another database, or run the version that made it"
    )]
    Foreign {
        /// The file, or the server without its password.
        place: String,
        /// What the migrations found.
        error: String,
    },
}

impl Db {
    /// Opens the database, creating a SQLite file that is not there, brings its tables up to date and takes the lock.
    pub async fn open(database: &Database) -> Result<Self, OpenError> {
        match database {
            Database::Sqlite(path) => open_sqlite(path).await,
            Database::Postgres(url) => open_postgres(url.expose(), &url.to_string()).await,
        }
    }

    /// A connection of its own.
    pub async fn conn(&self) -> Result<Conn, StoreError> {
        Ok(match self {
            Self::Sqlite { pool, .. } => Conn::Sqlite(pool.acquire().await?),
            Self::Postgres { pool, .. } => Conn::Postgres(pool.acquire().await?),
        })
    }

    /// Closes every connection; a SQLite file's WAL is folded into it.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { pool, .. } => pool.close().await,
            Self::Postgres { pool, lock } => {
                // The pool waits until it has every connection back.
                drop(lock.lock().await.take());
                pool.close().await;
            }
        }
    }
}

async fn open_sqlite(path: &Path) -> Result<Db, OpenError> {
    let place = path.display().to_string();
    let unreadable = |error: String| OpenError::Unreadable { place: place.clone(), error };
    let lock = lock_beside(path).map_err(|error| match error {
        TryLockError::WouldBlock => OpenError::InUse(place.clone()),
        TryLockError::Error(error) => unreadable(error.to_string()),
    })?;
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        .statement_cache_capacity(512);
    let pool = SqlitePoolOptions::new().max_connections(4).connect_with(options).await.map_err(|error| unreadable(error.to_string()))?;
    migrate(SQLITE_MIGRATIONS.run(&pool).await, &place)?;
    Ok(Db::Sqlite { pool, _lock: Some(lock) })
}

/// Locks a file beside the database: locking the database's own file would fall foul of SQLite's locks.
fn lock_beside(path: &Path) -> Result<File, TryLockError> {
    let lock = OpenOptions::new().create(true).truncate(false).write(true).open(beside(path, ".lock")).map_err(TryLockError::Error)?;
    lock.try_lock()?;
    Ok(lock)
}

/// The file beside the database whose name ends so.
pub(super) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

async fn open_postgres(url: &str, place: &str) -> Result<Db, OpenError> {
    let unreadable = |error: String| OpenError::Unreadable { place: place.to_owned(), error };
    let options: PgConnectOptions = url.parse().map_err(|error: sqlx::Error| unreadable(error.to_string()))?;
    let pool = PgPoolOptions::new()
        .max_connections(8)
        .acquire_timeout(Duration::from_secs(10))
        .connect_with(options.statement_cache_capacity(512))
        .await
        .map_err(|error| unreadable(error.to_string()))?;
    migrate(POSTGRES_MIGRATIONS.run(&pool).await, place)?;
    let db = Db::Postgres { pool, lock: tokio::sync::Mutex::default() };
    let mut conn = db.conn().await.map_err(|error| unreadable(error.to_string()))?;
    let taken = conn
        .number("SELECT CASE WHEN pg_try_advisory_lock($1) THEN 1 ELSE 0 END::BIGINT", super::values![ADVISORY_LOCK])
        .await
        .map_err(|error| unreadable(error.to_string()))?;
    if taken == 0 {
        return Err(OpenError::InUse(place.to_owned()));
    }
    if let Db::Postgres { lock, .. } = &db {
        *lock.lock().await = Some(conn);
    }
    Ok(db)
}

fn migrate(outcome: Result<(), MigrateError>, place: &str) -> Result<(), OpenError> {
    outcome.map_err(|error| match error {
        MigrateError::VersionMissing(_) | MigrateError::VersionMismatch(_) | MigrateError::Dirty(_) => {
            OpenError::Foreign { place: place.to_owned(), error: error.to_string() }
        }
        MigrateError::ExecuteMigration(..) => OpenError::Foreign { place: place.to_owned(), error: error.to_string() },
        other => OpenError::Unreadable { place: place.to_owned(), error: other.to_string() },
    })
}
