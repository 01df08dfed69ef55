//! The one place that talks to Telegram: teloxide's types for what is asked and answered, our own calls for the time-outs,
//! and errors told apart by what a caller does about them. teloxide's own client sleeps ten seconds on every 5xx.

use std::time::Duration;

use jiff::Timestamp;
use prometheus_client::metrics::counter::Counter;
use reqwest::header::{DATE, HeaderMap};
use reqwest::multipart::{Form, Part};
use reqwest::{Client, RequestBuilder, Url};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;
use teloxide::payloads::GetUpdates;
use teloxide::requests::Payload;

use crate::crash::{self, Point};
use crate::witness::Witness;

/// How long a call may take, connecting included. A long poll adds the time it may wait.
const CALL_TIMEOUT: Duration = Duration::from_secs(15);
/// How long a call that carries a file may take: Telegram's 50 MB at a slow line's 4 Mbit/s, and some.
const UPLOAD_TIMEOUT: Duration = Duration::from_secs(120);

/// A Bot API server and the token of our bot there.
#[derive(Clone)]
pub struct Api {
    client: Client,
    base: Url,
    token: SecretString,
    too_many_requests: Counter,
    witness: Option<Witness>,
}

/// A file that a call carries (core.telegram.org/bots/api#sending-files).
pub struct Upload {
    /// The parameter it is, such as `document` or `photo`.
    pub parameter: &'static str,
    /// The name it is shown and saved under.
    pub name: String,
    /// Its media type.
    pub mime: &'static str,
    /// The file itself.
    pub bytes: Vec<u8>,
}

/// Why a call was not answered with a result.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// 429: not before this many seconds have passed.
    #[error("Telegram asks to wait {retry_after} s")]
    TooMany {
        /// Seconds.
        retry_after: u32,
    },
    /// Telegram understood and refused.
    #[error("Telegram refused with {code}: {description}")]
    Refused {
        /// The HTTP-like code, 400 to 499.
        code: u16,
        /// Telegram's words.
        description: String,
    },
    /// No answer, a broken one, or 5xx: the call may have been carried out or not.
    #[error("no answer from the Bot API server: {0}")]
    NoAnswer(String),
}

impl ApiError {
    /// Whether Telegram refused with words that begin so, as in `Bad Request: message is not modified`.
    pub fn says(&self, words: &str) -> bool {
        matches!(self, Self::Refused { description, .. } if description.starts_with(words))
    }
}

/// The envelope of every answer (core.telegram.org/bots/api#making-requests).
#[derive(serde::Deserialize)]
struct Envelope<'a> {
    ok: bool,
    #[serde(borrow)]
    result: Option<&'a RawValue>,
    error_code: Option<u16>,
    description: Option<String>,
    parameters: Option<Parameters>,
}

#[derive(serde::Deserialize)]
struct Parameters {
    retry_after: Option<u32>,
}

impl Api {
    /// The server at `base` for the bot with this token.
    pub fn new(base: Url, token: &str) -> Result<Self, reqwest::Error> {
        let client = Client::builder().connect_timeout(Duration::from_secs(5)).pool_idle_timeout(Duration::from_secs(60)).no_proxy();
        Ok(Self { client: client.build()?, base, token: token.into(), too_many_requests: Counter::default(), witness: None })
    }

    /// The same, whose answers tell this witness the time.
    pub fn telling(self, witness: Witness) -> Self {
        Self { witness: Some(witness), ..self }
    }

    /// Counts the calls that were answered with 429.
    pub fn too_many_requests(&self) -> Counter {
        self.too_many_requests.clone()
    }

    /// Calls a method; its result.
    pub async fn call<P>(&self, payload: &P) -> Result<P::Output, ApiError>
    where
        P: Payload + Serialize,
        P::Output: DeserializeOwned,
    {
        self.call_for(payload).await
    }

    /// Calls a method and reads no more of its result than `T` takes: a whole message is long to read.
    pub async fn call_for<P: Payload + Serialize, T: DeserializeOwned>(&self, payload: &P) -> Result<T, ApiError> {
        crash::at(Point::Call);
        let answer = self.post(payload, CALL_TIMEOUT).await;
        crash::at(Point::Called);
        parse(self.result(&answer?)?)
    }

    /// Calls a method and reads nothing of its result.
    pub async fn carry_out<P: Payload + Serialize>(&self, payload: &P) -> Result<(), ApiError> {
        crash::at(Point::Call);
        let answer = self.post(payload, CALL_TIMEOUT).await;
        crash::at(Point::Called);
        self.result(&answer?).map(|_| ())
    }

    /// Calls a method that carries a file; its result. The file stands in for whatever the payload has under its parameter.
    pub async fn upload<P>(&self, payload: &P, file: Upload) -> Result<P::Output, ApiError>
    where
        P: Payload + Serialize,
        P::Output: DeserializeOwned,
    {
        let request = self.request::<P>().multipart(form(payload, file)?);
        crash::at(Point::Call);
        let answer = self.answer(request.timeout(UPLOAD_TIMEOUT)).await;
        crash::at(Point::Called);
        parse(self.result(&answer?)?)
    }

