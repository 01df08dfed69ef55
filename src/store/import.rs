//! The way of an import through the database: rows are staged, checked against each other and against what is there,
//! and merged set by set. What was removed or set here is kept.

use jiff::Timestamp;
use jiff::civil::Date;

use super::{Conn, StoreError, Value, statements, values};
use crate::domain::{AccountState, Brand, Email, Expiry, Language, Last4, Money, PasswordHash, PaymentStatus};

statements! {
    STAGE_ACCOUNT = "INSERT INTO staged_account (line, email, name, language, state, opened_on, password_hash) VALUES [($, $, $, $, $, $, $)]";
    STAGE_BALANCE = "INSERT INTO staged_balance (line, email, currency, minor) VALUES [($, $, $, $)]";
    STAGE_CARD = "INSERT INTO staged_card (line, card_ref, email, brand, last4, expires, linked_on) VALUES [($, $, $, $, $, $, $)]";
    STAGE_PAYMENT = "INSERT INTO staged_payment (line, payment_ref, email, paid_at, merchant, minor, currency, status, card_last4) \
                     VALUES [($, $, $, $, $, $, $, $, $)]";

    CLEAR_ACCOUNT = "DELETE FROM staged_account";
    CLEAR_BALANCE = "DELETE FROM staged_balance";
    CLEAR_CARD = "DELETE FROM staged_card";
    CLEAR_PAYMENT = "DELETE FROM staged_payment";

    REPEATED_ACCOUNT = "SELECT line, earliest FROM (SELECT line, MIN(line) OVER (PARTITION BY email) AS earliest FROM staged_account) AS keyed \
                        WHERE line <> earliest ORDER BY line LIMIT $1";
    REPEATED_BALANCE = "SELECT line, earliest FROM (SELECT line, MIN(line) OVER (PARTITION BY email, currency) AS earliest FROM staged_balance) AS keyed \
                        WHERE line <> earliest ORDER BY line LIMIT $1";
    REPEATED_CARD = "SELECT line, earliest FROM (SELECT line, MIN(line) OVER (PARTITION BY card_ref) AS earliest FROM staged_card) AS keyed \
                     WHERE line <> earliest ORDER BY line LIMIT $1";
    REPEATED_PAYMENT = "SELECT line, earliest FROM (SELECT line, MIN(line) OVER (PARTITION BY payment_ref) AS earliest FROM staged_payment) AS keyed \
                        WHERE line <> earliest ORDER BY line LIMIT $1";

    UNKNOWN_BALANCE = "SELECT line FROM staged_balance AS staged \
                       WHERE NOT EXISTS (SELECT 1 FROM staged_account WHERE staged_account.email = staged.email) \
                       AND NOT EXISTS (SELECT 1 FROM account WHERE account.email = staged.email) ORDER BY line LIMIT $1";
    UNKNOWN_CARD = "SELECT line FROM staged_card AS staged \
                    WHERE NOT EXISTS (SELECT 1 FROM staged_account WHERE staged_account.email = staged.email) \
                    AND NOT EXISTS (SELECT 1 FROM account WHERE account.email = staged.email) ORDER BY line LIMIT $1";
    UNKNOWN_PAYMENT = "SELECT line FROM staged_payment AS staged \
                       WHERE NOT EXISTS (SELECT 1 FROM staged_account WHERE staged_account.email = staged.email) \
                       AND NOT EXISTS (SELECT 1 FROM account WHERE account.email = staged.email) ORDER BY line LIMIT $1";

    NEW_ACCOUNT = "SELECT COUNT(*) FROM staged_account AS staged WHERE NOT EXISTS (SELECT 1 FROM account WHERE account.email = staged.email)";
    NEW_BALANCE = "SELECT COUNT(*) FROM staged_balance AS staged WHERE NOT EXISTS (SELECT 1 FROM balance \
                   JOIN account ON account.account_id = balance.account_id \
                   WHERE account.email = staged.email AND balance.currency = staged.currency)";
    NEW_CARD = "SELECT COUNT(*) FROM staged_card AS staged WHERE NOT EXISTS (SELECT 1 FROM card WHERE card.card_ref = staged.card_ref)";
    NEW_PAYMENT = "SELECT COUNT(*) FROM staged_payment AS staged \
                   WHERE NOT EXISTS (SELECT 1 FROM payment WHERE payment.payment_ref = staged.payment_ref)";

    CONFLICT_CARD = "SELECT staged.line FROM staged_card AS staged JOIN card ON card.card_ref = staged.card_ref \
                     JOIN account ON account.account_id = card.account_id WHERE account.email <> staged.email ORDER BY staged.line";
    CONFLICT_PAYMENT = "SELECT staged.line FROM staged_payment AS staged JOIN payment ON payment.payment_ref = staged.payment_ref \
                        JOIN account ON account.account_id = payment.account_id WHERE account.email <> staged.email ORDER BY staged.line";

    // SQLite reads `ON CONFLICT` after a bare SELECT as a join, so each SELECT has a WHERE (sqlite.org/lang_upsert.html, section 2.2).
    MERGE_ACCOUNT = "INSERT INTO account (email, name, language, state, opened_on, password_hash) \
                     SELECT email, name, language, state, opened_on, password_hash FROM staged_account WHERE 1 = 1 ORDER BY line \
                     ON CONFLICT (email) DO UPDATE SET name = excluded.name, language = excluded.language, state = excluded.state, \
                     opened_on = excluded.opened_on, \
                     password_hash = CASE WHEN account.password_here = 0 THEN excluded.password_hash ELSE account.password_hash END \
                     WHERE account.name <> excluded.name OR account.language <> excluded.language OR account.state <> excluded.state \
                     OR account.opened_on <> excluded.opened_on \
                     OR (account.password_here = 0 AND account.password_hash <> excluded.password_hash)";
    MERGE_BALANCE = "INSERT INTO balance (account_id, currency, minor) \
                     SELECT account.account_id, staged.currency, staged.minor FROM staged_balance AS staged \
                     JOIN account ON account.email = staged.email WHERE 1 = 1 ORDER BY staged.line \
                     ON CONFLICT (account_id, currency) DO UPDATE SET minor = excluded.minor WHERE balance.minor <> excluded.minor";
    MERGE_CARD = "INSERT INTO card (account_id, card_ref, brand, last4, expires, linked_on) \
                  SELECT account.account_id, staged.card_ref, staged.brand, staged.last4, staged.expires, staged.linked_on \
                  FROM staged_card AS staged JOIN account ON account.email = staged.email WHERE 1 = 1 ORDER BY staged.line \
                  ON CONFLICT (card_ref) DO UPDATE SET brand = excluded.brand, last4 = excluded.last4, expires = excluded.expires, \
                  linked_on = excluded.linked_on \
                  WHERE card.account_id = excluded.account_id AND (card.brand <> excluded.brand OR card.last4 <> excluded.last4 \
                  OR card.expires <> excluded.expires OR card.linked_on <> excluded.linked_on)";
    MERGE_PAYMENT = "INSERT INTO payment (account_id, payment_ref, paid_at, merchant, minor, currency, status, card_last4) \
                     SELECT account.account_id, staged.payment_ref, staged.paid_at, staged.merchant, staged.minor, staged.currency, \
                     staged.status, staged.card_last4 \
                     FROM staged_payment AS staged JOIN account ON account.email = staged.email WHERE 1 = 1 ORDER BY staged.line \
                     ON CONFLICT (payment_ref) DO UPDATE SET paid_at = excluded.paid_at, merchant = excluded.merchant, \
                     minor = excluded.minor, currency = excluded.currency, status = excluded.status, card_last4 = excluded.card_last4 \
                     WHERE payment.account_id = excluded.account_id AND (payment.paid_at <> excluded.paid_at \
                     OR payment.merchant <> excluded.merchant OR payment.minor <> excluded.minor OR payment.currency <> excluded.currency \
                     OR payment.status <> excluded.status OR payment.card_last4 <> excluded.card_last4)";
}

