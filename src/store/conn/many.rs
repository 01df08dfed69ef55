//! Statements that are run for many rows at once. Each way to SQLite's thread and back takes longer than most statements do there: what
//! has no answer to wait for is put off within a transaction, and goes along with the next statement, at the latest with the commit.

use std::collections::VecDeque;

use futures::TryStreamExt as _;
use serde::de::DeserializeOwned;
use sqlx::{AssertSqlSafe, Either, Executor as _, SqlSafeStr};

use super::coming::{Coming, PutOff, Rows};
use super::statement::{chunk, gathered, json, out_of_json, returning_nothing, written_out};
use super::{Conn, Fetched, Link, StoreError, Value, bind, dispatch};
use crate::crash::{self, Point};

impl Conn {
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
        Ok(Coming::rows(self.question(sql, out_of_json, fixed, rows).await?))
    }

    /// The same for a query that finds many rows: SQLite gathers them in one, for each that comes over from its thread wakes ours. The
    /// fields of `T` stand in the order of the columns.
    pub async fn gather<T: Fetched + DeserializeOwned + 'static>(
        &mut self,
        sql: &'static str,
        fixed: Vec<Value>,
        rows: Vec<Vec<Value>>,
    ) -> Result<Coming<Vec<T>>, StoreError> {
        Ok(Coming::gathered(self.question(sql, gathered, fixed, rows).await?))
    }

    /// The same for a statement that writes rows and returns their numbers, which SQLite tells without being asked.
    pub async fn number_rows(&mut self, sql: &'static str, rows: Vec<Vec<Value>>) -> Result<Coming<Vec<i64>>, StoreError> {
        let count = rows.len();
        Ok(Coming::numbers(self.question(sql, returning_nothing, vec![], rows).await?, count))
    }

    /// Has a statement answered, which SQLite takes in this form; the number of the question.
    async fn question(
        &mut self,
        sql: &'static str,
        form: fn(&str) -> String,
        fixed: Vec<Value>,
        rows: Vec<Vec<Value>>,
    ) -> Result<u64, StoreError> {
        self.asked += 1;
        let asked = self.asked;
        if self.is_file() {
            if !rows.is_empty() {
                self.put_off(form(sql), fixed, &rows, None, Some(asked))?;
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
    pub(super) async fn catch_up(&mut self) -> Result<(), StoreError> {
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
}

/// Makes sure that as many rows were changed as had to be.
fn as_many(wanted: Option<u64>, changed: u64) -> Result<(), StoreError> {
    if wanted.is_none_or(|wanted| wanted == changed) { Ok(()) } else { Err(StoreError::Overtaken) }
}
