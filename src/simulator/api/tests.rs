//! The Bot API as a client meets it: over HTTP.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::http::HeaderMap;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use teloxide::payloads::{EditMessageTextSetters, SendMessageSetters, SendPhotoSetters, SetMyCommandsSetters};
use teloxide::prelude::{Bot, Request as _, Requester};
use teloxide::types::{BotCommand, ChatId, InlineKeyboardButton, InlineKeyboardMarkup, InputFile, InputMedia, InputMediaPhoto, ParseMode};

use super::super::world::{Event, Fault, FaultKind, Person};
use super::super::{Serving, Simulator};
use crate::clock::Clock;

const LOOPBACK: ([u8; 4], u16) = ([127, 0, 0, 1], 0);

struct Client {
    simulator: Simulator,
    clock: Clock,
    serving: Serving,
    http: reqwest::Client,
}

/// Claire (1001) has written, Ivan (1002) never has.
async fn client() -> Client {
    let clock = Clock::by_hand(Timestamp::from_second(1_483_228_800).unwrap());
    let simulator = Simulator::new(clock.clone());
    simulator.with(|world| {
        world.add_person(Person::new(1001, "Claire", "fr"));
        world.add_person(Person::new(1002, "Ivan", "ru"));
        world.person_types(1001, "/start").unwrap();
    });
    let serving = simulator.serve(LOOPBACK.into()).await.unwrap();
    Client { simulator, clock, serving, http: reqwest::Client::new() }
}

impl Client {
    fn url(&self, method: &str) -> String {
        format!("http://{}/bot{}/{method}", self.serving.address, self.simulator.token())
    }

    async fn try_call(&self, method: &str, parameters: Value) -> Result<Value, reqwest::Error> {
        self.http.post(self.url(method)).json(&parameters).send().await?.json().await
    }

    /// The result of a call that must succeed.
    async fn call(&self, method: &str, parameters: Value) -> Value {
        let answer = self.try_call(method, parameters).await.unwrap();
        assert_eq!(answer["ok"], true, "{method}: {answer}");
        answer["result"].clone()
    }

    /// The description of a call that must be refused.
    async fn refused(&self, method: &str, parameters: Value) -> String {
        let answer = self.try_call(method, parameters).await.unwrap();
        assert_eq!(answer["ok"], false, "{method}: {answer}");
        answer["description"].as_str().unwrap().to_owned()
    }

    async fn say(&self, text: &str) -> i64 {
        self.call("sendMessage", json!({ "chat_id": 1001, "text": text })).await["message_id"].as_i64().unwrap()
    }

    async fn update_ids(&self, parameters: Value) -> Vec<u64> {
        let updates = self.call("getUpdates", parameters).await;
        updates.as_array().unwrap().iter().map(|update| update["update_id"].as_u64().unwrap()).collect()
    }

    fn order(&self, method: &'static str, kind: FaultKind) {
        self.simulator.with(|world| world.order(Fault { method: Some(method), chat: None, kind, times: 1 }));
    }
}

#[tokio::test]
async fn each_rule_of_sending_is_kept() {
    let client = client().await;
    let send = |fields: Value| {
        let mut parameters = json!({ "chat_id": 1001, "text": "x" });
        parameters.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        client.refused("sendMessage", parameters)
    };
    assert_eq!(send(json!({ "chat_id": 77 })).await, "Bad Request: chat not found");
    assert_eq!(send(json!({ "chat_id": null })).await, "Bad Request: chat_id is empty");
    assert_eq!(send(json!({ "chat_id": 1002 })).await, "Forbidden: bot can't initiate conversation with a user");
    assert_eq!(send(json!({ "text": "" })).await, "Bad Request: message text is empty");
    assert_eq!(send(json!({ "text": "<b> </b>", "parse_mode": "HTML" })).await, "Bad Request: text must be non-empty");
    assert_eq!(send(json!({ "text": "😀".repeat(2049) })).await, "Bad Request: message is too long");
    assert_eq!(
        send(json!({ "text": "<b>x", "parse_mode": "HTML" })).await,
        "Bad Request: can't parse entities: Can't find end tag corresponding to start tag \"b\""
    );
    assert_eq!(send(json!({ "parse_mode": "MarkdownV2" })).await, "Bad Request: unsupported parse_mode");
    let long = json!({ "inline_keyboard": [[{ "text": "x", "callback_data": "x".repeat(65) }]] });
    assert_eq!(send(json!({ "reply_markup": long })).await, "Bad Request: BUTTON_DATA_INVALID");
    assert_eq!(send(json!({ "reply_parameters": { "message_id": 99 } })).await, "Bad Request: message to be replied not found");
    client.simulator.with(|world| world.person_blocks(1001)).unwrap();
    assert_eq!(send(json!({})).await, "Forbidden: bot was blocked by the user");
    assert_eq!(client.refused("sendPhoto", json!({ "chat_id": 1001 })).await, "Bad Request: there is no photo in the request");
}

