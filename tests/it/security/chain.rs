//! What only the chain tells of the audit: rows and checkpoints that the key has sealed, in a place that is not theirs. They come from a
//! copy of the database that went its own way, or stood there before. And who hears of it.

use std::io::{Read as _, Seek as _};

use guichet::config::Database;
use guichet::receipt::{self, VerifyError};
use guichet::secret::Key;
use guichet::store::audit::{self, Kept, Trouble};
use guichet::store::{Conn, Db};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};

use super::audit::{DROP_POSTGRES, DROP_SQLITE, OLD_ROWS, PLACED, WAITING, filled, found, key, migrations_before, now, record};
use crate::counter::{ALICE, Counter};
use crate::postgres::Server;
use crate::unlocked::unlocked;

/// The place of the first of the rows that a copy has otherwise.
const APART: i64 = PLACED + WAITING + 1;

type Row = (String, String, String, String, i64, String, i64, String);
type Head = (i64, String, i64, i64, String);

/// Writes rows of these numbers and gives them their places: the rows, and the head they leave.
async fn goes_on(conn: &mut Conn, key: &Key, numbers: std::ops::Range<i64>) -> (Vec<Row>, Head) {
    let rows = numbers.end - numbers.start;
    record(conn, key, numbers).await;
    assert_eq!(audit::settle(conn, key, now(), 100).await.unwrap(), Kept::Rows(rows));
    let written = "SELECT reference, action, subject, outcome, happened_at, seal, place, chain FROM audit WHERE place >= $1 ORDER BY place";
    (conn.rows(written, vec![APART.into()]).await.unwrap(), head(conn).await)
}

async fn head(conn: &mut Conn) -> Head {
    let head = "SELECT place, chain, reached_at, made_at, seal FROM audit_checkpoint WHERE name = 'head'";
    conn.row(head, vec![]).await.unwrap().unwrap()
}

async fn put_head(conn: &mut Conn, (place, chain, reached, made, seal): &Head) {
    let sql = "UPDATE audit_checkpoint SET place = $1, chain = $2, reached_at = $3, made_at = $4, seal = $5 WHERE name = 'head'";
    let values = vec![(*place).into(), chain.as_str().into(), (*reached).into(), (*made).into(), seal.as_str().into()];
    conn.run(sql, values).await.unwrap();
}

/// Puts a row that the key has sealed for this very place in the place of the one that is there.
async fn put_row(conn: &mut Conn, (reference, action, subject, outcome, at, seal, place, chain): &Row) {
    let sql = "UPDATE audit SET reference = $1, action = $2, subject = $3, outcome = $4, happened_at = $5, seal = $6, chain = $8 \
               WHERE place = $7";
    let text = |text: &String| text.as_str().into();
    let values = vec![text(reference), text(action), text(subject), text(outcome), (*at).into(), text(seal), (*place).into(), text(chain)];
    assert_eq!(conn.run(sql, values).await.unwrap(), 1);
}

async fn what_a_copy_has_written_does_not_fit_in(db: &Db, key: &Key, drop_the_triggers: &'static str) {
    let mut conn = filled(db, key).await;
    conn.script(drop_the_triggers).await.unwrap();
    assert_eq!(audit::settle(&mut conn, key, now(), 100).await.unwrap(), Kept::Rows(WAITING));
    let before = head(&mut conn).await;
    conn.begin().await.unwrap();
    let (rows, ahead) = goes_on(&mut conn, key, 20..22).await;
    conn.roll_back().await.unwrap();
    goes_on(&mut conn, key, 30..32).await;
    assert_eq!(found(&mut conn, key).await, None);
    for (row, trouble) in [(&rows[0], Trouble::OutOfOrder), (&rows[1], Trouble::OutOfOrder)] {
        conn.begin().await.unwrap();
        put_row(&mut conn, row).await;
        assert_eq!(found(&mut conn, key).await, Some(trouble), "{row:?}");
        conn.roll_back().await.unwrap();
    }
    conn.begin().await.unwrap();
    for row in &rows {
        put_row(&mut conn, row).await;
    }
    assert_eq!(found(&mut conn, key).await, Some(Trouble::Checkpoint("head")), "the copy's rows under the counter's head");
    conn.roll_back().await.unwrap();
    put_head(&mut conn, &ahead).await;
    assert_eq!(found(&mut conn, key).await, Some(Trouble::Checkpoint("head")), "the counter's rows under the copy's head");
    put_head(&mut conn, &before).await;
    assert_eq!(found(&mut conn, key).await, Some(Trouble::BeyondHead));
    let later = now() + jiff::SignedDuration::from_hours(30 * 24);
    assert_eq!(audit::cut(&mut conn, key, later, later, 100).await.unwrap(), Kept::Tampered);
    // Nothing is put where something stands already, and no sweep fails over it.
    record(&mut conn, key, 40..41).await;
    assert_eq!(audit::settle(&mut conn, key, now(), 100).await.unwrap(), Kept::Tampered);
}

