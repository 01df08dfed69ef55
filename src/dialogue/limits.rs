//! What slows guessing and flooding down, for a chat, an address and a place on the web: whether an address has an account makes no
//! difference. A chat that was signed in to an account before draws on a bucket of its own, so that nobody can keep its holder out.

use data_encoding::HEXLOWER;
use jiff::Timestamp;

use super::{Dialogue, Place, Screen, Step, Tap, TurnError};
use crate::domain::{ChatId, Email, Limits};
use crate::locale::Message;
use crate::secret::Key;
use crate::store;
use crate::turn::Turn;

/// Whom something is counted for, besides the chat of the turn.
#[derive(Clone, Copy, Debug, Default)]
pub struct Subject<'a> {
    /// The address that it is about.
    pub email: Option<&'a Email>,
    /// The place on the web that it comes from.
    pub web: Option<&'a str>,
}

/// Counts one more of `what`; the time from which it will be let through, if it is not now. What is not let through is not counted.
pub async fn take(turn: &mut Turn<'_>, what: &str, limits: Limits, subject: Subject<'_>) -> Result<Option<Timestamp>, TurnError> {
    let (key, chat) = (&turn.service.key, turn.chat.id);
    let bucket = |whose: &str, parts: &[&[u8]]| {
        let parts = [&[what.as_bytes(), whose.as_bytes()], parts].concat();
        HEXLOWER.encode(&key.derive("limit", &parts))
    };
    let mut buckets = vec![(bucket("chat", &[&chat.0.to_be_bytes()]), limits.chat)];
    if let (Some(limit), Some(email)) = (limits.address, subject.email) {
        let known = store::known_chat::is_known(turn.conn, &mark(key, chat, email)).await?;
        let of_chat: &[u8] = if known { &chat.0.to_be_bytes() } else { b"" };
        buckets.push((bucket("address", &[email.as_str().as_bytes(), of_chat]), limit));
    }
    if let (Some(limit), Some(web)) = (limits.web, subject.web) {
        buckets.push((bucket("web", &[web.as_bytes()]), limit));
    }
    Ok(store::limit_bucket::take(turn.conn, buckets, turn.now).await?.err())
}

/// Notes that the chat of the turn is signed in to the account with this address.
pub async fn know(turn: &mut Turn<'_>, email: &Email) -> Result<(), TurnError> {
    let (key, chat) = (&turn.service.key, turn.chat.id);
    Ok(store::known_chat::put(turn.conn, &mark(key, chat, email), &name(key, chat), turn.now).await?)
}

/// Erases which accounts the chat of the turn was signed in to.
pub async fn forget(turn: &mut Turn<'_>) -> Result<(), TurnError> {
    Ok(store::known_chat::forget(turn.conn, &name(&turn.service.key, turn.chat.id)).await?)
}

/// What a chat that was signed in to the account with this address is known by.
pub fn mark(key: &Key, chat: ChatId, email: &Email) -> String {
    HEXLOWER.encode(&key.derive("known chat and address", &[&chat.0.to_be_bytes(), email.as_str().as_bytes()]))
}

fn name(key: &Key, chat: ChatId) -> String {
    HEXLOWER.encode(&key.derive("known chat", &[&chat.0.to_be_bytes()]))
}

/// The one screen that asks to wait, whatever was tried; the dialogue stays.
pub fn wait(turn: &Turn<'_>, stay: Dialogue, until: Timestamp) -> Step {
    let screen = Screen::new(Message::new("limited").with("minutes", minutes(turn.now, until)));
    Step::show_once(stay, screen.button("button-menu", Tap::Go(Place::Menu)))
}

/// The minutes to wait, as holders are told them: one at least, and never too few.
pub fn minutes(now: Timestamp, until: Timestamp) -> i64 {
    (until.duration_since(now).as_secs() + 59).div_euclid(60).max(1)
}
