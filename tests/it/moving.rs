//! Moving house: everything goes out of one database and into another of either kind, and the counter goes on where it stood.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use guichet::config::Database;
use guichet::export::export_all;
use guichet::import::{import, import_with, samples};
use guichet::moving::{MoveError, Moved, import_all};
use guichet::secret::Key;
use guichet::simulator::{ChatMessage, Fault, FaultKind, Sender, World};
use guichet::store::whole::{self, Column, Table};
use guichet::store::{Db, Kind, Value};

use crate::operator::{Counter, HOLDER, PATIENCE, refusal, run, says, stop};
use crate::postgres::Server;
use crate::process::{self, Process};
use crate::transfer::{asks, newest, sign_in, stocked, tap};
use crate::unlocked::unlocked;

/// A number that nothing else has.
const NUMBER: i64 = 7_000_000;
/// A text that needs care on its way.
const TEXT: &str = "\"x\\\"\n\t[$1]\u{202f}Ж😀";

fn sqlite(path: PathBuf) -> Database {
    Database::Sqlite(path)
}

async fn tables(db: &Db) -> Vec<Table> {
    whole::tables(&mut db.conn().await.unwrap()).await.unwrap()
}

/// Every row of every table, in an order that does not depend on how a database sorts.
async fn rows(db: &Db) -> Vec<(String, Vec<String>)> {
    let mut conn = db.conn().await.unwrap();
    let mut all = Vec::new();
    for table in tables(db).await {
        let (mut found, mut last) = (Vec::new(), None);
        loop {
            let mut page: Vec<Vec<Value>> = whole::page(&mut conn, &table, last.as_deref()).await.unwrap();
            found.extend(page.iter().map(|row| serde_json::to_string(row).unwrap()));
            last = page.pop();
            if last.is_none() {
                break;
            }
        }
        found.sort();
        all.push((table.name, found));
    }
    all
}

/// A database with the samples, and a row in every table that there is.
async fn full(folder: &Path) -> Db {
    let db = unlocked(Db::open(&sqlite(folder.join("full.db"))).await.unwrap(), folder).await;
    samples::write(&folder.join("samples")).unwrap();
    import(&db, &folder.join("samples"), |_| ()).await.unwrap();
    let mut conn = db.conn().await.unwrap();
    for table in tables(&db).await {
        let value = |column: &Column| match (column.kind, column.name.as_str()) {
            // An account is exported in the clear, and sealed for the row of its index.
            (Kind::Text, "email" | "name") if table.name == "account" => {
                let (place, text) = if column.name == "email" { ("account.email", "x@example.org") } else { ("account.name", TEXT) };
                Value::from(conn.sealer().unwrap().seal(place, TEXT, text))
            }
            (Kind::Integer, _) => Value::from(NUMBER),
            (Kind::Text, "currency") => Value::from("EUR"),
            (Kind::Text, _) => Value::from(TEXT),
        };
        let row = table.columns.iter().map(value).collect();
        whole::insert(&mut conn, &table, &table.columns, vec![row]).await.unwrap();
    }
    // What was done is gone, and its number is not given again.
    conn.script(
        "INSERT INTO effect (effect_id, lane, kind, payload, due_at, created_at) VALUES (7000500, 'mail', 'mail_code', '{}', 1, 1); \
         DELETE FROM effect WHERE effect_id = 7000500; \
         UPDATE balance SET minor = -9223372036854775807 WHERE currency = 'JPY'",
    )
    .await
    .unwrap();
    drop(conn);
    db
}

async fn move_in(db: &Db, folder: &Path) -> Result<Moved, MoveError> {
    import_all(db, folder, Path::new("guichet.key"), |_| ()).await
}

