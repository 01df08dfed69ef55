//! What is kept goes in time: by the ages of the policy, and all of it after its final date, reported once. A table that holds something
//! of a holder's and is not declared here fails.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use guichet::bot::Desk;
use guichet::clock::Clock;
use guichet::config::Database;
use guichet::domain::{Policy, Retention};
use guichet::effects::{Effect, Ending, Letter};
use guichet::import::{import, samples};
use guichet::locale::Locales;
use guichet::receipt::{self, Outcome};
use guichet::secret::Key;
use guichet::simulator::Person;
use guichet::store::{Conn, Db, audit, purge};
use guichet::turn::Service;
use guichet::witness::Witness;
use jiff::SignedDuration;
use jiff::civil::date;
use reqwest::StatusCode;

use super::password_page::Reader;
use super::texts::service;
use crate::counter::{ALICE, BOB, Counter};
use crate::postgres::Server;
use crate::unlocked::{index, unlocked};

/// What becomes of a table's rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// They hold nothing of a holder's.
    NobodysAnyway,
    /// They are erased after the final date.
    Erased,
    /// They are no longer anybody's after the final date, and go by age.
    Unlinked,
    /// They go once what they are for is done: sent, or given up without text and chat.
    GoesWhenDone,
}
use Fate::{Erased, GoesWhenDone, NobodysAnyway, Unlinked};

/// Every table: the part of `/mydata` that tells what it holds of the holder who asks; whether `/forget` erases what hangs on the chat;
/// what becomes of it in the end. Not told is what cannot be told apart as anybody's, and what an import has not merged yet.
const TABLES: [(&str, Option<&str>, bool, Fate); 29] = [
    ("account", Some("account"), false, Erased),
    ("audit", Some("receipts"), false, Unlinked),
    ("audit_checkpoint", None, false, NobodysAnyway),
    ("audit_subject", Some("receipts"), false, Erased),
    ("balance", Some("balances"), false, Erased),
    ("card", Some("cards"), false, Erased),
    ("chat", Some("chat"), true, Erased),
    ("data_request", Some("chat"), true, Erased),
    ("effect", Some("on_its_way"), true, GoesWhenDone),
    ("erased_account", None, false, Erased),
    ("event", Some("events"), false, Erased),
    ("help_feedback", None, false, Erased),
    ("known_chat", None, true, Erased),
    ("limit_bucket", None, false, NobodysAnyway),
    ("meta", None, false, NobodysAnyway),
    ("one_time_code", Some("code_request"), true, Erased),
    ("parting", None, false, Erased),
    ("payment", Some("payments"), false, Erased),
    ("processed_update", None, false, NobodysAnyway),
    ("reset_decoy", None, false, NobodysAnyway),
    ("reset_link", Some("reset_links"), true, Erased),
    ("session", Some("sessions"), true, Erased),
    ("set_aside_dialogue", None, false, Erased),
    ("sign_in_request", Some("page_request"), true, Erased),
    ("staged_account", None, false, Erased),
    ("staged_balance", None, false, Erased),
    ("staged_card", None, false, Erased),
    ("staged_payment", None, false, Erased),
    ("update_attempt", None, false, NobodysAnyway),
];

/// On PostgreSQL only: the lanes of effects, gone with them.
const POSTGRES_TABLES: [&str; 1] = ["lane"];

fn declared() -> BTreeSet<String> {
    TABLES.iter().map(|(table, ..)| (*table).to_owned()).collect()
}

async fn tables(conn: &mut Conn) -> BTreeSet<String> {
    let sql = match conn.is_file() {
        true => "SELECT name FROM sqlite_schema WHERE type = 'table'",
        false => "SELECT relname::TEXT FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::REGNAMESPACE",
    };
    let rows: Vec<(String,)> = conn.rows(sql, vec![]).await.unwrap();
    let theirs = |table: &String| table.starts_with("sqlite_") || table.starts_with("_sqlx_");
    rows.into_iter().map(|(table,)| table).filter(|table| !theirs(table)).collect()
}

/// How many rows a table has.
async fn count(conn: &mut Conn, table: &str) -> i64 {
    conn.number(Box::leak(format!("SELECT COUNT(*) FROM {table}").into_boxed_str()), vec![]).await.unwrap()
}

