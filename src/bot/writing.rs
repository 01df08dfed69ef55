//! The work behind the writer, on a connection of its own: jobs share transactions; if anything fails they are rolled back and run
//! singly; a database that is busy or lost is waited for, with nothing acknowledged meanwhile.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::FutureExt as _;
use teloxide::types::Update;
use tokio::sync::{Notify, mpsc};
use tokio_util::sync::CancellationToken;

use super::batch::{Batch, Failure};
use super::handle::{Desk, Notice};
use super::job::Job;
use super::traces::Traces;
use super::writer::{BATCH, Waiting};
use crate::clock::Clock;
use crate::crash::{self, Point};
use crate::effects::{Due, Ending, Lanes};
use crate::store::{self, Conn, Db};
use crate::watch::Watch;

/// How long what is no update, and nobody waits for, stays for one to share its commit: while holders are busy, one comes at once.
const RIDE: Duration = Duration::from_millis(5);
/// How often an update is tried before its holder is told that it could not be handled.
const TRIES: i64 = 3;
/// How many starts may not survive an update before it is taken for what ends them: a kill from outside charges whatever is under way.
const STARTS: i64 = 5;

/// One connection's worth of writing.
pub(super) struct Worker {
    pub(super) db: Arc<Db>,
    pub(super) desk: Arc<Desk>,
    pub(super) clock: Clock,
    pub(super) lanes: Lanes,
    pub(super) watch: Arc<Watch>,
    pub(super) conn: Option<Conn>,
    pub(super) traces: Arc<Traces>,
    pub(super) hurry: Arc<Notify>,
    /// Whether a commit's answer was lost: what it left may be there, and have been pushed to no lane.
    pub(super) unsure: bool,
}

/// What a transaction has left to be carried out.
struct Left {
    number: i64,
    missed: Vec<Due>,
    effects: Vec<Due>,
    notices: Vec<Notice>,
}

