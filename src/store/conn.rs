//! One connection to either database, and the few ways in which statements are run on it.
//! This is the only file that calls sqlx's queries. Each way to SQLite's thread and back takes longer than most statements do there: what
//! has no answer to wait for can be put off, and goes along with the next statement.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use futures::TryStreamExt as _;
use serde::de::DeserializeOwned;
use sqlx::pool::PoolConnection;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Connection as _, Either, Executor, FromRow, PgConnection, Postgres, Row, SqlSafeStr, Sqlite};

use super::StoreError;
use super::coming::{Coming, PutOff, Rows};
use super::statement::{chunk, gathered, json, out_of_json, written_out};
use crate::crash::{self, Point};
use crate::domain::{AccountId, ChatId};
use crate::seal::Sealer;

/// A value bound to a statement. Nulls keep their type, which PostgreSQL wants to know.
#[derive(Clone, Debug, serde::Serialize)]
#[serde(untagged)]
pub enum Value {
    /// A `BIGINT`, or null.
    Integer(Option<i64>),
    /// A `TEXT`, or null.
    Text(Option<String>),
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Integer(Some(value))
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Integer(Some(value.into()))
    }
}

impl From<Option<i64>> for Value {
    fn from(value: Option<i64>) -> Self {
        Self::Integer(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(Some(value.to_owned()))
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(Some(value))
    }
}

impl From<jiff::Timestamp> for Value {
    fn from(value: jiff::Timestamp) -> Self {
        Self::Integer(Some(value.as_millisecond()))
    }
}

/// The values of a statement, each made by `Value::from`.
macro_rules! values {
    ($($value:expr),* $(,)?) => { vec![$($crate::store::Value::from($value)),*] };
}
pub(crate) use values;

/// A row type that both databases can fill.
pub trait Fetched: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}
impl<T> Fetched for T where T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

