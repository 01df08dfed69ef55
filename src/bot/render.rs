//! Makes text and buttons of a screen.

use crate::dialogue::{Action, Block, Button, Screen};
use crate::domain::Language;
use crate::effects::ShownButton;
use crate::locale::Locales;

/// Telegram's limit for a text, in UTF-16 units after its entities are parsed (core.telegram.org/bots/api#sendmessage).
pub const TEXT_LIMIT: usize = 4096;

/// A screen in one language, as Telegram takes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// The text in Telegram's HTML.
    pub text: String,
    /// The buttons, row by row.
    pub keyboard: Vec<Vec<ShownButton>>,
}

/// Renders a screen that is shown under this revision.
pub fn screen(locales: &Locales, language: Language, screen: &Screen, revision: i64) -> Rendered {
    let blocks = screen.blocks.iter().map(|block| match block {
        Block::Text(message) => locales.html(language, message),
        Block::List(lines) => lines.iter().map(|line| locales.html(language, line)).collect::<Vec<_>>().join("\n"),
    });
    let shown = |button: &Button| {
        let label = locales.plain(language, &button.label);
        match &button.action {
            Action::Tap(tap) => ShownButton::Tap(label, tap.wire(revision)),
            Action::Page(page) => ShownButton::Page { label, page: page.clone() },
        }
    };
    let keyboard = screen.rows.iter().map(|row| row.iter().map(shown).collect());
    Rendered { text: blocks.collect::<Vec<_>>().join("\n\n"), keyboard: keyboard.collect() }
}
