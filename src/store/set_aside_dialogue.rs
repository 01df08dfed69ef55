//! Stored dialogues that no longer decoded, kept for the engineer: sealed for the moment they were set aside at. Each chat's have numbers
//! of its own, which follow from the chat's keyed index, so that they go with the chat. Those that an earlier version has set aside are
//! numbered from 1, nobody's, and go by their age.

use std::collections::HashMap;

use jiff::Timestamp;

use super::{Conn, StoreError, statements, values};
use crate::domain::{ChatId, Email};
use crate::seal::Sealer;

/// The sealed column.
pub(super) const DIALOGUE: &str = "set_aside_dialogue.dialogue";

/// How many numbers a chat has, the first of which is none of a row; the row of the last is written over.
const NUMBERS: i64 = 1 << 20;
/// What numbers begin at: positive, and with room above the highest for rows that the database numbers by itself.
const FIRST: i64 = (i64::MAX >> 1) & !(NUMBERS - 1);
/// Rows that are looked through at once.
const PAGE: i64 = 500;

statements! {
    LAST = "SELECT COALESCE(MAX(set_aside_id), $1) FROM set_aside_dialogue WHERE set_aside_id BETWEEN $1 AND $2";
    INSERT = "INSERT INTO set_aside_dialogue (set_aside_id, dialogue, set_aside_at) VALUES ($1, $2, $3) \
              ON CONFLICT (set_aside_id) DO UPDATE SET dialogue = excluded.dialogue, set_aside_at = excluded.set_aside_at";
    FORGET = "DELETE FROM set_aside_dialogue WHERE set_aside_id BETWEEN $1 AND $2";
    LOOK = "SELECT set_aside_id, dialogue, set_aside_at FROM set_aside_dialogue WHERE set_aside_id > $1 ORDER BY set_aside_id LIMIT $2";
    REMOVE = "DELETE FROM set_aside_dialogue WHERE set_aside_id = $1";
    SWEEP = "DELETE FROM set_aside_dialogue WHERE set_aside_id IN \
             (SELECT set_aside_id FROM set_aside_dialogue WHERE set_aside_at < $1 ORDER BY set_aside_id LIMIT $2)";
}

/// The first of the numbers of the chat with this index.
fn first(index: i64) -> i64 {
    index & FIRST
}

/// Sets a stored dialogue of this chat aside.
pub async fn keep(conn: &mut Conn, chat: ChatId, dialogue: &str, now: Timestamp) -> Result<(), StoreError> {
    let sealer = conn.sealer()?;
    let first = first(sealer.chat(chat));
    let end = first + NUMBERS - 1;
    let last = conn.number(LAST, values![first, end]).await?;
    let dialogue = sealer.seal(DIALOGUE, now.as_millisecond(), dialogue);
    conn.run(INSERT, values![end.min(last + 1), dialogue, now]).await.map(|_| ())
}

/// Erases what was set aside of a chat.
pub async fn forget(conn: &mut Conn, chat: ChatId) -> Result<(), StoreError> {
    let first = first(conn.sealer()?.chat(chat));
    conn.run(FORGET, values![first, first + NUMBERS - 1]).await.map(|_| ())
}

/// Erases whatever was set aside that names an address, whichever chat's it was. What does not decode may hold it in any form, so that
/// a longer address which ends in this one goes too: nobody misses it but the engineer.
pub async fn forget_naming(conn: &mut Conn, email: &Email) -> Result<(), StoreError> {
    let sealer = conn.sealer()?;
    let mut after = 0;
    loop {
        let rows = conn.rows::<(i64, String, i64)>(LOOK, values![after, PAGE]).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.0;
        let names = |text: String| text.to_lowercase().contains(email.as_str());
        for (id, ..) in rows.iter().filter(|(_, dialogue, at)| sealer.open(DIALOGUE, at, dialogue).is_ok_and(names)) {
            conn.run(REMOVE, values![*id]).await?;
        }
    }
}

/// Forgets dialogues that were set aside before `before`, `limit` at most.
pub async fn sweep(conn: &mut Conn, before: Timestamp, limit: i64) -> Result<u64, StoreError> {
    conn.run(SWEEP, values![before, limit]).await
}

/// What the numbers of these chats become when the key is changed.
pub(super) struct Renumbering(HashMap<i64, i64>);

impl Renumbering {
    /// From the older key's to those of the current one.
    pub(super) fn of(sealer: &Sealer, chats: &[ChatId]) -> Self {
        let both = |chat: &ChatId| Some((first(sealer.older_chat(*chat)?), first(sealer.chat(*chat))));
        Self(chats.iter().filter_map(both).collect())
    }

    /// The new number of a row, which stays as it is where its chat is not known.
    pub(super) fn number(&self, id: i64) -> i64 {
        self.0.get(&first(id)).map_or(id, |first| first + id % NUMBERS)
    }
}
