//! Signing in with a mailed one-time code, proving again before a sensitive step, signing out, and the end of a session. With the
//! password: `page`.
//! The answer is the same whether an address has an account or not (OWASP Authentication: user enumeration).

pub mod page;

use data_encoding::HEXLOWER;
use jiff::Timestamp;

use super::limits::{self, Subject};
use super::told::News;
use super::{Button, Dialogue, Input, Place, Screen, Step, Tap, TurnError, cards, privacy, sessions};
use crate::domain::{
    AccountId, Action, CODE_LENGTH, CODE_RESEND_WAIT, CODE_RESENDS, CODE_TRIES, ChatId, Email, Limited, ScreenKind, Written, is_valid,
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
    /// Asked for a fresh code before a sensitive step. It is mailed to the address of the account, which is not asked for again.
    Prove {
        /// The step.
        then: Box<Dialogue>,
    },
}

impl State {
    /// Whether only a signed-in holder may stand here.
    pub fn needs_session(&self) -> bool {
        matches!(self, Self::Prove { .. })
    }
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
    turn.close_session(Action::SignedOut).await?;
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
        (State::Prove { then }, Input::Text(Written { text, .. })) => enter_proof(turn, then, &text).await,
        (State::Prove { then }, Input::Tap(Tap::Resend)) => prove(turn, *then).await,
        (state, _) => Ok(Step::say(Dialogue::SignIn(state), Message::new("choose-a-button"))),
    }
}

/// Whether the session's proof is too old for a sensitive step, which then leads to [`prove`] (OWASP Session Management and
/// Transaction Authorization: re-authentication; the age counts when the step is confirmed, not when it is begun).
pub fn must_prove(turn: &Turn<'_>) -> bool {
    turn.chat.session.as_ref().is_some_and(|session| !session.is_freshly_proven(turn.now))
}

/// Has a fresh code mailed to the account's address; once it is entered, the holder goes on with the step at `then`.
pub async fn prove(turn: &mut Turn<'_>, then: Dialogue) -> Result<Step, TurnError> {
    let Some(account) = turn.account().await? else { return Ok(Step::go(then)) };
    let stay = Dialogue::SignIn(State::Prove { then: Box::new(then) });
    Ok(match send_code(turn, account.email, true).await? {
        Sending::Sent => Step::go(stay),
        Sending::SentAgain => Step::say(stay, Message::new("prove-sent-again")),
        Sending::Refused(why) => Step::say(stay, why),
        Sending::Wait { until, .. } => limits::wait(turn, stay, until),
    })
}

/// Has a code mailed, if the address has an account; the holder is told the same either way.
async fn request(turn: &mut Turn<'_>, then: Box<Dialogue>, email: Email) -> Result<Step, TurnError> {
    let stay = Dialogue::SignIn(State::AskCode { then: then.clone(), email: email.clone() });
    Ok(match send_code(turn, email, false).await? {
        Sending::Sent => Step::go(stay),
        Sending::SentAgain => Step::say(stay, Message::new("code-sent-again")),
        Sending::Refused(why) => Step::say(stay, why),
        Sending::Wait { until, code: true } => limits::wait(turn, stay, until),
        Sending::Wait { until, code: false } => limits::wait(turn, Dialogue::SignIn(State::AskEmail { then }), until),
    })
}

/// What became of asking for a code.
enum Sending {
    /// It is on its way, if the address has an account.
    Sent,
    /// Another is, and the one before is void.
    SentAgain,
    /// Not now, and why.
    Refused(Message),
    /// Too many were asked for; `code` is whether one is good that was sent before.
    Wait {
        /// From when on another can be asked for.
        until: Timestamp,
        /// Whether one that was sent before is good.
        code: bool,
    },
}

