//! `guichet key rotate`: a new key takes the old one's place, and everything that is sealed is sealed anew. The new key's file stands
//! beside the old one's until nothing needs the old one any more; cut short anywhere, the next run goes on. What the old key has given
//! out ends with it: codes that wait to be entered (ten minutes at most) and links whose mail has not gone are asked for anew, while
//! links that were mailed stay good, for their hash is kept, and so are receipts. Seals and hashes that cannot be made anew go on with
//! a secret that the old key hands on.

use std::fmt;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::clock::Random;
use crate::crash::{self, Point};
use crate::seal::{Sealer, key_id};
use crate::secret::{Key, KeyError};
use crate::store::lock::{Lock, Sole};
use crate::store::meta::{self, Meta};
use crate::store::reseal::{self, Resealed};
use crate::store::{Conn, Db, StoreError, import, known_chat};
use crate::unlock::{LASTING, NEW, beside};

/// How often, and how far apart, the locks are asked for: a server learns of the end of a connection when it gets to it.
const LOCK_TRIES: u32 = 10;
const LOCK_PAUSE: Duration = Duration::from_millis(200);

/// Why the key was not changed, or not to the end.
#[derive(Debug, thiserror::Error)]
pub enum RotateError {
    /// A counter serves.
    #[error("DATABASE_URL: a counter is serving from this database, or an import is under way; stop it first, then change the key")]
    Serving,
    /// There is nothing to change.
    #[error("GUICHET_KEY_FILE: no key belongs to this database yet; the first `guichet run` or `guichet import` makes one")]
    NoKey,
    /// An earlier version's values are still in the clear.
    #[error("DATABASE_URL: this database was an earlier version's and has not been sealed yet; start the counter once with `guichet run`")]
    NotSealed,
    /// A key cannot be read or made.
    #[error("GUICHET_KEY_FILE: {0}")]
    Key(#[from] KeyError),
    /// The key is not the database's.
    #[error("GUICHET_KEY_FILE: {} is not the key that belongs to the database; put back the right key", .0.display())]
    WrongKey(PathBuf),
    /// The new key is another than the one that was begun with.
    #[error(
        "GUICHET_KEY_FILE: {} is not the key that the change was begun with (fingerprint {fingerprint}); put that key's file back, and run \
         this again", .path.display()
    )]
    OtherNewKey {
        /// Where the new key is looked for.
        path: PathBuf,
        /// The fingerprint of the one that is wanted.
        fingerprint: String,
    },
    /// The files cannot change places.
    #[error("{}: {error}; everything is sealed with the new key already: check the folder, and run this again", .path.display())]
    Files {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// The database failed.
    #[error("DATABASE_URL: {0}; see to the database and run this again: it goes on where it was")]
    Store(#[from] StoreError),
}

/// A change of the key that came to its end, for the operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rotated {
    /// The key's file.
    pub key_file: PathBuf,
    /// The new key's fingerprint.
    pub fingerprint: String,
    /// Where the old key is now.
    pub old_file: PathBuf,
    /// What this run has sealed.
    pub resealed: Resealed,
}

impl fmt::Display for Rotated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key_file, fingerprint, old_file, resealed } = self;
        writeln!(f, "{}: the new key, fingerprint {fingerprint}; rows sealed with it by this run: {}", key_file.display(), resealed.rows)?;
        if resealed.unreadable > 0 {
            writeln!(f, "CARE: rows that hold something that did not open, and were left as they are: {}", resealed.unreadable)?;
        }
        write!(
            f,
            "Keep a copy of it, in another place than the database's. The old key is in {}: only copies of the database from before need \
             it; delete it once they are gone.",
            old_file.display()
        )
    }
}

/// The files of a change.
struct Files {
    key: PathBuf,
    new: PathBuf,
}

