//! One connection to either database, and the few ways in which statements are run on it.
//! This is the only file that calls sqlx's queries; a statement is portable SQL with `$1` placeholders,
//! and a group in square brackets is repeated for each of many rows: `IN ([$])`, `VALUES [($, $)]`.

use std::fmt::Write as _;
use std::sync::Arc;

use sqlx::pool::PoolConnection;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Connection as _, Executor, FromRow, PgConnection, Postgres, Row, SqlSafeStr, SqlStr, Sqlite};

use super::StoreError;
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

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `BIGINT`, or SQLite's `INTEGER` of a row's number.
    Integer,
    /// `TEXT`.
    Text,
}

/// Runs the same expression on whichever connection this is.
macro_rules! dispatch {
    ($conn:expr, $connection:ident => $body:expr) => {
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
    };
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
        Self { link, sealer }
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
    pub async fn many<T: Fetched>(&mut self, sql: &'static str, fixed: Vec<Value>, rows: Vec<Vec<Value>>) -> Result<Vec<T>, StoreError> {
        let mut found = Vec::new();
        let mut rows = rows.into_iter();
        while let Some(size) = chunk(rows.len()) {
            let values = fixed.iter().cloned().chain(rows.by_ref().take(size).flatten());
            let text = repeated(sql, size, self.placeholders());
            found.extend(dispatch!(self, conn => bind!(sqlx::query_as::<_, T>(text), values).fetch_all(conn).await)?);
        }
        Ok(found)
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
        self.change_many(sql, fixed, rows).await.map(|_| ())
    }

    /// Runs a statement with a repeated group once for all `rows`; the number of rows it changed.
    pub async fn change_many(&mut self, sql: impl SqlSafeStr, fixed: Vec<Value>, rows: Vec<Vec<Value>>) -> Result<u64, StoreError> {
        let sql = sql.into_sql_str();
        let mut changed = 0;
        let mut rows = rows.into_iter();
        while let Some(size) = chunk(rows.len()) {
            let values = fixed.iter().cloned().chain(rows.by_ref().take(size).flatten());
            let text = repeated(sql.clone(), size, self.placeholders());
            changed += dispatch!(self, conn => bind!(sqlx::query(text), values).execute(conn).await?.rows_affected());
        }
        Ok(changed)
    }

    /// Opens a transaction that may write; on SQLite it takes the write lock at once, since one that reads first
    /// and writes later fails whatever the time-out.
    pub async fn begin(&mut self) -> Result<(), StoreError> {
        match &mut self.link {
            Link::Sqlite(conn) => {
                if let Some(pages) = crash::page_limit() {
                    conn.execute(AssertSqlSafe(format!("PRAGMA max_page_count = {pages}"))).await?;
                }
                conn.execute("BEGIN IMMEDIATE").await.map(|_| ())?;
            }
            Link::Postgres(_) | Link::Session(_) => self.script("BEGIN").await?,
        }
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
        dispatch!(self, conn => conn.execute("COMMIT").await.map(|_| ()))?;
        if crash::loses_commit() {
            return Err(StoreError::Unavailable(sqlx::Error::WorkerCrashed));
        }
        Ok(())
    }

    /// Undoes the transaction.
    pub async fn roll_back(&mut self) -> Result<(), StoreError> {
        dispatch!(self, conn => conn.execute("ROLLBACK").await.map(|_| ()))?;
        Ok(())
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
        let text = repeated(sql, 2, self.placeholders());
        dispatch!(self, conn => conn.prepare(text).await.map(|_| ()))?;
        Ok(())
    }

    /// Runs several statements without values, such as a test's preparations.
    pub async fn script(&mut self, sql: &'static str) -> Result<(), StoreError> {
        dispatch!(self, conn => sqlx::raw_sql(sql).execute(conn).await.map(|_| ()))?;
        Ok(())
    }

    fn placeholders(&self) -> Placeholders {
        if self.is_file() { Placeholders::Bare } else { Placeholders::Numbered }
    }

    /// The first column of a query's one row, as an integer.
    pub async fn number(&mut self, sql: &'static str, values: Vec<Value>) -> Result<i64, StoreError> {
        Ok(dispatch!(self, conn => bind!(sqlx::query(sql), values).fetch_one(conn).await?.try_get(0)?))
    }
}

