//! People and what they do: type, tap, send, edit, block. Each verb makes the update that Telegram would make of it.

use serde_json::json;

use super::message::{ChatMessage, Content, Other, Sender, Version};
use super::{BOT_USERNAME, World, files};
use crate::simulator::markup::{EntityKind, Formatted};

/// Somebody with a Telegram account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The user id, which is also the id of the private chat.
    pub id: i64,
    /// The first name.
    pub first_name: String,
    /// The last name.
    pub last_name: Option<String>,
    /// The user name, without the `@`.
    pub username: Option<String>,
    /// The `language_code` of the client, such as `fr` or `pt-br`.
    pub language: String,
    /// The addresses the demo page suggests to sign in with.
    pub emails: Vec<String>,
}

impl Person {
    /// A person with nothing but a first name and a language.
    pub fn new(id: i64, first_name: impl Into<String>, language: impl Into<String>) -> Self {
        let (first_name, language) = (first_name.into(), language.into());
        Self { id, first_name, last_name: None, username: None, language, emails: Vec::new() }
    }

    /// First and last name.
    pub fn name(&self) -> String {
        self.last_name.iter().fold(self.first_name.clone(), |name, last| format!("{name} {last}"))
    }
}

/// What a person can send besides text.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are Telegram's")]
pub enum Kind {
    Sticker,
    Voice,
    Photo,
    Document,
    Contact,
    Location,
    /// A text message forwarded from somebody else, with links behind words if it is formatted.
    ForwardedText(Formatted),
    /// A photo with words under it.
    CaptionedPhoto(Formatted),
}

/// Something a person cannot do in their client.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Misuse {
    /// There is nobody with this id.
    #[error("there is no person {0}")]
    NoPerson(i64),
    /// There is no chat with this id.
    #[error("there is no chat {0}")]
    NoChat(i64),
    /// A client sends no empty text.
    #[error("the text is empty")]
    EmptyText,
    /// A client sends at most 4096 characters at once.
    #[error("the text is longer than 4096 characters")]
    LongText,
    /// The bot must be unblocked first.
    #[error("the person has blocked the bot")]
    Blocked,
    /// The message does not stand in the person's chat.
    #[error("there is no message {0} in the chat")]
    NoMessage(i32),
    /// The message has no button with this data as it stands.
    #[error("message {message_id} has no button with the data {data:?}")]
    NoButton {
        /// The message.
        message_id: i32,
        /// The data.
        data: String,
    },
    /// A person edits their own messages only.
    #[error("message {0} is not the person's own text")]
    NotTheirs(i32),
}

impl World {
    /// The person types in the private chat; commands become commands. Gives the message's id.
    ///
    /// # Errors
    /// What a client would not let the person do.
    pub fn person_types(&mut self, person: i64, text: &str) -> Result<i32, Misuse> {
        self.person_types_in(person, person, text)
    }

    /// The person types in a chat. In a group the bot, by its privacy mode, hears only commands meant for it and replies.
    ///
    /// # Errors
    /// What a client would not let the person do.
    pub fn person_types_in(&mut self, chat: i64, person: i64, text: &str) -> Result<i32, Misuse> {
        let text = typed(text)?;
        self.check_can_write(chat, person)?;
        let message = self.new_message(chat, Sender::Person(person), Content::Text(text));
        Ok(self.receive(message))
    }

    /// The person sends something that is no text to the private chat. Gives the message's id.
    ///
    /// # Errors
    /// What a client would not let the person do.
    pub fn person_sends(&mut self, person: i64, kind: Kind) -> Result<i32, Misuse> {
        self.check_can_write(person, person)?;
        let forwarded = matches!(kind, Kind::ForwardedText(_));
        let content = match kind {
            Kind::Sticker => Content::Other(Other::Sticker),
            Kind::Voice => Content::Other(Other::Voice),
            Kind::Contact => Content::Other(Other::Contact),
            Kind::Location => Content::Other(Other::Location),
            Kind::ForwardedText(text) => Content::Text(sent(text)?),
            Kind::Photo => self.photo(Formatted::default()),
            Kind::CaptionedPhoto(caption) => self.photo(sent(caption)?),
            Kind::Document => {
                let file = self.files.add("letter.txt", "text/plain", &b"Bonjour\n"[..]);
                Content::Document { file, caption: Formatted::default() }
            }
        };
        let mut message = self.new_message(person, Sender::Person(person), content);
        message.forwarded = forwarded;
        Ok(self.receive(message))
    }

