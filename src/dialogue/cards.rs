//! The linked cards: see them, take one off after a confirm step, and why none can be linked.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::{Button, Dialogue, Input, Place, Screen, Step, Tap, TurnError, sign_in};
use crate::domain::{Account, AccountState, CapabilityState, Card, CardId, Change, Expiry, Record, ScreenKind, SessionId, is_valid};
use crate::effects::{Effect, Letter, Mail};
use crate::locale::{Message, Value};
use crate::turn::Turn;

/// A question to confirm stands this long.
pub(super) const CONFIRM_LENGTH: SignedDuration = SignedDuration::from_mins(10);
/// Cards on the screen at most, so that the longest brands still fit Telegram's limit for a text.
const SHOWN: usize = 25;

/// Where the holder is among the cards.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Seeing the linked cards.
    List,
    /// Asked to confirm. The question belongs to the session it was asked in.
    Confirm {
        /// The card in question.
        card: CardId,
        /// The session it was asked in.
        session: SessionId,
        /// When it was asked.
        asked_at: Timestamp,
    },
    /// Taken off, with a receipt.
    Done {
        /// The card's brand and last four digits.
        card: Named,
        /// The receipt.
        reference: String,
        /// Whether it is only recorded here, to be done by the service.
        recorded: bool,
    },
    /// It was off already.
    Gone {
        /// The card's brand and last four digits.
        card: Named,
    },
    /// It cannot be taken off now.
    Refused {
        /// Why.
        why: Refusal,
    },
    /// Reading that no card can be linked.
    Link,
}

/// A card as the holder knows it.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Named {
    brand: String,
    last4: String,
}

/// Why a card cannot be taken off now.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// The service has locked the account.
    Locked,
    /// The account is closed.
    Closed,
    /// The service has stopped taking cards off.
    Stopped,
}

impl State {
    /// Whether only a signed-in holder may stand here; endings and the word on linking may outlive the session.
    pub fn needs_session(&self) -> bool {
        matches!(self, Self::List | Self::Confirm { .. })
    }
}

impl Card {
    fn named(&self) -> Named {
        Named { brand: self.brand.clone(), last4: self.last4.to_string() }
    }
}

impl Named {
    fn message(&self, key: &'static str) -> Message {
        Message::new(key).with("brand", self.brand.as_str()).with("last4", self.last4.as_str())
    }
}

/// A card was chosen, confirmed or kept.
pub async fn on(turn: &mut Turn<'_>, state: State, input: &Input) -> Result<Step, TurnError> {
    let step = match (&state, input) {
        (_, Input::Tap(Tap::Card(card))) => return ask(turn, *card).await,
        (_, Input::Tap(Tap::LinkCard)) => Step::go(Dialogue::Cards(State::Link)),
        (_, Input::Tap(Tap::Back)) => Step::go(Dialogue::Cards(State::List)),
        (State::Confirm { .. }, Input::Tap(Tap::Keep)) => Step::say(Dialogue::Cards(State::List), Message::new("card-kept")),
        (State::Confirm { card, session, asked_at }, Input::Tap(Tap::Confirm)) => return confirm(turn, *card, *session, *asked_at).await,
        _ => Step::say(Dialogue::Cards(state), Message::new("choose-a-button")),
    };
    Ok(step)
}

/// Asks whether this card is really to be taken off. Also where a fresh sign-in comes back to: the question is put anew.
pub async fn ask(turn: &mut Turn<'_>, card: CardId) -> Result<Step, TurnError> {
    let Some(session) = turn.chat.session.clone() else { return Ok(Step::go(Dialogue::Cards(State::List))) };
    let Some(found) = turn.card(session.account_id, card).await? else {
        return Ok(Step::say(Dialogue::Cards(State::List), Message::new("stale-button")));
    };
    let state = match found.removed_at {
        Some(_) => State::Gone { card: found.named() },
        None => State::Confirm { card, session: session.id, asked_at: turn.now },
    };
    Ok(Step::go(Dialogue::Cards(state)))
}

async fn confirm(turn: &mut Turn<'_>, card: CardId, session: SessionId, asked_at: Timestamp) -> Result<Step, TurnError> {
    let same_session = turn.chat.session.as_ref().is_some_and(|open| open.id == session);
    if !same_session || !is_valid(asked_at, asked_at + CONFIRM_LENGTH, turn.now) {
        return Ok(Step::say(Dialogue::Cards(State::List), Message::new("confirmation-expired")));
    }
    let Some(account) = turn.account().await? else { return Ok(Step::go(Dialogue::Cards(State::List))) };
    if let Some(why) = refusal(turn, &account) {
        return Ok(Step::go(Dialogue::Cards(State::Refused { why })));
    }
    if sign_in::must_prove(turn) {
        return sign_in::prove(turn, Dialogue::Cards(State::Confirm { card, session, asked_at })).await;
    }
    remove(turn, account, card).await
}

fn refusal(turn: &Turn<'_>, account: &Account) -> Option<Refusal> {
    match account.state {
        AccountState::Locked => return Some(Refusal::Locked),
        AccountState::Closed => return Some(Refusal::Closed),
        AccountState::Open => {}
    }
    let policy = &turn.service.policy;
    let stopped = matches!(policy.state_of("unlink_card", turn.now), Some(CapabilityState::Stopped(_)));
    stopped.then_some(Refusal::Stopped)
}

