//! The language: chosen once, it holds everywhere, the commands menu included.

use super::{Button, Dialogue, Input, Screen, Step, Tap};
use crate::domain::Language;
use crate::effects::Effect;
use crate::locale::Message;
use crate::turn::Turn;

/// A language was tapped, or something else was sent.
pub fn on(turn: &mut Turn<'_>, back: Box<Dialogue>, input: &Input) -> Step {
    let Input::Tap(Tap::Speak(language)) = *input else {
        return Step::say(Dialogue::Language { back }, Message::new("choose-a-button"));
    };
    turn.chat.language = language;
    turn.chat.language_chosen = true;
    turn.effects.push(Effect::Commands { chat: turn.chat.id, language });
    Step::say(*back, Message::new("language-set"))
}

/// The languages, each under its own name.
pub fn show(turn: &Turn<'_>) -> Screen {
    let names = Language::ALL.map(|language| Button::new(name(language), Tap::Speak(language)));
    let title = Message::new("language-title").with("language", Message::new(name(turn.chat.language)));
    Screen::new(title).row(names.to_vec()).button("button-back", Tap::Back)
}

fn name(language: Language) -> &'static str {
    match language {
        Language::Fr => "language-fr",
        Language::Ru => "language-ru",
        Language::En => "language-en",
    }
}
