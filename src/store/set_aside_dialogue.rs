//! Stored dialogues that no longer decoded, kept for the engineer.

use jiff::Timestamp;

use super::{Conn, StoreError, statements, values};

statements! {
    INSERT = "INSERT INTO set_aside_dialogue (dialogue, set_aside_at) VALUES ($1, $2)";
}

/// Sets a stored dialogue aside.
pub async fn keep(conn: &mut Conn, dialogue: &str, now: Timestamp) -> Result<(), StoreError> {
    conn.run(INSERT, values![dialogue, now]).await.map(|_| ())
}
