//! One transaction's worth of turns: the chats are loaded together, each update decides, everything is written together.

mod closing;
mod sweeping;

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use teloxide::types::Update;
use tracing::Instrument as _;

use super::handle::{Desk, Notice};
use super::job::Job;
use super::page_job::{PageJob, Verdict};
use super::schema::Arrival;
use crate::dialogue::reset::link;
use crate::dialogue::sign_in::page;
use crate::dialogue::{News, TurnError};
use crate::domain::{AccountId, Audited, CardId, Change, ChatId, Language, Limited, SessionId};
use crate::effects::{Due, Effect, Ending};
use crate::store::audit::Subjects;
use crate::store::chat::Chat;
use crate::store::{self, Coming, Conn, StoreError};
use crate::watch::{TurnOutcome, Turned};

/// Why a batch did not go through.
pub enum Failure {
    /// The database is not available.
    Unavailable(StoreError),
    /// A job is at fault.
    Fault(String),
}

impl From<TurnError> for Failure {
    fn from(error: TurnError) -> Self {
        match error {
            TurnError::Store(error @ (StoreError::Unavailable(_) | StoreError::Overtaken)) => Self::Unavailable(error),
            other => Self::Fault(other.to_string()),
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        TurnError::Store(error).into()
    }
}

/// What goes out once a batch has committed.
pub struct Committed {
    /// The effects, as rows, once it has.
    pub effects: Coming<Vec<Due>>,
    /// The answers to callback queries.
    pub notices: Vec<Notice>,
    /// What became of what pages asked for.
    pub verdicts: Vec<(PageJob, Verdict)>,
    /// The turns.
    pub turns: Vec<Turned>,
    /// What was not let through.
    pub limited: Vec<Limited>,
    /// Whether a chat or rows past their age were erased.
    pub erased: bool,
    /// Reports that everything is erased, to be logged.
    pub reports: Vec<Ending>,
}

/// What is done in a chat.
enum Doing {
    Handle(Arrival),
    GiveUp(Arrival),
    Expire,
    SignIn(AccountId, String),
    Tell(News),
    Forget,
    Close,
}

/// One transaction's worth of turns.
pub struct Batch<'a> {
    desk: &'a Desk,
    now: Timestamp,
    locked: HashSet<ChatId>,
    chats: HashMap<ChatId, Chat>,
    changed: HashSet<ChatId>,
    effects: Vec<Effect>,
    changes: Vec<Change>,
    /// The cards taken off that are not written yet.
    removals: Vec<(AccountId, CardId)>,
    news: Vec<(ChatId, News)>,
    audited: Vec<Audited>,
    /// The audit's subjects of accounts that something may be done on.
    subjects: Subjects,
    notices: Vec<Notice>,
    verdicts: Vec<(PageJob, Verdict)>,
    turns: Vec<Turned>,
    limited: Vec<Limited>,
    erased: bool,
    reports: Vec<Ending>,
}

impl<'a> Batch<'a> {
    /// An empty batch at this time.
    pub fn new(desk: &'a Desk, now: Timestamp) -> Self {
        Self {
            desk,
            now,
            locked: HashSet::new(),
            chats: HashMap::new(),
            changed: HashSet::new(),
            effects: Vec::new(),
            changes: Vec::new(),
            removals: Vec::new(),
            news: Vec::new(),
            audited: Vec::new(),
            subjects: Subjects::new(),
            notices: Vec::new(),
            verdicts: Vec::new(),
            turns: Vec::new(),
            limited: Vec::new(),
            erased: false,
            reports: Vec::new(),
        }
    }

    /// What the updates among these jobs are; that needs no transaction yet.
    pub async fn arrived(&self, jobs: &[Job]) -> Vec<(i64, Arrival)> {
        let mut arrived = Vec::new();
        for job in jobs {
            if let Job::Update { update, .. } = job {
                self.desk.hear_the_time(update);
                arrived.push((update.id.0.into(), self.desk.route(Update::clone(update)).await));
            }
        }
        arrived
    }

