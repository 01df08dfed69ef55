//! What may be wrong with a PostgreSQL server, in words that say what to do: for `guichet check`, and for whatever does not start
//! because of it. A server is asked on a connection of its own, since a pool tries again until it has forgotten why.

use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgSslMode};
use sqlx::{Connection as _, PgConnection};
use tokio::time::timeout;

use super::conn::Link;
use super::db::POSTGRES_CONNECTIONS;
use super::{Conn, StoreError, values, whole};
use crate::config::PrivateUrl;

/// How long a server may take to let us in.
const PATIENCE: Duration = Duration::from_secs(10);
/// The oldest version that is served from, as the server numbers it.
const OLDEST: i64 = 130_000;
/// How many connections a process holds: the pool's, and two for its locks.
pub const NEEDED: i64 = POSTGRES_CONNECTIONS as i64 + 2;

const VERSION: &str = "SELECT current_setting('server_version_num')::BIGINT";
const ENCODING: &str = "SELECT current_setting('server_encoding')";
const STANDBY: &str = "SELECT pg_is_in_recovery()::INT::BIGINT";
const READ_ONLY: &str = "SELECT (current_setting('transaction_read_only') = 'on')::INT::BIGINT";
const SCHEMA: &str = "SELECT COALESCE(current_schema(), '')";
const MAY_CREATE: &str = "SELECT has_schema_privilege($1, 'CREATE')::INT::BIGINT";
/// Tables that no extension made.
const A_TABLE: &str = "SELECT relname::TEXT FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = current_schema()::REGNAMESPACE \
                       AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e') \
                       ORDER BY relname <> '_sqlx_migrations', relname LIMIT 1";
/// A table of ours that this user does not get at; those named stand for all, which have one owner.
const OUT_OF_REACH: &str = "SELECT relname::TEXT FROM pg_class WHERE relnamespace = current_schema()::REGNAMESPACE \
                            AND relname IN ('_sqlx_migrations', 'account', 'chat', 'effect', 'meta') \
                            AND NOT (has_table_privilege(oid, 'SELECT') AND has_table_privilege(oid, 'INSERT') \
                            AND has_table_privilege(oid, 'UPDATE') AND has_table_privilege(oid, 'DELETE')) LIMIT 1";
const NEWEST: &str = "SELECT COALESCE(MAX(version), 0) FROM _sqlx_migrations";
/// Other users' rows of this view show little more than their database (postgresql.org/docs/current/monitoring-stats.html).
const LEFT: &str = "SELECT LEAST(current_setting('max_connections')::BIGINT - current_setting('superuser_reserved_connections')::BIGINT \
                    - (SELECT COUNT(*) FROM pg_stat_activity WHERE datid IS NOT NULL), \
                    (SELECT CASE WHEN rolconnlimit < 0 THEN 1000000 ELSE rolconnlimit END::BIGINT FROM pg_roles WHERE rolname = current_user) \
                    - (SELECT COUNT(*) FROM pg_stat_activity WHERE usename = current_user)) + 1";
const ENCRYPTED: &str = "SELECT COALESCE((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), FALSE)::INT::BIGINT";

/// What is wrong with a server or with our place on it, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The setting is no address.
    #[error("not an address that PostgreSQL is reached at ({0}); write postgres://USER:PASSWORD@HOST/DATABASE")]
    Address(String),
    /// Nobody answers.
    #[error("the server cannot be reached ({0}); check host and port, that the server runs, and that it listens there")]
    Unreachable(String),
    /// The answer takes too long.
    #[error("the server does not answer within {} s; check host and port, and the firewall between", PATIENCE.as_secs())]
    Slow,
    /// The server starts up or shuts down.
    #[error("the server takes no connections just now ({0}); wait until it has started, then try again")]
    Starting(String),
    /// The password is wrong.
    #[error("the server does not take this user with this password; check both, with %40 for @, %3A for : and %2F for / in them")]
    Password,
    /// The user is not known, or may not come from here.
    #[error(
        "the server does not let this user in from here ({0}); check the user, and ask whoever runs the server for a line in pg_hba.conf"
    )]
    Refused(String),
    /// The same, where the address forbids TLS.
    #[error(
        "the server does not let this user in without TLS ({0}); take sslmode=disable out of the address, or ask whoever runs the \
         server for a line in pg_hba.conf"
    )]
    WantsTls(String),
    /// TLS fails.
    #[error(
        "the connection cannot be encrypted as asked ({0}); with sslmode=verify-full let sslrootcert=FILE name the server's authority; a \
         server without TLS needs sslmode=prefer"
    )]
    Tls(String),
    /// There is no such database.
    #[error("the server has no such database; make it with `CREATE DATABASE … ENCODING 'UTF8'`, or name another")]
    NoDatabase,
    /// No connection is left.
    #[error(
        "the server has no connection left for this user ({0}); raise max_connections or the user's limit to {NEEDED} for each replica"
    )]
    Full(String),
    /// It is too old.
    #[error("the server is version {0}; guichet needs PostgreSQL {major} or newer, so bring the server up to date", major = OLDEST / 10_000)]
    TooOld(String),
    /// Texts would be damaged.
    #[error(
        "the database is encoded in {0}, which does not hold every text; make one with `CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0`"
    )]
    Encoding(String),
    /// It is a copy that follows another.
    #[error("the server is a standby, which cannot be written; name the primary server")]
    Standby,
    /// It may only be read.
    #[error("this user may only read here (default_transaction_read_only is on); have it turned off for the database and the user")]
    ReadOnly,
    /// There is no schema.
    #[error("no schema is there for this user's tables; have one made with `CREATE SCHEMA`, and the user's search_path name it")]
    NoSchema,
    /// Tables cannot be made.
    #[error("this user may not make tables in the schema {0}; have whoever owns it run `GRANT USAGE, CREATE ON SCHEMA {0} TO` this user")]
    MayNotCreate(String),
    /// Tables cannot be used.
    #[error("this user may not read and write the table {0}; connect as the user who owns guichet's tables")]
    MayNotWrite(String),
    /// Another service is here.
    #[error("another service's tables are here, such as {0}; name a database of guichet's own")]
    Others(String),
    /// The server was lost meanwhile.
    #[error("{0}; check the server")]
    Lost(#[from] StoreError),
}