    /// Asks for updates and gives each as raw JSON, so that one that does not parse takes no other with it.
    pub async fn updates(&self, payload: &GetUpdates) -> Result<Vec<Box<RawValue>>, ApiError> {
        let wait = Duration::from_secs(payload.timeout.unwrap_or_default().into());
        crash::at(Point::Poll);
        let answer = self.post(payload, CALL_TIMEOUT + wait).await;
        crash::at(Point::Polled);
        parse(self.result(&answer?)?)
    }

    async fn post<P: Payload + Serialize>(&self, payload: &P, timeout: Duration) -> Result<String, ApiError> {
        self.answer(self.request::<P>().json(payload).timeout(timeout)).await
    }

    fn result<'a>(&self, answer: &'a str) -> Result<&'a str, ApiError> {
        result(answer).inspect_err(|error| {
            if matches!(error, ApiError::TooMany { .. }) {
                self.too_many_requests.inc();
            }
        })
    }

    async fn answer(&self, request: RequestBuilder) -> Result<String, ApiError> {
        let asked = self.witness.as_ref().map(Witness::running);
        let response = request.send().await.map_err(no_answer)?;
        let status = response.status();
        if status.is_server_error() {
            return Err(ApiError::NoAnswer(format!("HTTP {status}")));
        }
        if let (Some(witness), Some(asked), Some(time)) = (&self.witness, asked, time(response.headers())) {
            witness.hears(time, asked);
        }
        response.text().await.map_err(no_answer)
    }

    fn request<P: Payload>(&self) -> RequestBuilder {
        let mut url = self.base.clone();
        let path = format!("{}/bot{}/{}", url.path().trim_end_matches('/'), self.token.expose_secret(), P::NAME);
        url.set_path(&path);
        self.client.post(url)
    }
}

/// The time that a server says it is (RFC 9110, section 6.6.1), if it does.
pub(crate) fn time(headers: &HeaderMap) -> Option<Timestamp> {
    let date = headers.get(DATE)?.to_str().ok()?;
    Some(jiff::fmt::rfc2822::parse(date).ok()?.timestamp())
}

/// A payload as a form: texts as they are, everything else as JSON, the file beside them.
fn form<P: Serialize>(payload: &P, file: Upload) -> Result<Form, ApiError> {
    let unfit = |error: &dyn std::fmt::Display| ApiError::Refused { code: 400, description: format!("not a form: {error}") };
    let part = Part::bytes(file.bytes).file_name(file.name).mime_str(file.mime).map_err(|error| unfit(&error))?;
    let mut form = Form::new().part(file.parameter, part);
    let Value::Object(fields) = serde_json::to_value(payload).map_err(|error| unfit(&error))? else {
        return Err(unfit(&"the payload is no object"));
    };
    for (name, value) in fields {
        form = match value {
            _ if name == file.parameter => form,
            Value::Null => form,
            Value::String(text) => form.text(name, text),
            other => form.text(name, other.to_string()),
        };
    }
    Ok(form)
}

/// The address of a call holds the token, so it is taken out of the error.
fn no_answer(error: reqwest::Error) -> ApiError {
    let error = error.without_url();
    let cause = std::error::Error::source(&error).map(|cause| format!(" ({cause})")).unwrap_or_default();
    ApiError::NoAnswer(format!("{error}{cause}"))
}

fn result(answer: &str) -> Result<&str, ApiError> {
    let envelope: Envelope<'_> = serde_json::from_str(answer).map_err(|error| unreadable(&error))?;
    if let (true, Some(result)) = (envelope.ok, envelope.result) {
        return Ok(result.get());
    }
    if let Some(retry_after) = envelope.parameters.and_then(|parameters| parameters.retry_after) {
        return Err(ApiError::TooMany { retry_after });
    }
    let description = envelope.description.unwrap_or_default();
    match envelope.error_code {
        Some(code @ 400..500) => Err(ApiError::Refused { code, description }),
        _ => Err(ApiError::NoAnswer(description)),
    }
}

fn parse<T: DeserializeOwned>(result: &str) -> Result<T, ApiError> {
    serde_json::from_str(result).map_err(|error| unreadable(&error))
}

/// Only where an answer is wrong: the words of the error may repeat what stands there, such as a holder's name.
fn unreadable(error: &serde_json::Error) -> ApiError {
    ApiError::NoAnswer(format!("unreadable at line {}, column {}: {:?}", error.line(), error.column(), error.classify()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_told_apart() {
        let wait = r#"{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 7","parameters":{"retry_after":7}}"#;
        assert!(matches!(result(wait), Err(ApiError::TooMany { retry_after: 7 })));
        let blocked = r#"{"ok":false,"error_code":403,"description":"Forbidden: bot was blocked by the user"}"#;
        assert!(result(blocked).is_err_and(|error| error.says("Forbidden: bot was blocked")));
        assert!(matches!(result(r#"{"ok":false,"error_code":502,"description":"Bad Gateway"}"#), Err(ApiError::NoAnswer(_))));
        assert!(matches!(result("<html>"), Err(ApiError::NoAnswer(_))));
        assert_eq!(result(r#"{"ok":true,"result":[1]}"#).unwrap(), "[1]");
    }
}
