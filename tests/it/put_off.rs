//! What goes along with the next statement on SQLite: it is done with its transaction or not at all, and comes back as it went.

use guichet::config::Database;
use guichet::domain::{AccountId, CardId, ChatId};
use guichet::store::{Conn, Db, StoreError, Value, card, effect};
use jiff::Timestamp;
use tempfile::TempDir;

use crate::unlocked::unlocked;

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

async fn open() -> (TempDir, Db) {
    let folder = tempfile::tempdir().unwrap();
    let db = unlocked(Db::open(&Database::Sqlite(folder.path().join("test.db"))).await.unwrap(), folder.path()).await;
    (folder, db)
}

/// An effect in a chat's lane.
fn new(chat: i64) -> effect::New {
    effect::New { lane: ("chat", ChatId(chat)), to: None, kind: "show", payload: "{}".to_owned() }
}

async fn effects(db: &Db) -> i64 {
    db.conn().await.unwrap().number("SELECT COUNT(*) FROM effect", vec![]).await.unwrap()
}

/// An account with one card.
async fn linked(conn: &mut Conn) -> (AccountId, CardId) {
    conn.script(
        "INSERT INTO account (account_id, email_index, email, name, language, state, opened_on, password_hash) \
         VALUES (7, 'index', 'email', 'name', 'fr', 'open', '2015-01-01', 'hash'); \
         INSERT INTO card (card_id, account_id, card_ref, brand, last4, expires, linked_on) \
         VALUES (9, 7, 'ref', 'Visa', '4242', '2018-01', '2015-01-01')",
    )
    .await
    .unwrap();
    (AccountId(7), CardId(9))
}

/// Puts off a statement that fails: the balance is of no account.
async fn fails(conn: &mut Conn) {
    let nobodys = vec![vec![5.into(), "EUR".into(), 1.into()]];
    conn.later("INSERT INTO balance (account_id, currency, minor) VALUES [($, $, $)]", vec![], nobodys).await.unwrap();
}

#[tokio::test]
async fn a_card_that_somebody_else_has_taken_off_takes_the_whole_transaction_with_it() {
    let (_folder, db) = open().await;
    let mut conn = db.conn().await.unwrap();
    let ours = linked(&mut conn).await;
    conn.begin_later().await.unwrap();
    card::remove(&mut conn, &[ours], NOW).await.unwrap();
    conn.commit().await.unwrap();
    conn.begin_later().await.unwrap();
    card::remove(&mut conn, &[ours], NOW).await.unwrap();
    let _ = effect::insert_later(&mut conn, vec![new(1003)], NOW).await.unwrap();
    assert!(matches!(conn.commit().await, Err(StoreError::Overtaken)));
    conn.throw_away().await;
    assert_eq!(effects(&db).await, 0);
}

#[tokio::test]
async fn what_fails_keeps_all_that_goes_along_from_being_committed() {
    let (_folder, db) = open().await;
    let mut conn = db.conn().await.unwrap();
    conn.begin_later().await.unwrap();
    let _ = effect::insert_later(&mut conn, vec![new(1003)], NOW).await.unwrap();
    fails(&mut conn).await;
    assert!(matches!(conn.commit().await, Err(StoreError::Fault(_))));
    conn.throw_away().await;
    assert_eq!(effects(&db).await, 0);
}

#[tokio::test]
async fn nothing_is_put_off_outside_of_a_transaction() {
    let (_folder, db) = open().await;
    let mut conn = db.conn().await.unwrap();
    let stored = effect::insert(&mut conn, vec![new(1003), new(1004)], NOW).await.unwrap();
    effect::delete(&mut conn, &[stored[0].0]).await.unwrap();
    drop(conn);
    assert_eq!(effects(&db).await, 1);
}

