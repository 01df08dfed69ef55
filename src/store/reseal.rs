//! Seals every value anew: what an earlier version has left in the clear, and, when the key is changed, what was sealed with the old
//! one. A few rows are a transaction, and a row that is done is told by what it begins with, so that a kill costs nothing: the next
//! run goes on. What does not open stays as it is, for nobody can read it, and is counted.

use std::time::Duration;

use jiff::Timestamp;

use super::account::{self, Holder};
use super::lock::Sole;
use super::meta::{self, Meta};
use super::{
    Conn, Db, StoreError, Value, audit, chat, effect, help_feedback, lane, one_time_code, parting, reset_link, session, set_aside_dialogue,
};
use super::{statements, values};
use crate::crash::{self, Point};
use crate::domain::{ChatId, Email};
use crate::seal::Sealer;
use crate::secret::Key;

/// How many rows are sealed in one transaction.
const STEP: i64 = 500;
/// How long to wait before looking again whether another process has sealed everything.
const PAUSE: Duration = Duration::from_millis(200);

statements! {
    ACCOUNTS = "SELECT account_id, email_index, email, name FROM account WHERE account_id > $1 AND email NOT LIKE $2 ORDER BY account_id LIMIT $3";
    ACCOUNT = "UPDATE account SET email_index = $2, email = $3, name_index = $4, name = $5 WHERE account_id = $1";
    STAGED_ACCOUNTS = "SELECT line, email_index, email, name FROM staged_account WHERE line > $1 AND email NOT LIKE $2 ORDER BY line LIMIT $3";
    STAGED_ACCOUNT = "UPDATE staged_account SET email_index = $2, email = $3, name_index = $4, name = $5 WHERE line = $1";
    // An index holds no @, which every address does.
    STAGED_BALANCES = "SELECT line, email_index FROM staged_balance WHERE line > $1 AND email_index LIKE '%@%' ORDER BY line LIMIT $2";
    STAGED_BALANCE = "UPDATE staged_balance SET email_index = $2 WHERE line = $1";
    STAGED_CARDS = "SELECT line, email_index FROM staged_card WHERE line > $1 AND email_index LIKE '%@%' ORDER BY line LIMIT $2";
    STAGED_CARD = "UPDATE staged_card SET email_index = $2 WHERE line = $1";
    STAGED_PAYMENTS = "SELECT line, email_index FROM staged_payment WHERE line > $1 AND email_index LIKE '%@%' ORDER BY line LIMIT $2";
    STAGED_PAYMENT = "UPDATE staged_payment SET email_index = $2 WHERE line = $1";
    CHATS = "SELECT chat_id, telegram_id, dialogue FROM chat WHERE telegram_id NOT LIKE $1 ORDER BY chat_id LIMIT $2";
    CHATS_AFTER = "SELECT chat_id, telegram_id, dialogue FROM chat WHERE chat_id > $1 AND telegram_id NOT LIKE $2 ORDER BY chat_id LIMIT $3";
    CHAT = "UPDATE chat SET chat_id = $2, telegram_id = $3, dialogue = $4 WHERE chat_id = $1";
    SESSIONS = "SELECT session_id, chat_id, telegram_id FROM session WHERE session_id > $1 AND telegram_id NOT LIKE $2 ORDER BY session_id LIMIT $3";
    SESSION = "UPDATE session SET chat_id = $2, telegram_id = $3 WHERE session_id = $1";
    PARTINGS = "SELECT chat_id, telegram_id FROM parting WHERE telegram_id NOT LIKE $1 ORDER BY chat_id";
    PARTING = "UPDATE parting SET chat_id = $2, telegram_id = $3 WHERE chat_id = $1";
    CODES = "SELECT chat_id, email FROM one_time_code WHERE email LIKE '%@%' ORDER BY chat_id LIMIT $1";
    CODE = "UPDATE one_time_code SET chat_id = $2, email = $3 WHERE chat_id = $1";
    LINKS = "SELECT token_hash, chat_id, telegram_id, person FROM reset_link \
             WHERE token_hash > $1 AND chat_id <> 0 AND telegram_id NOT LIKE $2 ORDER BY token_hash LIMIT $3";
    LINK = "UPDATE reset_link SET chat_id = $2, telegram_id = $3, person = $4 WHERE token_hash = $1";
    SET_ASIDE = "SELECT set_aside_id, dialogue, set_aside_at FROM set_aside_dialogue \
                 WHERE set_aside_id > $1 AND dialogue NOT LIKE $2 ORDER BY set_aside_id LIMIT $3";
    SET_ASIDE_ONE = "UPDATE set_aside_dialogue SET set_aside_id = $2, dialogue = $3 WHERE set_aside_id = $1";
    EFFECTS = "SELECT effect_id, lane, kind, payload, created_at FROM effect \
               WHERE effect_id > $1 AND payload IS NOT NULL AND payload NOT LIKE $2 ORDER BY effect_id LIMIT $3";
    EFFECT = "UPDATE effect SET lane = $2, payload = $3 WHERE effect_id = $1";
    REMARKS = "SELECT feedback_id, topic, language, comment FROM help_feedback \
               WHERE feedback_id > $1 AND comment <> '' AND comment NOT LIKE $2 ORDER BY feedback_id LIMIT $3";
    REMARK = "UPDATE help_feedback SET comment = $2 WHERE feedback_id = $1";
    // A code is derived from the key, so one that is on its way would be another with the next.
    FORGET_CODES = "DELETE FROM one_time_code";
    FORGET_PAGES = "DELETE FROM sign_in_request";
    FORGET_LETTERS = "DELETE FROM effect WHERE kind IN ('mail_code', 'mail_reset_link') AND died IS NULL";
    FORGET_DATA_REQUESTS = "DELETE FROM data_request";
    // What these are keyed for is not known, and the next key looks under other names.
    FORGET_LIMITS = "DELETE FROM limit_bucket";
    FORGET_DECOYS = "DELETE FROM reset_decoy";
}

