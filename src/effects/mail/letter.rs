//! What each letter says: its subject and its parts, as data without language. A new letter is a variant of `Letter` and an arm here.

use jiff::Timestamp;

use super::Mailer;
use super::part::Part;
use crate::dialogue::reset::link;
use crate::dialogue::sign_in;
use crate::effects::{Letter, Mail};
use crate::locale::Message;

/// A letter before any language.
pub(super) struct Contents {
    /// The subject.
    pub subject: Message,
    /// The parts, in their order.
    pub parts: Vec<Part<Message>>,
}

impl Mailer {
    /// What a mail says when it goes out `now`; who runs the counter comes last in each.
    pub(super) fn contents(&self, mail: &Mail, now: Timestamp) -> Contents {
        let named = |key: &'static str| Message::new(key).with("service", self.service.as_str());
        let asked_by = |person: &str| Part::Text(Message::new("mail-asked-by").with("person", person));
        let (subject, mut parts) = match &mail.letter {
            Letter::Code { nonce, person, expires_at, again } => {
                let code = sign_in::code_for(&self.key, nonce, mail.chat, &mail.to);
                let parts = vec![
                    Part::Text(named(if *again { "mail-proof-intro" } else { "mail-code-intro" })),
                    Part::Code { label: Message::new("mail-code"), code: code.digits().to_owned() },
                    Part::Text(Message::new("mail-code-until").with("minutes", minutes_until(*expires_at, now))),
                    asked_by(person),
                    Part::Text(Message::new(if *again { "mail-proof-not-you" } else { "mail-code-not-you" })),
                ];
                (named(if *again { "mail-proof-subject" } else { "mail-code-subject" }), parts)
            }
            Letter::SignedIn { person, language, signed_in_at } => {
                let done = named("mail-signed-in").with("language", language.code()).with("moment", *signed_in_at);
                let parts = vec![
                    Part::Text(done),
                    Part::Text(Message::new("mail-signed-in-by").with("person", person.as_str())),
                    Part::Text(Message::new("mail-signed-in-not-you").with("contact", self.operator.contact.to_string())),
                ];
                (named("mail-signed-in-subject"), parts)
            }
            Letter::SignInRefused { person } => {
                let parts = vec![
                    Part::Text(named("mail-sign-in-locked")),
                    Part::Text(Message::new("mail-reset-write").with("contact", self.operator.contact.to_string())),
                    asked_by(person),
                ];
                (named("mail-sign-in-locked-subject"), parts)
            }
            Letter::ResetLink { nonce, person, expires_at } => {
                // The base of the link is the configured one, never a request's Host header.
                let url = format!("{}reset/{}", self.public_url, link::token_for(&self.key, nonce));
                let parts = vec![
                    Part::Text(named("mail-reset-intro")),
                    Part::Link { label: Message::new("mail-reset-link"), url },
                    Part::Text(Message::new("mail-reset-until").with("minutes", minutes_until(*expires_at, now))),
                    asked_by(person),
                    Part::Text(Message::new("mail-reset-not-you")),
                ];
                (named("mail-reset-subject"), parts)
            }
            Letter::ResetRefused { closed, person } => {
                let parts = vec![
                    Part::Text(named(if *closed { "mail-reset-closed" } else { "mail-reset-locked" })),
                    Part::Text(Message::new("mail-reset-write").with("contact", self.contact.as_str())),
                    asked_by(person),
                ];
                (named("mail-reset-subject"), parts)
            }
            Letter::PasswordChanged { reference, person, changed_at, recorded } => {
                let done = named(if *recorded { "mail-password-recorded" } else { "mail-password-changed" });
                let parts = vec![
                    Part::Text(done.with("moment", *changed_at)),
                    Part::Text(Message::new("mail-receipt").with("reference", reference.as_str())),
                    asked_by(person),
                    Part::Text(Message::new("mail-not-you").with("contact", self.operator.contact.to_string())),
                ];
                (named("mail-password-subject"), parts)
            }
            Letter::CardRemoved { brand, last4, reference, person, removed_at, recorded } => {
                let card = |message: Message| message.with("brand", brand.as_str()).with("last4", last4.as_str());
                let (subject, done) = if *recorded {
                    ("mail-card-recorded-subject", "mail-card-recorded")
                } else {
                    ("mail-card-removed-subject", "mail-card-removed")
                };
                let parts = vec![
                    Part::Text(card(named(done)).with("moment", *removed_at)),
                    Part::Text(Message::new("mail-receipt").with("reference", reference.as_str())),
                    asked_by(person),
                    Part::Text(Message::new("mail-not-you").with("contact", self.operator.contact.to_string())),
                ];
                (card(Message::new(subject)), parts)
            }
            Letter::Ended(ending) => {
                let row = |(table, rows): &(String, u64)| {
                    Message::new("mail-ended-row").with("table", table.as_str()).with("rows", rows.cast_signed())
                };
                let mut parts = vec![Part::Text(named("mail-ended-intro").with("moment", ending.done_at).with("began", ending.began_at))];
                parts.extend(ending.erased.iter().map(|erased| Part::Text(row(erased))));
                parts.push(Part::Text(Message::new("mail-ended-audit")));
                let (fingerprint, seal) = (ending.fingerprint.as_str(), ending.seal.as_str());
                parts.push(Part::Text(Message::new("mail-ended-seal").with("fingerprint", fingerprint).with("seal", seal)));
                (named("mail-ended-subject"), parts)
            }
        };
        let who = named(if self.operator_is_service { "mail-operator-is-service" } else { "mail-operator" });
        let who = who.with("operator", self.operator.name.as_str()).with("contact", self.operator.contact.to_string());
        parts.push(Part::FinePrint(who));
        Contents { subject, parts }
    }
}

/// How many minutes are left, the one that has begun included: what a holder in any time zone understands, and what the chat said
/// a moment before.
fn minutes_until(expires_at: Timestamp, now: Timestamp) -> i64 {
    ((expires_at.duration_since(now).as_secs() + 59) / 60).max(1)
}
