//! The baseline's screens: as much text and as many buttons as guichet's.

use teloxide::types::{InlineKeyboardButton, InlineKeyboardMarkup};

use super::Card;

/// A text in Telegram's HTML and its buttons.
pub struct Screen {
    pub text: String,
    pub keyboard: InlineKeyboardMarkup,
}

fn button(text: impl Into<String>, data: impl Into<String>) -> InlineKeyboardButton {
    InlineKeyboardButton::callback(text, data)
}

pub fn menu(email: &str) -> Screen {
    let text = format!(
        "<b>What can I do for you?</b>\n\nAlipay on AliExpress closed to customers on 1 January 2017: no new clients, no top-ups, no \
         linking of cards. What is left on your balance can still be spent on purchases or withdrawn to your own card.\n\nYou are signed \
         in as {email}."
    );
    let keyboard = InlineKeyboardMarkup::new([
        vec![button("What closed", "status")],
        vec![button("My payments", "history"), button("My cards", "cards")],
        vec![button("Sign out", "sign-out")],
        vec![button("Help", "help"), button("Language", "language")],
    ]);
    Screen { text, keyboard }
}

pub fn cards(cards: &[Card]) -> Screen {
    let line = |card: &Card| format!("• {} •••• {}, expires {}, linked on {}\n", card.brand, card.last4, card.expires, card.linked_on);
    let lines: String = cards.iter().map(line).collect();
    let text = format!("<b>Your linked cards</b>\n\n{lines}\nTap a card to take it off your account.");
    let choose = |card: &Card| vec![button(format!("{} •••• {}", card.brand, card.last4), card.card_id.to_string())];
    let rows = cards.iter().map(choose).chain([vec![button("Link a card", "link"), button("Menu", "menu")]]);
    Screen { text, keyboard: InlineKeyboardMarkup::new(rows) }
}

pub fn confirm(card: &Card) -> Screen {
    let text = format!(
        "<b>Take off {} •••• {}?</b>\n\nIt cannot be linked again here. The card itself stays valid: you can still pay with it directly on \
         AliExpress.",
        card.brand, card.last4
    );
    let keyboard = InlineKeyboardMarkup::new([
        vec![button("Yes, take it off", "confirm")],
        vec![button("No, keep it", "keep")],
        vec![button("Back", "back"), button("Menu", "menu")],
    ]);
    Screen { text, keyboard }
}

pub fn done(card: &Card) -> Screen {
    let text = format!("✅ <b>{} •••• {} has been taken off your account.</b>\n\nThank you for your patience.", card.brand, card.last4);
    let keyboard = InlineKeyboardMarkup::new([vec![button("My cards", "cards")], vec![button("Menu", "menu")]]);
    Screen { text, keyboard }
}
