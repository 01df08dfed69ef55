//! `guichet export`: writes accounts, balances, cards and payments into a folder of CSV files, as `import` reads them, all of one
//! moment, whole or not at all. The SQL is in `store::export`. For a move, everything else goes along, see `moving`.

use std::fmt;
use std::fs::{File, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use crate::import::formula;
use crate::moving;
use crate::progress::Progress;
use crate::store::export::{self as store, Exported, ExportedAccount, ExportedBalance, ExportedCard, ExportedPayment};
use crate::store::import::{self, Kind};
use crate::store::{Conn, Db, StoreError};

/// Why nothing was exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// There is something where the files would go.
    #[error("{}: something is here already, and an export overwrites nothing; name a folder that is not there yet, or an empty one", .0.display())]
    Taken(PathBuf),
    /// There is no folder for it.
    #[error("{}: there is no such folder; make it first, or name another place", .0.display())]
    NoFolder(PathBuf),
    /// A file cannot be written.
    #[error("{}: {error}; check the folder it is in, its permissions and the disk", .path.display())]
    Unwritable {
        /// The folder to be.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// An import is merged only in part.
    #[error(
        "an import is being merged; export once it has ended. If it was cut short, the next `guichet import` or the next start of \
         `guichet run` finishes it"
    )]
    Importing,
    /// The database failed.
    #[error("{0}; nothing was exported: see to the database and run the export again")]
    Store(#[from] StoreError),
}

/// What was exported, for the operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    /// How many rows each file has.
    pub files: Vec<(String, u64)>,
}

/// How much is exported.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extent {
    Accounts,
    Everything,
}

impl fmt::Display for Export {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.files.iter().map(|(file, _)| file.len()).max().unwrap_or_default() + 2;
        write!(f, "{:<width$}{:>10}", "file", "rows")?;
        self.files.iter().try_for_each(|(file, rows)| write!(f, "\n{file:<width$}{rows:>10}"))
    }
}

/// Exports into `folder`, which only its owner can look into: the files hold password hashes. They are written beside it first, so
/// that it is there whole or not at all; the counter may go on serving.
pub async fn export(db: &Db, folder: &Path, progress: impl Fn(Progress<'_>)) -> Result<Export, ExportError> {
    make(db, folder, Extent::Accounts, progress).await
}

/// The same, and with it everything else that the counter keeps, for a move to another database.
pub async fn export_all(db: &Db, folder: &Path, progress: impl Fn(Progress<'_>)) -> Result<Export, ExportError> {
    make(db, folder, Extent::Everything, progress).await
}

async fn make(db: &Db, folder: &Path, extent: Extent, progress: impl Fn(Progress<'_>)) -> Result<Export, ExportError> {
    let unwritable = |error| ExportError::Unwritable { path: folder.to_owned(), error };
    if !is_free(folder).map_err(unwritable)? {
        return Err(ExportError::Taken(folder.to_owned()));
    }
    let beside = std::path::absolute(folder).map_err(unwritable)?;
    let beside = beside.parent().unwrap_or(&beside);
    if !beside.is_dir() {
        return Err(ExportError::NoFolder(beside.to_owned()));
    }
    let making = tempfile::Builder::new().prefix(".guichet-export-").permissions(Permissions::from_mode(0o700)).tempdir_in(beside);
    let making = making.map_err(unwritable)?;
    let mut conn = db.conn().await?;
    conn.begin_reading().await?;
    let written = write_all(&mut conn, making.path(), extent, &progress).await;
    conn.throw_away().await;
    let export = written.map_err(|failure| match failure {
        Failure::Io(error) => unwritable(error),
        Failure::Export(error) => error,
    })?;
    put_in_place(&making, folder, beside).map_err(unwritable)?;
    Ok(export)
}

/// What stopped the writing.
pub(crate) enum Failure {
    /// A file.
    Io(io::Error),
    /// Something else.
    Export(ExportError),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Export(error.into())
    }
}

impl From<csv::Error> for Failure {
    fn from(error: csv::Error) -> Self {
        Self::Io(error.into())
    }
}

/// Whether nothing is there that an export would overwrite.
fn is_free(folder: &Path) -> io::Result<bool> {
    match std::fs::read_dir(folder) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => Ok(false),
        Err(error) => Err(error),
    }
}

async fn write_all(conn: &mut Conn, folder: &Path, extent: Extent, progress: &impl Fn(Progress<'_>)) -> Result<Export, Failure> {
    // Asked within the transaction: what is read after it is of the same moment.
    if import::is_decided(conn).await? {
        return Err(Failure::Export(ExportError::Importing));
    }
    let mut files = vec![
        write::<ExportedAccount>(conn, folder, progress).await?,
        write::<ExportedBalance>(conn, folder, progress).await?,
        write::<ExportedCard>(conn, folder, progress).await?,
        write::<ExportedPayment>(conn, folder, progress).await?,
    ];
    if extent == Extent::Everything {
        files.extend(moving::write(conn, folder, progress).await?);
    }
    Ok(Export { files })
}

/// Writes one file; its name and how many rows it has.
async fn write<R: Exported>(conn: &mut Conn, folder: &Path, progress: &impl Fn(Progress<'_>)) -> Result<(String, u64), Failure> {
    let file = R::KIND.file();
    let all = store::count(conn, R::KIND).await?;
    let mut writer = create(&folder.join(file), R::KIND)?;
    let (mut done, mut after) = (0, R::beginning());
    let sealer = conn.sealer()?;
    loop {
        let rows: Vec<R> = store::page(conn, after).await?;
        let Some(last) = rows.last() else { break };
        after = last.place();
        done += rows.len() as u64;
        for row in rows {
            writer.write_record(harmless(R::KIND, row.fields(&sealer)?))?;
        }
        progress(Progress { step: "writing", file, done, all });
    }
    writer.into_inner().map_err(|error| error.into_error())?.sync_all()?;
    Ok((file.to_owned(), done))
}

/// The fields as no spreadsheet runs them. An amount is a number, with a minus before it or not.
fn harmless(kind: Kind, fields: Vec<String>) -> impl Iterator<Item = String> {
    let columns = kind.columns().iter();
    columns.zip(fields).map(|(column, field)| if *column == "amount" { field } else { formula::disarm(&field) })
}

/// A new file that only its owner can read, with its header.
fn create(path: &Path, kind: Kind) -> Result<csv::Writer<File>, Failure> {
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    let mut writer = csv::Writer::from_writer(file);
    writer.write_record(kind.columns())?;
    Ok(writer)
}

/// Gives the folder its name, so that a crash from now on cannot undo it. An empty folder of that name makes room.
fn put_in_place(made: &tempfile::TempDir, folder: &Path, beside: &Path) -> io::Result<()> {
    File::open(made.path())?.sync_all()?;
    std::fs::rename(made.path(), folder)?;
    File::open(beside)?.sync_all()
}

#[cfg(test)]
mod tests;