/// What the writer does in one transaction.
enum Work<'a> {
    /// Run jobs.
    Run(&'a [Job]),
    /// Count one more try of an update.
    CountTry(i64),
    /// Forget the tries of an update that is through.
    ForgetTries(i64),
    /// Tell the holder of an update that it could not be handled, and be done with it.
    GiveUp(&'a Update),
    /// Be done with an update whose holder cannot even be told.
    PassOver(i64),
}

impl Worker {
    /// Writes what comes until both queues have ended, or until told to close.
    pub(super) async fn work(
        mut self,
        mut holders: mpsc::Receiver<Vec<Waiting>>,
        mut others: mpsc::Receiver<Waiting>,
        closing: CancellationToken,
    ) {
        loop {
            let first = tokio::select! {
                biased;
                first = holders.recv() => first,
                first = others.recv() => first.map(|first| vec![first]),
                () = closing.cancelled() => None,
            };
            let Some(mut batch) = first else { break };
            if !batch.iter().any(|waiting| matches!(waiting.job, Job::Update { .. })) {
                tokio::select! {
                    biased;
                    updates = holders.recv() => batch.extend(updates.into_iter().flatten()),
                    () = self.hurry.notified() => {}
                    () = tokio::time::sleep(RIDE) => {}
                }
            }
            // Whoever waits shares the commit, holders before the rest.
            while batch.len() < BATCH
                && let Ok(next) = holders.try_recv().or_else(|_| others.try_recv().map(|next| vec![next]))
            {
                batch.extend(next);
            }
            batch.sort_by_key(|waiting| matches!(waiting.job, Job::Update { .. }));
            self.settle(batch).await;
        }
        if let Some(conn) = self.conn.take() {
            conn.throw_away().await;
        }
    }

    /// Sees a batch through, whatever it takes, and tells whoever waits.
    async fn settle(&mut self, batch: Vec<Waiting>) {
        let (jobs, waiting): (Vec<Job>, Vec<_>) =
            batch.into_iter().map(|waiting| (waiting.job, (waiting.committed, waiting.since))).unzip();
        let careful = jobs.iter().any(|job| matches!(job, Job::Update { careful: true, .. }));
        // On PostgreSQL an update is a transaction of its own; several are under way at once.
        let whole = |job: &Job| matches!(job, Job::Update { .. } | Job::Page(_));
        let singly = careful || !self.db.is_file() && jobs.iter().any(whole);
        let left = if singly { None } else { self.together(&jobs).await };
        if left.is_none() {
            for job in jobs {
                self.alone(job, i64::from(!singly)).await;
            }
        }
        let held = self.lanes.hold();
        for (committed, since) in waiting {
            if let Some(since) = since {
                self.watch.settled(since);
            }
            // Nobody may wait any more; the job is written all the same.
            let _ = committed.send(());
        }
        if let Some(left) = left {
            // Whoever brings updates asks for the next before a whole batch's calls stand in the way.
            tokio::task::yield_now().await;
            tokio::task::yield_now().await;
            self.let_out(left);
        }
        drop(held);
    }

    /// Runs jobs in one transaction; what that left, or none if one of them is at fault.
    async fn together(&mut self, jobs: &[Job]) -> Option<Left> {
        let outcome = self.persist(&Work::Run(jobs)).await;
        if let Err(fault) = &outcome
            && jobs.len() > 1
        {
            tracing::warn!(jobs = jobs.len(), fault, "a batch failed and is run singly");
        }
        outcome.ok()
    }

    /// Does something in a transaction of its own, and lets out what it left.
    async fn write(&mut self, work: &Work<'_>) -> Result<i64, String> {
        let left = self.persist(work).await?;
        let number = left.number;
        self.let_out(left);
        Ok(number)
    }

    /// Hands what has committed to those who carry it out.
    fn let_out(&self, left: Left) {
        self.lanes.push(left.missed);
        // The screen is what the holder waits for; the answer to the tap only ends its spinner.
        self.lanes.push(left.effects);
        crash::at(Point::Pushed);
        for notice in left.notices {
            self.lanes.answer(notice);
        }
    }

    /// Runs a job by itself: an update is tried three times, then given up with an honest screen. `before` is how often it was tried
    /// with others.
    async fn alone(&mut self, job: Job, before: i64) {
        let run = Work::Run(std::slice::from_ref(&job));
        let Job::Update { update, careful } = &job else {
            if let Err(fault) = self.write(&run).await {
                tracing::error!(fault, "a job could not be written and is dropped");
            }
            return;
        };
        let id = i64::from(update.id.0);
        if *careful && self.count_try(id).await > STARTS {
            tracing::error!(update = id, "an update is given up: {STARTS} starts have not survived it; its holder is led back to the menu");
        } else {
            for tried in before + 1..=TRIES {
                let Err(fault) = self.write(&run).await else {
                    if *careful {
                        self.record(id, &Work::ForgetTries(id)).await;
                    }
                    return;
                };
                tracing::warn!(update = id, tried, fault, "an update could not be handled");
            }
            tracing::error!(update = id, "an update is given up after {TRIES} tries; its holder is led back to the menu");
        }
        if !self.record(id, &Work::GiveUp(update)).await {
            self.record(id, &Work::PassOver(id)).await;
        }
    }

    /// Counts a try; how many there were, as far as they could be counted.
    async fn count_try(&mut self, update: i64) -> i64 {
        self.write(&Work::CountTry(update)).await.unwrap_or_default()
    }

    /// Does what follows from a failed update; whether it worked.
    async fn record(&mut self, update: i64, work: &Work<'_>) -> bool {
        let outcome = self.write(work).await;
        if let Err(fault) = &outcome {
            tracing::error!(update, fault, "what follows from a failed update could not be written");
        }
        outcome.is_ok()
    }

    /// Does something until the database lets it: what is nobody's fault is tried again on a new connection.
    /// The error, if any, is a fault of what was done.
    async fn persist(&mut self, work: &Work<'_>) -> Result<Left, String> {
        let mut wait = Duration::from_millis(100);
        loop {
            let failure = match AssertUnwindSafe(self.perform(work)).catch_unwind().await {
                Ok(Ok(left)) => return Ok(left),
                Ok(Err(failure)) => failure,
                // What a panic says may repeat what a holder typed; where it came from is logged by the panic hook.
                Err(_) => Failure::Fault("a panic".to_owned()),
            };
            // After a failure nobody knows what is open on the connection.
            if let Some(conn) = self.conn.take() {
                conn.throw_away().await;
            }
            match failure {
                Failure::Fault(fault) => return Err(fault),
                Failure::Unavailable(error) if error.is_contention() => {
                    tracing::debug!(%error, "two transactions stood in each other's way; this one goes again");
                }
                Failure::Unavailable(error) => {
                    self.watch.database_failed();
                    tracing::error!(%error, "the database is not available; intake waits until it is");
                    tokio::time::sleep(wait).await;
                    wait = (wait * 2).min(Duration::from_secs(5));
                }
            }
        }
    }

    async fn perform(&mut self, work: &Work<'_>) -> Result<Left, Failure> {
        let (now, since) = (self.clock.now(), Instant::now());
        let desk = Arc::clone(&self.desk);
        let mut batch = Batch::new(&desk, now);
        if self.conn.is_none() {
            self.conn = Some(self.db.conn().await?);
        }
        let Some(conn) = &mut self.conn else { return Err(Failure::Fault("no connection".to_owned())) };
        crash::at(Point::Begin);
        conn.begin_later().await?;
        let jobs = if let Work::Run(jobs) = work { *jobs } else { &[] };
        let arrived = batch.arrived(jobs).await;
        let mut number = 0;
        match work {
            Work::Run(jobs) => batch.run(conn, jobs, arrived).await?,
            Work::CountTry(update) => number = store::update_attempt::count(conn, *update, now).await?,
            Work::ForgetTries(update) => store::update_attempt::forget(conn, *update).await?,
            Work::GiveUp(update) => batch.give_up(conn, update).await?,
            Work::PassOver(update) => batch.pass_over(conn, *update).await?,
        }
        let missed = if self.unsure && self.db.is_file() { store::effect::alive(conn, self.lanes.newest()).await? } else { Vec::new() };
        let committed = batch.flush(conn).await?;
        self.unsure = true;
        crash::at(Point::Commit);
        conn.commit().await?;
        crash::at(Point::Committed);
        let effects = conn.get(committed.effects).await?;
        self.unsure = false;
        self.leave_no_trace(work, committed.erased);
        self.watch.committed(jobs.len().max(1), &committed.turns, &effects, since.elapsed());
        committed.limited.iter().for_each(|what| self.watch.metrics.limited(what.name()));
        for Ending { began_at, done_at, erased, fingerprint, seal } in &committed.reports {
            tracing::warn!(%began_at, %done_at, ?erased, fingerprint, seal, "the final date is over, and what was kept of holders is erased");
        }
        for (page, verdict) in committed.verdicts {
            page.decided(verdict);
        }
        let missed = missed.into_iter().map(Due::from).collect();
        Ok(Left { number, missed, effects, notices: committed.notices })
    }

    /// Has wiped what this transaction has erased: at once what holders and sweeps erase, with the next sweep what effects leave.
    fn leave_no_trace(&self, work: &Work<'_>, erased: bool) {
        let Work::Run(jobs) = work else { return };
        if jobs.iter().any(|job| matches!(job, Job::Done { .. } | Job::Bury { .. })) {
            self.traces.left();
        }
        if erased || jobs.iter().any(|job| matches!(job, Job::Sweep)) {
            self.traces.wipe(erased);
        }
    }
}
