//! The world of the simulator: people, chats, messages, files, mails and the bot's inbox, as plain state.
//! No HTTP and nothing asynchronous; people act through the verbs in `person`, the bot through those in `outgoing`,
//! `callback` and `profile`.

mod callback;
mod fault;
mod files;
mod inbox;
mod journal;
mod log;
mod mail;
mod message;
mod news;
mod outgoing;
mod person;
mod profile;
mod wire;

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;

use crate::clock::Clock;

pub use callback::Notice;
pub use fault::{Fault, FaultKind};
pub use files::{Files, StoredFile, file_id};
pub use inbox::{Update, Webhook};
pub use journal::{Call, Event};
pub use log::Log;
pub use mail::Mail;
pub use message::{Chat, ChatMessage, Content, Other, Sender, Version};
pub use news::Bulletin;
pub use outgoing::Outgoing;
pub use person::{Kind, Misuse, Person};
pub use profile::{Command, ProfileText, Scope};

#[cfg(test)]
pub(super) use files::PIXEL;
pub(crate) use news::News;

/// The bot's user id.
pub const BOT_ID: i64 = 1_000_001;
/// The bot's user name.
pub const BOT_USERNAME: &str = "guichet_simulator_bot";
/// The bot's name until it sets one.
pub const BOT_NAME: &str = "guichet";

/// Everything the simulator knows.
pub struct World {
    clock: Clock,
    people: BTreeMap<i64, Person>,
    chats: HashMap<i64, Chat>,
    inbox: inbox::Inbox,
    queries: callback::Queries,
    notices: HashMap<i64, Log<Notice>>,
    profile: profile::Profile,
    /// The files sent either way.
    pub files: Files,
    mails: Vec<Mail>,
    faults: fault::Faults,
    calls: Log<Call>,
    events: Log<Event>,
    unknown_parameters: BTreeMap<String, u64>,
    history: usize,
    last_message: i32,
    pub(crate) news: News,
}

/// How much is remembered of each kind until [`World::keep_history`] says otherwise.
const HISTORY: usize = 100_000;

impl World {
    /// A world with nobody in it, on this clock.
    pub fn new(clock: Clock) -> Self {
        Self {
            clock,
            people: BTreeMap::new(),
            chats: HashMap::new(),
            inbox: inbox::Inbox::new(HISTORY),
            queries: callback::Queries::default(),
            notices: HashMap::new(),
            profile: profile::Profile::default(),
            files: Files::default(),
            mails: Vec::new(),
            faults: fault::Faults::default(),
            calls: Log::new(HISTORY),
            events: Log::new(HISTORY),
            unknown_parameters: BTreeMap::new(),
            history: HISTORY,
            last_message: 0,
            news: News::default(),
        }
    }

    /// Remembers at most `limit` entries of each log: calls, events, acknowledged updates; of each chat: deleted messages,
    /// notices, and (but always the newest 200) messages; of each message: old versions. For long benchmarks.
    pub fn keep_history(&mut self, limit: usize) {
        self.history = limit;
        self.calls.limit_to(limit);
        self.events.limit_to(limit);
        self.inbox.keep(limit);
        self.notices.values_mut().for_each(|log| log.limit_to(limit));
        self.chats.values_mut().for_each(|chat| chat.deleted.limit_to(limit));
    }

    /// The present time on the world's clock.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Adds a person, or replaces the one with the same id; the chat, if any, stays.
    pub fn add_person(&mut self, person: Person) {
        let history = self.history;
        self.chats.entry(person.id).or_insert_with(|| Chat::new(person.id, None, history));
        self.people.insert(person.id, person);
        self.news.changed = true;
    }

    /// Adds a group that the bot and everybody is in. Its id is negative, as Telegram's are.
    pub fn add_group(&mut self, id: i64, title: impl Into<String>) {
        self.chats.insert(id, Chat::new(id, Some(title.into()), self.history));
        self.news.changed = true;
    }

    /// Everybody, by id.
    pub fn people(&self) -> impl Iterator<Item = &Person> {
        self.people.values()
    }

    /// The person with this id.
    pub fn person(&self, id: i64) -> Option<&Person> {
        self.people.get(&id)
    }

    /// The chat with this id; a private chat has its person's.
    pub fn chat(&self, id: i64) -> Option<&Chat> {
        self.chats.get(&id)
    }

    /// The messages that stand in a chat, in order; none in an unknown chat.
    pub fn messages(&self, chat: i64) -> &[ChatMessage] {
        self.chats.get(&chat).map_or(&[], Chat::messages)
    }