/// Has a code mailed. While the chat's code for this address is good, asking again is a resend: a minute apart, three at most,
/// each voiding the one before. `again` is whether it is for a session that is there.
async fn send_code(turn: &mut Turn<'_>, email: Email, again: bool) -> Result<Sending, TurnError> {
    let last = one_time_code::get(turn.conn, turn.chat.id).await?;
    let last = last.filter(|code| code.email == email && !code.used && is_valid(code.issued_at, code.expires_at, turn.now));
    let mut resends = 0;
    if let Some(code) = &last {
        if turn.now < code.issued_at + CODE_RESEND_WAIT {
            return Ok(Sending::Refused(Message::new("code-just-sent")));
        }
        if code.resends >= CODE_RESENDS {
            let minutes = code.expires_at.duration_since(turn.now).as_mins().max(1);
            return Ok(Sending::Refused(Message::new("code-no-more").with("minutes", minutes)));
        }
        resends = code.resends + 1;
    }
    let subject = Subject { email: Some(&email), web: None };
    if let Some(until) = limits::take(turn, Limited::CodeMails, subject).await? {
        return Ok(Sending::Wait { until, code: last.is_some() });
    }
    issue(turn, email, resends, again).await?;
    Ok(if last.is_some() { Sending::SentAgain } else { Sending::Sent })
}

async fn issue(turn: &mut Turn<'_>, email: Email, resends: i64, again: bool) -> Result<(), TurnError> {
    let account = store::account::by_email(turn.conn, &email).await?;
    let nonce = HEXLOWER.encode(&turn.service.random.bytes::<16>());
    let locked = account.as_ref().is_some_and(|account| account.locked_here);
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
    let person = turn.person.clone();
    // Only the mailbox hears that the account is locked.
    let letter = if locked { Letter::SignInRefused { person } } else { Letter::Code { nonce, person, expires_at: code.expires_at, again } };
    let (language, chat) = (turn.chat.language, turn.chat.id);
    turn.effects.push(Effect::Mail(Mail { to: email, language, chat, letter, to_nobody: account.is_none() }));
    Ok(())
}

async fn enter_code(turn: &mut Turn<'_>, then: Box<Dialogue>, email: Email, typed: &str) -> Result<Step, TurnError> {
    match redeem(turn, &email, typed).await? {
        Ok(account) => match begin(turn, account, *then.clone()).await? {
            Some(step) => Ok(step),
            None => Ok(Step::say(Dialogue::SignIn(State::AskCode { then, email }), Message::new("code-void"))),
        },
        Err(refusal) => Ok(refusal.step(turn, Dialogue::SignIn(State::AskCode { then, email }))),
    }
}

