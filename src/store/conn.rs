//! One connection to either database, its transactions, and the few ways in which a statement is run on it; `many` has those for many
//! rows. Nothing outside of here calls sqlx's queries.

mod coming;
mod many;
mod statement;
mod value;

pub use coming::Coming;
pub(crate) use value::values;
pub use value::{Kind, Value};

use std::collections::HashMap;
use std::sync::Arc;

use sqlx::pool::PoolConnection;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Connection as _, Executor, FromRow, PgConnection, Postgres, Row, SqlSafeStr, Sqlite};

use self::coming::{PutOff, Rows};
use self::statement::{out_of_json, written_out};
use self::value::row_values;
use super::StoreError;
use crate::crash::{self, Point};
use crate::domain::{AccountId, ChatId};
use crate::seal::Sealer;

/// A row type that both databases can fill.
pub trait Fetched: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}
impl<T> Fetched for T where T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

/// A connection to either database, with what opens and seals its values.
pub struct Conn {
    link: Link,
    sealer: Option<Arc<Sealer>>,
    /// What goes along with the next statement; on SQLite, within a transaction.
    put_off: Vec<PutOff>,
    /// Whether a transaction that writes is open.
    in_transaction: bool,
    /// What was answered and nobody has read yet, by the number of the question.
    answers: HashMap<u64, Rows>,
    /// How many questions there were.
    asked: u64,
}

/// The connection itself.
pub(super) enum Link {
    /// SQLite, out of the pool.
    Sqlite(PoolConnection<Sqlite>),
    /// PostgreSQL, out of the pool.
    Postgres(PoolConnection<Postgres>),
    /// PostgreSQL, outside of the pool, for locks that end with the connection.
    Session(Box<PgConnection>),
}

/// Opens a transaction on SQLite, with the write lock.
const BEGIN: &str = "BEGIN IMMEDIATE";

/// Runs the same expression on whichever connection this is, after what was put off.
macro_rules! dispatch {
    ($conn:expr, $connection:ident => $body:expr) => {{
        $conn.catch_up().await?;
        match &mut $conn.link {
            Link::Sqlite($connection) => {
                let $connection = &mut **$connection;
                $body
            }
            Link::Postgres($connection) => {
                let $connection = &mut **$connection;
                $body
            }
            Link::Session($connection) => {
                let $connection = &mut **$connection;
                $body
            }
        }
    }};
}
use dispatch;

/// Binds every value, in order, for a statement that is run at once.
macro_rules! bind {
    ($query:expr, $values:expr) => {{
        crash::at(Point::Statement);
        let mut query = $query;
        for value in $values {
            query = match value {
                Value::Integer(value) => query.bind(value),
                Value::Text(value) => query.bind(value),
            };
        }
        query
    }};
}
use bind;

impl Conn {
    /// A connection with what opens and seals its values, if it is known yet.
    pub(super) fn new(link: Link, sealer: Option<Arc<Sealer>>) -> Self {
        Self { link, sealer, put_off: Vec::new(), in_transaction: false, answers: HashMap::new(), asked: 0 }
    }

    /// Whether the database is one file, SQLite's.
    pub fn is_file(&self) -> bool {
        matches!(self.link, Link::Sqlite(_))
    }

    /// What opens and seals the database's values.
    pub fn sealer(&self) -> Result<Arc<Sealer>, StoreError> {
        self.sealer.clone().ok_or(StoreError::Locked)
    }

    /// Every row of a query.
    pub async fn rows<T: Fetched>(&mut self, sql: &'static str, values: Vec<Value>) -> Result<Vec<T>, StoreError> {
        Ok(dispatch!(self, conn => bind!(sqlx::query_as(sql), values).fetch_all(conn).await)?)
    }

    /// The row of a query that finds one at most.
    pub async fn row<T: Fetched>(&mut self, sql: &'static str, values: Vec<Value>) -> Result<Option<T>, StoreError> {
        Ok(dispatch!(self, conn => bind!(sqlx::query_as(sql), values).fetch_optional(conn).await)?)
    }

    /// Runs a statement; the number of rows it changed.
    pub async fn run(&mut self, sql: &'static str, values: Vec<Value>) -> Result<u64, StoreError> {
        Ok(dispatch!(self, conn => bind!(sqlx::query(sql), values).execute(conn).await?.rows_affected()))
    }

    /// Every row of a query, each as the values of its columns, which are of these kinds.
    pub async fn value_rows(&mut self, sql: impl SqlSafeStr, values: Vec<Value>, kinds: &[Kind]) -> Result<Vec<Vec<Value>>, StoreError> {
        let rows = dispatch!(self, conn => {
            let rows = bind!(sqlx::query(sql), values).fetch_all(conn).await?;
            rows.iter().map(|row| row_values(kinds, |place| row.try_get(place), |place| row.try_get(place))).collect::<Result<_, _>>()
        });
        Ok(rows?)
    }

    /// Opens a transaction that may write; on SQLite it takes the write lock at once, since one that reads first
    /// and writes later fails whatever the time-out.
    pub async fn begin(&mut self) -> Result<(), StoreError> {
        self.begin_later().await?;
        self.catch_up().await
    }

    /// The same, on SQLite only along with the next statement.
    pub async fn begin_later(&mut self) -> Result<(), StoreError> {
        if !self.is_file() {
            return self.script("BEGIN").await;
        }
        if let Some(pages) = crash::page_limit() {
            dispatch!(self, conn => conn.execute(AssertSqlSafe(format!("PRAGMA max_page_count = {pages}"))).await.map(|_| ()))?;
        }
        self.answers.clear();
        self.put_off.push(PutOff::bare(BEGIN));
        self.in_transaction = true;
        Ok(())
    }

