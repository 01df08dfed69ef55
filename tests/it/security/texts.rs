//! Text is never code: not in a chat, a mail, a page, a spreadsheet or a terminal.

use std::path::Path;

use guichet::bot::render;
use guichet::clock::{Clock, Random};
use guichet::config::Database;
use guichet::dialogue::help::Topics;
use guichet::dialogue::{self, Block, Dialogue, Screen};
use guichet::domain::{AccountId, ChatId, Genuine, Language, Operator, Policy, find_card_numbers};
use guichet::effects::ShownButton;
use guichet::export::export;
use guichet::feedback;
use guichet::import::import;
use guichet::locale::{Locales, Message, Value};
use guichet::secret::Key;
use guichet::simulator::{EntityKind, Formatted, Person, Sender, parse_html};
use guichet::store::{Db, account, chat};
use guichet::turn::{Service, Turn};
use guichet::witness::Witness;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

use super::{STATES, hostile, stored};
use crate::counter::{ALICE, Counter};
use crate::unlocked::unlocked;

/// What stands in for text from outside where it is harmless.
const HARMLESS: &str = "Quelque";

/// What turns need that are made by hand; its key is nobody's.
pub fn service() -> Service {
    let folder = tempfile::tempdir().unwrap();
    let (policy, locales) = (Policy::built_in().unwrap(), Locales::built_in().unwrap());
    let operator: Operator = "Example Association <help@example.org>".parse().unwrap();
    let topics = Topics::new(&locales, &policy, &operator);
    let key = Key::create(&folder.path().join("key"), &Random::seeded(1)).unwrap();
    let genuine = Genuine::new(&policy, &operator, &"https://example.org/".parse().unwrap(), "guichet_example_bot");
    Service { policy, operator, topics, genuine, key, random: Random::seeded(1), witness: Witness::new(Clock::machine()) }
}

/// Every state's screen, as a holder who is signed in sees it.
async fn screens(counter: &Counter) -> Vec<Screen> {
    let service = service();
    let mut conn = counter.stage.app.conn().await.unwrap();
    let chat = chat::load(&mut conn, &[ChatId(ALICE)]).await.unwrap().remove(0);
    let payment = r#"{"history":{"page":"newest","open":1}}"#;
    let mut shown = Vec::new();
    for state in STATES.map(|(_, state)| state).into_iter().chain([payment]) {
        let mut turn = Turn::new(&service, &mut conn, counter.clock.now(), chat.clone(), String::new());
        shown.push(dialogue::show(&mut turn, &Dialogue::read(&stored(state)).unwrap()).await.unwrap());
    }
    shown
}

/// The screen with every text from outside replaced.
fn saying(screen: &Screen, text: &str) -> Screen {
    let mut screen = screen.clone();
    for block in &mut screen.blocks {
        match block {
            Block::Text(message) => replace(message, text),
            Block::List(lines) => lines.iter_mut().for_each(|line| replace(line, text)),
        }
    }
    screen.rows.iter_mut().flatten().for_each(|button| replace(&mut button.label, text));
    screen
}

fn replace(message: &mut Message, text: &str) {
    for (_, value) in &mut message.values {
        match value {
            Value::Text(old) => text.clone_into(old),
            Value::Message(message) => replace(message, text),
            _ => {}
        }
    }
}

/// What each entity is, and the text that it covers.
fn entities(formatted: &Formatted) -> Vec<(EntityKind, String)> {
    let units: Vec<u16> = formatted.text.encode_utf16().collect();
    let covered = |from: usize, length: usize| String::from_utf16(&units[from..from + length]).unwrap();
    formatted.entities.iter().map(|entity| (entity.kind.clone(), covered(entity.offset, entity.length))).collect()
}