    /// Runs jobs: bookkeeping first, so that the turns see it, then the updates that are new, then what pages ask for, then a sweep.
    pub async fn run(&mut self, conn: &mut Conn, jobs: &[Job], arrived: Vec<(i64, Arrival)>) -> Result<(), Failure> {
        let arriving = arrived.iter().filter_map(|(_, arrival)| arrival.private_chat()).map(|(id, _)| id);
        self.lock(conn, jobs.iter().filter_map(Job::chat).chain(arriving)).await?;
        self.bookkeeping(conn, jobs).await?;
        let mut new = self.look_up(conn, &arrived).await?;
        let mut arrivals = Vec::new();
        for (id, arrival) in arrived {
            if new.remove(&id) {
                arrivals.push((id, arrival));
                continue;
            }
            if let Some(query) = arrival.query() {
                // Handled before, but a kill may have come between that commit and the answer.
                self.notices.push(Notice { query: query.to_owned(), text: None });
            }
            self.turned(id, None, TurnOutcome::Duplicate, self.effects.len());
        }
        for (id, arrival) in arrivals {
            let outcome = if matches!(arrival, Arrival::PassedOver) { TurnOutcome::PassedOver } else { TurnOutcome::Handled };
            self.turn(conn, id, arrival.private_chat(), Doing::Handle(arrival), outcome).await?;
        }
        for job in jobs {
            match job {
                Job::Page(page) => self.page(conn, page).await?,
                Job::Bury { tell: Some(chat), .. } => self.news.push((*chat, News::DataFailed)),
                _ => {}
            }
        }
        self.spread(conn).await?;
        self.take_off(conn).await?;
        if jobs.iter().any(|job| matches!(job, Job::Sweep)) {
            self.sweep(conn).await?;
        }
        Ok(())
    }

    /// Marks the updates as handled and reads what their turns need, in one go: their chats, and for those who look at their cards the
    /// cards and the audit's subjects. The updates that were not handled before.
    async fn look_up(&mut self, conn: &mut Conn, arrived: &[(i64, Arrival)]) -> Result<HashSet<i64>, Failure> {
        let ids: Vec<i64> = arrived.iter().map(|(id, _)| *id).collect();
        let new = store::processed_update::insert_new(conn, &ids, self.now).await?;
        let chats_of = |wanted: fn(&Arrival) -> bool| -> Vec<ChatId> {
            let chats = arrived.iter().filter(|(_, arrival)| wanted(arrival)).filter_map(|(_, arrival)| arrival.private_chat());
            chats.map(|(chat, _)| chat).collect::<HashSet<_>>().into_iter().collect()
        };
        let chats = store::chat::ask(conn, &chats_of(|_| true)).await?;
        let looking = chats_of(Arrival::looks_at_cards);
        let cards = store::card::ask_linked_in(conn, &looking).await?;
        let subjects = store::audit::ask_subjects_in(conn, &looking).await?;
        let new = conn.get(new).await?;
        self.chats.extend(conn.get(chats).await?.into_iter().map(|chat| (chat.id, chat)));
        self.deal(conn.get(cards).await?);
        self.subjects = conn.get(subjects).await?;
        Ok(new)
    }

    /// Tells the holder of an update that it could not be handled, and is done with it.
    pub async fn give_up(&mut self, conn: &mut Conn, update: &Update) -> Result<(), Failure> {
        store::processed_update::insert(conn, update.id.0.into(), self.now).await?;
        store::update_attempt::forget(conn, update.id.0.into()).await?;
        let arrival = self.desk.route(update.clone()).await;
        self.load(conn, arrival.private_chat().map(|(id, _)| id)).await?;
        self.turn(conn, update.id.0.into(), arrival.private_chat(), Doing::GiveUp(arrival), TurnOutcome::GivenUp).await
    }

    /// Is done with an update whose holder cannot even be told.
    pub async fn pass_over(&mut self, conn: &mut Conn, update: i64) -> Result<(), Failure> {
        store::processed_update::insert(conn, update, self.now).await?;
        self.turned(update, None, TurnOutcome::PassedOver, self.effects.len());
        Ok(())
    }

    /// The turn of an update. Whatever is logged meanwhile carries its id.
    async fn turn(
        &mut self,
        conn: &mut Conn,
        id: i64,
        place: Option<(ChatId, Option<Language>)>,
        doing: Doing,
        outcome: TurnOutcome,
    ) -> Result<(), Failure> {
        let before = self.effects.len();
        let flow = self.in_chat(conn, place, doing).instrument(tracing::error_span!("turn", id)).await?;
        self.spread(conn).await?;
        self.turned(id, flow, outcome, before);
        Ok(())
    }

