//! The one writer: every change to the database goes through it, and what waits at the same moment shares a commit.
//! It loads the chats of a batch together, lets each update decide, writes everything together, commits once. If anything fails,
//! the batch is rolled back and run singly; a database that is busy or lost is waited for, with nothing acknowledged meanwhile.

use std::collections::{HashMap, HashSet};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt as _;
use jiff::{SignedDuration, Timestamp};
use teloxide::types::Update;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::handle::{Desk, Notice};
use super::schema::Arrival;
use crate::clock::Clock;
use crate::dialogue::TurnError;
use crate::domain::{ChatId, Language, SessionId};
use crate::effects::{Effect, Lanes};
use crate::store::chat::Chat;
use crate::store::effect::{New, Stored};
use crate::store::{self, Conn, Db, StoreError};

/// How many jobs share a commit at most.
const BATCH: usize = 128;
/// How often an update is tried before its holder is told that it could not be handled.
const TRIES: i64 = 3;
/// How long an ended session is kept, for whoever looks into what happened.
const ENDED_SESSION_KEPT: SignedDuration = SignedDuration::from_hours(24 * 30);

/// A write that waits for its turn.
#[derive(Clone, Debug)]
pub enum Job {
    /// An update from Telegram.
    Update {
        /// The update.
        update: Box<Update>,
        /// Count the try before it is made: after an unclean start, an update may be what ended the last process.
        careful: bool,
    },
    /// Effects that are done.
    Done {
        /// Their rows.
        effects: Vec<i64>,
        /// The message that now carries a chat's screen.
        shown: Option<(ChatId, i64)>,
    },
    /// An effect that failed and is to be tried again.
    Postpone {
        /// Its row.
        effect: i64,
        /// How often it was tried.
        tries: i64,
        /// When it may be tried again.
        due_at: Timestamp,
    },
    /// An effect that is given up.
    Bury {
        /// Its row.
        effect: i64,
        /// What failed and why, without any of its text.
        reason: String,
    },
    /// A chat whose holder has blocked the bot.
    Blocked(ChatId),
    /// End overdue sessions and forget what is past its age.
    Sweep,
}

/// A job and who waits for its commit.
struct Waiting {
    job: Job,
    committed: oneshot::Sender<()>,
}

/// The way to the writer. Clones lead to the same one.
#[derive(Clone)]
pub struct Writer {
    holders: mpsc::Sender<Waiting>,
    others: mpsc::Sender<Waiting>,
}

/// The process is stopping; nothing more is written.
#[derive(Debug, thiserror::Error)]
#[error("the writer has stopped")]
pub struct Stopped;

impl Writer {
    /// Starts the writer on a connection of its own. Once `closing` is cancelled it writes what waits and stops.
    pub fn start(db: Arc<Db>, desk: Arc<Desk>, clock: Clock, lanes: Lanes, closing: CancellationToken) -> (Self, JoinHandle<()>) {
        let (holders, waiting_holders) = mpsc::channel(4 * BATCH);
        let (others, waiting_others) = mpsc::channel(4 * BATCH);
        let worker = Worker { db, desk, clock, lanes, conn: None };
        let task = tokio::spawn(worker.work(waiting_holders, waiting_others, closing));
        (Self { holders, others }, task)
    }

    /// Hands in a job; the answer comes once it is committed. A job that is handed in is written even if nobody waits for it.
    pub async fn submit(&self, job: Job) -> Result<oneshot::Receiver<()>, Stopped> {
        let (committed, receiver) = oneshot::channel();
        let queue = if matches!(job, Job::Update { .. }) { &self.holders } else { &self.others };
        queue.send(Waiting { job, committed }).await.map_err(|_| Stopped)?;
        Ok(receiver)
    }

    /// Hands in a job and waits until it is committed.
    pub async fn write(&self, job: Job) -> Result<(), Stopped> {
        self.submit(job).await?.await.map_err(|_| Stopped)
    }
}

struct Worker {
    db: Arc<Db>,
    desk: Arc<Desk>,
    clock: Clock,
    lanes: Lanes,
    conn: Option<Conn>,
}

/// Why a batch did not go through.
enum Failure {
    /// The database is not available.
    Unavailable(StoreError),
    /// A job is at fault.
    Fault(String),
}

