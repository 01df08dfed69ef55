//! The lanes: effects that have committed are carried out in their order within a lane, lanes side by side.
//! What fails in passing waits and is tried again; what fails for good becomes a dead letter without its text.
//! A lane belongs to this process: on SQLite by the lock on the database, on PostgreSQL by the advisory lock.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::SignedDuration;
use tokio::sync::{Notify, Semaphore, oneshot, watch};

use super::{Documents, Due, Effect, Mailer, Telegram};
use crate::bot::{Job, Notice, Stopped, Writer};
use crate::clock::{Clock, Random};
use crate::store;

/// Calls to Telegram, mails, and documents that are under way at once at most. A document may fill 50 MB.
const CALLS_AT_ONCE: usize = 64;
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

/// The way to the lanes. Clones lead to the same ones.
#[derive(Clone)]
pub struct Lanes {
    state: Arc<Mutex<State>>,
    /// How many effects and answers are not done yet.
    outstanding: watch::Sender<usize>,
}

#[derive(Default)]
struct State {
    worker: Option<Arc<Worker>>,
    lanes: HashMap<String, Lane>,
    early: Vec<Due>,
}

/// What waits in a lane, and the bell that is rung when something comes to it.
struct Lane {
    queue: VecDeque<Due>,
    bell: Arc<Notify>,
}

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
    /// The time.
    pub clock: Clock,
    /// Randomness for the waits.
    pub random: Random,
    calls: Semaphore,
    mails: Semaphore,
    document_places: Semaphore,
}

/// What became of an effect, on its way to being written; the answer comes with the commit.
type HandedIn = Result<oneshot::Receiver<()>, Stopped>;

/// What became of one try.
pub enum Outcome {
    /// It is done; a fresh screen's message is told.
    Done(Option<i64>),
    /// It may work later, not before this long.
    Later(Option<SignedDuration>, String),
    /// It never will.
    Never(String),
    /// The holder has blocked the bot.
    Blocked,
}

impl Worker {
    /// A worker for these ways out.
    pub fn new(telegram: Telegram, mailer: Mailer, documents: Documents, writer: Writer, clock: Clock, random: Random) -> Self {
        let [calls, mails, document_places] = [CALLS_AT_ONCE, MAILS_AT_ONCE, DOCUMENTS_AT_ONCE].map(Semaphore::new);
        Self { telegram, mailer, documents, writer, clock, random, calls, mails, document_places }
    }
}

impl Default for Lanes {
    fn default() -> Self {
        Self { state: Arc::default(), outstanding: watch::Sender::new(0) }
    }
}

impl Lanes {
    /// Begins to carry out what is pushed, and what was pushed before.
    pub fn start(&self, worker: Worker) {
        let early = {
            let mut state = self.lock();
            state.worker = Some(Arc::new(worker));
            std::mem::take(&mut state.early)
        };
        self.outstanding.send_modify(|count| *count -= early.len());
        self.push(early);
    }

    /// Takes in effects whose rows have committed, in their order.
    pub fn push(&self, effects: Vec<Due>) {
        self.outstanding.send_modify(|count| *count += effects.len());
        let mut state = self.lock();
        let Some(worker) = state.worker.clone() else {
            state.early.extend(effects);
            return;
        };
        for effect in effects {
            if let Some(lane) = state.lanes.get_mut(&effect.lane) {
                lane.queue.push_back(effect);
                lane.bell.notify_one();
            } else {
                let (name, bell) = (effect.lane.clone(), Arc::default());
                state.lanes.insert(name.clone(), Lane { queue: VecDeque::from([effect]), bell: Arc::clone(&bell) });
                tokio::spawn(self.clone().run(Arc::clone(&worker), name, bell));
            }
        }
    }

    /// Answers a callback query at once, outside of every lane.
    pub fn answer(&self, notice: Notice) {
        let Some(worker) = self.lock().worker.clone() else { return };
        self.outstanding.send_modify(|count| *count += 1);
        let lanes = self.clone();
        tokio::spawn(async move {
            worker.telegram.answer(&notice).await;
            lanes.finished(1);
        });
    }

    /// Returns once nothing is left to do.
    pub async fn idle(&self) {
        // The sender lives in `self`, so waiting cannot fail.
        let _ = self.outstanding.subscribe().wait_for(|count| *count == 0).await;
    }

