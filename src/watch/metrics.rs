//! The numbers, in Prometheus' text form. Label values come from lists of ours alone: flows, kinds, outcomes.

use std::fmt::Error;
use std::time::Duration;

use prometheus_client::encoding::{EncodeLabelSet, prometheus_text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

use super::{NO_FLOW, Refusal, TurnOutcome};
use crate::dialogue::Dialogue;
use crate::domain::Limited;

/// From a turn on a fast disk to what a holder takes for a standstill, in seconds.
const TIMES: [f64; 13] = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0];
/// Jobs in a transaction, up to the most there may be.
const SIZES: [f64; 8] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0];

/// The name by which pages are counted that one place on the web has asked for too many of.
pub const PAGES: &str = "pages";

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct OfTurn {
    flow: &'static str,
    outcome: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct OfEffect {
    kind: &'static str,
    outcome: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct OfMail {
    letter: &'static str,
    outcome: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct OfRequest {
    reason: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct OfKind {
    kind: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct OfLimit {
    what: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct OfBuild {
    version: &'static str,
}

/// What is counted while the counter works.
pub struct Metrics {
    turns: Family<OfTurn, Counter>,
    turn_time: Histogram,
    batch_size: Histogram,
    batch_time: Histogram,
    refused: Counter,
    turned_away: Family<OfRequest, Counter>,
    limited: Family<OfLimit, Counter>,
    effects: Family<OfEffect, Counter>,
    retries: Family<OfKind, Counter>,
    mails: Family<OfMail, Counter>,
    database_failures: Counter,
    registry: Registry,
}

/// What stands in the database when it is asked; `None` where it does not answer.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stored {
    /// Effects that wait, those that are under way included.
    pub waiting: Option<i64>,
    /// Seconds that the oldest of them has waited.
    pub oldest: Option<i64>,
    /// Effects that were given up.
    pub dead_letters: Option<i64>,
    /// Chats that are signed in.
    pub sessions: Option<i64>,
    /// Stored dialogues that no longer decoded.
    pub set_aside_dialogues: Option<i64>,
}

impl Metrics {
    pub(super) fn new(too_many_requests: Counter) -> Self {
        let mut metrics = Self {
            turns: Family::default(),
            turn_time: Histogram::new(TIMES),
            batch_size: Histogram::new(SIZES),
            batch_time: Histogram::new(TIMES),
            refused: Counter::default(),
            turned_away: Family::default(),
            limited: Family::default(),
            effects: Family::default(),
            retries: Family::default(),
            mails: Family::default(),
            database_failures: Counter::default(),
            registry: Registry::with_prefix("guichet"),
        };
        metrics.register(too_many_requests);
        // What never happened reads zero, so that its first time shows.
        for flow in Dialogue::FLOWS.into_iter().chain([NO_FLOW]) {
            for outcome in TurnOutcome::ALL {
                drop(metrics.turns.get_or_create(&OfTurn { flow, outcome: outcome.name() }));
            }
        }
        for what in Limited::ALL.map(Limited::name).into_iter().chain([PAGES]) {
            drop(metrics.limited.get_or_create(&OfLimit { what }));
        }
        metrics
    }

    fn register(&mut self, too_many_requests: Counter) {
        let registry = &mut self.registry;
        registry.register("build", "The version that runs", Info::new(OfBuild { version: env!("CARGO_PKG_VERSION") }));
        registry.register("turns", "Updates whose turn has committed, by the flow they led to and what became of them", self.turns.clone());
        registry.register(
            "turn_duration_seconds",
            "From an update's arrival at the writer to its commit, which it shares with what waits beside it; sending the answer not included",
            self.turn_time.clone(),
        );
        registry.register("batch_jobs", "Jobs that shared a transaction", self.batch_size.clone());
        registry.register("batch_duration_seconds", "A transaction from routing its updates to its commit", self.batch_time.clone());
        registry.register("updates_refused", "Updates that did not parse and were passed over", self.refused.clone());
        let help = "Requests to the webhook that were not taken: strangers', unreadable ones, and those not committed in time";
        registry.register("webhook_refused", help, self.turned_away.clone());
        let help = "What holders and strangers were asked to wait with, because it was tried or asked for too often";
        registry.register("limited", help, self.limited.clone());
        registry.register("effects", "Effects that are through, by kind and what became of them", self.effects.clone());
        registry.register("effect_retries", "Tries of effects that failed and are made again", self.retries.clone());
        registry.register(
            "mails",
            "Mails by letter and what became of them; a failed try that is made again counts as retried",
            self.mails.clone(),
        );
        registry.register("telegram_too_many_requests", "Calls that Telegram answered with 429", too_many_requests);
        registry.register("database_failures", "Times that the database did not let the writer write", self.database_failures.clone());
    }

    pub(super) fn turn(&self, flow: &'static str, outcome: &'static str) {
        self.turns.get_or_create(&OfTurn { flow, outcome }).inc();
    }

    pub(super) fn settled(&self, took: Duration) {
        self.turn_time.observe(took.as_secs_f64());
    }

    pub(super) fn batch(&self, jobs: usize, took: Duration) {
        self.batch_size.observe(f64::from(u32::try_from(jobs).unwrap_or(u32::MAX)));
        self.batch_time.observe(took.as_secs_f64());
    }

    pub(super) fn database_failed(&self) {
        self.database_failures.inc();
    }

    /// An update did not parse.
    pub fn refused(&self) {
        self.refused.inc();
    }

    /// A request to the webhook was not taken.
    pub fn turned_away(&self, reason: Refusal) {
        self.turned_away.get_or_create(&OfRequest { reason: reason.name() }).inc();
    }

    /// Somebody has to wait with what was tried or asked for too often: one of [`Limited`], or [`PAGES`].
    pub fn limited(&self, what: &'static str) {
        self.limited.get_or_create(&OfLimit { what }).inc();
    }

    /// What became of an effect, or of one try of it.
    pub fn effect(&self, kind: &'static str, outcome: &'static str) {
        if let Some(letter) = kind.strip_prefix("mail_") {
            self.mails.get_or_create(&OfMail { letter, outcome }).inc();
        }
        if outcome == "retried" {
            self.retries.get_or_create(&OfKind { kind }).inc();
        } else {
            self.effects.get_or_create(&OfEffect { kind, outcome }).inc();
        }
    }

    /// Screens that a newer one has replaced before they were sent.
    pub fn superseded(&self, screens: usize) {
        if screens > 0 {
            let labels = OfEffect { kind: "show", outcome: "superseded" };
            self.effects.get_or_create(&labels).inc_by(u64::try_from(screens).unwrap_or(u64::MAX));
        }
    }

    /// All of it in Prometheus' text form (prometheus.io/docs/instrumenting/exposition_formats), with what stands in the database.
    pub fn written(&self, stored: &Stored) -> Result<String, Error> {
        let mut text = String::new();
        prometheus_text::encode(&mut text, &self.registry)?;
        prometheus_text::encode(&mut text, &stored.registry())?;
        Ok(text)
    }
}

impl Stored {
    /// What the database did not tell is left out, for yesterday's number would be taken for today's.
    fn registry(&self) -> Registry {
        let gauges = [
            ("effects_waiting", "Effects that are not through yet", self.waiting),
            ("effects_oldest_age_seconds", "How long the oldest of the waiting effects has waited", self.oldest),
            ("dead_letters", "Effects that were given up in the last 90 days", self.dead_letters),
            ("sessions_open", "Chats that are signed in", self.sessions),
            ("set_aside_dialogues", "Stored dialogues that no longer decoded, of the last 30 days", self.set_aside_dialogues),
        ];
        let mut registry = Registry::with_prefix("guichet");
        let answers = gauges.iter().all(|(_, _, value)| value.is_some());
        registry.register("database_up", "1 if the database told all that was asked of it, else 0", ConstGauge::new(i64::from(answers)));
        for (name, help, value) in gauges {
            if let Some(value) = value {
                registry.register(name, help, ConstGauge::new(value));
            }
        }
        registry
    }
}
