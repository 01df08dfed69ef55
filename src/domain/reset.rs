//! The rules of a password reset: how long a link is good, how often one is mailed, and how many wrong answers a captcha takes.

use jiff::{SignedDuration, Timestamp};

use super::{AccountId, ChatId, Language, is_valid};

/// A mailed link is good for this long (OWASP Forgot Password: expire after an appropriate period).
pub const RESET_LINK_LENGTH: SignedDuration = SignedDuration::from_mins(30);
/// Mails about a reset that go to one address within an hour, at most.
pub const RESET_MAILS_AN_HOUR: i64 = 3;
/// How long to wait before a link is sent again.
pub const RESET_RESEND_WAIT: SignedDuration = SignedDuration::from_mins(1);
/// How long a link that is no longer good can still be told apart from one that never was.
pub const RESET_LINK_KEPT: SignedDuration = SignedDuration::from_hours(24);
/// Answers to a captcha before the reset begins again.
pub const CAPTCHA_TRIES: u8 = 3;

/// A link that was mailed, as the database keeps it: the link itself is nowhere, only the hash of its token.
#[derive(Clone, Debug)]
pub struct ResetLink {
    /// The hash of its token.
    pub token_hash: String,
    /// The account whose password it sets.
    pub account_id: AccountId,
    /// The chat it was asked for in.
    pub chat_id: ChatId,
    /// The Telegram account that asked, as the mail and the page name it.
    pub person: String,
    /// The language it was asked for in.
    pub language: Language,
    /// When it was made.
    pub issued_at: Timestamp,
    /// When it stops being good.
    pub expires_at: Timestamp,
    /// When a password was set with it.
    pub used_at: Option<Timestamp>,
    /// Whether a newer one has taken its place.
    pub void: bool,
}

/// How a link stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkState {
    /// A password can be set with it.
    Good,
    /// A password was set with it.
    Used,
    /// A newer one has taken its place.
    Void,
    /// It is too old.
    Expired,
}

impl ResetLink {
    /// Whether the chat that asked for it has been erased since; nothing can be done with it any more.
    pub fn is_forgotten(&self) -> bool {
        self.chat_id == ChatId(0)
    }

    /// How it stands at this time.
    pub fn state(&self, now: Timestamp) -> LinkState {
        match self.used_at {
            Some(_) => LinkState::Used,
            None if self.void => LinkState::Void,
            None if !is_valid(self.issued_at, self.expires_at, now) => LinkState::Expired,
            None => LinkState::Good,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_good_once_for_half_an_hour_until_a_newer_one() {
        let start = Timestamp::UNIX_EPOCH;
        let link = ResetLink {
            token_hash: String::new(),
            account_id: AccountId(1),
            chat_id: ChatId(1),
            person: String::new(),
            language: Language::Fr,
            issued_at: start,
            expires_at: start + RESET_LINK_LENGTH,
            used_at: None,
            void: false,
        };
        assert_eq!(link.state(start + SignedDuration::from_mins(29)), LinkState::Good);
        assert_eq!(link.state(start + RESET_LINK_LENGTH), LinkState::Expired);
        assert_eq!(link.state(start - SignedDuration::from_secs(61)), LinkState::Expired);
        for time in [start, start + RESET_LINK_LENGTH] {
            assert_eq!(ResetLink { void: true, ..link.clone() }.state(time), LinkState::Void);
        }
        assert_eq!(ResetLink { void: true, used_at: Some(start), ..link }.state(start), LinkState::Used);
    }
}
