//! Stored dialogues that no longer decoded, kept for the engineer: sealed for the moment they were set aside at.

use jiff::Timestamp;

use super::{Conn, StoreError, statements, values};

/// The sealed column.
pub(super) const DIALOGUE: &str = "set_aside_dialogue.dialogue";

statements! {
    INSERT = "INSERT INTO set_aside_dialogue (dialogue, set_aside_at) VALUES ($1, $2)";
    SWEEP = "DELETE FROM set_aside_dialogue WHERE set_aside_id IN \
             (SELECT set_aside_id FROM set_aside_dialogue WHERE set_aside_at < $1 ORDER BY set_aside_id LIMIT $2)";
}

/// Sets a stored dialogue aside.
pub async fn keep(conn: &mut Conn, dialogue: &str, now: Timestamp) -> Result<(), StoreError> {
    let dialogue = conn.sealer()?.seal(DIALOGUE, now.as_millisecond(), dialogue);
    conn.run(INSERT, values![dialogue, now]).await.map(|_| ())
}

/// Forgets dialogues that were set aside before `before`, `limit` at most.
pub async fn sweep(conn: &mut Conn, before: Timestamp, limit: i64) -> Result<u64, StoreError> {
    conn.run(SWEEP, values![before, limit]).await
}
