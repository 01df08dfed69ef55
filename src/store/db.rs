//! Opening a database: the pools and the migrations; to serve from it, or beside a process that does.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{PgPool, SqlitePool};

use super::conn::Link;
use super::lock::{self, Lock, Session, Sole};
use super::server::{self, Trouble};
use super::{Conn, StoreError};
use crate::config::Database;
use crate::seal::Sealer;

pub(super) static SQLITE_MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");
pub(super) static POSTGRES_MIGRATIONS: Migrator = sqlx::migrate!("migrations/postgres");

/// How long a statement waits while another process writes to a SQLite file.
const PATIENCE: Duration = Duration::from_secs(5);

/// Where SQLite keeps what it needs meanwhile, such as pages as they were before a statement that changes many rows: of holders' turns no
/// page goes into a file of its own.
const IN_MEMORY: &str = "MEMORY";
/// The same for whoever works beside: an import sorts more than fits there.
const IN_FILES: &str = "FILE";

/// Connections to PostgreSQL that one process holds at most, besides two sessions for its locks.
pub const POSTGRES_CONNECTIONS: u32 = 12;

/// How often, and how far apart, the lock on serving is asked for: whoever examines the database or brings its tables up to date has
/// it for a moment.
const LOCK_TRIES: u32 = 10;
const LOCK_PAUSE: Duration = Duration::from_millis(200);

/// The pool of the database in use. One that was opened to serve keeps every second process from serving
/// from a SQLite file, and everybody from changing PostgreSQL's tables.
pub struct Db {
    pool: Pool,
    serving: Mutex<Option<Lock>>,
    sealer: OnceLock<Arc<Sealer>>,
}

/// The connections.
enum Pool {
    /// The embedded default: one file.
    Sqlite(SqlitePool, PathBuf),
    /// A PostgreSQL server.
    Postgres(PgPool),
}

