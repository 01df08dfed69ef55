//! How long things are kept that nobody needs any more. `/privacy` tells holders these very numbers.

use jiff::SignedDuration;

/// The ids of handled updates, and of those that failed: twice as long as Telegram keeps an update
/// (core.telegram.org/bots/api#getting-updates: 24 hours).
pub const UPDATES_KEPT: SignedDuration = SignedDuration::from_hours(48);
/// Ended sessions, for whoever looks into what happened.
pub const ENDED_SESSIONS_KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);
/// What could not be delivered: what kind of thing and why, without its content and without its chat.
pub const DEAD_LETTERS_KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);
/// Stored dialogues that no longer decoded.
pub const SET_ASIDE_KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);
/// A chat without a word from its holder, with everything that hangs on it.
pub const SILENT_CHATS_KEPT: SignedDuration = SignedDuration::from_hours(365 * 24);
/// How often a holder may ask for everything that is kept.
pub const DATA_REQUEST_WAIT: SignedDuration = SignedDuration::from_mins(1);

/// A duration in whole days, as holders are told it.
pub fn days(duration: SignedDuration) -> i64 {
    duration.as_hours() / 24
}