#[tokio::test]
async fn the_limit_counts_what_is_left_after_the_markup() {
    let client = client().await;
    let text = format!("<b>{}</b>", "x".repeat(4096));
    client.call("sendMessage", json!({ "chat_id": 1001, "text": text, "parse_mode": "HTML" })).await;
}

#[tokio::test]
async fn each_rule_of_editing_is_kept() {
    let client = client().await;
    let id = client.say("un").await;
    let edit = |id: i64, text: String| client.refused("editMessageText", json!({ "chat_id": 1001, "message_id": id, "text": text }));
    let not_modified = edit(id, "un".into()).await;
    assert!(not_modified.starts_with("Bad Request: message is not modified: specified new"), "{not_modified}");
    assert_eq!(edit(id, "x".repeat(4097)).await, "Bad Request: MESSAGE_TOO_LONG");
    assert_eq!(edit(99, "x".into()).await, "Bad Request: message to edit not found");
    assert_eq!(edit(0, "x".into()).await, "Bad Request: message identifier is not specified");
    assert_eq!(edit(1, "x".into()).await, "Bad Request: message can't be edited");
    let caption = json!({ "chat_id": 1001, "message_id": id, "caption": "x" });
    assert_eq!(client.refused("editMessageCaption", caption).await, "Bad Request: there is no caption in the message to edit");
    let keyboard = json!({ "inline_keyboard": [[{ "text": "Oui", "callback_data": "y" }]] });
    client.call("editMessageReplyMarkup", json!({ "chat_id": 1001, "message_id": id, "reply_markup": keyboard })).await;
    let edited = client.call("editMessageText", json!({ "chat_id": 1001, "message_id": id, "text": "un" })).await;
    assert!(edited["reply_markup"].is_null(), "an edit without buttons takes them away: {edited}");
}

#[tokio::test]
async fn each_rule_of_deleting_is_kept() {
    let client = client().await;
    let id = client.say("un").await;
    let delete = |id: i64| json!({ "chat_id": 1001, "message_id": id });
    client.call("deleteMessage", delete(id)).await;
    assert_eq!(client.refused("deleteMessage", delete(id)).await, "Bad Request: message to delete not found");
    client.clock.advance(SignedDuration::from_hours(49));
    assert_eq!(client.refused("deleteMessage", delete(1)).await, "Bad Request: message can't be deleted for everyone");
    client.simulator.with(|world| {
        assert_eq!(world.deleted(1001).map(|message| message.text()).collect::<Vec<_>>(), ["un"]);
        assert_eq!(world.messages(1001).len(), 1);
    });
}

