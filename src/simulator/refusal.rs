//! What Telegram answers when it refuses a call: the status code, and the description word for word.

use serde_json::{Value, json};

/// A refused call. `code` is both the HTTP status and `error_code`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {description}")]
pub struct Refusal {
    /// The HTTP status, such as 400.
    pub code: u16,
    /// Telegram's text, such as `Bad Request: chat not found`.
    pub description: String,
    /// Seconds to wait, with a 429.
    pub retry_after: Option<u32>,
}

impl Refusal {
    /// A refusal with this code and the whole description.
    pub fn new(code: u16, description: impl Into<String>) -> Self {
        Self { code, description: description.into(), retry_after: None }
    }

    /// 400, `Bad Request: {reason}`.
    pub fn bad_request(reason: impl std::fmt::Display) -> Self {
        Self::new(400, format!("Bad Request: {reason}"))
    }

    /// 403, `Forbidden: {reason}`.
    pub fn forbidden(reason: impl std::fmt::Display) -> Self {
        Self::new(403, format!("Forbidden: {reason}"))
    }

    /// 429 with the seconds to wait.
    pub fn too_many_requests(retry_after: u32) -> Self {
        Self { retry_after: Some(retry_after), ..Self::new(429, format!("Too Many Requests: retry after {retry_after}")) }
    }

    /// The answer's body, as the Bot API writes it.
    pub fn body(&self) -> Value {
        let mut body = json!({ "ok": false, "error_code": self.code, "description": self.description });
        if let Some(seconds) = self.retry_after {
            body["parameters"] = json!({ "retry_after": seconds });
        }
        body
    }
}
