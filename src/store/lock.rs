//! The locks that keep a second process from doing the same thing with a database: files beside SQLite's, advisory locks of
//! PostgreSQL. They are free again when their process ends, however it ends. Replicas that serve from one PostgreSQL database
//! share the lock on serving, which keeps out whoever wants the tables to itself.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::PgPool;

use super::conn::Link;
use super::lane::REPLICAS;
use super::{Conn, StoreError, Value, values};

/// What only one process at a time does with a database.
#[derive(Clone, Copy, Debug)]
pub enum Sole {
    /// Serving holders.
    Serving,
    /// Importing.
    Importing,
    /// Asking Telegram for updates: one replica of those that serve.
    Polling,
    /// Sealing what an earlier version has left in the clear.
    Sealing,
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
        /// The connection that holds it.
        _session: Session,
    },
}

impl Sole {
    /// What the name of its lock file ends in.
    pub(super) fn suffix(self) -> &'static str {
        match self {
            Self::Serving => ".lock",
            Self::Importing => ".import.lock",
            Self::Polling => ".poll.lock",
            Self::Sealing => ".seal.lock",
        }
    }

    /// The number that its advisory lock goes by: "guichet" in bytes, then a digit.
    pub(super) fn number(self) -> i64 {
        match self {
            Self::Serving => 0x0067_7569_6368_6574,
            Self::Importing => 0x6775_6963_6865_7401,
            Self::Polling => 0x6775_6963_6865_7402,
            Self::Sealing => 0x6775_6963_6865_7403,
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
pub(super) async fn on_server(pool: &PgPool, sole: Sole, share: bool) -> Result<Option<Lock>, StoreError> {
    let mut session = Session::begin(pool).await?;
    let taken = if share { session.share(sole).await? } else { session.take(sole).await? };
    Ok(taken.then_some(Lock::Session { _session: session }))
}

/// How long a session may take to answer before it counts as lost.
const ANSWER_WITHIN: Duration = Duration::from_secs(3);

/// A connection to PostgreSQL for the locks it holds: not the pool's, where it would go on holding them. The server ends the session
/// of a host that is gone within some ten seconds, and with it the locks.
pub struct Session(Conn);

impl Session {
    /// Begins one.
    pub(super) async fn begin(pool: &PgPool) -> Result<Self, StoreError> {
        let mut conn = Conn::new(Link::Session(Box::new(pool.acquire().await?.detach())), None);
        conn.script("SET tcp_keepalives_idle = 4; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3").await?;
        Ok(Self(conn))
    }

    /// Takes a lock for this session alone; false if another has it.
    pub async fn take(&mut self, sole: Sole) -> Result<bool, StoreError> {
        const TAKE: &str = "SELECT CASE WHEN pg_try_advisory_lock($1) THEN 1 ELSE 0 END::BIGINT";
        Ok(self.asked(TAKE, values![sole.number()]).await? == 1)
    }

    /// Takes a lock together with whoever else shares it; false if another has it alone.
    pub(super) async fn share(&mut self, sole: Sole) -> Result<bool, StoreError> {
        const SHARE: &str = "SELECT CASE WHEN pg_try_advisory_lock_shared($1) THEN 1 ELSE 0 END::BIGINT";
        Ok(self.asked(SHARE, values![sole.number()]).await? == 1)
    }

    /// Becomes the next replica: shares in serving, and holds the lock that says that it lives. Its number; `None` while another
    /// has the database to itself.
    pub async fn join(&mut self) -> Result<Option<i64>, StoreError> {
        const LIVE: &str = "SELECT CASE WHEN pg_try_advisory_lock($1::INTEGER, $2::INTEGER) THEN 1 ELSE 0 END::BIGINT";
        if !self.share(Sole::Serving).await? {
            return Ok(None);
        }
        let number = self.asked("SELECT nextval('replica_number')", vec![]).await?;
        Ok((self.asked(LIVE, values![REPLICAS, number]).await? == 1).then_some(number))
    }

    /// Makes sure that the session, and with it every lock, is still there.
    pub async fn stands(&mut self) -> Result<(), StoreError> {
        self.asked("SELECT 1::BIGINT", vec![]).await.map(|_| ())
    }

    /// Ends it; the locks are free at once.
    pub async fn end(self) {
        self.0.throw_away().await;
    }

    async fn asked(&mut self, sql: &'static str, values: Vec<Value>) -> Result<i64, StoreError> {
        let late = |_| sqlx::Error::Io(io::ErrorKind::TimedOut.into());
        tokio::time::timeout(ANSWER_WITHIN, self.0.number(sql, values)).await.map_err(late)?
    }
}