    fn turned(&mut self, update: i64, flow: Option<&'static str>, outcome: TurnOutcome, before: usize) {
        self.turns.push(Turned { update, flow, outcome, effects: before..self.effects.len() });
    }

    /// What effects report: written before the chats are loaded, so that the turns see it.
    async fn bookkeeping(&mut self, conn: &mut Conn, jobs: &[Job]) -> Result<(), Failure> {
        let mut done = Vec::new();
        let mut newly_shown = HashMap::new();
        for job in jobs {
            match job {
                Job::Done { effects, shown } => {
                    done.extend_from_slice(effects);
                    newly_shown.extend(*shown);
                }
                Job::Postpone { effect, tries, due_at } => store::effect::postpone(conn, *effect, *tries, *due_at).await?,
                Job::Bury { effect, reason, .. } => store::effect::bury(conn, *effect, reason).await?,
                Job::Blocked(chat) => store::chat::blocked(conn, *chat).await?,
                Job::Update { .. } | Job::Page(_) | Job::Sweep => {}
            }
        }
        store::chat::shown(conn, newly_shown).await?;
        Ok(store::effect::delete(conn, &done).await?)
    }

    /// Keeps other replicas from changing these chats.
    async fn lock(&mut self, conn: &mut Conn, chats: impl Iterator<Item = ChatId>) -> Result<(), Failure> {
        let new: Vec<ChatId> = chats.filter(|chat| self.locked.insert(*chat)).collect();
        Ok(conn.lock_chats(new).await?)
    }

    /// Loads the chats that are known and not loaded yet.
    async fn load(&mut self, conn: &mut Conn, wanted: impl IntoIterator<Item = ChatId>) -> Result<(), Failure> {
        let missing: HashSet<ChatId> = wanted.into_iter().filter(|id| !self.chats.contains_key(id)).collect();
        let missing: Vec<ChatId> = missing.into_iter().collect();
        self.lock(conn, missing.iter().copied()).await?;
        self.chats.extend(store::chat::load(conn, &missing).await?.into_iter().map(|chat| (chat.id, chat)));
        Ok(())
    }

    /// Gives the chats the cards that were read for them; one that has none looks for itself.
    fn deal(&mut self, mut cards: store::card::InChat) {
        for chat in self.chats.values_mut() {
            chat.cards = chat.account.as_ref().and_then(|account| cards.remove(&(chat.id, account.id)));
        }
    }

