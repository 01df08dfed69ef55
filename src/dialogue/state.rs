//! Where a chat stands: one enum, stored as versioned JSON.

use super::{activity, cards, help, history, privacy, reset, sessions, sign_in};

/// The version written now. A change that an older reader could not read raises it.
const VERSION: u32 = 1;

/// Where a chat stands.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dialogue {
    /// At the menu.
    #[default]
    Menu,
    /// Reading what closed and when.
    Status,
    /// Reading help; `back` is where the holder was.
    Help {
        /// Where the holder was.
        back: Box<Dialogue>,
        /// What the holder reads.
        #[serde(default)]
        at: help::At,
    },
    /// Having a message or link looked at; `back` is where the holder was.
    Official {
        /// Where the holder was.
        back: Box<Dialogue>,
    },
    /// Choosing the language; `back` is where the holder was.
    Language {
        /// Where the holder was.
        back: Box<Dialogue>,
    },
    /// Signing in.
    SignIn(sign_in::State),
    /// Resetting the password.
    Reset(reset::State),
    /// The session has ended; signing in again goes on at `then`.
    SessionEnded {
        /// Where the holder was.
        then: Box<Dialogue>,
    },
    /// Leafing through the payments.
    History(history::State),
    /// Reading what was done on the account.
    Activity(activity::State),
    /// Seeing the linked cards, taking one off.
    Cards(cards::State),
    /// Seeing the chats that are signed in, ending sessions.
    Sessions(sessions::State),
    /// Seeing what is kept, having it sent or erased.
    Privacy(privacy::State),
}

#[derive(serde::Serialize)]
struct Written<'a> {
    v: u32,
    at: &'a Dialogue,
}

#[derive(serde::Deserialize)]
struct Read {
    v: u32,
    at: Dialogue,
}

/// The stored dialogue is not one that this version understands.
#[derive(Debug, PartialEq, Eq)]
pub struct Undecodable;

impl Dialogue {
    /// The versioned JSON that is stored.
    pub fn write(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(&Written { v: VERSION, at: self })
    }

    /// Reads what is stored; nothing stored is the menu.
    pub fn read(stored: &str) -> Result<Self, Undecodable> {
        if stored.is_empty() {
            return Ok(Self::Menu);
        }
        match serde_json::from_str(stored) {
            Ok(Read { v: VERSION, at }) => Ok(at),
            _ => Err(Undecodable),
        }
    }

    /// The names of the flows, as turns are counted by them.
    pub const FLOWS: [&str; 13] = [
        "menu",
        "status",
        "help",
        "official",
        "language",
        "sign_in",
        "reset",
        "session_ended",
        "history",
        "activity",
        "cards",
        "sessions",
        "privacy",
    ];

    /// The flow that this is a state of, one of [`Self::FLOWS`].
    pub fn flow(&self) -> &'static str {
        match self {
            Self::Menu => "menu",
            Self::Status => "status",
            Self::Help { .. } => "help",
            Self::Official { .. } => "official",
            Self::Language { .. } => "language",
            Self::SignIn(_) => "sign_in",
            Self::Reset(_) => "reset",
            Self::SessionEnded { .. } => "session_ended",
            Self::History(_) => "history",
            Self::Activity(_) => "activity",
            Self::Cards(_) => "cards",
            Self::Sessions(_) => "sessions",
            Self::Privacy(_) => "privacy",
        }
    }

    /// Whether only a signed-in holder may stand here.
    pub fn needs_session(&self) -> bool {
        match self {
            Self::History(_) | Self::Activity(_) | Self::Sessions(_) => true,
            Self::Cards(state) => state.needs_session(),
            Self::SignIn(state) => state.needs_session(),
            Self::Reset(state) => state.needs_session(),
            Self::Menu
            | Self::Status
            | Self::Help { .. }
            | Self::Official { .. }
            | Self::Language { .. }
            | Self::Privacy(_)
            | Self::SessionEnded { .. } => false,
        }
    }

    /// Whether it leads back to where the holder was.
    pub fn is_detour(&self) -> bool {
        matches!(self, Self::Help { .. } | Self::Official { .. } | Self::Language { .. })
    }

    /// Where a detour such as help or the language leads back to: never another detour.
    pub fn way_back(self) -> Box<Self> {
        match self {
            Self::Help { back, .. } | Self::Official { back } | Self::Language { back } => back,
            here => Box::new(here),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dialogue_reads_back() {
        let back = Box::new(Dialogue::SignIn(sign_in::State::AskEmail { then: Box::new(Dialogue::Status) }));
        let dialogue = Dialogue::Help { back, at: help::At::Article { topic: "top_up".parse().unwrap(), judged: true } };
        assert_eq!(Dialogue::read(&dialogue.write().unwrap()), Ok(dialogue));
    }

    #[test]
    fn help_as_it_was_stored_before_it_had_topics_is_its_menu() {
        let back = Box::new(Dialogue::Status);
        assert_eq!(Dialogue::read(r#"{"v":1,"at":{"help":{"back":"status"}}}"#), Ok(Dialogue::Help { back, at: help::At::Topics }));
    }

    #[test]
    fn what_is_not_understood_is_told_apart() {
        for stored in ["{}", "nonsense", r#"{"v":0,"at":"menu"}"#, r#"{"v":1,"at":"lounge"}"#] {
            assert_eq!(Dialogue::read(stored), Err(Undecodable), "{stored}");
        }
        assert_eq!(Dialogue::read(""), Ok(Dialogue::Menu));
    }
}