    /// The messages that were deleted from a chat, as they stood last, in the order of deletion.
    pub fn deleted(&self, chat: i64) -> impl DoubleEndedIterator<Item = &ChatMessage> {
        self.chats.get(&chat).into_iter().flat_map(|chat| chat.deleted.iter())
    }

    /// A message, if it stands.
    pub fn message(&self, chat: i64, id: i32) -> Option<&ChatMessage> {
        self.chats.get(&chat)?.message(id)
    }

    /// Orders a fault; faults strike in the order they were given.
    pub fn order(&mut self, fault: Fault) {
        self.faults.order(fault);
    }

    /// Takes back the faults that have not struck yet.
    pub fn clear_faults(&mut self) {
        self.faults.clear();
    }

    pub(crate) fn take_fault(&mut self, method: &str, chat: Option<i64>) -> Option<FaultKind> {
        self.faults.take(method, chat)
    }

    /// A message that stands in no chat yet.
    fn new_message(&mut self, chat: i64, from: Sender, content: Content) -> ChatMessage {
        self.last_message += 1;
        let at = self.now();
        let current = Version { at, content, keyboard: Vec::new() };
        ChatMessage {
            id: self.last_message,
            chat,
            from,
            sent: at,
            reply_to: None,
            forwarded: false,
            current,
            revision: 0,
            past: Vec::new(),
        }
    }

    fn store_message(&mut self, message: ChatMessage) {
        let (chat, keep) = (message.chat, self.history.max(200));
        if let Some(chat) = self.chats.get_mut(&chat) {
            chat.push(message, keep);
        }
        self.touch(chat);
    }

    fn touch(&mut self, chat: i64) {
        self.news.chats.push(chat);
        self.news.bulletins.push(Bulletin::Chat { person: chat });
    }
}

/// The inbox, as tests, `getUpdates` and webhooks see it.
impl World {
    /// The updates the bot has not acknowledged.
    pub fn unacknowledged(&self) -> impl Iterator<Item = &Update> {
        self.inbox.unacknowledged()
    }

    /// The id of the newest update.
    pub fn last_update_id(&self) -> u32 {
        self.inbox.last_id()
    }

    /// Delivers an update once more under its old id, whatever offset the bot asks for; `false` if it is no longer known.
    pub fn deliver_again(&mut self, update_id: u32) -> bool {
        self.news.inbox = true;
        self.inbox.deliver_again(update_id)
    }

    /// Where updates are posted, if the bot set a webhook.
    pub fn webhook(&self) -> Option<&Webhook> {
        self.inbox.webhook.as_ref()
    }

    pub(crate) fn set_webhook(&mut self, webhook: Option<Webhook>, drop_waiting: bool) {
        self.inbox.webhook = webhook;
        if drop_waiting {
            self.inbox.drop_waiting();
        }
        self.news.inbox = true;
    }

    /// The kinds of updates the bot asked for, in its order; none named is everything the simulator makes.
    pub fn allowed_updates(&self) -> &[String] {
        self.inbox.allowed()
    }

    /// Notes that a delivery to this address failed.
    pub(crate) fn webhook_failed(&mut self, url: &str, error: String) {
        let now = self.now();
        if let Some(webhook) = self.inbox.webhook.as_mut().filter(|webhook| webhook.url == url) {
            webhook.last_error = Some((now, error));
        }
        self.news.changed = true;
    }

    pub(crate) fn allow_updates(&mut self, kinds: Vec<String>) {
        self.inbox.allow(kinds);
    }

    /// Forgets what `offset` acknowledges and gives the next updates, at most `limit`.
    pub(crate) fn poll(&mut self, offset: i64, limit: usize) -> Vec<std::sync::Arc<str>> {
        self.news.changed |= self.inbox.acknowledge_before(offset);
        self.inbox.batch(limit)
    }

    pub(crate) fn acknowledge(&mut self, update_id: u32) {
        self.inbox.acknowledge(update_id);
        self.news.inbox = true;
    }

    fn queue(&mut self, kind: &str, chat: i64, body: &serde_json::Value) -> Option<u32> {
        self.news.inbox = true;
        self.inbox.push(kind, chat, body)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Claire (1001, French) and Ivan (1002, Russian), on a clock set by hand to 2017-01-01.
    pub fn world() -> World {
        let mut world = World::new(Clock::by_hand(Timestamp::from_second(1_483_228_800).unwrap()));
        world.add_person(Person::new(1001, "Claire", "fr"));
        world.add_person(Person::new(1002, "Ivan", "ru"));
        world
    }
}