/// Why a database cannot be used; each says where and what to do.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has it.
    #[error("DATABASE_URL: {0} is in use by another running guichet; stop that one first, or name another database")]
    InUse(String),
    /// There is none.
    #[error("DATABASE_URL: {0}: there is no database here; name the counter's")]
    Missing(String),
    /// It cannot be read or written.
    #[error("DATABASE_URL: cannot open {place}: {error}; check that it is a database of guichet and that this user may read and write it")]
    Unreadable {
        /// The file, or the server without its password.
        place: String,
        /// What the system said.
        error: String,
    },
    /// The server, or our place on it, is not as it must be.
    #[error("DATABASE_URL: {place}: {trouble}")]
    Unusable {
        /// The server without its password.
        place: String,
        /// What is wrong, and what to do.
        trouble: Trouble,
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
    /// Opens the database to serve from it: creates a SQLite file that is not there, takes the lock, brings the tables up to date.
    /// On PostgreSQL others may serve beside, except while the tables are brought up to date.
    pub async fn open(database: &Database) -> Result<Self, OpenError> {
        let db = Self::connect(database, PATIENCE, IN_MEMORY).await?;
        let place = Place::of(database);
        place.fit(database).await?;
        for _ in 0..LOCK_TRIES {
            if let Some(lock) = db.serve(&place).await? {
                return Ok(Self { serving: Mutex::new(Some(lock)), ..db });
            }
            tokio::time::sleep(LOCK_PAUSE).await;
        }
        Err(place.in_use())
    }

    /// Takes the lock on serving, and brings the tables up to date; `None` while another has the lock.
    async fn serve(&self, place: &Place) -> Result<Option<Lock>, OpenError> {
        let unreadable = |error| place.unreadable(error);
        let Pool::Postgres(pool) = &self.pool else {
            let lock = self.lock(Sole::Serving).await.map_err(unreadable)?;
            if lock.is_some() {
                self.migrate(place).await?;
            }
            return Ok(lock);
        };
        if !self.is_current(place).await? {
            let Some(_alone) = self.lock(Sole::Serving).await.map_err(unreadable)? else { return Ok(None) };
            self.migrate(place).await?;
        }
        lock::on_server(pool, Sole::Serving, true).await.map_err(unreadable)
    }

    /// Opens the database beside a process that may be serving from it, to write. Tables are created or brought up to date only if
    /// nobody serves. Whoever serves from it comes first: this process waits for the database as long as a busy counter needs.
    pub async fn join(database: &Database) -> Result<Self, OpenError> {
        let db = Self::connect(database, 12 * PATIENCE, IN_FILES).await?;
        let place = Place::of(database);
        place.fit(database).await?;
        if db.is_current(&place).await? {
            return Ok(db);
        }
        let lock = db.lock(Sole::Serving).await.map_err(|error| place.unreadable(error))?;
        let _lock = lock.ok_or_else(|| place.in_use())?;
        db.migrate(&place).await?;
        Ok(db)
    }

    /// The same with a database that must be there already: one that was mistyped is not created.
    pub async fn join_known(database: &Database) -> Result<Self, OpenError> {
        Place::of(database).must_exist(database)?;
        Self::join(database).await
    }

    /// Opens a database that is there, beside a process that may be serving from it, to read. No table is created or changed.
    pub async fn look(database: &Database) -> Result<Self, OpenError> {
        let place = Place::of(database);
        place.must_exist(database)?;
        let db = Self::connect(database, PATIENCE, IN_FILES).await?;
        match db.is_current(&place).await? {
            true => Ok(db),
            false => Err(place.foreign("its tables are not this version's")),
        }
    }

    /// Opens a database that is there, leaving everything as it is: a SQLite file is not even given a WAL.
    pub(super) async fn untouched(database: &Database) -> Result<Self, StoreError> {
        let pool = match database {
            Database::Sqlite(path) => {
                // Without a WAL the file is all there is; opened like any other it would be given one.
                let at_rest = !lock::beside(path, "-wal").exists();
                let options = SqliteConnectOptions::new().filename(path).read_only(true).immutable(at_rest).busy_timeout(PATIENCE);
                Pool::Sqlite(SqlitePoolOptions::new().max_connections(1).connect_with(options).await?, path.clone())
            }
            Database::Postgres(url) => Pool::Postgres(connect_postgres(url.expose()).await?),
        };
        Ok(Self { pool, serving: Mutex::new(None), sealer: OnceLock::new() })
    }

    /// Whether it is one file, SQLite's.
    pub fn is_file(&self) -> bool {
        matches!(self.pool, Pool::Sqlite(..))
    }

    /// A connection of its own.
    pub async fn conn(&self) -> Result<Conn, StoreError> {
        let link = match &self.pool {
            Pool::Sqlite(pool, _) => Link::Sqlite(pool.acquire().await?),
            Pool::Postgres(pool) => Link::Postgres(pool.acquire().await?),
        };
        Ok(Conn::new(link, self.sealer.get().cloned()))
    }

    /// Gives the connections that are made from now on what opens and seals the database's values. The first one given stays.
    pub fn unlock(&self, sealer: Sealer) {
        let _ = self.sealer.set(Arc::new(sealer));
    }

    /// Begins a session for the locks of a replica; `None` on SQLite, where there is none.
    pub async fn session(&self) -> Result<Option<Session>, StoreError> {
        match &self.pool {
            Pool::Sqlite(..) => Ok(None),
            Pool::Postgres(pool) => Session::begin(pool).await.map(Some),
        }
    }

    /// Takes the lock for what only one process at a time may do; `None` if another has it.
    pub async fn lock(&self, sole: Sole) -> Result<Option<Lock>, StoreError> {
        match &self.pool {
            Pool::Sqlite(_, path) => lock::of_file(path, sole).map_err(|error| sqlx::Error::Io(error).into()),
            Pool::Postgres(pool) => lock::on_server(pool, sole, false).await,
        }
    }

    /// Closes every connection and gives up the lock; a SQLite file's WAL is folded into it unless another process has it open.
    pub async fn close(&self) {
        match &self.pool {
            Pool::Sqlite(pool, _) => pool.close().await,
            Pool::Postgres(pool) => pool.close().await,
        }
        self.serving.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    async fn connect(database: &Database, patience: Duration, temporary: &'static str) -> Result<Self, OpenError> {
        let pool = match database {
            Database::Sqlite(path) => connect_sqlite(path, patience, temporary).await.map(|pool| Pool::Sqlite(pool, path.clone())),
            Database::Postgres(url) => connect_postgres(url.expose()).await.map(Pool::Postgres),
        };
        let pool = match pool {
            Ok(pool) => pool,
            Err(error) => return Err(Place::of(database).out_of_reach(database, error).await),
        };
        Ok(Self { pool, serving: Mutex::new(None), sealer: OnceLock::new() })
    }

    /// Whether the tables are this version's.
    async fn is_current(&self, place: &Place) -> Result<bool, OpenError> {
        let newest = self.migrations().iter().map(|migration| migration.version).max().unwrap_or_default();
        let mut conn = self.conn().await.map_err(|error| place.unreadable(error))?;
        match conn.number("SELECT COALESCE(MAX(version), 0) FROM _sqlx_migrations", vec![]).await {
            Ok(version) if version > newest => Err(place.foreign("its tables are a newer version's")),
            Ok(version) => Ok(version == newest),
            // There is no such table yet.
            Err(StoreError::Fault(_)) => Ok(false),
            Err(error) => Err(place.unreadable(error)),
        }
    }

    async fn migrate(&self, place: &Place) -> Result<(), OpenError> {
        let outcome = match &self.pool {
            Pool::Sqlite(pool, _) => self.migrations().run(pool).await,
            Pool::Postgres(pool) => self.migrations().run(pool).await,
        };
        outcome.map_err(|error| match error {
            MigrateError::VersionMissing(_)
            | MigrateError::VersionMismatch(_)
            | MigrateError::Dirty(_)
            | MigrateError::ExecuteMigration(..) => place.foreign(error),
            other => place.unreadable(other),
        })
    }

    fn migrations(&self) -> &'static Migrator {
        match &self.pool {
            Pool::Sqlite(..) => &SQLITE_MIGRATIONS,
            Pool::Postgres(_) => &POSTGRES_MIGRATIONS,
        }
    }
}

