//! Signing in with a mailed one-time code, signing out, and the end of a session. With the password: `page`.
//! The answer is the same whether an address has an account or not (OWASP Authentication: user enumeration).

pub mod page;

use data_encoding::HEXLOWER;

use super::limits::{self, Subject};
use super::{Button, Dialogue, Input, Place, Screen, Step, Tap, TurnError, cards};
use crate::domain::{
    AccountId, CODE_LENGTH, CODE_MAILS, CODE_RESEND_WAIT, CODE_RESENDS, CODE_TRIES, CODE_TRIES_LIMITS, ChatId, Email, Written, is_valid,
};
use crate::effects::{Effect, Letter, Mail};
use crate::locale::Message;
use crate::secret::{self, Key};
use crate::store;
use crate::store::one_time_code::{self, OneTimeCode};
use crate::turn::Turn;

/// Where the holder is in signing in; `then` is where to go on.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Asked for the e-mail address.
    AskEmail {
        /// Where to go on.
        then: Box<Dialogue>,
    },
    /// Asked for the code.
    AskCode {
        /// Where to go on.
        then: Box<Dialogue>,
        /// The address the code was asked for.
        email: Email,
    },
    /// Led to the page on which the password is entered, and asked for the code that it shows.
    OnPage {
        /// Where to go on.
        then: Box<Dialogue>,
        /// What the page's link is derived from, besides the key.
        nonce: String,
    },
}

/// `/signin` and every button that leads there; from the status, the holder comes back to it.
pub fn enter(turn: &Turn<'_>, here: Dialogue) -> Step {
    if turn.chat.session.is_some() {
        return Step::say(Dialogue::Menu, Message::new("already-signed-in"));
    }
    let then = match here {
        Dialogue::Status => Dialogue::Status,
        Dialogue::SignIn(state) => return Step::go(Dialogue::SignIn(state)),
        _ => Dialogue::Menu,
    };
    Step::go(Dialogue::SignIn(State::AskEmail { then: Box::new(then) }))
}

/// `/signout`.
pub async fn leave(turn: &mut Turn<'_>) -> Result<Step, TurnError> {
    let note = if turn.chat.session.is_some() { "signed-out" } else { "not-signed-in" };
    turn.end_session().await?;
    Ok(Step::say(Dialogue::Menu, Message::new(note)))
}

/// An address, a code, or one of the buttons.
pub async fn on(turn: &mut Turn<'_>, state: State, input: Input) -> Result<Step, TurnError> {
    match (state, input) {
        (State::AskEmail { then }, Input::Text(Written { text, .. })) => match text.parse::<Email>() {
            Ok(email) => request(turn, then, email).await,
            Err(_) => Ok(Step::say(Dialogue::SignIn(State::AskEmail { then }), Message::new("not-an-email"))),
        },
        (State::AskCode { then, email }, Input::Text(Written { text, .. })) => match text.parse::<Email>() {
            Ok(other) => request(turn, then, other).await,
            Err(_) => enter_code(turn, then, email, &text).await,
        },
        (State::AskCode { then, email }, Input::Tap(Tap::Resend)) => request(turn, then, email).await,
        (State::OnPage { then, nonce }, Input::Text(Written { text, .. })) => match text.parse::<Email>() {
            Ok(email) => request(turn, then, email).await,
            Err(_) => page::enter_code(turn, then, nonce, &text).await,
        },
        (state @ State::AskEmail { .. }, Input::Tap(Tap::WithPassword)) | (state @ State::OnPage { .. }, Input::Tap(Tap::Resend)) => {
            page::ask(turn, state).await
        }
        (State::AskCode { then, .. } | State::OnPage { then, .. }, Input::Tap(Tap::OtherAddress)) => {
            Ok(Step::go(Dialogue::SignIn(State::AskEmail { then })))
        }
        (state, _) => Ok(Step::say(Dialogue::SignIn(state), Message::new("choose-a-button"))),
    }
}

/// Has a code mailed, if the address has an account; the holder is told the same either way. While the chat's code for this
/// address is good, asking again is a resend: a minute apart, three at most, each voiding the one before.
async fn request(turn: &mut Turn<'_>, then: Box<Dialogue>, email: Email) -> Result<Step, TurnError> {
    let stay = Dialogue::SignIn(State::AskCode { then: then.clone(), email: email.clone() });
    let last = one_time_code::get(turn.conn, turn.chat.id).await?;
    let last = last.filter(|code| code.email == email && !code.used && is_valid(code.issued_at, code.expires_at, turn.now));
    let mut resends = 0;
    if let Some(code) = &last {
        if turn.now < code.issued_at + CODE_RESEND_WAIT {
            return Ok(Step::say(stay, Message::new("code-just-sent")));
        }
        if code.resends >= CODE_RESENDS {
            return Ok(Step::say(
                stay,
                Message::new("code-no-more").with("minutes", code.expires_at.duration_since(turn.now).as_mins().max(1)),
            ));
        }
        resends = code.resends + 1;
    }
    let subject = Subject { email: Some(&email), web: None };
    if let Some(until) = limits::take(turn, "code mails", CODE_MAILS, subject).await? {
        let stay = if last.is_some() { stay } else { Dialogue::SignIn(State::AskEmail { then }) };
        return Ok(limits::wait(turn, stay, until));
    }
    issue(turn, email, resends).await?;
    Ok(if last.is_some() { Step::say(stay, Message::new("code-sent-again")) } else { Step::go(stay) })
}

