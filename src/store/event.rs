//! What changed, for the operator's other systems.

use jiff::Timestamp;

use super::{Conn, StoreError, statements, values};
use crate::domain::AccountId;

statements! {
    INSERT = "INSERT INTO event (kind, account_id, payload, happened_at) VALUES ($1, $2, $3, $4)";
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
