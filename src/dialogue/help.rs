//! Help: what the counter can do, how, and who runs it.

use super::{Button, Place, Screen, Tap};
use crate::locale::Message;
use crate::turn::Turn;

/// What the counter can do, with a way into each flow.
pub fn show(turn: &Turn<'_>) -> Screen {
    let policy = &turn.service.policy;
    let title = Message::new("help-title").with("service", policy.service.as_str()).with("place", policy.place.as_str());
    let what = ["help-status", "help-history", "help-cards", "help-sign-in", "help-leave"].map(Message::new);
    Screen::new(title)
        .list(what.to_vec())
        .text(Message::new("help-secrets"))
        .text(operator(turn))
        .button("button-status", Tap::Go(Place::Status))
        .row(vec![Button::new("button-history", Tap::Go(Place::History)), Button::new("button-cards", Tap::Go(Place::Cards))])
        .row(vec![Button::new("button-back", Tap::Back), Button::new("button-menu", Tap::Go(Place::Menu))])
}

/// Who runs the counter, whether that is the service itself, and how to reach them.
pub fn operator(turn: &Turn<'_>) -> Message {
    let policy = &turn.service.policy;
    let who = if policy.operator_is_service { "help-operator-is-service" } else { "help-operator" };
    Message::new(who)
        .with("service", policy.service.as_str())
        .with("operator", turn.service.operator.name.as_str())
        .with("contact", turn.service.operator.contact.to_string())
}