#[tokio::test]
async fn a_tap_is_answered_once_and_in_time() {
    let client = client().await;
    let tap = || client.simulator.with(|world| world.person_forges(1001, 1, "x")).unwrap();
    let answer = |id: &str| json!({ "callback_query_id": id, "text": "Fait" });
    let id = tap();
    let long = json!({ "callback_query_id": id, "text": "x".repeat(201) });
    assert_eq!(client.refused("answerCallbackQuery", long).await, "Bad Request: MESSAGE_TOO_LONG");
    client.call("answerCallbackQuery", answer(&id)).await;
    let too_old = "Bad Request: query is too old and response timeout expired or query ID is invalid";
    assert_eq!(client.refused("answerCallbackQuery", answer(&id)).await, too_old);
    assert_eq!(client.refused("answerCallbackQuery", json!({})).await, too_old);
    let id = tap();
    client.clock.advance(SignedDuration::from_secs(151));
    assert_eq!(client.refused("answerCallbackQuery", answer(&id)).await, too_old);
    client.simulator.with(|world| {
        assert_eq!(world.notices(1001).map(|notice| notice.text.as_str()).collect::<Vec<_>>(), ["Fait"]);
        let notice = Event::Notice { person: 1001, text: "Fait".into(), alert: false };
        assert!(world.events_since(0).any(|(_, event)| *event == notice));
    });
}

#[tokio::test]
async fn only_the_right_token_and_known_methods_are_served() {
    let client = client().await;
    let get = |path: &str| client.http.get(format!("http://{}/{path}", client.serving.address)).send();
    assert_eq!(get("bot1:wrong/getMe").await.unwrap().status(), 401);
    assert_eq!(get("botwrong/getMe").await.unwrap().status(), 404);
    assert_eq!(get(&format!("bot{}/GETME", client.simulator.token())).await.unwrap().status(), 200);
    assert_eq!(client.refused("sendFlowers", json!({})).await, "Not Found: method not found");
}

#[tokio::test]
async fn forms_are_read_like_json_and_unknown_parameters_are_counted() {
    let client = client().await;
    let form = [("chat_id", "1001"), ("text", "a&b é"), ("colour", "red")];
    let answer: Value = client.http.post(client.url("sendMessage")).form(&form).send().await.unwrap().json().await.unwrap();
    assert_eq!(answer["result"]["text"], "a&b é");
    client.simulator.with(|world| assert_eq!(world.unknown_parameters().get("sendmessage.colour"), Some(&1)));
}

#[tokio::test]
async fn updates_come_again_until_a_later_offset() {
    let client = client().await;
    client.simulator.with(|world| world.person_types(1001, "deux")).unwrap();
    let first = client.update_ids(json!({})).await;
    assert_eq!(first.len(), 2);
    assert_eq!(client.update_ids(json!({ "offset": first[0] })).await, first);
    assert_eq!(client.update_ids(json!({ "offset": first[0], "limit": 1 })).await, first[..1]);
    assert_eq!(client.update_ids(json!({ "offset": first[1] })).await, first[1..]);
    assert!(client.update_ids(json!({ "offset": first[1] + 1 })).await.is_empty());
    assert!(client.update_ids(json!({ "offset": 0 })).await.is_empty());
    client.simulator.acknowledged().await;
}

#[tokio::test]
async fn a_waiting_poll_ends_when_an_update_arrives() {
    let client = client().await;
    let offset = client.update_ids(json!({})).await[0] + 1;
    let poll = client.update_ids(json!({ "offset": offset, "timeout": 30 }));
    let write = async {
        client.simulator.acknowledged().await;
        client.simulator.with(|world| world.person_types(1001, "deux")).unwrap();
    };
    let (updates, ()) = tokio::join!(poll, write);
    assert_eq!(updates, [offset]);
}

