//! The database: whether it is there or can be made, whose it is, how its tables stand, whether it is whole, and what waits in it.

use std::fs::OpenOptions;
use std::path::Path;

use jiff::Timestamp;
use url::Url;

use super::{Finding, Subject, can_write, effects};
use crate::config::Database;
use crate::domain::Retention;
use crate::store::look::{self, Counts, Tables};
use crate::store::meta::{self, Meta};
use crate::store::server::{self, Notes, Trouble};
use crate::store::{Conn, StoreError};

/// How the database stands; the examinations of key, token and pages ask too.
pub(super) enum Stand {
    /// A SQLite file that is not there yet.
    Absent,
    /// It cannot be read.
    Unreadable(StoreError),
    /// Its server, or our place there, is not as it must be.
    Unusable(Trouble),
    /// What was found in it.
    Present(Found),
}

/// What was found in a database.
pub(super) struct Found {
    in_use: bool,
    tables: Tables,
    damage: Option<String>,
    /// Where the tables are current.
    counts: Option<Counts>,
    bot: Option<String>,
    fingerprint: Option<String>,
    left_in_order: Option<String>,
    /// Whether the key is being changed.
    rotating: bool,
    /// About a server.
    notes: Option<Notes>,
}

impl Stand {
    /// Looks at the database.
    pub async fn take(database: &Database, now: Timestamp) -> Self {
        let notes = match database {
            Database::Sqlite(path) if !path.exists() => return Self::Absent,
            Database::Sqlite(_) => None,
            Database::Postgres(url) => match server::examine(url).await {
                Ok(notes) => Some(notes),
                Err(trouble) => return Self::Unusable(trouble),
            },
        };
        find(database, notes, now).await.map_or_else(Self::Unreadable, Self::Present)
    }

    /// Whether a counter is serving from it.
    pub fn in_use(&self) -> bool {
        matches!(self, Self::Present(found) if found.in_use)
    }

    /// Whether its tables are this version's, and can be read.
    pub fn is_current(&self) -> bool {
        matches!(self, Self::Present(found) if found.tables == Tables::Current && found.damage.is_none())
    }

    /// The id of the bot it belongs to, if it belongs to one.
    pub fn bot(&self) -> Option<&str> {
        if let Self::Present(found) = self { found.bot.as_deref() } else { None }
    }

    /// The fingerprint of the key it belongs to, if it belongs to one.
    pub fn fingerprint(&self) -> Option<&str> {
        if let Self::Present(found) = self { found.fingerprint.as_deref() } else { None }
    }

    /// Whether its key is being changed.
    pub fn rotating(&self) -> bool {
        matches!(self, Self::Present(found) if found.rotating)
    }

    pub fn examine(&self, subject: &Subject<'_>) -> Vec<Finding> {
        let place = match &subject.settings.database {
            Database::Sqlite(path) => format!("sqlite {}", path.display()),
            Database::Postgres(url) => url.to_string(),
        };
        let kept = subject.policy.as_ref().map(|policy| policy.retention.clone()).unwrap_or_default();
        match (self, &subject.settings.database) {
            (Self::Present(found), database) => found.examine(&place, database, &kept),
            (Self::Absent, Database::Sqlite(path)) => vec![absent(&place, path)],
            (Self::Unreadable(error), Database::Sqlite(_)) => {
                let what_to_do = match error.is_damage() {
                    true => "stop the counter and put back a copy",
                    false => "check that it is a database of guichet and that this user may read it",
                };
                vec![Finding::fault("database", format!("{place}: {error}; {what_to_do}"))]
            }
            (Self::Unreadable(error), Database::Postgres(_)) => {
                vec![Finding::fault("database", format!("{place}: {error}; check that the server runs, and that it is sound"))]
            }
            (Self::Unusable(trouble), _) => vec![Finding::fault("database", format!("{place}: {trouble}"))],
            (Self::Absent, Database::Postgres(_)) => Vec::new(),
        }
    }
}

async fn find(database: &Database, notes: Option<Notes>, now: Timestamp) -> Result<Found, StoreError> {
    let db = look::open(database).await?;
    let mut conn = db.conn().await?;
    let found = find_in(&mut conn, database, notes, now).await;
    drop(conn);
    db.close().await;
    found
}

