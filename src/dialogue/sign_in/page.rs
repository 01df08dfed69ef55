//! Signing in with the password: it is entered on a page, never in the chat. The page shows a one-time code that works in the chat
//! that asked for the page and nowhere else, so that a forwarded link signs nobody else in.

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use jiff::Timestamp;

use super::{State, begin};
use crate::dialogue::limits::{self, Subject};
use crate::dialogue::reset::link::hash_of;
use crate::dialogue::{Button, Dialogue, PageLink, Screen, Step, Tap, TurnError};
use crate::domain::{AccountId, CODE_LENGTH, CODE_TRIES, ChatId, Email, Limited, PasswordHash, SIGN_IN_LINK_LENGTH, SignInRequest};
use crate::locale::Message;
use crate::secret::{Key, OneTimeCode};
use crate::store;
use crate::store::password::{self, Candidate};
use crate::turn::Turn;

/// What became of what was asked for on a sign-in page.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// What the password is to be compared with.
    Compare(Candidate),
    /// The password was right; the code signs in the chat that asked.
    Code(OneTimeCode),
    /// The password was right, and it was entered by the one who asked: the chat is signed in.
    Inside {
        /// The chat.
        chat: ChatId,
        /// The account.
        account: AccountId,
        /// The Telegram account, as a mail names it.
        person: String,
    },
    /// Too much was tried; from this time on it goes on.
    Wait(Timestamp),
    /// The page does no more: it is too old, was used, or a newer one has taken its place.
    Gone,
    /// The password was changed meanwhile, or the account closed.
    Refused,
}

/// The token of the link that a nonce stands for.
pub fn token_for(key: &Key, nonce: &str) -> String {
    BASE64URL_NOPAD.encode(&key.derive("sign-in link", &[nonce.as_bytes()]))
}

/// The code that a page shows, for this chat and this account only. It is derived when it is shown and when it is compared.
pub fn code_for(key: &Key, nonce: &str, chat: ChatId, account: AccountId) -> OneTimeCode {
    key.code("sign-in page", &[nonce.as_bytes(), &chat.0.to_be_bytes(), &account.0.to_be_bytes()])
}

/// Makes the link to a page of its own for this chat, which voids the chat's last one; the dialogue stays if too many were made.
pub(super) async fn ask(turn: &mut Turn<'_>, stay: State) -> Result<Step, TurnError> {
    if let Some(until) = limits::take(turn, Limited::SignInPages, Subject::default()).await? {
        return Ok(limits::wait(turn, Dialogue::SignIn(stay), until));
    }
    let (State::AskEmail { then } | State::AskCode { then, .. } | State::OnPage { then, .. } | State::Prove { then }) = stay;
    let nonce = HEXLOWER.encode(&turn.service.random.bytes::<32>());
    let request = SignInRequest {
        token_hash: hash_of(&token_for(&turn.service.key, &nonce)),
        nonce: nonce.clone(),
        chat_id: turn.chat.id,
        person: turn.person.clone(),
        language: turn.chat.language,
        issued_at: turn.now,
        expires_at: turn.now + SIGN_IN_LINK_LENGTH,
        proven: None,
        tries: 0,
        used: false,
    };
    store::sign_in_request::put(turn.conn, &request).await?;
    Ok(Step::go(Dialogue::SignIn(State::OnPage { then, nonce })))
}

