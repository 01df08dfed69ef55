//! What a statement answers that has not been run yet, or with others: it is asked for first, and read when it is needed.

use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;

use super::conn::Fetched;
use super::{StoreError, Value};

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

/// The rows that a statement has returned.
pub(super) enum Rows {
    Sqlite(Vec<SqliteRow>),
    Postgres(Vec<PgRow>),
}

impl Rows {
    fn read<T: Fetched>(self) -> Result<Vec<T>, StoreError> {
        Ok(match self {
            Self::Sqlite(rows) => rows.iter().map(T::from_row).collect::<Result<_, _>>()?,
            Self::Postgres(rows) => rows.iter().map(T::from_row).collect::<Result<_, _>>()?,
        })
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
    /// What this question is answered.
    pub(super) fn new(asked: u64) -> Self {
        Self { asked, read: Box::new(Rows::read) }
    }
}
