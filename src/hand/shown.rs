//! What the operator is told of an account and of what was done to it. The address is masked, and no chat is named.

use std::fmt;

use jiff::Timestamp;

use super::Act;
use crate::domain::{Account, Card};
use crate::store::audit::Entry;
use crate::store::session::Elsewhere;

/// An account as it stands.
pub struct Shown {
    /// The account.
    pub account: Account,
    /// The day it was opened.
    pub opened_on: String,
    /// In how many currencies something is left.
    pub balances: usize,
    /// Its cards, those taken off too.
    pub cards: Vec<Card>,
    /// Its open sessions.
    pub sessions: Vec<Elsewhere>,
    /// Its newest receipts, the oldest first.
    pub receipts: Vec<Entry>,
    /// The receipt of this look.
    pub reference: String,
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let account = &self.account;
        let state = if account.locked_here { "locked by `guichet account`" } else { account.state.word() };
        let linked: Vec<_> = self.cards.iter().filter(|card| card.removed_at.is_none()).collect();
        let named: Vec<_> = linked.iter().map(|card| format!("{} {}", card.brand, card.last4)).collect();
        let named = if named.is_empty() { "none".to_owned() } else { named.join(", ") };
        writeln!(f, "{:<10}{}", "account", account.email.masked())?;
        writeln!(f, "{:<10}{state}, opened {}", "state", self.opened_on)?;
        writeln!(f, "{:<10}{}", "balances", self.balances)?;
        writeln!(f, "{:<10}{named} ({} taken off)", "cards", self.cards.len() - linked.len())?;
        writeln!(f, "{:<10}{}", "sessions", self.sessions.len())?;
        for Elsewhere { session, language } in &self.sessions {
            let (since, seen, proven) = (second(session.started_at), second(session.seen_at), second(session.proven_at));
            writeln!(f, "{:<10}since {since}, last seen {seen}, last proven {proven} ({language})", "")?;
        }
        writeln!(f, "{:<10}{}", "receipts", if self.receipts.is_empty() { "none" } else { "the newest last" })?;
        for receipt in &self.receipts {
            let at = second(receipt.happened_at);
            writeln!(f, "{:<10}{at} {} {} {}", "", receipt.reference, receipt.action, receipt.outcome)?;
        }
        write!(f, "This look is in the audit as {}.", self.reference)
    }
}

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// The address, masked.
    pub address: String,
    /// What was asked for.
    pub act: Act,
    /// Whether it was not so before.
    pub changed: bool,
    /// How many sessions it has ended.
    pub sessions: usize,
    /// The receipt.
    pub reference: String,
}

impl fmt::Display for Done {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let address = &self.address;
        match (self.act, self.changed) {
            (Act::Lock, true) => write!(f, "{address} is locked: nobody can sign in until `guichet account … unlock`.")?,
            (Act::Lock, false) => write!(f, "{address} was locked already.")?,
            (Act::Unlock, true) => write!(f, "{address} is unlocked.")?,
            (Act::Unlock, false) => write!(f, "{address} was not locked here; a lock of the service's own stays.")?,
            (Act::EndSessions, _) => write!(f, "{address} is signed out everywhere.")?,
            (Act::Erase, _) => write!(f, "{address} is erased; an import does not bring it back. Backups and exports still have it.")?,
        }
        if self.act != Act::Unlock {
            let sessions = self.sessions;
            write!(f, "\nSessions ended: {sessions}.")?;
            if sessions > 0 {
                write!(f, " Their chats are told within seconds, or once the counter runs again.")?;
            }
        }
        write!(f, "\nIt is in the audit as {}.", self.reference)
    }
}

/// A time to the second, in UTC.
pub(super) fn second(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M:%SZ").to_string()
}
