//! The gaps in an update's way in which a test may have the process die, and faults that need a hand inside. Only a debug build
//! has them: `GUICHET_CRASH=NAME:N` aborts it at the N-th passage of a point, `GUICHET_CRASH=panic:NAME:N` panics there.

/// A gap between two writes or calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Point {
    /// Updates are about to be asked for, which acknowledges those before.
    Poll,
    /// Updates have come.
    Polled,
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
    /// Telegram is about to be called.
    Call,
    /// Telegram has answered.
    Called,
    /// A mail is about to be handed over.
    Mail,
    /// It has been handed over.
    Mailed,
}

impl Point {
    /// Each of them, in the order of an update's way.
    pub const ALL: [Self; 12] = [
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

    /// The name it is ordered by.
    pub fn name(self) -> &'static str {
        match self {
            Self::Poll => "poll",
            Self::Polled => "polled",
            Self::Begin => "begin",
            Self::Statement => "statement",
            Self::Turn => "turn",
            Self::Commit => "commit",
            Self::Committed => "committed",
            Self::Pushed => "pushed",
            Self::Call => "call",
            Self::Called => "called",
            Self::Mail => "mail",
            Self::Mailed => "mailed",
        }
    }
}

/// Passes a point; whoever ordered a crash there gets it.
#[cfg(not(debug_assertions))]
#[inline]
pub fn at(_: Point) {}

#[cfg(debug_assertions)]
pub use ordered::at;

#[cfg(debug_assertions)]
mod ordered {
    use std::sync::LazyLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::Point;

    /// What goes wrong, where, and after how many passages.
    struct Order {
        panics: bool,
        name: String,
        left: AtomicU64,
    }

    static ORDER: LazyLock<Option<Order>> = LazyLock::new(|| read(&std::env::var("GUICHET_CRASH").ok()?));

    fn read(text: &str) -> Option<Order> {
        let (panics, text) = text.strip_prefix("panic:").map_or((false, text), |rest| (true, rest));
        let (name, passages) = text.split_once(':')?;
        Some(Order { panics, name: name.to_owned(), left: AtomicU64::new(passages.parse().ok()?) })
    }

    /// Passes a point; whoever ordered a crash there gets it.
    pub fn at(point: Point) {
        let Some(order) = ORDER.as_ref().filter(|order| order.name == point.name()) else { return };
        if order.left.fetch_sub(1, Ordering::SeqCst) != 1 {
            return;
        }
        assert!(!order.panics, "ordered at {}", order.name);
        std::process::abort();
    }
}
