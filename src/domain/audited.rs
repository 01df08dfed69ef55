//! What the audit keeps of what was done on an account: the action and its outcome, never who.

use super::{AccountId, Change};

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident = $word:literal;)*) => {
        /// What was done on an account, or tried.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Action {
            $($(#[$doc])* $name,)*
        }

        impl Action {
            /// Every action.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// As the audit keeps it.
            pub fn word(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)*
                }
            }
        }
    };
}

actions! {
    /// A chat was signed in.
    SignedIn = "signed_in";
    /// The holder signed out.
    SignedOut = "signed_out";
    /// A session ended otherwise: idle, at its length, by a new password, or with its chat.
    SessionEnded = "session_ended";
    /// A session was ended from another chat that is signed in to the account.
    SessionEndedElsewhere = "session_ended_elsewhere";
    /// A signed-in chat entered a code wrongly so often that it is void.
    CodeVoided = "code_voided";
    /// A signed-in chat asked for a link to set a new password with.
    ResetAsked = "reset_asked";
    /// The password was set anew.
    PasswordChanged = "password_changed";
    /// A card was taken off.
    CardRemoved = "card_removed";
    /// The operator looked at the account.
    AccountShown = "account_shown";
    /// The operator let nobody sign in any more.
    AccountLocked = "account_locked";
    /// The operator took that lock away.
    AccountUnlocked = "account_unlocked";
    /// The operator ended its sessions.
    SessionsEnded = "sessions_ended";
    /// The operator erased it.
    AccountErased = "account_erased";
}

impl Action {
    /// The action that the audit keeps by this word; `None` for another version's.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|action| action.word() == word)
    }
}

/// A row of the audit that is to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audited {
    /// What was done, as [`Action::word`] has it.
    pub action: &'static str,
    /// The account.
    pub account: AccountId,
    /// The receipt's reference; no two rows have the same.
    pub reference: String,
    /// How it went: `done`, `recorded` or `refused`.
    pub outcome: &'static str,
}

impl From<&Change> for Audited {
    fn from(change: &Change) -> Self {
        Self { action: change.kind, account: change.account, reference: change.reference.clone(), outcome: change.outcome() }
    }
}