async fn find_in(conn: &mut Conn, database: &Database, notes: Option<Notes>, now: Timestamp) -> Result<Found, StoreError> {
    let damage = look::damage(conn).await?;
    let tables = look::tables(conn).await?;
    let known = !matches!(tables, Tables::None | Tables::Foreign | Tables::Newer);
    Ok(Found {
        in_use: look::in_use(conn, database).await?,
        damage,
        counts: if tables == Tables::Current { Some(look::counts(conn, now - effects::LONG).await?) } else { None },
        bot: if known { meta::get(conn, Meta::BotId).await? } else { None },
        fingerprint: if known { meta::get(conn, Meta::KeyFingerprint).await? } else { None },
        left_in_order: if known { meta::get(conn, Meta::LeftInOrder).await? } else { None },
        rotating: known && meta::get(conn, Meta::KeyRotation).await?.is_some(),
        tables,
        notes,
    })
}

fn absent(place: &str, path: &Path) -> Finding {
    match can_write(path.parent().unwrap_or(Path::new("."))) {
        Ok(()) => Finding::ok("database", format!("{place} is not there yet and will be made at the first start or import")),
        Err(error) => {
            Finding::fault("database", format!("{place} cannot be made: {error}; make its folder, and let this user write there"))
        }
    }
}

/// Whether a server is on this machine, so that nothing goes over a wire.
fn is_this_machine(database: &Database) -> bool {
    let Database::Postgres(url) = database else { return true };
    Url::parse(url.expose()).is_ok_and(|url| url.host().is_none_or(|_| super::mail::is_this_machine(&url)))
}

impl Found {
    fn examine(&self, place: &str, database: &Database, kept: &Retention) -> Vec<Finding> {
        let fault = |says: String| vec![Finding::fault("database", format!("{place}: {says}"))];
        if let Some(damage) = &self.damage {
            return fault(format!("the file is damaged ({damage}); stop the counter and put back a copy"));
        }
        if self.tables == Tables::Newer {
            return fault("was made by a newer version of guichet; run that one, or name another database".to_owned());
        }
        if self.tables == Tables::Foreign {
            return fault("was not made by this version of guichet; name another database, or run the version that made it".to_owned());
        }
        if let Database::Sqlite(path) = database
            && let Err(error) = OpenOptions::new().write(true).open(path)
        {
            return fault(format!("cannot be written: {error}; let this user write it"));
        }
        let mut findings = vec![Finding::ok("database", format!("{place}, {}", self.state()))];
        findings.extend(self.notes.iter().flat_map(|notes| self.about_the_server(notes, database)));
        findings.extend(self.counts.iter().flat_map(|counts| effects::examine(counts, kept)));
        findings.extend(self.counts.iter().flat_map(set_aside));
        findings
    }

    fn about_the_server(&self, notes: &Notes, database: &Database) -> Vec<Finding> {
        let mut findings = Vec::new();
        if let (false, Some(left)) = (self.in_use, notes.too_few) {
            let says = format!(
                "the server has {left} connections left for this user, and each replica may hold {}; raise max_connections or the user's limit",
                server::NEEDED
            );
            findings.push(Finding::care("database", says));
        }
        if !notes.encrypted && !is_this_machine(database) {
            let says =
                "the connection to the server is not encrypted; add ?sslmode=verify-full to the address, and have the server take TLS";
            findings.push(Finding::care("database", says));
        }
        findings
    }

    fn state(&self) -> String {
        let tables = match (&self.tables, &self.counts) {
            (Tables::None, _) => "without tables yet, which will be made at the first start or import".to_owned(),
            (Tables::Older(steps), _) => format!("of an older version, to be brought up to date at the next start (migrations: {steps})"),
            (_, Some(counts)) => format!("accounts: {}, effects waiting: {}", counts.accounts, counts.waiting),
            (_, None) => "tables up to date".to_owned(),
        };
        let use_ = match self.left_in_order.as_deref() {
            _ if self.in_use => ", a counter is serving from it",
            Some("yes") => ", left in order",
            Some(_) => ", not left in order: the next start goes carefully",
            None => "",
        };
        format!("{tables}{use_}")
    }
}

fn set_aside(counts: &Counts) -> Option<Finding> {
    let says = format!(
        "dialogues that could not be read and began anew: {}; show the table set_aside_dialogue to an engineer, then empty it",
        counts.set_aside_dialogues
    );
    (counts.set_aside_dialogues > 0).then(|| Finding::care("database", says))
}
