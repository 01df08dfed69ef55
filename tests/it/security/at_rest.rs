//! Encryption at rest: a stolen database tells no address, no name, no word of a holder's, and no person on Telegram; what was erased
//! leaves no trace in SQLite's files; what was changed or moved behind the counter's back does not open.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use guichet::clock::{Clock, Random};
use guichet::config::Database;
use guichet::domain::{AccountId, ChatId, Parting};
use guichet::import::import;
use guichet::simulator::{FaultKind, Person};
use guichet::store::reseal::is_complete;
use guichet::store::{
    Conn, Db, StoreError, Value, account, card, chat, effect, help_feedback, import as staging, one_time_code, parting, payment, reset_link,
};
use guichet::unlock::unlock;
use sqlx::migrate::Migrator;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection as _, Executor as _, SqliteConnection};

use crate::counter::{ALICE, BOB, Counter};
use crate::postgres::Server;
use crate::process::{guichet, outcome};
use crate::unlocked::{everything, index};

/// A chat whose number is found nowhere by accident.
const OTTER: i64 = 987_654_321_012;
/// What nobody may find: the address, the name, what was said, and how Telegram calls the person.
const MARKS: [&str; 5] = ["marked-otter", "Otterly", "walrus", "Zebulon", "zebu_example"];

/// Texts, and Telegram's number, that are found in these bytes.
fn found_in(bytes: &[u8]) -> Vec<String> {
    let number = OTTER.to_string();
    let texts = MARKS.iter().copied().chain([number.as_str()]);
    let mut found: Vec<String> = texts.filter(|mark| holds(bytes, mark.as_bytes())).map(str::to_owned).collect();
    // As SQLite and PostgreSQL write it (sqlite.org/fileformat2.html#record_format).
    if holds(bytes, &OTTER.to_be_bytes()[2..]) || holds(bytes, &OTTER.to_le_bytes()) {
        found.push("the number".to_owned());
    }
    found
}