#[tokio::test]
async fn every_table_is_declared_and_erased_told_or_nobodys() {
    let counter = Counter::open().await;
    let mut conn = counter.stage.app.conn().await.unwrap();
    assert_eq!(tables(&mut conn).await, declared(), "declare a new table in this file, in /mydata, /forget and store/purge.rs");
    let purged: BTreeSet<String> = purge::TABLES.iter().map(|(table, _)| (*table).to_owned()).collect();
    // Chats are erased by their own turns.
    let erased = TABLES.iter().filter(|(table, .., fate)| *fate == Erased && *table != "chat");
    assert_eq!(purged, erased.map(|(table, ..)| (*table).to_owned()).collect());
    drop(conn);
    leave_traces(&counter).await;
    counter.says(ALICE, "/mydata").await;
    let file = counter.with(|world| {
        let file = |message: &guichet::simulator::ChatMessage| match message.current.content {
            guichet::simulator::Content::Document { file, .. } => world.files.get(file).map(|file| file.bytes.to_vec()),
            _ => None,
        };
        world.messages(ALICE).iter().filter_map(file).next_back().unwrap()
    });
    let document: serde_json::Value = serde_json::from_slice(&file).unwrap();
    for (table, part, ..) in TABLES {
        assert!(part.is_none_or(|part| document.get(part).is_some()), "{table} is not told");
    }
    // What hangs on a chat goes with it.
    counter.says(ALICE, "/forget").await;
    counter.presses(ALICE, &counter.word("button-forget-confirm")).await;
    let mut conn = counter.stage.app.conn().await.unwrap();
    for (table, ..) in TABLES.iter().filter(|(.., forgotten, _)| *forgotten) {
        let index = index(&conn, ALICE);
        let column = match *table {
            "effect" => format!("lane LIKE '%{index}'"),
            // Nobody else was signed in.
            "known_chat" => "mark <> ''".to_owned(),
            _ => format!("chat_id = {index}"),
        };
        let rows = Box::leak(format!("SELECT COUNT(*) FROM {table} WHERE {column}").into_boxed_str());
        assert_eq!(conn.number(rows, vec![]).await.unwrap(), 0, "{table}");
    }
    drop(conn);
    counter.close(&["Bad Request: message to "]).await;
}

/// Something in every table that holds anything of a holder's.
async fn leave_traces(counter: &Counter) {
    counter.is_asked_to_confirm(ALICE).await;
    counter.presses(ALICE, &counter.word("button-confirm-removal")).await;
    counter.says(ALICE, "/reset").await;
    let answer = counter.stage.captcha_answer(ALICE).await.unwrap().unwrap();
    counter.says(ALICE, &answer).await;
    counter.presses(ALICE, &counter.word("button-send-link")).await;
    counter.says(ALICE, "/mydata").await;
    counter.clock.advance(SignedDuration::from_mins(2));
    counter
        .script(
            "INSERT INTO parting (chat_id, why) VALUES (1, 'erased'); \
             INSERT INTO erased_account (address_hash, erased_at) VALUES ('00', 1488358800000); \
             INSERT INTO help_feedback (topic, language, helpful, comment, day) VALUES ('top_up', 'en', 0, 'call me, Alice', '2017-03-01'); \
             INSERT INTO set_aside_dialogue (dialogue, set_aside_at) VALUES ('alice@example.org', 1488358800000); \
             INSERT INTO sign_in_request (chat_id, token_hash, nonce, person, language, issued_at, expires_at, tries, used) VALUES (1003, 'h', 'n', 'Alice', 'en', 1488358800000, 1488359400000, 0, 0); \
             INSERT INTO staged_account (line, email_index, name, language, state, opened_on, password_hash) VALUES (1, 'a@example.org', 'A', 'en', 'open', '', ''); \
             INSERT INTO staged_balance VALUES (1, 'a@example.org', 'EUR', 1); \
             INSERT INTO staged_card VALUES (1, 'r', 'a@example.org', 'Visa', '1111', '2027-01', '2015-01-01'); \
             INSERT INTO staged_payment VALUES (1, 'p', 'a@example.org', 1, 'M', 1, 'EUR', 'paid', '')",
        )
        .await;
}

