//! `guichet verify`: what can be said of a receipt that somebody shows, by its reference.

use std::path::Path;

use crate::domain::Reference;
use crate::secret::{Key, KeyError};
use crate::store::audit::{self, Trouble, Verdict};
use crate::store::meta::{self, Meta};
use crate::store::{Conn, Db, StoreError};
use crate::unlock;

/// How it came out. The number is the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The counter gave the receipt out, and its row is intact.
    Genuine = 0,
    /// No row has the reference, or none that is kept.
    Unknown = 1,
    /// The row is not as the counter wrote it.
    Altered = 2,
}

/// Why nothing can be said.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The key cannot be read.
    #[error("GUICHET_KEY_FILE: {0}")]
    Key(#[from] KeyError),
    /// The key is not the database's: every receipt would look altered.
    #[error("GUICHET_KEY_FILE: {0} is not the key that belongs to the database, which receipts are sealed with; put back the right key")]
    WrongKey(String),
    /// The database failed.
    #[error("DATABASE_URL: {0}; see to the database and try again")]
    Store(#[from] StoreError),
}

/// Looks up a reference as somebody typed it; what to tell the operator, in a line or two.
pub async fn verify(db: &Db, key_file: &Path, typed: &str) -> Result<(Outcome, String), VerifyError> {
    let reference: Reference = match typed.parse() {
        Ok(reference) => reference,
        Err(error) => return Ok((Outcome::Unknown, format!("unknown: {error}"))),
    };
    let key = Key::read(key_file)?;
    let mut conn = db.conn().await?;
    if meta::get(&mut conn, Meta::KeyFingerprint).await?.is_some_and(|known| known != key.fingerprint()) {
        return Err(VerifyError::WrongKey(key_file.display().to_string()));
    }
    let key = unlock::inherited(&mut conn, key).await?;
    Ok(tell(&reference, look_up(&mut conn, &key, &reference).await?))
}

/// Everything is read of one moment: rows may be cut off meanwhile.
async fn look_up(conn: &mut Conn, key: &Key, reference: &Reference) -> Result<Verdict, StoreError> {
    conn.begin_reading().await?;
    let verdict = audit::verify(conn, key, reference).await?;
    conn.commit().await?;
    Ok(verdict)
}

fn tell(reference: &Reference, verdict: Verdict) -> (Outcome, String) {
    match verdict {
        Verdict::Genuine { action, outcome, happened_at, sealed_later } => {
            let since = match sealed_later {
                true => "written by an earlier version, sealed and unaltered since this one first started",
                false => "sealed when it was written, and unaltered since",
            };
            let at = happened_at.strftime("%Y-%m-%d %H:%M:%S");
            (Outcome::Genuine, format!("genuine: {reference}\naction: {action}\noutcome: {outcome}\nwhen: {at} UTC\nseal: {since}"))
        }
        Verdict::Altered(Trouble::NotBegun) => (Outcome::Unknown, format!("cannot be told: {reference}: {}", Trouble::NotBegun)),
        Verdict::Altered(trouble) => {
            (Outcome::Altered, format!("altered: {reference}: {trouble}; run `guichet check`, and believe nothing that this row says"))
        }
        Verdict::Unknown { cut_up_to: None } => (Outcome::Unknown, format!("unknown: {reference}: the counter gave out no such receipt")),
        Verdict::Unknown { cut_up_to: Some(cut) } => {
            let cut = cut.strftime("%Y-%m-%d %H:%M");
            let says = format!(
                "unknown: {reference}: the counter gave out no such receipt after {cut} UTC; older ones are past the age they are kept \
                 for, and cannot be told"
            );
            (Outcome::Unknown, says)
        }
    }
}
