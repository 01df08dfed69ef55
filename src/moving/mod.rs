//! Moving house: everything that a counter keeps, out of one database and into a new one, of either kind, as JSON Lines: a file a
//! table in the folder `all`, whose first line names the columns, and a manifest. `out` writes them as a part of an export, `home`
//! reads them by their `lines`; which tables there are is known to `store::whole`.

mod home;
mod lines;
mod out;

pub use home::{MoveError, Moved, import_all};
pub(crate) use out::write;

/// The folder within an export.
const FOLDER: &str = "all";
const MANIFEST: &str = "manifest.json";

/// What is in the folder, so that what is missing is noticed.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
struct Manifest {
    /// The version of guichet that wrote it.
    guichet: String,
    /// The newest migration: what the tables are like.
    migration: i64,
    /// Each table after those that its rows refer to.
    tables: Vec<Contents>,
}

/// What the file of a table holds.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
struct Contents {
    table: String,
    rows: u64,
    /// The highest number that one of its rows was ever given, so that none is given twice.
    last_number: i64,
}

/// The name of a table's file.
fn file_of(table: &str) -> String {
    format!("{table}.jsonl")
}
