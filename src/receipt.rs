//! `guichet verify`: what can be said of a receipt that somebody shows, by its reference, and of the report of the counter's end, by its seal.

use std::path::Path;

use crate::domain::Reference;
use crate::effects::Ending;
use crate::secret::Key;
use crate::store::audit::{self, Trouble, Verdict};
use crate::store::meta::{self, Meta};
use crate::store::{Conn, Db, OpenError, StoreError};
use crate::unlock::{self, UnlockError};

/// Digits of a seal.
const SEAL: usize = 64;

/// How it came out. The number is the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The counter gave it out, and what is kept of it is intact.
    Genuine = 0,
    /// Nothing that is kept has the reference or the seal.
    Unknown = 1,
    /// What is kept is not as the counter wrote it.
    Altered = 2,
}

/// Why nothing can be said. The exit code is 2, as for a receipt that is not to be believed: 1 says that the counter gave out no such.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The database cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The key cannot be read, or is not the database's: every receipt would look altered.
    #[error(transparent)]
    Key(#[from] UnlockError),
    /// The row has no seal yet.
    #[error("{0} cannot be told: {why}", why = Trouble::NotBegun)]
    NotBegun(Reference),
    /// The database failed.
    #[error("DATABASE_URL: {0}; see to the database and try again")]
    Store(#[from] StoreError),
}

/// Looks up a reference, or the seal of a report, as somebody typed it; what to tell the operator, in a line or two.
pub async fn verify(db: &Db, key_file: &Path, typed: &str) -> Result<(Outcome, String), VerifyError> {
    if typed.len() == SEAL && typed.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return report(db, key_file, &typed.to_ascii_lowercase()).await;
    }
    let reference: Reference = match typed.parse() {
        Ok(reference) => reference,
        Err(error) => return Ok((Outcome::Unknown, format!("unknown: {error}"))),
    };
    let mut conn = db.conn().await?;
    let key = unlock::key_for(&mut conn, key_file).await?;
    match look_up(&mut conn, &key, &reference).await? {
        Verdict::Altered(Trouble::NotBegun) => Err(VerifyError::NotBegun(reference)),
        verdict => Ok(tell(&reference, verdict)),
    }
}

/// Looks up the report of the counter's end by its seal, and says what the report said, to be compared with what somebody shows.
async fn report(db: &Db, key_file: &Path, seal: &str) -> Result<(Outcome, String), VerifyError> {
    let mut conn = db.conn().await?;
    let key = unlock::key_for(&mut conn, key_file).await?;
    let kept = meta::get(&mut conn, Meta::FinalReport).await?;
    let Some(kept) = kept else { return Ok((Outcome::Unknown, "unknown: this counter has made no report of its end".to_owned())) };
    let ending = serde_json::from_str::<Ending>(&kept).ok().filter(|ending| ending.is_sealed_by(&key));
    let Some(Ending { began_at, done_at, erased, fingerprint, seal: ours }) = ending else {
        let says = "altered: what is kept of the report is not as the counter sealed it; find out who could write to the database";
        return Ok((Outcome::Altered, says.to_owned()));
    };
    if ours != seal {
        return Ok((Outcome::Unknown, "unknown: the report of this counter's end has another seal".to_owned()));
    }
    let erased: Vec<String> = erased.iter().map(|(table, rows)| format!("{table}: {rows}")).collect();
    let [began, done] = [began_at, done_at].map(|at| at.strftime("%Y-%m-%d %H:%M:%S").to_string());
    let says = format!(
        "genuine: the report of this counter's end, which says:\nbegun: {began} UTC\nfinished: {done} UTC\nkey: {fingerprint}\nrows \
         erased: {}",
        erased.join(", ")
    );
    Ok((Outcome::Genuine, says))
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
