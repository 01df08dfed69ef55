//! Brings a database and its key together: nothing that identifies a holder can be read or written without. The database keeps the
//! key's fingerprint, so that a wrong one is told at once.

use std::path::{Path, PathBuf};

use crate::clock::Random;
use crate::seal::Sealer;
use crate::secret::{Key, KeyError};
use crate::store::meta::{self, Meta};
use crate::store::{Conn, Db, StoreError, reseal};

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
pub async fn unlock(db: &Db, key_file: &Path, random: &Random) -> Result<Key, UnlockError> {
    let mut conn = db.conn().await?;
    let known = fingerprint(&mut conn).await?;
    let key = match Key::read(key_file) {
        Err(KeyError::Missing(_)) if known.is_none() => Key::create(key_file, random)?,
        read => read?,
    };
    if meta::claim(&mut conn, Meta::KeyFingerprint, &key.fingerprint()).await? != key.fingerprint() {
        return Err(UnlockError::WrongKey(key_file.to_owned()));
    }
    drop(conn);
    db.unlock(Sealer::new(&key));
    reseal::complete(db).await?;
    Ok(key)
}

/// Unlocks a database only to read from it: nothing is written. One that no key belongs to yet holds nothing that is sealed.
pub async fn look(db: &Db, key_file: &Path) -> Result<(), UnlockError> {
    let mut conn = db.conn().await?;
    let Some(fingerprint) = fingerprint(&mut conn).await? else { return Ok(()) };
    let key = Key::read(key_file)?;
    if key.fingerprint() != fingerprint {
        return Err(UnlockError::WrongKey(key_file.to_owned()));
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
