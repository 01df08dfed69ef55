//! What Telegram hands a Mini App about who opened it, and how it is told from a forgery
//! (core.telegram.org/bots/webapps#validating-data-received-via-the-mini-app).

use std::collections::BTreeMap;

use data_encoding::HEXLOWER_PERMISSIVE;
use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretBox};
use serde::Deserialize;
use sha2::Sha256;

use crate::domain::{CLOCK_TOLERANCE, ChatId};

/// How old the data may be.
const LENGTH: SignedDuration = SignedDuration::from_mins(5);

/// Tells genuine data by the bot's token.
pub struct InitData(SecretBox<[u8; 32]>);

#[derive(Deserialize)]
struct User {
    id: i64,
}

impl InitData {
    /// For the bot with this token.
    pub fn of(token: &str) -> Self {
        let secret: [u8; 32] = mac(b"WebAppData", token.as_bytes()).finalize().into_bytes().into();
        Self(SecretBox::new(Box::new(secret)))
    }

    /// The private chat of whoever opened the Mini App; `None` if the data is forged, incomplete, ambiguous or not fresh.
    pub fn chat(&self, data: &str, now: Timestamp) -> Option<ChatId> {
        let mut fields = BTreeMap::new();
        for (name, value) in url::form_urlencoded::parse(data.as_bytes()) {
            if fields.insert(name.into_owned(), value.into_owned()).is_some() {
                return None;
            }
        }
        let hash = HEXLOWER_PERMISSIVE.decode(fields.remove("hash")?.as_bytes()).ok()?;
        let lines: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
        mac(self.0.expose_secret(), lines.join("\n").as_bytes()).verify_slice(&hash).ok()?;
        let age = now.duration_since(Timestamp::from_second(fields.get("auth_date")?.parse().ok()?).ok()?);
        let user: User = serde_json::from_str(fields.get("user")?).ok()?;
        (-CLOCK_TOLERANCE <= age && age <= LENGTH).then_some(ChatId(user.id))
    }
}

fn mac(key: &[u8], text: &[u8]) -> Hmac<Sha256> {
    // HMAC pads a short key with zeros to the hash's block, so this is the same key, in the form that can't be refused.
    let mut padded = [0; 64];
    padded[..key.len()].copy_from_slice(key);
    let mut mac = Hmac::<Sha256>::new(&padded.into());
    mac.update(text);
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Data and hash from the examples that Mini App libraries share: made with the token of a bot that is no more.
    const TOKEN: &str = "5768337691:AAH5YkoiEuPk8-FZa32hStHTqXiLPtAEhx8";
    const DATA: &str = "query_id=AAHdF6IQAAAAAN0XohDhrOrc&user=%7B%22id%22%3A279058397%2C%22first_name%22%3A%22Vladislav%22%2C%22last_name%22%3A%22Kibenko%22%2C%22username%22%3A%22vdkfrost%22%2C%22language_code%22%3A%22ru%22%2C%22is_premium%22%3Atrue%7D&auth_date=1662771648&hash=c501b71e775f74ce10e377dea85a7ea24ecd640b223ea86dfe453e0eaed2e2b2";

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_662_771_648 + seconds).unwrap()
    }

    #[test]
    fn what_telegram_has_signed_is_taken_while_it_is_fresh() {
        let init_data = InitData::of(TOKEN);
        for age in [-60, 0, 300] {
            assert_eq!(init_data.chat(DATA, at(age)), Some(ChatId(279_058_397)), "{age}");
        }
        for age in [-61, 301] {
            assert_eq!(init_data.chat(DATA, at(age)), None, "{age}");
        }
        assert_eq!(InitData::of("5768337691:another").chat(DATA, at(0)), None);
    }

    #[test]
    fn what_was_touched_is_not() {
        let init_data = InitData::of(TOKEN);
        let forged = [
            DATA.replace("279058397", "279058398"),
            DATA.replace("1662771648", "1662771649"),
            DATA.replace("hash=c", "hash=d"),
            DATA.split("&hash").next().unwrap().to_owned(),
            DATA.replace("query_id=AAHdF6IQAAAAAN0XohDhrOrc&", ""),
            format!("{DATA}&user=%7B%22id%22%3A1%7D"),
            format!("user=%7B%22id%22%3A279058397%7D&{DATA}"),
            format!("{DATA}&more=1"),
            String::new(),
            "hash=".to_owned(),
        ];
        for data in forged {
            assert_eq!(init_data.chat(&data, at(0)), None, "{data}");
        }
    }
}
