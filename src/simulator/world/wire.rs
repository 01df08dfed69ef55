//! The world's things as the Bot API writes them: users, chats, messages.

use serde_json::{Value, json};

use super::message::{ChatMessage, Content, Other, Sender};
use super::{BOT_ID, BOT_USERNAME, ProfileText, World, file_id};
use crate::simulator::keyboard;
use crate::simulator::markup::Formatted;

impl World {
    /// `User` of the bot.
    pub(crate) fn bot_json(&self) -> Value {
        json!({ "id": BOT_ID, "is_bot": true, "first_name": self.profile_text(ProfileText::Name, ""), "username": BOT_USERNAME })
    }

    /// `User` of a person.
    pub(crate) fn user_json(&self, person: i64) -> Option<Value> {
        let person = self.person(person)?;
        let mut user = json!({ "id": person.id, "is_bot": false, "first_name": person.first_name, "language_code": person.language });
        put(&mut user, "last_name", person.last_name.as_deref());
        put(&mut user, "username", person.username.as_deref());
        Some(user)
    }

    /// `Chat`.
    pub(crate) fn chat_json(&self, chat: i64) -> Value {
        if let Some(title) = self.chat(chat).and_then(|chat| chat.title.as_deref()) {
            return json!({ "id": chat, "type": "group", "title": title });
        }
        let mut json = json!({ "id": chat, "type": "private" });
        if let Some(person) = self.person(chat) {
            put(&mut json, "first_name", Some(person.first_name.as_str()));
            put(&mut json, "last_name", person.last_name.as_deref());
            put(&mut json, "username", person.username.as_deref());
        }
        json
    }

    /// `Message`, with the message it answers.
    pub(crate) fn message_json(&self, message: &ChatMessage) -> Value {
        let mut json = self.bare_message_json(message);
        if let Some(answered) = message.reply_to.and_then(|id| self.message(message.chat, id)) {
            json["reply_to_message"] = self.bare_message_json(answered);
        }
        json
    }

    fn bare_message_json(&self, message: &ChatMessage) -> Value {
        let from = match message.from {
            Sender::Bot => Some(self.bot_json()),
            Sender::Person(id) => self.user_json(id),
        };
        let date = message.sent.as_second();
        let mut json = json!({ "message_id": message.id, "from": from, "chat": self.chat_json(message.chat), "date": date });
        if message.revision > 0 {
            json["edit_date"] = json!(message.current.at.as_second());
        }
        if message.forwarded {
            json["forward_origin"] = json!({ "type": "hidden_user", "sender_user_name": "Somebody", "date": date });
        }
        if !message.current.keyboard.is_empty() {
            json["reply_markup"] = keyboard::to_json(&message.current.keyboard);
        }
        self.put_content(&mut json, &message.current.content);
        json
    }

    fn put_content(&self, json: &mut Value, content: &Content) {
        match content {
            Content::Text(text) => put_text(json, "text", "entities", text),
            Content::Photo { file, caption } => {
                let (width, height) = self.files.get(*file).and_then(|file| file.size).unwrap_or_default();
                let mut photo = self.file_json(*file);
                photo["width"] = json!(width);
                photo["height"] = json!(height);
                json["photo"] = json!([photo]);
                put_text(json, "caption", "caption_entities", caption);
            }
            Content::Document { file, caption } => {
                let mut document = self.file_json(*file);
                if let Some(file) = self.files.get(*file) {
                    document["file_name"] = json!(file.name);
                    document["mime_type"] = json!(file.mime);
                }
                json["document"] = document;
                put_text(json, "caption", "caption_entities", caption);
            }
            Content::Other(other) => {
                let (field, value) = other_json(*other);
                json[field] = value;
            }
        }
    }

    /// The fields every file has.
    pub(crate) fn file_json(&self, number: u64) -> Value {
        let size = self.files.get(number).map_or(0, |file| file.bytes.len());
        json!({ "file_id": file_id(number), "file_unique_id": format!("unique{number}"), "file_size": size })
    }
}

fn put(json: &mut Value, field: &str, value: Option<&str>) {
    if let Some(value) = value {
        json[field] = json!(value);
    }
}

