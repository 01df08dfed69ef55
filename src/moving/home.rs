//! Reads what `out` wrote into a new database: all of it in one transaction, or nothing.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::lines::Lines;
use super::{Contents, FOLDER, MANIFEST, Manifest, file_of};
use crate::progress::Progress;
use crate::secret::Key;
use crate::store::lock::{Lock, Sole};
use crate::store::meta::{self, Meta};
use crate::store::whole::{self, Table};
use crate::store::{Conn, Db, StoreError};

/// How often, and how far apart, the lock on serving is asked for.
const LOCK_TRIES: u32 = 10;
const LOCK_PAUSE: Duration = Duration::from_millis(200);

/// Why nothing was imported.
#[derive(Debug, thiserror::Error)]
pub enum MoveError {
    /// The folder holds no manifest.
    #[error("{}: there is no such file; name a folder that `guichet export DIR --all` wrote, with all that is in it", .0.display())]
    Missing(PathBuf),
    /// A file cannot be read.
    #[error("{}: {error}; check that it is a file and that this user may read it", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// The manifest is not one.
    #[error("{}: not a manifest of `guichet export DIR --all` ({error}); export again", .path.display())]
    Manifest {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, and on which line.
        error: serde_json::Error,
    },
    /// It was written by a version with other tables.
    #[error(
        "{}: written by guichet {guichet} with the tables of migration {theirs}, but this guichet has those of {ours}; \
         export and import with the same version, then bring the new one up to date", .path.display()
    )]
    OtherVersion {
        /// The manifest.
        path: PathBuf,
        /// The version that wrote it.
        guichet: String,
        /// Its newest migration.
        theirs: i64,
        /// Ours.
        ours: i64,
    },
    /// The manifest leaves a table out, or names one that there is not.
    #[error("{}: names other tables than this guichet has ({table}); export again with this version", .path.display())]
    OtherTables {
        /// The manifest.
        path: PathBuf,
        /// The table.
        table: String,
    },
    /// A counter serves from the database.
    #[error("DATABASE_URL: a counter is serving from this database; `import --all` wants one that is new: name another")]
    Serving,
    /// The database is not new.
    #[error(
        "DATABASE_URL: this database is not empty (there are rows in the table {0}), and `import --all` wants one that is new; \
         name another, or bring accounts into this one with `guichet import DIR`"
    )]
    NotEmpty(String),
    /// A line is wrong.
    #[error("{}, line {line}: {what}; nothing was imported: export again, or mend the line", .path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// What is wrong, never what stands there.
        what: String,
    },
    /// The database refuses rows.
    #[error("{}, lines {first} to {last}: {error}; nothing was imported", .path.display())]
    Refused {
        /// The file.
        path: PathBuf,
        /// The first line of those that were written at once.
        first: u64,
        /// The last of them.
        last: u64,
        /// What the database said.
        error: StoreError,
    },
    /// The database failed.
    #[error("{0}; nothing was imported: see to the database and run the import again")]
    Store(#[from] StoreError),
}

/// What was moved in, for the operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// The tables and how many rows each has.
    pub tables: Vec<(String, u64)>,
    /// Where the key is looked for.
    pub key_file: PathBuf,
    /// The fingerprint of the key that belongs to the database, if a counter has served from it.
    pub fingerprint: Option<String>,
}

impl fmt::Display for Moved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<24}{:>10}", "table", "rows")?;
        self.tables.iter().try_for_each(|(table, rows)| write!(f, "\n{table:<24}{rows:>10}"))?;
        let place = self.key_file.display();
        match &self.fingerprint {
            None => {}
            Some(fingerprint) if self.has_key(fingerprint) => {
                write!(f, "\nThe key that belongs to it is here: {place}, fingerprint {fingerprint}.")?
            }
            Some(fingerprint) => write!(
                f,
                "\nThe key must move too: put the old counter's key file (fingerprint {fingerprint}) in {place}, or name it in \
                 GUICHET_KEY_FILE; without it `guichet run` refuses this database."
            )?,
        }
        f.write_str(
            "\nThe old counter must stay stopped: both would serve the same bot, and holders would meet now one, now the other. \
             Settings, policy and texts of your own are not in the database; take them along.",
        )
    }
}

impl Moved {
    fn has_key(&self, fingerprint: &str) -> bool {
        Key::read(&self.key_file).is_ok_and(|key| key.fingerprint() == fingerprint)
    }
}