impl From<TurnError> for Failure {
    fn from(error: TurnError) -> Self {
        match error {
            TurnError::Store(error @ StoreError::Unavailable(_)) => Self::Unavailable(error),
            other => Self::Fault(other.to_string()),
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        TurnError::Store(error).into()
    }
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

/// What goes out once a batch has committed.
#[derive(Default)]
struct Committed {
    effects: Vec<Stored>,
    notices: Vec<Notice>,
}

impl Worker {
    async fn work(mut self, mut holders: mpsc::Receiver<Waiting>, mut others: mpsc::Receiver<Waiting>, closing: CancellationToken) {
        loop {
            let first = tokio::select! {
                biased;
                first = holders.recv() => first,
                first = others.recv() => first,
                () = closing.cancelled() => None,
            };
            let Some(first) = first else { break };
            let mut batch = vec![first];
            // Whoever waits shares the commit, holders before the rest.
            while batch.len() < BATCH
                && let Ok(next) = holders.try_recv().or_else(|_| others.try_recv())
            {
                batch.push(next);
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
        let careful = batch.iter().any(|waiting| matches!(waiting.job, Job::Update { careful: true, .. }));
        let jobs: Vec<Job> = batch.iter().map(|waiting| waiting.job.clone()).collect();
        if careful || !self.together(&jobs).await {
            for job in jobs {
                self.alone(job).await;
            }
        }
        for waiting in batch {
            // Nobody may wait any more; the job is written all the same.
            let _ = waiting.committed.send(());
        }
    }

    /// Runs jobs in one transaction; false if one of them is at fault.
    async fn together(&mut self, jobs: &[Job]) -> bool {
        let outcome = self.persist(&Work::Run(jobs)).await;
        if let Err(fault) = &outcome
            && jobs.len() > 1
        {
            tracing::warn!(jobs = jobs.len(), fault, "a batch failed and is run singly");
        }
        outcome.is_ok()
    }

    /// Runs a job by itself: an update is tried three times, then given up with an honest screen.
    async fn alone(&mut self, job: Job) {
        let run = Work::Run(std::slice::from_ref(&job));
        let Job::Update { update, careful } = &job else {
            if let Err(fault) = self.persist(&run).await {
                tracing::error!(fault, "a job could not be written and is dropped");
            }
            return;
        };
        let id = i64::from(update.id.0);
        let mut tried = 0;
        while tried < TRIES {
            if *careful {
                tried = self.count_try(id).await;
                if tried > TRIES {
                    break;
                }
            }
            let Err(fault) = self.persist(&run).await else {
                if tried > 0 {
                    self.record(id, &Work::ForgetTries(id)).await;
                }
                return;
            };
            if !careful {
                tried = self.count_try(id).await;
            }
            tracing::warn!(update = id, tried, fault, "an update could not be handled");
        }
        tracing::error!(update = id, "an update is given up after {TRIES} tries; its holder is led back to the menu");
        if !self.record(id, &Work::GiveUp(update)).await {
            self.record(id, &Work::PassOver(id)).await;
        }
    }

    /// Counts a try; how many there were. One that cannot be counted is the last.
    async fn count_try(&mut self, update: i64) -> i64 {
        self.persist(&Work::CountTry(update)).await.unwrap_or(TRIES)
    }

    /// Does what follows from a failed update; whether it worked.
    async fn record(&mut self, update: i64, work: &Work<'_>) -> bool {
        let outcome = self.persist(work).await;
        if let Err(fault) = &outcome {
            tracing::error!(update, fault, "what follows from a failed update could not be written");
        }
        outcome.is_ok()
    }

    /// Does something until the database lets it: what is nobody's fault is tried again on a new connection.
    /// The error, if any, is a fault of what was done.
    async fn persist(&mut self, work: &Work<'_>) -> Result<i64, String> {
        let mut wait = Duration::from_millis(100);
        loop {
            let failure = match AssertUnwindSafe(self.perform(work)).catch_unwind().await {
                Ok(Ok(number)) => return Ok(number),
                Ok(Err(failure)) => failure,
                Err(panic) => Failure::Fault(panic_text(panic.as_ref())),
            };
            // After a failure nobody knows what is open on the connection.
            if let Some(conn) = self.conn.take() {
                conn.throw_away().await;
            }
            match failure {
                Failure::Fault(fault) => return Err(fault),
                Failure::Unavailable(error) => {
                    tracing::error!(%error, "the database is not available; intake waits until it is");
                    tokio::time::sleep(wait).await;
                    wait = (wait * 2).min(Duration::from_secs(5));
                }
            }
        }
    }

    async fn perform(&mut self, work: &Work<'_>) -> Result<i64, Failure> {
        let now = self.clock.now();
        let desk = Arc::clone(&self.desk);
        let conn = self.conn().await?;
        conn.begin().await?;
        let mut batch = Batch::new(&desk, now);
        let mut number = 0;
        match work {
            Work::Run(jobs) => batch.run(conn, jobs).await?,
            Work::CountTry(update) => number = store::update_attempt::count(conn, *update).await?,
            Work::ForgetTries(update) => store::update_attempt::forget(conn, *update).await?,
            Work::GiveUp(update) => batch.give_up(conn, update).await?,
            Work::PassOver(update) => {
                store::processed_update::insert(conn, &[*update], now).await?;
            }
        }
        let committed = batch.flush(conn).await?;
        conn.commit().await?;
        for notice in committed.notices {
            self.lanes.answer(notice);
        }
        self.lanes.push(committed.effects);
        Ok(number)
    }

    async fn conn(&mut self) -> Result<&mut Conn, Failure> {
        if self.conn.is_none() {
            self.conn = Some(self.db.conn().await?);
        }
        match &mut self.conn {
            Some(conn) => Ok(conn),
            None => Err(Failure::Fault("no connection".to_owned())),
        }
    }
}

/// What is done in a chat.
enum Doing {
    Handle(Arrival),
    GiveUp(Arrival),
    Expire,
}

/// One transaction's worth of turns.
struct Batch<'a> {
    desk: &'a Desk,
    now: Timestamp,
    chats: HashMap<ChatId, Chat>,
    changed: HashSet<ChatId>,
    effects: Vec<New>,
    notices: Vec<Notice>,
}

impl<'a> Batch<'a> {
    fn new(desk: &'a Desk, now: Timestamp) -> Self {
        Self { desk, now, chats: HashMap::new(), changed: HashSet::new(), effects: Vec::new(), notices: Vec::new() }
    }

    async fn run(&mut self, conn: &mut Conn, jobs: &[Job]) -> Result<(), Failure> {
        self.bookkeeping(conn, jobs).await?;
        let updates: Vec<&Update> = jobs
            .iter()
            .filter_map(|job| match job {
                Job::Update { update, .. } => Some(update.as_ref()),
                _ => None,
            })
            .collect();
        let ids: Vec<i64> = updates.iter().map(|update| i64::from(update.id.0)).collect();
        let mut new = store::processed_update::insert(conn, &ids, self.now).await?;
        let mut arrivals = Vec::new();
        for update in updates {
            let arrival = self.desk.route(update.clone()).await;
            if new.remove(&i64::from(update.id.0)) {
                arrivals.push(arrival);
            } else if let Some(query) = arrival.query() {
                // Handled before, but a kill may have come between that commit and the answer.
                self.notices.push(Notice { query: query.to_owned(), text: None });
            }
        }
        self.load(conn, &arrivals).await?;
        for arrival in arrivals {
            self.in_chat(conn, arrival.private_chat().map(|(id, _)| id), Doing::Handle(arrival)).await?;
        }
        if jobs.iter().any(|job| matches!(job, Job::Sweep)) {
            self.sweep(conn).await?;
        }
        Ok(())
    }

    async fn give_up(&mut self, conn: &mut Conn, update: &Update) -> Result<(), Failure> {
        store::processed_update::insert(conn, &[i64::from(update.id.0)], self.now).await?;
        store::update_attempt::forget(conn, update.id.0.into()).await?;
        let arrival = self.desk.route(update.clone()).await;
        self.load(conn, std::slice::from_ref(&arrival)).await?;
        self.in_chat(conn, arrival.private_chat().map(|(id, _)| id), Doing::GiveUp(arrival)).await
    }

    /// What effects report: written before the chats are loaded, so that the turns see it.
    async fn bookkeeping(&mut self, conn: &mut Conn, jobs: &[Job]) -> Result<(), Failure> {
        let mut done = Vec::new();
        for job in jobs {
            match job {
                Job::Done { effects, shown } => {
                    done.extend_from_slice(effects);
                    if let Some((chat, message_id)) = shown {
                        store::chat::shown(conn, *chat, *message_id).await?;
                    }
                }
                Job::Postpone { effect, tries, due_at } => store::effect::postpone(conn, *effect, *tries, *due_at).await?,
                Job::Bury { effect, reason } => store::effect::bury(conn, *effect, reason).await?,
                Job::Blocked(chat) => store::chat::blocked(conn, *chat).await?,
                Job::Update { .. } | Job::Sweep => {}
            }
        }
        Ok(store::effect::delete(conn, &done).await?)
    }

    async fn load(&mut self, conn: &mut Conn, arrivals: &[Arrival]) -> Result<(), Failure> {
        let wanted: HashMap<ChatId, _> = arrivals.iter().filter_map(Arrival::private_chat).collect();
        let ids: Vec<ChatId> = wanted.keys().copied().collect();
        self.chats.extend(store::chat::load(conn, &ids).await?.into_iter().map(|chat| (chat.id, chat)));
        for (id, language) in wanted {
            self.chats.entry(id).or_insert_with(|| Chat::new(id, language));
        }
        Ok(())
    }

    /// Does something in a chat, or outside of any, and gathers what it leaves behind.
    async fn in_chat(&mut self, conn: &mut Conn, id: Option<ChatId>, doing: Doing) -> Result<(), Failure> {
        let mut nowhere = Chat::new(ChatId(0), Language::En);
        let chat = match id {
            Some(id) => {
                self.changed.insert(id);
                self.chats.get_mut(&id).unwrap_or(&mut nowhere)
            }
            None => &mut nowhere,
        };
        let left = match doing {
            Doing::Handle(arrival) => self.desk.handle(conn, self.now, chat, arrival).await?,
            Doing::GiveUp(arrival) => self.desk.give_up(conn, self.now, chat, &arrival).await?,
            Doing::Expire => self.desk.expire(conn, self.now, chat).await?,
        };
        let blocked = chat.blocked;
        for effect in left.effects.into_iter().filter(|effect| !blocked || matches!(effect, Effect::Mail(_))) {
            self.effects.push(effect.to_row().map_err(TurnError::from)?);
        }
        self.notices.extend(left.notice);
        Ok(())
    }

    async fn sweep(&mut self, conn: &mut Conn) -> Result<(), Failure> {
        let overdue = store::session::overdue(conn, self.now).await?;
        let missing: Vec<ChatId> = overdue.iter().copied().filter(|id| !self.chats.contains_key(id)).collect();
        self.chats.extend(store::chat::load(conn, &missing).await?.into_iter().map(|chat| (chat.id, chat)));
        for id in overdue {
            self.in_chat(conn, Some(id), Doing::Expire).await?;
        }
        store::processed_update::sweep(conn, self.now).await?;
        store::one_time_code::sweep(conn, self.now).await?;
        store::session::sweep(conn, self.now - ENDED_SESSION_KEPT).await?;
        Ok(())
    }

    /// Writes the chats, the sessions that were heard of, and the effects.
    async fn flush(self, conn: &mut Conn) -> Result<Committed, Failure> {
        let chats: Vec<&Chat> = self.changed.iter().filter_map(|id| self.chats.get(id)).collect();
        store::chat::save(conn, &chats, self.now).await?;
        let sessions = chats.iter().filter_map(|chat| chat.session.as_ref()).filter(|session| session.seen_at == self.now);
        let heard_of: Vec<SessionId> = sessions.map(|session| session.id).collect();
        store::session::seen(conn, &heard_of, self.now).await?;
        let effects = store::effect::insert(conn, self.effects, self.now).await?;
        Ok(Committed { effects, notices: self.notices })
    }
}

/// What a panic said.
fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned()).or_else(|| panic.downcast_ref::<String>().cloned());
    format!("panic: {}", text.unwrap_or_default())
}