/// What an import brings, in the order it is merged: accounts first, since the others belong to one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Accounts, known by their e-mail address.
    Account,
    /// Balances, one for each currency of an account.
    Balance,
    /// Cards, known by the service's reference.
    Card,
    /// Payments, known by the service's reference.
    Payment,
}

/// A row on its way into the database.
pub trait Staged {
    /// What it is a row of.
    const KIND: Kind;
    /// Its values, in the order of the kind's statement.
    fn values(self) -> Vec<Value>;
}

/// A line of `accounts.csv`.
pub struct StagedAccount {
    /// The line.
    pub line: i64,
    /// Who the account belongs to.
    pub email: Email,
    /// The holder's name.
    pub name: String,
    /// The language the service writes to the holder in.
    pub language: Language,
    /// Whether the account can be used.
    pub state: AccountState,
    /// The day it was opened.
    pub opened_on: Date,
    /// The hash of the holder's password, if one is set.
    pub password_hash: Option<PasswordHash>,
}

/// A line of `balances.csv`.
pub struct StagedBalance {
    /// The line.
    pub line: i64,
    /// Whose it is.
    pub email: Email,
    /// What is left.
    pub amount: Money,
}

/// A line of `cards.csv`.
pub struct StagedCard {
    /// The line.
    pub line: i64,
    /// The service's own reference.
    pub card_ref: String,
    /// Whose it is.
    pub email: Email,
    /// The brand as shown.
    pub brand: Brand,
    /// The last four digits.
    pub last4: Last4,
    /// The month it expires.
    pub expires: Expiry,
    /// The day it was linked.
    pub linked_on: Date,
}