/// Brings everything that `export DIR --all` wrote into a database that is new; rows keep their numbers. The key is looked for in
/// `key_file`, only to say whether it is there.
pub async fn import_all(db: &Db, folder: &Path, key_file: &Path, progress: impl Fn(Progress<'_>)) -> Result<Moved, MoveError> {
    let folder = folder.join(FOLDER);
    let manifest = read_manifest(&folder.join(MANIFEST))?;
    let _alone = alone(db).await?;
    let mut conn = db.conn().await?;
    if let Err(error) = bring_in(&mut conn, &folder, &manifest, &progress).await {
        conn.throw_away().await;
        return Err(error);
    }
    let fingerprint = meta::get(&mut conn, Meta::KeyFingerprint).await?;
    let tables = manifest.tables.into_iter().map(|contents| (contents.table, contents.rows)).collect();
    Ok(Moved { tables, key_file: key_file.to_owned(), fingerprint })
}

/// Keeps every counter from serving. Whoever has just made the tables may have had the lock: a server learns of the end of a connection
/// when it gets to it.
async fn alone(db: &Db) -> Result<Lock, MoveError> {
    for _ in 0..LOCK_TRIES {
        if let Some(lock) = db.lock(Sole::Serving).await? {
            return Ok(lock);
        }
        tokio::time::sleep(LOCK_PAUSE).await;
    }
    Err(MoveError::Serving)
}

fn read_manifest(path: &Path) -> Result<Manifest, MoveError> {
    let text = std::fs::read_to_string(path).map_err(|error| unreadable(path, error))?;
    let manifest: Manifest = serde_json::from_str(&text).map_err(|error| MoveError::Manifest { path: path.to_owned(), error })?;
    let ours = whole::version();
    if manifest.migration == ours {
        return Ok(manifest);
    }
    Err(MoveError::OtherVersion { path: path.to_owned(), guichet: manifest.guichet, theirs: manifest.migration, ours })
}

/// A file that is not there, or that cannot be read.
pub(super) fn unreadable(path: &Path, error: io::Error) -> MoveError {
    match error.kind() {
        io::ErrorKind::NotFound => MoveError::Missing(path.to_owned()),
        _ => MoveError::Unreadable { path: path.to_owned(), error },
    }
}

async fn bring_in(conn: &mut Conn, folder: &Path, manifest: &Manifest, progress: &impl Fn(Progress<'_>)) -> Result<(), MoveError> {
    let tables = whole::tables(conn).await?;
    let files = pair(&tables, manifest, folder)?;
    conn.begin().await?;
    for table in &tables {
        if whole::count(conn, table).await? > 0 {
            return Err(MoveError::NotEmpty(table.name.clone()));
        }
    }
    for (table, contents) in files {
        bring_in_table(conn, table, contents, &folder.join(file_of(&table.name)), progress).await?;
        whole::go_on_from(conn, table, contents.last_number).await?;
    }
    Ok(conn.commit().await?)
}

/// Each of our tables with what the manifest says of it, in an order in which rows can come in.
fn pair<'a>(tables: &'a [Table], manifest: &'a Manifest, folder: &Path) -> Result<Vec<(&'a Table, &'a Contents)>, MoveError> {
    let other = |table: &str| MoveError::OtherTables { path: folder.join(MANIFEST), table: table.to_owned() };
    if let Some(unknown) = manifest.tables.iter().find(|contents| tables.iter().all(|table| table.name != contents.table)) {
        return Err(other(&unknown.table));
    }
    let contents = |table: &'a Table| manifest.tables.iter().find(|contents| contents.table == table.name);
    tables.iter().map(|table| Ok((table, contents(table).ok_or_else(|| other(&table.name))?))).collect()
}

async fn bring_in_table(
    conn: &mut Conn,
    table: &Table,
    contents: &Contents,
    path: &Path,
    progress: &impl Fn(Progress<'_>),
) -> Result<(), MoveError> {
    let mut lines = Lines::open(path)?;
    let columns = lines.columns(table)?;
    loop {
        let first = lines.read + 1;
        let rows = lines.rows(&columns)?;
        if rows.is_empty() {
            break;
        }
        let last = lines.read;
        let refused = |error| MoveError::Refused { path: path.to_owned(), first, last, error };
        whole::insert(conn, table, &columns, rows).await.map_err(refused)?;
        progress(Progress { step: "moving in", file: &table.name, done: last - 1, all: contents.rows });
    }
    let rows = lines.read - 1;
    if rows == contents.rows {
        return Ok(());
    }
    Err(lines.wrong(format!("the file ends here with {rows} rows, but {MANIFEST} says {}", contents.rows)))
}
