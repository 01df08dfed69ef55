//! What seals cover: a row's content, its link in the chain, whose a subject is, a checkpoint. Databases outlive a version, so what is covered never changes.

use data_encoding::HEXLOWER;
use jiff::Timestamp;

use super::super::{Conn, StoreError, time, values};
use super::{CHECKPOINT, SET_CHECKPOINT};
use crate::secret::Key;

/// What a row's seal covers.
pub(super) struct Content<'a> {
    pub reference: &'a str,
    pub action: &'a str,
    pub subject: &'a str,
    pub outcome: &'a str,
    /// In milliseconds since 1970.
    pub happened_at: i64,
}

/// A row with its seal and, once it has one, its place.
#[derive(sqlx::FromRow)]
pub(super) struct Row {
    pub audit_id: i64,
    pub reference: String,
    pub action: String,
    pub subject: String,
    pub outcome: String,
    pub happened_at: i64,
    pub seal: String,
    pub place: Option<i64>,
    pub chain: Option<String>,
}

/// What a row's seal says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sealed {
    /// It was made with the row.
    AtOnce,
    /// The row is an earlier version's, sealed when this version first started.
    Later,
    /// It is not this row's.
    Broken,
}

impl Content<'_> {
    /// The seal of a row that is written now.
    pub fn seal(&self, key: &Key) -> String {
        self.sealed(key, "audit row")
    }

    fn sealed(&self, key: &Key, purpose: &str) -> String {
        let parts = [self.reference, self.action, self.subject, self.outcome].map(str::as_bytes);
        let at = self.happened_at.to_be_bytes();
        HEXLOWER.encode(&key.derive(purpose, &[parts[0], parts[1], parts[2], parts[3], &at]))
    }
}

impl Row {
    fn content(&self) -> Content<'_> {
        Content {
            reference: &self.reference,
            action: &self.action,
            subject: &self.subject,
            outcome: &self.outcome,
            happened_at: self.happened_at,
        }
    }

    /// The seal of a row that an earlier version wrote.
    pub fn seal_later(&self, key: &Key) -> String {
        self.content().sealed(key, "audit row of an earlier version")
    }

    /// What the row's seal says.
    pub fn sealed(&self, key: &Key) -> Sealed {
        match &self.seal {
            seal if *seal == self.content().seal(key) => Sealed::AtOnce,
            seal if *seal == self.seal_later(key) => Sealed::Later,
            _ => Sealed::Broken,
        }
    }
}

/// The link of a row in the chain: over the link before it, its place and its seal.
pub(super) fn link(key: &Key, before: &str, place: i64, seal: &str) -> String {
    HEXLOWER.encode(&key.derive("audit chain", &[before.as_bytes(), &place.to_be_bytes(), seal.as_bytes()]))
}

/// The seal of what says that a subject is this account's.
pub(super) fn seal_subject(key: &Key, account: i64, subject: &str) -> String {
    HEXLOWER.encode(&key.derive("audit subject", &[&account.to_be_bytes(), subject.as_bytes()]))
}

/// A place in the chain that the key vouches for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The place, which is also how many rows there were up to it.
    pub place: i64,
    /// The chain's link there: a fold of every seal before.
    pub(super) chain: String,
    /// When what stands there happened.
    pub reached_at: Timestamp,
    /// When the checkpoint was made.
    pub made_at: Timestamp,
}

/// Which checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Name {
    /// The last row that was cut off by age.
    Cut,
    /// The newest row that has its place. Its seal also says that every subject is sealed, which an earlier version's does not.
    Head,
}

impl Name {
    fn word(self) -> &'static str {
        match self {
            Self::Cut => "cut",
            Self::Head => "head",
        }
    }

    /// What its seal covers besides the checkpoint.
    fn sealed_as(self) -> &'static str {
        match self {
            Self::Cut => "cut",
            Self::Head => "head, with subjects sealed",
        }
    }
}

/// A checkpoint as it stands in the database.
pub(super) enum Found {
    /// There is none.
    None,
    /// The key vouches for it.
    Sealed(Checkpoint),
    /// The key vouches for it, in the words of the version that did not seal subjects yet.
    Earlier(Checkpoint),
    /// Its seal is not its own.
    Broken,
}

impl Checkpoint {
    /// Where the chain begins.
    pub(super) fn beginning(now: Timestamp) -> Self {
        Self { place: 0, chain: String::new(), reached_at: now, made_at: now }
    }

    fn seal(&self, key: &Key, name: &str) -> String {
        let numbers = [self.place, self.reached_at.as_millisecond(), self.made_at.as_millisecond()].map(i64::to_be_bytes);
        let parts: [&[u8]; 5] = [name.as_bytes(), self.chain.as_bytes(), &numbers[0], &numbers[1], &numbers[2]];
        HEXLOWER.encode(&key.derive("audit checkpoint", &parts))
    }

    /// Reads a checkpoint.
    pub(super) async fn get(conn: &mut Conn, key: &Key, name: Name) -> Result<Found, StoreError> {
        let row = conn.row::<(String, i64, String, i64, i64, String)>(CHECKPOINT, values![name.word()]).await?;
        let Some((_, place, chain, reached_at, made_at, seal)) = row else { return Ok(Found::None) };
        let reached_at = time("audit_checkpoint.reached_at", reached_at)?;
        let checkpoint = Self { place, chain, reached_at, made_at: time("audit_checkpoint.made_at", made_at)? };
        Ok(match seal {
            seal if seal == checkpoint.seal(key, name.sealed_as()) => Found::Sealed(checkpoint),
            seal if seal == checkpoint.seal(key, name.word()) => Found::Earlier(checkpoint),
            _ => Found::Broken,
        })
    }

    /// Writes a checkpoint, sealed.
    pub(super) async fn set(&self, conn: &mut Conn, key: &Key, name: Name) -> Result<(), StoreError> {
        let seal = self.seal(key, name.sealed_as());
        let values = values![name.word(), self.place, self.chain.as_str(), self.reached_at, self.made_at, seal];
        conn.run(SET_CHECKPOINT, values).await.map(|_| ())
    }
}
