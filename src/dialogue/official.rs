//! Whether a message or a link is genuine: the holder forwards or pastes it, and hears whose it is. Nothing of it is kept.

use super::{Button, Dialogue, Input, Place, Screen, Step, Tap};
use crate::domain::{Finding, Kind, Trick, Verdict, Written};
use crate::locale::Message;
use crate::turn::Turn;

/// How many links of a message are told one by one.
const TOLD: usize = 5;

/// A text was typed or forwarded.
pub fn on(turn: &Turn<'_>, back: Box<Dialogue>, input: &Input) -> Step {
    match input {
        Input::Text(written) => examine(turn, back, written),
        _ => Step::say(Dialogue::Official { back }, Message::new("choose-a-button")),
    }
}

/// Something other than a text was sent: its caption counts, if it has one.
pub fn on_caption(turn: &Turn<'_>, back: Box<Dialogue>, caption: &Written) -> Step {
    if caption.text.is_empty() && caption.links.is_empty() {
        return Step::say(Dialogue::Official { back }, Message::new("unreadable"));
    }
    examine(turn, back, caption)
}

/// Looks at a message and says what it holds.
pub fn examine(turn: &Turn<'_>, back: Box<Dialogue>, written: &Written) -> Step {
    let own_name = |finding: &Finding| finding.kind == Kind::Telegram && turn.person.ends_with(&format!("({})", finding.shown));
    let mut findings = turn.service.genuine.examine(written);
    // A genuine mail of ours names the account of the very holder.
    findings.retain(|finding| !own_name(finding));
    Step::show_once(Dialogue::Official { back }, verdict(turn, &findings))
}

/// The screen that asks for a message or a link.
pub fn show(turn: &Turn<'_>) -> Screen {
    let title = Message::new("official-title").with("service", turn.service.policy.service.as_str());
    let screen = Screen::new(title).text(Message::new("official-ask")).text(Message::new("official-kept"));
    ways_on(screen)
}

fn verdict(turn: &Turn<'_>, findings: &[Finding]) -> Screen {
    let service = turn.service.policy.service.as_str();
    let Some(worst) = findings.first() else {
        let screen = Screen::new(Message::new("official-nothing")).text(Message::new("official-nothing-advice"));
        return ways_on(screen.text(genuine(turn)).text(never(turn)));
    };
    let lines = findings.iter().take(TOLD).map(|finding| line(finding, service)).collect();
    let screen = Screen::new(Message::new(headline(worst.verdict))).list(lines);
    let screen = match findings.len().checked_sub(TOLD) {
        None | Some(0) => screen,
        Some(more) => screen.text(Message::new("official-more").with("count", more)),
    };
    let bad = matches!(worst.verdict, Verdict::Lookalike(_) | Verdict::Insecure);
    let screen = screen.text(Message::new(advice(worst.verdict)).with("service", service)).text(genuine(turn)).text(never(turn));
    if !bad {
        return ways_on(screen);
    }
    let given = Message::new("official-given-away").with("contact", turn.service.operator.contact.to_string());
    ways_on(screen.text(given).button("button-reset", Tap::Go(Place::Reset)))
}

fn ways_on(screen: Screen) -> Screen {
    screen.row(vec![Button::new("button-back", Tap::Back), Button::new("button-menu", Tap::Go(Place::Menu))])
}

fn headline(worst: Verdict) -> &'static str {
    match worst {
        Verdict::Lookalike(_) => "official-headline-lookalike",
        Verdict::Insecure => "official-headline-insecure",
        Verdict::Shortened | Verdict::Numeric | Verdict::Unknown => "official-headline-unknown",
        Verdict::Official | Verdict::Own => "official-headline-official",
    }
}

fn advice(worst: Verdict) -> &'static str {
    match worst {
        Verdict::Lookalike(_) => "official-advice-lookalike",
        Verdict::Insecure => "official-advice-insecure",
        Verdict::Shortened | Verdict::Numeric | Verdict::Unknown => "official-advice-unknown",
        Verdict::Official | Verdict::Own => "official-advice-official",
    }
}

/// Where the genuine pages are.
fn genuine(turn: &Turn<'_>) -> Message {
    let policy = &turn.service.policy;
    Message::new("official-genuine").with("service", policy.service.as_str()).with("hosts", policy.official_hosts.join(", "))
}

/// What nobody ever asks for.
fn never(turn: &Turn<'_>) -> Message {
    Message::new("official-never").with("service", turn.service.policy.service.as_str())
}

/// What is to be said of one link.
fn line(finding: &Finding, service: &str) -> Message {
    Message::new(key(finding))
        .with("host", finding.shown.as_str())
        .with("owner", finding.owner.as_str())
        .with("like", finding.like.as_str())
        .with("service", service)
}

fn key(finding: &Finding) -> &'static str {
    match (finding.kind, finding.verdict) {
        (Kind::Telegram, Verdict::Lookalike(Trick::Name)) => "official-telegram-name",
        (Kind::Telegram, Verdict::Lookalike(_)) => "official-telegram-lookalike",
        (Kind::Telegram, Verdict::Own) => "official-telegram-own",
        (Kind::Telegram, _) => "official-telegram-unknown",
        (Kind::Mail, Verdict::Lookalike(Trick::UserInfo)) => "official-mail-before",
        (Kind::Mail, Verdict::Own) => "official-mail-own",
        (Kind::Mail, Verdict::Official) => "official-mail-official",
        (Kind::Mail, Verdict::Unknown) => "official-mail-unknown",
        (_, Verdict::Lookalike(trick)) => trick_key(trick),
        (_, Verdict::Insecure) => "official-web-insecure",
        (_, Verdict::Shortened) => "official-web-shortened",
        (_, Verdict::Numeric) => "official-web-numeric",
        (_, Verdict::Unknown) => "official-web-unknown",
        (_, Verdict::Official) => "official-web-official",
        (_, Verdict::Own) => "official-web-own",
    }
}

fn trick_key(trick: Trick) -> &'static str {
    match trick {
        Trick::Words => "official-trick-words",
        Trick::UserInfo => "official-trick-user-info",
        Trick::Letters => "official-trick-letters",
        Trick::Disguise => "official-trick-disguise",
        Trick::SubDomain => "official-trick-sub-domain",
        Trick::Ending => "official-trick-ending",
        Trick::Spelling => "official-trick-spelling",
        Trick::Name => "official-trick-name",
        Trick::Path => "official-trick-path",
    }
}
