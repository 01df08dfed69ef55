//! What metrics and readiness ask of the database: counts, and how long the oldest effect has waited.

use jiff::Timestamp;

use super::{Conn, StoreError, statements, time, values};

statements! {
    WAITING = "SELECT COUNT(*) FROM effect WHERE died IS NULL";
    OLDEST = "SELECT created_at FROM effect WHERE died IS NULL ORDER BY effect_id LIMIT 1";
    DEAD_LETTERS = "SELECT COUNT(*) FROM effect WHERE died IS NOT NULL";
    SESSIONS = "SELECT COUNT(*) FROM session WHERE ended_at IS NULL";
    SET_ASIDE_DIALOGUES = "SELECT COUNT(*) FROM set_aside_dialogue";
    /// Within a lane only the first may be carried out; of documents, only one at a time, which may take minutes.
    LONGEST_DUE = "SELECT due_at FROM effect WHERE effect_id IN \
                   (SELECT MIN(effect_id) FROM effect WHERE died IS NULL AND kind <> 'document' GROUP BY lane) ORDER BY due_at LIMIT 1";
}

/// Effects that wait, those that are under way included.
pub async fn waiting(conn: &mut Conn) -> Result<i64, StoreError> {
    conn.number(WAITING, values![]).await
}

/// When the oldest waiting effect was left by its turn.
pub async fn oldest(conn: &mut Conn) -> Result<Option<Timestamp>, StoreError> {
    let row = conn.row::<(i64,)>(OLDEST, values![]).await?;
    row.map(|(created,)| time("effect.created_at", created)).transpose()
}

/// Effects that were given up.
pub async fn dead_letters(conn: &mut Conn) -> Result<i64, StoreError> {
    conn.number(DEAD_LETTERS, values![]).await
}

/// Sessions that have not ended.
pub async fn sessions(conn: &mut Conn) -> Result<i64, StoreError> {
    conn.number(SESSIONS, values![]).await
}

/// Stored dialogues that no longer decoded.
pub async fn set_aside_dialogues(conn: &mut Conn) -> Result<i64, StoreError> {
    conn.number(SET_ASIDE_DIALOGUES, values![]).await
}

/// Since when the effect that might have been carried out for the longest might have been; on PostgreSQL, of the lanes of this replica.
pub async fn longest_due(conn: &mut Conn, replica: Option<i64>) -> Result<Option<Timestamp>, StoreError> {
    let row = match conn.is_file() {
        true => conn.row::<(i64,)>(LONGEST_DUE, values![]).await?,
        false => conn.row::<(i64,)>(super::lane::LONGEST_DUE, values![replica]).await?,
    };
    row.map(|(due,)| time("effect.due_at", due)).transpose()
}
