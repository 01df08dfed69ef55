//! A forgotten password: the e-mail address, a captcha, and a link mailed to it. The password itself is entered on the link's page.
//! The answer is the same whether an address has an account or not (OWASP Forgot Password: user enumeration).

pub mod captcha;
pub mod link;

use jiff::{SignedDuration, Timestamp};

use super::limits::{self, Subject};
use super::{Button, Dialogue, Input, Place, Screen, Step, Tap, TurnError};
use crate::domain::{
    CapabilityState, Email, Limited, RESET_LINK_LENGTH, RESET_MAILS_AN_HOUR, RESET_RESEND_WAIT, ScreenKind, Written, is_valid,
};
use crate::locale::Message;
use crate::turn::Turn;
use captcha::{Answered, Captcha};

/// Where the holder is in resetting the password.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Asked for the e-mail address.
    AskEmail,
    /// Asked the captcha.
    Captcha {
        /// The address.
        address: Address,
        /// The captcha.
        captcha: Captcha,
    },
    /// Offered to have the link sent.
    Offer {
        /// The address.
        address: Address,
    },
    /// Told that the link is on its way.
    Sent {
        /// The address.
        address: Address,
        /// When it was sent last.
        sent_at: Timestamp,
        /// How often it was sent from here.
        times: i64,
    },
    /// Told that the service no longer resets passwords.
    Stopped,
}

/// Where the link is to go.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Address {
    email: Email,
    /// Whether the session knew it, so that nobody has typed it here; it then goes with the session.
    own: bool,
}

impl State {
    /// Whether only a signed-in holder may stand here.
    pub fn needs_session(&self) -> bool {
        match self {
            Self::Captcha { address, .. } | Self::Offer { address } | Self::Sent { address, .. } => address.own,
            Self::AskEmail | Self::Stopped => false,
        }
    }
}

/// `/reset` and every button that leads there. A signed-in holder need not type the address.
pub async fn enter(turn: &mut Turn<'_>, here: Dialogue) -> Result<Step, TurnError> {
    if has_stopped(turn) {
        return Ok(go(State::Stopped));
    }
    match here {
        Dialogue::Reset(State::Sent { sent_at, .. }) if turn.now >= sent_at + RESET_LINK_LENGTH => {}
        Dialogue::Reset(State::Stopped) => {}
        Dialogue::Reset(state) => return Ok(go(state)),
        _ => {}
    }
    let Some(account) = turn.account().await? else { return Ok(go(State::AskEmail)) };
    let captcha = Captcha::new(&turn.service.random);
    ask(turn, here, Address { email: account.email, own: true }, captcha).await
}

/// Whether the service no longer resets passwords.
fn has_stopped(turn: &Turn<'_>) -> bool {
    matches!(turn.service.policy.state_of("reset_password", turn.now), Some(CapabilityState::Stopped(_)))
}

fn go(state: State) -> Step {
    Step::go(Dialogue::Reset(state))
}

fn say(state: State, note: Message) -> Step {
    Step::say(Dialogue::Reset(state), note)
}

/// Asks a captcha for this address; the dialogue stays if too many were asked.
async fn ask(turn: &mut Turn<'_>, stay: Dialogue, address: Address, captcha: Captcha) -> Result<Step, TurnError> {
    Ok(match limits::take(turn, Limited::Captchas, Subject::default()).await? {
        Some(until) => limits::wait(turn, stay, until),
        None => go(State::Captcha { address, captcha }),
    })
}

/// An address, an answer, or one of the buttons.
pub async fn on(turn: &mut Turn<'_>, state: State, input: Input) -> Result<Step, TurnError> {
    if has_stopped(turn) {
        return Ok(go(State::Stopped));
    }
    let random = turn.service.random.clone();
    match (state, input) {
        (_, Input::Tap(Tap::OtherAddress)) => Ok(go(State::AskEmail)),
        (State::Captcha { address, captcha }, Input::Tap(Tap::OtherPicture)) => {
            let another = captcha.another(&random, false);
            ask(turn, Dialogue::Reset(State::Captcha { address: address.clone(), captcha }), address, another).await
        }
        (State::Captcha { address, captcha }, Input::Tap(Tap::OtherQuestion)) => {
            let another = captcha.another(&random, true);
            ask(turn, Dialogue::Reset(State::Captcha { address: address.clone(), captcha }), address, another).await
        }
        (State::Offer { address }, Input::Tap(Tap::SendLink)) => send(turn, State::Offer { address: address.clone() }, address, 0).await,
        (State::Sent { address, sent_at, times }, Input::Tap(Tap::SendLink)) => send_again(turn, address, sent_at, times).await,
        (state, Input::Text(Written { text, .. })) => typed(turn, state, &text).await,
        (state, _) => Ok(say(state, Message::new("choose-a-button"))),
    }
}