#[tokio::test]
async fn what_goes_out_comes_in_row_for_row_whatever_the_database() {
    let Some(server) = Server::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let first = full(folder.path()).await;
    export_all(&first, &folder.path().join("first"), |_| ()).await.unwrap();
    let second = Db::join(&server.settings().database).await.unwrap();
    let moved = move_in(&second, &folder.path().join("first")).await.unwrap();
    assert_eq!(tables(&second).await, tables(&first).await, "both databases have the same tables");
    assert!(moved.tables.len() > 15 && moved.tables.iter().all(|(_, rows)| *rows > 0), "{:?}", moved.tables);
    assert_eq!(rows(&second).await, rows(&first).await);
    goes_on_numbering(&second, 1).await;

    let second = unlocked(second, folder.path()).await;
    export_all(&second, &folder.path().join("second"), |_| ()).await.unwrap();
    let third = Db::open(&sqlite(folder.path().join("third.db"))).await.unwrap();
    let error = move_in(&third, &folder.path().join("second")).await.unwrap_err();
    assert!(matches!(error, MoveError::Serving), "{error}");
    third.close().await;
    let third = Db::join(&sqlite(folder.path().join("third.db"))).await.unwrap();
    move_in(&third, &folder.path().join("second")).await.unwrap();
    assert_eq!(rows(&third).await, rows(&first).await);
    // PostgreSQL gives no number back, whatever is rolled back.
    goes_on_numbering(&third, 2).await;
}

/// The next row of each kind gets a number that no row ever had. Nothing is left of the rows.
async fn goes_on_numbering(db: &Db, next: i64) {
    let mut conn = db.conn().await.unwrap();
    conn.begin().await.unwrap();
    for (insert, last) in [
        ("INSERT INTO effect (lane, kind, due_at, created_at) VALUES ('', '', 0, 0) RETURNING effect_id", 7_000_500),
        (
            "INSERT INTO account (email_index, name, language, state, opened_on, password_hash) \
             VALUES ('n', '', 'en', 'open', '', '') RETURNING account_id",
            NUMBER,
        ),
        ("INSERT INTO event (kind, account_id, payload, happened_at) VALUES ('', 1, '', 0) RETURNING event_id", NUMBER),
    ] {
        assert_eq!(conn.number(insert, vec![]).await.unwrap(), last + next, "{insert}");
    }
    conn.throw_away().await;
}

#[tokio::test]
async fn more_rows_than_a_page_move() {
    let folder = tempfile::tempdir().unwrap();
    let first = full(folder.path()).await;
    let holders: String = (1..=2500).map(|number| format!("holder{number}@example.org,Holder,en,open,2014-01-02,\n")).collect();
    fs::create_dir(folder.path().join("more")).unwrap();
    let accounts = format!("email,name,language,state,opened_on,password_hash\n{holders}");
    fs::write(folder.path().join("more/accounts.csv"), accounts).unwrap();
    // Some account was erased, so an import wants the key.
    let key = Key::read(&folder.path().join("guichet.key")).unwrap();
    import_with(&first, &folder.path().join("more"), Some(&key), |_| ()).await.unwrap();
    first
        .conn()
        .await
        .unwrap()
        .script(
            "WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 2500) \
             INSERT INTO processed_update (update_id, processed_at) SELECT -n, 0 FROM number; \
             INSERT INTO balance (account_id, currency, minor) SELECT account_id, 'CHF', 1 FROM account; \
             INSERT INTO balance (account_id, currency, minor) SELECT account_id, 'USD', 1 FROM account",
        )
        .await
        .unwrap();
    export_all(&first, &folder.path().join("out"), |_| ()).await.unwrap();
    let second = Db::join(&sqlite(folder.path().join("second.db"))).await.unwrap();
    move_in(&second, &folder.path().join("out")).await.unwrap();
    let moved = rows(&second).await;
    assert_eq!(moved, rows(&first).await);
    assert!(moved.iter().any(|(table, rows)| table == "balance" && rows.len() > 2500));
}

#[tokio::test]
async fn an_export_of_everything_still_imports_as_accounts_do() {
    let folder = tempfile::tempdir().unwrap();
    let first = unlocked(Db::open(&sqlite(folder.path().join("first.db"))).await.unwrap(), folder.path()).await;
    samples::write(&folder.path().join("samples")).unwrap();
    import(&first, &folder.path().join("samples"), |_| ()).await.unwrap();
    export_all(&first, &folder.path().join("out"), |_| ()).await.unwrap();
    for (path, mode) in [("out", 0o700), ("out/all", 0o700), ("out/all/chat.jsonl", 0o600), ("out/all/manifest.json", 0o600)] {
        assert_eq!(fs::metadata(folder.path().join(path)).unwrap().permissions().mode() & 0o777, mode, "{path}");
    }
    let second = unlocked(Db::open(&sqlite(folder.path().join("second.db"))).await.unwrap(), folder.path()).await;
    let report = import(&second, &folder.path().join("out"), |_| ()).await.unwrap();
    assert_eq!(report.files.iter().map(|file| file.merged.new).collect::<Vec<_>>(), [6, 4, 7, 66]);
}