    /// The person edits a text of their own in the private chat.
    ///
    /// # Errors
    /// What a client would not let the person do.
    pub fn person_edits(&mut self, person: i64, message_id: i32, text: &str) -> Result<(), Misuse> {
        let content = Content::Text(typed(text)?);
        self.check_can_write(person, person)?;
        let (at, keep) = (self.now(), self.history);
        let chat = self.chats.get_mut(&person).ok_or(Misuse::NoChat(person))?;
        let message = chat.message_mut(message_id).ok_or(Misuse::NoMessage(message_id))?;
        if message.from != Sender::Person(person) || !matches!(message.current.content, Content::Text(_)) {
            return Err(Misuse::NotTheirs(message_id));
        }
        message.replace(Version { at, content, keyboard: Vec::new() }, keep);
        self.touch(person);
        let message = self.message(person, message_id).ok_or(Misuse::NoMessage(message_id))?;
        let body = self.message_json(message);
        self.queue("edited_message", person, &body);
        Ok(())
    }

    /// The person taps a button that stands under a message, in the private chat or a group. Gives the query's id.
    ///
    /// # Errors
    /// If that message has no such button now.
    pub fn person_taps(&mut self, person: i64, message_id: i32, data: &str) -> Result<String, Misuse> {
        let chat = self.chat_of(person, message_id).ok_or(Misuse::NoMessage(message_id))?;
        let message = self.message(chat, message_id).ok_or(Misuse::NoMessage(message_id))?;
        if !message.current.keyboard.iter().flatten().any(|button| button.data() == Some(data)) {
            return Err(Misuse::NoButton { message_id, data: data.to_owned() });
        }
        self.person_forges(person, message_id, data)
    }

    /// A made-up client sends a tap with any data, on any message, even one that is gone. Gives the query's id.
    ///
    /// # Errors
    /// If there is no such person.
    pub fn person_forges(&mut self, person: i64, message_id: i32, data: &str) -> Result<String, Misuse> {
        let from = self.user_json(person).ok_or(Misuse::NoPerson(person))?;
        let chat = self.chat_of(person, message_id).unwrap_or(person);
        let message = match self.message(chat, message_id) {
            Some(message) => self.message_json(message),
            None => json!({ "chat": self.chat_json(chat), "message_id": message_id, "date": 0 }),
        };
        let now = self.now();
        let id = self.queries.open(person, now);
        let body = json!({ "id": id, "from": from, "message": message, "chat_instance": chat.to_string(), "data": data });
        self.queue("callback_query", chat, &body);
        Ok(id)
    }

    /// The person blocks the bot: it can no longer write, and is told so.
    ///
    /// # Errors
    /// If there is no such person.
    pub fn person_blocks(&mut self, person: i64) -> Result<(), Misuse> {
        self.set_blocked(person, true)
    }

    /// The person takes the block back.
    ///
    /// # Errors
    /// If there is no such person.
    pub fn person_unblocks(&mut self, person: i64) -> Result<(), Misuse> {
        self.set_blocked(person, false)
    }

    /// The person's client changes its language, which later updates carry.
    ///
    /// # Errors
    /// If there is no such person.
    pub fn person_sets_language(&mut self, person: i64, language: impl Into<String>) -> Result<(), Misuse> {
        self.people.get_mut(&person).ok_or(Misuse::NoPerson(person))?.language = language.into();
        self.touch(person);
        Ok(())
    }

    fn set_blocked(&mut self, person: i64, blocked: bool) -> Result<(), Misuse> {
        let from = self.user_json(person).ok_or(Misuse::NoPerson(person))?;
        let chat = self.chats.get_mut(&person).ok_or(Misuse::NoPerson(person))?;
        if std::mem::replace(&mut chat.blocked, blocked) == blocked {
            return Ok(());
        }
        let member = |member: bool| match member {
            true => json!({ "status": "member", "user": self.bot_json() }),
            false => json!({ "status": "kicked", "user": self.bot_json(), "until_date": 0 }),
        };
        let body = json!({
            "chat": self.chat_json(person),
            "from": from,
            "date": self.now().as_second(),
            "old_chat_member": member(blocked),
            "new_chat_member": member(!blocked),
        });
        self.touch(person);
        self.queue("my_chat_member", person, &body);
        Ok(())
    }

