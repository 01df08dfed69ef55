//! A call's parameters, whichever way they came: query, JSON, url-encoded or multipart. All become one JSON object;
//! from a form everything is text, so each getter takes a value's text for the value.

use std::collections::HashMap;

use axum::body::Bytes;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::header::CONTENT_TYPE;
use serde_json::{Map, Value};

use super::super::refusal::Refusal;

/// The parameters of one call.
#[derive(Debug, Default)]
pub struct Parameters {
    values: Map<String, Value>,
    uploads: HashMap<String, Upload>,
}

/// A file in a multipart body.
#[derive(Clone, Debug)]
pub struct Upload {
    /// The file's name.
    pub name: String,
    /// Its media type.
    pub mime: String,
    /// The bytes.
    pub bytes: Bytes,
}

impl Parameters {
    /// Reads the query and the body.
    ///
    /// # Errors
    /// A refusal of a body that cannot be read.
    pub async fn read(request: Request) -> Result<Self, Refusal> {
        let mut parameters = Self::default();
        parameters.take_form(request.uri().query().unwrap_or_default().as_bytes());
        let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default().to_ascii_lowercase();
        if kind.starts_with("multipart/form-data") {
            parameters.take_multipart(request).await?;
            return Ok(parameters);
        }
        let body = Bytes::from_request(request, &()).await.map_err(|_| Refusal::new(413, "Request Entity Too Large"))?;
        if kind.starts_with("application/json") && !body.is_empty() {
            let json = serde_json::from_slice(&body);
            let json: Map<_, _> = json.map_err(|error| Refusal::bad_request(format!("can't parse JSON object: {error}")))?;
            parameters.values.extend(json.into_iter().filter(|(_, value)| !value.is_null()));
        } else if kind.starts_with("application/x-www-form-urlencoded") {
            parameters.take_form(&body);
        }
        Ok(parameters)
    }

    fn take_form(&mut self, form: &[u8]) {
        for (name, value) in url_decoded(form) {
            self.values.insert(name, Value::String(value));
        }
    }

    async fn take_multipart(&mut self, request: Request) -> Result<(), Refusal> {
        let unreadable = |_| Refusal::bad_request("can't parse multipart body");
        let mut multipart = Multipart::from_request(request, &()).await.map_err(|_| Refusal::bad_request("can't parse multipart body"))?;
        while let Some(field) = multipart.next_field().await.map_err(unreadable)? {
            let name = field.name().unwrap_or_default().to_owned();
            let file_name = field.file_name().map(str::to_owned);
            let mime = field.content_type().map(str::to_owned);
            let bytes = field.bytes().await.map_err(unreadable)?;
            match file_name {
                Some(file_name) => {
                    let mime = mime.unwrap_or_else(|| "application/octet-stream".to_owned());
                    self.uploads.insert(name, Upload { name: file_name, mime, bytes });
                }
                None => {
                    self.values.insert(name, Value::String(String::from_utf8_lossy(&bytes).into_owned()));
                }
            }
        }
        Ok(())
    }

    /// The names of all parameters, those that `attach://` another's file left out.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.values.keys().map(String::as_str)
    }

    /// A text; numbers count as their text.
    pub fn text(&self, name: &str) -> Option<String> {
        match self.values.get(name)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    /// A whole number.
    pub fn integer(&self, name: &str) -> Option<i64> {
        match self.values.get(name)? {
            Value::Number(number) => number.as_i64(),
            Value::String(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// A yes or no; what is missing is a no.
    pub fn flag(&self, name: &str) -> bool {
        match self.values.get(name) {
            Some(Value::Bool(flag)) => *flag,
            Some(Value::String(text)) => matches!(text.to_ascii_lowercase().as_str(), "true" | "yes" | "1"),
            Some(Value::Number(number)) => number.as_i64() != Some(0),
            _ => false,
        }
    }

    /// An object or array, perhaps as JSON in a text.
    ///
    /// # Errors
    /// A refusal of a text that is no JSON.
    pub fn json(&self, name: &str) -> Result<Option<Value>, Refusal> {
        match self.values.get(name) {
            Some(Value::String(text)) if text.is_empty() => Ok(None),
            Some(Value::String(text)) => {
                let json = serde_json::from_str(text);
                json.map(Some).map_err(|_| Refusal::bad_request(format!("can't parse {} JSON object", name.replace('_', " "))))
            }
            value => Ok(value.cloned()),
        }
    }

    /// The chat of the call, if it names one by number.
    pub fn chat(&self) -> Option<i64> {
        self.integer("chat_id")
    }

    /// The upload that a value names as `attach://…`, or that came under the parameter's own name.
    pub fn upload(&self, name: &str, value: Option<&str>) -> Option<&Upload> {
        match value.and_then(|value| value.strip_prefix("attach://")) {
            Some(attached) => self.uploads.get(attached),
            None => self.uploads.get(name),
        }
    }
}

/// `application/x-www-form-urlencoded` into names and values.
fn url_decoded(form: &[u8]) -> impl Iterator<Item = (String, String)> {
    form.split(|&byte| byte == b'&').filter(|pair| !pair.is_empty()).map(|pair| {
        let mut halves = pair.splitn(2, |&byte| byte == b'=');
        let mut decoded = || decode(halves.next().unwrap_or_default());
        (decoded(), decoded())
    })
}

fn decode(text: &[u8]) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&first, after)) = rest.split_first() {
        let escaped = (first == b'%').then(|| after.get(..2)).flatten();
        let escaped = escaped.and_then(|digits| data_encoding::HEXUPPER_PERMISSIVE.decode(digits).ok());
        match escaped {
            Some(byte) => {
                bytes.extend(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(if first == b'+' { b' ' } else { first });
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_decoded() {
        let pairs: Vec<_> = url_decoded(b"text=a+%C3%A9%26b&empty=&flag").collect();
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(pairs, [pair("text", "a é&b"), pair("empty", ""), pair("flag", "")]);
    }
}