/// A folder with an export of everything, and how to spoil it.
struct Spoilt {
    folder: tempfile::TempDir,
    db: Db,
}

impl Spoilt {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let full = full(folder.path()).await;
        export_all(&full, &folder.path().join("out"), |_| ()).await.unwrap();
        full.close().await;
        let db = Db::join(&sqlite(folder.path().join("new.db"))).await.unwrap();
        Self { folder, db }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join("out/all").join(name)
    }

    /// What an import says of a file whose text was changed, or that was taken away; the file is put back, and nothing was imported.
    async fn refuses(&self, name: &str, spoil: impl Fn(&str) -> Option<String>, words: &[&str]) {
        let sound = fs::read_to_string(self.file(name)).unwrap();
        match spoil(&sound) {
            Some(spoilt) => {
                assert_ne!(spoilt, sound, "{words:?}");
                fs::write(self.file(name), spoilt).unwrap();
            }
            None => fs::remove_file(self.file(name)).unwrap(),
        }
        let error = move_in(&self.db, &self.folder.path().join("out")).await.unwrap_err().to_string();
        fs::write(self.file(name), sound).unwrap();
        says(&error, words);
        assert!(error.contains(name), "{error}");
        let left = rows(&self.db).await;
        assert!(left.iter().all(|(_, rows)| rows.is_empty()), "{words:?}: {left:?}");
    }
}

#[tokio::test]
async fn an_import_of_everything_is_whole_or_not_at_all() {
    let spoilt = Spoilt::new().await;
    let newest = format!("\"migration\": {}", whole::version());
    spoilt.refuses("manifest.json", |text| Some(text.replace(&newest, "\"migration\": 1")), &["migration 1", "the same version"]).await;
    spoilt.refuses("manifest.json", |text| Some(text.replace("\"chat\"", "\"chats\"")), &["other tables", "chats"]).await;
    spoilt.refuses("manifest.json", |text| Some(text.replace("\"guichet\"", "guichet")), &["line 2", "export again"]).await;
    spoilt.refuses("manifest.json", |_| None, &["guichet export DIR --all"]).await;
    spoilt.refuses("session.jsonl", |_| None, &["there is no such file"]).await;
    let less = |text: &str| Some(text.lines().take(7).map(|line| format!("{line}\n")).collect());
    spoilt.refuses("payment.jsonl", less, &["line 7", "6 rows, but manifest.json says 67"]).await;
    spoilt.refuses("payment.jsonl", |text| Some(text[..text.len() - 9].to_owned()), &["line 68", "cut off"]).await;
    spoilt.refuses("payment.jsonl", |_| Some(String::new()), &["line 1", "must name the columns", "paid_at"]).await;
    spoilt.refuses("card.jsonl", |text| Some(text.replace("\"last4\"", "\"brand\"")), &["line 1", "must name the columns"]).await;
    spoilt.refuses("card.jsonl", |text| Some(text.replace("\n[3,", "\n[\"3\",")), &["line 4", "card_id", "not a whole number"]).await;
    spoilt.refuses("card.jsonl", |text| Some(text.replace("\n[3,", "\n[3,3,")), &["line 4", "8 columns"]).await;
    spoilt.refuses("card.jsonl", |text| Some(text.replace("\"Visa\"", "5")), &["line 2", "brand", "not a text"]).await;
    spoilt.refuses("card.jsonl", |text| Some(text.replace("\n[3,", "\n[2,")), &["lines 2 to 9", "UNIQUE"]).await;
    spoilt.refuses("session.jsonl", |text| Some(text.replace("7000000", "6000000")), &["lines 2 to 2", "FOREIGN KEY"]).await;

    let out = spoilt.folder.path().join("out");
    move_in(&spoilt.db, &out).await.unwrap();
    let error = move_in(&spoilt.db, &out).await.unwrap_err().to_string();
    says(&error, &["DATABASE_URL", "not empty", "name another"]);
}

