//! The hashes that passwords are compared with. For an address without an account, or an account without a password, somebody
//! else's hash stands in: comparing costs what it costs for an account, whatever the hashes that were imported cost.

use super::{Conn, StoreError, account, read, statements, values};
use crate::domain::{AccountId, AccountState, Email, PasswordHash};

statements! {
    HIGHEST = "SELECT COALESCE(MAX(account_id), 0) FROM account";
    FROM = "SELECT account_id, password_hash FROM account WHERE account_id >= $1 AND password_hash <> '' ORDER BY account_id LIMIT 1";
    OF = "SELECT password_hash FROM account WHERE account_id = $1 AND password_hash = $2 AND state = 'open' AND locked_here = 0";
}

/// What a password that was entered is compared with.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The hash; `None` if no account has one.
    pub hash: Option<PasswordHash>,
    /// The account that the right password opens; `None` if none does, however well it fits the hash.
    pub account: Option<AccountId>,
}

/// What a password for this address is compared with; `draw` chooses whose hash stands in where it has none, always the same for
/// one address. The same statements are run for every address.
pub async fn candidate(conn: &mut Conn, email: &Email, draw: [u8; 32]) -> Result<Candidate, StoreError> {
    let account = account::by_email(conn, email).await?;
    let highest = conn.number(HIGHEST, vec![]).await?;
    let drawn = u64::from_be_bytes(*draw.first_chunk().unwrap_or(&[0; 8])) % (highest.unsigned_abs() + 1);
    let wanted = account.as_ref().map_or(i64::try_from(drawn).unwrap_or_default(), |account| account.id.0);
    let at_or_above = conn.row::<(i64, String)>(FROM, values![wanted]).await?;
    // Above the last account with a password, the first one's stands in; it is looked for whether it is needed or not.
    let first = conn.row::<(i64, String)>(FROM, values![0]).await?;
    let found = at_or_above.or(first);
    let open = account.filter(|account| account.state == AccountState::Open);
    let account = open.map(|account| account.id).filter(|account| found.as_ref().is_some_and(|(id, _)| *id == account.0));
    let hash = found.map(|(_, hash)| read("account.password_hash", &hash)).transpose()?;
    Ok(Candidate { hash, account })
}

/// Whether an open account still has the password of this hash.
pub async fn is_current(conn: &mut Conn, account: AccountId, hash: &PasswordHash) -> Result<bool, StoreError> {
    Ok(conn.row::<(String,)>(OF, values![account.0, hash.as_str()]).await?.is_some())
}
