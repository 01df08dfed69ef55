//! The worker: carries one effect out, until it is done or given up, and hands in what became of it to be written.
//! What fails in passing waits and is tried again; what fails for good becomes a dead letter without its text.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures::FutureExt as _;
use jiff::SignedDuration;
use tokio::sync::{Semaphore, oneshot};

use super::{Documents, Due, Effect, Mailer, Reason, Telegram};
use crate::bot::{Job, Notice, Stopped, Writer};
use crate::clock::{Clock, Random};
use crate::replica::Replica;
use crate::store;
use crate::watch::Watch;

/// Calls to Telegram, mails, and documents that are under way at once at most, and answers to taps beside them. Telegram takes about 30
/// messages a second (core.telegram.org/bots/faq), which 12 calls of 0.4 s each come to, and as many taps in 8 answers; more would only keep the next updates
/// from coming in. A document may fill 50 MB.
const CALLS_AT_ONCE: usize = 12;
const ANSWERS_AT_ONCE: usize = 8;
const MAILS_AT_ONCE: usize = 4;
const DOCUMENTS_AT_ONCE: usize = 1;
/// Tries before a call to Telegram, or a mail, is given up: with the waits below about two hours, and about four days.
const CALL_TRIES: i64 = 20;
const MAIL_TRIES: i64 = 400;
/// The first wait after a failure, doubled each time up to the longest.
const FIRST_WAIT: SignedDuration = SignedDuration::from_secs(1);
const LONGEST_WAIT: SignedDuration = SignedDuration::from_mins(15);

/// An effect that is tried within this time of its commit has waited for nothing.
const PROMPT: SignedDuration = SignedDuration::from_secs(1);

/// What carries effects out.
pub struct Worker {
    /// Calls to Telegram.
    pub telegram: Telegram,
    /// Mails.
    pub mailer: Mailer,
    /// Documents.
    pub documents: Documents,
    /// Where what became of them is written.
    pub writer: Writer,
    /// What this process is among its replicas.
    pub replica: Replica,
    /// Where what became of them is told.
    pub watch: Arc<Watch>,
    /// The time.
    pub clock: Clock,
    /// Randomness for the waits.
    pub random: Random,
    calls: Semaphore,
    answers: Semaphore,
    mails: Semaphore,
    document_places: Semaphore,
}

/// What became of an effect, on its way to being written; the answer comes with the commit.
pub(super) type HandedIn = Result<oneshot::Receiver<()>, Stopped>;

/// What became of one try.
pub enum Outcome {
    /// It is done; a fresh screen's message is told.
    Done(Option<i64>),
    /// It may work later, not before this long.
    Later(Option<SignedDuration>, Reason),
    /// It never will.
    Never(Reason),
    /// The holder has blocked the bot.
    Blocked,
}

impl Worker {
    /// A worker for these ways out.
    pub fn new(
        telegram: Telegram,
        mailer: Mailer,
        documents: Documents,
        writer: Writer,
        replica: Replica,
        watch: Arc<Watch>,
        (clock, random): (Clock, Random),
    ) -> Self {
        let [calls, answers, mails, document_places] =
            [CALLS_AT_ONCE, ANSWERS_AT_ONCE, MAILS_AT_ONCE, DOCUMENTS_AT_ONCE].map(Semaphore::new);
        Self { telegram, mailer, documents, writer, replica, watch, clock, random, calls, answers, mails, document_places }
    }

