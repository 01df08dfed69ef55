//! What an import did, for the operator.

use std::fmt;

use crate::store::import::Ended;

/// How many conflicts are listed one by one.
const LISTED: usize = 100;

/// What an import did, file by file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Whether an earlier import, cut short while it was merged, was finished before this one.
    pub finished_earlier: bool,
    /// The files that were there.
    pub files: Vec<FileReport>,
}

/// What became of one file's rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileReport {
    /// The file's name.
    pub file: &'static str,
    /// The column that its conflicts are about.
    pub key: &'static str,
    /// How many rows it has.
    pub read: u64,
    /// How many of them are of accounts that the operator has erased; nothing was done with them.
    pub erased: u64,
    /// What became of the others.
    pub merged: Merged,
}

/// What became of the staged rows of one kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Merged {
    /// Rows that were not there before.
    pub new: u64,
    /// Rows that were there and now differ.
    pub changed: u64,
    /// The lines whose reference is known under another account; nothing was done with them.
    pub conflicts: Vec<i64>,
    /// What was ended by passwords that were changed.
    pub ended: Ended,
}

impl FileReport {
    /// How many rows were in the database already, just so.
    pub fn unchanged(&self) -> u64 {
        self.read.saturating_sub(self.merged.new + self.merged.changed + self.merged.conflicts.len() as u64 + self.erased)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.finished_earlier {
            writeln!(f, "An earlier import that was cut short while it was merged has been finished first.")?;
        }
        write!(f, "{:<14}{:>10}{:>10}{:>10}{:>11}{:>11}", "file", "read", "new", "changed", "unchanged", "conflicts")?;
        for report in &self.files {
            let Merged { new, changed, conflicts, .. } = &report.merged;
            let (read, unchanged) = (report.read, report.unchanged());
            write!(f, "\n{:<14}{read:>10}{new:>10}{changed:>10}{unchanged:>11}{:>11}", report.file, conflicts.len())?;
        }
        for report in self.files.iter().filter(|report| report.erased > 0) {
            write!(f, "\n{}: rows left out, of accounts that were erased here: {}", report.file, report.erased)?;
        }
        for (file, Ended { passwords, sessions }) in self.files.iter().map(|report| (report.file, report.merged.ended)) {
            if passwords > 0 {
                write!(
                    f,
                    "\n{file}: passwords changed elsewhere: {passwords}; their codes, sign-in pages and reset links are void, and open \
                     sessions were ended: {sessions}"
                )?;
            }
        }
        self.files.iter().try_for_each(|report| list_conflicts(report, f))
    }
}

fn list_conflicts(report: &FileReport, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let lines = &report.merged.conflicts;
    for line in lines.iter().take(LISTED) {
        write!(f, "\n{}, line {line}, column {}: known under another account; left as it is", report.file, report.key)?;
    }
    match lines.len().checked_sub(LISTED) {
        Some(more @ 1..) => write!(f, "\n{}: {more} more conflicts", report.file),
        _ => Ok(()),
    }
}
