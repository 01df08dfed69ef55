//! Reads updates out of Telegram's JSON.

use serde::Deserialize;
use teloxide::types::{
    CallbackQuery, CallbackQueryId, Chat, InaccessibleMessage, MaybeInaccessibleMessage, MessageId, Update, UpdateId, UpdateKind, User,
};

/// What Telegram delivered.
#[derive(Debug)]
pub struct Delivered {
    /// Its `update_id`.
    pub id: i64,
    /// The update; `None` if it has a shape that nobody here knows. It is to be passed over: Telegram would deliver it for a day.
    pub update: Option<Update>,
}

/// What is delivered in this JSON; `None` if there is not even an `update_id`. A shape that is not known is told in the log.
pub fn read(json: &str) -> Option<Delivered> {
    let Id { update_id: id } = serde_json::from_str(json).ok()?;
    let update = parse(json);
    if update.is_none() {
        tracing::error!(update = id, "an update does not parse and is passed over");
    }
    Some(Delivered { id, update })
}

/// The id of an update, whatever else is in it.
#[derive(Deserialize)]
struct Id {
    update_id: i64,
}

fn parse(json: &str) -> Option<Update> {
    if let Ok(Tap { update_id, callback_query }) = serde_json::from_str(json) {
        return Some(Update { id: update_id, kind: UpdateKind::CallbackQuery(callback_query.into()) });
    }
    let update: Update = serde_json::from_str(json).ok()?;
    (!matches!(update.kind, UpdateKind::Error(_))).then_some(update)
}

/// A press on a button. Of the message that the button is on only its place counts: to read all of it, and to copy it on its way
/// through the routing tree, would cost more than the turn.
#[derive(Deserialize)]
struct Tap {
    update_id: UpdateId,
    callback_query: Query,
}

#[derive(Deserialize)]
struct Query {
    id: CallbackQueryId,
    from: User,
    message: Option<Place>,
    inline_message_id: Option<String>,
    chat_instance: String,
    data: Option<String>,
    game_short_name: Option<String>,
}

#[derive(Deserialize)]
struct Place {
    chat: Chat,
    message_id: i32,
}

impl From<Query> for CallbackQuery {
    fn from(query: Query) -> Self {
        let place = |Place { chat, message_id }| InaccessibleMessage { chat, message_id: MessageId(message_id) };
        Self {
            id: query.id,
            from: query.from,
            message: query.message.map(place).map(MaybeInaccessibleMessage::Inaccessible),
            inline_message_id: query.inline_message_id,
            chat_instance: query.chat_instance,
            data: query.data,
            game_short_name: query.game_short_name,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TAP: &str = r#"{"update_id":7,"callback_query":{"id":"q","from":{"id":1,"is_bot":false,"first_name":"A","language_code":"fr"},
        "message":{"message_id":3,"date":9,"chat":{"id":1,"type":"private","first_name":"A"},"text":"x"},
        "chat_instance":"c","data":"1.m"}}"#;

    #[test]
    fn of_a_tap_only_what_its_message_shows_is_left_out() {
        let mut whole: Update = serde_json::from_str(TAP).unwrap();
        let UpdateKind::CallbackQuery(query) = &mut whole.kind else { panic!("{whole:?}") };
        let message = query.message.take().unwrap();
        let place = InaccessibleMessage { chat: message.chat().clone(), message_id: message.id() };
        query.message = Some(MaybeInaccessibleMessage::Inaccessible(place));
        assert_eq!(parse(TAP), Some(whole));
    }

    #[test]
    fn what_is_no_update_is_not_taken_for_one() {
        for unknown in [r#"{"update_id":7,"callback_query":{"id":5}}"#, r#"{"update_id":7,"message":{}}"#, r#"{"update_id":7}"#] {
            assert!(read(unknown).is_some_and(|delivered| delivered.id == 7 && delivered.update.is_none()), "{unknown}");
        }
        for nothing in ["", "7", "[]", "{}", r#"{"update_id":"7"}"#, r#"{"update_id":7.5}"#, r#"{"update_id":7"#] {
            assert!(read(nothing).is_none(), "{nothing}");
        }
    }
}
