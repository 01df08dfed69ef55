//! The lanes: effects that have committed are carried out in their order within a lane, lanes side by side.
//! On SQLite every lane belongs to this process, and what has committed is queued here. On PostgreSQL a lane is leased to one replica;
//! its rows are the queue, read again until the lane has none, so that their order holds whichever replica left them.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{Notify, watch};

use super::worker::{Worker, committed};
use super::{Due, Effect};
use crate::bot::Notice;
use crate::store::{self, Db, StoreError};

/// How often lanes are looked for that nobody carries out: those of a replica that is gone, or of a commit whose answer was lost.
const LOOK_AROUND: Duration = Duration::from_millis(500);

/// The way to the lanes. Clones lead to the same ones.
#[derive(Clone)]
pub struct Lanes {
    state: Arc<Mutex<State>>,
    /// The database, where its rows are the queues.
    shared: Option<Arc<Db>>,
    /// How many effects and answers are not done yet; where rows are the queues, how many lanes.
    outstanding: watch::Sender<usize>,
}

#[derive(Default)]
struct State {
    worker: Option<Arc<Worker>>,
    lanes: HashMap<String, Lane>,
    early: Vec<Due>,
    /// The highest row that was pushed.
    newest: i64,
}

/// Something is about to be pushed.
pub struct Held(Lanes);

impl Drop for Held {
    fn drop(&mut self) {
        self.0.finished(1);
    }
}

/// What waits in a lane, and the bell that is rung when something comes to it.
#[derive(Default)]
struct Lane {
    queue: VecDeque<Due>,
    bell: Arc<Notify>,
    /// Whether there may be rows that have not been read.
    unread: bool,
}

impl Lanes {
    /// No lanes yet.
    pub fn new(db: &Arc<Db>) -> Self {
        let shared = (!db.is_file()).then(|| Arc::clone(db));
        Self { state: Arc::default(), shared, outstanding: watch::Sender::new(0) }
    }

    /// Begins to carry out what is pushed, and what was pushed before.
    pub fn start(&self, worker: Worker) {
        let early = {
            let mut state = self.lock();
            state.worker = Some(Arc::new(worker));
            std::mem::take(&mut state.early)
        };
        self.outstanding.send_modify(|count| *count -= early.len());
        self.push(early);
        if let Some(db) = self.shared.clone() {
            tokio::spawn(self.clone().look_around(db));
        }
    }

    /// Takes in effects whose rows have committed, in their order.
    pub fn push(&self, effects: Vec<Due>) {
        let mut state = self.lock();
        if self.shared.is_some() {
            for effect in effects {
                self.ring(&mut state, effect.lane);
            }
            return;
        }
        self.outstanding.send_modify(|count| *count += effects.len());
        state.newest = effects.last().map_or(state.newest, |effect| effect.id.max(state.newest));
        if state.worker.is_none() {
            state.early.extend(effects);
            return;
        }
        for effect in effects {
            let lane = self.open(&mut state, &effect.lane);
            lane.queue.push_back(effect);
            lane.bell.notify_one();
        }
    }

    /// The highest row that was pushed.
    pub fn newest(&self) -> i64 {
        self.lock().newest
    }

    /// Has a lane's rows read.
    fn ring(&self, state: &mut State, name: String) {
        if state.worker.is_none() {
            // Whoever looks around finds them.
            return;
        }
        if !state.lanes.contains_key(&name) {
            self.outstanding.send_modify(|count| *count += 1);
        }
        let lane = self.open(state, &name);
        lane.unread = true;
        lane.bell.notify_one();
    }