fn put_text(json: &mut Value, text_field: &str, entities_field: &str, text: &Formatted) {
    if !text.text.is_empty() {
        json[text_field] = json!(text.text);
    }
    if !text.entities.is_empty() {
        json[entities_field] = json!(text.entities);
    }
}

fn other_json(other: Other) -> (&'static str, Value) {
    let file = |id: &str| json!({ "file_id": id, "file_unique_id": id, "file_size": 1024 });
    match other {
        Other::Sticker => {
            let mut sticker = file("sticker");
            sticker["type"] = json!("regular");
            sticker["width"] = json!(512);
            sticker["height"] = json!(512);
            sticker["is_animated"] = json!(false);
            sticker["is_video"] = json!(false);
            sticker["emoji"] = json!("👍");
            ("sticker", sticker)
        }
        Other::Voice => {
            let mut voice = file("voice");
            voice["duration"] = json!(3);
            voice["mime_type"] = json!("audio/ogg");
            ("voice", voice)
        }
        Other::Contact => ("contact", json!({ "phone_number": "+33199000000", "first_name": "Paul" })),
        Other::Location => ("location", json!({ "latitude": 48.85, "longitude": 2.35 })),
    }
}

#[cfg(test)]
mod tests {
    use teloxide::types::{MediaKind, MessageKind, Update, UpdateKind};

    use super::super::tests::world;
    use super::super::{Kind, Outgoing};
    use super::*;

    /// The last update, as teloxide reads it.
    fn last(world: &World) -> UpdateKind {
        serde_json::from_str::<Update>(&world.unacknowledged().last().unwrap().json).unwrap().kind
    }

    #[test]
    fn teloxide_reads_every_update() {
        let mut world = world();
        let text = world.person_types(1001, "/start 😀").unwrap();
        assert!(matches!(last(&world), UpdateKind::Message(message) if message.text() == Some("/start 😀")));
        world.person_edits(1001, text, "autre").unwrap();
        assert!(matches!(last(&world), UpdateKind::EditedMessage(message) if message.edit_date().is_some()));
        world.person_forges(1001, 99, "x").unwrap();
        assert!(matches!(last(&world), UpdateKind::CallbackQuery(query) if query.regular_message().is_none()));
        let keyboard = keyboard::parse(Some(&json!({ "inline_keyboard": [[{ "text": "Oui", "callback_data": "y" }]] }))).unwrap();
        let content = Content::Text(Formatted::plain("Sûr ?"));
        let sent = world.send(1001, Outgoing { content, keyboard, reply_to: Some((text, false)) }).unwrap();
        world.person_taps(1001, sent, "y").unwrap();
        match last(&world) {
            UpdateKind::CallbackQuery(query) => {
                let message = query.regular_message().unwrap();
                assert_eq!((message.text(), query.data.as_deref()), (Some("Sûr ?"), Some("y")));
                assert_eq!(message.reply_to_message().unwrap().text(), Some("autre"));
            }
            other => panic!("{other:?}"),
        }
        world.person_blocks(1001).unwrap();
        assert!(matches!(last(&world), UpdateKind::MyChatMember(change) if change.new_chat_member.is_banned()));
    }

    #[test]
    fn teloxide_reads_whatever_a_person_sends() {
        let mut world = world();
        let kinds = [Kind::Sticker, Kind::Voice, Kind::Photo, Kind::Document, Kind::Contact, Kind::Location];
        for kind in kinds.into_iter().chain([Kind::ForwardedText(Formatted::plain("a"))]) {
            world.person_sends(1002, kind.clone()).unwrap();
            let UpdateKind::Message(message) = last(&world) else { panic!("{kind:?}") };
            let MessageKind::Common(common) = message.kind else { panic!("{kind:?}") };
            let same = match common.media_kind {
                MediaKind::Sticker(_) => kind == Kind::Sticker,
                MediaKind::Voice(_) => kind == Kind::Voice,
                MediaKind::Photo(_) => kind == Kind::Photo,
                MediaKind::Document(_) => kind == Kind::Document,
                MediaKind::Contact(_) => kind == Kind::Contact,
                MediaKind::Location(_) => kind == Kind::Location,
                MediaKind::Text(_) => common.forward_origin.is_some(),
                _ => false,
            };
            assert!(same, "{kind:?}");
        }
    }
}
