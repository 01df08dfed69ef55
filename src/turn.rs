//! The turn: what a flow has in hand while it handles one update. It reads and writes the store inside one database
//! transaction and leaves effects behind; it never waits for anything else.

use jiff::Timestamp;

use crate::clock::Random;
use crate::dialogue::help::Topics;
use crate::dialogue::{News, TurnError};
use crate::domain::{Account, AccountId, Action, Audited, Card, CardId, Change, ChatId, Genuine, Limited, Operator, Policy};
use crate::effects::Effect;
use crate::secret::Key;
use crate::store::chat::Chat;
use crate::store::{self, Conn};
use crate::witness::{Belief, Witness};

/// What does not change from turn to turn.
pub struct Service {
    /// The service that is wound down.
    pub policy: Policy,
    /// Who runs this counter.
    pub operator: Operator,
    /// What of that can be told from a look-alike.
    pub genuine: Genuine,
    /// The help topics.
    pub topics: Topics,
    /// What codes and receipts are derived from.
    pub key: Key,
    /// Random bytes.
    pub random: Random,
    /// Whether the clock may be believed.
    pub witness: Witness,
}

impl Service {
    /// Whether the final date is over, and nothing says that the clock is only far ahead.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.policy.is_over(now) && !matches!(self.witness.belief(now), Belief::Ahead(_))
    }
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
    /// The flow that the dialogue has gone to, once it is known.
    pub flow: Option<&'static str>,
    /// Whether the chat is erased by this turn: nothing of it is written back.
    pub forgotten: bool,
    /// What the holder changed, to be written with the turn.
    pub changes: Vec<Change>,
    /// The cards taken off, each seen linked in this transaction: they are written together with other turns'.
    pub removals: Vec<(AccountId, CardId)>,
    /// What other chats are to be told in the same transaction.
    pub news: Vec<(ChatId, News)>,
    /// What else the audit is to keep.
    pub audited: Vec<Audited>,
    /// What was not let through, because it was tried or asked for too often.
    pub limited: Vec<Limited>,
    /// What is left to be done outside once the turn has committed, in order.
    pub effects: Vec<Effect>,
}

impl<'t> Turn<'t> {
    /// A turn that has done nothing yet.
    pub fn new(service: &'t Service, conn: &'t mut Conn, now: Timestamp, chat: Chat, person: String) -> Self {
        Self {
            now,
            service,
            conn,
            chat,
            person,
            flow: None,
            forgotten: false,
            changes: Vec::new(),
            removals: Vec::new(),
            audited: Vec::new(),
            limited: Vec::new(),
            news: Vec::new(),
            effects: Vec::new(),
        }
    }

    /// The account that the chat is signed in to: as it was loaded with the chat, unless the session began in this transaction.
    pub async fn account(&mut self) -> Result<Option<Account>, TurnError> {
        let Some(session) = &self.chat.session else { return Ok(None) };
        match self.chat.account.as_ref().filter(|account| account.id == session.account_id) {
            Some(account) => Ok(Some(account.clone())),
            None => Ok(store::account::by_id(self.conn, session.account_id).await?),
        }
    }

    /// The cards linked to an account, the oldest link first.
    pub async fn linked_cards(&mut self, account: AccountId) -> Result<Vec<Card>, TurnError> {
        match self.cards_at_hand(account) {
            Some(cards) => Ok(cards.clone()),
            None => Ok(store::card::linked(self.conn, account).await?),
        }
    }

    /// One card of an account, taken off or not.
    pub async fn card(&mut self, account: AccountId, card: CardId) -> Result<Option<Card>, TurnError> {
        match self.cards_at_hand(account).and_then(|cards| cards.iter().find(|found| found.id == card)) {
            Some(found) => Ok(Some(found.clone())),
            None => Ok(store::card::one(self.conn, account, card).await?),
        }
    }

    /// The linked cards that were read with the chat, if they are this account's.
    fn cards_at_hand(&self, account: AccountId) -> Option<&Vec<Card>> {
        let cards = self.chat.cards.as_ref()?;
        self.chat.account.as_ref().is_some_and(|loaded| loaded.id == account).then_some(cards)
    }

    /// Ends the chat's session, if it has one, for another reason than that its holder signs out.
    pub async fn end_session(&mut self) -> Result<(), TurnError> {
        self.close_session(Action::SessionEnded).await
    }

    /// Ends the chat's session, if it has one, by this action.
    pub async fn close_session(&mut self, action: Action) -> Result<(), TurnError> {
        if let Some(session) = self.chat.session.take() {
            store::session::end(self.conn, session.id, self.now).await?;
            self.audit(action, session.account_id, "done", &session.id.0.to_be_bytes());
        }
        Ok(())
    }

    /// Has the audit keep what was done on an account and what came of it, where that is no change that other systems are told of.
    /// `what` tells the deed from every other of its kind; the time is in the reference as well, so that a try that failed because the
    /// reference was taken gets another.
    pub fn audit(&mut self, action: Action, account: AccountId, outcome: &'static str, what: &[u8]) {
        let reference = self.service.key.reference(&[action.word().as_bytes(), what, &self.now.as_millisecond().to_be_bytes()]);
        self.audited.push(Audited { action: action.word(), account, reference, outcome });
    }
}
