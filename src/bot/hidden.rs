//! The links that a message's words don't show: behind words, on buttons, under a preview, and the account it was forwarded from.

use teloxide::types::{InlineKeyboardButtonKind, Message, MessageEntityKind, MessageOrigin};

use crate::domain::HiddenLink;

/// Every such link of a message.
pub fn links(message: &Message) -> Vec<HiddenLink> {
    behind_words(message).chain(on_buttons(message)).chain(under_preview(message)).chain(forwarded_from(message)).collect()
}

fn behind_words(message: &Message) -> impl Iterator<Item = HiddenLink> {
    let entities = message.parse_entities().or_else(|| message.parse_caption_entities()).unwrap_or_default();
    let links = entities.into_iter().filter_map(|entity| match entity.kind() {
        MessageEntityKind::TextLink { url } => Some(HiddenLink { words: entity.text().to_owned(), url: url.to_string() }),
        _ => None,
    });
    links.collect::<Vec<_>>().into_iter()
}

fn on_buttons(message: &Message) -> impl Iterator<Item = HiddenLink> {
    let buttons = message.reply_markup().into_iter().flat_map(|markup| markup.inline_keyboard.iter().flatten());
    buttons.filter_map(|button| match &button.kind {
        InlineKeyboardButtonKind::Url(url) => Some(HiddenLink { words: button.text.clone(), url: url.to_string() }),
        _ => None,
    })
}

/// The preview may lead elsewhere than the text above it.
fn under_preview(message: &Message) -> Option<HiddenLink> {
    let url = message.link_preview_options()?.url.clone()?;
    Some(HiddenLink { words: String::new(), url })
}

/// A bot or a channel speaks for somebody; a person who passes a message on does not.
fn forwarded_from(message: &Message) -> Option<HiddenLink> {
    let name = match message.forward_origin()? {
        MessageOrigin::User { sender_user, .. } if sender_user.is_bot => sender_user.username.as_deref(),
        MessageOrigin::Channel { chat, .. } | MessageOrigin::Chat { sender_chat: chat, .. } => chat.username(),
        MessageOrigin::User { .. } | MessageOrigin::HiddenUser { .. } => None,
    };
    name.map(|name| HiddenLink { words: String::new(), url: format!("@{name}") })
}