async fn ending(policy: impl FnOnce(&mut Policy)) -> Counter {
    Counter::set(|setting| policy(&mut setting.policy)).await
}

/// A host may boot with its clock years ahead, or have it set so: what is erased by it would be gone for good.
#[tokio::test]
async fn a_clock_that_is_years_ahead_erases_nothing_until_it_is_right() {
    let years = SignedDuration::from_hours(10 * 365 * 24);
    for final_date in [None, Some(date(2017, 3, 31))] {
        let telegram = Clock::by_hand("2017-03-01T09:00:00Z".parse().unwrap());
        let days = |clock: &Clock, days: i64| {
            clock.advance(SignedDuration::from_hours(24 * days));
            telegram.advance(SignedDuration::from_hours(24 * days));
        };
        let counter = Counter::set(|setting| {
            setting.policy.final_date = final_date;
            setting.telegram_clock = Some(telegram.clone());
        })
        .await;
        leave_traces(&counter).await;
        counter.stage.app.sweep().await;
        counter.settled().await;
        let kept = async || {
            let mut conn = counter.stage.app.conn().await.unwrap();
            let mut kept = Vec::new();
            for table in ["account", "audit", "balance", "card", "chat", "payment", "known_chat", "reset_link", "processed_update"] {
                kept.push((table, count(&mut conn, table).await));
            }
            kept
        };
        let before = kept().await;
        counter.clock.leap(years);
        // However long that lasts.
        for _ in 0..4 {
            counter.stage.app.sweep().await;
            days(&counter.clock, 1);
        }
        counter.settled().await;
        let (now, mut ended) = (kept().await, before.clone());
        // The session has idled out, which the audit keeps.
        ended[1].1 = now[1].1;
        assert_eq!(now, ended, "{final_date:?}");
        assert!(now[1].1 >= before[1].1, "{now:?}");
        counter.says(BOB, "/help").await;
        assert!(!counter.screen(BOB).contains("has closed"), "{}", counter.screen(BOB));

        // Set right, the counter goes on, and its end comes in its time.
        counter.clock.leap(-years);
        counter.stage.app.sweep().await;
        assert_eq!(counter.number("SELECT COUNT(*) FROM account").await, before[0].1);
        if final_date.is_some() {
            days(&counter.clock, 31);
            for _ in 0..4 {
                counter.stage.app.sweep().await;
            }
            assert_eq!(counter.number("SELECT COUNT(*) FROM account").await, 0);
        }
        counter.settled().await;
        counter.close(&["Bad Request: message to "]).await;
    }
}

/// Where the Bot API server does not tell the time, what holders write does.
#[test]
fn a_message_is_a_witness_too() {
    let clock = Clock::by_hand("2027-03-01T09:00:00Z".parse().unwrap());
    let service = Service { witness: Witness::new(clock.clone()), ..service() };
    let me = r#"{"id":1,"is_bot":true,"first_name":"G","username":"g_bot","can_join_groups":true,"can_read_all_group_messages":false,
                 "supports_inline_queries":false,"can_connect_to_business":false,"has_main_web_app":false}"#;
    let desk = Desk::new(service, Arc::new(Locales::built_in().unwrap()), serde_json::from_str(me).unwrap());
    assert!(!desk.believes_the_clock(clock.now()), "nobody has told the time yet");
    for (days, believed) in [(3, false), (1, true)] {
        let date = clock.now().as_second() - days * 86_400;
        let chat = r#"{"id":1,"type":"private","first_name":"A"}"#;
        let update = format!(r#"{{"update_id":1,"message":{{"message_id":1,"date":{date},"chat":{chat},"text":"/menu"}}}}"#);
        desk.hear_the_time(&serde_json::from_str(&update).unwrap());
        assert_eq!(desk.believes_the_clock(clock.now()), believed, "written {days} days ago");
    }
}