/// A row that waits for its place takes that of another, under the link that stands there.
async fn no_row_takes_the_place_of_another(db: &Db, key: &Key, drop_the_triggers: &'static str) {
    let mut conn = filled(db, key).await;
    conn.script(drop_the_triggers).await.unwrap();
    conn.script(
        "DELETE FROM audit WHERE place = 8; \
         UPDATE audit SET place = 8, chain = (SELECT chain FROM audit_checkpoint WHERE name = 'head') \
         WHERE audit_id = (SELECT MIN(audit_id) FROM audit WHERE place IS NULL)",
    )
    .await
    .unwrap();
    assert_eq!(found(&mut conn, key).await, Some(Trouble::OutOfOrder));
}

#[tokio::test]
async fn sealed_rows_and_checkpoints_hold_in_their_own_place_only() {
    for test in [0, 1] {
        let folder = tempfile::tempdir().unwrap();
        let (db, key) = (Db::open(&Database::Sqlite(folder.path().join("test.db"))).await.unwrap(), key(folder.path()));
        match test {
            0 => what_a_copy_has_written_does_not_fit_in(&db, &key, DROP_SQLITE).await,
            _ => no_row_takes_the_place_of_another(&db, &key, DROP_SQLITE).await,
        }
    }
}

#[tokio::test]
async fn sealed_rows_and_checkpoints_hold_in_their_own_place_only_on_postgres() {
    let Some(server) = Server::start() else { return };
    let (db, key) = (Db::open(&server.settings().database).await.unwrap(), key(server.folder()));
    what_a_copy_has_written_does_not_fit_in(&db, &key, DROP_POSTGRES).await;
    db.close().await;
}

/// Without a row: the checkpoint alone says that it has begun.
#[tokio::test]
async fn an_empty_chain_begins_once() {
    let folder = tempfile::tempdir().unwrap();
    let (db, key) = (Db::open(&Database::Sqlite(folder.path().join("test.db"))).await.unwrap(), key(folder.path()));
    let mut conn = db.conn().await.unwrap();
    assert_eq!(audit::begin(&mut conn, &key, now()).await.unwrap(), Some(0));
    assert_eq!(audit::begin(&mut conn, &key, now()).await.unwrap(), None);
    conn.script("INSERT INTO audit (reference, action, subject, outcome, happened_at, seal) VALUES ('X', '', '', '', 1, '')")
        .await
        .unwrap();
    assert_eq!(audit::begin(&mut conn, &key, now()).await.unwrap(), None, "no invented row is sealed");
}

/// An earlier version's audit begins with the start that seals everything else, and before that: what is sealed says that it has begun.
#[tokio::test]
async fn an_earlier_versions_audit_begins_before_anything_is_sealed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.db");
    let mut conn = SqliteConnectOptions::new().filename(&path).create_if_missing(true).connect().await.unwrap();
    migrations_before("sqlite", folder.path()).await.run(&mut conn).await.unwrap();
    sqlx::raw_sql(OLD_ROWS).execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
    let db = unlocked(Db::open(&Database::Sqlite(path)).await.unwrap(), folder.path()).await;
    let key = Key::read(&folder.path().join("guichet.key")).unwrap();
    let report = audit::examine(&mut db.conn().await.unwrap(), &key).await.unwrap();
    assert_eq!((report.bad, report.rows, report.sealed_later, report.place), (None, 3, 3, 3));
}

/// Neither genuine nor altered: what the next start seals cannot be told from what somebody put in.
#[tokio::test]
async fn nothing_is_said_of_a_receipt_before_its_row_is_sealed() {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(&Database::Sqlite(folder.path().join("test.db"))).await.unwrap();
    key(folder.path());
    let row = "INSERT INTO audit (reference, action, subject, outcome, happened_at, seal) VALUES ('00000-00001', 'x', '', 'done', 1, '')";
    db.conn().await.unwrap().script(row).await.unwrap();
    let verified = receipt::verify(&db, &folder.path().join("guichet.key"), "00000-00001").await;
    assert!(matches!(verified, Err(VerifyError::NotBegun(_))), "{verified:?}");
}

#[tokio::test]
async fn a_sweep_that_finds_the_audit_altered_says_so_in_the_log() {
    let mut log = tempfile::tempfile().unwrap();
    let writer = std::sync::Mutex::new(log.try_clone().unwrap());
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::ERROR).with_writer(writer).finish();
    let logging = tracing::subscriber::set_default(subscriber);
    let counter = Counter::open().await;
    counter.sign_in(ALICE, "alice@example.org").await;
    counter.stage.app.sweep().await;
    let mut written = String::new();
    log.rewind().unwrap();
    log.read_to_string(&mut written).unwrap();
    assert_eq!(written, "");
    counter.stage.app.conn().await.unwrap().script("UPDATE audit_checkpoint SET made_at = 5").await.unwrap();
    counter.clock.advance(jiff::SignedDuration::from_secs(15));
    counter.stage.app.sweep().await;
    drop(logging);
    log.rewind().unwrap();
    log.read_to_string(&mut written).unwrap();
    assert_eq!(written.matches("the audit was altered").count(), 1, "{written}");
    counter.close(&[]).await;
}
