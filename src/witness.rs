//! Whether the clock may be believed where it decides over what is erased for good: by age, and after the policy's final date. A host
//! that boots with its clock years ahead must erase nothing. The witness is Telegram, whose answers and messages carry its own time;
//! where it says nothing, a clock is believed that has run steadily for a day.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::clock::Clock;

/// How far ahead of Telegram's time the clock may be: a message may have waited there for a day, and machines sleep.
pub const LEEWAY: SignedDuration = SignedDuration::from_hours(48);
/// How long a clock has to run without a jump to be believed without a witness.
pub const STEADY: SignedDuration = SignedDuration::from_hours(24);
/// How often the operator is reminded that erasing waits.
const REMIND_EVERY: Duration = Duration::from_hours(1);

/// What is to be thought of the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Belief {
    /// It is right, or behind, which erases nothing too early.
    Credible,
    /// It is far ahead of Telegram's time, which is this.
    Ahead(Timestamp),
    /// Nothing says yet whether it is right.
    Unknown,
}

/// The clock beside what Telegram has told of the time. Clones share it.
#[derive(Clone)]
pub struct Witness {
    clock: Clock,
    heard: Arc<Mutex<Heard>>,
}

/// A time, and how long this process had run when it was that time.
type Moment = (Timestamp, Duration);

struct Heard {
    /// Telegram's time, as it was told last.
    telegram: Option<Moment>,
    /// Since when the clock has not jumped.
    steady_since: Moment,
    reminded: Option<Duration>,
}

impl Witness {
    /// Nothing is heard yet.
    pub fn new(clock: Clock) -> Self {
        let steady_since = (clock.now(), clock.running());
        Self { clock, heard: Arc::new(Mutex::new(Heard { telegram: None, steady_since, reminded: None })) }
    }

    /// Telegram's server says what time it is.
    pub fn hears(&self, time: Timestamp) {
        let running = self.clock.running();
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).telegram = Some((time, running));
    }

    /// Telegram has taken a message in at this time: by now it is that late at least.
    pub fn hears_of_message(&self, time: Timestamp) {
        let running = self.clock.running();
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        if heard.telegram.is_none_or(|told| moved_on(told, running) < time) {
            heard.telegram = Some((time, running));
        }
    }

    /// What is to be thought of the clock while it shows `now`.
    pub fn belief(&self, now: Timestamp) -> Belief {
        let running = self.clock.running();
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        if now.duration_since(moved_on(heard.steady_since, running)).abs() > LEEWAY {
            heard.steady_since = (now, running);
        }
        match heard.telegram {
            Some(told) => {
                let telegram = moved_on(told, running);
                if now.duration_since(telegram) > LEEWAY { Belief::Ahead(telegram) } else { Belief::Credible }
            }
            None if running.saturating_sub(heard.steady_since.1) >= STEADY.unsigned_abs() => Belief::Credible,
            None => Belief::Unknown,
        }
    }

    /// Whether it is time to remind the operator that erasing waits.
    pub fn reminds(&self) -> bool {
        let running = self.clock.running();
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        let due = heard.reminded.is_none_or(|last| running.saturating_sub(last) >= REMIND_EVERY);
        if due {
            heard.reminded = Some(running);
        }
        due
    }
}

/// What time it is by now, if it was right then.
fn moved_on((time, then): Moment, running: Duration) -> Timestamp {
    let passed = SignedDuration::try_from(running.saturating_sub(then)).unwrap_or(SignedDuration::MAX);
    time.saturating_add(passed).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const YEARS: SignedDuration = SignedDuration::from_hours(10 * 365 * 24);

    fn clock() -> Clock {
        Clock::by_hand("2017-03-01T09:00:00Z".parse().unwrap())
    }

    #[test]
    fn a_clock_that_agrees_with_telegram_is_believed_however_long_telegram_is_silent() {
        let clock = clock();
        let witness = Witness::new(clock.clone());
        witness.hears(clock.now());
        assert_eq!(witness.belief(clock.now()), Belief::Credible);
        clock.advance(YEARS);
        assert_eq!(witness.belief(clock.now()), Belief::Credible);
        clock.leap(LEEWAY);
        assert_eq!(witness.belief(clock.now()), Belief::Credible);
        clock.leap(SignedDuration::from_secs(1));
        assert!(matches!(witness.belief(clock.now()), Belief::Ahead(_)));
        clock.leap(-YEARS);
        assert_eq!(witness.belief(clock.now()), Belief::Credible, "behind, which erases nothing too early");
    }

    #[test]
    fn a_clock_that_telegram_contradicts_is_never_believed_until_it_is_right() {
        let clock = clock();
        let right = clock.now();
        clock.leap(YEARS);
        let witness = Witness::new(clock.clone());
        witness.hears(right);
        assert_eq!(witness.belief(clock.now()), Belief::Ahead(right));
        clock.advance(STEADY * 30);
        assert_eq!(witness.belief(clock.now()), Belief::Ahead(right + STEADY * 30));
        clock.leap(-YEARS);
        assert_eq!(witness.belief(clock.now()), Belief::Credible);
        // What was told wrongly, as by a proxy, holds until the next answer.
        witness.hears(right + YEARS);
        witness.hears(right);
        clock.leap(YEARS);
        assert!(matches!(witness.belief(clock.now()), Belief::Ahead(_)));
    }

    #[test]
    fn a_message_tells_how_late_it_is_at_least() {
        let clock = clock();
        let witness = Witness::new(clock.clone());
        let message = clock.now();
        clock.leap(YEARS);
        witness.hears_of_message(message);
        assert_eq!(witness.belief(clock.now()), Belief::Ahead(message));
        witness.hears_of_message(message + YEARS - STEADY);
        assert_eq!(witness.belief(clock.now()), Belief::Credible);
        witness.hears_of_message(message);
        assert_eq!(witness.belief(clock.now()), Belief::Credible, "an older one says nothing new");
    }

    #[test]
    fn without_a_witness_a_clock_is_believed_that_has_not_jumped_for_a_day() {
        let clock = clock();
        let witness = Witness::new(clock.clone());
        clock.advance(STEADY - SignedDuration::from_secs(1));
        assert_eq!(witness.belief(clock.now()), Belief::Unknown);
        clock.leap(YEARS);
        assert_eq!(witness.belief(clock.now()), Belief::Unknown);
        clock.advance(STEADY - SignedDuration::from_secs(1));
        assert_eq!(witness.belief(clock.now()), Belief::Unknown, "it has jumped since");
        clock.advance(SignedDuration::from_secs(1));
        assert_eq!(witness.belief(clock.now()), Belief::Credible);
    }

    #[test]
    fn the_operator_is_reminded_once_an_hour() {
        let clock = clock();
        let witness = Witness::new(clock.clone());
        assert!(witness.reminds() && !witness.reminds());
        clock.leap(YEARS);
        assert!(!witness.reminds());
        clock.advance(SignedDuration::from_hours(1));
        assert!(witness.reminds());
    }
}
