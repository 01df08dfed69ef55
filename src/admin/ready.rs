//! `/readyz`: whether database, intake and effects move, a line each.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use jiff::{SignedDuration, Timestamp};

use super::{Admin, PATIENCE};
use crate::store::{StoreError, gauge};

/// How long an effect that is due may wait while no other is tried.
const STANDSTILL: SignedDuration = SignedDuration::from_secs(60);

/// 200 if all is well, else 503.
pub(super) async fn answer(State(admin): State<Arc<Admin>>) -> (StatusCode, String) {
    let now = admin.clock.now();
    let due = tokio::time::timeout(PATIENCE, admin.longest_due()).await.ok().and_then(Result::ok);
    let faults = [
        ("process", admin.stop.is_cancelled().then_some("is stopping")),
        ("database", admin.of_database(due.is_some())),
        ("intake", (!admin.watch.pulse.intake_is_well()).then_some("has had no answer from Telegram for too long; the log says why")),
        ("effects", admin.of_effects(due, now)),
    ];
    let status = if faults.iter().all(|(_, fault)| fault.is_none()) { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, faults.iter().map(|(part, fault)| format!("{part} {}\n", fault.unwrap_or("ok"))).collect())
}

impl Admin {
    async fn longest_due(&self) -> Result<Option<Timestamp>, StoreError> {
        gauge::longest_due(&mut self.db.conn().await?, self.replica.number()).await
    }

    fn of_database(&self, answers: bool) -> Option<&'static str> {
        match (answers, self.watch.pulse.database_is_well()) {
            (false, _) => Some("does not answer; check that it runs and can be reached"),
            (true, false) => Some("cannot be written: busy, full or locked; the log says which"),
            (true, true) => None,
        }
    }

    /// What waits for Telegram's own delay, or for its turn while others are tried, is not at a standstill.
    fn of_effects(&self, due: Option<Option<Timestamp>>, now: Timestamp) -> Option<&'static str> {
        let Some(due) = due else { return Some("unknown; the database has to answer first") };
        let told_to_wait = self.lanes.told_to_wait_until().is_some_and(|until| until > now);
        let overdue = due.is_some_and(|due| now.duration_since(due) > STANDSTILL);
        let stands_still = overdue && !told_to_wait && !self.watch.pulse.effects_moved_since(now - STANDSTILL);
        stands_still.then_some("have waited for more than a minute, and none is tried; the log says why")
    }
}
