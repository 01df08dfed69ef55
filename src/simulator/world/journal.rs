//! What happened: every call of the bot, and everything a person could see, in order.

use std::collections::BTreeMap;
use std::time::Instant;

use jiff::Timestamp;

use super::World;
use super::fault::FaultKind;
use crate::simulator::refusal::Refusal;

/// One call to the Bot API.
#[derive(Clone, Debug)]
pub struct Call {
    /// When, on the world's clock.
    pub at: Timestamp,
    /// When, on the machine's monotonic clock.
    pub instant: Instant,
    /// The method in lower case, as `sendmessage`.
    pub method: String,
    /// Its `chat_id`.
    pub chat: Option<i64>,
    /// The fault that struck it.
    pub fault: Option<FaultKind>,
    /// What came of it. A call whose answer was lost shows what the answer would have been.
    pub outcome: Result<(), Refusal>,
}

/// Something a person could see, done by the bot or by the mail. What people do themselves is not among it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The bot sent a message.
    Sent {
        /// The chat.
        chat: i64,
        /// The message.
        message_id: i32,
    },
    /// The bot edited a message.
    Edited {
        /// The chat.
        chat: i64,
        /// The message.
        message_id: i32,
        /// Which version came of it, for [`super::ChatMessage::version`].
        revision: usize,
    },
    /// The bot deleted a message.
    Deleted {
        /// The chat.
        chat: i64,
        /// The message.
        message_id: i32,
    },
    /// The bot answered a tap.
    Notice {
        /// Who tapped.
        person: i64,
        /// What is shown, perhaps nothing.
        text: String,
        /// Whether as an alert.
        alert: bool,
    },
    /// A mail arrived.
    Mailed {
        /// Its index in [`World::mails`].
        index: usize,
    },
}

impl World {
    /// The bot's calls since `number` (0 is the first), with their numbers.
    pub fn calls_since(&self, number: u64) -> impl Iterator<Item = (u64, &Call)> {
        self.calls.since(number)
    }

    /// The number of the next call.
    pub fn next_call(&self) -> u64 {
        self.calls.next()
    }

    /// What people could see since `number` (0 is the first), with the running numbers.
    pub fn events_since(&self, number: u64) -> impl Iterator<Item = (u64, &Event)> {
        self.events.since(number)
    }

    /// The number of the next event.
    pub fn next_event(&self) -> u64 {
        self.events.next()
    }

    /// Parameters that Telegram does not know and silently ignores, as `method.parameter`, and how often they came.
    pub fn unknown_parameters(&self) -> &BTreeMap<String, u64> {
        &self.unknown_parameters
    }

    pub(crate) fn log_call(&mut self, call: Call) {
        self.calls.push(call);
    }

    pub(crate) fn count_unknown(&mut self, method: &str, parameter: &str) {
        *self.unknown_parameters.entry(format!("{method}.{parameter}")).or_default() += 1;
    }

    pub(super) fn log_event(&mut self, event: Event) {
        self.events.push(event);
    }
}
