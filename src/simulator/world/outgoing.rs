//! What the bot does to chats: send, edit, delete; refused where Telegram refuses.

use jiff::SignedDuration;

use super::journal::Event;
use super::message::{Chat, ChatMessage, Content, Sender, Version};
use super::{World, files::StoredFile};
use crate::simulator::keyboard::Keyboard;
use crate::simulator::markup::Formatted;
use crate::simulator::refusal::Refusal;

/// A message the bot sends.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// What it shows.
    pub content: Content,
    /// The buttons under it.
    pub keyboard: Keyboard,
    /// The message it answers, and whether it is to be sent even if that one is gone.
    pub reply_to: Option<(i32, bool)>,
}

/// How long a bot may delete a message after it was sent.
const DELETABLE: SignedDuration = SignedDuration::from_hours(48);

impl World {
    /// The bot sends a message. Gives its id.
    ///
    /// # Errors
    /// Telegram's refusal: an unknown chat, a person who never wrote or has blocked the bot, text that is empty or too long.
    pub fn send(&mut self, chat: i64, outgoing: Outgoing) -> Result<i32, Refusal> {
        self.writable(chat)?;
        check_content(&outgoing.content, "message is too long")?;
        self.check_file(&outgoing.content)?;
        let reply_to = match outgoing.reply_to {
            Some((id, _)) if self.message(chat, id).is_some() => Some(id),
            Some((_, false)) => return Err(Refusal::bad_request("message to be replied not found")),
            _ => None,
        };
        let mut message = self.new_message(chat, Sender::Bot, outgoing.content);
        message.current.keyboard = outgoing.keyboard;
        message.reply_to = reply_to;
        let message_id = message.id;
        self.store_message(message);
        self.log_event(Event::Sent { chat, message_id });
        Ok(message_id)
    }

    /// The bot replaces a text; without a keyboard the old one goes.
    ///
    /// # Errors
    /// Telegram's refusal: as for sending, and what cannot be edited, or would stay the same.
    pub fn edit_text(&mut self, chat: i64, message_id: i32, text: Formatted, keyboard: Keyboard) -> Result<(), Refusal> {
        match self.editable(chat, message_id)?.current.content {
            Content::Text(_) => self.edit(chat, message_id, Content::Text(text), keyboard),
            _ => Err(Refusal::bad_request("there is no text in the message to edit")),
        }
    }

    /// The bot replaces the caption of a picture or document.
    ///
    /// # Errors
    /// As [`World::edit_text`].
    pub fn edit_caption(&mut self, chat: i64, message_id: i32, caption: Formatted, keyboard: Keyboard) -> Result<(), Refusal> {
        let content = match self.editable(chat, message_id)?.current.content {
            Content::Photo { file, .. } => Content::Photo { file, caption },
            Content::Document { file, .. } => Content::Document { file, caption },
            _ => return Err(Refusal::bad_request("there is no caption in the message to edit")),
        };
        self.edit(chat, message_id, content, keyboard)
    }

    /// The bot replaces a message by a picture or document.
    ///
    /// # Errors
    /// As [`World::edit_text`].
    pub fn edit_media(&mut self, chat: i64, message_id: i32, content: Content, keyboard: Keyboard) -> Result<(), Refusal> {
        self.editable(chat, message_id)?;
        self.check_file(&content)?;
        self.edit(chat, message_id, content, keyboard)
    }

    /// The bot replaces the buttons.
    ///
    /// # Errors
    /// As [`World::edit_text`].
    pub fn edit_keyboard(&mut self, chat: i64, message_id: i32, keyboard: Keyboard) -> Result<(), Refusal> {
        let content = self.editable(chat, message_id)?.current.content.clone();
        self.edit(chat, message_id, content, keyboard)
    }