    fn photo(&mut self, caption: Formatted) -> Content {
        Content::Photo { file: self.files.add("photo.png", "image/png", files::PIXEL), caption }
    }

    fn check_can_write(&self, chat: i64, person: i64) -> Result<(), Misuse> {
        self.person(person).ok_or(Misuse::NoPerson(person))?;
        let chat = self.chat(chat).ok_or(Misuse::NoChat(chat))?;
        if chat.blocked { Err(Misuse::Blocked) } else { Ok(()) }
    }

    /// The person's private chat, or the group, that the message stands in.
    fn chat_of(&self, person: i64, message_id: i32) -> Option<i64> {
        let groups = self.chats.values().filter(|chat| chat.title.is_some());
        self.chat(person).into_iter().chain(groups).find(|chat| chat.message(message_id).is_some()).map(|chat| chat.id)
    }

    /// Stores a person's message and tells the bot, if it may hear it.
    fn receive(&mut self, message: ChatMessage) -> i32 {
        let (id, chat) = (message.id, message.chat);
        if let Some(chat) = self.chats.get_mut(&chat) {
            chat.started = true;
        }
        if chat > 0 || is_for_the_bot(&message.current.content) {
            let body = self.message_json(&message);
            self.queue("message", chat, &body);
        }
        self.store_message(message);
        id
    }
}

fn typed(text: &str) -> Result<Formatted, Misuse> {
    sent(Formatted::plain(text))
}

fn sent(text: Formatted) -> Result<Formatted, Misuse> {
    let text = text.trimmed();
    match text.text.chars().count() {
        0 => Err(Misuse::EmptyText),
        4097.. => Err(Misuse::LongText),
        _ => Ok(text.with_detected()),
    }
}

/// Whether a bot with privacy mode hears this in a group.
fn is_for_the_bot(content: &Content) -> bool {
    let Content::Text(text) = content else { return false };
    let command = text.entities.iter().find(|entity| entity.kind == EntityKind::BotCommand && entity.offset == 0);
    command.is_some_and(|entity| match text.text[..entity.length].split_once('@') {
        Some((_, bot)) => bot.eq_ignore_ascii_case(BOT_USERNAME),
        None => true,
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::world;
    use super::*;

    #[test]
    fn a_tap_needs_the_button_and_a_forged_one_does_not() {
        let mut world = world();
        let message = world.person_types(1001, "bonjour").unwrap();
        assert!(matches!(world.person_taps(1001, message, "x"), Err(Misuse::NoButton { .. })));
        assert_eq!(world.person_taps(1001, 99, "x"), Err(Misuse::NoMessage(99)));
        assert!(world.person_forges(1001, 99, "x").is_ok());
        assert_eq!(world.unacknowledged().count(), 2);
    }

    #[test]
    fn in_a_group_the_bot_hears_its_commands_only() {
        let mut world = world();
        world.add_group(-5, "Voisins");
        for text in ["bonjour", "/start@another_bot", "a /start", "/status", "/menu@Guichet_Simulator_Bot"] {
            world.person_types_in(-5, 1001, text).unwrap();
        }
        assert_eq!(world.messages(-5).len(), 5);
        assert_eq!(world.unacknowledged().count(), 2);
    }

    #[test]
    fn who_has_blocked_cannot_write_and_the_bot_is_told() {
        let mut world = world();
        world.person_blocks(1001).unwrap();
        world.person_blocks(1001).unwrap();
        assert_eq!(world.person_types(1001, "x"), Err(Misuse::Blocked));
        world.person_unblocks(1001).unwrap();
        let updates: Vec<_> = world.unacknowledged().map(|update| update.json.contains("my_chat_member")).collect();
        assert_eq!(updates, [true, true]);
    }

    #[test]
    fn people_edit_only_their_own_texts() {
        let mut world = world();
        let text = world.person_types(1001, "un").unwrap();
        let sticker = world.person_sends(1001, Kind::Sticker).unwrap();
        world.person_edits(1001, text, "deux").unwrap();
        assert_eq!(world.person_edits(1001, sticker, "x"), Err(Misuse::NotTheirs(sticker)));
        let message = world.message(1001, text).unwrap();
        assert_eq!((message.text(), message.version(0).unwrap().content.text()), ("deux", "un"));
    }
}