/// A line of `payments.csv`.
pub struct StagedPayment {
    /// The line.
    pub line: i64,
    /// The service's own reference.
    pub payment_ref: String,
    /// Whose it is.
    pub email: Email,
    /// When it was made.
    pub paid_at: Timestamp,
    /// Who was paid.
    pub merchant: String,
    /// How much.
    pub amount: Money,
    /// How it stands.
    pub status: PaymentStatus,
    /// The card it was made with, if any.
    pub card_last4: Option<Last4>,
}

impl Staged for StagedAccount {
    const KIND: Kind = Kind::Account;

    fn values(self) -> Vec<Value> {
        let hash = self.password_hash.as_ref().map_or("", PasswordHash::as_str);
        values![self.line, self.email.as_str(), self.name, self.language.code(), self.state.word(), self.opened_on.to_string(), hash]
    }
}

impl Staged for StagedBalance {
    const KIND: Kind = Kind::Balance;

    fn values(self) -> Vec<Value> {
        values![self.line, self.email.as_str(), self.amount.currency.code(), self.amount.minor]
    }
}

impl Staged for StagedCard {
    const KIND: Kind = Kind::Card;

    fn values(self) -> Vec<Value> {
        let (last4, expires) = (self.last4.to_string(), self.expires.to_string());
        values![self.line, self.card_ref, self.email.as_str(), self.brand.as_str(), last4, expires, self.linked_on.to_string()]
    }
}

impl Staged for StagedPayment {
    const KIND: Kind = Kind::Payment;

    fn values(self) -> Vec<Value> {
        let Money { minor, currency } = self.amount;
        let card = self.card_last4.map(|last4| last4.to_string()).unwrap_or_default();
        let email = self.email.as_str();
        values![self.line, self.payment_ref, email, self.paid_at, self.merchant, minor, currency.code(), self.status.word(), card]
    }
}

/// What became of the staged rows of one kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Merged {
    /// Rows that were not there before.
    pub new: u64,
    /// Rows that were there and now differ.
    pub changed: u64,
    /// The lines whose reference is known under another account; nothing was done with them.
    pub conflicts: Vec<i64>,
}

