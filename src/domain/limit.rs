//! Limits that slow and never lock: the generic cell rate algorithm, kept as one time per bucket. So much may be done at once, then
//! one more each period; whoever waits gets on (OWASP Authentication: account lockout; NIST SP 800-63B, 3.2.2: rate limiting).

use jiff::{SignedDuration, Timestamp};

/// How often something may be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// How often at once.
    burst: i32,
    /// How long until once more.
    period: SignedDuration,
}

/// How often something is let through, by what it is counted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// For one Telegram user.
    pub chat: Limit,
    /// For one address, whether it has an account or not.
    pub address: Option<OfAddress>,
    /// For one place on the web: an IPv4 address, or an IPv6 network of 64 bits.
    pub web: Option<Limit>,
}

/// How often something is let through for one address. A Telegram user that the address does not know yet draws on a small limit of its
/// own, under a larger one that all such share: the first keeps one user, or a few, from keeping out a holder who has never signed in
/// here; the second bounds what any number of them can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OfAddress {
    /// For a Telegram user who was signed in to the address's account before, and who draws on no other.
    pub known: Limit,
    /// For any other Telegram user.
    pub stranger: Limit,
    /// For all other Telegram users together.
    pub strangers: Limit,
}

/// What is limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Limited {
    /// A password entered on a sign-in page.
    Passwords,
    /// A code typed in a chat.
    Codes,
    /// A code to be mailed.
    CodeMails,
    /// A sign-in page to be made.
    SignInPages,
    /// A link to set a new password with, to be mailed.
    ResetMails,
    /// A captcha to be drawn.
    Captchas,
}

/// Six strangers that keep at it use up what they share. No account meets more of their guesses than 100 on the first day (NIST SP 800-63B,
/// 3.2.2, has a verifier allow no more in a row) and 72 on any other: ten thousand take 138 days, and an imported password may be weak.
const PASSWORDS: OfAddress =
    OfAddress { known: per_hour(5, 4), stranger: Limit::new(5, SignedDuration::from_hours(2)), strangers: per_hour(28, 3) };
/// Eight strangers that keep at it use up what they share. Each code allows [`super::CODE_TRIES`] of 10⁸ guesses: the chance is 1 in
/// 86,000 on the first day and 1 in 104,000 on any other; ten thousand guesses take ten days and find the code once in 10,000 times.
const CODES_BY_MAIL: OfAddress = OfAddress { known: per_hour(5, 5), stranger: per_hour(5, 1), strangers: per_hour(40, 8) };
/// Beyond this, no address gets more than [`super::RESET_MAILS_AN_HOUR`]: one stranger may use that up in the first two hours, and leaves
/// two in every other. There is nothing to guess.
const LINKS_BY_MAIL: OfAddress = OfAddress { known: per_hour(5, 5), stranger: per_hour(5, 1), strangers: per_hour(40, 8) };

const fn per_hour(burst: i32, times: i64) -> Limit {
    Limit { burst, period: SignedDuration::from_secs(3600 / times) }
}

impl Limited {
    /// Each of them.
    pub const ALL: [Self; 6] = [Self::Passwords, Self::Codes, Self::CodeMails, Self::SignInPages, Self::ResetMails, Self::Captchas];

    /// The name it is counted by.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Passwords => "passwords",
            Self::Codes => "codes",
            Self::CodeMails => "code_mails",
            Self::SignInPages => "sign_in_pages",
            Self::ResetMails => "reset_mails",
            Self::Captchas => "captchas",
        }
    }

    /// How often it is let through.
    pub const fn limits(self) -> Limits {
        let (chat, address, web) = match self {
            Self::Passwords => (per_hour(10, 10), Some(PASSWORDS), Some(per_hour(30, 30))),
            Self::Codes | Self::SignInPages => (per_hour(20, 30), None, None),
            Self::CodeMails => (per_hour(10, 10), Some(CODES_BY_MAIL), None),
            Self::ResetMails => (per_hour(10, 10), Some(LINKS_BY_MAIL), None),
            Self::Captchas => (per_hour(20, 60), None, None),
        };
        Limits { chat, address, web }
    }
}

impl Limit {
    /// A limit that lets `burst` through at once, and one more each `period`.
    pub const fn new(burst: i32, period: SignedDuration) -> Self {
        Self { burst, period }
    }

    /// When a bucket that is whole at `whole_at` will be whole once this is let through now; or the time from which it will be.
    pub fn take(self, whole_at: Timestamp, now: Timestamp) -> Result<Timestamp, Timestamp> {
        let after = whole_at.clamp(now, now + self.width()) + self.period;
        let room_from = after - self.width();
        if room_from <= now { Ok(after) } else { Err(room_from) }
    }

    /// When a bucket is whole that was to be so at `whole_at` as it stood at `seen_at`. Since a clock that was set back, no time has
    /// passed for it; and no bucket is ever further from whole than an empty one.
    pub fn since(self, whole_at: Timestamp, seen_at: Timestamp, now: Timestamp) -> Timestamp {
        let set_back = seen_at.duration_since(now).max(SignedDuration::ZERO);
        whole_at.saturating_sub(set_back).unwrap_or(now).clamp(now, now + self.width())
    }

    /// How long an empty bucket needs to be whole.
    fn width(self) -> SignedDuration {
        self.period * self.burst
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const START: Timestamp = Timestamp::UNIX_EPOCH;
    const LIMIT: Limit = per_hour(5, 4);

    fn minutes(minutes: i64) -> SignedDuration {
        SignedDuration::from_mins(minutes)
    }

    #[test]
    fn so_much_at_once_then_one_each_period() {
        let mut whole_at = START;
        for _ in 0..5 {
            whole_at = LIMIT.take(whole_at, START).unwrap();
        }
        assert_eq!(LIMIT.take(whole_at, START), Err(START + minutes(15)));
        whole_at = LIMIT.take(whole_at, START + minutes(15)).unwrap();
        assert_eq!(LIMIT.take(whole_at, START + minutes(16)), Err(START + minutes(30)));
        // Left alone it is whole again.
        let later = START + minutes(1000);
        assert_eq!(LIMIT.take(whole_at, later), Ok(later + minutes(15)));
    }

    #[test]
    fn a_clock_set_back_gives_nothing_away_and_keeps_nobody_out_for_longer() {
        let year = minutes(365 * 24 * 60);
        // Three of five were taken under the later time.
        let mut whole_at = LIMIT.since(START + year + minutes(45), START + year, START);
        assert_eq!(whole_at, START + minutes(45));
        for _ in 0..2 {
            whole_at = LIMIT.take(whole_at, START).unwrap();
        }
        assert_eq!(LIMIT.take(whole_at, START), Err(START + minutes(15)));
        // Whatever stands there, an empty bucket is the worst.
        let worst = LIMIT.since(START + year, START, START);
        assert_eq!(LIMIT.take(worst, START), Err(START + minutes(15)));
        assert_eq!(LIMIT.since(START, START + year, START), START);
    }

    proptest! {
        /// Whatever the steps of the clock forward, no more is let through than the burst and one each period.
        #[test]
        fn never_more_than_it_says(steps in prop::collection::vec(0..40_i64, 1..200)) {
            let (mut now, mut whole_at, mut through) = (START, START, 0);
            for step in steps {
                now += minutes(step);
                if let Ok(after) = LIMIT.take(whole_at, now) {
                    (whole_at, through) = (after, through + 1);
                }
            }
            prop_assert!(through <= 5 + now.duration_since(START).as_mins() / 15);
        }
    }
}
