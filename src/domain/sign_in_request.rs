//! The link to the page on which a holder signs in with the password: how long it is good, and what becomes of it.

use jiff::{SignedDuration, Timestamp};

use super::{AccountId, CODE_LENGTH, CODE_TRIES, ChatId, Language, is_valid};

/// A link to the sign-in page is good for this long, as is the code that the page shows (NIST SP 800-63B, 3.1.3: at most 10 minutes).
pub const SIGN_IN_LINK_LENGTH: SignedDuration = SignedDuration::from_mins(10);

/// A link that a chat has asked for, as the database keeps it: the link itself is nowhere, only the hash of its token.
#[derive(Clone, Debug)]
pub struct SignInRequest {
    /// What link and code are derived from, besides the key.
    pub nonce: String,
    /// The hash of its token.
    pub token_hash: String,
    /// The chat that asked: the code works nowhere else.
    pub chat_id: ChatId,
    /// The Telegram account that asked, as the page names it.
    pub person: String,
    /// The language it was asked for in.
    pub language: Language,
    /// When it was made.
    pub issued_at: Timestamp,
    /// When it stops being good.
    pub expires_at: Timestamp,
    /// The account whose password was entered, and when.
    pub proven: Option<(AccountId, Timestamp)>,
    /// How many wrong codes were entered in the chat.
    pub tries: i64,
    /// Whether the chat was signed in with it.
    pub used: bool,
}

impl SignInRequest {
    /// Whether a password may be entered on its page: once right is enough, and the code that it would show must be good for something.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.proven.is_none() && !self.used && self.tries < CODE_TRIES && is_valid(self.issued_at, self.expires_at, now)
    }

    /// The account that its code signs the chat in to, if the code is good now.
    pub fn account(&self, now: Timestamp) -> Option<AccountId> {
        let (account, proven_at) = self.proven?;
        let good = !self.used && self.tries < CODE_TRIES && is_valid(proven_at, proven_at + CODE_LENGTH, now);
        good.then_some(account)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> SignInRequest {
        let start = Timestamp::UNIX_EPOCH;
        SignInRequest {
            nonce: String::new(),
            token_hash: String::new(),
            chat_id: ChatId(1),
            person: String::new(),
            language: Language::Fr,
            issued_at: start,
            expires_at: start + SIGN_IN_LINK_LENGTH,
            proven: None,
            tries: 0,
            used: false,
        }
    }

    #[test]
    fn a_link_is_open_for_ten_minutes_until_the_password_was_right() {
        let (start, minute) = (Timestamp::UNIX_EPOCH, SignedDuration::from_mins(1));
        assert!(request().is_open(start + 9 * minute));
        assert!(!request().is_open(start + 10 * minute));
        assert!(!request().is_open(start - 2 * minute), "a clock set back revives nothing");
        assert!(!SignInRequest { proven: Some((AccountId(1), start)), ..request() }.is_open(start));
        assert!(!SignInRequest { used: true, ..request() }.is_open(start));
        assert!(!SignInRequest { tries: CODE_TRIES, ..request() }.is_open(start), "its code could not be entered any more");
    }

    #[test]
    fn its_code_is_good_once_for_ten_minutes_and_five_tries() {
        let (proven_at, minute) = (Timestamp::UNIX_EPOCH + SignedDuration::from_mins(9), SignedDuration::from_mins(1));
        let proven = || SignInRequest { proven: Some((AccountId(7), proven_at)), ..request() };
        assert_eq!(request().account(proven_at), None);
        assert_eq!(proven().account(proven_at + 9 * minute), Some(AccountId(7)));
        assert_eq!(proven().account(proven_at + 10 * minute), None);
        assert_eq!(proven().account(proven_at - 2 * minute), None);
        assert_eq!(SignInRequest { tries: CODE_TRIES, ..proven() }.account(proven_at), None);
        assert_eq!(SignInRequest { used: true, ..proven() }.account(proven_at), None);
    }
}