/// Where a database is, as errors tell it: the file, or the server without its password.
struct Place(String);

impl Place {
    fn of(database: &Database) -> Self {
        Self(match database {
            Database::Sqlite(path) => path.display().to_string(),
            Database::Postgres(url) => url.to_string(),
        })
    }

    /// Makes sure that a file is there.
    fn must_exist(&self, database: &Database) -> Result<(), OpenError> {
        match database {
            Database::Sqlite(path) if !path.exists() => Err(OpenError::Missing(self.0.clone())),
            _ => Ok(()),
        }
    }

    /// Makes sure that a server can be written as the counter needs it.
    async fn fit(&self, database: &Database) -> Result<(), OpenError> {
        let Database::Postgres(url) = database else { return Ok(()) };
        server::examine(url).await.map(|_| ()).map_err(|trouble| self.unusable(trouble))
    }

    /// Why no connection came about: the pool tries again for a while, and tells then that time is up.
    async fn out_of_reach(&self, database: &Database, error: sqlx::Error) -> OpenError {
        match database {
            Database::Postgres(url) => match server::reach(url).await {
                Err(trouble) => self.unusable(trouble),
                Ok(()) => self.unreadable(error),
            },
            Database::Sqlite(_) => self.unreadable(error),
        }
    }

    fn unusable(&self, trouble: Trouble) -> OpenError {
        OpenError::Unusable { place: self.0.clone(), trouble }
    }

    fn in_use(&self) -> OpenError {
        OpenError::InUse(self.0.clone())
    }

    fn unreadable(&self, error: impl ToString) -> OpenError {
        OpenError::Unreadable { place: self.0.clone(), error: error.to_string() }
    }

    fn foreign(&self, error: impl ToString) -> OpenError {
        OpenError::Foreign { place: self.0.clone(), error: error.to_string() }
    }
}

async fn connect_sqlite(path: &Path, patience: Duration, temporary: &'static str) -> Result<SqlitePool, sqlx::Error> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(patience)
        // What is deleted or written over is not left in the file (sqlite.org/pragma.html#pragma_secure_delete).
        .pragma("secure_delete", "ON")
        .pragma("temp_store", temporary)
        .statement_cache_capacity(512);
    SqlitePoolOptions::new().max_connections(4).connect_with(options).await
}

async fn connect_postgres(url: &str) -> Result<PgPool, sqlx::Error> {
    let options: PgConnectOptions = url.parse()?;
    // A replica that hangs in the middle of a transaction must not keep its chats locked for everybody else.
    let options = options.options([("idle_in_transaction_session_timeout", "15s"), ("lock_timeout", "20s")]);
    let pool = PgPoolOptions::new().max_connections(POSTGRES_CONNECTIONS).acquire_timeout(Duration::from_secs(10));
    pool.connect_with(options.statement_cache_capacity(512)).await
}
