//! The menu, and the greeting that leads to it.

use super::{Button, Dialogue, Place, Screen, Step, Tap, TurnError};
use crate::domain::ScreenKind;
use crate::locale::Message;
use crate::turn::Turn;

/// `/start`: a greeting, and the menu.
pub fn start(turn: &Turn<'_>) -> Step {
    Step::say(Dialogue::Menu, Message::new("greeting").with("service", turn.service.policy.service.as_str()))
}

/// `/cancel` and every cancel button.
pub fn cancel(here: Dialogue) -> Step {
    match here {
        Dialogue::Menu => Step::say(Dialogue::Menu, Message::new("nothing-to-cancel")),
        _ => Step::say(Dialogue::Menu, Message::new("cancelled")),
    }
}

/// The menu, with a line on whether the holder is signed in.
pub async fn show(turn: &mut Turn<'_>) -> Result<Screen, TurnError> {
    let policy = &turn.service.policy;
    let what_happened = Message::new("what-happened")
        .with("service", policy.service.as_str())
        .with("place", policy.place.as_str())
        .with("date", policy.closed_on);
    let screen = Screen::new(Message::new("menu-title")).text(what_happened);
    let account = turn.account().await?;
    Ok(match &account {
        Some(account) => {
            let signed_in = Message::new("menu-signed-in").with("email", account.email.masked());
            with_account(screen.text(signed_in).kind(ScreenKind::Private))
        }
        None => without_account(screen.text(Message::new("menu-not-signed-in"))),
    })
}

/// What holders come for stands first, what one sets once or rarely last.
fn with_account(screen: Screen) -> Screen {
    let screen = screen
        .row(vec![to("button-cards", Place::Cards), to("button-history", Place::History)])
        .row(vec![to("button-status", Place::Status), to("button-activity", Place::Activity)]);
    for_everybody(screen).row(vec![to("button-sessions", Place::Sessions), to("button-sign-out", Place::SignOut)])
}

fn without_account(screen: Screen) -> Screen {
    let screen = screen
        .row(vec![to("button-sign-in", Place::SignIn), to("button-status", Place::Status)])
        .row(vec![to("button-cards", Place::Cards), to("button-history", Place::History)]);
    for_everybody(screen)
}

/// What is there for everybody.
fn for_everybody(screen: Screen) -> Screen {
    screen
        .row(vec![to("button-reset", Place::Reset)])
        .row(vec![to("button-official", Place::Official), to("button-help", Place::Help)])
        .row(vec![to("button-language", Place::Language), to("button-privacy", Place::Privacy)])
}

fn to(label: &'static str, place: Place) -> Button {
    Button::new(label, Tap::Go(place))
}
