//! What must hold whatever comes from outside: text is never code, cards given away are kept nowhere, and no input breaks anything.

mod ages;
mod at_rest;
mod audit;
mod bindings;
mod buckets;
mod buttons;
mod canary;
mod chain;
mod closing;
mod fuzz;
mod imported_passwords;
mod leftovers;
mod limits;
mod mail_oracle;
mod meanwhile;
mod mini_app;
mod operator_hand;
mod oracle;
pub mod password_page;
mod paste;
mod races;
mod receipts;
mod reseal;
mod retention;
mod rotation;
mod sessions;
mod texts;
mod tokens;

use guichet::dialogue::Dialogue;
use guichet::dialogue::{cards, help, history, privacy, reset, sign_in};
use proptest::prelude::*;

/// A stored dialogue of each state, with its name.
pub const STATES: [(&str, &str); 33] = [
    ("menu", r#""menu""#),
    ("status", r#""status""#),
    ("topics", r#"{"help":{"back":"status","at":"topics"}}"#),
    ("offered", r#"{"help":{"back":"menu","at":{"offered":["top_up"]}}}"#),
    ("article", r#"{"help":{"back":"menu","at":{"article":{"topic":"top_up","judged":false}}}}"#),
    ("comment", r#"{"help":{"back":"menu","at":{"comment":{"topic":"top_up"}}}}"#),
    ("official", r#"{"official":{"back":"menu"}}"#),
    ("language", r#"{"language":{"back":"menu"}}"#),
    ("ask email", r#"{"sign_in":{"ask_email":{"then":"menu"}}}"#),
    ("ask code", r#"{"sign_in":{"ask_code":{"then":"menu","email":"alice@example.org"}}}"#),
    ("on page", r#"{"sign_in":{"on_page":{"then":"menu","nonce":"07"}}}"#),
    ("prove", r#"{"sign_in":{"prove":{"then":{"cards":"list"}}}}"#),
    ("reset email", r#"{"reset":"ask_email"}"#),
    (
        "captcha",
        r#"{"reset":{"captcha":{"address":{"email":"alice@example.org","own":false},"captcha":{"nonce":"07","in_words":true,"wrong":0}}}}"#,
    ),
    ("offer", r#"{"reset":{"offer":{"address":{"email":"alice@example.org","own":false}}}}"#),
    ("sent", r#"{"reset":{"sent":{"address":{"email":"alice@example.org","own":false},"sent_at":"2017-03-01T09:00:00Z","times":1}}}"#),
    ("stopped", r#"{"reset":"stopped"}"#),
    ("session ended", r#"{"session_ended":{"then":"menu"}}"#),
    ("history", r#"{"history":{"page":"newest","open":null}}"#),
    ("activity", r#"{"activity":{"older_than":3}}"#),
    ("cards", r#"{"cards":"list"}"#),
    ("confirm", r#"{"cards":{"confirm":{"card":1,"session":1,"asked_at":"2017-03-01T09:00:00Z"}}}"#),
    ("card off", r#"{"cards":{"done":{"card":{"brand":"Visa","last4":"1117"},"reference":"K7QX2-M9DA4","recorded":false}}}"#),
    ("card gone", r#"{"cards":{"gone":{"card":{"brand":"Visa","last4":"1117"}}}}"#),
    ("card refused", r#"{"cards":{"refused":{"why":"locked"}}}"#),
    ("link a card", r#"{"cards":"link"}"#),
    ("sessions", r#"{"sessions":"list"}"#),
    ("sessions ended", r#"{"sessions":{"ended":{"count":2}}}"#),
    ("end sessions", r#"{"sessions":{"confirm":{"session":1,"asked_at":"2017-03-01T09:00:00Z"}}}"#),
    ("end one session", r#"{"sessions":{"end":{"session":1}}}"#),
    ("privacy", r#"{"privacy":"notice"}"#),
    ("data on its way", r#"{"privacy":"on_its_way"}"#),
    ("forget", r#"{"privacy":{"forget":{"asked_at":"2017-03-01T09:00:00Z"}}}"#),
];

/// A state as it is stored.
pub fn stored(state: &str) -> String {
    format!(r#"{{"v":1,"at":{state}}}"#)
}

/// The name of a state in [`STATES`]; a new state does not compile before it has one.
fn name(dialogue: &Dialogue) -> &'static str {
    match dialogue {
        Dialogue::Menu => "menu",
        Dialogue::Status => "status",
        Dialogue::Help { at: help::At::Topics, .. } => "topics",
        Dialogue::Help { at: help::At::Offered(_), .. } => "offered",
        Dialogue::Help { at: help::At::Article { .. }, .. } => "article",
        Dialogue::Help { at: help::At::Comment { .. }, .. } => "comment",
        Dialogue::Official { .. } => "official",
        Dialogue::Language { .. } => "language",
        Dialogue::SignIn(sign_in::State::AskEmail { .. }) => "ask email",
        Dialogue::SignIn(sign_in::State::AskCode { .. }) => "ask code",
        Dialogue::SignIn(sign_in::State::OnPage { .. }) => "on page",
        Dialogue::SignIn(sign_in::State::Prove { .. }) => "prove",
        Dialogue::Reset(reset::State::AskEmail) => "reset email",
        Dialogue::Reset(reset::State::Captcha { .. }) => "captcha",
        Dialogue::Reset(reset::State::Offer { .. }) => "offer",
        Dialogue::Reset(reset::State::Sent { .. }) => "sent",
        Dialogue::Reset(reset::State::Stopped) => "stopped",
        Dialogue::SessionEnded { .. } => "session ended",
        Dialogue::History(history::State { .. }) => "history",
        Dialogue::Activity(_) => "activity",
        Dialogue::Cards(cards::State::List) => "cards",
        Dialogue::Cards(cards::State::Confirm { .. }) => "confirm",
        Dialogue::Cards(cards::State::Done { .. }) => "card off",
        Dialogue::Cards(cards::State::Gone { .. }) => "card gone",
        Dialogue::Cards(cards::State::Refused { .. }) => "card refused",
        Dialogue::Cards(cards::State::Link) => "link a card",
        Dialogue::Sessions(guichet::dialogue::sessions::State::List) => "sessions",
        Dialogue::Sessions(guichet::dialogue::sessions::State::Ended { .. }) => "sessions ended",
        Dialogue::Sessions(guichet::dialogue::sessions::State::Confirm { .. }) => "end sessions",
        Dialogue::Sessions(guichet::dialogue::sessions::State::End { .. }) => "end one session",
        Dialogue::Privacy(privacy::State::Notice) => "privacy",
        Dialogue::Privacy(privacy::State::OnItsWay) => "data on its way",
        Dialogue::Privacy(privacy::State::Forget { .. }) => "forget",
        // Nothing stores it.
        Dialogue::Privacy(privacy::State::Forgotten) => "",
    }
}

#[test]
fn every_state_is_walked() {
    for (expected, state) in STATES {
        assert_eq!(name(&Dialogue::read(&stored(state)).expect(expected)), expected);
    }
}

/// Text that tries to be something else: markup, entities, other directions, control characters, headers, formulas.
pub fn hostile() -> impl Strategy<Value = String> {
    const PIECES: [&str; 41] = [
        "<b>",
        "</b>",
        "</",
        "<",
        "<a href=\"https://example.org\">x</a>",
        "<script>alert(1)</script>",
        "<tg-spoiler>",
        "&lt;",
        "&amp;lt;",
        "&#60;",
        "&quot;",
        "&",
        "\"",
        "'",
        "😀",
        "👩‍👩‍👧",
        "🇫🇷",
        "\u{202e}",
        "\u{2066}",
        "\u{200b}",
        "\u{feff}",
        "\u{ad}",
        "\u{7}",
        "\u{1b}[2J",
        "\u{9b}31m",
        "\r\nBcc: eve@example.org\r\n\r\n",
        "\n\n",
        "\t",
        "\u{2028}",
        "*b* _i_ `c`",
        "[x](https://example.org)",
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "; =1",
        "{$person}",
        "{ -term }",
        "%s",
        "'; DROP TABLE account; --",
        "/forget",
    ];
    let piece = prop_oneof![
        6 => prop::sample::select(&PIECES[..]).prop_map(str::to_owned),
        2 => "\\PC{1,8}",
        1 => any::<String>(),
        1 => (1..300usize).prop_map(|length| "ы".repeat(length)),
    ];
    prop::collection::vec(piece, 1..8).prop_map(|pieces| pieces.concat()).prop_filter("says nothing", |text| !text.is_empty())
}