#[tokio::test]
async fn a_second_poll_ends_the_first() {
    let client = client().await;
    let offset = client.update_ids(json!({})).await[0] + 1;
    let first = client.refused("getUpdates", json!({ "offset": offset, "timeout": 30 }));
    let second = async {
        client.simulator.acknowledged().await;
        client.update_ids(json!({ "offset": offset })).await
    };
    let (first, second) = tokio::join!(first, second);
    assert_eq!(first, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running");
    assert!(second.is_empty());
}

#[tokio::test]
async fn faults_strike_as_ordered_and_the_journal_tells() {
    let client = client().await;
    let parameters = || json!({ "chat_id": 1001, "text": "x" });
    client.order("sendMessage", FaultKind::TooManyRequests { retry_after: 7 });
    let answer = client.try_call("sendMessage", parameters()).await.unwrap();
    assert_eq!((&answer["error_code"], &answer["parameters"]["retry_after"]), (&json!(429), &json!(7)));
    client.order("sendMessage", FaultKind::ServerError(502));
    assert_eq!(client.refused("sendMessage", parameters()).await, "Bad Gateway");
    client.order("sendMessage", FaultKind::Reset);
    assert!(client.try_call("sendMessage", parameters()).await.unwrap_err().is_request());
    assert_eq!(client.simulator.with(|world| world.messages(1001).len()), 1);
    client.order("sendMessage", FaultKind::LoseAnswer);
    assert!(client.try_call("sendMessage", parameters()).await.unwrap_err().is_request());
    assert_eq!(client.simulator.with(|world| world.messages(1001).len()), 2);
    client.order("sendMessage", FaultKind::Slow(Duration::from_millis(20)));
    let begun = std::time::Instant::now();
    client.call("sendMessage", parameters()).await;
    assert!(begun.elapsed() >= Duration::from_millis(20));
    client.simulator.with(|world| {
        let calls: Vec<_> = world.calls_since(0).map(|(_, call)| (call.chat, call.fault.is_some(), call.outcome.is_ok())).collect();
        let chat = Some(1001);
        assert_eq!(calls, [(chat, true, false), (chat, true, false), (chat, true, false), (chat, true, true), (chat, true, true)]);
    });
}

#[tokio::test]
async fn a_dropped_server_hangs_up() {
    let client = client().await;
    client.say("x").await;
    let offset = client.update_ids(json!({})).await[0] + 1;
    let url = client.url("getUpdates");
    let poll = client.http.post(url).json(&json!({ "offset": offset, "timeout": 30 })).send();
    let stop = async {
        client.simulator.acknowledged().await;
        drop(client.serving);
    };
    let (answer, ()) = tokio::join!(poll, stop);
    assert!(answer.is_err());
}

#[tokio::test]
async fn a_webhook_gets_each_update_until_it_takes_it() {
    let client = client().await;
    let seen = Arc::new(Mutex::new(Vec::new()));
    let hook = {
        let seen = seen.clone();
        axum::Router::new().route(
            "/hook",
            axum::routing::post(async move |headers: HeaderMap, axum::Json(update): axum::Json<Value>| {
                let mut seen = seen.lock().unwrap();
                seen.push((headers["x-telegram-bot-api-secret-token"].clone(), update["update_id"].as_u64().unwrap()));
                if seen.len() == 1 { axum::http::StatusCode::SERVICE_UNAVAILABLE } else { axum::http::StatusCode::OK }
            }),
        )
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, hook).await });
    client.simulator.with(|world| world.person_types(1001, "deux")).unwrap();
    client.call("setWebhook", json!({ "url": url, "secret_token": "geheim" })).await;
    assert!(client.refused("getUpdates", json!({})).await.starts_with("Conflict: can't use getUpdates method while webhook"));
    client.simulator.acknowledged().await;
    let seen = seen.lock().unwrap().clone();
    assert!(seen.iter().all(|(secret, _)| secret == "geheim"));
    let ids: Vec<_> = seen.iter().map(|(_, id)| id - 700_000_000).collect();
    assert_eq!(ids, [1, 1, 2], "refused once, then in order");
    let info = client.call("getWebhookInfo", json!({})).await;
    assert_eq!(info["last_error_message"], "Wrong response from the webhook: 503 Service Unavailable");
    assert!(info["last_error_date"].is_i64() && info["pending_update_count"] == 0 && info["max_connections"] == 40, "{info}");
    client.call("deleteWebhook", json!({})).await;
    assert_eq!(client.call("getWebhookInfo", json!({})).await["url"], "");
}

