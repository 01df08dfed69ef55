//! Chats: language, dialogue, the screen that is shown; loaded together with their open session and its account, several at a time.
//! A chat is known here by its keyed index, in `chat_id`; Telegram's number and the dialogue are sealed for the row of that index.

use std::collections::HashMap;
use std::fmt::Display;

use jiff::Timestamp;

use super::account::Holder;
use super::{Coming, Conn, StoreError, account, read, statements, time, values};
use crate::domain::{Account, AccountId, Card, ChatId, Language, ScreenKind, Session, SessionId};
use crate::seal::Sealer;

/// The sealed columns.
pub(super) const DIALOGUE: &str = "chat.dialogue";
pub(super) const TELEGRAM_ID: &str = "chat.telegram_id";

statements! {
    LOAD = "SELECT chat.chat_id, chat.language, language_chosen, dialogue, revision, message_id, screen_kind, blocked, chat.seen_at, \
            session_id, session.account_id, started_at, proven_at, session.seen_at AS session_seen_at, \
            email_index, email, name, account.language AS account_language, state, locked_here \
            FROM chat LEFT JOIN session ON session.chat_id = chat.chat_id AND session.ended_at IS NULL \
            LEFT JOIN account ON account.account_id = session.account_id \
            WHERE chat.chat_id IN ([$])";
    SAVE = "INSERT INTO chat (chat_id, telegram_id, language, language_chosen, dialogue, revision, message_id, screen_kind, blocked, seen_at) \
            VALUES [($, $, $, $, $, $, $, $, $, $)] \
            ON CONFLICT (chat_id) DO UPDATE SET language = excluded.language, language_chosen = excluded.language_chosen, \
            dialogue = excluded.dialogue, revision = excluded.revision, message_id = excluded.message_id, \
            screen_kind = excluded.screen_kind, blocked = excluded.blocked, seen_at = excluded.seen_at";
    SHOWN = "WITH shown (chat_id, message_id) AS (VALUES [(CAST($ AS BIGINT), CAST($ AS BIGINT))]) \
             UPDATE chat SET message_id = shown.message_id FROM shown WHERE chat.chat_id = shown.chat_id";
    BLOCKED = "UPDATE chat SET blocked = 1 WHERE chat_id = $1";
    SEEN_AT = "SELECT seen_at FROM chat WHERE chat_id = $1";
    SILENT = "SELECT chat_id, telegram_id FROM chat WHERE seen_at < $1 ORDER BY seen_at LIMIT $2";
    SOME = "SELECT chat_id, telegram_id FROM chat ORDER BY chat_id LIMIT $1";
    EVERY = "SELECT chat_id, telegram_id FROM chat";
    FORGET = "DELETE FROM chat WHERE chat_id = $1";
}

/// A private chat as the database keeps it.
#[derive(Clone, Debug)]
pub struct Chat {
    /// Telegram's id.
    pub id: ChatId,
    /// The language it is served in.
    pub language: Language,
    /// Whether the holder chose that language; otherwise it follows the Telegram client.
    pub language_chosen: bool,
    /// The stored dialogue, versioned JSON; empty for a chat that is new.
    pub dialogue: String,
    /// The number of the screen shown last; the next one is one higher.
    pub revision: i64,
    /// The message that carries the screen, once Telegram has told its id.
    pub message_id: Option<i64>,
    /// What becomes of that screen when another takes its place.
    pub screen_kind: ScreenKind,
    /// Whether the holder has blocked the bot: nothing is sent.
    pub blocked: bool,
    /// When the holder was heard of last; `None` for a chat that is new.
    pub seen_at: Option<Timestamp>,
    /// The open session, good or overdue.
    pub session: Option<Session>,
    /// The account of the session that was open when the chat was loaded.
    pub account: Option<Account>,
    /// The cards linked to that account, where they were read together with other chats' and nothing has changed since.
    pub cards: Option<Vec<Card>>,
}

impl Chat {
    /// A chat that writes for the first time, or anew after it was forgotten. Its screens are numbered from the time, so that
    /// no button from before can pass for one of theirs.
    pub fn new(id: ChatId, language: Language, now: Timestamp) -> Self {
        Self {
            id,
            language,
            language_chosen: false,
            dialogue: String::new(),
            revision: now.as_millisecond(),
            message_id: None,
            screen_kind: ScreenKind::Plain,
            blocked: false,
            seen_at: None,
            session: None,
            account: None,
            cards: None,
        }
    }
}

