//! What a flow answers: where the dialogue goes, and what to say on the way.

use super::screen::Screen;
use super::state::Dialogue;
use crate::locale::Message;
use crate::store::StoreError;

/// A flow's answer.
#[derive(Clone, Debug)]
pub struct Step {
    /// Where the dialogue stands now.
    pub to: Dialogue,
    /// A word on the way: a notice when the holder tapped, the first line of the screen when the holder typed.
    pub note: Option<Message>,
    /// What is shown once, of which nothing is kept; without it, the screen of where the dialogue stands.
    pub once: Option<Screen>,
}

impl Step {
    /// Goes on.
    pub fn go(to: Dialogue) -> Self {
        Self { to, note: None, once: None }
    }

    /// Goes on, or stays, with a word.
    pub fn say(to: Dialogue, note: Message) -> Self {
        Self { to, note: Some(note), once: None }
    }

    /// Goes on, showing this first.
    pub fn show_once(to: Dialogue, screen: Screen) -> Self {
        Self { to, note: None, once: Some(screen) }
    }
}

/// Why a turn could not be carried through.
#[derive(Debug, thiserror::Error)]
pub enum TurnError {
    /// The store did not do what it was asked.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A dialogue or an effect could not be written as JSON.
    #[error("cannot write as JSON: {0}")]
    Encode(#[from] serde_json::Error),
}
