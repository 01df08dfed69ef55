//! Everything that a counter keeps, table by table, for a move to another database. Which tables and columns there are is asked of the
//! database's own catalogue, so that none can be forgotten: the statements are put together of names that the migrations gave.

use sqlx::AssertSqlSafe;

use super::{Conn, Kind, StoreError, Value, db, values};

/// How many rows a page has.
const PAGE: usize = 1000;

/// Whether a table's rows mean something to one database only: which replica has which lane, what an import has read and not merged
/// yet, and the books of the migrations and of SQLite.
fn is_left_behind(table: &str) -> bool {
    table == "lane" || ["staged_", "_sqlx_", "sqlite_"].iter().any(|begins| table.starts_with(begins))
}

// Table, column, type, place in the primary key (from 1; 0 is none), whether the database numbers the rows by it.
const SQLITE_COLUMNS: &str = "SELECT made.name, found.name, found.type, found.pk, found.pk = 1 AND made.sql LIKE '%AUTOINCREMENT%' \
                              FROM sqlite_schema AS made, pragma_table_info(made.name) AS found \
                              WHERE made.type = 'table' ORDER BY made.name, found.cid";
const POSTGRES_COLUMNS: &str = "SELECT made.relname::TEXT, found.attname::TEXT, format_type(found.atttypid, found.atttypmod), \
                                COALESCE(array_position(keys.indkey::INT2[], found.attnum) + 1, 0)::BIGINT, \
                                (found.attidentity <> '')::INT::BIGINT \
                                FROM pg_class AS made JOIN pg_attribute AS found \
                                ON found.attrelid = made.oid AND found.attnum > 0 AND NOT found.attisdropped \
                                LEFT JOIN pg_index AS keys ON keys.indrelid = made.oid AND keys.indisprimary \
                                WHERE made.relkind = 'r' AND made.relnamespace = current_schema()::REGNAMESPACE \
                                ORDER BY made.relname, found.attnum";

// A table, and one that its rows refer to.
const SQLITE_REFERENCES: &str = "SELECT made.name, found.\"table\" FROM sqlite_schema AS made, pragma_foreign_key_list(made.name) AS found \
                                 WHERE made.type = 'table'";
const POSTGRES_REFERENCES: &str = "SELECT made.relname::TEXT, other.relname::TEXT FROM pg_constraint AS found \
                                   JOIN pg_class AS made ON made.oid = found.conrelid JOIN pg_class AS other ON other.oid = found.confrelid \
                                   WHERE found.contype = 'f' AND made.relnamespace = current_schema()::REGNAMESPACE";

const SQLITE_LAST: &str = "SELECT COALESCE((SELECT seq FROM sqlite_sequence WHERE name = $1 AND $2 <> ''), 0)";
const POSTGRES_LAST: &str = "SELECT COALESCE(pg_sequence_last_value(pg_get_serial_sequence($1, $2)::REGCLASS), 0)";
const SQLITE_GO_ON: &str = "UPDATE sqlite_sequence SET seq = MAX(seq, $2) WHERE name = $1";
const SQLITE_BEGIN: &str = "INSERT INTO sqlite_sequence (name, seq) VALUES ($1, $2)";
const POSTGRES_GO_ON: &str = "SELECT setval(pg_get_serial_sequence($1, $2)::REGCLASS, GREATEST($3, 1), $3 > 0)";

/// A table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// The places of the columns that make its primary key, in their order there.
    key: Vec<usize>,
    /// The column that the database numbers its rows by, if it does.
    pub numbered: Option<String>,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
}

/// The newest migration that this version knows: what the tables are like.
pub fn version() -> i64 {
    db::SQLITE_MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or_default()
}

/// Every table that is moved, each after those that its rows refer to.
pub async fn tables(conn: &mut Conn) -> Result<Vec<Table>, StoreError> {
    let (columns, references) = match conn.is_file() {
        true => (SQLITE_COLUMNS, SQLITE_REFERENCES),
        false => (POSTGRES_COLUMNS, POSTGRES_REFERENCES),
    };
    let mut keys: Vec<(i64, usize)> = Vec::new();
    let mut tables: Vec<Table> = Vec::new();
    for (table, name, kind, place, numbers) in conn.rows::<(String, String, String, i64, i64)>(columns, vec![]).await? {
        if is_left_behind(&table) {
            continue;
        }
        if tables.last().is_none_or(|last| last.name != table) {
            tables.push(Table { name: table, columns: Vec::new(), key: Vec::new(), numbered: None });
            keys.clear();
        }
        let Some(table) = tables.last_mut() else { continue };
        if place > 0 {
            keys.push((place, table.columns.len()));
            keys.sort_unstable();
            table.key = keys.iter().map(|(_, column)| *column).collect();
        }
        if numbers != 0 {
            table.numbered = Some(name.clone());
        }
        table.columns.push(Column { name, kind: kind_of(&kind)? });
    }
    tables.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(in_order(tables, &conn.rows(references, vec![]).await?))
}

