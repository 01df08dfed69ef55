//! Time and randomness, handed in everywhere so that tests own them.
//! Nothing else in the crate asks the machine for the time or for random bytes (`clippy.toml` forbids it).

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use tokio::sync::watch;

/// Tells the time: the machine's, or one that a test or a transcript moves by hand. Clones share the same hands.
#[derive(Clone)]
pub struct Clock(Source);

#[derive(Clone)]
enum Source {
    /// Since when this process has used it.
    Machine(Instant),
    Hands(Arc<watch::Sender<Hands>>),
}

/// What a clock set by hand shows, and how much time has passed since it was made.
#[derive(Clone, Copy)]
struct Hands {
    now: Timestamp,
    passed: Duration,
}

impl Clock {
    /// The machine's clock.
    pub fn machine() -> Self {
        Self(Source::Machine(Instant::now()))
    }

    /// A clock that stands at `start` until [`Clock::advance`] moves it.
    pub fn by_hand(start: Timestamp) -> Self {
        Self(Source::Hands(Arc::new(watch::Sender::new(Hands { now: start, passed: Duration::ZERO }))))
    }

    /// The present time, to the millisecond (what the database keeps).
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the machine")]
    pub fn now(&self) -> Timestamp {
        let now = match &self.0 {
            Source::Machine(_) => Timestamp::now(),
            Source::Hands(hands) => hands.borrow().now,
        };
        Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
    }

    /// How long this clock has run, whatever it is set to meanwhile.
    pub fn running(&self) -> Duration {
        match &self.0 {
            Source::Machine(since) => since.elapsed(),
            Source::Hands(hands) => hands.borrow().passed,
        }
    }

    /// Lets time pass on a clock set by hand; the machine's clock stays as it is.
    pub fn advance(&self, by: SignedDuration) {
        self.turn(by, Duration::try_from(by).unwrap_or_default());
    }

    /// Sets a clock set by hand to another time, without any passing: it goes wrong, or right again. The machine's clock stays as it is.
    pub fn leap(&self, by: SignedDuration) {
        self.turn(by, Duration::ZERO);
    }

    fn turn(&self, by: SignedDuration, passing: Duration) {
        if let Source::Hands(hands) = &self.0 {
            hands.send_modify(|hands| {
                hands.now = hands.now.saturating_add(by).unwrap_or(hands.now);
                hands.passed = hands.passed.saturating_add(passing);
            });
        }
    }

    /// Returns once the clock shows `time` or later.
    pub async fn sleep_until(&self, time: Timestamp) {
        match &self.0 {
            Source::Machine(_) => {
                // A timer takes up to a millisecond even for no time at all.
                let wait = Duration::try_from(time.duration_since(self.now())).unwrap_or_default();
                if !wait.is_zero() {
                    tokio::time::sleep(wait).await;
                }
            }
            Source::Hands(hands) => {
                // The sender lives in `self`, so waiting cannot fail.
                let _ = hands.subscribe().wait_for(|hands| hands.now >= time).await;
            }
        }
    }
}

/// Random bytes: the operating system's seed in service, a fixed seed in tests. Clones share the generator.
#[derive(Clone)]
pub struct Random(Arc<Mutex<StdRng>>);

impl Random {
    /// Seeded by the operating system.
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the machine")]
    pub fn machine() -> Self {
        Self(Arc::new(Mutex::new(StdRng::from_rng(&mut rand::rng()))))
    }

    /// The same sequence for the same seed.
    pub fn seeded(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(StdRng::seed_from_u64(seed))))
    }

    /// `N` random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(&mut bytes);
        bytes
    }
}
