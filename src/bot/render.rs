//! Makes text and buttons of a screen.

use crate::dialogue::{Action, Block, Button, Screen};
use crate::domain::Language;
use crate::effects::ShownButton;
use crate::locale::Locales;

/// Telegram's limit for a text, in UTF-16 units after its entities are parsed (core.telegram.org/bots/api#sendmessage).
pub const TEXT_LIMIT: usize = 4096;

/// Characters that a row of buttons has room for on a phone 390 pixels wide, and what it costs to part two buttons.
const ROW: usize = 34;
const GAP: usize = 2;

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
    let keyboard = screen.rows.iter().flat_map(|row| uncut(row.iter().map(shown).collect()));
    Rendered { text: blocks.collect::<Vec<_>>().join("\n\n"), keyboard: keyboard.collect() }
}

/// The row, or its buttons one below the other where a phone would cut a label: Telegram's clients end it with dots at the edge of its
/// button.
fn uncut(row: Vec<ShownButton>) -> Vec<Vec<ShownButton>> {
    let room = (ROW + GAP) / row.len().max(1) - GAP;
    let fits = row.iter().all(|button| button.label().chars().count() <= room);
    if fits { vec![row] } else { row.into_iter().map(|button| vec![button]).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(labels: &[&str]) -> Vec<ShownButton> {
        labels.iter().map(|label| ShownButton::Tap((*label).to_owned(), "x".to_owned())).collect()
    }

    #[test]
    fn labels_that_fit_share_a_row() {
        for fitting in
            [&["Проверить ссылку", "Меню"][..], &["⇤ В начало", "← Новее", "Старее →"], &["1", "2", "3", "4"], &[&"x".repeat(70)], &[]]
        {
            assert_eq!(uncut(row(fitting)), [row(fitting)], "{fitting:?}");
        }
    }

    #[test]
    fn a_label_that_would_be_cut_breaks_its_row() {
        for cut in [&["Menu", "Sessions ouvertes"][..], &["⇤ Последние", "← Новее", "Старее →"]] {
            let broken: Vec<_> = cut.iter().map(|label| row(&[label])).collect();
            assert_eq!(uncut(row(cut)), broken);
        }
    }
}