/// What the values are that are sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum From {
    /// An earlier version's, in the clear.
    Clear,
    /// Sealed with the older key.
    Older,
}

/// What was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resealed {
    /// Rows whose values are sealed anew.
    pub rows: u64,
    /// Rows that hold something that does not open, and stay as they are.
    pub unreadable: u64,
}

/// Makes sure that nothing is left in the clear that an earlier version has kept so, and before that, that the audit's chain has begun; one
/// process does it, the others wait.
pub async fn complete(db: &Db, key: &Key, now: Timestamp) -> Result<(), StoreError> {
    loop {
        let mut conn = db.conn().await?;
        if is_complete(&mut conn).await? {
            return Ok(());
        }
        let Some(_alone) = db.lock(Sole::Sealing).await? else {
            drop(conn);
            tokio::time::sleep(PAUSE).await;
            continue;
        };
        begin_audit(&mut conn, key, now).await?;
        let mut work = Work { sealer: conn.sealer()?, from: From::Clear, done: Resealed::default() };
        work.every_table(&mut conn).await?;
        if work.done.rows > 0 {
            tracing::info!(rows = work.done.rows, "what an earlier version kept in the clear is sealed now");
        }
        crash::at(Point::Sealing);
        // Even if nothing was left to seal: a run that was cut short may have sealed it all and wiped nothing.
        wipe(&mut conn).await?;
        crash::at(Point::Sealing);
        meta::set(&mut conn, Meta::Sealed, "yes").await?;
    }
}

async fn begin_audit(conn: &mut Conn, key: &Key, now: Timestamp) -> Result<(), StoreError> {
    conn.begin().await?;
    let begun = audit::begin(conn, key, now).await?;
    conn.commit().await?;
    if let Some(rows) = begun.filter(|rows| *rows > 0) {
        tracing::warn!(rows, "audit rows that an earlier version wrote are sealed as they stand; this happens once in a database's life");
    }
    Ok(())
}

/// Whether nothing is left in the clear that should be sealed.
pub async fn is_complete(conn: &mut Conn) -> Result<bool, StoreError> {
    Ok(meta::get(conn, Meta::Sealed).await?.as_deref() == Some("yes"))
}

