//! Opening a button's Mini App as a Telegram client does: what it tells the page about the person, signed with the bot's token
//! (core.telegram.org/bots/webapps#webappinitdata).

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha2::Sha256;
use url::form_urlencoded::Serializer;

use super::{Person, Simulator};

impl Simulator {
    /// Where a client goes when a person taps the newest button that reads so and opens a Mini App: its address, with what the client
    /// tells the page behind the `#`. `None` if there is no such button.
    pub fn opens_app(&self, person: i64, label: &str) -> Option<String> {
        let (url, data) = self.with(|world| {
            let buttons = world.messages(person).iter().rev().flat_map(|message| message.current.keyboard.iter().flatten());
            let url = buttons.into_iter().find(|button| button.text == label).and_then(|button| button.app())?.to_owned();
            let now = world.now().as_second();
            Some((url, init_data(&self.token(), &fields(world.person(person)?, now))))
        })?;
        let told = [("tgWebAppData", data.as_str()), ("tgWebAppVersion", "8.0"), ("tgWebAppPlatform", "web")];
        Some(format!("{url}#{}", Serializer::new(String::new()).extend_pairs(told).finish()))
    }
}

/// What is told of a person at this time, in seconds.
pub fn fields(person: &Person, now: i64) -> Vec<(String, String)> {
    let user = json!({
        "id": person.id,
        "first_name": person.first_name,
        "last_name": person.last_name.as_deref().unwrap_or_default(),
        "username": person.username,
        "language_code": person.language,
    });
    let signature = BASE64URL_NOPAD.encode(&[7; 64]);
    let fields =
        [("query_id", "AAExample".to_owned()), ("user", user.to_string()), ("auth_date", now.to_string()), ("signature", signature)];
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Signs fields with a bot's token and writes them as a query.
pub fn init_data(token: &str, fields: &[(String, String)]) -> String {
    let mut lines: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
    lines.sort();
    let secret = mac(b"WebAppData", token.as_bytes());
    let hash = HEXLOWER.encode(&mac(&secret, lines.join("\n").as_bytes()));
    Serializer::new(String::new()).extend_pairs(fields).append_pair("hash", &hash).finish()
}

fn mac(key: &[u8], text: &[u8]) -> [u8; 32] {
    // HMAC pads a short key with zeros to the hash's block, so this is the same key, in the form that can't be refused.
    let mut padded = [0; 64];
    padded[..key.len()].copy_from_slice(key);
    let mut mac = Hmac::<Sha256>::new(&padded.into());
    mac.update(text);
    mac.finalize().into_bytes().into()
}
