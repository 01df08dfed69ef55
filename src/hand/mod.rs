//! The operator's hand: `guichet account` shows one account, masked, and locks, unlocks or erases it or ends its sessions, beside a
//! running counter or without one. Each look and each act has an audit row, whose reference is told; an act writes its event. The chats
//! of sessions that end find word left for them, which the counter's next sweep takes to them.

mod shown;

use std::time::Duration;

use data_encoding::HEXLOWER;
use jiff::Timestamp;
use serde_json::json;

pub use shown::{Done, Shown};

use crate::clock::{Clock, Random};
use crate::domain::{Account, Action, Audited, Change, ChatId, Email, Parting};
use crate::secret::Key;
use crate::store::lock::Sole;
use crate::store::meta::{self, Meta};
use crate::store::{self, Conn, Db, StoreError};
use crate::unlock::{self, UnlockError};

/// Receipts that are shown at most, the newest.
const RECEIPTS: usize = 10;

/// How often something is tried that turns stand in the way of.
const TRIES: u32 = 5;
/// How often, and how far apart, the log is tried to be cut.
const CUT_TRIES: u32 = 50;
const CUT_PAUSE: Duration = Duration::from_millis(100);

/// What can be done to an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Let nobody sign in, and end its sessions.
    Lock,
    /// Take that lock away.
    Unlock,
    /// End its sessions.
    EndSessions,
    /// Erase it for good.
    Erase,
}

impl Act {
    /// What the audit and the event call it.
    fn action(self) -> Action {
        match self {
            Self::Lock => Action::AccountLocked,
            Self::Unlock => Action::AccountUnlocked,
            Self::EndSessions => Action::SessionsEnded,
            Self::Erase => Action::AccountErased,
        }
    }
}

/// Why nothing was done. Each says what is wrong, where, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum HandError {
    /// There is no key, or not the database's.
    #[error(transparent)]
    Locked(#[from] UnlockError),
    /// No counter has served from the database.
    #[error("DATABASE_URL: no key belongs to this database yet; start `guichet run` once, which makes one")]
    NoKey,
    /// No such account.
    #[error("no account has the address {0}; check how it is spelt")]
    Unknown(String),
    /// It is erased.
    #[error("the account of {address} was erased on {}; nothing is left of it, and an import does not bring it back", shown::second(*.at))]
    Erased {
        /// The address, masked.
        address: String,
        /// When.
        at: Timestamp,
    },
    /// An import might bring back what is being erased.
    #[error("an import is under way; wait until it has ended, then erase the account again")]
    ImportUnderWay,
    /// The database failed.
    #[error("DATABASE_URL: {0}; nothing was done: check the disk and the permissions of the database")]
    Store(#[from] StoreError),
}

/// The hash under which an erased address is known: keyed, so that nobody finds the address by trying them all.
pub fn address_hash(key: &Key, email: &Email) -> String {
    HEXLOWER.encode(&key.derive("erased", &[email.as_str().as_bytes()]))
}

/// What the hand needs.
pub struct Hand<'a> {
    /// The database.
    pub db: &'a Db,
    /// The key that belongs to it.
    pub key: Key,
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub random: Random,
}

/// The key that belongs to a database, which is unlocked with it.
pub async fn key_of(db: &Db, key_file: &std::path::Path) -> Result<Key, HandError> {
    meta::get(&mut db.conn().await?, Meta::KeyFingerprint).await?.ok_or(HandError::NoKey)?;
    // None is made: the database has one.
    Ok(unlock::unlock(db, key_file, &Random::machine(), Clock::machine().now()).await?)
}

