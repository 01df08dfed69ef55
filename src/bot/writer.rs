//! The way to the one writer: every change to the database goes through it, and what waits at the same moment shares a commit.

use std::sync::Arc;
use std::time::Instant;

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
    holders: mpsc::Sender<Waiting>,
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

    /// Hands in a job; the answer comes once it is committed. A job that is handed in is written even if nobody waits for it.
    pub async fn submit(&self, job: Job) -> Result<oneshot::Receiver<()>, Stopped> {
        let (committed, receiver) = oneshot::channel();
        let since = matches!(job, Job::Update { .. }).then(Instant::now);
        self.queue(&job).send(Waiting { job, committed, since }).await.map_err(|_| Stopped)?;
        Ok(receiver)
    }

    /// Has what was handed in written without waiting for an update to share its commit: somebody waits for it.
    pub fn hurry(&self) {
        self.hurry.notify_one();
    }

    fn queue(&self, job: &Job) -> &mpsc::Sender<Waiting> {
        let Job::Update { update, .. } = job else { return &self.queues[0].others };
        let chat = update.chat().map(|chat| chat.id.0).or_else(|| i64::try_from(update.from()?.id.0).ok()).unwrap_or_default();
        let rest = self.queues.len() - 1;
        let queue = if rest == 0 { 0 } else { 1 + usize::try_from(chat.unsigned_abs()).unwrap_or_default() % rest };
        &self.queues[queue].holders
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