/// Takes the card off: the tombstone, the event, the audit row with the receipt and the notice mail, in this turn or not at all.
async fn remove(turn: &mut Turn<'_>, account: Account, card: CardId) -> Result<Step, TurnError> {
    // One that is off already has its screen; so has one that is not there.
    let linked = turn.card(account.id, card).await?.filter(|found| found.removed_at.is_none());
    let Some(found) = linked else { return ask(turn, card).await };
    turn.removals.push((account.id, card));
    let named = found.named();
    let recorded = turn.service.policy.record == Record::Upstream;
    let reference = turn.service.key.reference(&[found.reference.as_bytes(), &turn.service.random.bytes::<16>()]);
    let details = json!({ "card_ref": found.reference, "reference": reference });
    turn.changes.push(Change { kind: "card_removed", account: account.id, reference: reference.clone(), recorded, details });
    let letter = Letter::CardRemoved {
        brand: named.brand.clone(),
        last4: named.last4.clone(),
        reference: reference.clone(),
        person: turn.person.clone(),
        removed_at: turn.now,
        recorded,
    };
    turn.effects.push(Effect::Mail(Mail { to: account.email, language: turn.chat.language, chat: turn.chat.id, letter, to_nobody: false }));
    Ok(Step::go(Dialogue::Cards(State::Done { card: named, reference, recorded })))
}

/// The screen of each state.
pub async fn show(turn: &mut Turn<'_>, state: &State) -> Result<Screen, TurnError> {
    match state {
        State::List => list(turn).await,
        State::Confirm { card, .. } => question(turn, *card).await,
        State::Done { card, reference, recorded } => Ok(done(card, reference, *recorded)),
        State::Gone { card } => Ok(ending(card.message("card-gone"))),
        State::Refused { why } => Ok(ending(refused(turn, *why))),
        State::Link => Ok(link(turn)),
    }
}

async fn list(turn: &mut Turn<'_>) -> Result<Screen, TurnError> {
    let Some(session) = turn.chat.session.clone() else { return Ok(sign_in::show_session_ended()) };
    let cards = turn.linked_cards(session.account_id).await?;
    if cards.is_empty() {
        return Ok(Screen::new(Message::new("cards-none"))
            .kind(ScreenKind::Private)
            .button("button-link-card", Tap::LinkCard)
            .button("button-menu", Tap::Go(Place::Menu)));
    }
    let shown = &cards[..cards.len().min(SHOWN)];
    let mut screen = Screen::new(Message::new("cards-title")).list(shown.iter().map(line).collect()).kind(ScreenKind::Private);
    if shown.len() < cards.len() {
        screen = screen.text(Message::new("cards-more").with("shown", shown.len()).with("count", cards.len()));
    }
    screen = screen.text(Message::new("cards-hint"));
    for card in shown {
        screen = screen.row(vec![Button::labelled(card.named().message("button-card"), Tap::Card(card.id))]);
    }
    Ok(screen.row(vec![Button::new("button-link-card", Tap::LinkCard), Button::new("button-menu", Tap::Go(Place::Menu))]))
}

/// Years have four digits and months two, so neither is ever out of range.
fn month(expires: Expiry) -> Value {
    Value::Month { year: expires.year.try_into().unwrap_or(i16::MAX), month: expires.month.try_into().unwrap_or(i8::MAX) }
}

fn line(card: &Card) -> Message {
    card.named().message("cards-line").with("expires", month(card.expires)).with("linked", card.linked_on)
}

async fn question(turn: &mut Turn<'_>, card: CardId) -> Result<Screen, TurnError> {
    let account = turn.chat.session.as_ref().map(|session| session.account_id);
    let found = match account {
        Some(account) => turn.card(account, card).await?,
        None => None,
    };
    let Some(found) = found else { return list(turn).await };
    Ok(Screen::new(found.named().message("card-confirm"))
        .text(Message::new("card-confirm-what").with("place", turn.service.policy.place.as_str()))
        .kind(ScreenKind::Private)
        .button("button-confirm-removal", Tap::Confirm)
        .button("button-keep", Tap::Keep)
        .row(vec![Button::new("button-back", Tap::Back), Button::new("button-menu", Tap::Go(Place::Menu))]))
}

fn done(card: &Named, reference: &str, recorded: bool) -> Screen {
    let key = if recorded { "card-removal-recorded" } else { "card-removed" };
    Screen::new(card.message(key))
        .text(Message::new("receipt").with("reference", reference))
        .kind(ScreenKind::Lasting)
        .button("button-other-cards", Tap::Go(Place::Cards))
        .button("button-menu", Tap::Go(Place::Menu))
}

fn ending(text: Message) -> Screen {
    Screen::new(text).button("button-other-cards", Tap::Go(Place::Cards)).button("button-menu", Tap::Go(Place::Menu))
}

fn refused(turn: &Turn<'_>, why: Refusal) -> Message {
    let key = match why {
        Refusal::Locked => "card-refused-locked",
        Refusal::Closed => "card-refused-closed",
        Refusal::Stopped => "card-refused-stopped",
    };
    Message::new(key).with("contact", turn.service.policy.contact.as_str())
}

fn link(turn: &Turn<'_>) -> Screen {
    let policy = &turn.service.policy;
    let text = match policy.state_of("link_card", turn.now) {
        Some(CapabilityState::Stopped(date)) => Message::new("link-card-stopped").with("date", date),
        _ => Message::new("link-card-elsewhere"),
    };
    Screen::new(text.with("service", policy.service.as_str()))
        .text(Message::new("link-card-instead").with("place", policy.place.as_str()))
        .row(vec![Button::new("button-back", Tap::Back), Button::new("button-menu", Tap::Go(Place::Menu))])
}