#[tokio::test]
async fn the_audit_is_cut_off_at_the_policys_age() {
    let short = Retention { audit: SignedDuration::from_hours(365 * 24), ..Retention::default() };
    let counter = ending(|policy| policy.retention = short).await;
    counter.sign_in(ALICE, "alice@example.org").await;
    counter.says(ALICE, "/signout").await;
    counter.stage.app.sweep().await;
    counter.clock.advance(SignedDuration::from_hours(365 * 24));
    counter.stage.app.sweep().await;
    assert_eq!(counter.number("SELECT COUNT(*) FROM audit").await, 2, "a year is not over");
    counter.clock.advance(SignedDuration::from_secs(1));
    counter.stage.app.sweep().await;
    assert_eq!(counter.number("SELECT COUNT(*) FROM audit").await, 0);
    assert_eq!(counter.number("SELECT place FROM audit_checkpoint WHERE name = 'cut'").await, 2);
    counter.close(&[]).await;
}

#[tokio::test]
async fn the_other_ages_are_the_policys_too() {
    let days = |days: i64| SignedDuration::from_hours(24 * days);
    let short = Retention {
        ended_sessions: days(2),
        dead_letters: days(3),
        set_aside_dialogues: days(4),
        silent_chats: days(40),
        ..Retention::default()
    };
    let counter = ending(|policy| policy.retention = short).await;
    counter.sign_in(ALICE, "alice@example.org").await;
    counter.says(ALICE, "/signout").await;
    counter.says(ALICE, "/privacy").await;
    for told in ["40 days", "2 days", "3 days", "4 days", "1,826 days"] {
        assert!(counter.screen(ALICE).contains(told), "{told}: {}", counter.screen(ALICE));
    }
    counter
        .script(
            "INSERT INTO effect (created_at, due_at, lane, kind, died) VALUES (1488358800000, 0, '', 'show', 'refused'); \
             INSERT INTO set_aside_dialogue (dialogue, set_aside_at) VALUES ('{}', 1488358800000)",
        )
        .await;
    let left = async || {
        counter.stage.app.sweep().await;
        let mut left = Vec::new();
        let mut conn = counter.stage.app.conn().await.unwrap();
        for table in ["session", "effect", "set_aside_dialogue", "chat"] {
            left.push(count(&mut conn, table).await);
        }
        left
    };
    let mut seen = vec![left().await];
    for advance in [2, 1, 1, 36] {
        counter.clock.advance(days(advance) + SignedDuration::from_secs(1));
        seen.push(left().await);
    }
    assert_eq!(seen, [[1, 1, 1, 1], [0, 1, 1, 1], [0, 0, 1, 1], [0, 0, 0, 1], [0, 0, 0, 0]]);
    counter.close(&[]).await;
}

#[tokio::test]
async fn once_the_final_date_is_over_no_link_does_anything_though_nothing_is_erased_yet() {
    for inside in [false, true] {
        let counter = Counter::set(|setting| {
            setting.policy.final_date = Some(date(2017, 3, 1));
            setting.public_url = inside.then(|| super::mini_app::PAGES.parse().unwrap());
        })
        .await;
        // The purge does not get to the chats.
        let late = "CREATE TRIGGER late BEFORE DELETE ON chat BEGIN SELECT RAISE(ABORT, 'late'); END";
        counter.script(late).await;
        // Eight minutes before midnight, as the policy's time zone has it.
        counter.clock.advance(SignedDuration::from_mins(13 * 60 + 52));
        counter.asks_for_a_link(BOB, "alice@example.org").await;
        let at_home = |link: String| link.replace(super::mini_app::PAGES, &format!("http://{}/", counter.stage.app.pages_address()));
        let reset = at_home(counter.link());
        let (page, data) = if inside { counter.opens_the_app(ALICE).await } else { (counter.asks_for_a_page(ALICE).await, String::new()) };
        let mut reader = Reader::default();
        let guard = reader.opens(&page).await.guard();
        counter.clock.advance(SignedDuration::from_mins(8));
        let data = if data.is_empty() { data } else { counter.signed(&counter.fields(ALICE)) };
        let fields = [("guard", guard.as_str()), ("email", "alice@example.org"), ("password", samples::PASSWORD), ("init_data", &data)];
        let new = [("password", "lantern otter quilt basalt"), ("again", "lantern otter quilt basalt")];
        let answers = [
            reader.opens(&page).await,
            reader.posts(&page, &fields).await,
            reader.opens(&reset).await,
            reader.posts(&reset, &new).await,
            reader.posts(&reset, &[("act", "again")]).await,
        ];
        for shown in answers {
            assert_eq!(shown.status, StatusCode::GONE, "{}", shown.body);
            assert!(shown.body.contains(&counter.word("page-closed")), "{}", shown.body);
        }
        assert_eq!(counter.number("SELECT COUNT(*) FROM session").await, 0);
        assert_eq!(counter.number("SELECT COUNT(*) FROM audit WHERE action = 'password_changed'").await, 0);
        assert_eq!(counter.number("SELECT COUNT(*) FROM sign_in_request WHERE proven_at IS NOT NULL").await, 0);
        counter.script("DROP TRIGGER late").await;
        counter.close(&[]).await;
    }
}

