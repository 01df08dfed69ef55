//! How long things are kept that nobody needs any more: by the policy, within bounds. `/privacy` tells holders these very numbers.

use jiff::SignedDuration;
use serde::de::{Deserialize, Deserializer, Error as _};

/// The ids of handled updates, and of those that failed: twice as long as Telegram keeps an update
/// (core.telegram.org/bots/api#getting-updates: 24 hours).
pub const UPDATES_KEPT: SignedDuration = SignedDuration::from_hours(48);
/// How often a holder may ask for everything that is kept.
pub const DATA_REQUEST_WAIT: SignedDuration = SignedDuration::from_mins(1);

/// The ages of the policy's table `[retention]`, each in days there; what is left out is as the counter ships.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Retention {
    /// Ended sessions, for whoever looks into what happened: 1 to 365 days.
    #[serde(rename = "ended_sessions_days", deserialize_with = "up_to_a_year")]
    pub ended_sessions: SignedDuration,
    /// What could not be delivered: what kind of thing and why, without its content and without its chat: 1 to 365 days.
    #[serde(rename = "dead_letters_days", deserialize_with = "up_to_a_year")]
    pub dead_letters: SignedDuration,
    /// Stored dialogues that no longer decoded: 1 to 365 days.
    #[serde(rename = "set_aside_dialogues_days", deserialize_with = "up_to_a_year")]
    pub set_aside_dialogues: SignedDuration,
    /// A chat without a word from its holder, with everything that hangs on it: 30 days to five years.
    #[serde(rename = "silent_chats_days", deserialize_with = "a_month_to_five_years")]
    pub silent_chats: SignedDuration,
    /// What was done on accounts, as the audit keeps it: one to ten years. As shipped five, as long as the European Union has payment
    /// services keep their records after a business relationship (Directive (EU) 2015/849, article 40).
    #[serde(rename = "audit_days", deserialize_with = "one_to_ten_years")]
    pub audit: SignedDuration,
}

impl Default for Retention {
    fn default() -> Self {
        let days = |days: i64| SignedDuration::from_hours(24 * days);
        Self {
            ended_sessions: days(30),
            dead_letters: days(90),
            set_aside_dialogues: days(30),
            silent_chats: days(365),
            audit: days(5 * 365 + 1),
        }
    }
}

/// A duration in whole days, as holders are told it.
pub fn days(duration: SignedDuration) -> i64 {
    duration.as_hours() / 24
}

fn up_to_a_year<'de, D: Deserializer<'de>>(input: D) -> Result<SignedDuration, D::Error> {
    between(input, 1, 365)
}

fn a_month_to_five_years<'de, D: Deserializer<'de>>(input: D) -> Result<SignedDuration, D::Error> {
    between(input, 30, 1826)
}

fn one_to_ten_years<'de, D: Deserializer<'de>>(input: D) -> Result<SignedDuration, D::Error> {
    between(input, 365, 3653)
}

fn between<'de, D: Deserializer<'de>>(input: D, least: i64, most: i64) -> Result<SignedDuration, D::Error> {
    let wrong = || D::Error::custom(format!("not a number of days between {least} and {most}"));
    let days = i64::deserialize(input).map_err(|_| wrong())?;
    if (least..=most).contains(&days) { Ok(SignedDuration::from_hours(24 * days)) } else { Err(wrong()) }
}
