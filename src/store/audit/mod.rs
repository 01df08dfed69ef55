//! What was done on accounts, each with the reference of its receipt: rows that are written once and sealed. A row names its account by a
//! random subject only; the table `audit_subject` says whose that is, sealed, until the holder is erased.
//!
//! A row's seal is an HMAC over its content, made when it is written. The one sweeper then gives it its place, without gaps, and its link
//! in one chain over all rows (`keep`), so that writers on several replicas never wait for each other; a sealed checkpoint says how far the
//! chain has come, another what was cut off by age. `examine` follows the chain.
//!
//! What shows: a changed row, at once; a missing, inserted or reordered row, and newest rows cut off, once the row has its place: within
//! 15 seconds of its commit, between two sweeps; another account's subject. What does not: rows taken away before that, the link from an
//! account to its subject taken away, and an older state of the whole database put back, tables and checkpoints together; against that
//! stands the number of rows that `guichet check` tells. A database that holds nothing sealed at all passes for a new one, or an earlier
//! version's: the chain begins anew, which the log says. Whoever has the key can write any seal.

mod chain;
mod examine;
mod keep;
mod seal;

pub use examine::{Bad, Report, Trouble, Verdict, examine, verify};
pub use keep::{Kept, begin, cut, go_on, settle};
pub use seal::Checkpoint;

use std::collections::HashMap;

use data_encoding::HEXLOWER;
use jiff::Timestamp;

use self::seal::{Content, seal_subject};
use super::{Coming, Conn, StoreError, statements, time, values};
use crate::clock::Random;
use crate::domain::{AccountId, AuditId, Audited, ChatId};
use crate::secret::Key;

statements! {
    SUBJECTS = "SELECT account_id, subject FROM audit_subject WHERE account_id IN ([$])";
    SUBJECTS_IN = "SELECT audit_subject.account_id, subject FROM session JOIN audit_subject ON audit_subject.account_id = session.account_id \
                   WHERE ended_at IS NULL AND session.chat_id IN ([$])";
    BEGIN_SUBJECT = "INSERT INTO audit_subject (account_id, subject, seal) VALUES [($, $, $)] ON CONFLICT (account_id) DO NOTHING";
    SUBJECT = "SELECT subject, seal FROM audit_subject WHERE account_id = $1";
    ALL_SUBJECTS = "SELECT account_id, subject, seal FROM audit_subject WHERE account_id >= $1 ORDER BY account_id LIMIT $2";
    SEAL_SUBJECT = "WITH sealed (account_id, seal) AS (VALUES [(CAST($ AS BIGINT), $)]) \
                    UPDATE audit_subject SET seal = sealed.seal FROM sealed WHERE audit_subject.account_id = sealed.account_id";
    UNLINK = "DELETE FROM audit_subject WHERE account_id = $1";
    INSERT = "INSERT INTO audit (happened_at, reference, action, subject, outcome, seal) VALUES [($, $, $, $, $, $)]";
    OF_ACCOUNT = "SELECT audit_id, reference, action, outcome, happened_at FROM audit \
                  WHERE subject = $1 ORDER BY audit_id";
    NEWEST = "SELECT audit_id, reference, action, outcome, happened_at FROM audit \
              WHERE subject = $1 ORDER BY audit_id DESC LIMIT $2";
    OLDER = "SELECT audit_id, reference, action, outcome, happened_at FROM audit \
             WHERE subject = $1 AND audit_id < $3 ORDER BY audit_id DESC LIMIT $2";
    NEWER = "SELECT audit_id, reference, action, outcome, happened_at FROM audit \
             WHERE subject = $1 AND audit_id > $3 ORDER BY audit_id LIMIT $2";
    // An address or a Telegram number that an earlier version kept in the clear stands in another column until it is sealed.
    SIGNS_OF_A_CHAIN = "SELECT COUNT(*) FROM (SELECT 1 FROM audit_checkpoint \
                        UNION ALL SELECT 1 FROM audit WHERE place IS NOT NULL OR seal <> '' \
                        UNION ALL SELECT 1 FROM audit_subject WHERE seal <> '' \
                        UNION ALL SELECT 1 FROM account WHERE email <> '' \
                        UNION ALL SELECT 1 FROM chat WHERE telegram_id <> '' \
                        UNION ALL SELECT 1 FROM meta WHERE name IN ('lasting', 'sealed') LIMIT 1) AS signs";
    UNPLACED = "SELECT audit_id, reference, action, subject, outcome, happened_at, seal, place, chain FROM audit \
                WHERE place IS NULL AND audit_id >= $1 ORDER BY audit_id LIMIT $2";
    PLACE = "WITH placed (audit_id, seal, place, chain) AS (VALUES [(CAST($ AS BIGINT), $, CAST($ AS BIGINT), $)]) \
             UPDATE audit SET seal = placed.seal, place = placed.place, chain = placed.chain FROM placed \
             WHERE audit.audit_id = placed.audit_id";
    PLACED = "SELECT audit_id, reference, action, subject, outcome, happened_at, seal, place, chain FROM audit \
              WHERE place >= $1 ORDER BY place LIMIT $2";
    AT = "SELECT audit_id, reference, action, subject, outcome, happened_at, seal, place, chain FROM audit WHERE place = $1";
    BY_REFERENCE = "SELECT audit_id, reference, action, subject, outcome, happened_at, seal, place, chain FROM audit WHERE reference = $1";
    CUT = "DELETE FROM audit WHERE place <= $1";
    CHECKPOINT = "SELECT name, place, chain, reached_at, made_at, seal FROM audit_checkpoint WHERE name = $1";
    SET_CHECKPOINT = "INSERT INTO audit_checkpoint (name, place, chain, reached_at, made_at, seal) VALUES ($1, $2, $3, $4, $5, $6) \
                      ON CONFLICT (name) DO UPDATE SET place = excluded.place, chain = excluded.chain, reached_at = excluded.reached_at, \
                      made_at = excluded.made_at, seal = excluded.seal";
}