fn kind_of(declared: &str) -> Result<Kind, StoreError> {
    match declared.to_ascii_uppercase().as_str() {
        "BIGINT" | "INTEGER" => Ok(Kind::Integer),
        "TEXT" => Ok(Kind::Text),
        _ => Err(StoreError::Unreadable("a column of a type that is not BIGINT, INTEGER or TEXT")),
    }
}

/// Each table after those that it refers to.
fn in_order(mut tables: Vec<Table>, references: &[(String, String)]) -> Vec<Table> {
    let mut ordered: Vec<Table> = Vec::new();
    while !tables.is_empty() {
        let waits = |table: &Table| {
            let others = references.iter().filter(|(from, to)| *from == table.name && to != from);
            others.into_iter().any(|(_, to)| tables.iter().any(|table| table.name == *to))
        };
        // Tables that refer to each other have no order.
        let next = tables.iter().position(|table| !waits(table)).unwrap_or_default();
        ordered.push(tables.remove(next));
    }
    ordered
}

impl Table {
    fn kinds(&self) -> Vec<Kind> {
        self.columns.iter().map(|column| column.kind).collect()
    }

    fn list<'a>(columns: impl IntoIterator<Item = &'a str>) -> String {
        columns.into_iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ")
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|column| column.name.as_str())
    }
}

/// How many rows a table has.
pub async fn count(conn: &mut Conn, table: &Table) -> Result<u64, StoreError> {
    let sql = format!("SELECT COUNT(*) FROM \"{}\"", table.name);
    Ok(number(conn, sql).await?.unsigned_abs())
}

/// The number that a statement put together here finds.
async fn number(conn: &mut Conn, sql: String) -> Result<i64, StoreError> {
    match conn.value_rows(AssertSqlSafe(sql), vec![], &[Kind::Integer]).await?.pop().as_deref() {
        Some([Value::Integer(Some(number))]) => Ok(*number),
        _ => Err(StoreError::Unreadable("a number that was counted")),
    }
}

/// The rows after this one, or the first ones, in the order of the primary key, a thousand at most; none after the last.
pub async fn page(conn: &mut Conn, table: &Table, after: Option<&[Value]>) -> Result<Vec<Vec<Value>>, StoreError> {
    let key = Table::list(table.key.iter().map(|place| table.columns[*place].name.as_str()));
    let numbers = (1..=table.key.len()).map(|number| format!("${number}")).collect::<Vec<_>>().join(", ");
    let (beyond, values) = match after {
        Some(row) => (format!("WHERE ({key}) > ({numbers})"), table.key.iter().map(|place| row[*place].clone()).collect()),
        None => (String::new(), Vec::new()),
    };
    let sql = format!("SELECT {} FROM \"{}\" {beyond} ORDER BY {key} LIMIT {PAGE}", Table::list(table.names()), table.name);
    conn.value_rows(AssertSqlSafe(sql), values, &table.kinds()).await
}

/// Writes rows, whose values stand in the order of these `columns`.
pub async fn insert(conn: &mut Conn, table: &Table, columns: &[Column], rows: Vec<Vec<Value>>) -> Result<(), StoreError> {
    let names = Table::list(columns.iter().map(|column| column.name.as_str()));
    let signs = vec!["$"; columns.len()].join(", ");
    let sql = format!("INSERT INTO \"{}\" ({names}) VALUES [({signs})]", table.name);
    conn.run_many(AssertSqlSafe(sql), vec![], rows).await
}

/// The highest number that a row of a table was ever given, gone rows too; 0 before the first, and where rows are not numbered.
pub async fn last_number(conn: &mut Conn, table: &Table) -> Result<i64, StoreError> {
    let Some(column) = &table.numbered else { return Ok(0) };
    let sql = if conn.is_file() { SQLITE_LAST } else { POSTGRES_LAST };
    conn.number(sql, values![table.name.as_str(), column.as_str()]).await
}

/// Has the database go on numbering rows past `last` and past the highest number that is there.
pub async fn go_on_from(conn: &mut Conn, table: &Table, last: i64) -> Result<(), StoreError> {
    let Some(column) = &table.numbered else { return Ok(()) };
    let highest = format!("SELECT COALESCE(MAX(\"{column}\"), 0) FROM \"{}\"", table.name);
    let last = last.max(number(conn, highest).await?);
    let name = table.name.as_str();
    if !conn.is_file() {
        return conn.number(POSTGRES_GO_ON, values![name, column.as_str(), last]).await.map(|_| ());
    }
    if conn.run(SQLITE_GO_ON, values![name, last]).await? == 0 {
        conn.run(SQLITE_BEGIN, values![name, last]).await?;
    }
    Ok(())
}
