//! Chats: language, dialogue, the screen that is shown; loaded together with their open session and its account, several at a time.

use jiff::Timestamp;

use super::{Conn, StoreError, account, read, statements, time, values};
use crate::domain::{Account, AccountId, Card, ChatId, Language, ScreenKind, Session, SessionId};

statements! {
    LOAD = "SELECT chat.chat_id, chat.language, language_chosen, dialogue, revision, message_id, screen_kind, blocked, chat.seen_at, \
            session_id, session.account_id, started_at, proven_at, session.seen_at AS session_seen_at, \
            email, name, account.language AS account_language, state, locked_here \
            FROM chat LEFT JOIN session ON session.chat_id = chat.chat_id AND session.ended_at IS NULL \
            LEFT JOIN account ON account.account_id = session.account_id \
            WHERE chat.chat_id IN ([$])";
    SAVE = "INSERT INTO chat (chat_id, language, language_chosen, dialogue, revision, message_id, screen_kind, blocked, seen_at) \
            VALUES [($, $, $, $, $, $, $, $, $)] \
            ON CONFLICT (chat_id) DO UPDATE SET language = excluded.language, language_chosen = excluded.language_chosen, \
            dialogue = excluded.dialogue, revision = excluded.revision, message_id = excluded.message_id, \
            screen_kind = excluded.screen_kind, blocked = excluded.blocked, seen_at = excluded.seen_at";
    SHOWN = "WITH shown (chat_id, message_id) AS (VALUES [(CAST($ AS BIGINT), CAST($ AS BIGINT))]) \
             UPDATE chat SET message_id = shown.message_id FROM shown WHERE chat.chat_id = shown.chat_id";
    BLOCKED = "UPDATE chat SET blocked = 1 WHERE chat_id = $1";
    SEEN_AT = "SELECT seen_at FROM chat WHERE chat_id = $1";
    SILENT = "SELECT chat_id FROM chat WHERE seen_at < $1 ORDER BY seen_at LIMIT $2";
    SOME = "SELECT chat_id FROM chat ORDER BY chat_id LIMIT $1";
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
    /// Every card of that account, where they were read together with other chats' and nothing has changed since.
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

#[derive(sqlx::FromRow)]
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
    email: Option<String>,
    name: Option<String>,
    account_language: Option<String>,
    state: Option<String>,
    locked_here: Option<i64>,
}

impl Row {
    fn session(&self) -> Result<Option<Session>, StoreError> {
        let (Some(id), Some(account), Some(started), Some(proven), Some(seen)) =
            (self.session_id, self.account_id, self.started_at, self.proven_at, self.session_seen_at)
        else {
            return Ok(None);
        };
        Ok(Some(Session {
            id: SessionId(id),
            chat_id: ChatId(self.chat_id),
            account_id: AccountId(account),
            started_at: time("session.started_at", started)?,
            proven_at: time("session.proven_at", proven)?,
            seen_at: time("session.seen_at", seen)?,
        }))
    }

    fn account(&mut self) -> Result<Option<Account>, StoreError> {
        let (Some(id), Some(email), Some(name)) = (self.account_id, &self.email, self.name.take()) else { return Ok(None) };
        Ok(Some(Account {
            id: AccountId(id),
            email: read("account.email", email)?,
            name,
            language: read("account.language", self.account_language.as_deref().unwrap_or_default())?,
            state: account::state(self.state.as_deref().unwrap_or_default(), self.locked_here.unwrap_or_default())?,
            locked_here: self.locked_here.is_some_and(|locked| locked != 0),
        }))
    }
}

impl TryFrom<Row> for Chat {
    type Error = StoreError;

    fn try_from(mut row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: ChatId(row.chat_id),
            session: row.session()?,
            account: row.account()?,
            cards: None,
            language: read("chat.language", &row.language)?,
            language_chosen: row.language_chosen != 0,
            dialogue: row.dialogue,
            revision: row.revision,
            message_id: row.message_id,
            screen_kind: read("chat.screen_kind", &row.screen_kind)?,
            blocked: row.blocked != 0,
            seen_at: Some(time("chat.seen_at", row.seen_at)?),
        })
    }
}

/// The chats with these ids that are known.
pub async fn load(conn: &mut Conn, ids: &[ChatId]) -> Result<Vec<Chat>, StoreError> {
    let rows = ids.iter().map(|id| values![id.0]).collect();
    conn.many::<Row>(LOAD, vec![], rows).await?.into_iter().map(Chat::try_from).collect()
}

/// Writes these chats back, new ones as heard of now; sessions are written by their own functions.
pub async fn save(conn: &mut Conn, chats: &[&Chat], now: Timestamp) -> Result<(), StoreError> {
    let rows = chats.iter().map(|chat| {
        let (language, dialogue) = (chat.language.code(), chat.dialogue.as_str());
        values![
            chat.id.0,
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
    conn.run_many(SAVE, vec![], rows.collect()).await
}

/// Notes which messages carry the screens of chats, each chat once.
pub async fn shown(conn: &mut Conn, messages: impl IntoIterator<Item = (ChatId, i64)>) -> Result<(), StoreError> {
    let rows = messages.into_iter().map(|(chat, message_id)| values![chat.0, message_id]).collect();
    conn.run_many(SHOWN, vec![], rows).await
}

/// Marks a chat whose holder has blocked the bot.
pub async fn blocked(conn: &mut Conn, chat: ChatId) -> Result<(), StoreError> {
    conn.run(BLOCKED, values![chat.0]).await.map(|_| ())
}

/// When a chat was heard of last.
pub async fn seen_at(conn: &mut Conn, chat: ChatId) -> Result<Option<Timestamp>, StoreError> {
    conn.row::<(i64,)>(SEEN_AT, values![chat.0]).await?.map(|(at,)| time("chat.seen_at", at)).transpose()
}

/// The chats that have been silent since `before`, `limit` at most.
pub async fn silent(conn: &mut Conn, before: Timestamp, limit: i64) -> Result<Vec<ChatId>, StoreError> {
    let rows = conn.rows::<(i64,)>(SILENT, values![before, limit]).await?;
    Ok(rows.into_iter().map(|(id,)| ChatId(id)).collect())
}

/// Chats that there are, `limit` at most.
pub async fn some(conn: &mut Conn, limit: i64) -> Result<Vec<ChatId>, StoreError> {
    Ok(conn.rows::<(i64,)>(SOME, values![limit]).await?.into_iter().map(|(id,)| ChatId(id)).collect())
}

/// Erases a chat's row.
pub async fn forget(conn: &mut Conn, chat: ChatId) -> Result<(), StoreError> {
    conn.run(FORGET, values![chat.0]).await.map(|_| ())
}