/// What is worth knowing of a server that can be used.
#[derive(Debug)]
pub struct Notes {
    /// How many more connections the server has for us, where we need more than that.
    pub too_few: Option<i64>,
    /// Whether what goes over the wire is encrypted.
    pub encrypted: bool,
}

/// Makes sure that a server lets us in.
pub(super) async fn reach(url: &PrivateUrl) -> Result<(), Trouble> {
    connect(url).await?.throw_away().await;
    Ok(())
}

/// Looks for what keeps a counter from using a server; nothing is changed there.
pub async fn examine(url: &PrivateUrl) -> Result<Notes, Trouble> {
    let mut conn = connect(url).await?;
    let notes = examine_on(&mut conn).await;
    conn.throw_away().await;
    notes
}

async fn connect(url: &PrivateUrl) -> Result<Conn, Trouble> {
    let options: PgConnectOptions = url.expose().parse().map_err(|error: sqlx::Error| Trouble::Address(error.to_string()))?;
    match timeout(PATIENCE, PgConnection::connect_with(&options)).await {
        Ok(Ok(conn)) => Ok(Conn::new(Link::Session(Box::new(conn)), None)),
        Ok(Err(error)) => Err(explained(error, options.get_ssl_mode())),
        Err(_) => Err(Trouble::Slow),
    }
}

/// Why a server did not let us in (postgresql.org/docs/current/errcodes-appendix.html).
fn explained(error: sqlx::Error, mode: PgSslMode) -> Trouble {
    let refusal = match error {
        sqlx::Error::Database(refusal) => refusal,
        sqlx::Error::Tls(error) => return Trouble::Tls(error.to_string()),
        sqlx::Error::Io(error) => return Trouble::Unreachable(error.to_string()),
        sqlx::Error::Configuration(error) => return Trouble::Address(error.to_string()),
        other => return Trouble::Lost(other.into()),
    };
    let words = refusal.message().to_owned();
    match refusal.code().as_deref() {
        Some("28P01") => Trouble::Password,
        Some("28000") if matches!(mode, PgSslMode::Disable | PgSslMode::Allow) => Trouble::WantsTls(words),
        Some("28000") => Trouble::Refused(words),
        Some("3D000") => Trouble::NoDatabase,
        Some("53300") => Trouble::Full(words),
        Some("57P03") => Trouble::Starting(words),
        _ => Trouble::Lost(sqlx::Error::Database(refusal).into()),
    }
}

async fn examine_on(conn: &mut Conn) -> Result<Notes, Trouble> {
    let version = conn.number(VERSION, vec![]).await?;
    if version < OLDEST {
        return Err(Trouble::TooOld(format!("{}.{}", version / 10_000, version % 10_000)));
    }
    if let Some(encoding) = found(conn, ENCODING).await?.filter(|encoding| encoding != "UTF8") {
        return Err(Trouble::Encoding(encoding));
    }
    if conn.number(STANDBY, vec![]).await? != 0 {
        return Err(Trouble::Standby);
    }
    if conn.number(READ_ONLY, vec![]).await? != 0 {
        return Err(Trouble::ReadOnly);
    }
    examine_schema(conn).await?;
    let left = conn.number(LEFT, vec![]).await?;
    let encrypted = conn.number(ENCRYPTED, vec![]).await? != 0;
    Ok(Notes { too_few: (left < NEEDED).then_some(left), encrypted })
}

/// Whose the tables are, and whether we may do with them what we must.
async fn examine_schema(conn: &mut Conn) -> Result<(), Trouble> {
    let Some(schema) = found(conn, SCHEMA).await?.filter(|schema| !schema.is_empty()) else { return Err(Trouble::NoSchema) };
    let a_table = found(conn, A_TABLE).await?;
    let migrated = match a_table.as_deref() {
        None => 0,
        Some("_sqlx_migrations") => match found(conn, OUT_OF_REACH).await? {
            Some(table) => return Err(Trouble::MayNotWrite(table)),
            None => conn.number(NEWEST, vec![]).await?,
        },
        Some(other) => return Err(Trouble::Others(other.to_owned())),
    };
    if migrated < whole::version() && conn.number(MAY_CREATE, values![schema.as_str()]).await? == 0 {
        return Err(Trouble::MayNotCreate(schema));
    }
    Ok(())
}

/// The text that a query finds, if any.
async fn found(conn: &mut Conn, sql: &'static str) -> Result<Option<String>, StoreError> {
    Ok(conn.row::<(String,)>(sql, vec![]).await?.map(|(text,)| text))
}
