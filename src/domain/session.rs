//! Sessions and one-time codes: how long each is good for.

use jiff::{SignedDuration, Timestamp};

use super::{AccountId, ChatId, SessionId};

/// A session ends after this long without an update from its chat (OWASP Session Management: idle timeout).
pub const SESSION_IDLE: SignedDuration = SignedDuration::from_mins(30);
/// How exactly it is kept when a session's chat was heard of last: a tap within this time of another needs no note of its own, and a
/// session may idle out so much early.
pub const SEEN_STEP: SignedDuration = SignedDuration::from_secs(10);
/// A session ends this long after it began, used or not (OWASP Session Management: absolute timeout).
pub const SESSION_LENGTH: SignedDuration = SignedDuration::from_hours(12);
/// A sensitive step wants a code entered less than this ago (OWASP Session Management: re-authentication before critical actions).
pub const PROOF_LENGTH: SignedDuration = SignedDuration::from_mins(10);
/// A one-time code is good for this long (NIST SP 800-63B, 3.1.3: at most 10 minutes).
pub const CODE_LENGTH: SignedDuration = SignedDuration::from_mins(10);
/// Wrong codes allowed before the code is void.
pub const CODE_TRIES: i64 = 5;
/// How often a code may be sent again.
pub const CODE_RESENDS: i64 = 3;
/// How long to wait before a code is sent again.
pub const CODE_RESEND_WAIT: SignedDuration = SignedDuration::from_mins(1);
/// How far a clock may be set back before what was issued under the later time stops working.
pub const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_secs(60);

/// Whether something issued at `issued` and good until `expiry` is good now. A clock set back by more than a minute
/// revives nothing: what was issued in the future is not good.
pub fn is_valid(issued: Timestamp, expiry: Timestamp, now: Timestamp) -> bool {
    issued.duration_since(now) <= CLOCK_TOLERANCE && now < expiry
}

/// The link between a chat and an account.
#[derive(Clone, Debug)]
pub struct Session {
    /// Its row.
    pub id: SessionId,
    /// The chat that signed in.
    pub chat_id: ChatId,
    /// The account it is signed in to.
    pub account_id: AccountId,
    /// When it began.
    pub started_at: Timestamp,
    /// When the holder proved last to be who they are.
    pub proven_at: Timestamp,
    /// The last update from the chat, to ten seconds.
    pub seen_at: Timestamp,
}

impl Session {
    /// Whether it is still good.
    pub fn is_live(&self, now: Timestamp) -> bool {
        is_valid(self.seen_at, self.seen_at + SESSION_IDLE, now) && is_valid(self.started_at, self.started_at + SESSION_LENGTH, now)
    }

    /// Notes that the chat was heard of; a session that is over stays so.
    pub fn hear_of(&mut self, now: Timestamp) {
        if self.is_live(now) && now.duration_since(self.seen_at).abs() >= SEEN_STEP {
            self.seen_at = now;
        }
    }

    /// Whether the proof is young enough for a sensitive step.
    pub fn is_freshly_proven(&self, now: Timestamp) -> bool {
        is_valid(self.proven_at, self.proven_at + PROOF_LENGTH, now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session() -> Session {
        let start = Timestamp::UNIX_EPOCH;
        Session { id: SessionId(1), chat_id: ChatId(1), account_id: AccountId(1), started_at: start, proven_at: start, seen_at: start }
    }

    #[test]
    fn a_session_idles_out_and_ends() {
        let mut session = session();
        let start = session.started_at;
        assert!(session.is_live(start + SignedDuration::from_mins(29)));
        assert!(!session.is_live(start + SESSION_IDLE));
        session.seen_at = start + SESSION_LENGTH - SignedDuration::from_mins(1);
        assert!(session.is_live(session.seen_at));
        assert!(!session.is_live(start + SESSION_LENGTH));
    }

    #[test]
    fn that_a_chat_was_heard_of_is_kept_to_ten_seconds_and_revives_nothing() {
        let mut session = session();
        let start = session.seen_at;
        for (heard, kept) in
            [(9, 0), (10, 10), (19, 10), (20, 20), (5, 5)].map(|(heard, kept)| (start + seconds(heard), start + seconds(kept)))
        {
            session.hear_of(heard);
            assert_eq!(session.seen_at, kept);
        }
        session.hear_of(session.seen_at + SESSION_IDLE);
        assert_eq!(session.seen_at, start + seconds(5));
    }

    fn seconds(seconds: i64) -> SignedDuration {
        SignedDuration::from_secs(seconds)
    }

    #[test]
    fn a_proof_grows_old_and_a_clock_set_back_makes_none_young() {
        let mut session = session();
        let start = session.started_at;
        assert!(session.is_freshly_proven(start + PROOF_LENGTH - SignedDuration::from_millis(1)));
        assert!(!session.is_freshly_proven(start + PROOF_LENGTH));
        session.proven_at = start + SignedDuration::from_mins(5);
        assert!(session.is_freshly_proven(start + PROOF_LENGTH));
        assert!(!session.is_freshly_proven(start));
    }

    #[test]
    fn a_clock_set_back_revives_nothing() {
        let session = session();
        assert!(session.is_live(session.started_at - SignedDuration::from_secs(60)));
        assert!(!session.is_live(session.started_at - SignedDuration::from_secs(61)));
    }
}
