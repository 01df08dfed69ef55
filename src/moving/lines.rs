//! The file of a table, line by line. What is wrong is told without what stands there, which may be a hash or an address.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};

use super::home::{MoveError, unreadable};
use crate::store::whole::{Column, Table};
use crate::store::{Kind, Value};

/// How many rows are read, and written, at once.
const CHUNK: usize = 512;

/// The lines of a table's file.
pub(super) struct Lines {
    path: PathBuf,
    file: BufReader<File>,
    /// How many have been read.
    pub(super) read: u64,
}

impl Lines {
    pub(super) fn open(path: &Path) -> Result<Self, MoveError> {
        let file = File::open(path).map_err(|error| unreadable(path, error))?;
        Ok(Self { path: path.to_owned(), file: BufReader::new(file), read: 0 })
    }

    /// What is wrong with the line read last.
    pub(super) fn wrong(&self, what: impl Into<String>) -> MoveError {
        MoveError::Line { path: self.path.clone(), line: self.read.max(1), what: what.into() }
    }

    /// The next line, as JSON; `None` after the last.
    fn advance(&mut self) -> Result<Option<Vec<serde_json::Value>>, MoveError> {
        let mut line = Vec::new();
        let length = self.file.read_until(b'\n', &mut line).map_err(|error| unreadable(&self.path, error))?;
        if length == 0 {
            return Ok(None);
        }
        self.read += 1;
        // Said without serde's words, which may repeat what stands there.
        serde_json::from_slice(&line).map(Some).map_err(|_| self.wrong("not a list of values in JSON, or cut off"))
    }

    /// The columns that the first line names, which are the table's in any order.
    pub(super) fn columns(&mut self, table: &Table) -> Result<Vec<Column>, MoveError> {
        let named = self.advance()?.unwrap_or_default();
        let column = |name: &serde_json::Value| table.columns.iter().find(|column| name.as_str() == Some(&column.name)).cloned();
        let columns: Vec<Column> = named.iter().filter_map(column).collect();
        if named.len() == table.columns.len() && table.columns.iter().all(|column| columns.contains(column)) {
            return Ok(columns);
        }
        let names: Vec<_> = table.columns.iter().map(|column| column.name.as_str()).collect();
        Err(self.wrong(format!("the first line must name the columns {}", names.join(", "))))
    }

    /// The next rows; none after the last.
    pub(super) fn rows(&mut self, columns: &[Column]) -> Result<Vec<Vec<Value>>, MoveError> {
        let mut rows = Vec::with_capacity(CHUNK);
        while rows.len() < CHUNK
            && let Some(line) = self.advance()?
        {
            if line.len() != columns.len() {
                return Err(self.wrong(format!("{} values where there are {} columns", line.len(), columns.len())));
            }
            let values = columns.iter().zip(line).map(|(column, value)| self.value(column, value));
            rows.push(values.collect::<Result<_, _>>()?);
        }
        Ok(rows)
    }

    fn value(&self, column: &Column, value: serde_json::Value) -> Result<Value, MoveError> {
        match (column.kind, value) {
            (Kind::Integer, serde_json::Value::Null) => Ok(Value::Integer(None)),
            (Kind::Integer, value) => match value.as_i64() {
                Some(number) => Ok(Value::Integer(Some(number))),
                None => Err(self.wrong(format!("column {}: not a whole number", column.name))),
            },
            (Kind::Text, serde_json::Value::Null) => Ok(Value::Text(None)),
            (Kind::Text, serde_json::Value::String(text)) => Ok(Value::Text(Some(text))),
            (Kind::Text, _) => Err(self.wrong(format!("column {}: not a text", column.name))),
        }
    }
}