#[tokio::test]
async fn ten_thousand_names_merchants_and_messages_stay_what_they_are_on_every_screen() {
    let counter = Counter::open().await;
    counter.sign_in(ALICE, "alice@example.org").await;
    let screens = screens(&counter).await;
    counter.close(&[]).await;
    let outside = screens.iter().filter(|screen| saying(screen, "x") != **screen).count();
    assert!(outside >= 10, "only {outside} screens hold text from outside");
    let locales = Locales::built_in().unwrap();
    let case = (hostile(), 0..screens.len(), prop::sample::select(&Language::ALL[..]));
    let outcome = TestRunner::new(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(10_000) }).run(
        &case,
        |(text, screen, language)| {
            let rendered = |text: &str| render::screen(&locales, language, &saying(&screens[screen], text), 1);
            let (ours, theirs) = (rendered(HARMLESS), rendered(&text));
            let ours_read = parse_html(&ours.text).unwrap();
            let theirs_read = parse_html(&theirs.text).map_err(TestCaseError::fail)?;
            let put_in = |ours: String| ours.replace(HARMLESS, &text);
            prop_assert_eq!(&theirs_read.text, &put_in(ours_read.text.clone()));
            let expected: Vec<_> = entities(&ours_read).into_iter().map(|(kind, covered)| (kind, put_in(covered))).collect();
            prop_assert_eq!(entities(&theirs_read), expected);
            let labelled = |button| match button {
                ShownButton::Tap(label, data) => ShownButton::Tap(put_in(label), data),
                ShownButton::Page { label, page } => ShownButton::Page { label: put_in(label), page },
            };
            let labels: Vec<Vec<_>> = ours.keyboard.into_iter().map(|row| row.into_iter().map(labelled).collect()).collect();
            prop_assert_eq!(theirs.keyboard, labels);
            Ok(())
        },
    );
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
}

/// This many texts, the same in every run.
fn some_hostile(count: usize) -> Vec<String> {
    let mut runner = TestRunner::deterministic();
    (0..count).map(|_| hostile().new_tree(&mut runner).unwrap().current()).collect()
}

/// As an import takes it: a line of at most 200 characters without control characters and card numbers.
fn importable(text: &str) -> String {
    let line: String = text.chars().filter(|c| !c.is_control()).take(190).collect();
    let line = line.trim();
    if line.is_empty() || !find_card_numbers(line).is_empty() { "x".to_owned() } else { line.to_owned() }
}

#[tokio::test]
async fn hostile_names_merchants_and_messages_go_through_the_whole_counter() {
    let counter = Counter::open().await;
    let texts = some_hostile(120);
    let account = counter.account("alice@example.org").await;
    let sql = "INSERT INTO payment (account_id, payment_ref, paid_at, merchant, minor, currency, status, card_last4) \
               VALUES ($1, $2, $3, $4, 100, 'EUR', 'paid', '')";
    for (number, text) in (0_i64..).zip(&texts) {
        let text = importable(text);
        counter.run(sql, vec![account.into(), format!("{number}{text}").into(), (1_488_000_000_000 + number).into(), text.into()]).await;
    }
    counter.with(|world| {
        let name = "<b>Ali\"ce</b>\r\n\r\nhttps://example.org &lt; \u{202e}".to_owned();
        world.add_person(Person { last_name: Some("=1+1".to_owned()), ..Person::new(ALICE, name, "en") });
    });
    counter.sign_in(ALICE, "alice@example.org").await;
    let mail = counter.with(|world| world.mails().last().unwrap().clone());
    assert!(mail.text.contains("account: <b>Ali\"ce</b> https://example.org &lt; =1+1\n"), "{}", mail.text);
    let html = mail.html.unwrap();
    assert!(html.contains("&#60;b&#62;Ali&#34;ce&#60;/b&#62; https://example.org &#38;lt; =1+1</p>"), "{html}");
    counter.says(ALICE, "/history").await;
    let older = counter.word("button-older");
    while has_button(&counter, &older) {
        counter.presses(ALICE, "3").await;
        counter.presses(ALICE, &counter.word("button-back")).await;
        counter.presses(ALICE, &older).await;
    }
    for text in texts.iter().filter(|text| !text.trim().is_empty() && !text.contains('/')) {
        counter.says(ALICE, &text.chars().take(1000).collect::<String>()).await;
    }
    assert_eq!(counter.number("SELECT COUNT(*) FROM effect").await, 0, "a screen was given up");
    counter.close(&[]).await;
}

fn has_button(counter: &Counter, label: &str) -> bool {
    counter.with(|world| {
        let screen = world.messages(ALICE).iter().rev().find(|message| message.from == Sender::Bot).unwrap();
        screen.data_of(label).is_some()
    })
}

async fn names_and_merchants(db: &Db) -> Vec<(String, String)> {
    let mut conn = db.conn().await.unwrap();
    let rows: Vec<(i64, String)> = conn.rows("SELECT account_id, merchant FROM payment ORDER BY payment_id", vec![]).await.unwrap();
    let mut read = Vec::new();
    for (id, merchant) in rows {
        read.push((account::by_id(&mut conn, AccountId(id)).await.unwrap().unwrap().name, merchant));
    }
    read
}

async fn new_database(folder: &Path) -> Db {
    unlocked(Db::open(&Database::Sqlite(folder.join("guichet.db"))).await.unwrap(), folder).await
}