/// Seals everything with the current key that was sealed with the older one. Codes that wait to be entered, and mails with codes or
/// links that wait to be sent, are forgotten: the key that they follow from is going. So are the limits, which begin anew. No counter may
/// serve meanwhile.
pub async fn with_new_key(conn: &mut Conn) -> Result<Resealed, StoreError> {
    let mut work = Work { sealer: conn.sealer()?, from: From::Older, done: Resealed::default() };
    for statement in [FORGET_CODES, FORGET_PAGES, FORGET_LETTERS, FORGET_DATA_REQUESTS, FORGET_LIMITS, FORGET_DECOYS] {
        conn.run(statement, vec![]).await?;
    }
    work.every_table(conn).await?;
    Ok(work.done)
}

/// Leaves nothing of earlier values in a SQLite file: it is written anew, and its log emptied.
pub async fn wipe(conn: &mut Conn) -> Result<(), StoreError> {
    if conn.is_file() {
        conn.script("VACUUM").await?;
        conn.truncate_log().await?;
    }
    Ok(())
}

/// The work on every table.
struct Work {
    sealer: std::sync::Arc<Sealer>,
    from: From,
    done: Resealed,
}

/// A row on its way: its statement's values, or `None` if it holds something that does not open.
type Sealed = Option<Vec<Value>>;

impl Work {
    async fn every_table(&mut self, conn: &mut Conn) -> Result<(), StoreError> {
        self.accounts(conn, ACCOUNTS, ACCOUNT).await?;
        self.accounts(conn, STAGED_ACCOUNTS, STAGED_ACCOUNT).await?;
        for (select, update) in [(STAGED_BALANCES, STAGED_BALANCE), (STAGED_CARDS, STAGED_CARD), (STAGED_PAYMENTS, STAGED_PAYMENT)] {
            self.staged(conn, select, update).await?;
        }
        self.chats(conn).await?;
        self.sessions(conn).await?;
        self.partings(conn).await?;
        self.codes(conn).await?;
        self.links(conn).await?;
        self.set_aside(conn).await?;
        self.effects(conn).await?;
        self.remarks(conn).await?;
        // The names of lanes have changed, and nobody serves meanwhile.
        if conn.is_file() { Ok(()) } else { lane::free_all(conn).await }
    }

    /// What rows begin with that are done.
    fn done(&self) -> String {
        format!("{}%", self.sealer.mark())
    }

    /// A value in the clear.
    fn clear(&self, column: &'static str, row: impl std::fmt::Display, value: &str) -> Option<String> {
        match self.from {
            From::Clear => Some(value.to_owned()),
            From::Older => self.sealer.open(column, row, value).ok(),
        }
    }

    /// Telegram's number of a chat, which an earlier version kept in `chat_id`.
    fn chat(&self, column: &'static str, row: impl std::fmt::Display, chat_id: i64, telegram_id: &str) -> Option<ChatId> {
        match self.from {
            From::Clear => Some(ChatId(chat_id)),
            From::Older => chat::open_id(&self.sealer, column, row, telegram_id).ok(),
        }
    }

    /// Writes rows in one transaction.
    async fn write(&mut self, conn: &mut Conn, update: &'static str, rows: Vec<Sealed>) -> Result<(), StoreError> {
        let read = rows.len() as u64;
        let mut written = 0;
        conn.begin().await?;
        for values in rows.into_iter().flatten() {
            written += 1;
            conn.run(update, values).await?;
        }
        conn.commit().await?;
        self.done.rows += written;
        self.done.unreadable += read - written;
        Ok(())
    }

    async fn accounts(&mut self, conn: &mut Conn, select: &'static str, update: &'static str) -> Result<(), StoreError> {
        let mut after = 0;
        loop {
            let rows = conn.rows::<(i64, String, String, String)>(select, values![after, self.done(), STEP]).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = last.0;
            let sealed = rows.iter().map(|(id, index, email, name)| self.account(*id, index, email, name)).collect();
            self.write(conn, update, sealed).await?;
        }
    }

