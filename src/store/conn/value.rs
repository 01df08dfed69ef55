//! What is bound to statements and read out of rows.

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

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `BIGINT`, or SQLite's `INTEGER` of a row's number.
    Integer,
    /// `TEXT`.
    Text,
}

/// The values of a row, whose columns are read by their place.
pub(super) fn row_values(
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
