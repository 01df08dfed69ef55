//! Callback queries: a tap waits for one answer, and for 150 seconds at most.

use std::collections::{HashMap, VecDeque};

use jiff::{SignedDuration, Timestamp};

use super::World;
use super::journal::Event;
use super::news::Bulletin;
use crate::simulator::refusal::Refusal;

/// What the bot answered to a tap: shown at the top of the chat, or as an alert; nothing is shown without text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The text, perhaps empty.
    pub text: String,
    /// Whether it must be closed by the person.
    pub alert: bool,
    /// An address to open.
    pub url: Option<String>,
}

/// The taps that wait for an answer, by query id.
#[derive(Debug, Default)]
pub(super) struct Queries {
    made: u64,
    waiting: HashMap<String, (i64, Timestamp)>,
    by_age: VecDeque<(Timestamp, String)>,
}

/// How long a query can be answered (observed; Telegram documents no figure).
const LIFETIME: SignedDuration = SignedDuration::from_secs(150);

impl Queries {
    pub fn open(&mut self, person: i64, now: Timestamp) -> String {
        while let Some((_, id)) = self.by_age.pop_front_if(|(at, _)| now.duration_since(*at) > LIFETIME) {
            self.waiting.remove(&id);
        }
        self.made += 1;
        let id = format!("{}", 4_300_000_000_000_000_000 + self.made);
        self.waiting.insert(id.clone(), (person, now));
        self.by_age.push_back((now, id.clone()));
        id
    }

    fn close(&mut self, id: &str, now: Timestamp) -> Option<i64> {
        let (person, at) = self.waiting.remove(id)?;
        (now.duration_since(at) <= LIFETIME).then_some(person)
    }
}

impl World {
    /// The bot answers a tap.
    ///
    /// # Errors
    /// Telegram's refusal of an unknown, answered or old query, and of a text over 200 characters.
    pub fn answer_callback(&mut self, id: &str, notice: Notice) -> Result<(), Refusal> {
        if notice.text.chars().count() > 200 {
            return Err(Refusal::bad_request("MESSAGE_TOO_LONG"));
        }
        let now = self.now();
        let Some(person) = self.queries.close(id, now) else {
            return Err(Refusal::bad_request("query is too old and response timeout expired or query ID is invalid"));
        };
        self.log_event(Event::Notice { person, text: notice.text.clone(), alert: notice.alert });
        self.news.chats.push(person);
        self.news.bulletins.push(Bulletin::Notice { person, text: notice.text.clone(), alert: notice.alert });
        let limit = self.history;
        self.notices.entry(person).or_insert_with(|| super::Log::new(limit)).push(notice);
        Ok(())
    }

    /// The answers to this person's taps, in order.
    pub fn notices(&self, person: i64) -> impl DoubleEndedIterator<Item = &Notice> {
        self.notices.get(&person).into_iter().flat_map(super::Log::iter)
    }

    /// How many taps the bot has not answered yet (the expired ones among them count until the next tap).
    pub fn unanswered_taps(&self) -> usize {
        self.queries.waiting.len()
    }
}