#[derive(serde::Deserialize, sqlx::FromRow)]
struct Row {
    chat_id: i64,
    language: String,
    language_chosen: i64,
    dialogue: String,
    revision: i64,
    message_id: Option<i64>,
    screen_kind: String,
    blocked: i64,
    seen_at: i64,
    session_id: Option<i64>,
    account_id: Option<i64>,
    started_at: Option<i64>,
    proven_at: Option<i64>,
    session_seen_at: Option<i64>,
    email_index: Option<String>,
    email: Option<String>,
    name: Option<String>,
    account_language: Option<String>,
    state: Option<String>,
    locked_here: Option<i64>,
}

impl Row {
    fn session(&self, chat: ChatId) -> Result<Option<Session>, StoreError> {
        let (Some(id), Some(account), Some(started), Some(proven), Some(seen)) =
            (self.session_id, self.account_id, self.started_at, self.proven_at, self.session_seen_at)
        else {
            return Ok(None);
        };
        Ok(Some(Session {
            id: SessionId(id),
            chat_id: chat,
            account_id: AccountId(account),
            started_at: time("session.started_at", started)?,
            proven_at: time("session.proven_at", proven)?,
            seen_at: time("session.seen_at", seen)?,
        }))
    }

    fn account(&mut self, sealer: &Sealer) -> Result<Option<Account>, StoreError> {
        let holder = (self.email_index.take(), self.email.take(), self.name.take());
        let (Some(id), (Some(email_index), Some(email), Some(name))) = (self.account_id, holder) else { return Ok(None) };
        let holder = Holder { email_index, email, name };
        Ok(Some(Account {
            id: AccountId(id),
            email: holder.email(sealer)?,
            name: holder.name(sealer)?,
            language: read("account.language", self.account_language.as_deref().unwrap_or_default())?,
            state: account::state(self.state.as_deref().unwrap_or_default(), self.locked_here.unwrap_or_default())?,
            locked_here: self.locked_here.is_some_and(|locked| locked != 0),
        }))
    }
}

impl Row {
    fn opened(mut self, id: ChatId, sealer: &Sealer) -> Result<Chat, StoreError> {
        // Without it the chat is there all the same, to be told honestly; whatever needs the account asks for it, and is refused.
        let account = self.account(sealer).or_else(|error| match error {
            StoreError::Sealed(..) => Ok(None),
            other => Err(other),
        })?;
        Ok(Chat {
            id,
            session: self.session(id)?,
            account,
            cards: None,
            language: read("chat.language", &self.language)?,
            language_chosen: self.language_chosen != 0,
            dialogue: self.dialogue(sealer),
            revision: self.revision,
            message_id: self.message_id,
            screen_kind: read("chat.screen_kind", &self.screen_kind)?,
            blocked: self.blocked != 0,
            seen_at: Some(time("chat.seen_at", self.seen_at)?),
        })
    }

    /// The dialogue; one that does not open is handed on as one that does not decode, to be set aside like any other.
    fn dialogue(&mut self, sealer: &Sealer) -> String {
        let sealed = std::mem::take(&mut self.dialogue);
        sealer.open(DIALOGUE, self.chat_id, &sealed).unwrap_or_else(|error| {
            tracing::error!(%error, "a stored dialogue does not open");
            // Whatever stands there, it is no dialogue from here on: somebody may have put one there in the clear.
            format!("does not open: {sealed}")
        })
    }
}

/// Seals Telegram's number of a chat for this column and row.
pub(super) fn seal_id(sealer: &Sealer, column: &'static str, row: impl Display, chat: ChatId) -> String {
    sealer.seal(column, row, &chat.0.to_string())
}

/// Telegram's number of a chat, sealed in this column and row.
pub(super) fn open_id(sealer: &Sealer, column: &'static str, row: impl Display, sealed: &str) -> Result<ChatId, StoreError> {
    let opened = sealer.open(column, row, sealed).map_err(|error| StoreError::Sealed(column, error))?;
    read(column, &opened).map(ChatId)
}

/// The chats with these ids that are known.
pub async fn load(conn: &mut Conn, ids: &[ChatId]) -> Result<Vec<Chat>, StoreError> {
    let coming = ask(conn, ids).await?;
    conn.get(coming).await
}

