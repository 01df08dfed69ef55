//! The chat page and the JSON it lives on: people, their chats, the mailbox, and a stream of what changed.

use std::convert::Infallible;

use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::map_response;
use axum::response::sse::{KeepAlive, Sse};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router, response::sse};
use futures::{Stream, StreamExt, stream};
use include_dir::{Dir, include_dir};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::broadcast::error::RecvError;

use super::world::{Bulletin, ChatMessage, Content, Misuse, Other, ProfileText, Sender};
use super::{Simulator, World, keyboard, markup};

static PAGE: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/src/simulator/page");

/// The page runs its own script and style only, and nobody may frame it.
const POLICY: HeaderValue =
    HeaderValue::from_static("default-src 'self'; script-src 'self'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'");

/// A mail brings its own styles and no script, may only be framed by the page, and opens its links in tabs free of these bounds.
const MAIL_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; frame-ancestors 'self'; \
     sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox",
);

pub(super) fn router() -> Router<Simulator> {
    Router::new()
        .route("/", get(async || page_file("index.html")))
        .route("/{file}", get(async |Path(file): Path<String>| page_file(&file)))
        .route("/demo/people", get(people))
        .route("/demo/chat", get(chat))
        .route("/demo/app", get(app))
        .route("/demo/events", get(events))
        .route("/demo/mails", get(mails))
        .route("/demo/mails/{number}/html", get(mail_html))
        .route("/demo/files/{number}", get(file))
        .route("/demo/send", post(send))
        .route("/demo/tap", post(tap))
        .route("/demo/language", post(language))
        .layer(map_response(with_policy))
}

async fn with_policy(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(POLICY);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

fn page_file(name: &str) -> Response {
    let Some(file) = PAGE.get_file(name) else { return refuse(StatusCode::NOT_FOUND, "there is no such page") };
    let kind = match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    };
    ([(header::CONTENT_TYPE, kind)], file.contents()).into_response()
}

fn refuse(status: StatusCode, error: impl std::fmt::Display) -> Response {
    (status, Json(json!({ "error": error.to_string() }))).into_response()
}

async fn people(State(simulator): State<Simulator>) -> Json<Value> {
    let person = |person: &super::Person| {
        json!({
            "id": person.id,
            "name": person.name(),
            "first_name": person.first_name,
            "username": person.username,
            "language": person.language,
            "emails": person.emails,
        })
    };
    Json(simulator.with(|world| world.people().map(person).collect()))
}

#[derive(Deserialize)]
struct WhoseChat {
    person: i64,
}

async fn chat(State(simulator): State<Simulator>, Query(WhoseChat { person }): Query<WhoseChat>) -> Response {
    match simulator.with(|world| chat_view(world, person)) {
        Some(view) => Json(view).into_response(),
        None => refuse(StatusCode::NOT_FOUND, "there is no such person"),
    }
}

fn chat_view(world: &World, id: i64) -> Option<Value> {
    let language = world.person(id)?.language.as_str();
    let text = |what| world.profile_text(what, language);
    Some(json!({
        "bot": {
            "name": text(ProfileText::Name),
            "description": text(ProfileText::Description),
            "short_description": text(ProfileText::ShortDescription),
        },
        "commands": world.commands_shown(id, language),
        "messages": world.messages(id).iter().map(|message| message_view(world, id, message)).collect::<Vec<_>>(),
    }))
}

fn message_view(world: &World, person: i64, message: &ChatMessage) -> Value {
    let mut view = json!({
        "id": message.id,
        "from": if message.from == Sender::Bot { "bot" } else { "person" },
        "date": message.sent.as_millisecond(),
        "edited": message.revision > 0,
        "html": "",
        "photo": null,
        "document": null,
        "other": null,
        "buttons": message.current.keyboard.iter().map(|row| row.iter().map(|button| button_view(person, button)).collect()).collect::<Vec<Vec<_>>>(),
    });
    let url = |file: &u64| format!("/demo/files/{file}");
    match &message.current.content {
        Content::Text(text) => view["html"] = json!(markup::to_html(text)),
        Content::Photo { file, caption } => {
            let (width, height) = world.files.get(*file).and_then(|file| file.size).unwrap_or_default();
            view["photo"] = json!({ "url": url(file), "width": width, "height": height });
            view["html"] = json!(markup::to_html(caption));
        }
        Content::Document { file, caption } => {
            let (name, size) = world.files.get(*file).map_or(("", 0), |file| (file.name.as_str(), file.bytes.len()));
            view["document"] = json!({ "url": url(file), "file_name": name, "size": size });
            view["html"] = json!(markup::to_html(caption));
        }
        Content::Other(other) => {
            view["other"] = json!(match other {
                Other::Sticker => "sticker",
                Other::Voice => "voice",
                Other::Contact => "contact",
                Other::Location => "location",
            });
        }
    }
    view
}

fn button_view(person: i64, button: &keyboard::Button) -> Value {
    let app = button.app().map(|_| {
        let asked = [("person", person.to_string()), ("label", button.text.clone())];
        format!("/demo/app?{}", url::form_urlencoded::Serializer::new(String::new()).extend_pairs(asked).finish())
    });
    json!({ "text": button.text, "data": button.data(), "url": app.as_deref().or(button.url()) })
}

#[derive(Deserialize)]
struct WhoseApp {
    person: i64,
    label: String,
}

/// Opens a Mini App at the moment it is tapped, since what it is told does not stay fresh.
async fn app(State(simulator): State<Simulator>, Query(WhoseApp { person, label }): Query<WhoseApp>) -> Response {
    match simulator.opens_app(person, &label) {
        Some(url) => Redirect::to(&url).into_response(),
        None => refuse(StatusCode::NOT_FOUND, "there is no such button"),
    }
}

