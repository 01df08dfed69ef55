//! What changed, for the operator's other systems.

use jiff::Timestamp;

use super::{Conn, StoreError, statements, time, values};
use crate::domain::{AccountId, Change};

statements! {
    INSERT = "INSERT INTO event (happened_at, kind, account_id, payload) VALUES [($, $, $, $)]";
    OF_ACCOUNT = "SELECT kind, payload, happened_at FROM event WHERE account_id = $1 ORDER BY event_id";
}

/// Writes the events of changes, in the transaction of those.
pub async fn record(conn: &mut Conn, changes: &[Change], now: Timestamp) -> Result<(), StoreError> {
    let rows = changes.iter().map(|change| values![now, change.kind, change.account.0, change.details.to_string()]).collect();
    conn.later(INSERT, vec![], rows).await
}

/// An event as it is kept.
pub struct Event {
    /// What changed.
    pub kind: String,
    /// The details, as JSON.
    pub payload: String,
    /// When.
    pub happened_at: Timestamp,
}

/// The events of an account, the oldest first.
pub async fn of_account(conn: &mut Conn, account: AccountId) -> Result<Vec<Event>, StoreError> {
    let rows = conn.rows::<(String, String, i64)>(OF_ACCOUNT, values![account.0]).await?;
    rows.into_iter().map(|(kind, payload, at)| Ok(Event { kind, payload, happened_at: time("event.happened_at", at)? })).collect()
}