impl Hand<'_> {
    /// Shows an account, and notes that it was looked at.
    pub async fn show(&self, email: &Email) -> Result<Shown, HandError> {
        self.in_transaction(async |conn| self.look(conn, email).await).await
    }

    /// Does something to an account, or nothing at all.
    pub async fn act(&self, email: &Email, act: Act) -> Result<Done, HandError> {
        // What an import has staged, or has decided to merge, must not bring back what is erased.
        let _lock = match act {
            Act::Erase => Some(self.db.lock(Sole::Importing).await?.ok_or(HandError::ImportUnderWay)?),
            _ => None,
        };
        if act == Act::Erase {
            store::import::finish(&mut self.db.conn().await?).await?;
        }
        let done = self.in_transaction(async |conn| self.carry_out(conn, email, act).await).await?;
        if act == Act::Erase {
            self.leave_no_trace().await?;
        }
        Ok(done)
    }

    /// Has SQLite's log cut, in which erased rows would stay; whoever reads meanwhile stands in the way, and the counter's next sweep or
    /// its end does it then.
    async fn leave_no_trace(&self) -> Result<(), StoreError> {
        let mut conn = self.db.conn().await?;
        conn.do_not_wait().await?;
        for _ in 0..CUT_TRIES {
            if conn.truncate_log().await.unwrap_or(false) {
                break;
            }
            tokio::time::sleep(CUT_PAUSE).await;
        }
        conn.throw_away().await;
        Ok(())
    }

    /// Does something in a transaction of its own; again, if the counter's turns stood in its way.
    async fn in_transaction<T>(&self, does: impl AsyncFn(&mut Conn) -> Result<T, HandError>) -> Result<T, HandError> {
        for _ in 1..TRIES {
            match self.once(&does).await {
                Err(HandError::Store(error)) if error.is_contention() => {
                    tracing::debug!(%error, "two transactions stood in each other's way; this one goes again");
                }
                outcome => return outcome,
            }
        }
        self.once(&does).await
    }

    /// Does something in a transaction, and makes it last or undoes it.
    async fn once<T>(&self, does: &impl AsyncFn(&mut Conn) -> Result<T, HandError>) -> Result<T, HandError> {
        let mut conn = self.db.conn().await?;
        conn.begin().await?;
        let outcome = does(&mut conn).await;
        match outcome {
            Ok(_) => conn.commit().await?,
            // Nobody knows what is open on it.
            Err(_) => conn.throw_away().await,
        }
        outcome
    }

    async fn look(&self, conn: &mut Conn, email: &Email) -> Result<Shown, HandError> {
        let account = self.find(conn, email).await?;
        let mut receipts = store::audit::of_account(conn, &self.key, account.id).await?;
        let receipts = receipts.split_off(receipts.len().saturating_sub(RECEIPTS));
        let reference = self.reference(Action::AccountShown);
        let change = self.change(Action::AccountShown, &account, &reference);
        store::audit::record(conn, &self.key, &self.random, &[Audited::from(&change)], self.clock.now()).await?;
        let cards = store::card::every(conn, account.id).await?;
        let (opened_on, _) = store::account::opened_and_password(conn, account.id).await?;
        let balances = store::account::balances(conn, account.id).await?.len();
        let now = self.clock.now();
        let mut sessions = store::session::of_account(conn, account.id).await?;
        sessions.retain(|open| open.session.is_live(now));
        Ok(Shown { account, opened_on, balances, cards, sessions, receipts, reference })
    }

    async fn carry_out(&self, conn: &mut Conn, email: &Email, act: Act) -> Result<Done, HandError> {
        let account = self.find(conn, email).await?;
        let chats = self.hold(conn, &account).await?;
        let (now, mut ended) = (self.clock.now(), Vec::new());
        let changed = match act {
            Act::Lock => store::hand::set_locked(conn, account.id, true).await?,
            Act::Unlock => store::hand::set_locked(conn, account.id, false).await?,
            Act::EndSessions | Act::Erase => true,
        };
        let why = match act {
            Act::Lock => Some(Parting::Locked),
            Act::EndSessions => Some(Parting::Ended),
            Act::Erase => Some(Parting::Erased),
            Act::Unlock => None,
        };
        if let Some(why) = why {
            ended = store::hand::end_sessions(conn, account.id, now).await?;
            store::session::void_begun(conn, account.id, None).await?;
            store::parting::put(conn, &ended, why).await?;
        }
        let reference = self.reference(act.action());
        let change = self.change(act.action(), &account, &reference);
        store::audit::record(conn, &self.key, &self.random, &[Audited::from(&change)], now).await?;
        if act == Act::Erase {
            store::audit::unlink(conn, account.id).await?;
            self.erase(conn, &account, chats, now).await?;
        }
        store::event::record(conn, &[change], now).await?;
        Ok(Done { address: email.masked(), act, changed, sessions: ended.len(), reference })
    }

    /// Keeps everybody else from the account and the chats that have had to do with it; these chats. In the order of turns: a chat that
    /// is signing in at this moment, and then the account; which chats are its own is only certain after that.
    async fn hold(&self, conn: &mut Conn, account: &Account) -> Result<Vec<ChatId>, HandError> {
        let chats = store::hand::chats(conn, account.id).await?;
        conn.lock_chats(chats).await?;
        conn.lock_account(account.id).await?;
        let chats = store::hand::chats(conn, account.id).await?;
        conn.lock_chats(chats.iter().copied()).await?;
        Ok(chats)
    }

    async fn erase(&self, conn: &mut Conn, account: &Account, mut chats: Vec<ChatId>, now: Timestamp) -> Result<(), HandError> {
        let everyone = store::chat::every(conn).await?;
        let awaiting = store::hand::await_code(conn, &account.email, &everyone).await?;
        conn.lock_chats(awaiting.iter().copied()).await?;
        chats.extend(awaiting);
        let marks = everyone.iter().map(|chat| store::known_chat::mark(&self.key, *chat, &account.email)).collect();
        store::known_chat::forget_marks(conn, &marks).await?;
        Ok(store::hand::erase(conn, account, &chats, &address_hash(&self.key, &account.email), now).await?)
    }

    async fn find(&self, conn: &mut Conn, email: &Email) -> Result<Account, HandError> {
        if let Some(account) = store::account::by_email(conn, email).await? {
            return Ok(account);
        }
        let address = email.masked();
        Err(match store::hand::erased_at(conn, &address_hash(&self.key, email)).await? {
            Some(at) => HandError::Erased { address, at },
            None => HandError::Unknown(address),
        })
    }

    fn reference(&self, action: Action) -> String {
        self.key.reference(&[action.word().as_bytes(), &self.random.bytes::<16>()])
    }

    fn change(&self, action: Action, account: &Account, reference: &str) -> Change {
        let details = json!({ "reference": reference, "by": "operator" });
        Change { kind: action.word(), account: account.id, reference: reference.to_owned(), recorded: false, details }
    }
}
