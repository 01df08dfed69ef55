//! The bot's inbox: updates that wait until the bot acknowledges them, by a later offset or a webhook's 200.

use std::collections::VecDeque;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::log::Log;

/// An update as it goes to the bot, already written out.
#[derive(Clone, Debug)]
pub struct Update {
    /// Its `update_id`.
    pub id: u32,
    /// The chat it is about.
    pub chat: i64,
    /// The whole JSON object.
    pub json: Arc<str>,
}

/// Where updates are posted instead of polled.
#[derive(Clone, Debug)]
pub struct Webhook {
    /// The address.
    pub url: String,
    /// What `X-Telegram-Bot-Api-Secret-Token` carries.
    pub secret: Option<String>,
    /// How many deliveries may be under way at once.
    pub max_connections: usize,
    /// When a delivery failed last, and how.
    pub last_error: Option<(Timestamp, String)>,
}

#[derive(Debug)]
pub(super) struct Inbox {
    next: u32,
    waiting: VecDeque<Update>,
    /// Acknowledged updates to be delivered once more, and whether they have been.
    again: Vec<(Update, bool)>,
    acknowledged: Log<Update>,
    /// What `allowed_updates` said last; empty is everything the simulator makes.
    allowed: Vec<String>,
    pub webhook: Option<Webhook>,
}

impl Inbox {
    pub fn new(history: usize) -> Self {
        Self {
            next: 700_000_001,
            waiting: VecDeque::new(),
            again: Vec::new(),
            acknowledged: Log::new(history.min(ARCHIVE)),
            allowed: Vec::new(),
            webhook: None,
        }
    }

    pub fn keep(&mut self, history: usize) {
        self.acknowledged.limit_to(history.min(ARCHIVE));
    }

    pub fn allow(&mut self, kinds: Vec<String>) {
        self.allowed = kinds;
    }

    /// The kinds that the bot wants; none named is everything the simulator makes.
    pub fn allowed(&self) -> &[String] {
        &self.allowed
    }

    /// Adds an update of this kind, unless the bot doesn't want the kind; gives its id.
    pub fn push(&mut self, kind: &str, chat: i64, body: &Value) -> Option<u32> {
        if !self.allowed.is_empty() && !self.allowed.iter().any(|allowed| allowed == kind) {
            return None;
        }
        let id = self.next;
        self.next += 1;
        let json = json!({ "update_id": id, kind: body }).to_string().into();
        self.waiting.push_back(Update { id, chat, json });
        Some(id)
    }

    /// Forgets what `offset` acknowledges; says whether that was anything. A negative offset keeps only so many of the newest.
    pub fn acknowledge_before(&mut self, offset: i64) -> bool {
        let offset = match offset {
            0 => return false,
            1.. => offset,
            _ => {
                let keep = usize::try_from(offset.unsigned_abs()).unwrap_or(usize::MAX);
                let first = self.waiting.len().saturating_sub(keep);
                i64::from(self.waiting.get(first).map_or(self.next, |update| update.id))
            }
        };
        let before = self.waiting.len() + self.again.len();
        while let Some(update) = self.waiting.pop_front_if(|update| i64::from(update.id) < offset) {
            self.acknowledged.push(update);
        }
        self.again.retain(|(update, delivered)| !(*delivered && i64::from(update.id) < offset));
        self.waiting.len() + self.again.len() < before
    }

    /// Up to `limit` updates for the bot, the redelivered first.
    pub fn batch(&mut self, limit: usize) -> Vec<Arc<str>> {
        let again = self.again.iter_mut().filter(|(_, delivered)| !delivered);
        let mut batch: Vec<_> = again
            .take(limit)
            .map(|(update, delivered)| {
                *delivered = true;
                update.json.clone()
            })
            .collect();
        batch.extend(self.waiting.iter().take(limit - batch.len()).map(|update| update.json.clone()));
        batch
    }

    /// Puts an acknowledged update in line once more, under its old id; says whether it is still known.
    pub fn deliver_again(&mut self, id: u32) -> bool {
        if self.waiting.iter().any(|update| update.id == id) {
            return true;
        }
        let Some(update) = self.acknowledged.iter().rev().find(|update| update.id == id) else { return false };
        self.again.push((update.clone(), false));
        true
    }

    /// The updates the bot has not acknowledged, the redelivered first.
    pub fn unacknowledged(&self) -> impl Iterator<Item = &Update> {
        self.again.iter().map(|(update, _)| update).chain(&self.waiting)
    }

    /// Forgets one update, which a webhook has taken.
    pub fn acknowledge(&mut self, id: u32) {
        self.again.retain(|(update, _)| update.id != id);
        let index = self.waiting.iter().position(|update| update.id == id);
        if let Some(update) = index.and_then(|index| self.waiting.remove(index)) {
            self.acknowledged.push(update);
        }
    }

    pub fn drop_waiting(&mut self) {
        self.waiting.clear();
        self.again.clear();
    }

    pub fn last_id(&self) -> u32 {
        self.next - 1
    }
}

/// How many acknowledged updates can be delivered again, at most.
const ARCHIVE: usize = 10_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn inbox(updates: u32) -> Inbox {
        let mut inbox = Inbox::new(100);
        for _ in 0..updates {
            inbox.push("message", 1, &json!({}));
        }
        inbox
    }

    fn ids(inbox: &mut Inbox, limit: usize) -> Vec<u32> {
        let id = |json: &Arc<str>| serde_json::from_str::<Value>(json).unwrap()["update_id"].as_u64().unwrap() as u32 - 700_000_000;
        inbox.batch(limit).iter().map(id).collect()
    }

    #[test]
    fn an_update_comes_again_until_a_later_offset_acknowledges_it() {
        let mut inbox = inbox(3);
        assert_eq!(ids(&mut inbox, 2), [1, 2]);
        assert_eq!(ids(&mut inbox, 100), [1, 2, 3]);
        inbox.acknowledge_before(700_000_003);
        assert_eq!(ids(&mut inbox, 100), [3]);
        assert_eq!(inbox.unacknowledged().count(), 1);
    }

    #[test]
    fn a_negative_offset_keeps_the_newest_and_forgets_the_rest() {
        let mut inbox = inbox(3);
        inbox.acknowledge_before(-2);
        assert_eq!(ids(&mut inbox, 100), [2, 3]);
        inbox.acknowledge_before(-9);
        assert_eq!(ids(&mut inbox, 100), [2, 3]);
    }

    #[test]
    fn kinds_that_are_not_allowed_are_never_queued() {
        let mut inbox = inbox(0);
        inbox.allow(vec!["callback_query".into()]);
        assert_eq!(inbox.push("message", 1, &json!({})), None);
        assert!(inbox.push("callback_query", 1, &json!({})).is_some());
    }

    #[test]
    fn an_acknowledged_update_can_come_again_whatever_the_offset() {
        let mut inbox = inbox(2);
        inbox.acknowledge_before(700_000_003);
        assert!(inbox.deliver_again(700_000_001) && !inbox.deliver_again(5));
        inbox.acknowledge_before(700_000_003);
        assert_eq!(ids(&mut inbox, 100), [1]);
        assert_eq!(inbox.unacknowledged().count(), 1);
        inbox.acknowledge_before(700_000_003);
        assert_eq!(inbox.unacknowledged().count(), 0);
    }
}
