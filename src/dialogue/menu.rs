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
    let (screen, sign) = match &account {
        Some(account) => {
            let signed_in = Message::new("menu-signed-in").with("email", account.email.masked());
            (screen.text(signed_in).kind(ScreenKind::Private), Button::new("button-sign-out", Tap::Go(Place::SignOut)))
        }
        None => (screen.text(Message::new("menu-not-signed-in")), Button::new("button-sign-in", Tap::Go(Place::SignIn))),
    };
    let activity = || Button::new("button-activity", Tap::Go(Place::Activity));
    let sessions = || Button::new("button-sessions", Tap::Go(Place::Sessions));
    let of_account = account.map(|_| vec![activity(), sessions()]);
    Ok(screen
        .button("button-status", Tap::Go(Place::Status))
        .row(vec![Button::new("button-history", Tap::Go(Place::History)), Button::new("button-cards", Tap::Go(Place::Cards))])
        .row(vec![Button::new("button-reset", Tap::Go(Place::Reset)), sign])
        .row(of_account.unwrap_or_default())
        .row(vec![Button::new("button-official", Tap::Go(Place::Official)), Button::new("button-help", Tap::Go(Place::Help))])
        .row(vec![Button::new("button-language", Tap::Go(Place::Language)), Button::new("button-privacy", Tap::Go(Place::Privacy))]))
}
