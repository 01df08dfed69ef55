//! What a holder changed: the event for the operator's other systems, and the audit row with the receipt, are written of it.

use super::AccountId;

/// A change on an account.
#[derive(Clone, Debug)]
pub struct Change {
    /// What changed, such as `card_removed`.
    pub kind: &'static str,
    /// The account.
    pub account: AccountId,
    /// The reference of the receipt that the holder is given.
    pub reference: String,
    /// Whether it is only recorded here, to be carried out by the service.
    pub recorded: bool,
    /// What other systems are told of it.
    pub details: serde_json::Value,
}

impl Change {
    /// How it went, as the audit keeps it.
    pub fn outcome(&self) -> &'static str {
        if self.recorded { "recorded" } else { "done" }
    }
}
