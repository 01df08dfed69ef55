//! What a statement answers that has not been run yet, or with others: it is asked for first, and read when it is needed.

use serde::de::DeserializeOwned;
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;

use super::{Fetched, StoreError, Value};

/// A statement that is run along with the next.
pub(super) struct PutOff {
    pub(super) text: String,
    pub(super) values: Vec<Value>,
    /// How many rows it has to change, where that is known.
    pub(super) changes: Option<u64>,
    /// Who asked for its rows.
    pub(super) asked: Option<u64>,
}

impl PutOff {
    /// A statement without values.
    pub(super) fn bare(text: &str) -> Self {
        Self { text: text.to_owned(), values: Vec::new(), changes: None, asked: None }
    }
}

/// What a statement has returned.
pub(super) enum Rows {
    Sqlite {
        rows: Vec<SqliteRow>,
        /// The number of the row that was written last.
        last: i64,
    },
    Postgres(Vec<PgRow>),
}

impl Rows {
    fn read<T: Fetched>(self) -> Result<Vec<T>, StoreError> {
        Ok(match self {
            Self::Sqlite { rows, .. } => rows.iter().map(T::from_row).collect::<Result<_, _>>()?,
            Self::Postgres(rows) => rows.iter().map(T::from_row).collect::<Result<_, _>>()?,
        })
    }

    /// The same, where SQLite has gathered them in one.
    fn read_gathered<T: Fetched + DeserializeOwned>(self) -> Result<Vec<T>, StoreError> {
        let Self::Sqlite { rows, .. } = &self else { return self.read() };
        let Some(row) = rows.first() else { return Ok(Vec::new()) };
        let gathered: &str = row.try_get(0)?;
        // What the error would say may repeat a value.
        serde_json::from_str(gathered).map_err(|_| StoreError::Unreadable("rows that were gathered"))
    }

    /// The numbers that were given to so many rows. SQLite gives each one more than the highest that it ever gave, and nobody else writes
    /// meanwhile (sqlite.org/autoinc.html).
    fn read_numbers(self, count: i64) -> Result<Vec<i64>, StoreError> {
        if let Self::Sqlite { last, .. } = self {
            return Ok((last - count + 1..=last).collect());
        }
        let mut numbers: Vec<i64> = self.read::<(i64,)>()?.into_iter().map(|(number,)| number).collect();
        // They are given in the order of the rows, but no database promises to return them so.
        numbers.sort_unstable();
        Ok(numbers)
    }
}

type Reading<A> = Box<dyn FnOnce(Rows) -> Result<A, StoreError> + Send>;

/// An answer that is on its way; [`Conn::get`](super::Conn::get) has it.
#[must_use = "what was asked for may not have been run yet"]
pub struct Coming<A> {
    pub(super) asked: u64,
    read: Reading<A>,
}

impl<A: 'static> Coming<A> {
    /// The same answer, made into something else.
    pub fn map<B>(self, make: impl FnOnce(A) -> Result<B, StoreError> + Send + 'static) -> Coming<B> {
        let read = self.read;
        Coming { asked: self.asked, read: Box::new(move |rows| make(read(rows)?)) }
    }

    pub(super) fn read(self, rows: Rows) -> Result<A, StoreError> {
        (self.read)(rows)
    }
}

impl<T: Fetched + 'static> Coming<Vec<T>> {
    /// The rows that this question is answered.
    pub(super) fn rows(asked: u64) -> Self {
        Self { asked, read: Box::new(Rows::read) }
    }
}

impl<T: Fetched + DeserializeOwned + 'static> Coming<Vec<T>> {
    /// The rows that this question is answered, which SQLite gathers in one.
    pub(super) fn gathered(asked: u64) -> Self {
        Self { asked, read: Box::new(Rows::read_gathered) }
    }
}

impl Coming<Vec<i64>> {
    /// The numbers that so many rows are given.
    pub(super) fn numbers(asked: u64, count: usize) -> Self {
        // A batch is far from that many.
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        Self { asked, read: Box::new(move |rows| rows.read_numbers(count)) }
    }
}
