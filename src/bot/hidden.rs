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

#[cfg(test)]
mod tests {
    use super::*;

    fn urls(json: &str) -> Vec<(String, String)> {
        let head = r#"{"message_id":1,"date":0,"chat":{"id":1,"type":"private","first_name":"A"},"#;
        let message: Message = serde_json::from_str(&format!("{head}{json}")).unwrap();
        links(&message).into_iter().map(|link| (link.words, link.url)).collect()
    }

    fn link(words: &str, url: &str) -> (String, String) {
        (words.to_owned(), url.to_owned())
    }

    #[test]
    fn links_behind_words_and_buttons_and_a_preview_are_seen() {
        let found = urls(
            r#""text":"é see here","entities":[{"type":"bold","offset":0,"length":1},
            {"type":"text_link","offset":6,"length":4,"url":"https://a.example/"}],
            "link_preview_options":{"url":"https://c.example/"},
            "reply_markup":{"inline_keyboard":[[{"text":"Go","url":"https://b.example/"},{"text":"No","callback_data":"x"}]]}}"#,
        );
        assert_eq!(found, [link("here", "https://a.example/"), link("Go", "https://b.example/"), link("", "https://c.example/")]);
        let caption =
            r#""photo":[],"caption":"here","caption_entities":[{"type":"text_link","offset":0,"length":4,"url":"https://a.example/"}]}"#;
        assert_eq!(urls(caption), [link("here", "https://a.example/")]);
    }

    #[test]
    fn of_a_forwarded_message_the_bot_or_channel_counts_and_the_person_does_not() {
        let forwarded = |origin: &str| urls(&format!(r#""text":"x","forward_origin":{origin}}}"#));
        let user = |is_bot| {
            let user = format!(r#"{{"id":5,"is_bot":{is_bot},"first_name":"B","username":"b_bot"}}"#);
            format!(r#"{{"type":"user","date":0,"sender_user":{user}}}"#)
        };
        let channel = r#"{"type":"channel","date":0,"chat":{"id":-5,"type":"channel","title":"C","username":"c_news"},"message_id":3}"#;
        assert_eq!(forwarded(&user(true)), [link("", "@b_bot")]);
        assert_eq!(forwarded(channel), [link("", "@c_news")]);
        assert_eq!(forwarded(&user(false)), []);
    }
}
