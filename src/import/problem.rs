//! What is wrong with the files. A problem never repeats what stands in a field: it may be a card number, a hash or an address.

use std::fmt;

use crate::store::import::Kind;

/// How many problems are gathered before the reading stops.
const MOST: usize = 20;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file's name.
    pub file: &'static str,
    /// The line, from 1, which is the header.
    pub line: i64,
    /// The column's name.
    pub column: &'static str,
    /// What is wrong, and what would be right.
    pub what: String,
}

/// Everything that was found wrong, up to a limit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// What was found, file by file.
    pub fn all(&self) -> &[Problem] {
        &self.0
    }

    /// Notes a problem, as long as there is room.
    pub(super) fn note(&mut self, kind: Kind, line: i64, column: &'static str, what: impl Into<String>) {
        if !self.is_full() {
            self.0.push(Problem { file: kind.file(), line, column, what: what.into() });
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn is_full(&self) -> bool {
        self.0.len() >= MOST
    }

    /// How many more would be noted.
    pub(super) fn room(&self) -> i64 {
        i64::try_from(MOST.saturating_sub(self.0.len())).unwrap_or(0)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, line {}, column {}: {}", self.file, self.line, self.column, self.what)
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for problem in &self.0 {
            writeln!(f, "{problem}")?;
        }
        if self.is_full() {
            writeln!(f, "There may be more: reading stopped after {MOST}.")?;
        }
        f.write_str("Nothing was imported; correct the files and run the import again.")
    }
}