/// The subjects of accounts.
pub type Subjects = HashMap<i64, String>;

/// Asks for the subjects of the accounts that these chats are signed in to, where they have one.
pub async fn ask_subjects_in(conn: &mut Conn, chats: &[ChatId]) -> Result<Coming<Subjects>, StoreError> {
    let sealer = conn.sealer()?;
    let rows = chats.iter().map(|chat| values![sealer.chat(*chat)]).collect();
    Ok(conn.gather::<(i64, String)>(SUBJECTS_IN, vec![], rows).await?.map(|found| Ok(found.into_iter().collect())))
}

/// Writes down what was done, each sealed with the key, in the transaction of the deeds.
pub async fn record(conn: &mut Conn, key: &Key, random: &Random, deeds: &[Audited], now: Timestamp) -> Result<(), StoreError> {
    record_knowing(conn, key, random, Subjects::new(), deeds, now).await
}

/// The same where subjects are known that were asked for in this transaction.
pub async fn record_knowing(
    conn: &mut Conn,
    key: &Key,
    random: &Random,
    known: Subjects,
    deeds: &[Audited],
    now: Timestamp,
) -> Result<(), StoreError> {
    if deeds.is_empty() {
        return Ok(());
    }
    let subjects = subjects(conn, key, random, known, deeds).await?;
    let row = |deed: &Audited| {
        let subject = subjects.get(&deed.account.0).ok_or(StoreError::Unreadable("audit_subject.account_id"))?;
        let content =
            Content { reference: &deed.reference, action: deed.action, subject, outcome: deed.outcome, happened_at: now.as_millisecond() };
        Ok(values![now, content.reference, content.action, content.subject, content.outcome, content.seal(key)])
    };
    let rows = deeds.iter().map(row).collect::<Result<_, StoreError>>()?;
    conn.later(INSERT, vec![], rows).await
}

