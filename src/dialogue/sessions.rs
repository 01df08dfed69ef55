//! The chats that are signed in to the account: since when, and how to end one or all others. No Telegram name or id of another
//! chat is told, since whoever looks may be the one who should not be there.

use jiff::Timestamp;

use super::told::News;
use super::{Button, Dialogue, Input, Place, Screen, Step, Tap, TurnError, cards, sign_in};
use crate::domain::{ScreenKind, Session, SessionId, is_valid};
use crate::locale::Message;
use crate::store::{self, session::Elsewhere};
use crate::turn::Turn;

/// Sessions on the screen at most; all others can be ended together.
const SHOWN: usize = 10;

/// Where the holder is among the sessions.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Seeing them.
    List,
    /// Seeing them, after some were ended.
    Ended {
        /// How many.
        count: usize,
    },
    /// Having one ended, for which a fresh proof was asked.
    End {
        /// The session to end.
        session: SessionId,
    },
    /// Asked whether all others are to be ended. The question belongs to the session it was asked in.
    Confirm {
        /// The session it was asked in.
        session: SessionId,
        /// When it was asked.
        asked_at: Timestamp,
    },
}

fn go(state: State) -> Step {
    Step::go(Dialogue::Sessions(state))
}

/// A session to end was chosen, or all others; the answer to the question.
pub async fn on(turn: &mut Turn<'_>, state: State, input: &Input) -> Result<Step, TurnError> {
    match (&state, input) {
        (_, Input::Tap(Tap::EndSession(session))) => end_one(turn, *session).await,
        (_, Input::Tap(Tap::EndOthers)) => Ok(ask(turn)),
        (State::Confirm { .. }, Input::Tap(Tap::Keep)) => Ok(Step::say(Dialogue::Sessions(State::List), Message::new("sessions-kept"))),
        (State::Confirm { session, asked_at }, Input::Tap(Tap::Confirm)) => end_others(turn, *session, *asked_at).await,
        _ => Ok(Step::say(Dialogue::Sessions(state), Message::new("choose-a-button"))),
    }
}

/// Asks whether all other sessions are really to be ended. Also where a fresh proof comes back to.
pub fn ask(turn: &Turn<'_>) -> Step {
    match &turn.chat.session {
        Some(session) => go(State::Confirm { session: session.id, asked_at: turn.now }),
        None => go(State::List),
    }
}

/// Ends one session, if it is another one of this account. It may be the only other one: it wants what ending all of them wants.
pub async fn end_one(turn: &mut Turn<'_>, session: SessionId) -> Result<Step, TurnError> {
    if !others(turn).await?.iter().any(|other| other.session.id == session) {
        return Ok(Step::say(Dialogue::Sessions(State::List), Message::new("stale-button")));
    }
    if sign_in::must_prove(turn) {
        return sign_in::prove(turn, Dialogue::Sessions(State::End { session })).await;
    }
    end(turn, |other| other.session.id == session).await
}

/// Ends all other sessions, which is a step that matters: whoever does it alone remains.
async fn end_others(turn: &mut Turn<'_>, session: SessionId, asked_at: Timestamp) -> Result<Step, TurnError> {
    let same_session = turn.chat.session.as_ref().is_some_and(|open| open.id == session);
    if !same_session || !is_valid(asked_at, asked_at + cards::CONFIRM_LENGTH, turn.now) {
        return Ok(Step::say(Dialogue::Sessions(State::List), Message::new("sessions-expired")));
    }
    if sign_in::must_prove(turn) {
        return sign_in::prove(turn, Dialogue::Sessions(State::Confirm { session, asked_at })).await;
    }
    end(turn, |_| true).await
}

/// Each chat ends its own session when it hears of it, in this transaction; what was begun elsewhere to sign in to the account is void.
async fn end(turn: &mut Turn<'_>, which: impl Fn(&Elsewhere) -> bool) -> Result<Step, TurnError> {
    let Some(account) = turn.chat.session.as_ref().map(|session| session.account_id) else { return Ok(go(State::List)) };
    // A chat that is signing in at this moment is waited for.
    turn.conn.lock_account(account).await?;
    store::session::void_begun(turn.conn, account, Some(turn.chat.id)).await?;
    let mut found = others(turn).await?;
    found.retain(which);
    turn.news.extend(found.iter().map(|other| (other.session.chat_id, News::SessionEnded(other.session.id))));
    Ok(go(State::Ended { count: found.len() }))
}

/// The other chats that are signed in to the account, but for those about to be told that their session has ended.
async fn others(turn: &mut Turn<'_>) -> Result<Vec<Elsewhere>, TurnError> {
    let Some(own) = turn.chat.session.clone() else { return Ok(Vec::new()) };
    let mut found = store::session::of_account(turn.conn, own.account_id).await?;
    let ending = |id| turn.news.iter().any(|(_, news)| *news == News::SessionEnded(id));
    found.retain(|other| other.session.id != own.id && other.session.is_live(turn.now) && !ending(other.session.id));
    Ok(found)
}

/// The screen of each state.
pub async fn show(turn: &mut Turn<'_>, state: &State) -> Result<Screen, TurnError> {
    let Some(own) = turn.chat.session.clone() else { return Ok(sign_in::show_session_ended()) };
    let others = others(turn).await?;
    Ok(match state {
        State::List | State::End { .. } => list(&own, &others),
        State::Ended { count } => list(&own, &others).headed(Message::new("sessions-ended").with("count", *count)),
        State::Confirm { .. } => Screen::new(Message::new("sessions-confirm").with("count", others.len()))
            .text(Message::new("sessions-confirm-what"))
            .kind(ScreenKind::Private)
            .button("button-end-others-confirm", Tap::Confirm)
            .button("button-end-others-keep", Tap::Keep)
            .button("button-menu", Tap::Go(Place::Menu)),
    })
}

fn list(own: &Session, others: &[Elsewhere]) -> Screen {
    let shown = &others[..others.len().min(SHOWN)];
    let mut lines = vec![Message::new("sessions-here").with("since", own.started_at)];
    lines.extend((1..).zip(shown).map(|(number, other): (i64, _)| line(number, other)));
    let mut screen = Screen::new(Message::new("sessions-title")).list(lines).kind(ScreenKind::Private);
    if shown.len() < others.len() {
        screen = screen.text(Message::new("sessions-more").with("shown", shown.len()).with("count", others.len()));
    }
    if others.is_empty() {
        return screen.text(Message::new("sessions-alone")).button("button-menu", Tap::Go(Place::Menu));
    }
    screen = screen.text(Message::new("sessions-hint"));
    for (number, other) in (1_i64..).zip(shown) {
        let label = Message::new("button-end-session").with("number", number);
        screen = screen.row(vec![Button::labelled(label, Tap::EndSession(other.session.id))]);
    }
    screen.button("button-end-others", Tap::EndOthers).button("button-menu", Tap::Go(Place::Menu))
}

fn line(number: i64, Elsewhere { session, language }: &Elsewhere) -> Message {
    Message::new("sessions-elsewhere")
        .with("number", number)
        .with("language", language.code())
        .with("since", session.started_at)
        .with("seen", session.seen_at)
}
