//! What changed, for the operator's other systems.

use jiff::Timestamp;

use super::{Conn, StoreError, statements, time, values};
use crate::domain::AccountId;

statements! {
    INSERT = "INSERT INTO event (kind, account_id, payload, happened_at) VALUES ($1, $2, $3, $4)";
    OF_ACCOUNT = "SELECT kind, payload, happened_at FROM event WHERE account_id = $1 ORDER BY event_id";
}

/// Writes an event in the transaction of its change.
pub async fn record(
    conn: &mut Conn,
    kind: &str,
    account: AccountId,
    payload: &serde_json::Value,
    now: Timestamp,
) -> Result<(), StoreError> {
    conn.run(INSERT, values![kind, account.0, payload.to_string(), now]).await.map(|_| ())
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