/// The subjects of the accounts that something was done on; those that have none yet get one.
async fn subjects(conn: &mut Conn, key: &Key, random: &Random, mut found: Subjects, deeds: &[Audited]) -> Result<Subjects, StoreError> {
    let mut accounts: Vec<i64> = deeds.iter().map(|deed| deed.account.0).collect();
    // In the same order for everybody, so that no two wait for each other.
    accounts.sort_unstable();
    accounts.dedup();
    accounts.retain(|account| !found.contains_key(account));
    found.extend(look_up(conn, &accounts).await?);
    accounts.retain(|account| !found.contains_key(account));
    if !accounts.is_empty() {
        let new = accounts.iter().map(|account| {
            let subject = HEXLOWER.encode(&random.bytes::<16>());
            values![*account, subject.as_str(), seal_subject(key, *account, &subject)]
        });
        conn.run_many(BEGIN_SUBJECT, vec![], new.collect()).await?;
        // Another replica may have been first.
        found.extend(look_up(conn, &accounts).await?);
    }
    Ok(found)
}

async fn look_up(conn: &mut Conn, accounts: &[i64]) -> Result<Subjects, StoreError> {
    let rows = accounts.iter().map(|account| values![*account]).collect();
    Ok(conn.many::<(i64, String)>(SUBJECTS, vec![], rows).await?.into_iter().collect())
}

/// Destroys the link between an account and what the audit keeps of it: the rows stay, sealed as they were, and nobody can tell any more
/// whose they are. To be called in the transaction that erases the holder, before the account's row goes; what is done on the account
/// afterwards would begin a new subject, so a deed that tells of the erasing itself is recorded before.
pub async fn unlink(conn: &mut Conn, account: AccountId) -> Result<(), StoreError> {
    conn.run(UNLINK, values![account.0]).await.map(|_| ())
}

/// What was done, as it is kept.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The row.
    pub id: AuditId,
    /// The receipt's reference.
    pub reference: String,
    /// What was done.
    pub action: String,
    /// How it went.
    pub outcome: String,
    /// When.
    pub happened_at: Timestamp,
}

type EntryRow = (i64, String, String, String, i64);

/// Reads an account's rows with a statement whose first value is the account's subject. A subject that the key does not vouch for may
/// be another's, and its rows are shown to nobody.
async fn entries(
    conn: &mut Conn,
    key: &Key,
    account: AccountId,
    sql: &'static str,
    others: Vec<super::Value>,
) -> Result<Vec<Entry>, StoreError> {
    let Some((subject, seal)) = conn.row::<(String, String)>(SUBJECT, values![account.0]).await? else { return Ok(Vec::new()) };
    if seal != seal_subject(key, account.0, &subject) {
        tracing::error!(account = account.0, "whose rows in the audit are this account's was altered; none are shown: run `guichet check`");
        return Ok(Vec::new());
    }
    let values = std::iter::once(subject.into()).chain(others).collect();
    let entry = |(id, reference, action, outcome, at): EntryRow| {
        Ok(Entry { id: AuditId(id), reference, action, outcome, happened_at: time("audit.happened_at", at)? })
    };
    conn.rows::<EntryRow>(sql, values).await?.into_iter().map(entry).collect()
}

/// What was done on an account, the oldest first.
pub async fn of_account(conn: &mut Conn, key: &Key, account: AccountId) -> Result<Vec<Entry>, StoreError> {
    entries(conn, key, account, OF_ACCOUNT, vec![]).await
}

/// What was done on an account last, newest first.
pub async fn newest(conn: &mut Conn, key: &Key, account: AccountId, limit: i64) -> Result<Vec<Entry>, StoreError> {
    entries(conn, key, account, NEWEST, values![limit]).await
}

/// What was done on an account just before `than`, newest first.
pub async fn older(conn: &mut Conn, key: &Key, account: AccountId, than: AuditId, limit: i64) -> Result<Vec<Entry>, StoreError> {
    entries(conn, key, account, OLDER, values![limit, than.0]).await
}

/// What was done on an account just after `than`, oldest first.
pub async fn newer(conn: &mut Conn, key: &Key, account: AccountId, than: AuditId, limit: i64) -> Result<Vec<Entry>, StoreError> {
    entries(conn, key, account, NEWER, values![limit, than.0]).await
}
