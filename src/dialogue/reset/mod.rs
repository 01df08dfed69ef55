//! A forgotten password: the e-mail address, a captcha, and a link mailed to it. The password itself is entered on the link's page.
//! The answer is the same whether an address has an account or not (OWASP Forgot Password: user enumeration).

pub mod captcha;
pub mod link;

use jiff::Timestamp;

use super::{Button, Dialogue, Input, Place, Screen, Step, Tap, TurnError};
use crate::domain::{CapabilityState, Email, RESET_LINK_LENGTH, RESET_MAILS_AN_HOUR, RESET_RESEND_WAIT};
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
        email: Email,
        /// The captcha.
        captcha: Captcha,
    },
    /// Offered to have the link sent.
    Offer {
        /// The address.
        email: Email,
    },
    /// Told that the link is on its way.
    Sent {
        /// The address.
        email: Email,
        /// When it was sent last.
        sent_at: Timestamp,
        /// How often it was sent from here.
        times: i64,
    },
    /// Told that the service no longer resets passwords.
    Stopped,
}

/// `/reset` and every button that leads there. A signed-in holder need not type the address.
pub async fn enter(turn: &mut Turn<'_>, here: Dialogue) -> Result<Step, TurnError> {
    if matches!(turn.service.policy.state_of("reset_password", turn.now), Some(CapabilityState::Stopped(_))) {
        return Ok(go(State::Stopped));
    }
    match here {
        Dialogue::Reset(State::Sent { sent_at, .. }) if turn.now >= sent_at + RESET_LINK_LENGTH => {}
        Dialogue::Reset(State::Stopped) => {}
        Dialogue::Reset(state) => return Ok(go(state)),
        _ => {}
    }
    Ok(match turn.account().await? {
        Some(account) => ask(turn, account.email),
        None => go(State::AskEmail),
    })
}

fn go(state: State) -> Step {
    Step::go(Dialogue::Reset(state))
}

fn say(state: State, note: Message) -> Step {
    Step::say(Dialogue::Reset(state), note)
}

/// Asks a first captcha for this address.
fn ask(turn: &Turn<'_>, email: Email) -> Step {
    go(State::Captcha { email, captcha: Captcha::new(&turn.service.random) })
}

/// An address, an answer, or one of the buttons.
pub async fn on(turn: &mut Turn<'_>, state: State, input: Input) -> Result<Step, TurnError> {
    let random = &turn.service.random;
    match (state, input) {
        (State::Stopped, _) => Ok(say(State::Stopped, Message::new("choose-a-button"))),
        (_, Input::Tap(Tap::OtherAddress)) => Ok(go(State::AskEmail)),
        (State::Captcha { email, captcha }, Input::Tap(Tap::OtherPicture)) => {
            Ok(go(State::Captcha { email, captcha: captcha.another(random, false) }))
        }
        (State::Captcha { email, captcha }, Input::Tap(Tap::OtherQuestion)) => {
            Ok(go(State::Captcha { email, captcha: captcha.another(random, true) }))
        }
        (State::Offer { email }, Input::Tap(Tap::SendLink)) => send(turn, email, 0).await,
        (State::Sent { email, sent_at, times }, Input::Tap(Tap::SendLink)) => send_again(turn, email, sent_at, times).await,
        (state, Input::Text(text)) => Ok(typed(turn, state, &text)),
        (state, _) => Ok(say(state, Message::new("choose-a-button"))),
    }
}

/// An address leads to its captcha from wherever it is typed; anything else is an answer, or nothing that is asked for.
fn typed(turn: &Turn<'_>, state: State, text: &str) -> Step {
    match (state, text.parse::<Email>()) {
        (_, Ok(email)) => ask(turn, email),
        (State::AskEmail, Err(_)) => say(State::AskEmail, Message::new("not-an-email")),
        (State::Captcha { email, captcha }, Err(_)) => match captcha.answer(text, &turn.service.key, &turn.service.random) {
            Answered::Right => go(State::Offer { email }),
            Answered::Wrong(captcha) => {
                let note = Message::new("captcha-wrong").with("left", captcha.left());
                say(State::Captcha { email, captcha }, note)
            }
            Answered::Failed => say(State::AskEmail, Message::new("captcha-failed")),
        },
        (state, Err(_)) => say(state, Message::new("choose-a-button")),
    }
}

async fn send(turn: &mut Turn<'_>, email: Email, times: i64) -> Result<Step, TurnError> {
    link::send(turn, &email).await?;
    Ok(go(State::Sent { email, sent_at: turn.now, times: times + 1 }))
}

/// Sends once more, a minute apart and three times an hour at most, whether the address has an account or not.
async fn send_again(turn: &mut Turn<'_>, email: Email, sent_at: Timestamp, times: i64) -> Result<Step, TurnError> {
    let refused = if turn.now < sent_at + RESET_RESEND_WAIT {
        Some("link-just-sent")
    } else {
        (times >= RESET_MAILS_AN_HOUR).then_some("link-no-more")
    };
    if let Some(why) = refused {
        return Ok(say(State::Sent { email, sent_at, times }, Message::new(why)));
    }
    let step = send(turn, email, times).await?;
    Ok(Step { note: Some(Message::new("link-sent-again")), ..step })
}

/// The screen of each state.
pub fn show(turn: &Turn<'_>, state: &State) -> Screen {
    match state {
        State::AskEmail => Screen::new(Message::new("reset-title"))
            .text(Message::new("reset-ask-email").with("service", turn.service.policy.service.as_str()))
            .button("button-cancel", Tap::Cancel),
        State::Captcha { captcha, .. } => captcha.show(&turn.service.key),
        State::Offer { email } => Screen::new(Message::new("reset-offer").with("email", email.as_str()))
            .text(Message::new("reset-offer-what").with("minutes", RESET_LINK_LENGTH.as_mins()))
            .button("button-send-link", Tap::SendLink)
            .button("button-other-address", Tap::OtherAddress)
            .button("button-cancel", Tap::Cancel),
        State::Sent { email, .. } => {
            Screen::new(Message::new("reset-sent").with("email", email.as_str()).with("minutes", RESET_LINK_LENGTH.as_mins()))
                .text(Message::new("reset-sent-hint").with("times", RESET_MAILS_AN_HOUR))
                .row(vec![Button::new("button-send-link-again", Tap::SendLink), Button::new("button-other-address", Tap::OtherAddress)])
                .button("button-menu", Tap::Go(Place::Menu))
        }
        State::Stopped => Screen::new(Message::new("reset-stopped").with("contact", turn.service.policy.contact.as_str()))
            .button("button-menu", Tap::Go(Place::Menu)),
    }
}