/// A connection to either database, with what opens and seals its values.
pub struct Conn {
    link: Link,
    sealer: Option<Arc<Sealer>>,
    /// What goes along with the next statement; on SQLite, within a transaction.
    put_off: Vec<PutOff>,
    in_transaction: bool,
    /// What was answered and nobody has read yet.
    answers: HashMap<u64, Rows>,
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

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `BIGINT`, or SQLite's `INTEGER` of a row's number.
    Integer,
    /// `TEXT`.
    Text,
}

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

    /// Runs a statement with a repeated group once for all `rows`, and gathers the rows it returns.
    pub async fn many<T: Fetched + 'static>(
        &mut self,
        sql: &'static str,
        fixed: Vec<Value>,
        rows: Vec<Vec<Value>>,
    ) -> Result<Vec<T>, StoreError> {
        let coming = self.ask(sql, fixed, rows).await?;
        self.get(coming).await
    }

    /// The same, within a transaction on SQLite only along with the next statement, or once the answer is wanted.
    pub async fn ask<T: Fetched + 'static>(
        &mut self,
        sql: &'static str,
        fixed: Vec<Value>,
        rows: Vec<Vec<Value>>,
    ) -> Result<Coming<Vec<T>>, StoreError> {
        Ok(Coming::rows(self.question(sql, out_of_json(sql), fixed, rows).await?))
    }

    /// The same for a query that finds many rows: SQLite gathers them in one, for each that comes over from its thread wakes ours. The
    /// fields of `T` stand in the order of the columns.
    pub async fn gather<T: Fetched + DeserializeOwned + 'static>(
        &mut self,
        sql: &'static str,
        fixed: Vec<Value>,
        rows: Vec<Vec<Value>>,
    ) -> Result<Coming<Vec<T>>, StoreError> {
        Ok(Coming::gathered(self.question(sql, gathered(&out_of_json(sql)), fixed, rows).await?))
    }

    /// The same for a statement that writes rows and returns their numbers, which SQLite tells without being asked.
    pub async fn number_rows(&mut self, sql: &'static str, rows: Vec<Vec<Value>>) -> Result<Coming<Vec<i64>>, StoreError> {
        let count = rows.len();
        let text = out_of_json(sql.split_once(" RETURNING ").map_or(sql, |(text, _)| text));
        Ok(Coming::numbers(self.question(sql, text, vec![], rows).await?, count))
    }

    /// Has a statement answered, on SQLite the one with this text; the number of the question.
    async fn question(&mut self, sql: &'static str, text: String, fixed: Vec<Value>, rows: Vec<Vec<Value>>) -> Result<u64, StoreError> {
        self.asked += 1;
        let asked = self.asked;
        if self.is_file() {
            if !rows.is_empty() {
                self.put_off(text, fixed, &rows, None, Some(asked))?;
                self.unless_put_off().await?;
            }
            return Ok(asked);
        }
        let mut found = Vec::new();
        let mut rows = rows.into_iter();
        while let Some(size) = chunk(rows.len()) {
            let values = fixed.iter().cloned().chain(rows.by_ref().take(size).flatten());
            let text = written_out(sql.into_sql_str(), size);
            found.extend(match &mut self.link {
                Link::Postgres(conn) => bind!(sqlx::query(text), values).fetch_all(&mut **conn).await?,
                Link::Session(conn) => bind!(sqlx::query(text), values).fetch_all(&mut **conn).await?,
                Link::Sqlite(_) => Vec::new(),
            });
        }
        self.answers.insert(asked, Rows::Postgres(found));
        Ok(asked)
    }

    /// What was asked for.
    pub async fn get<A: 'static>(&mut self, coming: Coming<A>) -> Result<A, StoreError> {
        if self.put_off.iter().any(|put_off| put_off.asked == Some(coming.asked)) {
            self.catch_up().await?;
        }
        // A question about no rows was not even asked.
        let rows = self.answers.remove(&coming.asked).unwrap_or(Rows::Postgres(Vec::new()));
        coming.read(rows)
    }

    /// Every row of a query, each as the values of its columns, which are of these kinds.
    pub async fn value_rows(&mut self, sql: impl SqlSafeStr, values: Vec<Value>, kinds: &[Kind]) -> Result<Vec<Vec<Value>>, StoreError> {
        let rows = dispatch!(self, conn => {
            let rows = bind!(sqlx::query(sql), values).fetch_all(conn).await?;
            rows.iter().map(|row| row_values(kinds, |place| row.try_get(place), |place| row.try_get(place))).collect::<Result<_, _>>()
        });
        Ok(rows?)
    }

    /// Runs a statement with a repeated group once for all `rows`.
    pub async fn run_many(&mut self, sql: impl SqlSafeStr, fixed: Vec<Value>, rows: Vec<Vec<Value>>) -> Result<(), StoreError> {
        self.later(sql, fixed, rows).await?;
        self.catch_up().await
    }

    /// The same, within a transaction on SQLite only along with the next statement: for those whose answer nobody waits for.
    pub async fn later(&mut self, sql: impl SqlSafeStr, fixed: Vec<Value>, rows: Vec<Vec<Value>>) -> Result<(), StoreError> {
        self.change(sql, fixed, rows, false).await
    }

    /// The same, where every one of `rows` has to change one row; [`StoreError::Overtaken`] if any does not.
    pub async fn change_later(&mut self, sql: impl SqlSafeStr, fixed: Vec<Value>, rows: Vec<Vec<Value>>) -> Result<(), StoreError> {
        self.change(sql, fixed, rows, true).await
    }

    async fn change(&mut self, sql: impl SqlSafeStr, fixed: Vec<Value>, rows: Vec<Vec<Value>>, each: bool) -> Result<(), StoreError> {
        let sql = sql.into_sql_str();
        let changes = each.then_some(rows.len() as u64);
        if rows.is_empty() {
            return Ok(());
        }
        if self.is_file() {
            self.put_off(out_of_json(sql.as_str()), fixed, &rows, changes, None)?;
            return self.unless_put_off().await;
        }
        let mut changed = 0;
        let mut rows = rows.into_iter();
        while let Some(size) = chunk(rows.len()) {
            let values = fixed.iter().cloned().chain(rows.by_ref().take(size).flatten());
            let text = written_out(sql.clone(), size);
            changed += dispatch!(self, conn => bind!(sqlx::query(text), values).execute(conn).await?.rows_affected());
        }
        as_many(changes, changed)
    }

    /// Has a statement for all `rows` go along with the next one.
    fn put_off(
        &mut self,
        text: String,
        mut values: Vec<Value>,
        rows: &[Vec<Value>],
        changes: Option<u64>,
        asked: Option<u64>,
    ) -> Result<(), StoreError> {
        crash::at(Point::Statement);
        values.push(json(rows)?);
        self.put_off.push(PutOff { text, values, changes, asked });
        Ok(())
    }

    /// Runs what was put off outside of a transaction: nothing might follow it there.
    async fn unless_put_off(&mut self) -> Result<(), StoreError> {
        if self.in_transaction { Ok(()) } else { self.catch_up().await }
    }

    /// Runs what was put off, in one go.
    async fn catch_up(&mut self) -> Result<(), StoreError> {
        if self.put_off.is_empty() {
            return Ok(());
        }
        let Link::Sqlite(conn) = &mut self.link else { return Ok(()) };
        let (mut texts, mut values, mut waiting) = (Vec::new(), Vec::new(), VecDeque::new());
        for put_off in self.put_off.drain(..) {
            texts.push(put_off.text);
            values.extend(put_off.values);
            waiting.push_back((put_off.changes, put_off.asked));
        }
        // Of sqlx's drivers only SQLite's runs several prepared statements out of one text (github.com/transact-rs/sqlx/issues/3108);
        // with a version that did not, the first alone would be run.
        let mut answers = (&mut **conn).fetch_many(bind!(sqlx::query(AssertSqlSafe(texts.join("; "))), values));
        let mut rows = Vec::new();
        while let Some(answer) = answers.try_next().await? {
            match answer {
                Either::Right(row) => rows.push(row),
                Either::Left(done) => {
                    let (changes, asked) = waiting.pop_front().unwrap_or_default();
                    as_many(changes, done.rows_affected())?;
                    let answer = Rows::Sqlite { rows: std::mem::take(&mut rows), last: done.last_insert_rowid() };
                    asked.map(|asked| self.answers.insert(asked, answer));
                }
            }
        }
        drop(answers);
        // Whatever was not run must not pass for done.
        if waiting.is_empty() { Ok(()) } else { Err(sqlx::Error::Protocol("a statement was not run".to_owned()).into()) }
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

/// The values of a row, whose columns are read by their place.
fn row_values(
    kinds: &[Kind],
    integer: impl Fn(usize) -> Result<Option<i64>, sqlx::Error>,
    text: impl Fn(usize) -> Result<Option<String>, sqlx::Error>,
) -> Result<Vec<Value>, sqlx::Error> {
    let value = |(place, kind): (usize, &Kind)| match kind {
        Kind::Integer => integer(place).map(Value::Integer),
        Kind::Text => text(place).map(Value::Text),
    };
    kinds.iter().enumerate().map(value).collect()
}

/// Makes sure that as many rows were changed as had to be.
fn as_many(wanted: Option<u64>, changed: u64) -> Result<(), StoreError> {
    if wanted.is_none_or(|wanted| wanted == changed) { Ok(()) } else { Err(StoreError::Overtaken) }
}
