//! The Bot API over HTTP: `/bot{token}/{method}` and `/file/bot{token}/{path}`. Checks the token, lets faults strike, keeps the
//! journal; the methods themselves are in the files beside this one.

mod known;
mod media;
mod messages;
mod parameters;
mod profile;
mod updates;

use std::time::Instant;

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use jiff::fmt::rfc2822::DateTimePrinter;
use serde_json::{Value, json};

use super::refusal::Refusal;
use super::server::HangUp;
use super::world::{Call, FaultKind};
use super::{Simulator, World};
use parameters::Parameters;

pub(super) fn router() -> Router<Simulator> {
    Router::new().route("/{bot}/{method}", any(call)).route("/file/{bot}/{*path}", get(download))
}

/// What a method answers: the JSON of `result`, already written out, or a refusal.
type Answer = Result<String, Refusal>;

/// Whatever is answered, it says Telegram's time.
async fn call(State(simulator): State<Simulator>, Path((bot, method)): Path<(String, String)>, request: Request) -> Response {
    let mut response = answer(&simulator, &bot, method, request).await;
    let now = simulator.with(|world| world.now());
    let date = DateTimePrinter::new().timestamp_to_rfc9110_string(&now).ok().and_then(|date| HeaderValue::try_from(date).ok());
    response.headers_mut().extend(date.map(|date| (header::DATE, date)));
    response
}

async fn answer(simulator: &Simulator, bot: &str, method: String, request: Request) -> Response {
    let method = method.to_ascii_lowercase();
    if let Err(refusal) = check_token(simulator, bot) {
        return respond(Err(refusal));
    }
    let Some(known) = known::parameters(&method) else {
        return respond(Err(Refusal::new(404, "Not Found: method not found")));
    };
    let parameters = match Parameters::read(request).await {
        Ok(parameters) => parameters,
        Err(refusal) => return respond(Err(refusal)),
    };
    let chat = parameters.chat();
    let fault = simulator.with(|world| {
        for name in parameters.names().filter(|name| !known.contains(name)) {
            world.count_unknown(&method, name);
        }
        world.take_fault(&method, chat)
    });
    let answer = match &fault {
        Some(FaultKind::TooManyRequests { retry_after }) => Err(Refusal::too_many_requests(*retry_after)),
        Some(FaultKind::ServerError(code)) => Err(Refusal::new(*code, server_error(*code))),
        Some(FaultKind::Reset) => Err(Refusal::new(0, "connection reset on order")),
        Some(FaultKind::Slow(delay)) => {
            tokio::time::sleep(*delay).await;
            carry_out(simulator, &method, &parameters).await
        }
        Some(FaultKind::LoseAnswer) | None => carry_out(simulator, &method, &parameters).await,
    };
    let outcome = answer.as_ref().map(|_| ()).map_err(Clone::clone);
    simulator.with(|world| {
        let at = world.now();
        world.log_call(Call { at, instant: Instant::now(), method, chat, fault: fault.clone(), outcome });
    });
    match fault {
        Some(FaultKind::Reset | FaultKind::LoseAnswer) => HangUp.into_response(),
        _ => respond(answer),
    }
}

async fn carry_out(simulator: &Simulator, method: &str, parameters: &Parameters) -> Answer {
    match method {
        "getupdates" => updates::get_updates(simulator, parameters).await,
        _ => simulator.with(|world| carry_out_at_once(world, method, parameters)),
    }
}

fn carry_out_at_once(world: &mut World, method: &str, parameters: &Parameters) -> Answer {
    let result = match method {
        "getme" => profile::get_me(world),
        "setwebhook" => updates::set_webhook(world, parameters)?,
        "deletewebhook" => updates::delete_webhook(world, parameters),
        "getwebhookinfo" => updates::get_webhook_info(world),
        "sendmessage" => messages::send_message(world, parameters)?,
        "sendphoto" => messages::send_photo(world, parameters)?,
        "senddocument" => messages::send_document(world, parameters)?,
        "editmessagetext" => messages::edit_text(world, parameters)?,
        "editmessagecaption" => messages::edit_caption(world, parameters)?,
        "editmessagemedia" => messages::edit_media(world, parameters)?,
        "editmessagereplymarkup" => messages::edit_reply_markup(world, parameters)?,
        "deletemessage" => messages::delete_message(world, parameters)?,
        "answercallbackquery" => messages::answer_callback_query(world, parameters)?,
        "sendchataction" => messages::send_chat_action(world, parameters)?,
        "getchat" => messages::get_chat(world, parameters)?,
        "getfile" => media::get_file(world, parameters)?,
        _ => profile::carry_out(world, method, parameters)?,
    };
    Ok(result.to_string())
}

fn respond(answer: Answer) -> Response {
    let (status, body) = match answer {
        Ok(result) => (StatusCode::OK, format!(r#"{{"ok":true,"result":{result}}}"#)),
        Err(refusal) => (StatusCode::from_u16(refusal.code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), refusal.body().to_string()),
    };
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

/// Telegram answers 404 to what is no token at all and 401 to a wrong one.
fn check_token(simulator: &Simulator, bot: &str) -> Result<(), Refusal> {
    match bot.strip_prefix("bot") {
        Some(token) if token == simulator.token() => Ok(()),
        Some(token) if token.contains(':') => Err(Refusal::new(401, "Unauthorized")),
        _ => Err(Refusal::new(404, "Not Found")),
    }
}

fn server_error(code: u16) -> String {
    StatusCode::from_u16(code).ok().and_then(|status| status.canonical_reason()).unwrap_or("Internal Server Error").to_owned()
}

async fn download(State(simulator): State<Simulator>, Path((bot, path)): Path<(String, String)>) -> Response {
    if let Err(refusal) = check_token(&simulator, &bot) {
        return respond(Err(refusal));
    }
    match simulator.with(|world| media::stored_at(world, &path).cloned()) {
        Some(file) => ([(header::CONTENT_TYPE, "application/octet-stream")], file.bytes).into_response(),
        None => respond(Err(Refusal::new(404, "Not Found"))),
    }
}

/// `true`, the answer of most methods that change something.
fn done() -> Value {
    json!(true)
}

#[cfg(test)]
mod tests;