    /// How many effects and answers are not done yet.
    pub fn outstanding(&self) -> usize {
        *self.outstanding.borrow()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn finished(&self, count: usize) {
        self.outstanding.send_modify(|outstanding| *outstanding -= count);
    }

    /// Carries out a lane until it is empty. What is done is written while the next is under way; the lane stays until all of that
    /// has committed, so that `shown` is known until the chat's row tells it.
    async fn run(self, worker: Arc<Worker>, lane: String, bell: Arc<Notify>) {
        self.announced(&lane).await;
        let mut shown = None;
        let mut written = VecDeque::new();
        loop {
            while let Some((row, superseded)) = self.next(&lane) {
                let finished = superseded.len() + 1;
                written.push_back((worker.see_through(row, superseded, &mut shown).await, finished));
            }
            match written.front_mut() {
                Some((handed_in, finished)) => tokio::select! {
                    () = committed(handed_in) => {
                        self.finished(*finished);
                        written.pop_front();
                    }
                    () = bell.notified() => {}
                },
                None if self.close(&lane) => break,
                None => {}
            }
        }
        // Whoever waits for the end of this lane looks again.
        self.finished(0);
    }

    /// A document comes after the screen that announces it: its lane waits until the chat's has come to its end.
    async fn announced(&self, lane: &str) {
        let Some(chat) = lane.strip_prefix("document ") else { return };
        let calls = format!("chat {chat}");
        // The sender lives in `self`, so waiting cannot fail.
        let _ = self.outstanding.subscribe().wait_for(|_| !self.lock().lanes.contains_key(&calls)).await;
    }

    /// Ends a lane, unless something has been pushed to it.
    fn close(&self, lane: &str) -> bool {
        let mut state = self.lock();
        let empty = state.lanes.get(lane).is_none_or(|lane| lane.queue.is_empty());
        if empty {
            state.lanes.remove(lane);
        }
        empty
    }

    /// The lane's next effect, with the rows of unsent screens that a newer screen replaces.
    fn next(&self, lane: &str) -> Option<(Due, Vec<i64>)> {
        let mut state = self.lock();
        let queue = &mut state.lanes.get_mut(lane)?.queue;
        let mut superseded = Vec::new();
        while let Some(row) = queue.pop_front() {
            match queue.front_mut() {
                Some(newer) => {
                    if !replace(&row, newer) {
                        return Some((row, superseded));
                    }
                    superseded.push(row.id);
                }
                None => return Some((row, superseded)),
            }
        }
        None
    }
}

/// Lets the newer of two neighbours take the older's place, if both are screens; if the older was to be a message of its own,
/// the newer becomes one. Whether it did.
fn replace(older: &Due, newer: &mut Due) -> bool {
    let (Some(Effect::Show(older)), Some(Effect::Show(newer))) = (&older.effect, &mut newer.effect) else { return false };
    newer.fresh |= older.fresh;
    true
}

impl Worker {
    /// Tries an effect until it is done or given up, and hands that in to be written. `shown` is the message that carries the
    /// chat's screen, once this lane has sent one.
    async fn see_through(&self, row: Due, superseded: Vec<i64>, shown: &mut Option<i64>) -> HandedIn {
        let Some(effect) = row.effect else {
            return self.writer.submit(Job::Bury { effect: row.id, reason: "its row does not decode".to_owned(), tell: None }).await;
        };
        let mut tries = row.tries;
        self.clock.sleep_until(row.due_at).await;
        loop {
            // What waited may have been erased with its chat meanwhile.
            let waited = tries > 0 || self.clock.now() > row.due_at + PROMPT;
            if waited && !self.stands(row.id).await {
                return self.writer.submit(Job::Done { effects: superseded, shown: None }).await;
            }
            let outcome = self.try_once(row.id, &effect, *shown).await;
            match outcome {
                Outcome::Done(message_id) => {
                    *shown = message_id.or(*shown);
                    let effects = superseded.iter().copied().chain([row.id]).collect();
                    let shown = message_id.and_then(|message_id| Some((effect.chat()?, message_id)));
                    return self.writer.submit(Job::Done { effects, shown }).await;
                }
                Outcome::Blocked => {
                    if let Some(chat) = effect.chat() {
                        self.write(Job::Blocked(chat)).await;
                    }
                    let effects = superseded.iter().copied().chain([row.id]).collect();
                    return self.writer.submit(Job::Done { effects, shown: None }).await;
                }
                Outcome::Later(wait, reason) if tries + 1 < tries_allowed(&effect) => {
                    tries += 1;
                    let due_at = self.clock.now() + wait.unwrap_or_else(|| self.backoff(tries));
                    tracing::warn!(effect = row.id, kind = effect.kind(), tries, reason, "an effect is tried again later");
                    self.write(Job::Postpone { effect: row.id, tries, due_at }).await;
                    self.clock.sleep_until(due_at).await;
                }
                Outcome::Later(_, reason) | Outcome::Never(reason) => {
                    tracing::error!(effect = row.id, kind = effect.kind(), tries, reason, "an effect is given up");
                    if !superseded.is_empty() {
                        self.write(Job::Done { effects: superseded, shown: None }).await;
                    }
                    let tell = if let Effect::Document(document) = &effect { Some(document.chat) } else { None };
                    return self.writer.submit(Job::Bury { effect: row.id, reason, tell }).await;
                }
            }
        }
    }

    async fn try_once(&self, row: i64, effect: &Effect, shown: Option<i64>) -> Outcome {
        let places = match effect {
            Effect::Mail(_) => &self.mails,
            Effect::Document(_) => &self.document_places,
            _ => &self.calls,
        };
        // The semaphores are never closed.
        let _place = places.acquire().await;
        match effect {
            Effect::Mail(mail) => self.mailer.send(mail, row, self.clock.now()).await,
            Effect::Document(document) => self.documents.send(&self.telegram, effect, document, self.clock.now()).await,
            call => self.telegram.carry_out(call, shown, self.clock.now()).await,
        }
    }

    /// Whether an effect is still to be done; where the database cannot say, it is taken to be.
    async fn stands(&self, row: i64) -> bool {
        let look = async { store::effect::stands(&mut self.documents.db.conn().await?, row).await };
        look.await.unwrap_or(true)
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
async fn committed(handed_in: &mut HandedIn) {
    let written = match handed_in {
        Ok(answer) => answer.await.is_ok(),
        Err(Stopped) => false,
    };
    if !written {
        tracing::debug!("the writer has stopped; an effect's row stays as it is");
    }
}

fn tries_allowed(effect: &Effect) -> i64 {
    if matches!(effect, Effect::Mail(_)) { MAIL_TRIES } else { CALL_TRIES }
}
