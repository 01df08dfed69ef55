//! The session of a chat: how it starts, whatever the holder has proven themselves with, where the holder goes on then, signing out,
//! and what is shown where it has ended.

use super::State;
use crate::dialogue::told::News;
use crate::dialogue::{Button, Dialogue, Input, Place, Screen, Step, Tap, TurnError, cards, limits, privacy, sessions};
use crate::domain::{AccountId, Action};
use crate::effects::{Effect, Letter, Mail};
use crate::locale::Message;
use crate::store;
use crate::turn::Turn;

/// Signs the chat in to an account and goes on where the holder was; `None` if the account is gone or was locked meanwhile.
pub async fn begin(turn: &mut Turn<'_>, account: AccountId, then: Dialogue) -> Result<Option<Step>, TurnError> {
    if !start_session(turn, account).await? {
        return Ok(None);
    }
    let step = resume(turn, then).await?;
    Ok(Some(Step { note: Some(Message::new("signed-in")), ..step }))
}

/// Signs the chat in, whatever the holder has proven themselves with; false if the account is gone or was locked meanwhile. The chat's
/// open session ends, for it may be another account's. The holder hears of it by mail, and the other chats that are signed in to the
/// account by a message, so that nobody comes in unnoticed (OWASP Authentication; NIST SP 800-63B, 4.6: notice of what happens to an
/// account goes to its address).
async fn start_session(turn: &mut Turn<'_>, account: AccountId) -> Result<bool, TurnError> {
    // The operator may be locking it at this moment.
    turn.conn.lock_account(account).await?;
    let found = store::account::by_id(turn.conn, account).await?;
    let Some(account) = found.filter(|account| !account.locked_here) else { return Ok(false) };
    turn.end_session().await?;
    let (chat, language) = (turn.chat.id, turn.chat.language);
    let others = store::session::chats(turn.conn, account.id).await?.into_iter().filter(|other| *other != chat);
    turn.news.extend(others.map(|other| (other, News::SignedIn { language })));
    let session = store::session::start(turn.conn, chat, account.id, turn.now).await?;
    turn.audit(Action::SignedIn, account.id, "done", &session.id.0.to_be_bytes());
    turn.chat.session = Some(session);
    let letter = Letter::SignedIn { person: turn.person.clone(), language, signed_in_at: turn.now };
    limits::know(turn, &account.email).await?;
    turn.effects.push(Effect::Mail(Mail { to: account.email, language, chat, letter, to_nobody: false }));
    Ok(true)
}

/// Leads a holder who is signed in past what only leads there, such as where a detour comes back to that was taken while signing in.
pub async fn go_past(turn: &mut Turn<'_>, step: Step) -> Result<Step, TurnError> {
    match step.to {
        Dialogue::SignIn(State::AskEmail { .. } | State::AskCode { .. } | State::OnPage { .. }) | Dialogue::SessionEnded { .. } => {
            let past = resume(turn, step.to).await?;
            Ok(Step { note: step.note.or(past.note), ..past })
        }
        _ => Ok(step),
    }
}

/// Goes on where the holder was; a question to confirm is put anew, and what waited for a proof is done.
pub(super) async fn resume(turn: &mut Turn<'_>, then: Dialogue) -> Result<Step, TurnError> {
    match then {
        // Whoever has just signed in has just proven it, too.
        Dialogue::SignIn(State::AskEmail { then } | State::AskCode { then, .. } | State::OnPage { then, .. } | State::Prove { then })
        | Dialogue::SessionEnded { then } => Box::pin(resume(turn, *then)).await,
        Dialogue::Sessions(sessions::State::Confirm { .. }) => Ok(sessions::ask(turn)),
        Dialogue::Sessions(sessions::State::End { session }) => sessions::end_one(turn, session).await,
        Dialogue::Privacy(privacy::State::OnItsWay) => privacy::ask_for_data(turn).await,
        Dialogue::Cards(cards::State::Confirm { card, .. }) => cards::ask(turn, card).await,
        then => Ok(Step::go(then)),
    }
}

/// `/signout`.
pub async fn leave(turn: &mut Turn<'_>) -> Result<Step, TurnError> {
    let note = if turn.chat.session.is_some() { "signed-out" } else { "not-signed-in" };
    turn.close_session(Action::SignedOut).await?;
    Ok(Step::say(Dialogue::Menu, Message::new(note)))
}

/// What can be done where a session has ended.
pub fn on_session_ended(then: Dialogue, input: &Input) -> Step {
    match input {
        Input::Tap(Tap::SignInAgain) => Step::go(Dialogue::SignIn(State::AskEmail { then: Box::new(then) })),
        _ => Step::say(Dialogue::SessionEnded { then: Box::new(then) }, Message::new("choose-a-button")),
    }
}

/// What blanks a screen whose session has ended.
pub fn show_session_ended() -> Screen {
    signed_out(Message::new("session-ended"))
}

/// Says why the holder is signed out, with the way to go on.
pub fn signed_out(why: Message) -> Screen {
    Screen::new(why)
        .button("button-sign-in-again", Tap::SignInAgain)
        .row(vec![Button::new("button-status", Tap::Go(Place::Status)), Button::new("button-menu", Tap::Go(Place::Menu))])
}