#[tokio::test]
async fn what_was_put_off_is_undone_with_its_transaction() {
    let (_folder, db) = open().await;
    let mut conn = db.conn().await.unwrap();
    let stored = effect::insert(&mut conn, vec![new(1003)], NOW).await.unwrap();
    conn.begin_later().await.unwrap();
    effect::delete(&mut conn, &[stored[0].0]).await.unwrap();
    fails(&mut conn).await;
    conn.roll_back().await.unwrap();
    assert_eq!(effects(&db).await, 1);
    conn.begin_later().await.unwrap();
    let coming = effect::insert_later(&mut conn, vec![new(1004)], NOW).await.unwrap();
    conn.get(coming).await.unwrap();
    conn.roll_back().await.unwrap();
    assert_eq!(effects(&db).await, 1);
}

#[tokio::test]
async fn rows_are_numbered_as_the_database_numbers_them() {
    let (_folder, db) = open().await;
    let mut conn = db.conn().await.unwrap();
    let first = effect::insert(&mut conn, vec![new(1), new(2), new(3)], NOW).await.unwrap();
    effect::delete(&mut conn, &[first[2].0]).await.unwrap();
    conn.begin_later().await.unwrap();
    let one = effect::insert_later(&mut conn, vec![new(4), new(5)], NOW).await.unwrap();
    let other = effect::insert_later(&mut conn, vec![new(6)], NOW).await.unwrap();
    let none = effect::insert_later(&mut conn, vec![], NOW).await.unwrap();
    conn.commit().await.unwrap();
    // In whichever order they are read.
    let (other, one) = (conn.get(other).await.unwrap(), conn.get(one).await.unwrap());
    assert!(conn.get(none).await.unwrap().is_empty());
    let told: Vec<(i64, String)> = [&first[..2], &one, &other].concat();
    let stored = conn.rows::<(i64, String)>("SELECT effect_id, lane FROM effect ORDER BY effect_id", vec![]).await.unwrap();
    assert_eq!(told, stored);
    assert!(one[0].0 > first[2].0, "a number is given once");
}

#[tokio::test]
async fn values_come_back_as_they_went() {
    let (_folder, db) = open().await;
    let mut conn = db.conn().await.unwrap();
    conn.script("CREATE TABLE odd (number BIGINT, text TEXT)").await.unwrap();
    let odd: Vec<(Option<i64>, Option<String>)> = vec![
        (Some(i64::MAX), Some("\"a\\b\"\n\r\t[$1]{}; --".to_owned())),
        (Some(i64::MIN), Some("nul \0, \u{1}, \u{7f}, \u{202f}Ж😀".to_owned())),
        (Some(0), Some("123".to_owned())),
        (None, Some(String::new())),
        (Some(-1), None),
        (Some(1), Some("null".to_owned())),
    ];
    let rows = odd.iter().map(|(number, text)| vec![Value::Integer(*number), Value::Text(text.clone())]);
    conn.run_many("INSERT INTO odd (number, text) VALUES [($, $)]", vec![], rows.collect()).await.unwrap();
    let stored = conn.rows::<(Option<i64>, Option<String>)>("SELECT number, text FROM odd ORDER BY rowid", vec![]).await.unwrap();
    assert_eq!(stored, odd);
    let wanted = odd.iter().map(|(_, text)| vec![Value::Text(text.clone())]).collect();
    let asked =
        conn.gather::<(Option<i64>, Option<String>)>("SELECT number, text FROM odd WHERE text IN ([$]) ORDER BY rowid", vec![], wanted);
    let coming = asked.await.unwrap();
    let gathered: Vec<_> = odd.into_iter().filter(|(_, text)| text.is_some()).collect();
    assert_eq!(conn.get(coming).await.unwrap(), gathered);
}

/// The pages that a statement changes would lie, as they were before, in files outside of the database's folder.
#[tokio::test]
async fn while_holders_are_served_no_page_goes_into_a_file_of_its_own() {
    let (_folder, db) = open().await;
    // The pool has several connections.
    let mut all = Vec::new();
    for _ in 0..3 {
        all.push(db.conn().await.unwrap());
    }
    for conn in &mut all {
        assert_eq!(conn.number("PRAGMA temp_store", vec![]).await.unwrap(), 2);
    }
}
