//! The methods about messages, chats and taps: parameters into the world's terms, and back.

use serde_json::{Value, json};

use super::super::markup::{self, Entity, Formatted};
use super::super::refusal::Refusal;
use super::super::world::{Content, Notice, Outgoing};
use super::super::{World, keyboard};
use super::parameters::Parameters;
use super::{done, media};

pub fn send_message(world: &mut World, parameters: &Parameters) -> Result<Value, Refusal> {
    let chat = chat(parameters)?;
    let content = Content::Text(text(parameters)?);
    send(world, parameters, chat, content)
}

pub fn send_photo(world: &mut World, parameters: &Parameters) -> Result<Value, Refusal> {
    let (chat, caption) = (chat(parameters)?, caption(parameters)?);
    let file = media::file(world, parameters, "photo")?;
    send(world, parameters, chat, Content::Photo { file, caption })
}

pub fn send_document(world: &mut World, parameters: &Parameters) -> Result<Value, Refusal> {
    let (chat, caption) = (chat(parameters)?, caption(parameters)?);
    let file = media::file(world, parameters, "document")?;
    send(world, parameters, chat, Content::Document { file, caption })
}

fn send(world: &mut World, parameters: &Parameters, chat: i64, content: Content) -> Result<Value, Refusal> {
    let keyboard = keyboard(parameters)?;
    let reply = parameters.json("reply_parameters")?;
    let reply_to = reply.as_ref().and_then(|reply| {
        let id = i32::try_from(reply["message_id"].as_i64()?).ok()?;
        Some((id, reply["allow_sending_without_reply"].as_bool().unwrap_or_default()))
    });
    let message_id = world.send(chat, Outgoing { content, keyboard, reply_to })?;
    Ok(message(world, chat, message_id))
}

/// A message that stands, as most methods answer it.
fn message(world: &World, chat: i64, message_id: i32) -> Value {
    world.message(chat, message_id).map(|message| world.message_json(message)).unwrap_or_default()
}

pub fn edit_text(world: &mut World, parameters: &Parameters) -> Result<Value, Refusal> {
    let (chat, message_id) = target(parameters)?;
    world.edit_text(chat, message_id, text(parameters)?, keyboard(parameters)?)?;
    Ok(message(world, chat, message_id))
}

pub fn edit_caption(world: &mut World, parameters: &Parameters) -> Result<Value, Refusal> {
    let (chat, message_id) = target(parameters)?;
    world.edit_caption(chat, message_id, caption(parameters)?, keyboard(parameters)?)?;
    Ok(message(world, chat, message_id))
}

pub fn edit_media(world: &mut World, parameters: &Parameters) -> Result<Value, Refusal> {
    let (chat, message_id) = target(parameters)?;
    let media = parameters.json("media")?.ok_or_else(|| Refusal::bad_request("there is no media in the request"))?;
    let entities = media.get("caption_entities");
    let caption = formatted(media["caption"].as_str().unwrap_or_default(), media["parse_mode"].as_str(), entities)?;
    let file = media::attached(world, parameters, "media", media["media"].as_str().unwrap_or_default())?;
    let content = match media["type"].as_str() {
        Some("photo") => Content::Photo { file, caption },
        Some("document") => Content::Document { file, caption },
        other => {
            return Err(Refusal::bad_request(format!("can't parse InputMedia: type \"{}\" is unsupported", other.unwrap_or_default())));
        }
    };
    world.edit_media(chat, message_id, content, keyboard(parameters)?)?;
    Ok(message(world, chat, message_id))
}

pub fn edit_reply_markup(world: &mut World, parameters: &Parameters) -> Result<Value, Refusal> {
    let (chat, message_id) = target(parameters)?;
    world.edit_keyboard(chat, message_id, keyboard(parameters)?)?;
    Ok(message(world, chat, message_id))
}

pub fn delete_message(world: &mut World, parameters: &Parameters) -> Result<Value, Refusal> {
    let (chat, message_id) = target(parameters)?;
    world.delete(chat, message_id)?;
    Ok(done())
}

