//! Help topics by name, and the flows that an article can lead into.

use std::fmt;
use std::str::FromStr;

use super::word::words;

/// The longest name of a topic: with its screen's revision it has to fit a button's 64 bytes.
const LONGEST: usize = 32;

/// The name of a help topic: one to 32 lower-case letters, digits and `_`. It is kept in place, so that a tap stays plain data.
#[derive(Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TopicName([u8; LONGEST]);

/// The text is no name of a topic.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("not one to 32 lower-case letters, digits and `_`")]
pub struct TopicNameError;

impl TopicName {
    /// The name as it is written.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default().trim_end_matches('\0')
    }
}

impl FromStr for TopicName {
    type Err = TopicNameError;

    fn from_str(text: &str) -> Result<Self, TopicNameError> {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        if text.is_empty() || text.len() > LONGEST || !text.bytes().all(allowed) {
            return Err(TopicNameError);
        }
        let mut name = [0; LONGEST];
        name[..text.len()].copy_from_slice(text.as_bytes());
        Ok(Self(name))
    }
}

impl TryFrom<String> for TopicName {
    type Error = TopicNameError;

    fn try_from(text: String) -> Result<Self, TopicNameError> {
        text.parse()
    }
}

impl From<TopicName> for String {
    fn from(name: TopicName) -> Self {
        name.as_str().to_owned()
    }
}

impl fmt::Display for TopicName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for TopicName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TopicName({self})")
    }
}

words! {
    /// A flow that an article ends in a button for, by the word of its command.
    Lead, "not status, history, cards, signin, reset, official, privacy or language" {
        /// What closed and when, and the holder's own account.
        Status = "status",
        /// The payments.
        History = "history",
        /// The linked cards.
        Cards = "cards",
        /// Signing in.
        SignIn = "signin",
        /// A forgotten password.
        Reset = "reset",
        /// Whether a message or link is genuine.
        Official = "official",
        /// What is kept about the holder.
        Privacy = "privacy",
        /// The language.
        Language = "language",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_short_and_plain() {
        for name in ["pay", "top_up", "2fa", &"x".repeat(LONGEST)] {
            assert_eq!(name.parse::<TopicName>().unwrap().as_str(), name);
        }
        for name in ["", "Pay", "top-up", "été", "a b", "a\0", &"x".repeat(LONGEST + 1)] {
            assert_eq!(name.parse::<TopicName>(), Err(TopicNameError), "{name}");
        }
    }
}
