//! Leaves no trace of what was erased in SQLite's files: what is deleted is overwritten in the file, but stays in the log beside it
//! until that is folded in and cut to nothing. It is done after the commit, out of the writer's way, and again until it works: one
//! that reads meanwhile stands in its way. Backups, and PostgreSQL's own files, are beyond it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::store::{Db, StoreError};

/// How long to wait before the next try, at first and at most.
const PAUSES: [Duration; 2] = [Duration::from_millis(20), Duration::from_secs(1)];

/// What was erased and is not wiped yet.
pub(super) struct Traces {
    /// Whether rows were deleted that the next sweep has wiped.
    loose: AtomicBool,
    wanted: watch::Sender<u64>,
    wiped: watch::Sender<u64>,
}

impl Traces {
    pub(super) fn new() -> Self {
        Self { loose: AtomicBool::new(false), wanted: watch::Sender::new(0), wiped: watch::Sender::new(0) }
    }

    /// Rows were deleted; the next sweep has them wiped.
    pub(super) fn left(&self) {
        self.loose.store(true, Ordering::Relaxed);
    }

    /// Has everything wiped that was deleted until now, if there is anything. `erased` is whether something is known to be.
    pub(super) fn wipe(&self, erased: bool) {
        if self.loose.swap(false, Ordering::Relaxed) || erased {
            self.wanted.send_modify(|wanted| *wanted += 1);
        }
    }

    /// Returns once everything is wiped that was asked for until now.
    pub(super) async fn wiped(&self) {
        let wanted = *self.wanted.borrow();
        // The sender lives in `self`, so waiting cannot fail.
        let _ = self.wiped.subscribe().wait_for(|wiped| *wiped >= wanted).await;
    }

    /// Wipes whenever it is asked for, until told to close: a database that is closed wipes itself.
    pub(super) async fn keep_wiping(self: Arc<Self>, db: Arc<Db>, closing: CancellationToken) {
        let mut wanted = self.wanted.subscribe();
        let work = async {
            // The sender lives in `self`, so it never ends.
            while wanted.changed().await.is_ok() {
                let until = *wanted.borrow_and_update();
                let mut pause = PAUSES[0];
                while !wipe(&db).await.unwrap_or_else(put_off) {
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(PAUSES[1]);
                }
                self.wiped.send_replace(until);
            }
        };
        closing.run_until_cancelled(work).await;
    }
}

/// Folds the log in; whether that worked. Whoever writes is never kept waiting by a wait for others.
async fn wipe(db: &Db) -> Result<bool, StoreError> {
    let mut conn = db.conn().await?;
    conn.do_not_wait().await?;
    let done = conn.truncate_log().await;
    // It would not wait for others again.
    conn.throw_away().await;
    done
}

fn put_off(error: StoreError) -> bool {
    tracing::debug!(%error, "the log cannot be cut just now");
    false
}