    /// The lane of this name, which is carried out from now on.
    fn open<'s>(&self, state: &'s mut State, name: &str) -> &'s mut Lane {
        if !state.lanes.contains_key(name)
            && let Some(worker) = state.worker.clone()
        {
            tokio::spawn(self.clone().run(worker, name.to_owned()));
        }
        state.lanes.entry(name.to_owned()).or_default()
    }

    /// Answers a callback query at once, outside of every lane.
    pub fn answer(&self, notice: Notice) {
        let Some(worker) = self.lock().worker.clone() else { return };
        self.outstanding.send_modify(|count| *count += 1);
        let lanes = self.clone();
        tokio::spawn(async move {
            worker.answer(&notice).await;
            lanes.finished(1);
        });
    }

    /// Has nobody believe that nothing is left to do, until the answer is dropped: for what is about to be pushed.
    pub fn hold(&self) -> Held {
        self.outstanding.send_modify(|count| *count += 1);
        Held(self.clone())
    }

    /// Returns once nothing is left to do.
    pub async fn idle(&self) {
        // The sender lives in `self`, so waiting cannot fail.
        let _ = self.outstanding.subscribe().wait_for(|count| *count == 0).await;
    }

    /// How many effects and answers are not done yet; where rows are the queues, how many lanes.
    pub fn outstanding(&self) -> usize {
        *self.outstanding.borrow()
    }

    /// Until when Telegram has told us to leave everybody alone, if it has.
    pub fn told_to_wait_until(&self) -> Option<Timestamp> {
        self.lock().worker.as_ref()?.telegram.hushed_until()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn finished(&self, count: usize) {
        self.outstanding.send_modify(|outstanding| *outstanding -= count);
    }

    /// Carries out a lane until it is empty, or another replica's.
    async fn run(self, worker: Arc<Worker>, lane: String) {
        self.announced(&lane).await;
        match self.shared.clone() {
            None => self.carry_out(&worker, &lane).await,
            Some(db) => Box::pin(self.carry_out_leased(&worker, &lane, &db)).await,
        }
        // Whoever waits for the end of this lane looks again.
        self.finished(0);
    }

    /// What is done is written while the next is under way, unless that would be seen twice: so a kill repeats one message of a chat at
    /// most. The lane stays until all of that has committed, so that `shown` is known until the chat's row tells it.
    async fn carry_out(&self, worker: &Worker, lane: &str) {
        let bell = self.bell(lane);
        let mut shown = None;
        let mut written = VecDeque::new();
        loop {
            while let Some((row, superseded)) = self.next(lane) {
                while shows_twice(&row)
                    && let Some((mut handed_in, finished)) = written.pop_front()
                {
                    worker.writer.hurry();
                    committed(&mut handed_in).await;
                    self.finished(finished);
                }
                let finished = superseded.len() + 1;
                // This process is the only one there is.
                let Some(handed_in) = worker.see_through(row, superseded, &mut shown, 0).await else { continue };
                written.push_back((handed_in, finished));
            }
            match written.front_mut() {
                Some((handed_in, finished)) => tokio::select! {
                    () = committed(handed_in) => {
                        self.finished(*finished);
                        written.pop_front();
                    }
                    () = bell.notified() => {}
                },
                None if self.close(lane) => break,
                None => {}
            }
        }
    }

    /// Reads the lane's rows and carries them out, over and over until there are none and the lane is given up. Without the
    /// database nothing is begun: what was under way is noted once it is back.
    async fn carry_out_leased(&self, worker: &Worker, lane: &str, db: &Db) {
        let mut shown = None;
        // Without a number for good, the process is about to end.
        while let Some(replica) = worker.replica.joined().await {
            match self.read(lane, db, replica).await {
                Ok(Read::Effects) => self.carry_out_read(worker, lane, replica, &mut shown).await,
                Ok(Read::Nothing) if self.close(lane) => break,
                Ok(Read::Nothing) => {}
                Err(error) => {
                    tracing::warn!(%error, "a lane of effects cannot be read; it waits for the database");
                    tokio::time::sleep(LOOK_AROUND).await;
                }
            }
        }
        self.finished(1);
    }

    /// Reads the rows of a lane into its queue, if it is this replica's or nobody's; gives it up if it has none.
    async fn read(&self, lane: &str, db: &Db, replica: i64) -> Result<Read, StoreError> {
        let mut conn = db.conn().await?;
        if let Some(open) = self.lock().lanes.get_mut(lane) {
            open.unread = false;
            open.queue.clear();
        }
        if store::lane::take(&mut conn, replica, [lane.to_owned()]).await?.is_empty() {
            // Whoever has it looks for what was added before giving it up.
            return Ok(Read::Nothing);
        }
        let effects = store::effect::alive_in(&mut conn, [lane.to_owned()]).await?;
        if effects.is_empty() {
            let given_up = store::lane::give_up(&mut conn, replica, lane).await?;
            return Ok(if given_up { Read::Nothing } else { Read::Effects });
        }
        if let Some(open) = self.lock().lanes.get_mut(lane) {
            open.queue = effects.into_iter().map(Due::from).collect();
        }
        Ok(Read::Effects)
    }

    /// Carries out what was read, and waits until all that became of it has committed, so that it is not read again.
    async fn carry_out_read(&self, worker: &Worker, lane: &str, replica: i64, shown: &mut Option<i64>) {
        let mut written = Vec::new();
        while let Some((row, superseded)) = self.next(lane) {
            if shows_twice(&row) {
                for mut handed_in in std::mem::take(&mut written) {
                    worker.writer.hurry();
                    committed(&mut handed_in).await;
                }
            }
            match worker.see_through(row, superseded, shown, replica).await {
                Some(handed_in) => written.push(handed_in),
                None => break,
            }
        }
        for mut handed_in in written {
            committed(&mut handed_in).await;
        }
    }

    /// Takes up, now and again, the lanes that have effects and nobody to carry them out.
    async fn look_around(self, db: Arc<Db>) {
        loop {
            let worker = self.lock().worker.clone();
            let Some(replica) = (match worker {
                Some(worker) => worker.replica.joined().await,
                None => None,
            }) else {
                return;
            };
            match forsaken(&db, replica).await {
                Ok(lanes) => {
                    let mut state = self.lock();
                    for lane in lanes {
                        self.ring(&mut state, lane);
                    }
                }
                Err(error) => tracing::debug!(%error, "lanes cannot be looked for"),
            }
            tokio::time::sleep(LOOK_AROUND).await;
        }
    }

    /// A document comes after the screen that announces it: its lane waits until the chat's has come to its end.
    async fn announced(&self, lane: &str) {
        let Some(chat) = lane.strip_prefix("document ") else { return };
        let calls = format!("chat {chat}");
        // The sender lives in `self`, so waiting cannot fail.
        let _ = self.outstanding.subscribe().wait_for(|_| !self.lock().lanes.contains_key(&calls)).await;
    }

    fn bell(&self, lane: &str) -> Arc<Notify> {
        self.lock().lanes.get(lane).map(|lane| Arc::clone(&lane.bell)).unwrap_or_default()
    }

    /// Ends a lane, unless something has come to it.
    fn close(&self, lane: &str) -> bool {
        let mut state = self.lock();
        let empty = state.lanes.get(lane).is_none_or(|lane| lane.queue.is_empty() && !lane.unread);
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

fn shows_twice(row: &Due) -> bool {
    row.effect.as_ref().is_some_and(Effect::shows_twice)
}

/// What reading a leased lane has found.
enum Read {
    /// Something to carry out.
    Effects,
    /// Nothing: the lane is given up, or another replica's.
    Nothing,
}

/// The lanes that are this replica's by the database, those that were nobody's included.
async fn forsaken(db: &Db, replica: i64) -> Result<impl IntoIterator<Item = String>, StoreError> {
    let mut conn = db.conn().await?;
    store::lane::take_over(&mut conn, replica).await?;
    store::lane::of_replica(&mut conn, replica).await
}

/// Lets the newer of two neighbours take the older's place, if both are screens; if the older was to be a message of its own,
/// the newer becomes one. Whether it did.
fn replace(older: &Due, newer: &mut Due) -> bool {
    let (Some(Effect::Show(older)), Some(Effect::Show(newer))) = (&older.effect, &mut newer.effect) else { return false };
    newer.fresh |= older.fresh;
    true
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;
    use crate::config::Database;

    #[tokio::test]
    async fn a_stop_waits_for_what_is_about_to_be_pushed() {
        let folder = tempfile::tempdir().unwrap();
        let lanes = Lanes::new(&Arc::new(Db::open(&Database::Sqlite(folder.path().join("guichet.db"))).await.unwrap()));
        let held = lanes.hold();
        assert!(lanes.idle().now_or_never().is_none());
        drop(held);
        assert!(lanes.idle().now_or_never().is_some());
    }
}
