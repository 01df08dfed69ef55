//! What is kept about the holder, why and how long; all of it as a document; all of it erased after a confirm step.

use jiff::Timestamp;

use super::{Button, Dialogue, Input, Place, Screen, Step, Tap, TurnError, cards, help, limits, sign_in};
use crate::domain::{CODE_LENGTH, RESET_LINK_KEPT, SESSION_IDLE, SESSION_LENGTH, SIGN_IN_LINK_LENGTH, UPDATES_KEPT, days, is_valid};
use crate::effects::{Document, Effect, Lane};
use crate::locale::Message;
use crate::store;
use crate::turn::Turn;

/// Where the holder is.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Reading what is kept.
    Notice,
    /// Waiting for the document.
    OnItsWay,
    /// Asked whether everything is to be erased.
    Forget {
        /// When it was asked.
        asked_at: Timestamp,
    },
    /// Everything is erased. The farewell is shown under this state; nothing stores it.
    Forgotten,
}

/// `/forget`: the question, which stands for a while from now on.
pub fn ask_to_forget(turn: &Turn<'_>) -> Step {
    Step::go(Dialogue::Privacy(State::Forget { asked_at: turn.now }))
}

/// `/mydata`: leaves a document to be made, one a minute and one at a time. Signed in it is about the account too, and wants a
/// young proof.
pub async fn ask_for_data(turn: &mut Turn<'_>) -> Result<Step, TurnError> {
    let chat = turn.chat.id;
    let on_its_way = Dialogue::Privacy(State::OnItsWay);
    if !store::effect::in_lane(turn.conn, Lane::Document.of(chat), None).await?.is_empty() {
        return Ok(Step::say(on_its_way, Message::new("data-still-coming")));
    }
    if sign_in::must_prove(turn) {
        return sign_in::prove(turn, on_its_way).await;
    }
    if !store::data_request::ask(turn.conn, chat, turn.now).await? {
        return Ok(Step::say(on_its_way, Message::new("data-just-sent")));
    }
    let session = turn.chat.session.as_ref().map(|session| session.id);
    turn.effects.push(Effect::Document(Document { chat, language: turn.chat.language, session }));
    Ok(Step::go(on_its_way))
}

/// The answer to the question, or something that answers nothing.
pub async fn on(turn: &mut Turn<'_>, state: State, input: &Input) -> Result<Step, TurnError> {
    let notice = |note| Step::say(Dialogue::Privacy(State::Notice), Message::new(note));
    match (&state, input) {
        (State::Forget { .. }, Input::Tap(Tap::Keep)) => Ok(notice("forget-kept")),
        (State::Forget { asked_at }, Input::Tap(Tap::Confirm)) => {
            if !is_valid(*asked_at, *asked_at + cards::CONFIRM_LENGTH, turn.now) {
                return Ok(notice("forget-expired"));
            }
            erase(turn).await?;
            Ok(Step::go(Dialogue::Privacy(State::Forgotten)))
        }
        _ => Ok(Step::say(Dialogue::Privacy(state), Message::new("choose-a-button"))),
    }
}

/// Erases the chat: its row, its sessions and what it asked for, in this turn or not at all. The next word begins a new chat.
pub async fn erase(turn: &mut Turn<'_>) -> Result<(), TurnError> {
    let chat = turn.chat.id;
    turn.end_session().await?;
    store::session::forget(turn.conn, chat).await?;
    store::one_time_code::forget(turn.conn, chat).await?;
    store::reset_link::forget(turn.conn, chat).await?;
    store::sign_in_request::forget(turn.conn, chat).await?;
    limits::forget(turn).await?;
    store::data_request::forget(turn.conn, chat).await?;
    store::parting::forget(turn.conn, &[chat]).await?;
    store::set_aside_dialogue::forget(turn.conn, chat).await?;
    for lane in Lane::ALL {
        for kind in lane.forgotten() {
            store::effect::forget(turn.conn, lane.of(chat), kind).await?;
        }
    }
    store::chat::forget(turn.conn, chat).await?;
    if turn.chat.language_chosen {
        turn.effects.push(Effect::ResetCommands { chat });
    }
    turn.forgotten = true;
    Ok(())
}

/// The screen of each state.
pub fn show(turn: &Turn<'_>, state: &State) -> Screen {
    match state {
        State::Notice => notice(turn),
        State::OnItsWay => Screen::new(Message::new(if turn.chat.session.is_some() { "data-coming" } else { "data-coming-signed-out" }))
            .row(vec![Button::new("button-privacy", Tap::Go(Place::Privacy)), Button::new("button-menu", Tap::Go(Place::Menu))]),
        State::Forget { .. } => Screen::new(Message::new("forget-title"))
            .list(vec![Message::new("forget-erased"), Message::new("forget-stays")])
            .text(Message::new("forget-telegram"))
            .button("button-forget-confirm", Tap::Confirm)
            .button("button-forget-keep", Tap::Keep)
            .button("button-menu", Tap::Go(Place::Menu)),
        State::Forgotten => Screen::new(Message::new("forgotten")).text(Message::new("forgotten-telegram")),
    }
}

/// The numbers come from where they hold, so that the text tells the truth.
fn notice(turn: &Turn<'_>) -> Screen {
    let policy = &turn.service.policy;
    let kept_for = &policy.retention;
    let mut kept = vec![
        Message::new("privacy-chat").with("days", days(kept_for.silent_chats)),
        Message::new("privacy-session")
            .with("minutes", SESSION_IDLE.as_mins())
            .with("hours", SESSION_LENGTH.as_hours())
            .with("days", days(kept_for.ended_sessions)),
        Message::new("privacy-code").with("minutes", CODE_LENGTH.as_mins()),
        Message::new("privacy-page").with("minutes", (SIGN_IN_LINK_LENGTH + CODE_LENGTH).as_mins()),
        Message::new("privacy-reset").with("hours", RESET_LINK_KEPT.as_hours()),
        Message::new("privacy-limits").with("days", days(kept_for.silent_chats)),
        Message::new("privacy-sending").with("days", days(kept_for.dead_letters)),
        Message::new("privacy-updates").with("hours", UPDATES_KEPT.as_hours()),
        Message::new("privacy-set-aside").with("days", days(kept_for.set_aside_dialogues)),
        Message::new("privacy-audit").with("days", days(kept_for.audit)),
        Message::new("privacy-account").with("service", policy.service.as_str()),
    ];
    kept.extend(policy.final_date.map(|date| Message::new("privacy-final-date").with("date", date)));
    Screen::new(Message::new("privacy-title"))
        .list(kept)
        .text(Message::new("privacy-never"))
        .text(Message::new("privacy-telegram"))
        .text(help::operator(turn))
        .row(vec![Button::new("button-my-data", Tap::Go(Place::MyData)), Button::new("button-forget", Tap::Go(Place::Forget))])
        .button("button-menu", Tap::Go(Place::Menu))
}