    /// The bot deletes a message: its own, or in a private chat any, within 48 hours.
    ///
    /// # Errors
    /// Telegram's refusal of a message that is gone, too old, or somebody else's in a group.
    pub fn delete(&mut self, chat: i64, message_id: i32) -> Result<(), Refusal> {
        let place = self.chats.get(&chat).ok_or_else(chat_not_found)?;
        let message = place.message(message_id).ok_or_else(|| Refusal::bad_request("message to delete not found"))?;
        if self.now().duration_since(message.sent) > DELETABLE {
            return Err(Refusal::bad_request("message can't be deleted for everyone"));
        }
        if place.title.is_some() && message.from != Sender::Bot {
            return Err(Refusal::bad_request("message can't be deleted"));
        }
        if let Some(place) = self.chats.get_mut(&chat) {
            place.remove(message_id);
        }
        self.touch(chat);
        self.log_event(Event::Deleted { chat, message_id });
        Ok(())
    }

    /// A chat the bot may write to.
    pub(crate) fn writable(&self, chat: i64) -> Result<&Chat, Refusal> {
        let chat = self.chats.get(&chat).ok_or_else(chat_not_found)?;
        match chat {
            Chat { blocked: true, .. } => Err(Refusal::forbidden("bot was blocked by the user")),
            Chat { started: false, .. } => Err(Refusal::forbidden("bot can't initiate conversation with a user")),
            _ => Ok(chat),
        }
    }

    fn editable(&self, chat: i64, message_id: i32) -> Result<&ChatMessage, Refusal> {
        let message = self.writable(chat)?.message(message_id);
        let message = message.ok_or_else(|| Refusal::bad_request("message to edit not found"))?;
        match message.from {
            Sender::Bot => Ok(message),
            Sender::Person(_) => Err(Refusal::bad_request("message can't be edited")),
        }
    }

    fn edit(&mut self, chat: i64, message_id: i32, content: Content, keyboard: Keyboard) -> Result<(), Refusal> {
        check_content(&content, "MESSAGE_TOO_LONG")?;
        let (at, keep) = (self.now(), self.history);
        let not_found = || Refusal::bad_request("message to edit not found");
        let message = self.chats.get_mut(&chat).and_then(|chat| chat.message_mut(message_id)).ok_or_else(not_found)?;
        if message.current.content == content && message.current.keyboard == keyboard {
            return Err(Refusal::bad_request(NOT_MODIFIED));
        }
        message.replace(Version { at, content, keyboard }, keep);
        let revision = message.revision;
        self.touch(chat);
        self.log_event(Event::Edited { chat, message_id, revision });
        Ok(())
    }

    fn check_file(&self, content: &Content) -> Result<(), Refusal> {
        match content {
            Content::Photo { file, .. } => match self.files.get(*file) {
                Some(StoredFile { size: Some((width, height)), .. }) if width + height <= 10_000 => Ok(()),
                Some(StoredFile { size: Some(_), .. }) => Err(Refusal::bad_request("PHOTO_INVALID_DIMENSIONS")),
                _ => Err(Refusal::bad_request("IMAGE_PROCESS_FAILED")),
            },
            Content::Document { file, .. } if self.files.get(*file).is_some_and(|file| file.bytes.is_empty()) => {
                Err(Refusal::bad_request("file must be non-empty"))
            }
            _ => Ok(()),
        }
    }
}

const NOT_MODIFIED: &str = "message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message";

fn chat_not_found() -> Refusal {
    Refusal::bad_request("chat not found")
}

/// A text of 1 to 4096 UTF-16 units, a caption of at most 1024.
fn check_content(content: &Content, too_long: &str) -> Result<(), Refusal> {
    match content {
        Content::Text(text) if text.text.is_empty() => Err(Refusal::bad_request("text must be non-empty")),
        Content::Text(text) if text.length() > 4096 => Err(Refusal::bad_request(too_long)),
        Content::Photo { caption, .. } | Content::Document { caption, .. } if caption.length() > 1024 => {
            Err(Refusal::bad_request("message caption is too long"))
        }
        _ => Ok(()),
    }
}
