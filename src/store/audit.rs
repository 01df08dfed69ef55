//! What was done, with the receipt given for it.

use jiff::Timestamp;

use super::{Conn, StoreError, statements, values};
use crate::domain::AccountId;

statements! {
    INSERT = "INSERT INTO audit (reference, action, account_id, outcome, happened_at) VALUES ($1, $2, $3, $4, $5)";
}

/// Writes down what was done under the receipt's reference.
pub async fn record(
    conn: &mut Conn,
    reference: &str,
    action: &str,
    account: AccountId,
    outcome: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    conn.run(INSERT, values![reference, action, account.0, outcome, now]).await.map(|_| ())
}
