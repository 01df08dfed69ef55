//! Every statement of the store is prepared by both databases.

use std::path::Path;
use std::time::Duration;

use guichet::backup::back_up;
use guichet::config::{Database, Settings};
use guichet::domain::ChatId;
use guichet::export::export;
use guichet::import::{ImportError, import, samples};
use guichet::store::lock::Sole;
use guichet::store::look::{self, Tables};
use guichet::store::{self, Db, STATEMENTS};

use crate::postgres::Server;
use crate::unlocked::unlocked;

async fn prepare_all(db: &Db) {
    let mut conn = db.conn().await.unwrap();
    let mut prepared = 0;
    for sql in STATEMENTS.iter().copied().flatten() {
        conn.prepare(sql).await.unwrap_or_else(|error| panic!("{error}\n{sql}"));
        prepared += 1;
    }
    assert!(prepared > 30, "only {prepared} statements");
}

#[tokio::test]
async fn sqlite_prepares_every_statement() {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(&Database::Sqlite(folder.path().join("test.db"))).await.unwrap();
    prepare_all(&db).await;
}

#[tokio::test]
async fn a_dead_letter_keeps_neither_text_nor_chat() {
    let folder = tempfile::tempdir().unwrap();
    let db = unlocked(Db::open(&Database::Sqlite(folder.path().join("test.db"))).await.unwrap(), folder.path()).await;
    let mut conn = db.conn().await.unwrap();
    let new = store::effect::New { lane: ("chat", ChatId(1003)), to: None, kind: "show", payload: "{}".to_owned() };
    let stored = store::effect::insert(&mut conn, vec![new], jiff::Timestamp::UNIX_EPOCH).await.unwrap();
    store::effect::bury(&mut conn, stored[0].0, "refused").await.unwrap();
    let blank = "SELECT COUNT(*) FROM effect WHERE lane = '' AND payload IS NULL AND died = 'refused'";
    assert_eq!(conn.number(blank, vec![]).await.unwrap(), 1);
}

#[tokio::test]
async fn a_second_process_is_kept_out() {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::Sqlite(folder.path().join("test.db"));
    let _first = Db::open(&database).await.unwrap();
    let error = Db::open(&database).await.err().unwrap().to_string();
    assert!(error.contains("in use by another running guichet"), "{error}");
    assert_eq!(look_at(&database).await, (true, Tables::Current));
}

#[tokio::test]
async fn postgres_prepares_every_statement() {
    let Some(server) = Server::start() else { return };
    let settings = server.settings();
    let db = Db::open(&settings.database).await.unwrap();
    prepare_all(&db).await;
    let mut conn = db.conn().await.unwrap();
    for sql in store::lane::STATEMENTS {
        conn.prepare(sql).await.unwrap_or_else(|error| panic!("{error}\n{sql}"));
    }
    drop(conn);
    assert_eq!(look_at(&settings.database).await, (true, Tables::Current));
    Db::open(&settings.database).await.expect("replicas serve side by side").close().await;
    in_and_out_beside(&settings, server.folder()).await;
    tokio::time::timeout(Duration::from_secs(10), db.close()).await.expect("it closes");
    // The server learns of a closed connection when it gets to it.
    while look_at(&settings.database).await.0 {}
    assert_eq!(look_at(&settings.database).await, (false, Tables::Current));
}

/// Imports and exports the samples beside a process that serves.
async fn in_and_out_beside(settings: &Settings, folder: &Path) {
    let beside = unlocked(Db::join(&settings.database).await.unwrap(), folder).await;
    samples::write(&folder.join("in")).unwrap();
    let lock = beside.lock(Sole::Importing).await.unwrap().unwrap();
    assert!(beside.lock(Sole::Importing).await.unwrap().is_none(), "one import at a time");
    drop(lock);
    // The server learns of a closed connection when it gets to it.
    let report = loop {
        match import(&beside, &folder.join("in"), |_| ()).await {
            Err(ImportError::UnderWay) => {}
            outcome => break outcome.unwrap(),
        }
    };
    assert_eq!(report.files.iter().map(|file| file.merged.new).collect::<Vec<_>>(), [6, 4, 7, 66]);
    beside.close().await;
    let look = unlocked(Db::look(&settings.database).await.unwrap(), folder).await;
    export(&look, &folder.join("out"), |_| ()).await.unwrap();
    for file in ["accounts.csv", "balances.csv", "cards.csv", "payments.csv"] {
        let [came, went] = ["in", "out"].map(|name| std::fs::read_to_string(folder.join(name).join(file)).unwrap());
        assert_eq!(went, came, "{file}");
    }
    let error = back_up(&look, Path::new("guichet.key"), &folder.join("copy")).await.unwrap_err().to_string();
    assert!(error.contains("pg_dump") && error.contains("guichet.key"), "{error}");
    look.close().await;
}

/// Whether a counter serves from a database, and how its tables stand.
async fn look_at(database: &Database) -> (bool, Tables) {
    let db = look::open(database).await.unwrap();
    let mut conn = db.conn().await.unwrap();
    (look::in_use(&mut conn, database).await.unwrap(), look::tables(&mut conn).await.unwrap())
}
