//! What the parts of the counter tell of themselves while they work, for whoever watches over it: numbers (`metrics`), and
//! whether each part still moves (`pulse`). What is told is kinds and counts, never anything of a holder's.

mod metrics;
mod pulse;

use std::ops::Range;
use std::time::{Duration, Instant};

use prometheus_client::metrics::counter::Counter;

use crate::clock::Clock;
use crate::effects::{Due, Outcome};
pub use metrics::{Metrics, PAGES, Stored};
pub use pulse::Pulse;

/// The flow of an update that moves no dialogue.
const NO_FLOW: &str = "none";

/// What became of an update.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TurnOutcome {
    /// It was handled.
    Handled,
    /// It had been handled before.
    Duplicate,
    /// It could not be handled, and its holder was told so.
    GivenUp,
    /// It is none of the counter's business, or its holder could not even be told.
    PassedOver,
}

impl TurnOutcome {
    /// Each of them.
    pub const ALL: [Self; 4] = [Self::Handled, Self::Duplicate, Self::GivenUp, Self::PassedOver];

    /// The name it is counted by.
    pub fn name(self) -> &'static str {
        match self {
            Self::Handled => "handled",
            Self::Duplicate => "duplicate",
            Self::GivenUp => "given_up",
            Self::PassedOver => "passed_over",
        }
    }
}

/// Why a request to the webhook was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It came without the secret, or with a wrong one.
    Stranger,
    /// Its body is no update.
    Unreadable,
    /// It was not committed in time; Telegram delivers it again.
    Late,
}

impl Refusal {
    /// The name it is counted by.
    pub fn name(self) -> &'static str {
        match self {
            Self::Stranger => "stranger",
            Self::Unreadable => "unreadable",
            Self::Late => "late",
        }
    }
}

/// A turn as it is told of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turned {
    /// The id of its update, which is the turn's id in the log.
    pub update: i64,
    /// The flow that the dialogue went to, if it has one; of an update that was given up, the one it was in.
    pub flow: Option<&'static str>,
    /// What became of it.
    pub outcome: TurnOutcome,
    /// The places of its effects among those of its batch.
    pub effects: Range<usize>,
}

/// Where the parts tell of themselves.
pub struct Watch {
    /// The numbers.
    pub metrics: Metrics,
    /// Whether the parts still move.
    pub pulse: Pulse,
}

impl Watch {
    /// Nothing has been told yet. `too_many_requests` counts what Telegram answers with 429.
    pub fn new(clock: Clock, too_many_requests: Counter) -> Self {
        Self { metrics: Metrics::new(too_many_requests), pulse: Pulse::new(clock) }
    }

    /// A transaction of so many jobs has committed, this long after it was begun, with these turns and effects.
    pub fn committed(&self, jobs: usize, turns: &[Turned], effects: &[Due], took: Duration) {
        self.pulse.database(true);
        self.metrics.batch(jobs, took);
        for Turned { update, flow, outcome, effects: places } in turns {
            let (flow, outcome) = (flow.unwrap_or(NO_FLOW), outcome.name());
            self.metrics.turn(flow, outcome);
            if tracing::enabled!(tracing::Level::DEBUG) {
                let left: Vec<i64> = effects.get(places.clone()).unwrap_or_default().iter().map(|effect| effect.id).collect();
                tracing::debug!(turn = update, flow, outcome, ms = took.as_millis(), effects = ?left, "a turn has committed");
            }
        }
    }

    /// The database did not let the writer write; it is tried again until it does.
    pub fn database_failed(&self) {
        self.pulse.database(false);
        self.metrics.database_failed();
    }

    /// An update that was handed in at `since` has committed.
    pub fn settled(&self, since: Instant) {
        self.metrics.settled(since.elapsed());
    }

    /// An effect was tried once; `last` says whether it is given up now if it may only work later.
    pub fn tried(&self, row: i64, kind: &'static str, outcome: &Outcome, last: bool) {
        self.pulse.effects_move();
        let outcome = match outcome {
            Outcome::Done(_) => "done",
            Outcome::Blocked => "blocked",
            Outcome::Later(..) if !last => "retried",
            Outcome::Later(..) | Outcome::Never(_) => "dead",
        };
        tracing::debug!(effect = row, kind, outcome, "an effect was tried");
        self.metrics.effect(kind, outcome);
    }
}
