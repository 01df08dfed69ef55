//! The audit: whether every row is as it was written, in its place, and none is missing.

use super::database::Stand;
use super::{Finding, Subject};
use crate::config::Database;
use crate::secret::Key;
use crate::store::audit::{self, Bad, Report, Trouble};
use crate::store::{StoreError, look};
use crate::unlock;

pub(super) async fn examine(subject: &Subject<'_>, database: &Stand) -> Vec<Finding> {
    let Some(fingerprint) = database.fingerprint().filter(|_| database.is_current()) else { return Vec::new() };
    let key = Key::read(&subject.settings.key_file).ok().filter(|key| key.fingerprint() == fingerprint);
    let Some(key) = key else { return vec![Finding::care("audit", "not examined; the key has to be set right first")] };
    vec![match read(&subject.settings.database, key).await {
        Ok(report) => tell(&report),
        Err(error) => Finding::fault("audit", format!("cannot be read: {error}; see to the database")),
    }]
}

async fn read(database: &Database, key: Key) -> Result<Report, StoreError> {
    let db = look::open(database).await?;
    let mut conn = db.conn().await?;
    let key = unlock::inherited(&mut conn, key).await?;
    // One moment of the database, while a counter may be writing.
    conn.begin_reading().await?;
    let report = audit::examine(&mut conn, &key).await;
    conn.throw_away().await;
    db.close().await;
    report
}

fn tell(report: &Report) -> Finding {
    let Report { rows, sealed_later, waiting, cut, place, bad } = report;
    match bad {
        Some(Bad { trouble: Trouble::NotBegun, .. }) => return Finding::ok("audit", Trouble::NotBegun.to_string()),
        Some(Bad { reference, row, trouble }) => {
            let place = if *row == 0 { String::new() } else { format!("receipt {reference} (row {row}): ") };
            let says = format!(
                "{place}{trouble}. Rows found intact before that: {rows}. Keep a copy of the database as evidence, and find out who could \
                 write to it"
            );
            return Finding::fault("audit", says);
        }
        None => {}
    }
    let mut says = format!("rows: {rows}, each sealed and in its place, the last of them number {place}");
    if *waiting > 0 {
        says += &format!("; the newest {waiting} get their place at the next sweep");
    }
    if let Some(cut) = cut {
        says += &format!("; {} up to {} UTC were cut off by age", cut.place, cut.reached_at.strftime("%Y-%m-%d %H:%M"));
    }
    if *sealed_later > 0 {
        says += &format!("; {sealed_later} were written by an earlier version, and vouched for only since this one first started");
    }
    Finding::ok("audit", says)
}