#[tokio::test]
async fn a_webhook_gets_no_more_at_once_than_it_asked_for() {
    let client = client().await;
    client.update_ids(json!({ "offset": -1 })).await;
    let (arrived, arrivals) = tokio::sync::watch::channel((0, 0));
    let (open, gate) = tokio::sync::watch::channel(false);
    let hook = axum::Router::new().route(
        "/hook",
        axum::routing::post(async move || {
            arrived.send_modify(|(now, most)| (*now, *most) = (*now + 1, (*now + 1).max(*most)));
            gate.clone().wait_for(|open| *open).await.unwrap();
            arrived.send_modify(|(now, _)| *now -= 1);
        }),
    );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, hook).await });
    client.simulator.with(|world| {
        for person in 2000..2010 {
            world.add_person(super::super::Person::new(person, "X", "fr"));
            world.person_types(person, "x").unwrap();
        }
    });
    client.call("setWebhook", json!({ "url": url, "max_connections": 3, "allowed_updates": ["message"] })).await;
    arrivals.clone().wait_for(|(now, _)| *now == 3).await.unwrap();
    let info = client.call("getWebhookInfo", json!({})).await;
    assert!(info["max_connections"] == 3 && info["allowed_updates"] == json!(["message"]), "{info}");
    open.send_replace(true);
    client.simulator.acknowledged().await;
    assert_eq!(arrivals.borrow().1, 3);
}

/// A bot's life through teloxide's own requests and types.
#[tokio::test]
async fn teloxide_is_understood_and_understands() {
    let client = client().await;
    let bot = Bot::new(client.simulator.token()).set_api_url(format!("http://{}", client.serving.address).parse().unwrap());
    let chat = ChatId(1001);
    assert_eq!(bot.get_me().await.unwrap().username(), super::super::BOT_USERNAME);
    assert_eq!(bot.get_updates().await.unwrap().len(), 1);
    let keyboard = InlineKeyboardMarkup::new([[InlineKeyboardButton::callback("Oui", "y")]]);
    let text = "<b>Bonjour</b> /menu";
    let sent = bot.send_message(chat, text).parse_mode(ParseMode::Html).reply_markup(keyboard.clone()).await.unwrap();
    assert_eq!(sent.text(), Some("Bonjour /menu"));
    assert_eq!((sent.entities().unwrap().len(), sent.reply_markup()), (2, Some(&keyboard)));
    client.simulator.with(|world| world.person_taps(1001, sent.id.0, "y")).unwrap();
    let edited = bot.edit_message_text(chat, sent.id, "Fait").parse_mode(ParseMode::Html).await.unwrap();
    assert!(edited.edit_date().is_some());
    let picture = InputFile::memory(super::super::world::PIXEL).file_name("état.png");
    let photo = bot.send_photo(chat, picture.clone()).caption("Image").reply_markup(keyboard).await.unwrap();
    assert_eq!((photo.photo().unwrap()[0].width, photo.caption()), (1, Some("Image")));
    bot.edit_message_media(chat, photo.id, InputMedia::Photo(InputMediaPhoto::new(picture).caption("Autre"))).await.unwrap();
    assert!(bot.send_photo(chat, InputFile::memory("no picture")).await.is_err());
    let document = bot.send_document(chat, InputFile::memory("{}").file_name("données.json")).await.unwrap();
    let document = document.document().unwrap();
    assert_eq!(document.file_name.as_deref(), Some("données.json"));
    let file = bot.get_file(document.file.id.clone()).await.unwrap();
    let url = format!("http://{}/file/bot{}/{}", client.serving.address, client.simulator.token(), file.path);
    assert_eq!(client.http.get(url).send().await.unwrap().text().await.unwrap(), "{}");
    bot.set_my_commands([BotCommand::new("menu", "Le menu")]).language_code("fr").await.unwrap();
    assert_eq!(bot.get_my_commands().await.unwrap(), []);
    assert_eq!(bot.get_chat(chat).await.unwrap().first_name(), Some("Claire"));
    assert_eq!(bot.get_webhook_info().await.unwrap().url, None);
    bot.set_my_name().send().await.unwrap();
    bot.delete_message(chat, photo.id).await.unwrap();
    client.simulator.with(|world| assert!(world.unknown_parameters().is_empty(), "{:?}", world.unknown_parameters()));
}
