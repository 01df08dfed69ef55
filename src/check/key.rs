//! The key: whether it is there, belongs to the database, and is for its owner's eyes alone.

use std::path::Path;

use super::database::Stand;
use super::{Finding, Subject, can_write};
use crate::secret::{Key, KeyError, readable_by_others};
use crate::unlock::{self, UnlockError};

pub(super) fn examine(subject: &Subject<'_>, database: &Stand) -> Vec<Finding> {
    if matches!(database, Stand::Unreadable(_) | Stand::Unusable(_)) {
        return vec![Finding::care("key", "not examined; the database has to be set right first")];
    }
    if database.rotating() {
        return vec![Finding::fault("key", UnlockError::Rotating.to_string())];
    }
    let path = &subject.settings.key_file;
    let place = path.display();
    let key = match (Key::read(path), database.fingerprint()) {
        (Err(KeyError::Missing(_)), None) => return vec![to_be_made(path)],
        (Err(error), _) => return vec![Finding::fault("key", UnlockError::from(error).to_string())],
        (Ok(key), Some(fingerprint)) if key.fingerprint() != fingerprint => {
            return vec![Finding::fault("key", unlock::wrong(path, fingerprint).to_string())];
        }
        (Ok(key), _) => key,
    };
    if readable_by_others(path).unwrap_or(true) {
        return vec![Finding::care("key", format!("others than its owner can read {place}; run `chmod 600 {place}`"))];
    }
    let whose = if database.fingerprint().is_some() { "belongs to the database" } else { "will be a new database's" };
    vec![Finding::ok("key", format!("{place} {whose}, fingerprint {}; keep a copy of both", key.fingerprint()))]
}

fn to_be_made(path: &Path) -> Finding {
    let place = path.display();
    match can_write(path.parent().unwrap_or(Path::new("."))) {
        Ok(()) => Finding::ok("key", format!("{place} is not there yet and will be made at the first start")),
        Err(error) => Finding::fault("key", format!("{place} cannot be made: {error}; make its folder, and let this user write there")),
    }
}
