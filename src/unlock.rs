//! Brings a database and its key together: nothing that identifies a holder can be read or written without. The database keeps the
//! key's fingerprint, so that a wrong one is told at once.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::clock::Random;
use crate::seal::Sealer;
use crate::secret::{Key, KeyError};
use crate::store::meta::{self, Meta};
use crate::store::{Conn, Db, StoreError, audit, reseal};

/// Why a database stays locked. Each says what is wrong, where, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum UnlockError {
    /// There is no key, or it cannot be read.
    #[error("GUICHET_KEY_FILE: {0}")]
    Key(#[from] KeyError),
    /// The key is not the database's.
    #[error("GUICHET_KEY_FILE: {} is not the key that belongs to the database; put back the right key, or name a new database", .0.display())]
    WrongKey(PathBuf),
    /// The key is being changed.
    #[error("GUICHET_KEY_FILE: the key of this database is being changed, which has not come to its end; run `guichet key rotate` again")]
    Rotating,
    /// An earlier version's values are still in the clear.
    #[error("DATABASE_URL: this database was an earlier version's and has not been sealed yet; start the counter once with `guichet run`")]
    NotSealed,
    /// The database failed.
    #[error("DATABASE_URL: {0}; check the disk and the permissions of the database")]
    Store(#[from] StoreError),
}

/// Unlocks a database to work with it: a new one gets a new key, unless one is there already, and what an earlier version has kept in
/// the clear is sealed. The key.
pub async fn unlock(db: &Db, key_file: &Path, random: &Random, now: Timestamp) -> Result<Key, UnlockError> {
    let mut conn = db.conn().await?;
    let known = fingerprint(&mut conn).await?;
    let key = match Key::read(key_file) {
        Err(KeyError::Missing(_)) if known.is_none() => match Key::create(key_file, random) {
            // Of replicas that start together one was quicker.
            Err(KeyError::Exists(_)) => Key::read(key_file)?,
            created => created?,
        },
        read => read?,
    };
    let fingerprint = meta::claim(&mut conn, Meta::KeyFingerprint, &key.fingerprint()).await?;
    if key.fingerprint() != fingerprint {
        return Err(wrong(key_file, &fingerprint));
    }
    let key = inherited(&mut conn, key).await?;
    drop(conn);
    db.unlock(Sealer::new(&key));
    reseal::complete(db, &key, now).await?;
    go_on_with_audit(&mut db.conn().await?, &key).await?;
    Ok(key)
}

/// Brings an earlier version's audit up to date; of replicas one does.
async fn go_on_with_audit(conn: &mut Conn, key: &Key) -> Result<(), StoreError> {
    conn.begin().await?;
    if conn.may_sweep().await? {
        audit::go_on(conn, key).await?;
    }
    conn.commit().await
}

/// Why a key is not the database's: where the change of the key has all but ended, the right one still stands beside it.
fn wrong(key_file: &Path, fingerprint: &str) -> UnlockError {
    match Key::read(&beside(key_file, NEW)) {
        Ok(new) if new.fingerprint() == fingerprint => UnlockError::Rotating,
        _ => UnlockError::WrongKey(key_file.to_owned()),
    }
}

/// What the name of a new key's file ends in, until it takes the old one's place.
pub(crate) const NEW: &str = "new";

/// The file beside the key whose name ends so.
pub(crate) fn beside(key_file: &Path, ending: &str) -> PathBuf {
    let mut name = key_file.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    name.into()
}

/// The column, so to speak, and the row of the secret that outlasts a change of the key.
pub(crate) const LASTING: (&str, &str) = ("meta.value", "lasting");

/// The database's key with what an earlier one has handed on to it: without, what is sealed for good would look altered.
pub async fn inherited(conn: &mut Conn, key: Key) -> Result<Key, StoreError> {
    let Some(sealed) = meta::get(conn, Meta::Lasting).await? else { return Ok(key) };
    let (column, row) = LASTING;
    let lasting = Sealer::new(&key).open(column, row, &sealed).map_err(|error| StoreError::Sealed(column, error))?;
    key.inheriting(&lasting).ok_or(StoreError::Unreadable("meta.value"))
}

/// Unlocks a database only to read from it: nothing is written. One that no key belongs to yet holds nothing that is sealed.
pub async fn look(db: &Db, key_file: &Path) -> Result<(), UnlockError> {
    let mut conn = db.conn().await?;
    let Some(fingerprint) = fingerprint(&mut conn).await? else { return Ok(()) };
    let key = Key::read(key_file)?;
    if key.fingerprint() != fingerprint {
        return Err(wrong(key_file, &fingerprint));
    }
    if !reseal::is_complete(&mut conn).await? {
        return Err(UnlockError::NotSealed);
    }
    db.unlock(Sealer::new(&key));
    Ok(())
}

/// The fingerprint of the database's key, if one belongs to it, unless the key is being changed.
async fn fingerprint(conn: &mut Conn) -> Result<Option<String>, UnlockError> {
    match meta::get(conn, Meta::KeyRotation).await? {
        Some(_) => Err(UnlockError::Rotating),
        None => Ok(meta::get(conn, Meta::KeyFingerprint).await?),
    }
}
