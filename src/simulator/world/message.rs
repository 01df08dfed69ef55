//! Messages as a chat shows them: who wrote what, what it was before, and where they live.

use jiff::Timestamp;

use super::log::Log;
use crate::simulator::keyboard::Keyboard;
use crate::simulator::markup::Formatted;

/// Who wrote a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sender {
    /// The bot.
    Bot,
    /// The person with this id.
    Person(i64),
}

/// What a message shows.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// Text.
    Text(Formatted),
    /// A picture, by its number in [`super::Files`], with its caption.
    Photo {
        /// The file's number.
        file: u64,
        /// The caption, perhaps empty.
        caption: Formatted,
    },
    /// A document, by its number in [`super::Files`], with its caption.
    Document {
        /// The file's number.
        file: u64,
        /// The caption, perhaps empty.
        caption: Formatted,
    },
    /// Something else a person sent.
    Other(Other),
}

/// What a person can send that is neither text nor a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are Telegram's")]
pub enum Other {
    Sticker,
    Voice,
    Contact,
    Location,
}

impl Content {
    /// The text or the caption.
    pub fn text(&self) -> &str {
        match self {
            Self::Text(text) | Self::Photo { caption: text, .. } | Self::Document { caption: text, .. } => &text.text,
            Self::Other(_) => "",
        }
    }
}

/// A message as it stood from one moment on.
#[derive(Clone, Debug, PartialEq)]
pub struct Version {
    /// When it became so.
    pub at: Timestamp,
    /// What it showed.
    pub content: Content,
    /// The buttons under it.
    pub keyboard: Keyboard,
}

/// A message in a chat.
#[derive(Clone, Debug, PartialEq)]
pub struct ChatMessage {
    /// Its id, unique over all chats of the bot.
    pub id: i32,
    /// The chat it is in.
    pub chat: i64,
    /// Who wrote it.
    pub from: Sender,
    /// When it was sent.
    pub sent: Timestamp,
    /// The message it answers.
    pub reply_to: Option<i32>,
    /// Whether it was forwarded from somebody else.
    pub forwarded: bool,
    /// The message as it stands.
    pub current: Version,
    /// How many times it was edited: the number of the current version.
    pub revision: usize,
    /// What it was before, oldest first; the oldest may be forgotten.
    pub past: Vec<Version>,
}

impl ChatMessage {
    /// The version with this number, 0 being the first, if it is still known.
    pub fn version(&self, revision: usize) -> Option<&Version> {
        if revision == self.revision {
            return Some(&self.current);
        }
        let forgotten = self.revision - self.past.len();
        self.past.get(revision.checked_sub(forgotten)?)
    }

    /// The text or the caption as it stands.
    pub fn text(&self) -> &str {
        self.current.content.text()
    }

    /// The texts of the buttons, row by row.
    pub fn button_texts(&self) -> Vec<Vec<&str>> {
        self.current.keyboard.iter().map(|row| row.iter().map(|button| button.text.as_str()).collect()).collect()
    }

    /// The data of the first button that reads `text`.
    pub fn data_of(&self, text: &str) -> Option<&str> {
        self.current.keyboard.iter().flatten().find(|button| button.text == text)?.data()
    }

    pub(super) fn replace(&mut self, version: Version, keep: usize) {
        self.past.push(std::mem::replace(&mut self.current, version));
        self.revision += 1;
        if self.past.len() > keep {
            self.past.drain(..self.past.len() - keep);
        }
    }
}

/// A chat of the bot: private, with the id of its person, or a group, with a negative id.
#[derive(Clone, Debug)]
pub struct Chat {
    /// Its id.
    pub id: i64,
    /// The title of a group; a private chat has none.
    pub title: Option<String>,
    /// Whether the person has ever written, so that the bot may.
    pub(super) started: bool,
    pub(super) blocked: bool,
    messages: Vec<ChatMessage>,
    pub(super) deleted: Log<ChatMessage>,
}

impl Chat {
    pub(super) fn new(id: i64, title: Option<String>, history: usize) -> Self {
        Self { id, started: title.is_some(), title, blocked: false, messages: Vec::new(), deleted: Log::new(history) }
    }

    /// The messages that stand, in order.
    pub fn messages(&self) -> &[ChatMessage] {
        &self.messages
    }

    /// The message with this id.
    pub fn message(&self, id: i32) -> Option<&ChatMessage> {
        self.index(id).and_then(|index| self.messages.get(index))
    }

    pub(super) fn message_mut(&mut self, id: i32) -> Option<&mut ChatMessage> {
        self.index(id).and_then(|index| self.messages.get_mut(index))
    }

    fn index(&self, id: i32) -> Option<usize> {
        self.messages.binary_search_by_key(&id, |message| message.id).ok()
    }

    /// Adds a message; beyond twice `keep` the oldest go, `keep` stay.
    pub(super) fn push(&mut self, message: ChatMessage, keep: usize) {
        self.messages.push(message);
        if self.messages.len() > keep.saturating_mul(2) {
            self.messages.drain(..self.messages.len() - keep);
        }
    }

    pub(super) fn remove(&mut self, id: i32) {
        if let Some(index) = self.index(id) {
            self.deleted.push(self.messages.remove(index));
        }
    }
}
