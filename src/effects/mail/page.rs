//! A letter as HTML: `templates/mail.html`, with every text escaped.

use askama::Template;

use super::part::Part;
use crate::domain::Language;

#[derive(Template)]
#[template(path = "mail.html")]
struct Page<'a> {
    language: &'static str,
    subject: &'a str,
    parts: &'a [Part<String>],
    by_hand: &'a str,
}

/// The page of a letter. `by_hand` stands before the address of a link, for readers whose program shows no button.
pub(super) fn html(language: Language, subject: &str, parts: &[Part<String>], by_hand: &str) -> String {
    Page { language: language.code(), subject, parts, by_hand }.to_string()
}
