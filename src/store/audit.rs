//! What was done, with the receipt given for it.

use jiff::Timestamp;

use super::{Conn, StoreError, statements, time, values};
use crate::domain::{AccountId, Change};

statements! {
    INSERT = "INSERT INTO audit (happened_at, reference, action, account_id, outcome) VALUES [($, $, $, $, $)]";
    OF_ACCOUNT = "SELECT reference, action, outcome, happened_at FROM audit WHERE account_id = $1 ORDER BY audit_id";
}

/// Writes down what was done, each under its receipt's reference.
pub async fn record(conn: &mut Conn, changes: &[Change], now: Timestamp) -> Result<(), StoreError> {
    let row = |change: &Change| values![now, change.reference.as_str(), change.kind, change.account.0, change.outcome()];
    conn.run_many(INSERT, vec![], changes.iter().map(row).collect()).await
}

/// What was done, as it is kept.
pub struct Entry {
    /// The receipt's reference.
    pub reference: String,
    /// What was done.
    pub action: String,
    /// How it went.
    pub outcome: String,
    /// When.
    pub happened_at: Timestamp,
}

/// What was done on an account, the oldest first.
pub async fn of_account(conn: &mut Conn, account: AccountId) -> Result<Vec<Entry>, StoreError> {
    let rows = conn.rows::<(String, String, String, i64)>(OF_ACCOUNT, values![account.0]).await?;
    let entry = |(reference, action, outcome, at)| Ok(Entry { reference, action, outcome, happened_at: time("audit.happened_at", at)? });
    rows.into_iter().map(entry).collect()
}