/// The code that the page has shown, or what was taken for it.
pub(super) async fn enter_code(turn: &mut Turn<'_>, then: Box<Dialogue>, nonce: String, typed: &str) -> Result<Step, TurnError> {
    let stay = |then, note| Ok(Step::say(Dialogue::SignIn(State::OnPage { then, nonce: nonce.clone() }), note));
    let Ok(typed) = typed.parse::<OneTimeCode>() else { return stay(then, Message::new("not-a-page-code")) };
    if let Some(until) = limits::take(turn, Limited::Codes, Subject::default()).await? {
        return Ok(limits::wait(turn, Dialogue::SignIn(State::OnPage { then, nonce }), until));
    }
    let request = store::sign_in_request::by_chat(turn.conn, turn.chat.id).await?.filter(|request| request.nonce == nonce);
    let Some(request) = request.filter(|request| request.account(turn.now).is_some() || request.is_open(turn.now)) else {
        return stay(then, Message::new("page-code-void"));
    };
    match request.account(turn.now) {
        Some(account) if code_for(&turn.service.key, &nonce, turn.chat.id, account) == typed => {
            let begun = if use_up(turn, account, &request.token_hash).await? { begin(turn, account, *then.clone()).await? } else { None };
            begun.map_or_else(|| stay(then, Message::new("page-code-void")), Ok)
        }
        _ => {
            store::sign_in_request::tried(turn.conn, turn.chat.id).await?;
            let left = CODE_TRIES - request.tries - 1;
            let note = if left > 0 { Message::new("code-wrong").with("left", left) } else { Message::new("page-code-void") };
            stay(then, note)
        }
    }
}

/// Uses up the page's code; false if it was voided by what has ended the account's sessions, which may be happening at this moment.
async fn use_up(turn: &mut Turn<'_>, account: AccountId, token_hash: &str) -> Result<bool, TurnError> {
    turn.conn.lock_account(account).await?;
    Ok(store::sign_in_request::use_up(turn.conn, token_hash).await?)
}

/// The screen that leads to the page and asks for its code.
pub(super) fn show(nonce: &str) -> Screen {
    Screen::new(Message::new("on-page").with("minutes", SIGN_IN_LINK_LENGTH.as_mins()))
        .text(Message::new("on-page-code").with("minutes", CODE_LENGTH.as_mins()))
        .text(Message::new("ask-code-here-only"))
        .row(vec![Button::page("button-open-page", PageLink::SignIn { nonce: nonce.to_owned() })])
        .button("button-code-by-mail", Tap::OtherAddress)
        .row(vec![Button::new("button-new-page", Tap::Resend), Button::new("button-cancel", Tap::Cancel)])
}

/// What a password that was entered for this address, at this place on the web, is to be compared with: if the page is still good
/// and not too much was tried.
pub async fn attempt(turn: &mut Turn<'_>, token_hash: &str, email: &Email, web: &str) -> Result<Verdict, TurnError> {
    let request = store::sign_in_request::by_token(turn.conn, token_hash).await?;
    let Some(request) = request.filter(|request| request.is_open(turn.now)) else { return Ok(Verdict::Gone) };
    turn.chat.id = request.chat_id;
    let subject = Subject { email: Some(email), web: Some(web) };
    if let Some(until) = limits::take(turn, Limited::Passwords, subject).await? {
        return Ok(Verdict::Wait(until));
    }
    let draw = turn.service.key.derive("stand-in hash", &[email.as_str().as_bytes()]);
    Ok(Verdict::Compare(password::candidate(turn.conn, email, draw).await?))
}

/// Notes that the password of this account, whose hash was this, was entered; gives the code that the page shows. Entered by the one
/// who asked, it uses the link up, and the chat is to be signed in in the same transaction.
pub async fn prove(
    turn: &mut Turn<'_>,
    token_hash: &str,
    account: AccountId,
    hash: &PasswordHash,
    inside: bool,
) -> Result<Verdict, TurnError> {
    let request = store::sign_in_request::by_token(turn.conn, token_hash).await?;
    let Some(request) = request.filter(|request| request.is_open(turn.now)) else { return Ok(Verdict::Gone) };
    // The password may be being changed at this moment, which voids what was proven with the old one.
    turn.conn.lock_account(account).await?;
    if !password::is_current(turn.conn, account, hash).await? {
        return Ok(Verdict::Refused);
    }
    if !store::sign_in_request::prove(turn.conn, token_hash, account, turn.now).await? {
        return Ok(Verdict::Gone);
    }
    if inside {
        store::sign_in_request::use_up(turn.conn, token_hash).await?;
        return Ok(Verdict::Inside { chat: request.chat_id, account, person: request.person });
    }
    Ok(Verdict::Code(code_for(&turn.service.key, &request.nonce, request.chat_id, account)))
}
