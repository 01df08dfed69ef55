//! Formatted text: plain text with entities whose offsets count UTF-16 code units, as Telegram counts.

mod detect;
mod html;
mod safe;

use serde::{Deserialize, Serialize};

pub use detect::detect;
pub use html::parse;
pub use safe::to_html;

/// Plain text and the entities over it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Formatted {
    /// The text without any markup.
    pub text: String,
    /// Sorted by offset, the longer first.
    pub entities: Vec<Entity>,
}

/// A stretch of text with a meaning or a look.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entity {
    /// What the stretch is.
    #[serde(flatten)]
    pub kind: EntityKind,
    /// Where it starts, in UTF-16 code units.
    pub offset: usize,
    /// How long it is, in UTF-16 code units.
    pub length: usize,
}

/// The kinds of entities the simulator knows, under Telegram's names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names are Telegram's, see MessageEntity")]
pub enum EntityKind {
    Bold,
    Italic,
    Underline,
    Strikethrough,
    Spoiler,
    Blockquote,
    ExpandableBlockquote,
    Code,
    Pre {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        language: Option<String>,
    },
    TextLink {
        url: String,
    },
    BotCommand,
    Url,
    Email,
}

/// The length of `text` in UTF-16 code units.
pub fn utf16_length(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

impl Formatted {
    /// Text without any entity.
    pub fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), entities: Vec::new() }
    }

    /// The length in UTF-16 code units.
    pub fn length(&self) -> usize {
        utf16_length(&self.text)
    }

    /// Text with the given entities, which must lie within it.
    ///
    /// # Errors
    /// Telegram's text about the first entity that does not.
    pub fn with_entities(text: String, mut entities: Vec<Entity>) -> Result<Self, String> {
        let length = utf16_length(&text);
        for entity in &entities {
            if entity.offset + entity.length > length {
                return Err(format!(
                    "entity beginning at UTF-16 offset {} ends after the end of the text at UTF-16 offset {}",
                    entity.offset,
                    entity.offset + entity.length
                ));
            }
        }
        entities.retain(|entity| entity.length > 0);
        sort(&mut entities);
        Ok(Self { text, entities })
    }

    /// Without white space at both ends, as Telegram stores what is sent.
    pub fn trimmed(self) -> Self {
        let start = self.text.len() - self.text.trim_start().len();
        let skipped = utf16_length(&self.text[..start]);
        let text = self.text.trim().to_owned();
        let length = utf16_length(&text);
        let entities = self.entities.into_iter().filter_map(|entity| {
            let from = entity.offset.saturating_sub(skipped);
            let to = (entity.offset + entity.length).saturating_sub(skipped).min(length);
            (to > from).then_some(Entity { offset: from, length: to - from, ..entity })
        });
        Self { entities: entities.collect(), text }
    }

    /// With the links, addresses and commands that Telegram finds by itself added where no entity is yet.
    pub fn with_detected(mut self) -> Self {
        for found in detect(&self.text) {
            let overlaps = |entity: &Entity| entity.offset < found.offset + found.length && found.offset < entity.offset + entity.length;
            let hides = |kind: &EntityKind| matches!(kind, EntityKind::Code | EntityKind::Pre { .. } | EntityKind::TextLink { .. });
            if !self.entities.iter().any(|entity| overlaps(entity) && hides(&entity.kind)) {
                self.entities.push(found);
            }
        }
        sort(&mut self.entities);
        self
    }
}

fn sort(entities: &mut [Entity]) {
    entities.sort_by_key(|entity| (entity.offset, std::cmp::Reverse(entity.length)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_at_the_ends_goes_and_entities_move_along() {
        let text = parse("  \n<b> Bonjour </b>\n").unwrap().trimmed();
        assert_eq!(text.text, "Bonjour");
        assert_eq!(text.entities, [Entity { kind: EntityKind::Bold, offset: 0, length: 7 }]);
    }

    #[test]
    fn an_entity_past_the_end_is_refused() {
        let entity = Entity { kind: EntityKind::Bold, offset: 2, length: 3 };
        assert!(Formatted::with_entities("abc".into(), vec![entity]).is_err());
    }

    #[test]
    fn what_is_code_is_not_searched_for_links() {
        let text = parse("<code>/menu</code> /help").unwrap().with_detected();
        let commands: Vec<_> = text.entities.iter().filter(|entity| entity.kind == EntityKind::BotCommand).collect();
        assert_eq!(commands.len(), 1);
        assert_eq!(commands[0].offset, 6);
    }
}