async fn events(State(simulator): State<Simulator>) -> Sse<impl Stream<Item = Result<sse::Event, Infallible>>> {
    let receiver = simulator.0.bulletins.subscribe();
    let events = stream::unfold((simulator, receiver), |(simulator, mut receiver)| async move {
        let bulletins = match receiver.recv().await {
            Ok(bulletin) => vec![bulletin],
            Err(RecvError::Lagged(_)) => everything(&simulator),
            Err(RecvError::Closed) => return None,
        };
        Some((stream::iter(bulletins), (simulator, receiver)))
    });
    let events = events.flatten().map(|bulletin| Ok(sse::Event::default().data(bulletin_view(&bulletin).to_string())));
    Sse::new(events).keep_alive(KeepAlive::default())
}

/// For a page too slow to follow: let it look at everything again.
fn everything(simulator: &Simulator) -> Vec<Bulletin> {
    let chats: Vec<_> = simulator.with(|world| world.people().map(|person| Bulletin::Chat { person: person.id }).collect());
    chats.into_iter().chain([Bulletin::Mail]).collect()
}

fn bulletin_view(bulletin: &Bulletin) -> Value {
    match bulletin {
        Bulletin::Chat { person } => json!({ "person": person }),
        Bulletin::Notice { person, text, alert } => json!({ "person": person, "notice": { "text": text, "alert": alert } }),
        Bulletin::Mail => json!({ "mail": true }),
        Bulletin::Profile => json!({ "profile": true }),
    }
}

async fn mails(State(simulator): State<Simulator>) -> Json<Value> {
    let view = |(index, mail): (usize, &super::Mail)| {
        json!({
            "id": index + 1,
            "to": mail.to,
            "from": mail.from,
            "subject": mail.subject,
            "text": mail.text,
            "html": mail.html.as_ref().map(|_| format!("/demo/mails/{}/html", index + 1)),
            "date": mail.at.as_millisecond(),
        })
    };
    Json(simulator.with(|world| world.mails().iter().enumerate().rev().map(view).collect()))
}

/// The HTML part of a mail, as a page of its own whose links open beside it and tell nobody where they stood.
async fn mail_html(State(simulator): State<Simulator>, Path(number): Path<usize>) -> Response {
    let mail = |world: &mut World| world.mails().get(number.checked_sub(1)?)?.html.clone();
    let Some(html) = simulator.with(mail) else { return refuse(StatusCode::NOT_FOUND, "there is no such mail") };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CONTENT_SECURITY_POLICY, MAIL_POLICY),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    ];
    (headers, html.replacen("<head>", "<head><base target=\"_blank\">", 1)).into_response()
}

/// Pictures are shown; anything else is a download, so that no file of a chat runs as a page here.
async fn file(State(simulator): State<Simulator>, Path(number): Path<u64>) -> Response {
    let Some(file) = simulator.with(|world| world.files.get(number).cloned()) else {
        return refuse(StatusCode::NOT_FOUND, "there is no such file");
    };
    match file.size {
        Some(_) if file.bytes.starts_with(b"\x89PNG") => ([(header::CONTENT_TYPE, "image/png")], file.bytes).into_response(),
        Some(_) => ([(header::CONTENT_TYPE, "image/jpeg")], file.bytes).into_response(),
        None => {
            let headers =
                [(header::CONTENT_TYPE, "application/octet-stream".to_owned()), (header::CONTENT_DISPOSITION, attachment(&file.name))];
            (headers, file.bytes).into_response()
        }
    }
}

/// The download under its name, written as RFC 6266 wants it.
fn attachment(name: &str) -> String {
    let encoded: String = url::form_urlencoded::byte_serialize(name.as_bytes()).collect();
    // A form writes a space as a plus, a header as `%20`.
    format!("attachment; filename*=UTF-8''{}", encoded.replace('+', "%20"))
}

#[derive(Deserialize)]
struct Typed {
    person: i64,
    text: String,
}

#[derive(Deserialize)]
struct Tapped {
    person: i64,
    message: i32,
    data: String,
}

#[derive(Deserialize)]
struct Chosen {
    person: i64,
    language: String,
}

async fn send(State(simulator): State<Simulator>, body: Body<Typed>) -> Response {
    act(&simulator, body, |world, typed| world.person_types(typed.person, &typed.text).map(drop))
}

async fn tap(State(simulator): State<Simulator>, body: Body<Tapped>) -> Response {
    act(&simulator, body, |world, tapped| world.person_taps(tapped.person, tapped.message, &tapped.data).map(drop))
}

async fn language(State(simulator): State<Simulator>, body: Body<Chosen>) -> Response {
    act(&simulator, body, |world, chosen| world.person_sets_language(chosen.person, chosen.language))
}

/// `Json` takes no other content type than JSON, so a foreign page's form cannot act for a person.
type Body<T> = Result<Json<T>, JsonRejection>;

fn act<T>(simulator: &Simulator, body: Body<T>, act: impl FnOnce(&mut World, T) -> Result<(), Misuse>) -> Response {
    match body {
        Err(rejection) => refuse(rejection.status(), rejection.body_text()),
        Ok(Json(wish)) => match simulator.with(|world| act(world, wish)) {
            Ok(()) => StatusCode::NO_CONTENT.into_response(),
            Err(misuse) => refuse(StatusCode::UNPROCESSABLE_ENTITY, misuse),
        },
    }
}

#[cfg(test)]
mod tests;
