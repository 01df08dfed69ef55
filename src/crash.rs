//! Faults that tests order and that need a hand inside; only a debug build has it. `GUICHET_CRASH=NAME:N` lets the process die at the
//! N-th passage of a point, `GUICHET_PANIC=CHAT` lets the turns of a chat panic, `GUICHET_LOST_COMMITS=N` loses the answer to every
//! N-th commit, `GUICHET_PAGES=FILE` lets SQLite run out of space at as many pages as that file says at the time,
//! `GUICHET_SWEEPS=MS` has the counter sweep so often.

#[cfg(not(debug_assertions))]
use jiff::SignedDuration;

#[cfg(not(debug_assertions))]
use crate::domain::ChatId;

/// A gap between two writes or calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Point {
    /// Updates are about to be asked for, which acknowledges those before.
    Poll,
    /// Updates have come.
    Polled,
    /// The webhook was called with an update.
    Received,
    /// A transaction is about to be opened.
    Begin,
    /// A statement is about to be run.
    Statement,
    /// A turn is about to begin.
    Turn,
    /// A transaction is about to be committed.
    Commit,
    /// It has been committed.
    Committed,
    /// What it left to be done has been handed to the lanes.
    Pushed,
    /// The webhook's call is about to be answered, which acknowledges the update.
    Answer,
    /// Telegram is about to be called.
    Call,
    /// Telegram has answered.
    Called,
    /// A mail is about to be handed over.
    Mail,
    /// It has been handed over.
    Mailed,
    /// The key is being changed: a step is done, and the next not begun.
    Rotation,
    /// An earlier version's database is being sealed: every row is, or the file is wiped.
    Sealing,
    /// The final date is over and a sweep erases: it begins, the chats are gone, the rows are gone, that is noted.
    Closing,
}

impl Point {
    /// Each that an update comes by that is polled for, in the order of its way.
    pub const POLLING: [Self; 12] = [
        Self::Poll,
        Self::Polled,
        Self::Begin,
        Self::Statement,
        Self::Turn,
        Self::Commit,
        Self::Committed,
        Self::Pushed,
        Self::Call,
        Self::Called,
        Self::Mail,
        Self::Mailed,
    ];

    /// Each that only an update comes by that the webhook is called with, and the commit between them.
    pub const WEBHOOK: [Self; 4] = [Self::Received, Self::Commit, Self::Committed, Self::Answer];

    /// The name it is ordered by.
    pub fn name(self) -> &'static str {
        match self {
            Self::Poll => "poll",
            Self::Polled => "polled",
            Self::Received => "received",
            Self::Begin => "begin",
            Self::Statement => "statement",
            Self::Turn => "turn",
            Self::Commit => "commit",
            Self::Committed => "committed",
            Self::Pushed => "pushed",
            Self::Answer => "answer",
            Self::Call => "call",
            Self::Called => "called",
            Self::Mail => "mail",
            Self::Mailed => "mailed",
            Self::Rotation => "rotation",
            Self::Sealing => "sealing",
            Self::Closing => "closing",
        }
    }
}

#[cfg(debug_assertions)]
pub use ordered::{at, loses_commit, page_limit, sweep_every, turn};

/// Passes a point; whoever ordered a crash there gets it.
#[cfg(not(debug_assertions))]
#[inline]
pub fn at(_: Point) {}

/// A turn of this chat begins; whoever ordered a panic there gets it.
#[cfg(not(debug_assertions))]
#[inline]
pub fn turn(_: ChatId) {}

/// Whether the answer to this commit is lost.
#[cfg(not(debug_assertions))]
#[inline]
pub fn loses_commit() -> bool {
    false
}

/// How many pages a SQLite file may have, if that was ordered.
#[cfg(not(debug_assertions))]
#[inline]
pub fn page_limit() -> Option<u32> {
    None
}

/// How often the counter sweeps, if that was ordered.
#[cfg(not(debug_assertions))]
#[inline]
pub fn sweep_every() -> Option<SignedDuration> {
    None
}

#[cfg(debug_assertions)]
mod ordered {
    use std::sync::LazyLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    use jiff::SignedDuration;

    use super::Point;
    use crate::domain::ChatId;

    /// A point and after how many passages the process dies there.
    static CRASH: LazyLock<Option<(String, AtomicU64)>> = LazyLock::new(|| {
        let order = std::env::var("GUICHET_CRASH").ok()?;
        let (name, passages) = order.split_once(':')?;
        Some((name.to_owned(), AtomicU64::new(passages.parse().ok()?)))
    });

    /// The chat whose turns panic.
    static PANIC: LazyLock<Option<i64>> = LazyLock::new(|| std::env::var("GUICHET_PANIC").ok()?.parse().ok());

    /// One in how many commits loses its answer, and how many there have been.
    static LOST_COMMITS: LazyLock<Option<u64>> = LazyLock::new(|| std::env::var("GUICHET_LOST_COMMITS").ok()?.parse().ok());
    static COMMITS: AtomicU64 = AtomicU64::new(0);

    /// The file that says how many pages the database may have.
    static PAGES: LazyLock<Option<String>> = LazyLock::new(|| std::env::var("GUICHET_PAGES").ok());

    /// Passes a point; whoever ordered a crash there gets it.
    pub fn at(point: Point) {
        let Some((_, left)) = CRASH.as_ref().filter(|(name, _)| name == point.name()) else { return };
        if left.fetch_sub(1, Ordering::SeqCst) == 1 {
            std::process::abort();
        }
    }

    /// A turn of this chat begins; whoever ordered a panic there gets it.
    pub fn turn(chat: ChatId) {
        at(Point::Turn);
        assert!(*PANIC != Some(chat.0), "ordered");
    }

    /// Whether the answer to this commit is lost.
    pub fn loses_commit() -> bool {
        LOST_COMMITS.is_some_and(|of| (COMMITS.fetch_add(1, Ordering::SeqCst) + 1).is_multiple_of(of))
    }

    /// How often the counter sweeps, if that was ordered.
    pub fn sweep_every() -> Option<SignedDuration> {
        std::env::var("GUICHET_SWEEPS").ok()?.parse().ok().map(SignedDuration::from_millis)
    }

    /// How many pages a SQLite file may have, if that was ordered.
    pub fn page_limit() -> Option<u32> {
        std::fs::read_to_string(PAGES.as_ref()?).ok()?.trim().parse().ok()
    }
}
