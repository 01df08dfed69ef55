//! Whether each part still moves, by the counter's clock: what `/readyz` answers from.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};

use crate::clock::Clock;

/// The last signs of life.
pub struct Pulse {
    clock: Clock,
    /// Whether the last transaction went through.
    database: AtomicBool,
    /// Until when intake is well without another sign, in milliseconds since 1970.
    intake_until: AtomicI64,
    /// When an effect was last tried, in milliseconds since 1970.
    effects_at: AtomicI64,
}

impl Pulse {
    pub(super) fn new(clock: Clock) -> Self {
        let now = clock.now().as_millisecond();
        Self { clock, database: AtomicBool::new(true), intake_until: AtomicI64::new(0), effects_at: AtomicI64::new(now) }
    }

    pub(super) fn database(&self, lets_write: bool) {
        self.database.store(lets_write, Ordering::Relaxed);
    }

    pub(super) fn effects_move(&self) {
        self.effects_at.store(self.clock.now().as_millisecond(), Ordering::Relaxed);
    }

    /// Intake is well, and gives another sign within this time if it stays so.
    pub fn intake_is_well_for(&self, time: SignedDuration) {
        self.intake_until.store((self.clock.now() + time).as_millisecond(), Ordering::Relaxed);
    }

    /// Intake is well and has nothing more to do for it: Telegram calls by itself, or another process polls.
    pub fn intake_is_settled(&self) {
        self.intake_until.store(i64::MAX, Ordering::Relaxed);
    }

    /// Whether the writer's last transaction went through.
    pub fn database_is_well(&self) -> bool {
        self.database.load(Ordering::Relaxed)
    }

    /// Whether intake has given the signs it promised.
    pub fn intake_is_well(&self) -> bool {
        self.clock.now().as_millisecond() <= self.intake_until.load(Ordering::Relaxed)
    }

    /// Whether an effect was tried since.
    pub fn effects_moved_since(&self, then: Timestamp) -> bool {
        self.effects_at.load(Ordering::Relaxed) >= then.as_millisecond()
    }
}
