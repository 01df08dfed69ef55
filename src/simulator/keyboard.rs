//! Inline keyboards: from a call's JSON, as strict as Telegram, and back.

use serde_json::{Map, Value, json};

use super::refusal::Refusal;

/// Rows of buttons; without rows there is no keyboard.
pub type Keyboard = Vec<Vec<Button>>;

/// One inline button.
#[derive(Clone, Debug, PartialEq)]
pub struct Button {
    /// What stands on it.
    pub text: String,
    /// What it does.
    pub action: Action,
}

/// What an inline button does.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Sends a callback query with this data, 1 to 64 bytes.
    Data(String),
    /// Opens this address.
    Url(String),
    /// Opens this address as a Mini App.
    App(String),
    /// Another action, kept as it came: Telegram's field and its value.
    Other(String, Value),
}

impl Button {
    /// The callback data, if that is what the button sends.
    pub fn data(&self) -> Option<&str> {
        match &self.action {
            Action::Data(data) => Some(data),
            Action::Url(_) | Action::App(_) | Action::Other(..) => None,
        }
    }

    /// The address, if that is what the button opens.
    pub fn url(&self) -> Option<&str> {
        match &self.action {
            Action::Url(url) => Some(url),
            Action::Data(_) | Action::App(_) | Action::Other(..) => None,
        }
    }

    /// The address, if that is what the button opens as a Mini App.
    pub fn app(&self) -> Option<&str> {
        match &self.action {
            Action::App(url) => Some(url),
            Action::Data(_) | Action::Url(_) | Action::Other(..) => None,
        }
    }
}

/// Reads `reply_markup`; a missing one, or another kind than an inline keyboard, is an empty keyboard.
///
/// # Errors
/// Telegram's refusal of a malformed button, data over 64 bytes, a button without exactly one action, or over 100 buttons.
pub fn parse(markup: Option<&Value>) -> Result<Keyboard, Refusal> {
    let Some(markup) = markup else { return Ok(Vec::new()) };
    let markup = markup.as_object().ok_or_else(|| Refusal::bad_request("object expected as reply markup"))?;
    let Some(rows) = markup.get("inline_keyboard") else { return Ok(Vec::new()) };
    let rows = rows.as_array().ok_or_else(|| Refusal::bad_request("field \"inline_keyboard\" of the ReplyMarkup must be an Array"))?;
    let mut keyboard = Vec::with_capacity(rows.len());
    for row in rows {
        let row = row.as_array().ok_or_else(|| Refusal::bad_request("field \"inline_keyboard\" must be an Array of Arrays"))?;
        let row = row.iter().map(button).collect::<Result<Vec<_>, _>>()?;
        if !row.is_empty() {
            keyboard.push(row);
        }
    }
    if keyboard.iter().map(Vec::len).sum::<usize>() > 100 {
        return Err(Refusal::bad_request("reply markup is too long"));
    }
    Ok(keyboard)
}

fn button(button: &Value) -> Result<Button, Refusal> {
    let cannot_parse = |reason: &str| Refusal::bad_request(format!("can't parse inline keyboard button: {reason}"));
    let fields = button.as_object().ok_or_else(|| cannot_parse("InlineKeyboardButton must be an Object"))?;
    let text = fields.get("text").and_then(Value::as_str).ok_or_else(|| cannot_parse("Can't find field \"text\""))?;
    if text.trim().is_empty() {
        return Err(Refusal::bad_request("inline keyboard button text must be non-empty"));
    }
    let mut actions = fields.iter().filter(|(name, _)| ACTIONS.contains(&name.as_str()));
    let Some((name, value)) = actions.next() else {
        return Err(cannot_parse("Text buttons are unallowed in the inline keyboard"));
    };
    // Telegram documents "exactly one" and silently takes the first of two: here two are an error, for they are a mistake.
    if actions.next().is_some() {
        return Err(cannot_parse("exactly one of the optional fields must be used"));
    }
    Ok(Button { text: text.to_owned(), action: action(name, value)? })
}