const BLOCKED: i64 = 1005;

/// A counter on its last day, with traces of three holders, one of whom has blocked the bot.
async fn last_day(database: Option<Database>) -> Counter {
    let counter = Counter::set(|setting| {
        setting.policy.final_date = Some(date(2017, 3, 1));
        setting.database = database;
    })
    .await;
    leave_traces(&counter).await;
    counter.says(BOB, "/help").await;
    counter.with(|world| world.add_person(Person::new(BLOCKED, "Carol", "fr")));
    counter.says(BLOCKED, "/start").await;
    counter.with(|world| world.person_blocks(BLOCKED)).unwrap();
    counter.settled().await;
    counter.says(ALICE, "/privacy").await;
    assert!(counter.screen(ALICE).contains("After 1 March 2017 I erase your account"), "{}", counter.screen(ALICE));
    counter.says(ALICE, "/mydata").await;
    counter.stage.app.sweep().await;
    assert!(counter.number("SELECT COUNT(*) FROM account").await > 0, "the last day is a day");
    counter
}

/// Tables whose rows go with their chats, or by their age, before they would be counted.
const UNCOUNTED: [&str; 6] = ["one_time_code", "data_request", "known_chat", "reset_link", "session", "sign_in_request"];

/// The report cannot be left to be sent, and can again.
const BROKEN: [&str; 2] = [
    "CREATE TRIGGER broken BEFORE INSERT ON effect WHEN NEW.kind = 'mail_ended' BEGIN SELECT RAISE(ABORT, 'broken'); END",
    "DROP TRIGGER broken",
];
const BROKEN_ON_POSTGRES: [&str; 2] = [
    "CREATE FUNCTION broken() RETURNS TRIGGER LANGUAGE plpgsql AS $$ BEGIN RAISE 'broken'; END $$; \
     CREATE TRIGGER broken BEFORE INSERT ON effect FOR EACH ROW WHEN (NEW.kind = 'mail_ended') EXECUTE FUNCTION broken()",
    "DROP FUNCTION broken CASCADE",
];

fn reports(counter: &Counter) -> Vec<String> {
    counter.with(|world| world.mails().iter().filter(|mail| mail.to == "help@example.org").map(|mail| mail.text.clone()).collect())
}

#[tokio::test]
async fn after_the_final_date_nothing_of_a_holder_is_left() {
    nothing_is_left(None).await;
}

#[tokio::test]
async fn after_the_final_date_nothing_of_a_holder_is_left_on_postgres() {
    let Some(server) = Server::start() else { return };
    nothing_is_left(Some(server.settings().database)).await;
}

