//! Long polling: an update is acknowledged, by asking for the next, only after its turn has committed.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use serde_json::value::RawValue;
use teloxide::payloads::{GetUpdates, GetUpdatesSetters};
use tokio_util::sync::CancellationToken;

use super::api::{Api, ApiError};
use super::incoming;
use super::schema::allowed_updates;
use super::writer::{Stopped, Writer};
use crate::watch::Watch;

/// Seconds that Telegram holds a poll open while there is nothing to deliver.
const HOLD: u32 = 25;
/// How long intake is well without an answer: a poll that is held, and a call's time-out.
const ANSWERED_WITHIN: SignedDuration = SignedDuration::from_secs(HOLD as i64 + 15);
/// Updates in one answer at most (core.telegram.org/bots/api#getupdates).
const LIMIT: u8 = 100;

/// Brings updates in.
pub struct Poller {
    /// Telegram.
    pub api: Api,
    /// Where updates are handled.
    pub writer: Writer,
    /// Whether the last process was killed: the updates it left behind are then handled one by one.
    pub careful: bool,
    /// Where signs of life are given.
    pub watch: Arc<Watch>,
}

impl Poller {
    /// Polls until told to stop; then acknowledges what was handled.
    pub async fn run(&mut self, stop: CancellationToken) {
        let mut offset = 0;
        let mut wait = Duration::from_millis(500);
        self.watch.pulse.intake_is_well_for(ANSWERED_WITHIN);
        loop {
            let question = poll(offset, HOLD);
            let asked = tokio::select! {
                () = stop.cancelled() => break,
                asked = self.api.updates(&question) => asked,
            };
            match asked {
                Ok(updates) => {
                    self.watch.pulse.intake_is_well_for(ANSWERED_WITHIN);
                    wait = Duration::from_millis(500);
                    let full = updates.len() == usize::from(LIMIT);
                    match self.take(&updates).await {
                        Ok(next) => offset = next.unwrap_or(offset),
                        Err(Stopped) => return,
                    }
                    self.careful &= full;
                }
                Err(error) => {
                    let pause = self.pause(&error, &mut wait);
                    tokio::select! { () = stop.cancelled() => break, () = tokio::time::sleep(pause) => {} }
                }
            }
        }
        // The last batch is handled; Telegram need not deliver it again.
        let acknowledge = poll(offset, 0).limit(1);
        let _ = tokio::time::timeout(Duration::from_secs(3), self.api.updates(&acknowledge)).await;
    }

    /// Has every update handled; the offset that acknowledges them.
    async fn take(&self, updates: &[Box<RawValue>]) -> Result<Option<i32>, Stopped> {
        let mut taken = Vec::new();
        let mut next = None;
        for raw in updates {
            let Some(delivered) = incoming::read(raw.get()) else { continue };
            next = next.max(i32::try_from(delivered.id + 1).ok());
            if let Some(update) = delivered.update {
                taken.push(update);
            } else {
                self.watch.metrics.refused();
            }
        }
        self.writer.take_in(taken, self.careful).await?;
        Ok(next)
    }

    fn pause(&self, error: &ApiError, wait: &mut Duration) -> Duration {
        if let ApiError::TooMany { retry_after } = error {
            return Duration::from_secs((*retry_after).into());
        }
        if let ApiError::Refused { code: 409, .. } = error {
            tracing::error!("another process polls with the same token; stop that one, or give this counter a bot of its own");
        } else {
            tracing::warn!(%error, "the Bot API server gave no updates; asking again");
        }
        let pause = *wait;
        *wait = (*wait * 2).min(Duration::from_secs(15));
        pause
    }
}

fn poll(offset: i32, hold: u32) -> GetUpdates {
    GetUpdates::new().offset(offset).timeout(hold).limit(LIMIT).allowed_updates(allowed_updates())
}