/// An address leads to its captcha from wherever it is typed; anything else is an answer, or nothing that is asked for.
async fn typed(turn: &mut Turn<'_>, state: State, text: &str) -> Result<Step, TurnError> {
    Ok(match (state, text.parse::<Email>()) {
        (state, Ok(email)) => {
            let captcha = Captcha::new(&turn.service.random);
            ask(turn, Dialogue::Reset(state), Address { email, own: false }, captcha).await?
        }
        (State::AskEmail, Err(_)) => say(State::AskEmail, Message::new("not-an-email")),
        (State::Captcha { address, captcha }, Err(_)) => {
            let stay = Dialogue::Reset(State::Captcha { address: address.clone(), captcha: captcha.clone() });
            match captcha.answer(text, &turn.service.key, &turn.service.random) {
                Answered::Right => go(State::Offer { address }),
                Answered::Wrong(captcha) => {
                    let note = Message::new("captcha-wrong").with("left", captcha.left());
                    let step = ask(turn, stay, address, captcha).await?;
                    if step.once.is_some() { step } else { Step { note: Some(note), ..step } }
                }
                Answered::Failed => say(State::AskEmail, Message::new("captcha-failed")),
            }
        }
        (state, Err(_)) => say(state, Message::new("choose-a-button")),
    })
}

/// Sends a link; the dialogue stays if too many were asked for.
async fn send(turn: &mut Turn<'_>, stay: State, address: Address, times: i64) -> Result<Step, TurnError> {
    let subject = Subject { email: Some(&address.email), web: None };
    if let Some(until) = limits::take(turn, Limited::ResetMails, subject).await? {
        return Ok(limits::wait(turn, Dialogue::Reset(stay), until));
    }
    link::send(turn, &address.email).await?;
    Ok(go(State::Sent { address, sent_at: turn.now, times: times + 1 }))
}

/// Sends once more, a minute apart and three times in a row at most, whether the address has an account or not; an hour later
/// the counting begins anew.
async fn send_again(turn: &mut Turn<'_>, address: Address, sent_at: Timestamp, times: i64) -> Result<Step, TurnError> {
    let within = |time: SignedDuration| is_valid(sent_at, sent_at + time, turn.now);
    let refused = if within(RESET_RESEND_WAIT) {
        Some("link-just-sent")
    } else {
        (within(SignedDuration::from_hours(1)) && times >= RESET_MAILS_AN_HOUR).then_some("link-no-more")
    };
    if let Some(why) = refused {
        return Ok(say(State::Sent { address, sent_at, times }, Message::new(why)));
    }
    let times = if within(SignedDuration::from_hours(1)) { times } else { 0 };
    let stay = State::Sent { address: address.clone(), sent_at, times };
    let step = send(turn, stay, address, times).await?;
    Ok(if step.once.is_some() { step } else { Step { note: Some(Message::new("link-sent-again")), ..step } })
}

/// The screen of each state.
pub fn show(turn: &Turn<'_>, state: &State) -> Screen {
    match state {
        State::AskEmail => Screen::new(Message::new("reset-title"))
            .text(Message::new("reset-ask-email").with("service", turn.service.policy.service.as_str()))
            .button("button-cancel", Tap::Cancel),
        State::Captcha { captcha, .. } => captcha.show(&turn.service.key),
        State::Offer { address } => addressed("reset-offer", address)
            .text(Message::new("reset-offer-what").with("minutes", RESET_LINK_LENGTH.as_mins()))
            .button("button-send-link", Tap::SendLink)
            .button("button-other-address", Tap::OtherAddress)
            .button("button-cancel", Tap::Cancel),
        State::Sent { address, .. } => addressed("reset-sent", address)
            .text(Message::new("reset-sent-hint").with("times", RESET_MAILS_AN_HOUR))
            .row(vec![Button::new("button-send-link-again", Tap::SendLink), Button::new("button-other-address", Tap::OtherAddress)])
            .button("button-menu", Tap::Go(Place::Menu)),
        State::Stopped => Screen::new(Message::new("reset-stopped").with("contact", turn.service.policy.contact.as_str()))
            .button("button-menu", Tap::Go(Place::Menu)),
    }
}

/// A screen that names the address: as it was typed, or as the session lets it be recognised.
fn addressed(key: &'static str, Address { email, own }: &Address) -> Screen {
    let (shown, kind) = if *own { (email.masked(), ScreenKind::Private) } else { (email.as_str().to_owned(), ScreenKind::Plain) };
    Screen::new(Message::new(key).with("email", shown).with("minutes", RESET_LINK_LENGTH.as_mins())).kind(kind)
}
