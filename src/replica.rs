//! What this process is among those that serve from the same database. On PostgreSQL there may be several replicas: each has a number
//! for as long as its session with the server lasts, and one of them asks Telegram for updates. On SQLite a process is alone.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::store::lock::{Session, Sole};
use crate::store::{self, Db, StoreError};

/// How often the session is looked after. A lost one is noticed, and a poller that is gone followed, within about this time.
const PULSE: Duration = Duration::from_millis(500);

/// What a process is while its session lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Its number; another each time it joins.
    pub number: i64,
    /// Whether it is the one that polls.
    pub polls: bool,
}

/// The process's standing, as it changes. Clones tell the same.
#[derive(Clone)]
pub struct Replica {
    standing: watch::Receiver<Option<Standing>>,
}

/// What keeps up the standing of a process.
pub struct Keeper {
    db: Arc<Db>,
    polls: bool,
    standing: watch::Sender<Option<Standing>>,
}

impl Replica {
    /// Joins the replicas that serve from this database. `polls` is whether updates come by polling at all.
    pub fn join(db: Arc<Db>, polls: bool) -> (Self, Keeper) {
        let alone = db.is_file().then_some(Standing { number: 0, polls });
        let (sender, standing) = watch::channel(alone);
        (Self { standing }, Keeper { db, polls, standing: sender })
    }

    /// The number, while there is one.
    pub fn number(&self) -> Option<i64> {
        self.standing.borrow().map(|standing| standing.number)
    }

    /// Waits until there is a number; `None` once nothing keeps up the standing any more.
    pub async fn joined(&self) -> Option<i64> {
        let mut standing = self.standing.clone();
        standing.wait_for(Option::is_some).await.ok().and_then(|standing| standing.map(|standing| standing.number))
    }

    /// Waits until the process is the one that polls, or is so no longer.
    pub async fn polls(&self, whether: bool) {
        let mut standing = self.standing.clone();
        let polls = |standing: &Option<Standing>| standing.is_some_and(|standing| standing.polls) == whether;
        if standing.wait_for(polls).await.is_err() && whether {
            // Nothing will ever change again.
            std::future::pending::<()>().await;
        }
    }
}

impl Keeper {
    /// Keeps the session up until told to leave; then the process's lanes and locks are free for the others at once.
    pub async fn keep(self, leave: CancellationToken) {
        if self.db.is_file() {
            return leave.cancelled().await;
        }
        while !leave.is_cancelled() {
            if let Err(error) = self.serve(&leave).await {
                tracing::warn!(%error, "the session with the database is lost; effects wait until there is another");
            }
            self.standing.send_replace(None);
            tokio::select! { () = leave.cancelled() => {} () = tokio::time::sleep(PULSE) => {} }
        }
    }

    /// One session, from joining to its end.
    async fn serve(&self, leave: &CancellationToken) -> Result<(), StoreError> {
        let Some(mut session) = self.db.session().await? else { return Ok(()) };
        let Some(number) = session.join().await? else {
            tracing::info!("the tables are being changed; waiting to serve");
            session.end().await;
            return Ok(());
        };
        tracing::info!(replica = number, "serving as a replica");
        let mut standing = Standing { number, polls: false };
        self.standing.send_replace(Some(standing));
        loop {
            if self.polls && !standing.polls && session.take(Sole::Polling).await? {
                standing.polls = true;
                self.standing.send_replace(Some(standing));
            }
            tokio::select! {
                () = leave.cancelled() => return self.leave(session, number).await,
                () = tokio::time::sleep(PULSE) => {}
            }
            session.stands().await?;
        }
    }

    async fn leave(&self, session: Session, number: i64) -> Result<(), StoreError> {
        store::lane::free(&mut self.db.conn().await?, number).await?;
        session.end().await;
        Ok(())
    }
}