/// Up to so many rows go into one statement, whatever their number: a batch of turns has about as many, and each statement more is one
/// more way to the database's thread and back.
const ANY_SIZE: usize = 32;
/// How many rows go into a statement beyond that: some sizes, so that few statements are prepared.
const SIZES: [usize; 8] = [128, 96, 80, 64, 56, 48, 40, ANY_SIZE];

/// How many of the rows that are left go into the next statement.
fn chunk(left: usize) -> Option<usize> {
    match left {
        0 => None,
        1..=ANY_SIZE => Some(left),
        _ => SIZES.into_iter().find(|size| *size <= left),
    }
}

/// How a database takes the values of a statement whose group is repeated.
#[derive(Clone, Copy)]
enum Placeholders {
    /// As `$1`, `$2`, ….
    Numbered,
    /// As `?`, in their order: SQLite looks for a number among all of the statement's, which takes long for many.
    Bare,
}

/// The statement with its group in square brackets written out `times` times. Before the group, numbers count up from `$1`; its own
/// placeholders go on from there.
fn repeated(sql: impl SqlSafeStr, times: usize, placeholders: Placeholders) -> SqlStr {
    let sql = sql.into_sql_str();
    let Some((before, group, after)) =
        sql.as_str().split_once('[').and_then(|(before, rest)| rest.split_once(']').map(|(group, after)| (before, group, after)))
    else {
        return sql;
    };
    let groups = std::iter::repeat_n(group, times).collect::<Vec<_>>().join(", ");
    let mut pieces = [before, groups.as_str(), after].concat();
    pieces.retain({
        // A number that stands there is the one that would be written.
        let mut after_sign = false;
        move |letter| {
            let number = after_sign && letter.is_ascii_digit();
            after_sign = letter == '$' || number;
            !number
        }
    });
    let mut text = String::with_capacity(pieces.len() + 4 * times);
    for (number, piece) in pieces.split('$').enumerate() {
        match placeholders {
            _ if number == 0 => {}
            Placeholders::Bare => text.push('?'),
            // Writing to a String cannot fail.
            Placeholders::Numbered => drop(write!(text, "${number}")),
        }
        text.push_str(piece);
    }
    AssertSqlSafe(text).into_sql_str()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_written_out_with_placeholders_of_its_own() {
        let written = |sql, times, placeholders| repeated(sql, times, placeholders).as_str().to_owned();
        let delete = "DELETE FROM a WHERE b = $1 AND c IN ([$])";
        assert_eq!(written(delete, 3, Placeholders::Numbered), "DELETE FROM a WHERE b = $1 AND c IN ($2, $3, $4)");
        assert_eq!(written(delete, 3, Placeholders::Bare), "DELETE FROM a WHERE b = ? AND c IN (?, ?, ?)");
        let insert = "INSERT INTO a VALUES [($, 1, $)]";
        assert_eq!(written(insert, 2, Placeholders::Numbered), "INSERT INTO a VALUES ($1, 1, $2), ($3, 1, $4)");
        assert_eq!(written(insert, 2, Placeholders::Bare), "INSERT INTO a VALUES (?, 1, ?), (?, 1, ?)");
    }

    /// A placeholder that is used twice, or after the group, would be given another value.
    #[test]
    fn numbers_stand_before_the_group_and_count_up() {
        for sql in crate::store::STATEMENTS.iter().copied().flatten().filter(|sql| sql.contains('[')) {
            let (before, after) = sql.split_once('[').unwrap();
            let numbers: Vec<String> =
                before.split('$').skip(1).map(|piece| piece.chars().take_while(char::is_ascii_digit).collect()).collect();
            let counted: Vec<String> = (1..=numbers.len()).map(|number| number.to_string()).collect();
            assert_eq!(numbers, counted, "{sql}");
            assert!(after.split('$').skip(1).all(|piece| !piece.starts_with(|next: char| next.is_ascii_digit())), "{sql}");
        }
    }

    #[test]
    fn many_rows_go_in_few_sizes() {
        let sizes_of = |mut left: usize| {
            let mut sizes = Vec::new();
            while let Some(size) = chunk(left) {
                sizes.push(size);
                left -= size;
            }
            sizes
        };
        assert_eq!(sizes_of(31), [31]);
        assert_eq!(sizes_of(101), [96, 5]);
        assert_eq!(sizes_of(300), [128, 128, 40, 4]);
    }
}
