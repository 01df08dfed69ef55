//! The turn: what a flow has in hand while it handles one update. It reads and writes the store inside one database
//! transaction and leaves effects behind; it never waits for anything else.

use jiff::Timestamp;

use crate::clock::Random;
use crate::dialogue::TurnError;
use crate::dialogue::help::Topics;
use crate::domain::{Account, Change, Operator, Policy};
use crate::effects::Effect;
use crate::secret::Key;
use crate::store::chat::Chat;
use crate::store::{self, Conn};

/// What does not change from turn to turn.
pub struct Service {
    /// The service that is wound down.
    pub policy: Policy,
    /// Who runs this counter.
    pub operator: Operator,
    /// The help topics.
    pub topics: Topics,
    /// What codes and receipts are derived from.
    pub key: Key,
    /// Random bytes.
    pub random: Random,
}

/// The handling of one update, or of one chat's part of a sweep.
pub struct Turn<'t> {
    /// The time of the turn; it does not move while the turn lasts.
    pub now: Timestamp,
    /// What does not change from turn to turn.
    pub service: &'t Service,
    /// The open transaction.
    pub conn: &'t mut Conn,
    /// The chat whose turn it is, written back when the turn ends.
    pub chat: Chat,
    /// The Telegram account that wrote, as a mail names it; empty in a sweep.
    pub person: String,
    /// Whether the chat is erased by this turn: nothing of it is written back.
    pub forgotten: bool,
    /// What the holder changed, to be written with the turn.
    pub changes: Vec<Change>,
    /// What is left to be done outside once the turn has committed, in order.
    pub effects: Vec<Effect>,
}

impl<'t> Turn<'t> {
    /// A turn that has done nothing yet.
    pub fn new(service: &'t Service, conn: &'t mut Conn, now: Timestamp, chat: Chat, person: String) -> Self {
        Self { now, service, conn, chat, person, forgotten: false, changes: Vec::new(), effects: Vec::new() }
    }

    /// The account that the chat is signed in to: as it was loaded with the chat, unless the session began in this transaction.
    pub async fn account(&mut self) -> Result<Option<Account>, TurnError> {
        let Some(session) = &self.chat.session else { return Ok(None) };
        match self.chat.account.as_ref().filter(|account| account.id == session.account_id) {
            Some(account) => Ok(Some(account.clone())),
            None => Ok(store::account::by_id(self.conn, session.account_id).await?),
        }
    }

    /// Ends the chat's session, if it has one.
    pub async fn end_session(&mut self) -> Result<(), TurnError> {
        if let Some(session) = self.chat.session.take() {
            store::session::end(self.conn, session.id, self.now).await?;
        }
        Ok(())
    }
}
