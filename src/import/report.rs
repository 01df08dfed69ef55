//! What an import did, for the operator.

use std::fmt;

use crate::store::import::Merged;

/// How many conflicts are listed one by one.
const LISTED: usize = 100;

/// What an import did, file by file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
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
    /// What became of them.
    pub merged: Merged,
}

impl FileReport {
    /// How many rows were in the database already, just so.
    pub fn unchanged(&self) -> u64 {
        self.read.saturating_sub(self.merged.new + self.merged.changed + self.merged.conflicts.len() as u64)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<14}{:>10}{:>10}{:>10}{:>11}{:>11}", "file", "read", "new", "changed", "unchanged", "conflicts")?;
        for report in &self.files {
            let Merged { new, changed, conflicts } = &report.merged;
            let (read, unchanged) = (report.read, report.unchanged());
            write!(f, "\n{:<14}{read:>10}{new:>10}{changed:>10}{unchanged:>11}{:>11}", report.file, conflicts.len())?;
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