    fn account(&self, id: i64, index: &str, email: &str, name: &str) -> Sealed {
        // An earlier version kept the address where its index is now.
        let email = self.clear(account::EMAIL, index, if self.from == From::Clear { index } else { email })?;
        let (email, name): (Email, String) = (email.parse().ok()?, self.clear(account::NAME, index, name)?);
        let holder = Holder::seal(&self.sealer, &email, &name);
        let name_index = self.sealer.name(&holder.email_index, &name);
        Some(values![id, holder.email_index, holder.email, name_index, holder.name])
    }

    async fn staged(&mut self, conn: &mut Conn, select: &'static str, update: &'static str) -> Result<(), StoreError> {
        let mut after = 0;
        loop {
            let rows = conn.rows::<(i64, String)>(select, values![after, STEP]).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = last.0;
            let index = |(line, email): &(i64, String)| Some(values![*line, self.sealer.email(&email.parse().ok()?)]);
            let sealed = rows.iter().map(index).collect();
            self.write(conn, update, sealed).await?;
        }
    }

    /// Chats get another number, under which they may come up again: they are told by their mark.
    async fn chats(&mut self, conn: &mut Conn) -> Result<(), StoreError> {
        let mut last: Option<i64> = None;
        loop {
            let rows = match last {
                None => conn.rows::<(i64, String, String)>(CHATS, values![self.done(), STEP]).await?,
                Some(after) => conn.rows(CHATS_AFTER, values![after, self.done(), STEP]).await?,
            };
            let Some(row) = rows.last() else { return Ok(()) };
            last = Some(row.0);
            let sealed = rows.iter().map(|(index, telegram_id, dialogue)| {
                let id = self.chat(chat::TELEGRAM_ID, index, *index, telegram_id)?;
                // One that does not open is sealed as it is, to be set aside when its chat speaks next.
                let dialogue = self.clear(chat::DIALOGUE, index, dialogue).unwrap_or_else(|| dialogue.clone());
                let new = self.sealer.chat(id);
                let telegram_id = chat::seal_id(&self.sealer, chat::TELEGRAM_ID, new, id);
                Some(values![*index, new, telegram_id, self.sealer.seal(chat::DIALOGUE, new, &dialogue)])
            });
            let sealed = sealed.collect();
            self.write(conn, CHAT, sealed).await?;
        }
    }

    async fn sessions(&mut self, conn: &mut Conn) -> Result<(), StoreError> {
        let mut after = 0;
        loop {
            let rows = conn.rows::<(i64, i64, String)>(SESSIONS, values![after, self.done(), STEP]).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = last.0;
            let sealed = rows.iter().map(|(id, index, telegram_id)| {
                let chat = self.chat(session::TELEGRAM_ID, index, *index, telegram_id)?;
                let new = self.sealer.chat(chat);
                Some(values![*id, new, chat::seal_id(&self.sealer, session::TELEGRAM_ID, new, chat)])
            });
            let sealed = sealed.collect();
            self.write(conn, SESSION, sealed).await?;
        }
    }

    /// Few at any time: the counter tells them within seconds.
    async fn partings(&mut self, conn: &mut Conn) -> Result<(), StoreError> {
        let rows = conn.rows::<(i64, String)>(PARTINGS, values![self.done()]).await?;
        let sealed = rows.iter().map(|(index, telegram_id)| {
            let chat = self.chat(parting::TELEGRAM_ID, index, *index, telegram_id)?;
            let new = self.sealer.chat(chat);
            Some(values![*index, new, chat::seal_id(&self.sealer, parting::TELEGRAM_ID, new, chat)])
        });
        let sealed = sealed.collect();
        self.write(conn, PARTING, sealed).await
    }

    async fn codes(&mut self, conn: &mut Conn) -> Result<(), StoreError> {
        loop {
            let rows = conn.rows::<(i64, String)>(CODES, values![STEP]).await?;
            if rows.is_empty() {
                return Ok(());
            }
            let sealed = rows.iter().map(|(chat, email)| {
                let new = self.sealer.chat(ChatId(*chat));
                Some(values![*chat, new, self.sealer.seal(one_time_code::EMAIL, new, email)])
            });
            let sealed = sealed.collect();
            self.write(conn, CODE, sealed).await?;
        }
    }

