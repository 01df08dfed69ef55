//! The way to the one writer: every change to the database goes through it, and what waits at the same moment shares a commit.

use std::sync::Arc;
use std::time::Instant;

use futures::future::join_all;
use teloxide::types::Update;
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::handle::Desk;
use super::job::Job;
use super::page_job::{PageAct, PageJob, Verdict};
use super::traces::Traces;
use super::writing::Worker;
use crate::clock::Clock;
use crate::effects::Lanes;
use crate::store::Db;
use crate::watch::Watch;

/// How many jobs share a commit at most.
pub(super) const BATCH: usize = 256;
/// Transactions at once on PostgreSQL.
const POSTGRES_QUEUES: usize = 5;

/// A job and who waits for its commit.
pub(super) struct Waiting {
    pub(super) job: Job,
    pub(super) committed: oneshot::Sender<()>,
    /// When an update was handed in.
    pub(super) since: Option<Instant>,
}

/// The way to the writer. Clones lead to the same one.
#[derive(Clone)]
pub struct Writer {
    /// On SQLite one for everything. On PostgreSQL the first is for what is no update, and each chat's updates go to one of the rest.
    queues: Vec<Queue>,
    hurry: Arc<Notify>,
    traces: Arc<Traces>,
}

/// The way to one connection's worth of writing.
#[derive(Clone)]
struct Queue {
    /// Updates, those together that were delivered together.
    holders: mpsc::Sender<Vec<Waiting>>,
    others: mpsc::Sender<Waiting>,
}

/// The process is stopping; nothing more is written.
#[derive(Debug, thiserror::Error)]
#[error("the writer has stopped")]
pub struct Stopped;

impl Writer {
    /// Starts the writer on connections of its own: one on SQLite, several on PostgreSQL. Once `closing` is cancelled it writes what
    /// waits and stops.
    pub fn start(
        db: &Arc<Db>,
        desk: &Arc<Desk>,
        clock: &Clock,
        lanes: &Lanes,
        watch: &Arc<Watch>,
        closing: &CancellationToken,
    ) -> (Self, JoinSet<()>) {
        let (mut queues, mut tasks) = (Vec::new(), JoinSet::new());
        let (traces, hurry) = (Arc::new(Traces::new()), Arc::new(Notify::new()));
        tasks.spawn(Arc::clone(&traces).keep_wiping(Arc::clone(db), closing.clone()));
        for _ in 0..if db.is_file() { 1 } else { POSTGRES_QUEUES } {
            let (holders, waiting_holders) = mpsc::channel(4 * BATCH);
            let (others, waiting_others) = mpsc::channel(4 * BATCH);
            let (db, desk, watch) = (Arc::clone(db), Arc::clone(desk), Arc::clone(watch));
            let (traces, hurry) = (Arc::clone(&traces), Arc::clone(&hurry));
            let worker = Worker { db, desk, clock: clock.clone(), lanes: lanes.clone(), watch, conn: None, traces, hurry, unsure: false };
            tasks.spawn(worker.work(waiting_holders, waiting_others, closing.clone()));
            queues.push(Queue { holders, others });
        }
        (Self { queues, hurry, traces }, tasks)
    }

    /// Hands in a job that is no update; the answer comes once it is committed. What is handed in is written even if nobody waits for it.
    pub async fn submit(&self, job: Job) -> Result<oneshot::Receiver<()>, Stopped> {
        let (committed, receiver) = oneshot::channel();
        let waiting = Waiting { job, committed, since: None };
        self.queues[0].others.send(waiting).await.map_err(|_| Stopped)?;
        Ok(receiver)
    }

    /// Hands in updates that were delivered together, so that on SQLite they share a commit, and waits until all are committed.
    /// With `careful` each is a transaction of its own, its try counted before it is made.
    pub async fn take_in(&self, updates: Vec<Update>, careful: bool) -> Result<(), Stopped> {
        let since = Some(Instant::now());
        let mut commits = Vec::with_capacity(updates.len());
        let mut waiting: Vec<Vec<Waiting>> = self.queues.iter().map(|_| Vec::new()).collect();
        for update in updates {
            let (committed, receiver) = oneshot::channel();
            commits.push(receiver);
            let queue = self.queue(&update);
            waiting[queue].push(Waiting { job: Job::Update { update: Box::new(update), careful }, committed, since });
        }
        for (queue, waiting) in self.queues.iter().zip(waiting).filter(|(_, waiting)| !waiting.is_empty()) {
            queue.holders.send(waiting).await.map_err(|_| Stopped)?;
        }
        for commit in join_all(commits).await {
            commit.map_err(|_| Stopped)?;
        }
        Ok(())
    }

    /// Has what was handed in written without waiting for an update to share its commit: somebody waits for it.
    pub fn hurry(&self) {
        self.hurry.notify_one();
    }

    /// Which queue an update goes to.
    fn queue(&self, update: &Update) -> usize {
        let chat = update.chat().map(|chat| chat.id.0).or_else(|| i64::try_from(update.from()?.id.0).ok()).unwrap_or_default();
        let rest = self.queues.len() - 1;
        if rest == 0 { 0 } else { 1 + usize::try_from(chat.unsigned_abs()).unwrap_or_default() % rest }
    }

    /// Hands in a job and waits until it is committed.
    pub async fn write(&self, job: Job) -> Result<(), Stopped> {
        self.submit(job).await?.await.map_err(|_| Stopped)
    }

    /// Returns once no trace is left in SQLite's files of what was erased until now.
    pub async fn wiped(&self) {
        self.traces.wiped().await;
    }

    /// Has a page's act decided, and waits until the verdict is committed; `None` if it could not be.
    pub async fn decide(&self, act: PageAct) -> Option<Verdict> {
        let page = PageJob::new(act);
        self.write(Job::Page(page.clone())).await.ok()?;
        page.verdict()
    }
}