/// Asks for the chats with these ids that are known.
pub async fn ask(conn: &mut Conn, ids: &[ChatId]) -> Result<Coming<Vec<Chat>>, StoreError> {
    let sealer = conn.sealer()?;
    let ids: HashMap<i64, ChatId> = ids.iter().map(|id| (sealer.chat(*id), *id)).collect();
    let rows = conn.gather::<Row>(LOAD, vec![], ids.keys().map(|index| values![*index]).collect()).await?;
    Ok(rows.map(move |rows| {
        let known = rows.into_iter().filter_map(|row| ids.get(&row.chat_id).map(|id| row.opened(*id, &sealer)));
        known.collect()
    }))
}

/// Writes these chats back, new ones as heard of now; sessions are written by their own functions.
pub async fn save(conn: &mut Conn, chats: &[&Chat], now: Timestamp) -> Result<(), StoreError> {
    let sealer = conn.sealer()?;
    let rows = chats.iter().map(|chat| {
        let index = sealer.chat(chat.id);
        let (language, dialogue) = (chat.language.code(), sealer.seal(DIALOGUE, index, &chat.dialogue));
        values![
            index,
            seal_id(&sealer, TELEGRAM_ID, index, chat.id),
            language,
            chat.language_chosen,
            dialogue,
            chat.revision,
            chat.message_id,
            chat.screen_kind.word(),
            chat.blocked,
            chat.seen_at.unwrap_or(now)
        ]
    });
    conn.later(SAVE, vec![], rows.collect()).await
}

/// Notes which messages carry the screens of chats, each chat once.
pub async fn shown(conn: &mut Conn, messages: impl IntoIterator<Item = (ChatId, i64)>) -> Result<(), StoreError> {
    let sealer = conn.sealer()?;
    let rows = messages.into_iter().map(|(chat, message_id)| values![sealer.chat(chat), message_id]).collect();
    conn.later(SHOWN, vec![], rows).await
}

/// Marks a chat whose holder has blocked the bot.
pub async fn blocked(conn: &mut Conn, chat: ChatId) -> Result<(), StoreError> {
    conn.run(BLOCKED, values![conn.sealer()?.chat(chat)]).await.map(|_| ())
}

/// When a chat was heard of last.
pub async fn seen_at(conn: &mut Conn, chat: ChatId) -> Result<Option<Timestamp>, StoreError> {
    conn.row::<(i64,)>(SEEN_AT, values![conn.sealer()?.chat(chat)]).await?.map(|(at,)| time("chat.seen_at", at)).transpose()
}

/// The chats that have been silent since `before`, `limit` at most.
pub async fn silent(conn: &mut Conn, before: Timestamp, limit: i64) -> Result<Vec<ChatId>, StoreError> {
    let rows = conn.rows(SILENT, values![before, limit]).await?;
    opened_or_erased(conn, rows).await
}

/// Chats that there are, `limit` at most.
pub async fn some(conn: &mut Conn, limit: i64) -> Result<Vec<ChatId>, StoreError> {
    let rows = conn.rows(SOME, values![limit]).await?;
    opened_or_erased(conn, rows).await
}

/// Every chat whose number opens.
pub async fn every(conn: &mut Conn) -> Result<Vec<ChatId>, StoreError> {
    let sealer = conn.sealer()?;
    let rows = conn.rows::<(i64, String)>(EVERY, vec![]).await?;
    Ok(rows.iter().filter_map(|(index, telegram_id)| open_id(&sealer, TELEGRAM_ID, index, telegram_id).ok()).collect())
}

/// Telegram's numbers of chats. A row whose number does not open is nobody's any more: it is erased, or it would stand for ever.
async fn opened_or_erased(conn: &mut Conn, rows: Vec<(i64, String)>) -> Result<Vec<ChatId>, StoreError> {
    let sealer = conn.sealer()?;
    let mut chats = Vec::with_capacity(rows.len());
    for (index, telegram_id) in rows {
        match open_id(&sealer, TELEGRAM_ID, index, &telegram_id) {
            Ok(chat) => chats.push(chat),
            Err(error) => {
                tracing::error!(%error, "a chat is erased whose number does not open");
                conn.run(FORGET, values![index]).await?;
            }
        }
    }
    Ok(chats)
}

/// Erases a chat's row.
pub async fn forget(conn: &mut Conn, chat: ChatId) -> Result<(), StoreError> {
    conn.run(FORGET, values![conn.sealer()?.chat(chat)]).await.map(|_| ())
}
