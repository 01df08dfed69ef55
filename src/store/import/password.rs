//! What an import does where it brings another hash for an account's password: its holder has changed the password elsewhere, so that
//! whatever the old one has opened ends with it, as with a password that is set on the page (OWASP Session Management: renew the session
//! after any change of privilege; OWASP Forgot Password). A hash that is the same changes nothing, nor does the first one that an account
//! gets, nor one that is passed over because the password was set here.

use std::ops::AddAssign;

use crate::domain::{AccountId, Parting};
use crate::store::{Conn, StoreError, parting, session, statements, values};

statements! {
    // Nothing is written that was not there; but the rows are this transaction's from here on, before it is seen what has begun.
    CHANGED = "UPDATE account SET password_here = 0 FROM staged_account AS staged \
               WHERE staged.line > $1 AND staged.line <= $2 AND staged.email_index = account.email_index \
               AND account.password_here = 0 AND account.password_hash <> '' AND account.password_hash <> staged.password_hash \
               RETURNING account_id";
    VOID_CODES = "UPDATE one_time_code SET used = 2 WHERE used = 0 AND account_id IN ([$])";
    VOID_PAGES = "UPDATE sign_in_request SET used = 1 WHERE account_id IN ([$])";
    VOID_LINKS = "UPDATE reset_link SET void = 1 WHERE void = 0 AND account_id IN ([$])";
    // An import knows no time of its own: a session has ended when it was heard of last.
    END_SESSIONS = "UPDATE session SET ended_at = seen_at WHERE ended_at IS NULL AND account_id IN ([$]) RETURNING chat_id, telegram_id";
}

/// What the passwords that an import brought have ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ended {
    /// The accounts whose password is another now.
    pub passwords: u64,
    /// Their sessions that were open.
    pub sessions: u64,
}

impl AddAssign for Ended {
    fn add_assign(&mut self, more: Self) {
        self.passwords += more.passwords;
        self.sessions += more.sessions;
    }
}

/// Ends what the old passwords have opened of the accounts whose staged lines, those after `merged` up to `next`, bring others, and leaves
/// word for the chats. Before those lines are merged, in the same transaction.
pub(super) async fn end_what_they_opened(conn: &mut Conn, merged: i64, next: i64) -> Result<Ended, StoreError> {
    let changed: Vec<AccountId> =
        conn.rows::<(i64,)>(CHANGED, values![merged, next]).await?.into_iter().map(|(id,)| AccountId(id)).collect();
    if changed.is_empty() {
        return Ok(Ended::default());
    }
    let accounts = || changed.iter().map(|account| values![account.0]).collect();
    for sql in [VOID_CODES, VOID_PAGES, VOID_LINKS] {
        conn.run_many(sql, vec![], accounts()).await?;
    }
    let sessions = conn.many::<(i64, String)>(END_SESSIONS, vec![], accounts()).await?;
    let ended = Ended { passwords: changed.len() as u64, sessions: sessions.len() as u64 };
    let chats = session::opened(conn, sessions).await?;
    parting::put(conn, &chats, Parting::Password).await?;
    Ok(ended)
}