    /// Opens a transaction that only reads, and sees the database as it stands at its first statement, whatever is written meanwhile.
    pub async fn begin_reading(&mut self) -> Result<(), StoreError> {
        match &mut self.link {
            Link::Sqlite(conn) => conn.execute("BEGIN DEFERRED").await.map(|_| ())?,
            Link::Postgres(_) | Link::Session(_) => self.script("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?,
        }
        Ok(())
    }

    /// Has this transaction alone change what is a chat's, until it ends: of replicas only one serves a chat at a time. A chat that
    /// has no row yet can be locked as well. SQLite's transactions exclude each other anyway.
    pub async fn lock_chats(&mut self, chats: impl IntoIterator<Item = ChatId>) -> Result<(), StoreError> {
        // In the same order for everybody, so that no two wait for each other.
        const LOCK: &str = "SELECT pg_advisory_xact_lock(chat_id) FROM (SELECT DISTINCT chat_id FROM \
                            (VALUES [(CAST($ AS BIGINT))]) AS wanted (chat_id) ORDER BY chat_id) AS sorted";
        if self.is_file() {
            return Ok(());
        }
        let mut chats: Vec<i64> = chats.into_iter().map(|chat| chat.0).collect();
        chats.sort_unstable();
        self.run_many(LOCK, vec![], chats.into_iter().map(|chat| values![chat]).collect()).await
    }

    /// Whether this transaction may sweep: of replicas one at a time does.
    pub async fn may_sweep(&mut self) -> Result<bool, StoreError> {
        // "guichet" in bytes, then a digit, as the locks of processes.
        const LOCK: &str = "SELECT CASE WHEN pg_try_advisory_xact_lock(7454980633855882243) THEN 1 ELSE 0 END::BIGINT";
        Ok(self.is_file() || self.number(LOCK, vec![]).await? == 1)
    }

    /// Has this transaction alone decide on what is counted for an account, until it ends.
    pub async fn lock_account(&mut self, account: AccountId) -> Result<(), StoreError> {
        // Sessions and links that refer to the account may still be written (postgresql.org/docs/current/explicit-locking.html).
        const LOCK: &str = "SELECT account_id FROM account WHERE account_id = $1 FOR NO KEY UPDATE";
        if self.is_file() {
            return Ok(());
        }
        self.run(LOCK, values![account.0]).await.map(|_| ())
    }

    /// Makes the transaction's changes last.
    pub async fn commit(&mut self) -> Result<(), StoreError> {
        if self.is_file() {
            if self.put_off.iter().any(|put_off| put_off.changes.is_some()) {
                // SQLite's thread does not wait for a look at what was changed.
                self.catch_up().await?;
            }
            self.put_off.push(PutOff::bare("COMMIT"));
            self.in_transaction = false;
            self.catch_up().await?;
        } else {
            self.script("COMMIT").await?;
        }
        if crash::loses_commit() {
            return Err(StoreError::Unavailable(sqlx::Error::WorkerCrashed));
        }
        Ok(())
    }

    /// Undoes the transaction.
    pub async fn roll_back(&mut self) -> Result<(), StoreError> {
        self.put_off.retain(|put_off| put_off.text == BEGIN);
        self.in_transaction = false;
        self.script("ROLLBACK").await
    }

    /// Has SQLite fold its log into the file and cut it to nothing; whether it could, for one that reads or writes meanwhile stands in
    /// its way (sqlite.org/pragma.html#pragma_wal_checkpoint). On PostgreSQL there is nothing of the kind to do.
    pub async fn truncate_log(&mut self) -> Result<bool, StoreError> {
        if !self.is_file() {
            return Ok(true);
        }
        let outcome = self.row::<(i64, i64, i64)>("PRAGMA wal_checkpoint(TRUNCATE)", vec![]).await?;
        Ok(outcome.is_some_and(|(busy, ..)| busy == 0))
    }

    /// Has SQLite give up at once where others stand in the way, on this connection from now on.
    pub async fn do_not_wait(&mut self) -> Result<(), StoreError> {
        if self.is_file() { self.script("PRAGMA busy_timeout = 0").await } else { Ok(()) }
    }

    /// Ends the connection for good, with whatever was open on it: for one whose state is not known.
    pub async fn throw_away(self) {
        // It is being given up; an error while closing changes nothing.
        let _ = match self.link {
            Link::Sqlite(conn) => conn.close().await,
            Link::Postgres(conn) => conn.close().await,
            Link::Session(conn) => conn.close().await,
        };
    }

    /// Has the database check a statement without running it, a repeated group standing for two rows.
    pub async fn prepare(&mut self, sql: &'static str) -> Result<(), StoreError> {
        let text = if self.is_file() { AssertSqlSafe(out_of_json(sql)).into_sql_str() } else { written_out(sql.into_sql_str(), 2) };
        dispatch!(self, conn => conn.prepare(text).await.map(|_| ()))?;
        Ok(())
    }

    /// Runs several statements without values, such as a test's preparations.
    pub async fn script(&mut self, sql: &'static str) -> Result<(), StoreError> {
        dispatch!(self, conn => sqlx::raw_sql(sql).execute(conn).await.map(|_| ()))?;
        Ok(())
    }

    /// The first column of a query's one row, as an integer.
    pub async fn number(&mut self, sql: &'static str, values: Vec<Value>) -> Result<i64, StoreError> {
        Ok(dispatch!(self, conn => bind!(sqlx::query(sql), values).fetch_one(conn).await?.try_get(0)?))
    }
}