fn action(name: &str, value: &Value) -> Result<Action, Refusal> {
    match (name, value.as_str()) {
        ("callback_data", Some(data)) if (1..=64).contains(&data.len()) => Ok(Action::Data(data.to_owned())),
        ("callback_data", _) => Err(Refusal::bad_request("BUTTON_DATA_INVALID")),
        ("url", Some(url)) if is_link(url) => Ok(Action::Url(url.to_owned())),
        ("url", url) => {
            let url = url.unwrap_or_default();
            Err(Refusal::bad_request(format!("inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")))
        }
        ("web_app", _) => {
            let url = value.get("url").and_then(Value::as_str).unwrap_or_default();
            match is_link(url) && url.starts_with("https://") {
                true => Ok(Action::App(url.to_owned())),
                false => Err(Refusal::bad_request(format!(
                    "inline keyboard button Web App URL '{url}' is invalid: Only HTTPS links are allowed"
                ))),
            }
        }
        _ => Ok(Action::Other(name.to_owned(), value.clone())),
    }
}

const ACTIONS: [&str; 10] = [
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
];

/// Whether Telegram takes `url` for a link: `http` or `https` with a host that has a dot (so `localhost` is none), or `tg`.
pub fn is_link(url: &str) -> bool {
    if url.chars().any(char::is_whitespace) {
        return false;
    }
    let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
    let host = rest.split(['/', '?', '#', ':']).next().unwrap_or_default();
    match scheme.to_ascii_lowercase().as_str() {
        "tg" | "ton" => !rest.is_empty(),
        "http" | "https" => host.split_once('.').is_some_and(|(name, end)| !name.is_empty() && !end.is_empty()),
        _ => false,
    }
}

/// `reply_markup` as the Bot API writes it.
pub fn to_json(keyboard: &Keyboard) -> Value {
    let button = |button: &Button| {
        let mut fields = Map::new();
        fields.insert("text".into(), json!(button.text));
        let (name, value) = match &button.action {
            Action::Data(data) => ("callback_data", json!(data)),
            Action::Url(url) => ("url", json!(url)),
            Action::App(url) => ("web_app", json!({ "url": url })),
            Action::Other(name, value) => (name.as_str(), value.clone()),
        };
        fields.insert(name.into(), value);
        Value::Object(fields)
    };
    let rows: Vec<Vec<Value>> = keyboard.iter().map(|row| row.iter().map(button).collect()).collect();
    json!({ "inline_keyboard": rows })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(button: Value) -> String {
        parse(Some(&json!({ "inline_keyboard": [[button]] }))).unwrap_err().description
    }

    #[test]
    fn a_button_does_exactly_one_thing() {
        assert!(refused(json!({ "text": "x" })).contains("Text buttons are unallowed"));
        assert!(refused(json!({ "text": "x", "callback_data": "a", "url": "https://example.org" })).contains("exactly one"));
        assert!(refused(json!({ "text": " ", "callback_data": "a" })).contains("non-empty"));
    }

    #[test]
    fn data_is_1_to_64_bytes() {
        assert_eq!(refused(json!({ "text": "x", "callback_data": "é".repeat(33) })), "Bad Request: BUTTON_DATA_INVALID");
        assert_eq!(refused(json!({ "text": "x", "callback_data": "" })), "Bad Request: BUTTON_DATA_INVALID");
        let keyboard = json!({ "inline_keyboard": [[{ "text": "x", "callback_data": "é".repeat(32) }]] });
        assert_eq!(to_json(&parse(Some(&keyboard)).unwrap()), keyboard);
    }

    #[test]
    fn a_mini_app_is_opened_over_https() {
        assert!(refused(json!({ "text": "x", "web_app": { "url": "http://example.org/" } })).contains("Only HTTPS"));
        assert!(refused(json!({ "text": "x", "web_app": {} })).contains("Only HTTPS"));
        let keyboard = json!({ "inline_keyboard": [[{ "text": "x", "web_app": { "url": "https://example.org/app" } }]] });
        assert_eq!(to_json(&parse(Some(&keyboard)).unwrap()), keyboard);
    }

    #[test]
    fn a_link_needs_a_host_with_a_dot() {
        assert!(refused(json!({ "text": "x", "url": "http://localhost:8080/" })).contains("Wrong HTTP URL"));
        assert!(is_link("http://127.0.0.1:8080/sign-in") && is_link("tg://user?id=1") && !is_link("javascript:alert(1)"));
    }
}