/// Changes the key of a database that nobody serves from, or goes on with a change that was cut short.
pub async fn rotate(db: &Db, key_file: &Path, random: &Random) -> Result<Rotated, RotateError> {
    let _alone = (alone(db, Sole::Serving).await?, alone(db, Sole::Importing).await?);
    let files = Files { key: key_file.to_owned(), new: beside(key_file, NEW) };
    let mut conn = db.conn().await?;
    let fingerprint = meta::get(&mut conn, Meta::KeyFingerprint).await?.ok_or(RotateError::NoKey)?;
    if !reseal::is_complete(&mut conn).await? {
        return Err(RotateError::NotSealed);
    }
    let old = Key::read(&files.key)?;
    // Before anything is written: a change that was begun with a wrong key could neither go on nor go back.
    if old.fingerprint() != fingerprint && !files.hold_the_new_key(&fingerprint) {
        return Err(RotateError::WrongKey(files.key));
    }
    let new = new_key(&mut conn, &files, &fingerprint, random).await?;
    let mut resealed = Resealed::default();
    if new.fingerprint() != fingerprint {
        drop(conn);
        resealed = seal_anew(db, &old, &new).await?;
    }
    crash::at(Point::Rotation);
    reseal::wipe(&mut db.conn().await?).await?;
    crash::at(Point::Rotation);
    let old_file = files.change_places(&old)?;
    Ok(Rotated { key_file: files.key, fingerprint: new.fingerprint(), old_file, resealed })
}

async fn alone(db: &Db, sole: Sole) -> Result<Lock, RotateError> {
    for _ in 0..LOCK_TRIES {
        if let Some(lock) = db.lock(sole).await? {
            return Ok(lock);
        }
        tokio::time::sleep(LOCK_PAUSE).await;
    }
    Err(RotateError::Serving)
}

/// The key that is to be, or is already, the database's: the one that the change was begun with, or a new one.
async fn new_key(conn: &mut Conn, files: &Files, fingerprint: &str, random: &Random) -> Result<Key, RotateError> {
    let begun = meta::get(conn, Meta::KeyRotation).await?;
    let new = match Key::read(&files.new) {
        Err(KeyError::Missing(_)) if begun.is_none() => Key::create(&files.new, random)?,
        read => read?,
    };
    match begun {
        Some(begun) if begun != new.fingerprint() => Err(RotateError::OtherNewKey { path: files.new.clone(), fingerprint: begun }),
        None if new.fingerprint() != fingerprint => {
            // Merged now, since what is staged is found by the old key's indexes and nothing else.
            import::finish(conn).await?;
            import::abandon(conn).await?;
            crash::at(Point::Rotation);
            meta::set(conn, Meta::KeyRotation, &new.fingerprint()).await?;
            Ok(new)
        }
        _ => Ok(new),
    }
}

/// Seals everything with the new key, and then makes it the database's.
async fn seal_anew(db: &Db, old: &Key, new: &Key) -> Result<Resealed, RotateError> {
    db.unlock(Sealer::new(new).with_older(old));
    let mut conn = db.conn().await?;
    let sealer = conn.sealer()?;
    let (column, row) = LASTING;
    let lasting = match meta::get(&mut conn, Meta::Lasting).await? {
        Some(sealed) => sealer.open(column, row, &sealed).map_err(|error| StoreError::Sealed(column, error))?,
        None => old.lasting(),
    };
    let resealed = reseal::with_new_key(&mut conn).await?;
    crash::at(Point::Rotation);
    conn.begin().await?;
    known_chat::derive_anew(&mut conn, old, new).await?;
    meta::set(&mut conn, Meta::Lasting, &sealer.seal(column, row, &lasting)).await?;
    meta::set(&mut conn, Meta::KeyFingerprint, &new.fingerprint()).await?;
    meta::forget(&mut conn, Meta::KeyRotation).await?;
    conn.commit().await?;
    Ok(resealed)
}

impl Files {
    /// Whether everything is sealed with the new key already, and only the files have not changed places.
    fn hold_the_new_key(&self, fingerprint: &str) -> bool {
        Key::read(&self.new).is_ok_and(|new| new.fingerprint() == fingerprint)
    }

    /// Puts the old key aside, and the new one in its place; at every moment a key is there. Where the old one is.
    fn change_places(&self, old: &Key) -> Result<PathBuf, RotateError> {
        let aside = beside(&self.key, &format!("old-{}", key_id(&old.fingerprint())));
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |error| RotateError::Files { path, error }
        };
        match std::fs::hard_link(&self.key, &aside) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(failed(&aside)(error)),
            _ => {}
        }
        crash::at(Point::Rotation);
        std::fs::rename(&self.new, &self.key).map_err(failed(&self.key))?;
        let folder = self.key.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed(folder))?;
        Ok(aside)
    }
}