fn holds(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

/// The bytes of a SQLite database's files: the log and its index too.
fn files_of(path: &Path) -> Vec<u8> {
    ["", "-wal", "-shm"].iter().filter_map(|ending| std::fs::read(format!("{}{ending}", path.display())).ok()).flatten().collect()
}

/// Every row of every table of a PostgreSQL database, as text.
async fn rows_of(conn: &mut Conn) -> Vec<u8> {
    let tables: Vec<(String,)> =
        conn.rows("SELECT tablename::TEXT FROM pg_tables WHERE schemaname = current_schema()", vec![]).await.unwrap();
    let mut all = String::new();
    for (table,) in tables {
        let sql: &'static str = format!("SELECT \"{table}\"::TEXT FROM \"{table}\"").leak();
        all.extend(conn.rows::<(String,)>(sql, vec![]).await.unwrap().into_iter().map(|(row,)| row));
    }
    all.into_bytes()
}

/// All that somebody finds who steals the database.
async fn stolen(counter: &Counter) -> Vec<u8> {
    let mut conn = counter.stage.app.conn().await.unwrap();
    if !conn.is_file() {
        return rows_of(&mut conn).await;
    }
    drop(conn);
    files_of(&file_of(counter).await)
}

async fn file_of(counter: &Counter) -> PathBuf {
    counter.text_of("SELECT file FROM pragma_database_list WHERE name = 'main'").await.into()
}

/// Imports the marked account beside the running counter.
async fn import_marked(counter: &Counter, database: &Database) {
    let folder = tempfile::tempdir().unwrap();
    let accounts = "email,name,language,state,opened_on,password_hash\nmarked-otter@example.org,Otterly Marked,en,open,2014-01-02,\n";
    std::fs::write(folder.path().join("accounts.csv"), accounts).unwrap();
    let cards = "card_ref,email,brand,last4,expires,linked_on\notter-1,marked-otter@example.org,Visa,1117,2027-11,2015-07-08\n";
    std::fs::write(folder.path().join("cards.csv"), cards).unwrap();
    let db = Db::join(database).await.unwrap();
    unlock(&db, &counter.stage.key_file(), &Random::machine(), Clock::machine().now()).await.unwrap();
    import(&db, folder.path(), |_| ()).await.unwrap();
    // A line that is staged and not merged yet.
    db.close().await;
}

/// Has the marked holder do everything that leaves something in the database.
async fn lives(counter: &Counter, database: &Database) {
    import_marked(counter, database).await;
    counter.with(|world| {
        let mut person = Person::new(OTTER, "Zebulon", "en");
        person.username = Some("zebu_example".to_owned());
        world.add_person(person);
    });
    counter.sign_in(OTTER, "marked-otter@example.org").await;
    counter.says(OTTER, "/cards").await;
    counter.presses(OTTER, &counter.card("Visa", "1117")).await;
    counter.presses(OTTER, &counter.word("button-confirm-removal")).await;
    counter.says(OTTER, "/help").await;
    counter.presses(OTTER, "Withdrawing").await;
    counter.presses(OTTER, &counter.word("button-not-helpful")).await;
    counter.says(OTTER, "Which walrus?").await;
    counter.says(OTTER, "/reset").await;
    let answer = counter.stage.captcha_answer(OTTER).await.unwrap().unwrap();
    counter.says(OTTER, &answer).await;
    counter.presses(OTTER, &counter.word("button-send-link")).await;
    counter.stand_at(OTTER, r#"{"v":1,"at":{"long_gone":"marked-otter@example.org"}}"#).await;
    counter.says(OTTER, "What now?").await;
    assert_eq!(counter.number("SELECT COUNT(*) FROM set_aside_dialogue").await, 1);
    counter.says(OTTER, "/mydata").await;
    let mut conn = counter.stage.app.conn().await.unwrap();
    let letter = || effect::New {
        lane: ("mail", ChatId(OTTER)),
        to: "marked-otter@example.org".parse().ok(),
        kind: "mail_code",
        payload: r#"{"to":"marked-otter@example.org"}"#.to_owned(),
    };
    let rows = effect::insert(&mut conn, vec![letter()], counter.clock.now()).await.unwrap();
    effect::bury(&mut conn, rows[0].0, "code 550").await.unwrap();
    drop(conn);
    // The last one stands at an address, while a screen that carries it waits for Telegram.
    counter.says(OTTER, "/signout").await;
    counter.says(OTTER, "/signin").await;
    let since = counter.next_call();
    counter.order("sendmessage", OTTER, FaultKind::TooManyRequests { retry_after: 600 }, 1);
    counter.types(OTTER, "marked-otter@example.org");
    counter.struck(since, OTTER).await;
}

#[tokio::test]
async fn a_stolen_database_tells_neither_who_nor_what() {
    let server = Server::start();
    for postgres in [false, true] {
        let (counter, database) = match (&server, postgres) {
            (_, false) => {
                let counter = Counter::open().await;
                let database = Database::Sqlite(file_of(&counter).await);
                (counter, database)
            }
            (Some(server), true) => (Counter::on(server).await, server.settings().database),
            (None, true) => continue,
        };
        lives(&counter, &database).await;
        let mut conn = counter.stage.app.conn().await.unwrap();
        let opened = everything(&mut conn).await;
        assert!(opened.contains("marked-otter") && opened.contains("walrus") && opened.contains(&OTTER.to_string()), "{opened}");
        for (table, least) in [("session", 1), ("one_time_code", 1), ("reset_link", 1), ("effect", 1), ("help_feedback", 1)] {
            let count = conn.number(format!("SELECT COUNT(*) FROM {table}").leak(), vec![]).await.unwrap();
            assert!(count >= least, "{table}: nothing to steal");
        }
        drop(conn);
        let bytes = stolen(&counter).await;
        assert!(holds(&bytes, b"card_removed"), "nothing was read");
        assert_eq!(found_in(&bytes), Vec::<String>::new(), "PostgreSQL: {postgres}");
        counter.stage.app.stop().await;
    }
}

#[tokio::test]
async fn what_was_forgotten_leaves_no_trace_in_the_files() {
    let counter = Counter::open().await;
    let path = file_of(&counter).await;
    counter.with(|world| world.add_person(Person::new(OTTER, "Zebulon", "en")));
    counter.sign_in(OTTER, "alice@example.org").await;
    let mut conn = counter.stage.app.conn().await.unwrap();
    let number = index(&conn, OTTER);
    let row = "SELECT telegram_id, dialogue FROM chat WHERE chat_id = $1";
    let (telegram_id, dialogue): (String, String) = conn.row(row, vec![number.into()]).await.unwrap().unwrap();
    drop(conn);
    let mut traces = vec![number.to_string().into_bytes(), number.to_be_bytes().to_vec(), telegram_id.into_bytes(), dialogue.into_bytes()];
    let left = |traces: &[Vec<u8>]| traces.iter().filter(|trace| holds(&files_of(&path), trace)).count();
    assert_eq!(left(&traces[1..]), 3, "there is something to forget");
    counter.says(OTTER, "/forget").await;
    let mut conn = counter.stage.app.conn().await.unwrap();
    let (_, dialogue): (String, String) = conn.row(row, vec![number.into()]).await.unwrap().unwrap();
    drop(conn);
    traces.push(dialogue.into_bytes());
    // One who reads meanwhile, such as an export, stands in the way, and in nobody else's.
    let mut reader = counter.stage.app.conn().await.unwrap();
    reader.begin_reading().await.unwrap();
    reader.number("SELECT COUNT(*) FROM chat", vec![]).await.unwrap();
    counter.presses(OTTER, &counter.word("button-forget-confirm")).await;
    counter.says(BOB, "/help").await;
    assert!(left(&traces) > 0, "the log is cut while it is read");
    reader.roll_back().await.unwrap();
    drop(reader);
    counter.stage.app.sweep().await;
    counter.stage.app.wiped().await;
    assert_eq!(left(&traces), 0);
    counter.close(&["Bad Request: message to "]).await;
}

#[tokio::test]
async fn what_was_changed_or_moved_is_set_aside_and_the_holder_told() {
    let counter = Counter::open().await;
    counter.says(ALICE, "/help").await;
    let mut aside = 0;
    let [alice, bob] = [counter.index(ALICE).await, counter.index(BOB).await];
    let swap: &[&str] = &[
        // A byte is another one.
        "UPDATE chat SET dialogue = substr(dialogue, 1, 40) || CASE substr(dialogue, 41, 1) WHEN 'A' THEN 'B' ELSE 'A' END || substr(dialogue, 42) WHERE chat_id = $1",
        // Another column's.
        "UPDATE chat SET dialogue = telegram_id WHERE chat_id = $1",
        // Another key's.
        "UPDATE chat SET dialogue = '1.00000000.' || substr(dialogue, 12) WHERE chat_id = $1",
        // Never sealed.
        "UPDATE chat SET dialogue = '{\"v\":1,\"at\":\"menu\"}' WHERE chat_id = $1",
        // Cut off.
        "UPDATE chat SET dialogue = '1.' WHERE chat_id = $1",
    ];
    for sql in swap {
        counter.run(sql, vec![alice.into()]).await;
        counter.says(ALICE, "What now?").await;
        assert!(counter.screen(ALICE).contains(&counter.word("trouble-lost-place")), "{sql}: {}", counter.screen(ALICE));
        aside += 1;
        assert_eq!(counter.number("SELECT COUNT(*) FROM set_aside_dialogue").await, aside, "{sql}");
    }
    // Another row's.
    counter.says(BOB, "/help").await;
    let other = "UPDATE chat SET dialogue = (SELECT dialogue FROM chat WHERE chat_id = $1) WHERE chat_id = $2";
    counter.run(other, vec![bob.into(), alice.into()]).await;
    counter.says(ALICE, "What now?").await;
    assert!(counter.screen(ALICE).contains(&counter.word("trouble-lost-place")), "{}", counter.screen(ALICE));
    counter.says(BOB, "What now?").await;
    assert!(!counter.screen(BOB).contains(&counter.word("trouble-lost-place")));
    counter.close(&[]).await;
}

#[tokio::test]
async fn an_account_that_does_not_open_is_refused_and_the_chat_is_told() {
    let counter = Counter::open().await;
    counter.sign_in(ALICE, "alice@example.org").await;
    counter.script("UPDATE account SET email = (SELECT email FROM account WHERE account_id = 1) WHERE account_id = 3").await;
    let mut conn = counter.stage.app.conn().await.unwrap();
    let error = account::by_id(&mut conn, AccountId(3)).await.unwrap_err();
    assert!(matches!(error, StoreError::Sealed("account.email", _)), "{error}");
    assert!(error.to_string().contains("belongs to another row"), "{error}");
    drop(conn);
    counter.says(ALICE, "/status").await;
    assert!(counter.screen(ALICE).contains(&counter.word("trouble-here")), "{}", counter.screen(ALICE));
    counter.says(BOB, "/help").await;
    assert!(!counter.shown(BOB).is_empty());
    counter.close(&[]).await;
}

/// What an earlier version has left in the clear.
const EARLIER: &str = "INSERT INTO account (account_id, email, name, language, state, opened_on, password_hash) VALUES \
     (1, 'marked-otter@example.org', 'Otterly Marked', 'en', 'open', '2014-01-02', ''), \
     (2, 'bob@example.org', 'Bob', 'fr', 'locked', '2014-01-03', ''); \
     INSERT INTO chat (chat_id, language, language_chosen, dialogue, revision, screen_kind, blocked, seen_at) VALUES \
     (987654321012, 'en', 0, '{\"v\":1,\"at\":\"status\"}', 7, 'plain', 0, 1000), (5, 'ru', 1, 'broken walrus', 8, 'plain', 0, 1000); \
     INSERT INTO session (chat_id, account_id, started_at, seen_at, ended_at) VALUES (987654321012, 1, 1, 2, 3), (987654321012, 1, 4, 5, NULL); \
     INSERT INTO one_time_code (chat_id, nonce, email, account_id, issued_at, expires_at, tries, resends, used) VALUES \
     (987654321012, '00', 'marked-otter@example.org', 1, 1, 2, 3, 0, 0); \
     INSERT INTO reset_link (token_hash, account_id, chat_id, person, language, issued_at, expires_at, void) VALUES \
     ('hash', 1, 987654321012, 'Zebulon (@zebu_example)', 'en', 1, 2, 0), ('forgotten', 1, 0, '', 'en', 1, 2, 1); \
     INSERT INTO set_aside_dialogue (dialogue, set_aside_at) VALUES ('a lost walrus', 9); \
     INSERT INTO effect (lane, kind, payload, due_at, created_at) VALUES \
     ('mail 987654321012', 'mail_code', '{\"mail\":{\"to\":\"marked-otter@example.org\",\"chat\":987654321012}}', 1, 1); \
     INSERT INTO effect (lane, kind, due_at, created_at, died) VALUES ('', 'show', 1, 1, 'refused'); \
     INSERT INTO data_request (chat_id, asked_at) VALUES (987654321012, 1); \
     INSERT INTO help_feedback (topic, language, helpful, comment, day) VALUES ('paying', 'en', 0, 'Which walrus?', '2017-03-01'); \
     INSERT INTO staged_account (line, email, name, language, state, opened_on, password_hash) VALUES \
     (2, 'marked-otter-2@example.org', 'Otterly Late', 'en', 'open', '2014-01-02', ''); \
     INSERT INTO staged_balance (line, email, currency, minor) VALUES (2, 'marked-otter-2@example.org', 'EUR', 5); \
     INSERT INTO staged_card (line, card_ref, email, brand, last4, expires, linked_on) VALUES \
     (2, 'otter-1', 'marked-otter-2@example.org', 'Visa', '1117', '2027-11', '2015-07-08'); \
     INSERT INTO staged_payment (line, payment_ref, email, paid_at, merchant, minor, currency, status, card_last4) VALUES \
     (2, 'otter-2', 'marked-otter-2@example.org', 1000, 'Tea House', 5, 'EUR', 'paid', '1117'); \
     INSERT INTO parting (chat_id, why) VALUES (987654321012, 'ended'); \
     INSERT INTO meta (name, value) VALUES ('import_decided', 'yes')";

/// What it has deleted, and not overwritten: too much for one page.
const DELETED: &str = "INSERT INTO set_aside_dialogue (set_aside_id, dialogue, set_aside_at) \
     WITH RECURSIVE many (number) AS (SELECT 100 UNION ALL SELECT number + 1 FROM many WHERE number < 300) \
     SELECT number, 'a deleted walrus of marked-otter@example.org ' || hex(zeroblob(100)), 9 FROM many; \
     DELETE FROM set_aside_dialogue WHERE set_aside_id >= 100";

/// A database of the version before anything was sealed.
async fn earlier(path: &Path) {
    let mut migrator: Migrator = sqlx::migrate!("migrations/sqlite");
    let before = migrator.migrations.iter().filter(|migration| migration.version < 11).cloned().collect();
    migrator.migrations = Cow::Owned(before);
    let mut conn = SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(path).create_if_missing(true)).await.unwrap();
    migrator.run(&mut conn).await.unwrap();
    conn.execute(EARLIER).await.unwrap();
    conn.execute(DELETED).await.unwrap();
    conn.close().await.unwrap();
    assert_eq!(found_in(&files_of(path)).len(), 7, "there is something to seal");
}

/// Whatever the earlier version knew is known.
async fn is_as_it_was(conn: &mut Conn) {
    let otter = ChatId(OTTER);
    let account = account::by_email(conn, &"marked-otter@example.org".parse().unwrap()).await.unwrap().unwrap();
    assert_eq!((account.id.0, account.name.as_str()), (1, "Otterly Marked"));
    let sealer = conn.sealer().unwrap();
    let (name_index,): (String,) = conn.row("SELECT name_index FROM account WHERE account_id = 1", vec![]).await.unwrap().unwrap();
    assert_eq!(name_index, sealer.name(&sealer.email(&account.email), &account.name), "an import sees that the name is the same");
    assert_eq!(parting::waiting(conn, 9).await.unwrap(), [(otter, Parting::Ended)]);
    let known = chat::load(conn, &[otter, ChatId(5)]).await.unwrap();
    let [mine, other] = [otter, ChatId(5)].map(|id| known.iter().find(|chat| chat.id == id).unwrap());
    assert_eq!(mine.dialogue, r#"{"v":1,"at":"status"}"#);
    assert_eq!((mine.session.as_ref().unwrap().account_id.0, mine.account.as_ref().unwrap().id.0), (1, 1));
    assert_eq!(other.dialogue, "broken walrus");
    assert_eq!(one_time_code::get(conn, otter).await.unwrap().unwrap().email.as_str(), "marked-otter@example.org");
    let links = reset_link::of_account(conn, AccountId(1)).await.unwrap();
    let link = links.iter().find(|link| link.token_hash == "hash").unwrap();
    assert_eq!((link.chat_id, link.person.as_str()), (otter, "Zebulon (@zebu_example)"));
    assert!(links.iter().any(|link| link.is_forgotten()));
    assert!(effect::alive(conn, 0).await.unwrap()[0].payload.as_ref().unwrap().contains("marked-otter@example.org"));
    assert_eq!(effect::in_lane(conn, ("mail", otter), None).await.unwrap().len(), 1);
    assert_eq!(help_feedback::remarks(conn).await.unwrap()[0].comment, "Which walrus?");
    assert!(everything(conn).await.contains("a lost walrus"));
}

/// The import that was cut short before goes on.
async fn ends_the_import(conn: &mut Conn) {
    staging::finish(conn).await.unwrap();
    let late = account::by_email(conn, &"marked-otter-2@example.org".parse().unwrap()).await.unwrap().unwrap();
    assert_eq!(late.name, "Otterly Late");
    assert_eq!(account::balances(conn, late.id).await.unwrap().len(), 1);
    assert_eq!(card::linked(conn, late.id).await.unwrap().len(), 1);
    assert_eq!(payment::count(conn, late.id).await.unwrap(), 1);
}

#[tokio::test]
async fn an_earlier_versions_database_is_sealed_even_if_it_is_cut_short_at_any_statement() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("guichet.db");
    let (mut kills, mut statement) = (0, 1);
    earlier(&path).await;
    // Whatever it then says of the empty folder, it has unlocked the database first.
    loop {
        let mut command = guichet(folder.path(), &["import", "empty"]);
        let (code, told) = outcome(command.env("GUICHET_CRASH", format!("statement:{statement}")));
        if code != -1 {
            assert!(told.contains("none of accounts.csv"), "{told}");
            break;
        }
        (kills, statement) = (kills + 1, statement + 1);
    }
    assert!(kills > 15, "{kills}");
    let db = Db::open(&Database::Sqlite(path.clone())).await.unwrap();
    unlock(&db, &folder.path().join("guichet.key"), &Random::machine(), Clock::machine().now()).await.unwrap();
    let mut conn = db.conn().await.unwrap();
    assert!(is_complete(&mut conn).await.unwrap());
    is_as_it_was(&mut conn).await;
    assert_eq!(found_in(&files_of(&path)), Vec::<String>::new());
    drop(conn);
    db.close().await;
}

/// All rows are sealed then, or the file is wiped as well, and neither is noted: the next start finds nothing in the clear to seal.
#[tokio::test]
async fn an_earlier_versions_database_is_wiped_even_if_the_start_before_was_cut_short_once_all_was_sealed() {
    for step in 1..=2 {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("guichet.db");
        earlier(&path).await;
        let import = |crash: &str| outcome(guichet(folder.path(), &["import", "empty"]).env("GUICHET_CRASH", crash));
        assert_eq!(import(&format!("sealing:{step}")).0, -1, "{step}");
        let (code, told) = import("");
        assert!(code == 1 && told.contains("none of accounts.csv"), "{told}");
        assert_eq!(found_in(&files_of(&path)), Vec::<String>::new(), "{step}");
    }
}

#[tokio::test]
async fn an_import_that_an_earlier_version_decided_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("guichet.db");
    earlier(&path).await;
    let db = Db::open(&Database::Sqlite(path.clone())).await.unwrap();
    let mut locked = db.conn().await.unwrap();
    assert!(matches!(account::by_id(&mut locked, AccountId(1)).await, Err(StoreError::Locked)));
    drop(locked);
    unlock(&db, &folder.path().join("guichet.key"), &Random::machine(), Clock::machine().now()).await.unwrap();
    let mut conn = db.conn().await.unwrap();
    assert_eq!(found_in(&files_of(&path)), Vec::<String>::new(), "at once, not only once the database is closed");
    ends_the_import(&mut conn).await;
    is_as_it_was(&mut conn).await;
    let silent = chat::silent(&mut conn, Clock::machine().now(), 9).await.unwrap();
    assert!(silent.contains(&ChatId(OTTER)) && silent.len() == 2, "{silent:?}");
    let values = vec![Value::from(index(&conn, OTTER))];
    assert_eq!(conn.row::<(i64,)>("SELECT seen_at FROM chat WHERE chat_id = $1", values).await.unwrap(), Some((1000,)));
}