async fn nothing_is_left(database: Option<Database>) {
    let counter = last_day(database).await;
    let mut conn = counter.stage.app.conn().await.unwrap();
    // A sweep that the clock has set going may have told the chats meanwhile.
    conn.script("INSERT INTO parting (chat_id, why) VALUES (1, 'erased') ON CONFLICT DO NOTHING").await.unwrap();
    let mut before = BTreeMap::new();
    for (table, .., fate) in TABLES {
        let rows = count(&mut conn, table).await;
        assert!(fate != Erased || rows > 0, "the test leaves nothing in {table}");
        before.insert(table, rows);
    }
    let audited = before["audit"];
    let [broken, mended] = if conn.is_file() { BROKEN } else { BROKEN_ON_POSTGRES };
    drop(conn);
    // A last step that fails reports nothing, and counts nothing twice.
    counter.script(broken).await;
    counter.clock.advance(SignedDuration::from_hours(24));
    counter.says(BOB, "/cards").await;
    assert!(counter.screen(BOB).contains("has closed"), "{}", counter.screen(BOB));
    for _ in 0..4 {
        counter.stage.app.sweep().await;
    }
    counter.settled().await;
    assert_eq!(reports(&counter), Vec::<String>::new());
    counter.script(mended).await;
    for _ in 0..3 {
        counter.stage.app.sweep().await;
    }
    counter.settled().await;

    let mut conn = counter.stage.app.conn().await.unwrap();
    for (table, .., fate) in TABLES {
        let rows = count(&mut conn, table).await;
        match fate {
            Erased | GoesWhenDone => assert_eq!(rows, 0, "{table}"),
            Unlinked => assert!(rows >= audited, "{table}"),
            NobodysAnyway => {}
        }
    }
    let report = reports(&counter);
    let [report] = report.as_slice() else { panic!("{report:?}") };
    for (table, .., fate) in TABLES {
        let line = format!("\n\n{table}: {}\n", before[table]);
        assert!(fate != Erased || UNCOUNTED.contains(&table) || report.contains(&line), "no [{line}] in {report}");
    }
    // The audit is intact, and nobody's.
    let ended: (String,) = conn.row("SELECT value FROM meta WHERE name = 'ending'", vec![]).await.unwrap().unwrap();
    assert!(ended.0.contains("\"done_at\":\"2017-03-02"), "{}", ended.0);
    the_report_is_verified(&counter, report).await;
    drop(conn);
    // Bob has asked and is told anyway; where a sweep of the clock's comes between, the one screen takes the place of the other unsent.
    for (chat, last) in [(ALICE, 1..=1), (BOB, 1..=2)] {
        let farewells = counter.shown(chat).iter().filter(|text| text.contains("has closed")).count();
        assert!(last.contains(&farewells), "{:?}", counter.shown(chat));
    }
    assert!(
        !counter.shown(BLOCKED).iter().any(|text| text.contains("Le guichet des clients Alipay a fermé.")),
        "who has blocked the bot is left alone"
    );

    // From then on there is one answer to everything, and it leaves nothing.
    for said in ["/start", "/signin", "alice@example.org", "4111 1111 1111 1111"] {
        counter.says(ALICE, said).await;
        assert!(counter.screen(ALICE).contains("has closed") && counter.screen(ALICE).contains("help@example.org"));
    }
    counter.stage.app.sweep().await;
    for (table, rows) in [("chat", 0), ("effect", 0), ("account", 0)] {
        assert_eq!(count(&mut counter.stage.app.conn().await.unwrap(), table).await, rows, "{table}");
    }
    assert_eq!(reports(&counter).len(), 1, "once only");
    counter.close(&["Bad Request: message ", "Forbidden: bot was blocked by the user"]).await;
}

/// Whoever has the report in hand gives its seal, and hears what the report said.
async fn the_report_is_verified(counter: &Counter, report: &str) {
    let db = Db::look(&counter.stage.database).await.unwrap();
    let verify = async |seal: &str| receipt::verify(&db, &counter.stage.key_file(), seal).await.unwrap();
    let seal = report.split_whitespace().find(|word| word.len() == 64).unwrap();
    let (outcome, says) = verify(&seal.to_uppercase()).await;
    assert_eq!(outcome, Outcome::Genuine, "{says}");
    let accounts = report.lines().find(|line| line.starts_with("account: ")).unwrap();
    assert!(says.contains(accounts) && says.contains("finished: 2017-03-0"), "{says}");
    let (outcome, says) = verify(&seal.chars().rev().collect::<String>()).await;
    assert_eq!(outcome, Outcome::Unknown, "{says}");
    let mut conn = counter.stage.app.conn().await.unwrap();
    let kept: (String,) = conn.row("SELECT value FROM meta WHERE name = 'final_report'", vec![]).await.unwrap().unwrap();
    conn.script("UPDATE meta SET value = REPLACE(value, '[\"account\",', '[\"account\",1') WHERE name = 'final_report'").await.unwrap();
    let (outcome, says) = verify(seal).await;
    assert_eq!(outcome, Outcome::Altered, "{says}");
    conn.run("UPDATE meta SET value = $1 WHERE name = 'final_report'", vec![kept.0.into()]).await.unwrap();
    db.close().await;
}