    /// Tries an effect until it is done or given up, and hands that in to be written. `shown` is the message that carries the
    /// chat's screen, once this lane has sent one. `None` if this process is no longer the replica that the lane was leased to.
    pub(super) async fn see_through(&self, row: Due, superseded: Vec<i64>, shown: &mut Option<i64>, replica: i64) -> Option<HandedIn> {
        self.watch.metrics.superseded(superseded.len());
        let Some(effect) = row.effect else {
            self.watch.metrics.effect("unreadable", "dead");
            let reason = "its row does not decode".to_owned();
            return Some(self.writer.submit(Job::Bury { effect: row.id, reason, tell: None }).await);
        };
        let mut tries = row.tries;
        self.clock.sleep_until(row.due_at).await;
        loop {
            // What waited may have been erased with its chat meanwhile.
            let waited = tries > 0 || self.clock.now() > row.due_at + PROMPT;
            if waited && !self.stands(row.id).await {
                self.watch.metrics.effect(effect.kind(), "forgotten");
                return Some(self.writer.submit(Job::Done { effects: superseded, shown: None }).await);
            }
            if self.replica.number() != Some(replica) {
                return None;
            }
            let outcome = self.try_once(row.id, &effect, *shown).await;
            self.watch.tried(row.id, counted_as(&effect), &outcome, tries + 1 >= tries_allowed(&effect));
            match outcome {
                Outcome::Done(message_id) => {
                    *shown = message_id.or(*shown);
                    let effects = superseded.iter().copied().chain([row.id]).collect();
                    let shown = message_id.and_then(|message_id| Some((effect.chat()?, message_id)));
                    return Some(self.writer.submit(Job::Done { effects, shown }).await);
                }
                Outcome::Blocked => {
                    if let Some(chat) = effect.chat() {
                        self.write(Job::Blocked(chat)).await;
                    }
                    let effects = superseded.iter().copied().chain([row.id]).collect();
                    return Some(self.writer.submit(Job::Done { effects, shown: None }).await);
                }
                Outcome::Later(wait, reason) if tries + 1 < tries_allowed(&effect) => {
                    tries += 1;
                    let due_at = self.clock.now() + wait.unwrap_or_else(|| self.backoff(tries));
                    tracing::warn!(effect = row.id, kind = effect.kind(), tries, %reason, "an effect is tried again later");
                    self.write(Job::Postpone { effect: row.id, tries, due_at }).await;
                    self.clock.sleep_until(due_at).await;
                }
                Outcome::Later(_, reason) | Outcome::Never(reason) => {
                    tracing::error!(effect = row.id, kind = effect.kind(), tries, %reason, "an effect is given up");
                    if !superseded.is_empty() {
                        self.write(Job::Done { effects: superseded, shown: None }).await;
                    }
                    let tell = if let Effect::Document(document) = &effect { Some(document.chat) } else { None };
                    return Some(self.writer.submit(Job::Bury { effect: row.id, reason: reason.to_string(), tell }).await);
                }
            }
        }
    }

    /// Answers a callback query, once there is a place for it.
    pub(super) async fn answer(&self, notice: &Notice) {
        // The semaphores are never closed.
        let _place = self.answers.acquire().await;
        self.telegram.answer(notice).await;
    }

    async fn try_once(&self, row: i64, effect: &Effect, shown: Option<i64>) -> Outcome {
        let places = match effect {
            Effect::Mail(_) => &self.mails,
            Effect::Document(_) => &self.document_places,
            _ => &self.calls,
        };
        // The semaphores are never closed.
        let _place = places.acquire().await;
        let tried = async {
            match effect {
                // Boxed, or what is rare would make every lane large.
                Effect::Mail(mail) => Box::pin(self.mailer.send(mail, row, self.clock.now())).await,
                Effect::Document(document) => Box::pin(self.documents.send(&self.telegram, effect, document, self.clock.now())).await,
                call => self.telegram.carry_out(call, shown).await,
            }
        };
        // What panics would do so again, and must not take the chat's other effects with it.
        AssertUnwindSafe(tried).catch_unwind().await.unwrap_or_else(|_| Outcome::Never(Reason::new("a panic")))
    }

    /// Whether an effect is still to be done; where the database cannot say, it is taken to be.
    async fn stands(&self, row: i64) -> bool {
        let look = async { store::effect::stands(&mut self.documents.db.conn().await?, row).await };
        Box::pin(look).await.unwrap_or(true)
    }

    async fn write(&self, job: Job) {
        committed(&mut self.writer.submit(job).await).await;
    }

    /// Doubled each time, with up to half of it taken off at random so that lanes do not come back all at once.
    fn backoff(&self, tries: i64) -> SignedDuration {
        let doublings = u32::try_from(tries - 1).unwrap_or_default().min(16);
        let full = (FIRST_WAIT * (1 << doublings)).min(LONGEST_WAIT);
        let [byte] = self.random.bytes::<1>();
        full - full / 2 * i32::from(byte) / 255
    }
}

/// Waits until what became of an effect has committed; at the stop of the process the row stays as it is.
pub(super) async fn committed(handed_in: &mut HandedIn) {
    let written = match handed_in {
        Ok(answer) => answer.await.is_ok(),
        Err(Stopped) => false,
    };
    if !written {
        tracing::debug!("the writer has stopped; an effect's row stays as it is");
    }
}

/// What a try is counted by: a mail that goes nowhere is none that was sent.
fn counted_as(effect: &Effect) -> &'static str {
    if matches!(effect, Effect::Mail(mail) if mail.to_nobody) { "mail_to_nobody" } else { effect.kind() }
}

fn tries_allowed(effect: &Effect) -> i64 {
    if matches!(effect, Effect::Mail(_)) { MAIL_TRIES } else { CALL_TRIES }
}
