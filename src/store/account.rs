//! Accounts and their balances. E-mail address and name are sealed, for the row of this `email_index`, which an account is looked up by;
//! the rest says nothing about who it belongs to, and stays readable.

use super::{Conn, StoreError, read, statements, values};
use crate::domain::{Account, AccountId, AccountState, Email, Money, PasswordHash};
use crate::seal::Sealer;

/// The sealed columns.
pub(super) const EMAIL: &str = "account.email";
pub(super) const NAME: &str = "account.name";

statements! {
    BY_EMAIL = "SELECT account_id, email_index, email, name, language, state, locked_here FROM account WHERE email_index = $1";
    BY_ID = "SELECT account_id, email_index, email, name, language, state, locked_here FROM account WHERE account_id = $1";
    BALANCES = "SELECT currency, minor FROM balance WHERE account_id = $1 AND minor <> 0 ORDER BY currency";
    SET_PASSWORD = "UPDATE account SET password_hash = $2, password_here = 1 WHERE account_id = $1";
    EVERY_BALANCE = "SELECT currency, minor FROM balance WHERE account_id = $1 ORDER BY currency";
    OPENED_AND_PASSWORD = "SELECT opened_on, CAST(CASE WHEN password_hash = '' THEN 0 ELSE 1 END AS BIGINT) AS password_set \
                           FROM account WHERE account_id = $1";
}

#[derive(sqlx::FromRow)]
struct Row {
    account_id: i64,
    #[sqlx(flatten)]
    holder: Holder,
    language: String,
    state: String,
    locked_here: i64,
}

/// Who an account belongs to, sealed.
#[derive(sqlx::FromRow)]
pub(super) struct Holder {
    pub(super) email_index: String,
    pub(super) email: String,
    pub(super) name: String,
}

impl Holder {
    /// Seals an address and a name for the account that is found by this address.
    pub(super) fn seal(sealer: &Sealer, email: &Email, name: &str) -> Self {
        let email_index = sealer.email(email);
        let (email, name) = (sealer.seal(EMAIL, &email_index, email.as_str()), sealer.seal(NAME, &email_index, name));
        Self { email_index, email, name }
    }

    /// The address.
    pub(super) fn email(&self, sealer: &Sealer) -> Result<Email, StoreError> {
        read(EMAIL, &open_email(sealer, &self.email_index, &self.email)?)
    }

    /// The name.
    pub(super) fn name(&self, sealer: &Sealer) -> Result<String, StoreError> {
        sealer.open(NAME, &self.email_index, &self.name).map_err(|error| StoreError::Sealed(NAME, error))
    }
}

/// The address of the account with this index.
pub(super) fn open_email(sealer: &Sealer, email_index: &str, email: &str) -> Result<String, StoreError> {
    sealer.open(EMAIL, email_index, email).map_err(|error| StoreError::Sealed(EMAIL, error))
}

impl Row {
    fn opened(self, sealer: &Sealer) -> Result<Account, StoreError> {
        Ok(Account {
            id: AccountId(self.account_id),
            email: self.holder.email(sealer)?,
            name: self.holder.name(sealer)?,
            language: read("account.language", &self.language)?,
            state: state(&self.state, self.locked_here)?,
            locked_here: self.locked_here != 0,
        })
    }
}

/// The state of an account: a lock put on here outlasts what an import says.
pub(super) fn state(stored: &str, locked_here: i64) -> Result<AccountState, StoreError> {
    if locked_here == 0 { read("account.state", stored) } else { Ok(AccountState::Locked) }
}

/// The account a holder knows by this address. It takes as long where there is none.
pub async fn by_email(conn: &mut Conn, email: &Email) -> Result<Option<Account>, StoreError> {
    let sealer = conn.sealer()?;
    let row = conn.row::<Row>(BY_EMAIL, values![sealer.email(email)]).await?;
    if row.is_none() {
        // The address and the name.
        sealer.spend(2);
    }
    row.map(|row| row.opened(&sealer)).transpose()
}

/// The account of a session.
pub async fn by_id(conn: &mut Conn, id: AccountId) -> Result<Option<Account>, StoreError> {
    let sealer = conn.sealer()?;
    conn.row::<Row>(BY_ID, values![id.0]).await?.map(|row| row.opened(&sealer)).transpose()
}

/// What is left on an account: every balance that is not zero, by currency.
pub async fn balances(conn: &mut Conn, id: AccountId) -> Result<Vec<Money>, StoreError> {
    amounts(conn, BALANCES, id).await
}

/// Every balance that is kept, by currency, empty ones too.
pub async fn every_balance(conn: &mut Conn, id: AccountId) -> Result<Vec<Money>, StoreError> {
    amounts(conn, EVERY_BALANCE, id).await
}

/// The day an account was opened, as it was imported, and whether it has a password.
pub async fn opened_and_password(conn: &mut Conn, id: AccountId) -> Result<(String, bool), StoreError> {
    let row = conn.row::<(String, i64)>(OPENED_AND_PASSWORD, values![id.0]).await?;
    row.map(|(opened_on, set)| (opened_on, set != 0)).ok_or(StoreError::Unreadable("account.account_id"))
}

async fn amounts(conn: &mut Conn, sql: &'static str, id: AccountId) -> Result<Vec<Money>, StoreError> {
    #[derive(sqlx::FromRow)]
    struct Row {
        currency: String,
        minor: i64,
    }
    let rows = conn.rows::<Row>(sql, values![id.0]).await?;
    rows.into_iter().map(|row| Ok(Money { minor: row.minor, currency: read("balance.currency", &row.currency)? })).collect()
}

/// Sets the password of an account. One that was set here wins over what an import brings later.
pub async fn set_password(conn: &mut Conn, id: AccountId, hash: &PasswordHash) -> Result<(), StoreError> {
    conn.run(SET_PASSWORD, values![id.0, hash.as_str()]).await.map(|_| ())
}