#[tokio::test]
async fn postgres_is_emptied_as_well_step_by_step() {
    let Some(server) = Server::start() else { return };
    let db = unlocked(Db::open(&server.settings().database).await.unwrap(), server.folder()).await;
    samples::write(&server.folder().join("in")).unwrap();
    import(&db, &server.folder().join("in"), |_| ()).await.unwrap();
    let mut conn = db.conn().await.unwrap();
    let mut expected = declared();
    expected.extend(POSTGRES_TABLES.map(str::to_owned));
    assert_eq!(tables(&mut conn).await, expected);
    let mut erased: BTreeMap<&str, u64> = BTreeMap::new();
    loop {
        let gone = purge::step(&mut conn, 7).await.unwrap();
        if gone.is_empty() {
            break;
        }
        assert!(gone.iter().map(|(_, rows)| rows).sum::<u64>() <= 7, "{gone:?}");
        for (table, rows) in gone {
            *erased.entry(table).or_default() += rows;
        }
    }
    assert_eq!(erased, [("account", 6), ("balance", 4), ("card", 7), ("payment", 66)].into());
    let key = Key::read(&server.folder().join("guichet.key")).unwrap();
    assert_eq!(audit::examine(&mut conn, &key).await.unwrap().bad, None);
}

#[test]
fn nobody_can_have_the_report_say_something_else() {
    let folder = tempfile::tempdir().unwrap();
    let key = |seed: &str| Key::create(&folder.path().join(seed), &guichet::clock::Random::seeded(seed.len() as u64)).unwrap();
    let (ours, other) = (key("a"), key("bb"));
    let now = Clock::by_hand("2017-04-01T00:00:00Z".parse().unwrap()).now();
    let ending = Ending::sealed(&ours, now, now, vec![("account".to_owned(), 6)]);
    assert!(ending.is_sealed_by(&ours) && !ending.is_sealed_by(&other));
    for forged in [
        Ending { erased: vec![("account".to_owned(), 5)], ..ending.clone() },
        Ending { erased: Vec::new(), ..ending.clone() },
        Ending { done_at: now + SignedDuration::from_secs(1), ..ending.clone() },
        Ending { fingerprint: other.fingerprint(), ..ending.clone() },
    ] {
        assert!(!forged.is_sealed_by(&ours), "{forged:?}");
    }
    // What waits to be mailed is read back as it was sealed.
    let mail = guichet::effects::Mail {
        to: "help@example.org".parse().unwrap(),
        language: guichet::domain::Language::En,
        chat: guichet::domain::ChatId(0),
        letter: Letter::Ended(ending),
        to_nobody: false,
    };
    let json = serde_json::to_string(&Effect::Mail(mail.clone())).unwrap();
    assert_eq!(serde_json::from_str::<Effect>(&json).unwrap(), Effect::Mail(mail));
}

#[tokio::test]
async fn a_check_warns_as_the_final_date_comes_near() {
    let folder = tempfile::tempdir().unwrap();
    let built_in = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/domain/policy.toml")).unwrap();
    let policy = folder.path().join("policy.toml");
    std::fs::write(&policy, built_in.replacen("# final_date = 2027-12-31", "final_date = 2017-03-31", 1)).unwrap();
    let environment = |name: &str| match name {
        "GUICHET_POLICY" => Some("policy.toml".to_owned()),
        "TELOXIDE_API_URL" => Some("http://127.0.0.1:9".to_owned()),
        "GUICHET_LISTEN" | "GUICHET_ADMIN_LISTEN" => Some("127.0.0.1:0".to_owned()),
        _ => None,
    };
    for (day, line) in [
        ("2017-02-01T12:00:00Z", "ok    retention: everything that is kept of holders is erased after 2017-03-31"),
        ("2017-03-21T12:00:00Z", "care  retention: the policy's final date, 2017-03-31, is 10 days ahead"),
        ("2017-04-01T12:00:00Z", "care  retention: the policy's final date, 2017-03-31, is over"),
    ] {
        let clock = Clock::by_hand(day.parse().unwrap());
        let (_, findings) = guichet::check::examine(&environment, folder.path(), &clock).await;
        let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
        assert!(lines.iter().any(|found| found.starts_with(line)), "{day}: {lines:#?}");
        assert!(lines.iter().any(|found| found.contains("silent chats 365, ended sessions 30") && found.contains("audit 1826")));
    }
}