    /// Does something in a chat, or outside of any, and gathers what it leaves behind; the flow that it has led to. With a language,
    /// a chat that is not known begins.
    async fn in_chat(
        &mut self,
        conn: &mut Conn,
        place: Option<(ChatId, Option<Language>)>,
        doing: Doing,
    ) -> Result<Option<&'static str>, Failure> {
        let mut nowhere = Chat::new(ChatId(0), Language::En, self.now);
        if let Some((id, Some(language))) = place {
            self.chats.entry(id).or_insert_with(|| Chat::new(id, language, self.now));
        }
        let account = place.and_then(|(id, _)| Some(self.chats.get(&id)?.account.as_ref()?.id));
        if self.removals.iter().any(|(changed, _)| Some(*changed) == account) {
            self.take_off(conn).await?;
        }
        let chat = place.and_then(|(id, _)| self.chats.get_mut(&id)).unwrap_or(&mut nowhere);
        let left = match doing {
            Doing::Handle(arrival) => self.desk.handle(conn, self.now, chat, arrival).await?,
            Doing::GiveUp(arrival) => self.desk.give_up(conn, self.now, chat, &arrival).await?,
            Doing::Expire => self.desk.expire(conn, self.now, chat).await?,
            Doing::SignIn(account, person) => self.desk.sign_in(conn, self.now, chat, account, person).await?,
            Doing::Tell(news) => self.desk.tell(conn, self.now, chat, news).await?,
            Doing::Forget => self.desk.forget(conn, self.now, chat).await?,
            Doing::Close => self.desk.close(conn, self.now, chat).await?,
        };
        let (id, blocked) = (chat.id, chat.blocked);
        self.erased |= left.forgotten;
        if left.forgotten {
            self.chats.remove(&id);
            self.changed.remove(&id);
        } else {
            self.changed.insert(id);
        }
        self.effects.extend(left.effects.into_iter().filter(|effect| !blocked || matches!(effect, Effect::Mail(_))));
        self.audited.extend(left.audited);
        self.removals.extend(left.removals);
        self.limited.extend(left.limited);
        self.note(left.changes);
        self.news.extend(left.news);
        self.notices.extend(left.notice);
        Ok(left.flow)
    }

    /// Keeps changes to be written; what was read of their accounts may be true no longer.
    fn note(&mut self, changes: Vec<Change>) {
        for change in &changes {
            for chat in self.chats.values_mut().filter(|chat| chat.account.as_ref().is_some_and(|account| account.id == change.account)) {
                chat.cards = None;
            }
        }
        self.audited.extend(changes.iter().map(Audited::from));
        self.changes.extend(changes);
    }

    /// Writes the cards taken off: before another turn of their account reads them, or with all the rest.
    async fn take_off(&mut self, conn: &mut Conn) -> Result<(), Failure> {
        Ok(store::card::remove(conn, &std::mem::take(&mut self.removals), self.now).await?)
    }

    /// Decides what a page asks for; the chats that a new password signs out are told, and the chat that signs in within Telegram goes on,
    /// in the same transaction.
    async fn page(&mut self, conn: &mut Conn, page: &PageJob) -> Result<(), Failure> {
        let (verdict, left) = self.desk.decide(conn, self.now, &page.act).await?;
        self.effects.extend(left.effects);
        self.audited.extend(left.audited);
        self.limited.extend(left.limited);
        self.note(left.changes);
        self.news.extend(left.news);
        if let Verdict::Reset(link::Verdict::Set { chats, .. }) = &verdict {
            self.news.extend(chats.iter().map(|chat| (*chat, News::PasswordChanged)));
        }
        if let Verdict::SignIn(page::Verdict::Inside { chat, account, person }) = &verdict {
            self.load(conn, [*chat]).await?;
            self.in_chat(conn, Some((*chat, None)), Doing::SignIn(*account, person.clone())).await?;
        }
        self.verdicts.push((page.clone(), verdict));
        self.spread(conn).await
    }

    /// Tells chats what has happened elsewhere, those that have not been erased since.
    async fn spread(&mut self, conn: &mut Conn) -> Result<(), Failure> {
        let news = std::mem::take(&mut self.news);
        self.load(conn, news.iter().map(|(chat, _)| *chat)).await?;
        for (chat, news) in news {
            if self.chats.contains_key(&chat) {
                self.in_chat(conn, Some((chat, None)), Doing::Tell(news)).await?;
            }
        }
        Ok(())
    }

    /// Writes the chats, the sessions that were heard of, what was changed, and the effects.
    pub async fn flush(mut self, conn: &mut Conn) -> Result<Committed, Failure> {
        self.take_off(conn).await?;
        let chats: Vec<&Chat> = self.changed.iter().filter_map(|id| self.chats.get(id)).collect();
        store::chat::save(conn, &chats, self.now).await?;
        let sessions = chats.iter().filter_map(|chat| chat.session.as_ref()).filter(|session| session.seen_at == self.now);
        let heard_of: Vec<SessionId> = sessions.map(|session| session.id).collect();
        store::session::seen(conn, &heard_of, self.now).await?;
        store::event::record(conn, &self.changes, self.now).await?;
        let service = &self.desk.service;
        store::audit::record_knowing(conn, &service.key, &service.random, self.subjects, &self.audited, self.now).await?;
        let rows = self.effects.iter().map(Effect::to_row).collect::<Result<_, _>>().map_err(TurnError::from)?;
        let (effects, now) = (self.effects, self.now);
        let effects = store::effect::insert_later(conn, rows, now)
            .await?
            .map(move |rows| Ok(rows.into_iter().zip(effects).map(|(row, effect)| Due::new(row, effect, now)).collect()));
        let (erased, reports) = (self.erased, self.reports);
        let (turns, limited) = (self.turns, self.limited);
        Ok(Committed { effects, notices: self.notices, verdicts: self.verdicts, turns, limited, erased, reports })
    }
}
