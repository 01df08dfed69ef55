//! How many pages one place on the web may ask for. It guards the machine, not the accounts, so it is kept in memory alone.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::{ConnectInfo, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use governor::clock::Clock as _;
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter, clock};
use jiff::{SignedDuration, Timestamp};

use super::{Web, place};
use crate::clock::Clock;
use crate::watch::PAGES;

/// Pages a second that one place may ask for.
pub const PAGE_RATE: NonZeroU32 = NonZeroU32::new(2).unwrap();
/// How many seconds' worth it may ask for at once: a household, or an office behind one address.
const AT_ONCE: u32 = 30;
/// After how many requests places that have been quiet are forgotten.
const TIDY: u32 = 1000;

/// The limit, and what each place has used of it.
pub struct Pace {
    limiter: RateLimiter<String, HashMapStateStore<String>, Forward, NoOpMiddleware<Duration>>,
    asked: AtomicU32,
}

impl Pace {
    /// `rate` pages a second for each place, on this clock.
    pub fn new(rate: NonZeroU32, clock: Clock) -> Self {
        let at_once = NonZeroU32::new(rate.get().saturating_mul(AT_ONCE)).unwrap_or(rate);
        let limiter = RateLimiter::hashmap_with_clock(Quota::per_second(rate).allow_burst(at_once), Forward::new(clock));
        Self { limiter, asked: AtomicU32::new(0) }
    }

    /// How long a place has to wait, if it has asked for too many.
    fn ask(&self, place: &String) -> Result<(), Duration> {
        if self.asked.fetch_add(1, Ordering::Relaxed) % TIDY == TIDY - 1 {
            self.limiter.retain_recent();
        }
        self.limiter.check_key(place).map_err(|not_until| not_until.wait_time_from(self.limiter.clock().now()))
    }
}

/// Lets a request through, with the place it comes from at hand, or asks to wait.
pub(super) async fn keep(
    State(web): State<Arc<Web>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    mut request: Request,
    next: Next,
) -> Response {
    let place = place::of(peer, request.headers(), &web.trusted_proxies);
    if let Some(Err(wait)) = web.pace.as_ref().map(|pace| pace.ask(&place)) {
        web.watch.metrics.limited(PAGES);
        let until = web.clock.now() + SignedDuration::from_secs(i64::try_from(wait.as_secs()).unwrap_or(60) + 1);
        return web.limited(super::language_of(request.headers()), "/", until);
    }
    request.extensions_mut().insert(Place(place));
    next.run(request).await
}

/// The place on the web that a request comes from.
#[derive(Clone)]
pub(super) struct Place(pub(super) String);

/// Our clock as the limiter wants it: it stands still while the clock is set back, and goes on from there.
struct Forward {
    clock: Clock,
    hands: Mutex<(Timestamp, Duration)>,
}

impl Forward {
    fn new(clock: Clock) -> Self {
        let hands = Mutex::new((clock.now(), Duration::ZERO));
        Self { clock, hands }
    }
}

impl clock::Clock for Forward {
    type Instant = Duration;

    fn now(&self) -> Duration {
        let now = self.clock.now();
        let mut hands = self.hands.lock().unwrap_or_else(PoisonError::into_inner);
        let passed = Duration::try_from(now.duration_since(hands.0)).unwrap_or_default();
        *hands = (now, hands.1 + passed);
        hands.1
    }
}

impl Clone for Forward {
    fn clone(&self) -> Self {
        let hands = Mutex::new(*self.hands.lock().unwrap_or_else(PoisonError::into_inner));
        Self { clock: self.clock.clone(), hands }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_gets_so_many_at_once_and_the_next_in_time_whatever_the_clock_does() {
        let clock = Clock::by_hand(Timestamp::UNIX_EPOCH + SignedDuration::from_hours(1));
        let pace = Pace::new(PAGE_RATE, clock.clone());
        let (one, other) = ("192.0.2.1".to_owned(), "192.0.2.2".to_owned());
        for _ in 0..PAGE_RATE.get() * AT_ONCE {
            pace.ask(&one).unwrap();
        }
        assert!(pace.ask(&one).is_err_and(|wait| wait <= Duration::from_millis(500)));
        pace.ask(&other).expect("another place is not held up");
        clock.leap(SignedDuration::from_mins(-30));
        assert!(pace.ask(&one).is_err());
        clock.advance(SignedDuration::from_secs(1));
        assert!(pace.ask(&one).is_ok() && pace.ask(&one).is_ok() && pace.ask(&one).is_err());
    }
}
