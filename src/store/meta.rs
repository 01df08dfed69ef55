//! What the database belongs to: the bot's id and the key's fingerprint; whether it was left in order, and whether an import
//! is to be merged.

use super::{Conn, StoreError, statements, values};

statements! {
    GET = "SELECT value FROM meta WHERE name = $1";
    CLAIM = "INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
    FORGET = "DELETE FROM meta WHERE name = $1";
    SET = "INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
}

/// What is kept about the database as a whole.
#[derive(Clone, Copy, Debug)]
pub enum Meta {
    /// The id of the bot it belongs to.
    BotId,
    /// The fingerprint of the key its codes and receipts are derived from.
    KeyFingerprint,
    /// `yes` after a graceful stop, `no` while a process serves from it.
    LeftInOrder,
    /// `yes` once nothing is left that an earlier version kept in the clear.
    Sealed,
    /// The sealed secret that outlasts a change of the key.
    Lasting,
    /// The fingerprint of the key that everything is being sealed with anew, until that is done.
    KeyRotation,
    /// `yes` while what an import has staged is to be merged, whatever happens.
    ImportDecided,
    /// How far the erasing after the final date has come, as JSON.
    Ending,
    /// The sealed report of that erasing, as JSON.
    FinalReport,
}

impl Meta {
    fn name(self) -> &'static str {
        match self {
            Self::BotId => "bot_id",
            Self::KeyFingerprint => "key_fingerprint",
            Self::LeftInOrder => "left_in_order",
            Self::Sealed => "sealed",
            Self::Lasting => "lasting",
            Self::KeyRotation => "key_rotation",
            Self::ImportDecided => "import_decided",
            Self::Ending => "ending",
            Self::FinalReport => "final_report",
        }
    }
}

/// What is kept under this name, if anything.
pub async fn get(conn: &mut Conn, meta: Meta) -> Result<Option<String>, StoreError> {
    Ok(conn.row::<(String,)>(GET, values![meta.name()]).await?.map(|(value,)| value))
}

/// Keeps a value under this name unless there is one already; what is kept now.
pub async fn claim(conn: &mut Conn, meta: Meta, value: &str) -> Result<String, StoreError> {
    conn.run(CLAIM, values![meta.name(), value]).await?;
    Ok(get(conn, meta).await?.unwrap_or_default())
}

/// Keeps nothing under this name any more.
pub async fn forget(conn: &mut Conn, meta: Meta) -> Result<(), StoreError> {
    conn.run(FORGET, values![meta.name()]).await.map(|_| ())
}

/// Keeps a value under this name.
pub async fn set(conn: &mut Conn, meta: Meta, value: &str) -> Result<(), StoreError> {
    conn.run(SET, values![meta.name(), value]).await.map(|_| ())
}
