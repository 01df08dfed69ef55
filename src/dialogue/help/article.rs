//! An article: its text with what the policy and the operator fill in, and the buttons below it.

use super::super::{Button, Place, Screen, Tap};
use crate::domain::{
    CODE_LENGTH, CODE_TRIES, Lead, Operator, PASSWORD_LENGTH, Policy, RESET_LINK_LENGTH, Record, SESSION_IDLE, SESSION_LENGTH, TopicName,
};
use crate::locale::Message;
use crate::turn::Turn;

/// The article of a topic.
pub fn show(turn: &Turn<'_>, topic: TopicName, judged: bool) -> Screen {
    let text = filled(format!("topic-{topic}"), &turn.service.policy, &turn.service.operator);
    let leads: Vec<Button> = turn.service.topics.leads(topic).map(|lead| lead_button(turn, lead)).collect();
    let mut screen = leads.chunks(2).fold(Screen::new(text), |screen, pair| screen.row(pair.to_vec()));
    if !judged {
        screen = screen.text(Message::new("help-was-it-helpful"));
        screen = screen.row(vec![Button::new("button-helpful", Tap::Helpful), Button::new("button-not-helpful", Tap::NotHelpful)]);
    }
    screen.row(super::ways_on())
}

/// The label of a topic's button.
pub fn title(topic: TopicName) -> Message {
    Message::new(format!("topic-{topic}.title"))
}

/// A part of a topic, with all that an article or a question may write.
pub fn filled(key: String, policy: &Policy, operator: &Operator) -> Message {
    let stopped = |id| policy.capability(id).and_then(|capability| capability.stops_on).unwrap_or(policy.closed_on);
    let currencies: Vec<&str> = policy.currencies.iter().map(|currency| currency.code()).collect();
    Message::new(key)
        .with("service", policy.service.as_str())
        .with("place", policy.place.as_str())
        .with("closed", policy.closed_on)
        .with("register_stopped", stopped("register"))
        .with("top_up_stopped", stopped("top_up"))
        .with("link_card_stopped", stopped("link_card"))
        .with("currencies", currencies.join(", "))
        .with("currency_count", currencies.len())
        .with("hosts", policy.official_hosts.join(", "))
        .with("service_contact", policy.contact.as_str())
        .with("operator", operator.name.as_str())
        .with("contact", operator.contact.to_string())
        .with("official", if policy.operator_is_service { "yes" } else { "no" })
        .with("record", if policy.record == Record::Upstream { "upstream" } else { "guichet" })
        .with("code_minutes", CODE_LENGTH.as_mins())
        .with("code_tries", CODE_TRIES)
        .with("link_minutes", RESET_LINK_LENGTH.as_mins())
        .with("password_length", *PASSWORD_LENGTH.start())
        .with("idle_minutes", SESSION_IDLE.as_mins())
        .with("session_hours", SESSION_LENGTH.as_hours())
}

fn lead_button(turn: &Turn<'_>, lead: Lead) -> Button {
    match lead {
        Lead::Status => Button::new("button-status", Tap::Go(Place::Status)),
        Lead::History => Button::new("button-history", Tap::Go(Place::History)),
        Lead::Cards => Button::new("button-cards", Tap::Go(Place::Cards)),
        Lead::SignIn if turn.chat.session.is_some() => Button::new("button-sign-out", Tap::Go(Place::SignOut)),
        Lead::SignIn => Button::new("button-sign-in", Tap::Go(Place::SignIn)),
        Lead::Reset => Button::new("button-reset", Tap::Go(Place::Reset)),
        Lead::Official => Button::new("button-official", Tap::Go(Place::Official)),
        Lead::Privacy => Button::new("button-privacy", Tap::Go(Place::Privacy)),
        Lead::Language => Button::new("button-language", Tap::Go(Place::Language)),
    }
}
