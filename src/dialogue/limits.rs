//! What slows guessing and flooding down, for a chat, an address and a place on the web: whether an address has an account makes no
//! difference. A chat that was signed in to an account before draws on a bucket of its own, so that nobody can keep its holder out; of
//! the others, each draws on a small one, so that a few cannot keep out a holder who comes for the first time.

use data_encoding::HEXLOWER;
use jiff::Timestamp;

use super::{Dialogue, Place, Screen, Step, Tap, TurnError};
use crate::domain::{Email, Limited};
use crate::locale::Message;
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
pub async fn take(turn: &mut Turn<'_>, what: Limited, subject: Subject<'_>) -> Result<Option<Timestamp>, TurnError> {
    let (key, chat, limits) = (&turn.service.key, turn.chat.id, what.limits());
    let bucket = |whose: &str, parts: &[&[u8]]| {
        let parts = [&[what.name().as_bytes(), whose.as_bytes()], parts].concat();
        HEXLOWER.encode(&key.derive("limit", &parts))
    };
    let chat_bytes = chat.0.to_be_bytes();
    let mut buckets = vec![(bucket("chat", &[&chat_bytes]), limits.chat)];
    if let (Some(of), Some(email)) = (limits.address, subject.email) {
        let address = email.as_str().as_bytes();
        if store::known_chat::is_known(turn.conn, key, chat, email).await? {
            buckets.push((bucket("known", &[address, &chat_bytes]), of.known));
        } else {
            buckets.push((bucket("stranger", &[address, &chat_bytes]), of.stranger));
            buckets.push((bucket("strangers", &[address]), of.strangers));
        }
    }
    if let (Some(limit), Some(web)) = (limits.web, subject.web) {
        buckets.push((bucket("web", &[web.as_bytes()]), limit));
    }
    let until = store::limit_bucket::take(turn.conn, buckets, turn.now).await?.err();
    turn.limited.extend(until.map(|_| what));
    Ok(until)
}

/// Notes that the chat of the turn is signed in to the account with this address.
pub async fn know(turn: &mut Turn<'_>, email: &Email) -> Result<(), TurnError> {
    Ok(store::known_chat::put(turn.conn, &turn.service.key, turn.chat.id, email, turn.now).await?)
}

/// Erases which accounts the chat of the turn was signed in to.
pub async fn forget(turn: &mut Turn<'_>) -> Result<(), TurnError> {
    Ok(store::known_chat::forget(turn.conn, &turn.service.key, turn.chat.id).await?)
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