    async fn links(&mut self, conn: &mut Conn) -> Result<(), StoreError> {
        let mut after = String::new();
        loop {
            let rows = conn.rows::<(String, i64, String, String)>(LINKS, values![after.as_str(), self.done(), STEP]).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            after.clone_from(&last.0);
            let sealed = rows.iter().map(|(hash, index, telegram_id, person)| {
                let chat = self.chat(reset_link::TELEGRAM_ID, hash, *index, telegram_id)?;
                let person = self.sealer.seal(reset_link::PERSON, hash, &self.clear(reset_link::PERSON, hash, person)?);
                let telegram_id = chat::seal_id(&self.sealer, reset_link::TELEGRAM_ID, hash, chat);
                Some(values![hash.as_str(), self.sealer.chat(chat), telegram_id, person])
            });
            let sealed = sealed.collect();
            self.write(conn, LINK, sealed).await?;
        }
    }

    /// The chats whose numbers change: an earlier version's had no keyed ones.
    async fn known_chats(&self, conn: &mut Conn) -> Result<Vec<ChatId>, StoreError> {
        match self.from {
            From::Clear => Ok(Vec::new()),
            From::Older => chat::every(conn).await,
        }
    }

    async fn set_aside(&mut self, conn: &mut Conn) -> Result<(), StoreError> {
        const COLUMN: &str = set_aside_dialogue::DIALOGUE;
        let mut renumbering = None;
        let mut after = 0;
        loop {
            let rows = conn.rows::<(i64, String, i64)>(SET_ASIDE, values![after, self.done(), STEP]).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = last.0;
            let renumbering = match &mut renumbering {
                Some(known) => known,
                none => none.insert(set_aside_dialogue::Renumbering::of(&self.sealer, &self.known_chats(conn).await?)),
            };
            let sealed = rows.iter().map(|(id, dialogue, at)| {
                let dialogue = self.sealer.seal(COLUMN, at, &self.clear(COLUMN, at, dialogue)?);
                Some(values![*id, renumbering.number(*id), dialogue])
            });
            let sealed = sealed.collect();
            self.write(conn, SET_ASIDE_ONE, sealed).await?;
        }
    }

    async fn effects(&mut self, conn: &mut Conn) -> Result<(), StoreError> {
        let mut after = 0;
        loop {
            let rows = conn.rows::<(i64, String, String, String, i64)>(EFFECTS, values![after, self.done(), STEP]).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = last.0;
            let sealed = rows.iter().map(|(id, lane, kind, payload, created_at)| {
                let payload = self.clear(effect::PAYLOAD, effect::place(lane, kind, *created_at), payload)?;
                let lane = match self.from {
                    From::Clear => effect::lane_of_chat(&self.sealer, lane)?,
                    From::Older => effect::lane_of_payload(&self.sealer, lane, &payload)?,
                };
                let payload = self.sealer.seal(effect::PAYLOAD, effect::place(&lane, kind, *created_at), &payload);
                Some(values![*id, lane, payload])
            });
            let sealed = sealed.collect();
            self.write(conn, EFFECT, sealed).await?;
        }
    }

    async fn remarks(&mut self, conn: &mut Conn) -> Result<(), StoreError> {
        const COLUMN: &str = help_feedback::SEALED;
        let mut after = 0;
        loop {
            let rows = conn.rows::<(i64, String, String, String)>(REMARKS, values![after, self.done(), STEP]).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = last.0;
            let sealed = rows.iter().map(|(id, topic, language, comment)| {
                let place = help_feedback::place(topic, language);
                Some(values![*id, self.sealer.seal(COLUMN, &place, &self.clear(COLUMN, &place, comment)?)])
            });
            let sealed = sealed.collect();
            self.write(conn, REMARK, sealed).await?;
        }
    }
}
