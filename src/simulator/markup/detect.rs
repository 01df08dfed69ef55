//! The entities Telegram finds by itself: bot commands, web addresses and e-mail addresses, each as a whole word.

use super::{Entity, EntityKind, utf16_length};

/// The commands and addresses in `text`, in order.
pub fn detect(text: &str) -> Vec<Entity> {
    let mut found = Vec::new();
    let mut offset = 0;
    for word in text.split_inclusive(char::is_whitespace) {
        let bare = word.trim_start_matches(['(', '«', '"', '\u{a0}', '\u{202f}']);
        let skipped = utf16_length(&word[..word.len() - bare.len()]);
        if let Some((kind, length)) = kind_of(bare.trim_end()) {
            found.push(Entity { kind, offset: offset + skipped, length });
        }
        offset += utf16_length(word);
    }
    found
}

fn kind_of(word: &str) -> Option<(EntityKind, usize)> {
    if word.starts_with('/') {
        return command_length(word).map(|length| (EntityKind::BotCommand, length));
    }
    let word = word.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '»', '"', '…']);
    let is_url = ["http://", "https://"].iter().any(|scheme| word.len() > scheme.len() && word.starts_with(scheme));
    if is_url {
        return Some((EntityKind::Url, utf16_length(word)));
    }
    let (local, host) = word.split_once('@')?;
    let plain = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || ".-_+".contains(c));
    let has_dot = host.split_once('.').is_some_and(|(name, end)| !name.is_empty() && !end.is_empty());
    (plain(local) && plain(host) && has_dot).then(|| (EntityKind::Email, utf16_length(word)))
}

/// The length of a command of 1 to 64 characters, with the `@name` of the bot it is meant for.
fn command_length(word: &str) -> Option<usize> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let name = word[1..].chars().take_while(|&c| is_name(c)).count();
    if name == 0 || name > 64 {
        return None;
    }
    let rest = &word[1 + name..];
    let bot = rest.strip_prefix('@').map_or(0, |rest| rest.chars().take_while(|&c| is_name(c)).count());
    let end = &rest[if bot > 0 { bot + 1 } else { 0 }..];
    let is_path = end.starts_with(['/', '<', '>']);
    (!is_path).then_some(1 + name + if bot > 0 { bot + 1 } else { 0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<(EntityKind, usize, usize)> {
        detect(text).into_iter().map(|entity| (entity.kind, entity.offset, entity.length)).collect()
    }

    #[test]
    fn commands_and_addresses_are_found_at_utf16_offsets() {
        assert_eq!(kinds("/start"), [(EntityKind::BotCommand, 0, 6)]);
        assert_eq!(kinds("😀 /help@some_bot, now"), [(EntityKind::BotCommand, 3, 14)]);
        assert_eq!(kinds("écrire à claire@example.org."), [(EntityKind::Email, 9, 18)]);
        assert_eq!(kinds("(https://example.org/a)"), [(EntityKind::Url, 1, 21)]);
    }

    #[test]
    fn paths_and_lone_signs_are_plain_text() {
        assert_eq!(kinds("/a/b / @ a@b http:// 1/2"), []);
    }
}