/// The statements of one kind.
struct Sql {
    stage: &'static str,
    clear: &'static str,
    repeated: &'static str,
    unknown: Option<&'static str>,
    new: &'static str,
    conflicts: Option<&'static str>,
    merge: &'static str,
}

impl Kind {
    /// Every kind, accounts first.
    pub const ALL: [Self; 4] = [Self::Account, Self::Balance, Self::Card, Self::Payment];

    fn sql(self) -> Sql {
        match self {
            Self::Account => Sql {
                stage: STAGE_ACCOUNT,
                clear: CLEAR_ACCOUNT,
                repeated: REPEATED_ACCOUNT,
                unknown: None,
                new: NEW_ACCOUNT,
                conflicts: None,
                merge: MERGE_ACCOUNT,
            },
            Self::Balance => Sql {
                stage: STAGE_BALANCE,
                clear: CLEAR_BALANCE,
                repeated: REPEATED_BALANCE,
                unknown: Some(UNKNOWN_BALANCE),
                new: NEW_BALANCE,
                conflicts: None,
                merge: MERGE_BALANCE,
            },
            Self::Card => Sql {
                stage: STAGE_CARD,
                clear: CLEAR_CARD,
                repeated: REPEATED_CARD,
                unknown: Some(UNKNOWN_CARD),
                new: NEW_CARD,
                conflicts: Some(CONFLICT_CARD),
                merge: MERGE_CARD,
            },
            Self::Payment => Sql {
                stage: STAGE_PAYMENT,
                clear: CLEAR_PAYMENT,
                repeated: REPEATED_PAYMENT,
                unknown: Some(UNKNOWN_PAYMENT),
                new: NEW_PAYMENT,
                conflicts: Some(CONFLICT_PAYMENT),
                merge: MERGE_PAYMENT,
            },
        }
    }
}

/// Stages rows.
pub async fn stage<R: Staged>(conn: &mut Conn, rows: Vec<R>) -> Result<(), StoreError> {
    conn.run_many(R::KIND.sql().stage, Vec::new(), rows.into_iter().map(R::values).collect()).await
}

/// Forgets everything staged, by this import or by one that was cut short.
pub async fn clear(conn: &mut Conn) -> Result<(), StoreError> {
    for kind in Kind::ALL {
        conn.run(kind.sql().clear, Vec::new()).await?;
    }
    Ok(())
}

/// The first `limit` lines whose key an earlier line has already, each with that earlier line.
pub async fn repeated(conn: &mut Conn, kind: Kind, limit: i64) -> Result<Vec<(i64, i64)>, StoreError> {
    conn.rows(kind.sql().repeated, values![limit]).await
}

/// The first `limit` lines whose account is neither staged nor in the database.
pub async fn unknown(conn: &mut Conn, kind: Kind, limit: i64) -> Result<Vec<i64>, StoreError> {
    match kind.sql().unknown {
        Some(sql) => lines(conn, sql, values![limit]).await,
        None => Ok(Vec::new()),
    }
}

/// Merges what is staged of one kind; the kinds one after the other, in the order of [`Kind::ALL`], within one transaction.
pub async fn merge(conn: &mut Conn, kind: Kind) -> Result<Merged, StoreError> {
    let sql = kind.sql();
    let conflicts = match sql.conflicts {
        Some(sql) => lines(conn, sql, Vec::new()).await?,
        None => Vec::new(),
    };
    let new = conn.number(sql.new, Vec::new()).await?.unsigned_abs();
    let touched = conn.run(sql.merge, Vec::new()).await?;
    Ok(Merged { new, changed: touched.saturating_sub(new), conflicts })
}

async fn lines(conn: &mut Conn, sql: &'static str, values: Vec<Value>) -> Result<Vec<i64>, StoreError> {
    Ok(conn.rows::<(i64,)>(sql, values).await?.into_iter().map(|(line,)| line).collect())
}
