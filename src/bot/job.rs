//! What the writer is asked to write.

use jiff::Timestamp;
use teloxide::types::Update;

use super::page_job::PageJob;
use crate::domain::ChatId;

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
        /// The chat to tell, where its holder waits for it.
        tell: Option<ChatId>,
    },
    /// A chat whose holder has blocked the bot.
    Blocked(ChatId),
    /// What a web page asks for.
    Page(PageJob),
    /// End overdue sessions and forget what is past its age.
    Sweep,
}

impl Job {
    /// The chat whose row a job changes that is no update's.
    pub fn chat(&self) -> Option<ChatId> {
        match self {
            Self::Done { shown, .. } => shown.map(|(chat, _)| chat),
            Self::Bury { tell, .. } => *tell,
            Self::Blocked(chat) => Some(*chat),
            Self::Update { .. } | Self::Postpone { .. } | Self::Page(_) | Self::Sweep => None,
        }
    }
}
