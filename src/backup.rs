//! `guichet backup`: a copy of the database, of one moment, while the counter serves from it; checked, and with the key that it
//! needs named. To restore is to put the copy and the key in their places, with no `-wal` file of another database
//! beside it, and start the counter.

use std::fmt;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use crate::secret::{Key, KeyError};
use crate::store::meta::{self, Meta};
use crate::store::{Db, StoreError, backup as store};

/// Why there is no copy.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// PostgreSQL has its own way.
    #[error(
        "DATABASE_URL: this database is PostgreSQL's; copy it with `pg_dump`, and keep a copy of the key, {}, apart from it \
         (GUICHET_KEY_FILE)", .0.display()
    )]
    Postgres(PathBuf),
    /// There is a file already.
    #[error("{}: a file is here already, and a copy overwrites nothing; name another file", .0.display())]
    Taken(PathBuf),
    /// There is no folder for it.
    #[error("{}: there is no such folder; make it first, or name another place", .0.display())]
    NoFolder(PathBuf),
    /// It cannot be written.
    #[error("{}: {error}; check the folder it is in, its permissions and the disk", .path.display())]
    Unwritable {
        /// The file to be.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// There is no key, or it cannot be read.
    #[error("GUICHET_KEY_FILE: {0}")]
    Key(#[from] KeyError),
    /// The key is not the database's.
    #[error(
        "GUICHET_KEY_FILE: {} is not the key that belongs to the database, and without that one a copy is of no use; put back the right key",
        .0.display()
    )]
    WrongKey(PathBuf),
    /// The key is being changed.
    #[error(
        "GUICHET_KEY_FILE: the key of this database is being changed, and a copy would need two; run `guichet key rotate` to its end first"
    )]
    Rotating,
    /// The copy is not what it should be.
    #[error("the copy is not sound ({0}) and was not kept; check the database and the disk")]
    Unsound(String),
    /// The database failed.
    #[error("DATABASE_URL: {0}; check the disk and the permissions of the database")]
    Store(#[from] StoreError),
}

/// A copy that was made and checked, for the operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backup {
    /// Where it is.
    pub file: PathBuf,
    /// Its size in bytes.
    pub size: u64,
    /// The key that it needs: its file and its fingerprint; `None` if no counter has served from the database yet.
    pub key: Option<(PathBuf, String)>,
}

impl fmt::Display for Backup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {} bytes, read through and sound", self.file.display(), self.size)?;
        match &self.key {
            Some((file, fingerprint)) => write!(
                f,
                "It needs the key in {} (fingerprint {fingerprint}): without it `guichet run` refuses the copy. \
                 Keep a copy of the key as well, in another place, so that nobody finds both at once.",
                file.display()
            ),
            None => write!(f, "No key belongs to it yet: the first `guichet run` or `guichet import` makes one."),
        }
    }
}

/// Copies the database into `file`, which is there whole and sound or not at all, and which only its owner can read.
pub async fn back_up(db: &Db, key_file: &Path, file: &Path) -> Result<Backup, BackupError> {
    let unwritable = |error| BackupError::Unwritable { path: file.to_owned(), error };
    if !db.is_file() {
        return Err(BackupError::Postgres(key_file.to_owned()));
    }
    if file.try_exists().map_err(unwritable)? {
        return Err(BackupError::Taken(file.to_owned()));
    }
    let mut conn = db.conn().await?;
    if meta::get(&mut conn, Meta::KeyRotation).await?.is_some() {
        return Err(BackupError::Rotating);
    }
    let fingerprint = meta::get(&mut conn, Meta::KeyFingerprint).await?;
    if let Some(fingerprint) = &fingerprint
        && Key::read(key_file)?.fingerprint() != *fingerprint
    {
        return Err(BackupError::WrongKey(key_file.to_owned()));
    }
    // An absolute path is never taken for a URI.
    let absolute = std::path::absolute(file).map_err(unwritable)?;
    let beside = absolute.parent().unwrap_or(&absolute);
    if !beside.is_dir() {
        return Err(BackupError::NoFolder(beside.to_owned()));
    }
    let making = tempfile::Builder::new().prefix(".guichet-backup-").tempfile_in(beside).map_err(unwritable)?.into_temp_path();
    let name = making.to_str().ok_or_else(|| unwritable(io::Error::other("the path is not UTF-8")))?;
    store::copy(&mut conn, name).await?;
    let (wrong, copied) = store::check(&making).await?;
    if let Some(wrong) = wrong {
        return Err(BackupError::Unsound(wrong));
    }
    let size = put_in_place(making, file, beside).map_err(unwritable)?;
    Ok(Backup { file: file.to_owned(), size, key: copied.map(|fingerprint| (key_file.to_owned(), fingerprint)) })
}

/// Gives the copy its name, so that a crash from now on cannot undo it; its size.
fn put_in_place(made: tempfile::TempPath, file: &Path, beside: &Path) -> io::Result<u64> {
    let copy = File::open(&made)?;
    copy.sync_all()?;
    made.persist_noclobber(file)?;
    File::open(beside)?.sync_all()?;
    Ok(copy.metadata()?.len())
}
