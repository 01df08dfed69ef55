//! The way of an import through the database, while the counter serves from it: rows are staged, checked against each other
//! and against what is there, and once they are found right the import is decided. Then they are merged, a few at a time. What
//! was removed or set here is kept. The statements are in `sql`, the rows in `rows`.

mod password;
mod rows;
mod sql;

use std::time::Instant;

pub use password::Ended;
pub use rows::{Staged, StagedAccount, StagedBalance, StagedCard, StagedPayment};

use super::meta::{self, Meta};
use super::{Conn, StoreError, Value, values};

pub(super) const STATEMENTS: &[&str] = sql::STATEMENTS;
pub(super) const PASSWORD_STATEMENTS: &[&str] = password::STATEMENTS;

/// How often lines are merged before it is given up that the counter's turns stand in the way.
const TRIES: usize = 5;

/// How many lines are merged in one transaction: enough to make its cost small, few enough to hold nobody up.
const CHUNK: i64 = 1000;

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

impl Kind {
    /// Every kind, accounts first.
    pub const ALL: [Self; 4] = [Self::Account, Self::Balance, Self::Card, Self::Payment];
}

/// Stages rows, in a transaction of their own.
pub async fn stage<R: Staged>(conn: &mut Conn, rows: Vec<R>) -> Result<(), StoreError> {
    let sealer = conn.sealer()?;
    let rows = rows.into_iter().map(|row| row.values(&sealer)).collect();
    let begun = Instant::now();
    conn.begin().await?;
    conn.run_many(R::KIND.sql().stage, Vec::new(), rows).await?;
    conn.commit().await?;
    give_way(conn, begun).await;
    Ok(())
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

/// What is staged of one kind, before any of it is merged: how many rows are new, and which lines are in conflict.
pub async fn compare(conn: &mut Conn, kind: Kind) -> Result<(u64, Vec<i64>), StoreError> {
    let conflicts = match kind.sql().conflicts {
        Some(sql) => lines(conn, sql, Vec::new()).await?,
        None => Vec::new(),
    };
    Ok((conn.number(kind.sql().new, Vec::new()).await?.unsigned_abs(), conflicts))
}

/// Decides that what is staged is merged: from here on it will be, if not by this process then by the next.
pub async fn decide(conn: &mut Conn) -> Result<(), StoreError> {
    meta::set(conn, Meta::ImportDecided, "yes").await
}

/// Whether an import is decided and not merged to its end.
pub async fn is_decided(conn: &mut Conn) -> Result<bool, StoreError> {
    Ok(meta::get(conn, Meta::ImportDecided).await?.as_deref() == Some("yes"))
}

/// Merges what is staged of one kind; the kinds one after the other, in the order of [`Kind::ALL`]. The number of rows that were
/// new or changed, and what was ended by passwords among them. `progress` hears how many lines are merged, of how many.
pub async fn merge(conn: &mut Conn, kind: Kind, progress: impl Fn(i64, i64)) -> Result<(u64, Ended), StoreError> {
    let last = conn.number(kind.sql().last, Vec::new()).await?;
    let (mut merged, mut touched, mut ended) = (0, 0, Ended::default());
    while merged < last {
        let begun = Instant::now();
        let next = last.min(merged + CHUNK);
        let (rows, by_passwords) = merge_lines(conn, kind, merged, next).await?;
        touched += rows;
        ended += by_passwords;
        give_way(conn, begun).await;
        merged = next;
        progress(merged, last);
    }
    Ok((touched, ended))
}

/// Merges the lines after `merged` up to `next` in one transaction; again, if the counter's turns stood in its way.
async fn merge_lines(conn: &mut Conn, kind: Kind, merged: i64, next: i64) -> Result<(u64, Ended), StoreError> {
    for _ in 1..TRIES {
        match merge_once(conn, kind, merged, next).await {
            Err(error) if error.is_contention() => {
                tracing::debug!(%error, "a turn stood in the way of an import; its lines go again");
                conn.roll_back().await?;
            }
            outcome => return outcome,
        }
    }
    merge_once(conn, kind, merged, next).await
}

async fn merge_once(conn: &mut Conn, kind: Kind, merged: i64, next: i64) -> Result<(u64, Ended), StoreError> {
    conn.begin().await?;
    let ended = if kind == Kind::Account { password::end_what_they_opened(conn, merged, next).await? } else { Ended::default() };
    let rows = conn.run(kind.sql().merge, values![merged, next]).await?;
    conn.commit().await?;
    Ok((rows, ended))
}

/// Notes that everything is merged, and forgets what was staged.
pub async fn end(conn: &mut Conn) -> Result<(), StoreError> {
    meta::set(conn, Meta::ImportDecided, "no").await?;
    clear(conn).await
}

/// Merges what a decided import that was cut short has left, from its first line: merging a line again changes nothing. Whether
/// there was one. Only whoever holds the lock for importing may.
pub async fn finish(conn: &mut Conn) -> Result<bool, StoreError> {
    if !is_decided(conn).await? {
        return Ok(false);
    }
    for kind in Kind::ALL {
        merge(conn, kind, |_, _| ()).await?;
    }
    end(conn).await?;
    Ok(true)
}

/// Forgets what is staged, unless it is decided that it be merged.
pub async fn abandon(conn: &mut Conn) -> Result<(), StoreError> {
    if is_decided(conn).await? { Ok(()) } else { clear(conn).await }
}

/// Stays away from SQLite's write lock for as long as it was held: whoever waits for it looks again only now and then.
async fn give_way(conn: &Conn, begun: Instant) {
    if conn.is_file() {
        tokio::time::sleep(begun.elapsed()).await;
    }
}

async fn lines(conn: &mut Conn, sql: &'static str, values: Vec<Value>) -> Result<Vec<i64>, StoreError> {
    Ok(conn.rows::<(i64,)>(sql, values).await?.into_iter().map(|(line,)| line).collect())
}
