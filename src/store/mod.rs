//! The database: one file a table with its row, its SQL and its functions. The pools and their opening are in `db`,
//! what runs a statement in `conn`. Nothing here knows Telegram or languages.

pub mod account;
pub mod audit;
pub mod backup;
pub mod card;
pub mod chat;
mod conn;
pub mod data_request;
mod db;
pub mod effect;
pub mod event;
pub mod export;
pub mod gauge;
pub mod hand;
pub mod help_feedback;
pub mod import;
pub mod known_chat;
pub mod lane;
pub mod limit_bucket;
pub mod lock;
pub mod look;
pub mod meta;
pub mod one_time_code;
pub mod parting;
pub mod password;
pub mod payment;
pub mod processed_update;
pub mod purge;
pub mod reseal;
pub mod reset_decoy;
pub mod reset_link;
pub mod server;
pub mod session;
pub mod set_aside_dialogue;
pub mod sign_in_request;
pub mod update_attempt;
pub mod whole;

pub(crate) use conn::values;
pub use conn::{Coming, Conn, Fetched, Kind, Value};
pub use db::{Db, OpenError};

use crate::seal::SealError;

/// Why the store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database is busy, full, locked or lost: nobody's fault, and it goes on when the database does.
    #[error("the database is not available: {0}")]
    Unavailable(sqlx::Error),
    /// What was read in this transaction was changed by another meanwhile; it goes again.
    #[error("another transaction was first")]
    Overtaken,
    /// A statement or a row is wrong: trying again gives the same.
    #[error("the database refused: {0}")]
    Fault(sqlx::Error),
    /// A sealed value does not open.
    #[error("{0} of a row does not open: {1}")]
    Sealed(&'static str, SealError),
    /// Sealed values were asked for before the database was given its key.
    #[error("the database's values are sealed, and its key was not brought")]
    Locked,
    /// A value in a row is not of its column's type.
    #[error("unreadable value in {0}")]
    Unreadable(&'static str),
}

impl StoreError {
    /// Whether another transaction stood in the way of this one; PostgreSQL ends one for that itself (serialization failure 40001,
    /// deadlock 40P01).
    pub fn is_contention(&self) -> bool {
        let error = match self {
            Self::Overtaken => return true,
            Self::Unavailable(error) | Self::Fault(error) => error,
            _ => return false,
        };
        error.as_database_error().and_then(|refusal| refusal.code()).is_some_and(|code| code == "40001" || code == "40P01")
    }

    /// Whether SQLite finds its file damaged (sqlite.org/rescode.html: CORRUPT 11).
    pub fn is_damage(&self) -> bool {
        let (Self::Unavailable(error) | Self::Fault(error)) = self else { return false };
        let code = error.as_database_error().and_then(|refusal| refusal.code());
        code.and_then(|code| code.parse::<u32>().ok()).is_some_and(|number| number & 0xff == 11)
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let fault = match &error {
            sqlx::Error::Database(refusal) => refusal.code().is_none_or(|code| is_fault(&code)),
            sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => {
                false
            }
            _ => true,
        };
        if fault { Self::Fault(error) } else { Self::Unavailable(error) }
    }
}

/// Whether a database's code blames the statement. SQLite: the primary code is the low byte (sqlite.org/rescode.html:
/// PERM 3, ABORT 4, BUSY 5, LOCKED 6, NOMEM 7, READONLY 8, INTERRUPT 9, IOERR 10, CORRUPT 11, FULL 13, CANTOPEN 14,
/// PROTOCOL 15, NOLFS 22, NOTADB 26). PostgreSQL: five characters, the class first (08 connection, 25 transaction state,
/// 40 rollback, 53 resources, 55 object state, 57 operator, 58 system, XX internal).
fn is_fault(code: &str) -> bool {
    match (code.len(), code.parse::<u32>()) {
        (5, _) => !["08", "25", "40", "53", "55", "57", "58", "XX"].contains(&&code[..2]),
        (_, Ok(number)) => !matches!(number & 0xff, 3..=11 | 13..=15 | 22 | 26),
        _ => true,
    }
}

/// Every statement of the store, for a test that has both databases prepare them.
pub const STATEMENTS: &[&[&str]] = &[
    account::STATEMENTS,
    audit::STATEMENTS,
    card::STATEMENTS,
    chat::STATEMENTS,
    data_request::STATEMENTS,
    effect::STATEMENTS,
    event::STATEMENTS,
    help_feedback::STATEMENTS,
    export::STATEMENTS,
    gauge::STATEMENTS,
    hand::STATEMENTS,
    import::STATEMENTS,
    import::PASSWORD_STATEMENTS,
    known_chat::STATEMENTS,
    limit_bucket::STATEMENTS,
    look::STATEMENTS,
    meta::STATEMENTS,
    one_time_code::STATEMENTS,
    parting::STATEMENTS,
    password::STATEMENTS,
    payment::STATEMENTS,
    processed_update::STATEMENTS,
    purge::STATEMENTS,
    reseal::STATEMENTS,
    reset_decoy::STATEMENTS,
    reset_link::STATEMENTS,
    session::STATEMENTS,
    set_aside_dialogue::STATEMENTS,
    sign_in_request::STATEMENTS,
    update_attempt::STATEMENTS,
];

/// Declares a file's statements as constants, and the list of them all.
macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $sql:expr;)*) => {
        $($(#[$doc])* const $name: &str = $sql;)*
        /// The statements of this file.
        pub(super) const STATEMENTS: &[&str] = &[$($name),*];
    };
}
pub(crate) use statements;

/// A time as the database keeps it: milliseconds since 1970.
fn time(column: &'static str, milliseconds: i64) -> Result<jiff::Timestamp, StoreError> {
    jiff::Timestamp::from_millisecond(milliseconds).map_err(|_| StoreError::Unreadable(column))
}

/// A text column read into its type.
fn read<T: std::str::FromStr>(column: &'static str, text: &str) -> Result<T, StoreError> {
    text.parse().map_err(|_| StoreError::Unreadable(column))
}

#[cfg(test)]
mod tests {
    use super::is_fault;

    #[test]
    fn a_busy_or_full_database_is_nobodys_fault() {
        for code in ["5", "261", "13", "6", "10", "778", "08006", "40001", "40P01", "53300", "57P01"] {
            assert!(!is_fault(code), "{code}");
        }
        for code in ["1", "19", "2067", "23505", "42P01"] {
            assert!(is_fault(code), "{code}");
        }
    }
}