pub fn answer_callback_query(world: &mut World, parameters: &Parameters) -> Result<Value, Refusal> {
    let id = parameters.text("callback_query_id").unwrap_or_default();
    let text = parameters.text("text").unwrap_or_default();
    let url = parameters.text("url").filter(|url| !url.is_empty());
    world.answer_callback(&id, Notice { text, alert: parameters.flag("show_alert"), url })?;
    Ok(done())
}

pub fn send_chat_action(world: &mut World, parameters: &Parameters) -> Result<Value, Refusal> {
    const ACTIONS: [&str; 11] = [
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    ];
    let action = parameters.text("action").unwrap_or_default();
    if !ACTIONS.contains(&action.as_str()) {
        return Err(Refusal::bad_request("wrong parameter action in request"));
    }
    world.writable(chat(parameters)?)?;
    Ok(done())
}

pub fn get_chat(world: &mut World, parameters: &Parameters) -> Result<Value, Refusal> {
    let chat = chat(parameters)?;
    world.chat(chat).ok_or_else(|| Refusal::bad_request("chat not found"))?;
    let mut json = world.chat_json(chat);
    json["accent_color_id"] = json!(0);
    json["max_reaction_count"] = json!(11);
    let gifts = ["unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"];
    json["accepted_gift_types"] = gifts.into_iter().map(|name| (name.to_owned(), json!(false))).collect();
    Ok(json)
}

fn chat(parameters: &Parameters) -> Result<i64, Refusal> {
    match parameters.text("chat_id").as_deref() {
        None | Some("") => Err(Refusal::bad_request("chat_id is empty")),
        Some(id) => id.parse().map_err(|_| Refusal::bad_request("chat not found")),
    }
}

fn target(parameters: &Parameters) -> Result<(i64, i32), Refusal> {
    let chat = chat(parameters)?;
    let message = parameters.integer("message_id").and_then(|id| i32::try_from(id).ok()).filter(|&id| id > 0);
    message.map(|message| (chat, message)).ok_or_else(|| Refusal::bad_request("message identifier is not specified"))
}

fn keyboard(parameters: &Parameters) -> Result<keyboard::Keyboard, Refusal> {
    keyboard::parse(parameters.json("reply_markup")?.as_ref())
}

fn text(parameters: &Parameters) -> Result<Formatted, Refusal> {
    let text = parameters.text("text").unwrap_or_default();
    if text.is_empty() {
        return Err(Refusal::bad_request("message text is empty"));
    }
    formatted(&text, parameters.text("parse_mode").as_deref(), parameters.json("entities")?.as_ref())
}

fn caption(parameters: &Parameters) -> Result<Formatted, Refusal> {
    let caption = parameters.text("caption").unwrap_or_default();
    formatted(&caption, parameters.text("parse_mode").as_deref(), parameters.json("caption_entities")?.as_ref())
}

/// Of Telegram's parse modes the simulator knows HTML; another is refused, not taken for plain text.
fn formatted(text: &str, mode: Option<&str>, entities: Option<&Value>) -> Result<Formatted, Refusal> {
    let cannot_parse = |reason: String| Refusal::bad_request(format!("can't parse entities: {reason}"));
    let formatted = match (mode.map(str::to_ascii_lowercase).as_deref(), entities) {
        (Some("html"), _) => markup::parse(text).map_err(cannot_parse)?,
        (None | Some(""), None) => Formatted::plain(text),
        (None | Some(""), Some(entities)) => {
            let entities: Result<Vec<Entity>, _> = serde_json::from_value(entities.clone());
            let entities = entities.map_err(|error| Refusal::bad_request(format!("can't parse MessageEntity: {error}")))?;
            Formatted::with_entities(text.to_owned(), entities).map_err(Refusal::bad_request)?
        }
        (Some(_), _) => return Err(Refusal::bad_request("unsupported parse_mode")),
    };
    Ok(formatted.trimmed().with_detected())
}
