//! Accounts and their balances.

use super::{Conn, StoreError, read, statements, values};
use crate::domain::{Account, AccountId, Email, Money, PasswordHash};

statements! {
    BY_EMAIL = "SELECT account_id, email, name, language, state FROM account WHERE email = $1";
    BY_ID = "SELECT account_id, email, name, language, state FROM account WHERE account_id = $1";
    BALANCES = "SELECT currency, minor FROM balance WHERE account_id = $1 AND minor <> 0 ORDER BY currency";
    SET_PASSWORD = "UPDATE account SET password_hash = $2, password_here = 1 WHERE account_id = $1";
}

#[derive(sqlx::FromRow)]
struct Row {
    account_id: i64,
    email: String,
    name: String,
    language: String,
    state: String,
}

impl TryFrom<Row> for Account {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: AccountId(row.account_id),
            email: read("account.email", &row.email)?,
            name: row.name,
            language: read("account.language", &row.language)?,
            state: read("account.state", &row.state)?,
        })
    }
}

/// The account a holder knows by this address.
pub async fn by_email(conn: &mut Conn, email: &Email) -> Result<Option<Account>, StoreError> {
    conn.row::<Row>(BY_EMAIL, values![email.as_str()]).await?.map(Account::try_from).transpose()
}

/// The account of a session.
pub async fn by_id(conn: &mut Conn, id: AccountId) -> Result<Option<Account>, StoreError> {
    conn.row::<Row>(BY_ID, values![id.0]).await?.map(Account::try_from).transpose()
}

/// What is left on an account: every balance that is not zero, by currency.
pub async fn balances(conn: &mut Conn, id: AccountId) -> Result<Vec<Money>, StoreError> {
    #[derive(sqlx::FromRow)]
    struct Row {
        currency: String,
        minor: i64,
    }
    let rows = conn.rows::<Row>(BALANCES, values![id.0]).await?;
    rows.into_iter().map(|row| Ok(Money { minor: row.minor, currency: read("balance.currency", &row.currency)? })).collect()
}

/// Sets the password of an account. One that was set here wins over what an import brings later.
pub async fn set_password(conn: &mut Conn, id: AccountId, hash: &PasswordHash) -> Result<(), StoreError> {
    conn.run(SET_PASSWORD, values![id.0, hash.as_str()]).await.map(|_| ())
}