async fn issue(turn: &mut Turn<'_>, email: Email, resends: i64) -> Result<(), TurnError> {
    let account = store::account::by_email(turn.conn, &email).await?;
    let nonce = HEXLOWER.encode(&turn.service.random.bytes::<16>());
    let code = OneTimeCode {
        nonce: nonce.clone(),
        email: email.clone(),
        account_id: account.as_ref().map(|account| account.id),
        issued_at: turn.now,
        expires_at: turn.now + CODE_LENGTH,
        tries: 0,
        resends,
        used: false,
    };
    one_time_code::put(turn.conn, turn.chat.id, &code).await?;
    let letter = Letter::Code { nonce, person: turn.person.clone(), expires_at: code.expires_at };
    let (language, chat) = (turn.chat.language, turn.chat.id);
    turn.effects.push(Effect::Mail(Mail { to: email, language, chat, letter, to_nobody: account.is_none() }));
    Ok(())
}

async fn enter_code(turn: &mut Turn<'_>, then: Box<Dialogue>, email: Email, typed: &str) -> Result<Step, TurnError> {
    let stay = |then, note: Message| Step::say(Dialogue::SignIn(State::AskCode { then, email: email.clone() }), note);
    let Ok(typed) = typed.parse::<secret::OneTimeCode>() else { return Ok(stay(then, Message::new("not-a-code"))) };
    if let Some(until) = limits::take(turn, "codes", CODE_TRIES_LIMITS, Subject::default()).await? {
        return Ok(limits::wait(turn, Dialogue::SignIn(State::AskCode { then, email }), until));
    }
    let good = |code: &OneTimeCode| {
        code.email == email && !code.used && code.tries < CODE_TRIES && is_valid(code.issued_at, code.expires_at, turn.now)
    };
    let Some(code) = one_time_code::get(turn.conn, turn.chat.id).await?.filter(good) else {
        return Ok(stay(then, Message::new("code-void")));
    };
    let right = code_for(&turn.service.key, &code.nonce, turn.chat.id, &email) == typed;
    match code.account_id {
        Some(account) if right && one_time_code::used(turn.conn, turn.chat.id).await? => begin(turn, account, *then).await,
        _ => {
            one_time_code::tried(turn.conn, turn.chat.id).await?;
            let left = CODE_TRIES - code.tries - 1;
            Ok(stay(then, if left > 0 { Message::new("code-wrong").with("left", left) } else { Message::new("code-void") }))
        }
    }
}

/// Signs the chat in to an account from outside the chat, and goes on where the holder was.
pub async fn begin_from(turn: &mut Turn<'_>, here: Dialogue, account: AccountId) -> Result<Step, TurnError> {
    turn.end_session().await?;
    let then = match here {
        Dialogue::SignIn(State::AskEmail { then } | State::AskCode { then, .. } | State::OnPage { then, .. })
        | Dialogue::SessionEnded { then } => *then,
        here => here,
    };
    begin(turn, account, then).await
}

/// Signs the chat in to an account and goes on where the holder was.
async fn begin(turn: &mut Turn<'_>, account: AccountId, then: Dialogue) -> Result<Step, TurnError> {
    let session = store::session::start(turn.conn, turn.chat.id, account, turn.now).await?;
    turn.chat.session = Some(session);
    if let Some(account) = turn.account().await? {
        limits::know(turn, &account.email).await?;
    }
    let step = resume(turn, then).await?;
    Ok(Step { note: Some(Message::new("signed-in")), ..step })
}

/// The code that a nonce stands for, in this chat and for this address only. It is derived when it is mailed and when it is compared.
pub fn code_for(key: &Key, nonce: &str, chat: ChatId, email: &Email) -> secret::OneTimeCode {
    key.code("sign in", &[nonce.as_bytes(), &chat.0.to_be_bytes(), email.as_str().as_bytes()])
}

/// Goes on where the holder was; a question to confirm is put anew in the new session.
async fn resume(turn: &mut Turn<'_>, then: Dialogue) -> Result<Step, TurnError> {
    match then {
        Dialogue::Cards(cards::State::Confirm { card, .. }) => cards::ask(turn, card).await,
        then => Ok(Step::go(then)),
    }
}

/// What can be done where a session has ended.
pub fn on_session_ended(then: Dialogue, input: &Input) -> Step {
    match input {
        Input::Tap(Tap::SignInAgain) => Step::go(Dialogue::SignIn(State::AskEmail { then: Box::new(then) })),
        _ => Step::say(Dialogue::SessionEnded { then: Box::new(then) }, Message::new("choose-a-button")),
    }
}

/// The screen of each state.
pub async fn show(turn: &mut Turn<'_>, state: &State) -> Result<Screen, TurnError> {
    Ok(match state {
        State::AskEmail { then } => {
            let why = if then.needs_session() { "sign-in-needed" } else { "sign-in-title" };
            Screen::new(Message::new(why))
                .text(Message::new("ask-email").with("service", turn.service.policy.service.as_str()))
                .button("button-with-password", Tap::WithPassword)
                .button("button-cancel", Tap::Cancel)
        }
        State::OnPage { nonce, .. } => page::show(nonce),
        State::AskCode { email, .. } => {
            Screen::new(Message::new("ask-code").with("email", email.as_str()).with("minutes", CODE_LENGTH.as_mins()))
                .text(Message::new("ask-code-here-only"))
                .row(vec![Button::new("button-resend", Tap::Resend), Button::new("button-other-address", Tap::OtherAddress)])
                .button("button-cancel", Tap::Cancel)
        }
    })
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
