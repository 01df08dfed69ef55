//! What is written in a link's place where the address that a new password was asked for has no account: the same number of
//! statements and rows, so that neither the time nor the limit tells. Addresses stand here as keyed hashes.

use jiff::Timestamp;

use super::{Conn, StoreError, statements, values};
use crate::domain::{RESET_LINK_KEPT, RESET_LINK_LENGTH};

statements! {
    VOID = "UPDATE reset_decoy SET void = 1 WHERE address = $1 AND void = 0";
    INSERT = "INSERT INTO reset_decoy (token_hash, address, issued_at, expires_at, void) VALUES ($1, $2, $3, $4, 0)";
    SINCE = "SELECT COUNT(*) FROM reset_decoy WHERE address = $1 AND issued_at > $2 AND issued_at <= $3";
    SWEEP = "DELETE FROM reset_decoy WHERE token_hash IN (SELECT token_hash FROM reset_decoy WHERE expires_at < $1 LIMIT $2)";
}

/// Keeps what stands for a link, and voids what stood for one before.
pub async fn put(conn: &mut Conn, token_hash: &str, address: &str, now: Timestamp) -> Result<(), StoreError> {
    conn.run(VOID, values![address]).await?;
    // A link's row has the chat's number and the person's name sealed.
    conn.sealer()?.spend(2);
    conn.run(INSERT, values![token_hash, address, now, now + RESET_LINK_LENGTH]).await.map(|_| ())
}

/// How many were made for an address between these times.
pub async fn made_between(conn: &mut Conn, address: &str, since: Timestamp, until: Timestamp) -> Result<i64, StoreError> {
    conn.number(SINCE, values![address, since, until]).await
}

/// Forgets what is as old as a link that is forgotten, `limit` at most.
pub async fn sweep(conn: &mut Conn, now: Timestamp, limit: i64) -> Result<u64, StoreError> {
    conn.run(SWEEP, values![now - RESET_LINK_KEPT, limit]).await
}
