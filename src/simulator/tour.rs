//! A tour of the counter for `guichet check`: every screen in every language, before a Telegram as strict as the real one.
//! What it refuses, such as a text over its limits, is a finding.

use std::sync::Arc;

use super::stage::{Setting, Stage};
use super::{BOT_USERNAME, Person, World};
use crate::clock::{Clock, Random};
use crate::domain::{Language, Policy};
use crate::locale::{Locales, Message};

/// The commands that lead to the screens.
const COMMANDS: [&str; 10] = ["/start", "/menu", "/status", "/history", "/activity", "/cards", "/reset", "/help", "/official", "/language"];
/// The buttons that the tour leaves alone: they end it, or change its language.
const NOT_PRESSED: [&str; 5] = ["button-sign-out", "button-cancel", "language-fr", "language-ru", "language-en"];

/// The button that the tour presses wherever it stands: it leads on to the next help topic.
const PRESSED_AGAIN: &str = "button-topics";

/// Shows every screen with these texts and this policy; what Telegram would refuse, a line each.
pub async fn findings(policy: &Policy, locales: &Arc<Locales>) -> anyhow::Result<Vec<String>> {
    let setting = Setting::new(Clock::machine(), Random::seeded(1))?;
    let stage = Stage::open(Setting { policy: policy.clone(), locales: Arc::clone(locales), ..setting }).await?;
    for (language, person) in Language::ALL.into_iter().zip(1..) {
        stage.simulator.with(|world| world.add_person(Person::new(person, "Visitor", language.code())));
        visit(&stage, policy, locales, language, person).await?;
    }
    stage.settled().await;
    let findings = stage.simulator.with(|world| refused(world));
    stage.app.stop().await;
    Ok(findings)
}

/// One visitor's tour: signed out, resetting a password, signing in, signed in, and every button once.
async fn visit(stage: &Stage, policy: &Policy, locales: &Locales, language: Language, person: i64) -> anyhow::Result<()> {
    for command in COMMANDS {
        says(stage, person, command).await?;
    }
    for text in doubtful(policy) {
        says(stage, person, &format!("/official {text}")).await?;
    }
    says(stage, person, "/reset").await?;
    says(stage, person, "claire@example.org").await?;
    says(stage, person, "0").await?;
    says(stage, person, &stage.captcha_answer(person).await?.unwrap_or_default()).await?;
    says(stage, person, "/signin").await?;
    says(stage, person, "claire@example.org").await?;
    let code = stage.simulator.with(|world| world.mails().last().and_then(|mail| eight_digits(&mail.text)));
    says(stage, person, "00000000").await?;
    says(stage, person, &code.unwrap_or_default()).await?;
    let mut pressed: Vec<String> = NOT_PRESSED.iter().map(|label| locales.plain(language, &Message::new(*label))).collect();
    let again = locales.plain(language, &Message::new(PRESSED_AGAIN));
    loop {
        let before = pressed.len();
        for command in COMMANDS {
            says(stage, person, command).await?;
            while let Some((message, label, data)) = stage.simulator.with(|world| unpressed(world, person, &pressed)) {
                if label != again {
                    pressed.push(label);
                }
                stage.simulator.with(|world| world.person_taps(person, message, &data))?;
                stage.settled().await;
            }
        }
        if pressed.len() == before {
            return Ok(());
        }
    }
}

/// Messages that hold one of everything that /official tells apart, by itself and with as much else as a screen takes.
fn doubtful(policy: &Policy) -> Vec<String> {
    let Some(host) = policy.official_hosts.first() else { return Vec::new() };
    let long = "a".repeat(60);
    let (name, bot, contact) = (host.split('.').next().unwrap_or_default(), BOT_USERNAME, policy.contact.as_str());
    let mut texts: Vec<String> = [
        format!("https://{host}"),
        format!("http://{host}"),
        format!("https://{host}@{long}.example"),
        format!("https://0{host}"),
        format!("https://{host}\\{long}"),
        format!("{host}.{long}.{long}.example"),
        format!("https://{name}.example"),
        format!("https://x{host}"),
        format!("https://{name}-{long}.example"),
        format!("https://{long}.example/{host}"),
        "https://bit.ly/x".to_owned(),
        "https://192.0.2.1".to_owned(),
        format!("https://{long}.example"),
        format!("@{bot}"),
        format!("@{bot}s"),
        format!("@{name}_help"),
        "@somebody".to_owned(),
        contact.to_owned(),
        format!("x@{host}"),
        format!("{host}@{long}.example"),
        format!("x@{long}.example"),
        "x".to_owned(),
    ]
    .into();
    texts.push(texts.join(" "));
    texts
}

async fn says(stage: &Stage, person: i64, text: &str) -> anyhow::Result<()> {
    stage.simulator.with(|world| world.person_types(person, text))?;
    stage.settled().await;
    Ok(())
}

/// A button of the newest message that was not pressed yet.
fn unpressed(world: &World, person: i64, pressed: &[String]) -> Option<(i32, String, String)> {
    let newest = world.messages(person).last()?;
    let buttons = newest.current.keyboard.iter().flatten();
    let fresh =
        buttons.filter(|button| !pressed.contains(&button.text)).find_map(|button| Some((button.text.clone(), button.data()?.to_owned())));
    fresh.map(|(label, data)| (newest.id, label, data))
}

fn eight_digits(text: &str) -> Option<String> {
    text.split(|char: char| !char.is_ascii_digit()).find(|digits| digits.len() == 8).map(str::to_owned)
}

/// Every call that the simulated Telegram refused, once each.
fn refused(world: &World) -> Vec<String> {
    let language =
        |chat: Option<i64>| Language::ALL.into_iter().zip(1..).find(|(_, person)| chat == Some(*person)).map(|(language, _)| language);
    let mut findings: Vec<String> = world
        .calls_since(0)
        .filter_map(|(_, call)| {
            let refusal = call.outcome.as_ref().err()?;
            let place = language(call.chat)
                .map_or_else(|| "the bot's name, descriptions or commands".to_owned(), |language| format!("a screen in {language}"));
            Some(format!(
                "{place}: Telegram would refuse it ({}: {}); make the text shorter or set its tags right",
                call.method, refusal.description
            ))
        })
        .collect();
    findings.sort();
    findings.dedup();
    findings
}