/// Signs the chat in, whatever the holder has proven themselves with; false if the account is gone or was locked meanwhile. The
/// chat's open session ends, for it may be another account's. The holder hears of it by mail, and the other chats that are signed in to the account by a message, so that nobody comes in unnoticed
/// (OWASP Authentication; NIST SP 800-63B, 4.6: notice of what happens to an account goes to its address).
pub async fn start_session(turn: &mut Turn<'_>, account: AccountId) -> Result<bool, TurnError> {
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

/// A fresh code makes the proof of the session young again, and leads to the step it was asked for. It begins no new session.
async fn enter_proof(turn: &mut Turn<'_>, then: Box<Dialogue>, typed: &str) -> Result<Step, TurnError> {
    let Some(account) = turn.account().await? else { return Ok(Step::go(*then)) };
    match redeem(turn, &account.email, typed).await? {
        Ok(proven) if proven == account.id => {
            if let Some(session) = &mut turn.chat.session {
                store::session::proven(turn.conn, session.id, turn.now).await?;
                session.proven_at = turn.now;
            }
            let mut step = resume(turn, *then).await?;
            step.note = step.note.or(Some(Message::new("proven")));
            Ok(step)
        }
        Ok(_) => Ok(Step::say(Dialogue::SignIn(State::Prove { then }), Message::new("code-void"))),
        Err(refusal) => Ok(refusal.step(turn, Dialogue::SignIn(State::Prove { then }))),
    }
}

/// Why a code was not taken.
enum Refusal {
    /// Something is wrong with it.
    Wrong(Message),
    /// Too many were typed.
    Wait(Timestamp),
}

impl Refusal {
    fn step(self, turn: &Turn<'_>, stay: Dialogue) -> Step {
        match self {
            Self::Wrong(why) => Step::say(stay, why),
            Self::Wait(until) => limits::wait(turn, stay, until),
        }
    }
}

/// Uses up the code that the chat has asked for with this address: the account, or why it was not taken.
async fn redeem(turn: &mut Turn<'_>, email: &Email, typed: &str) -> Result<Result<AccountId, Refusal>, TurnError> {
    let wrong = |why| Ok(Err(Refusal::Wrong(Message::new(why))));
    let Ok(typed) = typed.parse::<secret::OneTimeCode>() else { return wrong("not-a-code") };
    if let Some(until) = limits::take(turn, Limited::Codes, Subject::default()).await? {
        return Ok(Err(Refusal::Wait(until)));
    }
    let good = |code: &OneTimeCode| {
        code.email == *email && !code.used && code.tries < CODE_TRIES && is_valid(code.issued_at, code.expires_at, turn.now)
    };
    let Some(code) = one_time_code::get(turn.conn, turn.chat.id).await?.filter(good) else {
        return wrong("code-void");
    };
    let right = code_for(&turn.service.key, &code.nonce, turn.chat.id, email) == typed;
    match code.account_id {
        Some(account) if right && use_up(turn, account).await? => Ok(Ok(account)),
        Some(_) if right => wrong("code-void"),
        _ => {
            one_time_code::tried(turn.conn, turn.chat.id).await?;
            let left = CODE_TRIES - code.tries - 1;
            // What anybody may type leaves no row that only an account's address leaves.
            if let (0, Some(account)) = (left, turn.chat.session.as_ref().map(|session| session.account_id)) {
                turn.audit(Action::CodeVoided, account, "refused", code.nonce.as_bytes());
            }
            Ok(Err(Refusal::Wrong(if left > 0 { Message::new("code-wrong").with("left", left) } else { Message::new("code-void") })))
        }
    }
}

/// Uses up the chat's code; false if it was voided by what has ended the account's sessions, which may be happening at this moment.
async fn use_up(turn: &mut Turn<'_>, account: AccountId) -> Result<bool, TurnError> {
    turn.conn.lock_account(account).await?;
    Ok(one_time_code::used(turn.conn, turn.chat.id).await?)
}

/// Signs the chat in to an account and goes on where the holder was; `None` if the account is gone or was locked meanwhile.
pub async fn begin(turn: &mut Turn<'_>, account: AccountId, then: Dialogue) -> Result<Option<Step>, TurnError> {
    if !start_session(turn, account).await? {
        return Ok(None);
    }
    let step = resume(turn, then).await?;
    Ok(Some(Step { note: Some(Message::new("signed-in")), ..step }))
}

/// The code that a nonce stands for, in this chat and for this address only. It is derived when it is mailed and when it is compared.
pub fn code_for(key: &Key, nonce: &str, chat: ChatId, email: &Email) -> secret::OneTimeCode {
    key.code("sign in", &[nonce.as_bytes(), &chat.0.to_be_bytes(), email.as_str().as_bytes()])
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
async fn resume(turn: &mut Turn<'_>, then: Dialogue) -> Result<Step, TurnError> {
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
        State::Prove { .. } => {
            let Some(account) = turn.account().await? else { return Ok(show_session_ended()) };
            Screen::new(Message::new("prove").with("email", account.email.masked()).with("minutes", CODE_LENGTH.as_mins()))
                .text(Message::new("ask-code-here-only"))
                .kind(ScreenKind::Private)
                .row(vec![Button::new("button-resend", Tap::Resend), Button::new("button-cancel", Tap::Cancel)])
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
