//! Statements as each database takes them. A statement is portable SQL with `$1` placeholders, and a group in square brackets stands for
//! many rows: `IN ([$])`, `VALUES [($, $)]`. PostgreSQL has the group written out. SQLite is handed the rows as one JSON value, so that
//! a statement's text is the same however many there are: few are prepared, and several can be run in one go.

use std::fmt::Write as _;

use sqlx::{AssertSqlSafe, SqlSafeStr as _, SqlStr};

use super::Value;

/// Up to so many rows go into one statement on PostgreSQL, whatever their number: each statement more is one more way to the server.
const ANY_SIZE: usize = 32;
/// How many rows go into a statement beyond that: some sizes, so that few statements are prepared.
const SIZES: [usize; 8] = [128, 96, 80, 64, 56, 48, 40, ANY_SIZE];

/// How many of the rows that are left go into PostgreSQL's next statement.
pub(super) fn chunk(left: usize) -> Option<usize> {
    match left {
        0 => None,
        1..=ANY_SIZE => Some(left),
        _ => SIZES.into_iter().find(|size| *size <= left),
    }
}

/// A statement, and its group if it has one.
fn parted(sql: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = sql.split_once('[')?;
    let (group, after) = rest.split_once(']')?;
    Some((before, group, after))
}

/// PostgreSQL's text, with the group written out `times` times. Before the group, numbers count up from `$1`; its own placeholders go on
/// from there.
pub(super) fn written_out(sql: SqlStr, times: usize) -> SqlStr {
    let Some((before, group, after)) = parted(sql.as_str()) else { return sql };
    let groups = std::iter::repeat_n(group, times).collect::<Vec<_>>().join(", ");
    let mut text = before.to_owned();
    let mut number = before.matches('$').count();
    for (place, piece) in groups.split('$').enumerate() {
        if place > 0 {
            number += 1;
            // Writing to a String cannot fail.
            let _ = write!(text, "${number}");
        }
        text.push_str(piece);
    }
    text.push_str(after);
    AssertSqlSafe(text).into_sql_str()
}

/// SQLite's text: the group is read out of one JSON value, an array of rows, each an array of values. Placeholders count on by
/// themselves, so that statements can stand one behind another.
pub(super) fn out_of_json(sql: &str) -> String {
    let Some((before, group, after)) = parted(sql) else { return counting_on(sql) };
    // A row of values is what a query gives; a list of values is a query too.
    let row = before.strip_suffix("VALUES ").zip(group.strip_prefix('(').and_then(|group| group.strip_suffix(')')));
    let (before, columns) = row.unwrap_or((before, group));
    let mut text = counting_on(before);
    text.push_str("SELECT ");
    for (place, piece) in columns.split('$').enumerate() {
        if let Some(value) = place.checked_sub(1) {
            let _ = write!(text, "value ->> {value}");
        }
        text.push_str(piece);
    }
    // Without a condition an `ON CONFLICT` would be taken for a join's (sqlite.org/lang_upsert.html, parsing ambiguity).
    text.push_str(" FROM jsonb_each(?) WHERE TRUE");
    text.push_str(after);
    text
}

/// The same for a query, with all that it finds gathered in one row: an array of rows, each an array of values.
pub(super) fn gathered(sql: &str) -> String {
    let query = &out_of_json(sql);
    let list = query.strip_prefix("SELECT ").and_then(|rest| rest.split_once(" FROM ")).map_or(query.as_str(), |(list, _)| list);
    let names: Vec<String> = (0..=list.matches(',').count()).map(|place| format!("c{place}")).collect();
    let names = names.join(", ");
    format!("WITH found ({names}) AS ({query}) SELECT json_group_array(json_array({names})) FROM found")
}

/// The same for a statement that writes, without what it would return.
pub(super) fn returning_nothing(sql: &str) -> String {
    out_of_json(sql.split_once(" RETURNING ").map_or(sql, |(text, _)| text))
}

/// The text with placeholders whose numbers count up from `$1` replaced by ones that count by themselves.
fn counting_on(sql: &str) -> String {
    let mut pieces = sql.split('$');
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        text.push('?');
        text.push_str(piece.trim_start_matches(|letter: char| letter.is_ascii_digit()));
    }
    text
}

/// Rows as the JSON value that SQLite reads a group out of.
pub(super) fn json(rows: &[Vec<Value>]) -> Result<Value, sqlx::Error> {
    serde_json::to_string(rows).map(Value::from).map_err(|error| sqlx::Error::Encode(error.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_written_out_with_placeholders_of_its_own() {
        let written = |sql: &'static str, times| written_out(sql.into_sql_str(), times).as_str().to_owned();
        assert_eq!(written("DELETE FROM a WHERE b = $1 AND c IN ([$])", 3), "DELETE FROM a WHERE b = $1 AND c IN ($2, $3, $4)");
        assert_eq!(written("INSERT INTO a VALUES [($, 1, $)]", 2), "INSERT INTO a VALUES ($1, 1, $2), ($3, 1, $4)");
    }

    #[test]
    fn a_group_is_read_out_of_json() {
        assert_eq!(
            out_of_json("DELETE FROM a WHERE b = $1 AND c IN ([$])"),
            "DELETE FROM a WHERE b = ? AND c IN (SELECT value ->> 0 FROM jsonb_each(?) WHERE TRUE)"
        );
        assert_eq!(
            out_of_json("INSERT INTO a VALUES [($, 1, CAST($ AS BIGINT))] RETURNING b"),
            "INSERT INTO a SELECT value ->> 0, 1, CAST(value ->> 1 AS BIGINT) FROM jsonb_each(?) WHERE TRUE RETURNING b"
        );
        assert_eq!(out_of_json("COMMIT"), "COMMIT");
    }

    #[test]
    fn what_a_query_finds_is_gathered() {
        assert_eq!(
            gathered("SELECT a, b FROM t ORDER BY a"),
            "WITH found (c0, c1) AS (SELECT a, b FROM t ORDER BY a) SELECT json_group_array(json_array(c0, c1)) FROM found"
        );
    }

    /// A placeholder that is used twice, or after the group, would be given another value.
    #[test]
    fn numbers_stand_before_the_group_and_count_up() {
        for sql in crate::store::STATEMENTS.iter().copied().flatten().filter(|sql| sql.contains('[')) {
            let (before, _, after) = parted(sql).unwrap();
            let numbers: Vec<String> =
                before.split('$').skip(1).map(|piece| piece.chars().take_while(char::is_ascii_digit).collect()).collect();
            let counted: Vec<String> = (1..=numbers.len()).map(|number| number.to_string()).collect();
            assert_eq!(numbers, counted, "{sql}");
            assert!(!after.contains('$'), "{sql}");
        }
    }

    #[test]
    fn many_rows_go_in_few_sizes() {
        let sizes_of = |mut left: usize| {
            let mut sizes = Vec::new();
            while let Some(size) = chunk(left) {
                sizes.push(size);
                left -= size;
            }
            sizes
        };
        assert_eq!(sizes_of(31), [31]);
        assert_eq!(sizes_of(101), [96, 5]);
        assert_eq!(sizes_of(300), [128, 128, 40, 4]);
    }
}
