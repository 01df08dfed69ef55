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

/// How often a limit lets something through, by what it is counted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// For one Telegram user.
    pub chat: Limit,
    /// For one address, whether it has an account or not.
    pub address: Option<Limit>,
    /// For one place on the web: an IPv4 address, or an IPv6 network of 64 bits.
    pub web: Option<Limit>,
}

/// A password entered on a sign-in page.
pub const PASSWORD_TRIES: Limits = Limits { chat: per_hour(10, 10), address: Some(per_hour(5, 4)), web: Some(per_hour(30, 30)) };
/// A code typed in a chat.
pub const CODE_TRIES_LIMITS: Limits = Limits { chat: per_hour(20, 30), address: None, web: None };
/// A code to be mailed.
pub const CODE_MAILS: Limits = Limits { chat: per_hour(10, 10), address: Some(per_hour(5, 5)), web: None };
/// A sign-in page to be made.
pub const SIGN_IN_PAGES: Limits = Limits { chat: per_hour(20, 30), address: None, web: None };
/// A link to set a new password with, to be mailed. Beyond this, no address gets more than [`super::RESET_MAILS_AN_HOUR`].
pub const RESET_MAILS: Limits = Limits { chat: per_hour(10, 10), address: Some(per_hour(5, 5)), web: None };
/// A captcha to be drawn.
pub const CAPTCHAS: Limits = Limits { chat: per_hour(20, 60), address: None, web: None };

const fn per_hour(burst: i32, times: i64) -> Limit {
    Limit { burst, period: SignedDuration::from_secs(3600 / times) }
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