#[tokio::test]
async fn what_an_export_writes_runs_in_no_spreadsheet_and_reads_back_to_the_same() {
    let [first, second] = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let texts: Vec<String> = some_hostile(2000).iter().map(|text| importable(text)).collect();
    let folder = first.path().join("in");
    std::fs::create_dir(&folder).unwrap();
    let mut accounts = csv::Writer::from_path(folder.join("accounts.csv")).unwrap();
    accounts.write_record(["email", "name", "language", "state", "opened_on", "password_hash"]).unwrap();
    let mut payments = csv::Writer::from_path(folder.join("payments.csv")).unwrap();
    payments.write_record(["payment_ref", "email", "paid_at", "merchant", "amount", "currency", "status", "card_last4"]).unwrap();
    for (number, text) in texts.iter().enumerate() {
        let email = format!("={number}@example.org");
        // What the other system has neutralised already is what an export would write, one apostrophe more.
        let quoted = format!("'{text}");
        let text = if text.starts_with(['=', '+', '-', '@', '\'']) { &quoted } else { text };
        accounts.write_record([&email, text, "fr", "open", "2014-01-02", ""]).unwrap();
        payments.write_record([&format!("{number}"), &email, "2016-12-31T18:30:00Z", text, "-1.00", "EUR", "paid", ""]).unwrap();
    }
    drop((accounts, payments));
    let [ours, theirs] = [new_database(first.path()).await, new_database(second.path()).await];
    import(&ours, &folder, |_| ()).await.unwrap();
    export(&ours, &first.path().join("out"), |_| ()).await.unwrap();
    import(&theirs, &first.path().join("out"), |_| ()).await.unwrap();
    let [kept, back] = [names_and_merchants(&ours).await, names_and_merchants(&theirs).await];
    assert_eq!(kept.len(), texts.len());
    assert_eq!(back, kept);
    for file in ["accounts.csv", "payments.csv"] {
        let mut reader = csv::Reader::from_path(first.path().join("out").join(file)).unwrap();
        for record in reader.records().map(Result::unwrap) {
            for cell in record.iter().flat_map(|field| field.split([';', '\t'])).filter(|cell| *cell != "-1.00") {
                assert!(!cell.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']), "{file}: {cell}");
            }
        }
    }
}

#[tokio::test]
async fn a_comment_steers_no_terminal() {
    let counter = Counter::open().await;
    let sql = "INSERT INTO help_feedback (topic, language, helpful, comment, day) VALUES ('top_up', 'en', 0, $1, '2017-03-01')";
    let sealer = counter.stage.app.conn().await.unwrap().sealer().unwrap();
    let comment = sealer.seal("help_feedback.comment", "top_up/en", "red \u{1b}[31m\u{9b}2J\u{7}\r\n\u{202e}line");
    counter.run(sql, vec![comment.into()]).await;
    let report = feedback::report(&mut counter.stage.app.conn().await.unwrap()).await.unwrap();
    assert!(report.ends_with("\n  red [31m 2J line"), "{report:?}");
    counter.close(&[]).await;
}

fn files(folder: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            if entry.path().is_dir() {
                folders.push(entry.path());
            } else if let Ok(text) = std::fs::read_to_string(entry.path()) {
                let code = text.split("#[cfg(test)]").next().unwrap_or_default().to_owned();
                found.push((entry.path().display().to_string(), code));
            }
        }
    }
    found
}

#[test]
fn each_language_of_output_is_escaped_in_one_place() {
    for (path, code) in files("src").into_iter().filter(|(path, _)| path.ends_with(".rs") && !path.ends_with("tests.rs")) {
        let escapes = code.contains("&lt;\"") || code.contains("&amp;\"");
        assert!(!escapes || path.ends_with("locale/markup.rs"), "{path} escapes HTML by itself; use locale::escape");
        let disarms = code.contains("'＝'");
        assert!(!disarms || path.ends_with("import/formula.rs"), "{path} disarms formulas by itself; use import::formula");
        let html = code.contains("PreEscaped") || code.contains("parse_mode(") && !path.ends_with("effects/telegram.rs");
        assert!(!html, "{path} writes HTML past the escape function");
    }
    for (path, template) in files("templates") {
        assert!(path.ends_with(".html"), "{path}: askama escapes by the name's end");
        let unescaped =
            template.split("{{").skip(1).any(|rest| rest.split("}}").next().is_some_and(|expression| expression.contains("safe")));
        assert!(!unescaped && !template.contains("escape "), "{path} leaves something unescaped");
    }
}