/// Runs a command on a database; what it wrote to standard output.
fn said(folder: &Path, database: &str, arguments: &[&str]) -> String {
    let output = process::guichet(folder, arguments).env("DATABASE_URL", database).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// How many of the bot's messages in the holder's chat read so.
fn how_many(counter: &Counter, words: &str) -> usize {
    let reads = |message: &&ChatMessage| message.from == Sender::Bot && message.text().contains(words);
    counter.simulator.with(|world| world.messages(HOLDER).iter().filter(reads).count())
}

/// The counter in another place, on another database.
fn start_command(counter: &Counter, folder: &Path, database: &str) -> Command {
    let mut command = run(folder, &counter.simulator.token(), &format!("http://{}", counter.address()));
    command.env("DATABASE_URL", database).env("GUICHET_SEND_RATE", "0");
    command
}

fn start(counter: &Counter, folder: &Path, database: &str) -> Process {
    Process(start_command(counter, folder, database).spawn().unwrap())
}

/// Waits until a fault has struck since call number `since`.
async fn struck(counter: &Counter, since: u64) {
    let struck = || counter.simulator.with(|world| world.calls_since(since).any(|(_, call)| call.fault.is_some()));
    until(counter, "a fault strikes", struck).await;
}

/// Asks again and again whether something is so.
async fn until(counter: &Counter, what: &str, is_so: impl Fn() -> bool) {
    let look = async {
        while !is_so() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(PATIENCE, look).await.unwrap_or_else(|_| panic!("{what} in vain: {}", newest(counter)));
}

const FILE: &str = "sqlite://guichet.db";

#[tokio::test]
async fn a_counter_goes_on_in_its_new_house_and_back_again() {
    let Some(server) = Server::start() else { return };
    let counter = stocked().await;
    let mut serving = counter.start();
    sign_in(&counter).await;
    asks(&counter, "/cards").await;
    tap(&counter, "Visa •••• 1117", "Take off").await;
    let beside = said(counter.path(), FILE, &["export", "beside", "--all"]);
    assert!(!beside.contains("not in the export.  "), "{beside}");
    says(&beside, &["cards.csv ", "all/chat.jsonl ", "CARE: a counter is serving from this database", "stop the counter first"]);
    // A message that Telegram does not take, and a kill.
    let refused = Fault { method: Some("sendMessage"), chat: Some(HOLDER), kind: FaultKind::ServerError(502), times: u32::MAX };
    counter.simulator.with(|world| world.order(refused));
    let since = counter.simulator.with(|world| world.next_call());
    counter.simulator.with(|world| world.person_types(HOLDER, "/cards")).unwrap();
    counter.simulator.acknowledged().await;
    struck(&counter, since).await;
    serving.kill();
    counter.simulator.with(World::clear_faults);
    let before = how_many(&counter, "Your linked cards");

    said(counter.path(), FILE, &["export", "out", "--all"]);
    let (new, url) = (tempfile::tempdir().unwrap(), server.url());
    let told = said(new.path(), &url, &["import", &counter.path().join("out").display().to_string(), "--all"]);
    says(&told, &["The key must move too", "guichet.key", "The old counter must stay stopped"]);
    says(&refusal(start_command(&counter, new.path(), &url), 1).await, &["GUICHET_KEY_FILE:", "there is no key here"]);
    fs::copy(counter.path().join("guichet.key"), new.path().join("guichet.key")).unwrap();
    let mut serving = start(&counter, new.path(), &url);
    // The screen before goes once the message that waited is there.
    let came = || how_many(&counter, "Your linked cards") > before && how_many(&counter, "Take off") == 0;
    until(&counter, "the message that waited comes", came).await;
    tap(&counter, "Visa •••• 1117", "Take off").await;
    tap(&counter, "Yes, take it off", "has been taken off").await;
    assert_eq!(how_many(&counter, "Your linked cards"), before, "it came once, and its message shows what became of the card");
    stop(&mut serving, "TERM").await;

    let told = said(new.path(), &url, &["export", "out", "--all"]);
    assert!(!told.contains("CARE"), "{told}");
    let told = said(new.path(), FILE, &["import", "out", "--all"]);
    says(&told, &["The key that belongs to it is here"]);
    let mut serving = start(&counter, new.path(), FILE);
    asks(&counter, "/cards").await;
    assert!(newest(&counter).contains("No linked cards"), "signed in still, and the card is off: {}", newest(&counter));
    stop(&mut serving, "TERM").await;
}
