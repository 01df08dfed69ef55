//! What holders may see of what is kept, and how it is forgotten: the document, erasing a chat, the sweeps.

use guichet::locale::Message;
use guichet::simulator::{Content, FaultKind, Person};
use guichet::store::Value as Sql;
use jiff::SignedDuration;
use serde_json::Value;

use crate::counter::{ALICE, BOB, Counter};
use crate::smtp;

/// A chat whose id is found nowhere by accident.
const STRANGER: i64 = 987_654_321_012;

const BLOCKED: &str = "Forbidden: bot was blocked by the user";

/// The documents that a chat has been sent, oldest first: name and content.
fn documents(counter: &Counter, chat: i64) -> Vec<(String, Vec<u8>)> {
    counter.with(|world| {
        let file = |message: &guichet::simulator::ChatMessage| match message.current.content {
            Content::Document { file, .. } => world.files.get(file).map(|file| (file.name.clone(), file.bytes.to_vec())),
            _ => None,
        };
        world.messages(chat).iter().filter_map(file).collect()
    })
}

/// The newest document, read.
pub fn document(counter: &Counter, chat: i64) -> Value {
    let (_, bytes) = documents(counter, chat).pop().expect("a document has come");
    serde_json::from_slice(&bytes).unwrap()
}

fn names(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

const CHAT_PARTS: [&str; 6] = ["about", "chat", "code_request", "on_its_way", "page_request", "sessions"];

#[tokio::test]
async fn the_document_tells_everything_that_is_kept_and_no_secret() {
    let counter = Counter::open().await;
    counter.is_asked_to_confirm(ALICE).await;
    counter.presses(ALICE, &counter.word("button-confirm-removal")).await;
    let hash = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$aGFzaA";
    counter.run("UPDATE account SET password_hash = $1 WHERE account_id = 3", vec![hash.into()]).await;
    counter.says(ALICE, "/mydata").await;
    let (name, bytes) = documents(&counter, ALICE).pop().unwrap();
    assert_eq!(name, "guichet-data-2017-03-01.json");
    let text = String::from_utf8(bytes).unwrap();
    let read: Value = serde_json::from_str(&text).unwrap();

    let mut parts = names(&read);
    parts.sort_unstable();
    let account_parts = ["account", "balances", "cards", "events", "receipts", "reset_links", "payments"];
    let mut all = [CHAT_PARTS.as_slice(), account_parts.as_slice()].concat();
    all.sort_unstable();
    assert_eq!(parts, all);
    let explained = names(&read["about"]["parts"]);
    assert!(all.iter().all(|part| *part == "about" || explained.contains(part)), "{explained:?}");
    assert_eq!(read["about"]["operator"], "Example Association");
    assert_eq!(read["about"]["made_at"], "2017-03-01T09:00:00Z");

    assert_eq!(read["chat"]["chat_id"], ALICE);
    assert_eq!(read["chat"]["stands_at"]["v"], 1);
    assert_eq!(read["sessions"].as_array().unwrap().len(), 1);
    assert_eq!(read["code_request"]["email"], "alice@example.org");
    assert!(read["on_its_way"].as_array().unwrap().iter().any(|pending| pending["kind"] == "document"));
    assert_eq!(read["account"]["email"], "alice@example.org");
    assert_eq!(read["account"]["password_set"], true);
    let removed: Vec<&Value> = read["cards"].as_array().unwrap().iter().filter(|card| !card["removed_at"].is_null()).collect();
    assert_eq!((removed.len(), &removed[0]["last4"]), (1, &Value::from("1117")));
    assert_eq!(read["events"][0]["kind"], "card_removed");
    let receipts: Vec<&str> = read["receipts"].as_array().unwrap().iter().filter_map(|receipt| receipt["action"].as_str()).collect();
    assert_eq!(receipts, ["signed_in", "card_removed"]);
    assert_eq!(read["receipts"][1]["reference"], read["events"][0]["details"]["reference"]);
    let payments = counter.number("SELECT COUNT(*) FROM payment WHERE account_id = 3").await;
    assert_eq!(read["payments"].as_array().unwrap().len() as i64, payments);
    let amount = read["payments"][0]["amount"].as_str().unwrap();
    assert!(payments > 0 && amount.parse::<f64>().is_ok(), "{amount}");

    let nonce = counter.text_of("SELECT nonce FROM one_time_code").await;
    for secret in [nonce.as_str(), hash, "nonce", "hash", "account_id"] {
        assert!(!text.contains(secret), "{secret}");
    }
    counter.close(&[]).await;
}

#[tokio::test]
async fn signed_out_the_document_does_not_tell_whether_an_address_has_an_account() {
    let counter = Counter::open().await;
    let mut told = Vec::new();
    for (person, address) in [(ALICE, "alice@example.org"), (BOB, "nobody@example.org")] {
        counter.says(person, "/signin").await;
        counter.says(person, address).await;
        if person == ALICE {
            // Only an address with an account has a code on its way to it, here one whose mail server is slow.
            let slow = "INSERT INTO effect (lane, kind, payload, due_at, created_at) VALUES ($1, 'mail_code', '{}', 9999999999999, 0)";
            counter.run(slow, vec![format!("mail {}", counter.index(ALICE).await).into()]).await;
        }
        counter.says(person, "/mydata").await;
        let read = document(&counter, person).to_string();
        told.push(read.replace(address, "ADDRESS").replace(&person.to_string(), "1000"));
    }
    let read: Value = serde_json::from_str(&told[0]).unwrap();
    assert_eq!(names(&read).len(), CHAT_PARTS.len());
    let screen = |told: &str| {
        let mut read: Value = serde_json::from_str(told).unwrap();
        read["chat"]["screen_message_id"].take();
        read
    };
    assert_eq!(screen(&told[0]), screen(&told[1]));
    counter.close(&[]).await;
}

#[tokio::test]
async fn a_session_that_ends_before_the_document_is_made_keeps_the_account_out() {
    let counter = Counter::open().await;
    counter.sign_in(ALICE, "alice@example.org").await;
    let since = counter.next_call();
    counter.order("sendDocument", ALICE, FaultKind::TooManyRequests { retry_after: 5 }, 1);
    counter.types(ALICE, "/mydata");
    counter.struck(since, ALICE).await;
    counter.types(ALICE, "/signout");
    counter.recovers().await;
    let read = document(&counter, ALICE);
    assert_eq!(names(&read).len(), CHAT_PARTS.len(), "{read:#}");
    assert!(!read["sessions"][0]["ended_at"].is_null());
    counter.close(&[]).await;
}

#[tokio::test]
async fn a_document_gets_through_trouble_once() {
    let counter = Counter::open().await;
    let since = counter.next_call();
    for (kind, times) in [(FaultKind::ServerError(502), 2), (FaultKind::TooManyRequests { retry_after: 3 }, 1), (FaultKind::Reset, 1)] {
        counter.order("sendDocument", ALICE, kind, times);
    }
    counter.types(ALICE, "/mydata");
    counter.struck(since, ALICE).await;
    // The chat itself is not held up meanwhile, and nobody gets a second document under way.
    counter.clock.advance(SignedDuration::from_mins(2));
    counter.recovers().await;
    assert_eq!(documents(&counter, ALICE).len(), 1);
    assert_eq!(counter.calls(since, "senddocument", ALICE).len(), 5);
    assert_eq!(counter.number("SELECT COUNT(*) FROM effect").await, 0);
    counter.close(&[]).await;
}

#[tokio::test]
async fn a_document_that_is_still_coming_is_not_made_twice() {
    let counter = Counter::open().await;
    let since = counter.next_call();
    counter.order("sendDocument", ALICE, FaultKind::TooManyRequests { retry_after: 600 }, 1);
    counter.types(ALICE, "/mydata");
    counter.struck(since, ALICE).await;
    counter.clock.advance(SignedDuration::from_mins(2));
    counter.types(ALICE, "/mydata");
    let still = counter.word("data-still-coming");
    let simulator = &counter.stage.simulator;
    simulator.until_in(ALICE, |world| world.messages(ALICE).iter().any(|message| message.text().contains(&still)).then_some(())).await;
    counter.clock.advance(SignedDuration::from_mins(10));
    counter.recovers().await;
    assert_eq!(documents(&counter, ALICE).len(), 1);
    counter.close(&[]).await;
}

#[tokio::test]
async fn a_holder_who_has_blocked_the_bot_gets_no_document() {
    let counter = Counter::open().await;
    let since = counter.next_call();
    counter.order("sendDocument", ALICE, FaultKind::TooManyRequests { retry_after: 5 }, 1);
    counter.types(ALICE, "/mydata");
    counter.struck(since, ALICE).await;
    counter.with(|world| world.person_blocks(ALICE)).unwrap();
    counter.recovers().await;
    assert_eq!(documents(&counter, ALICE).len(), 0);
    assert_eq!(counter.number("SELECT COUNT(*) FROM effect").await, 0);
    counter.close(&[BLOCKED]).await;
}

/// Gives Alice this many payments more, each to a merchant with a name of this length.
async fn pay(counter: &Counter, payments: i64, merchant: i64) {
    let sql = "WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < $1) \
               INSERT INTO payment (account_id, payment_ref, paid_at, merchant, minor, currency, status, card_last4) \
               SELECT account_id, 'many-' || n, 1400000000000 + n / 7, printf('%.' || $2 || 'c', 'x'), n, 'EUR', 'paid', '' \
               FROM number, account WHERE account_id = 3";
    counter.run(sql, vec![payments.into(), merchant.into()]).await;
}

#[tokio::test]
async fn a_document_of_twenty_thousand_payments_is_complete() {
    let counter = Counter::open().await;
    counter.sign_in(ALICE, "alice@example.org").await;
    pay(&counter, 20_000, 20).await;
    counter.says(ALICE, "/mydata").await;
    let read = document(&counter, ALICE);
    let payments = read["payments"].as_array().unwrap();
    let references: std::collections::HashSet<&str> = payments.iter().map(|payment| payment["reference"].as_str().unwrap()).collect();
    assert!((1..=20_000).all(|n| references.contains(format!("many-{n}").as_str())));
    assert_eq!(references.len(), payments.len(), "none stands there twice");
    assert!(
        payments.is_sorted_by_key(|payment| std::cmp::Reverse(payment["paid_at"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap())),
        "newest first"
    );
    assert!(read.get("payments_left_out").is_none());
    counter.close(&[]).await;
}

#[tokio::test]
async fn a_document_leaves_out_the_oldest_payments_that_do_not_fit_and_says_so() {
    let counter = Counter::open().await;
    counter.sign_in(ALICE, "alice@example.org").await;
    pay(&counter, 3000, 20_000).await;
    counter.says(ALICE, "/mydata").await;
    let (_, bytes) = documents(&counter, ALICE).pop().unwrap();
    assert!((48_000_000..50_000_000).contains(&bytes.len()), "{}", bytes.len());
    let read: Value = serde_json::from_slice(&bytes).unwrap();
    let payments = read["payments"].as_array().unwrap();
    let all = counter.number("SELECT COUNT(*) FROM payment WHERE account_id = 3").await;
    assert_eq!(payments.len() as i64 + read["payments_left_out"]["count"].as_i64().unwrap(), all);
    assert!(!payments.iter().any(|payment| payment["reference"] == "many-1"), "the oldest is left out");
    assert_eq!(read["payments_left_out"]["why"], counter.word("data-left-out"));
    counter.close(&[]).await;
}

/// Every table with the number of its rows that hold a text anywhere, where there are any.
pub async fn where_is(counter: &Counter, wanted: &str) -> Vec<String> {
    let mut conn = counter.stage.app.conn().await.unwrap();
    let columns = "SELECT m.name, c.name FROM sqlite_master AS m, pragma_table_info(m.name) AS c WHERE m.type = 'table'";
    let columns = conn.rows::<(String, String)>(columns, vec![]).await.unwrap();
    assert!(columns.len() > 50, "{columns:?}");
    let mut found = Vec::new();
    for (table, column) in columns {
        let sql = format!("SELECT COUNT(*) FROM \"{table}\" WHERE CAST(\"{column}\" AS TEXT) LIKE '%' || $1 || '%'");
        if conn.number(sql.leak(), vec![Sql::from(wanted)]).await.unwrap() > 0 {
            found.push(format!("{table}.{column}"));
        }
    }
    found
}

/// Has the stranger do everything that leaves a trace, up to the question whether to erase it.
async fn leave_traces(counter: &Counter) {
    counter.with(|world| {
        let mut person = Person::new(STRANGER, "Sasha", "en");
        person.username = Some("sasha_example".to_owned());
        world.add_person(person);
    });
    counter.says(STRANGER, "/language").await;
    counter.presses(STRANGER, &counter.word("language-en")).await;
    counter.is_asked_to_confirm(STRANGER).await;
    counter.presses(STRANGER, &counter.word("button-confirm-removal")).await;
    counter.says(STRANGER, "/signout").await;
    counter.clock.advance(SignedDuration::from_mins(2));
    counter.sign_in(STRANGER, "alice@example.org").await;
    counter.says(STRANGER, "/mydata").await;
    counter.says(STRANGER, "/reset").await;
    let answer = counter.stage.captcha_answer(STRANGER).await.unwrap().unwrap();
    counter.says(STRANGER, &answer).await;
    counter.presses(STRANGER, &counter.word("button-send-link")).await;
    assert_eq!(where_is(counter, &STRANGER.to_string()).await, Vec::<String>::new(), "nothing names it");
    let traces = where_is(counter, &counter.index(STRANGER).await.to_string()).await;
    for table in ["chat.chat_id", "session.chat_id", "one_time_code.chat_id", "data_request.chat_id", "reset_link.chat_id"] {
        assert!(traces.iter().any(|trace| trace == table), "{traces:?}");
    }
    counter.says(STRANGER, "/forget").await;
}

#[tokio::test]
async fn nothing_of_a_chat_remains_once_it_is_forgotten() {
    let counter = Counter::open().await;
    leave_traces(&counter).await;
    let mails = counter.with(|world| world.mails().len());
    counter.presses(STRANGER, &counter.word("button-forget-confirm")).await;
    assert!(counter.screen(STRANGER).contains("I have erased everything"), "{}", counter.screen(STRANGER));
    let index = counter.index(STRANGER).await.to_string();
    for trace in [index.as_str(), &STRANGER.to_string(), "Sasha", "sasha_example"] {
        assert_eq!(where_is(&counter, trace).await, Vec::<String>::new(), "{trace}");
    }
    // The account stays, with what was done on it.
    assert_eq!(counter.account("alice@example.org").await, 3);
    assert_eq!(counter.number("SELECT COUNT(*) FROM audit WHERE action = 'card_removed'").await, 1);
    assert_eq!(counter.number("SELECT COUNT(*) FROM event").await, 1);
    assert_eq!(counter.with(|world| world.mails().len()), mails);
    let buttons = counter.with(|world| world.messages(STRANGER).iter().map(|message| message.current.keyboard.len()).sum::<usize>());
    assert_eq!(buttons, 0, "no old button is left");
    let commands = |language: &str| counter.with(|world| world.commands_shown(STRANGER, language).to_vec());
    assert_ne!(commands("fr"), commands("en"), "the commands follow the client again");
    counter.close(&["Bad Request: message to "]).await;
}

#[tokio::test]
async fn a_forgotten_chat_comes_back_only_when_its_holder_does() {
    let counter = Counter::open().await;
    let first = counter.with(|world| world.last_update_id()) + 1;
    leave_traces(&counter).await;
    counter.presses(STRANGER, &counter.word("button-forget-confirm")).await;
    counter.with(|world| {
        for id in first..=world.last_update_id() {
            assert!(world.deliver_again(id));
        }
        world.person_blocks(STRANGER).unwrap();
        world.person_unblocks(STRANGER).unwrap();
    });
    counter.settled().await;
    assert_eq!(where_is(&counter, &counter.index(STRANGER).await.to_string()).await, Vec::<String>::new());
    counter.close(&["Bad Request: query is too old", "Bad Request: message to "]).await;
}

#[tokio::test]
async fn an_old_yes_answers_no_new_question() {
    let counter = Counter::open().await;
    counter.says(BOB, "/forget").await;
    let (message, yes) = counter.button(BOB, &counter.word("button-forget-confirm"));
    counter.presses(BOB, &counter.word("button-forget-confirm")).await;
    counter.clock.advance(SignedDuration::from_secs(1));
    counter.says(BOB, "/forget").await;
    counter.with(|world| world.person_forges(BOB, message, &yes)).unwrap();
    counter.settled().await;
    assert_eq!(counter.number("SELECT COUNT(*) FROM chat").await, 1);
    counter.close(&[]).await;
}

#[tokio::test]
async fn mails_that_confirm_something_still_go_out_after_forgetting_and_codes_do_not() {
    let counter = Counter::open().await;
    counter.says(ALICE, "/menu").await;
    counter.says(ALICE, "/forget").await;
    let insert = "INSERT INTO effect (lane, kind, payload, due_at, created_at) VALUES ($1, $2, '{}', 9999999999999, 0)";
    let [alice, bob] = [counter.index(ALICE).await, counter.index(BOB).await];
    for (lane, kind) in
        [("chat", "show"), ("chat", "retire"), ("mail", "mail_code"), ("mail", "mail_card_removed"), ("document", "document")]
    {
        counter.run(insert, vec![format!("{lane} {alice}").into(), kind.into()]).await;
        counter.run(insert, vec![format!("{lane} {bob}").into(), kind.into()]).await;
    }
    counter.presses(ALICE, &counter.word("button-forget-confirm")).await;
    let mine = format!("SELECT COUNT(*) FROM effect WHERE lane IN ('chat {alice}', 'mail {alice}', 'document {alice}')");
    let kept = format!("{mine} AND kind IN ('retire', 'mail_card_removed')");
    assert_eq!((counter.number(mine.leak()).await, counter.number(kept.leak()).await), (2, 2));
    assert_eq!(counter.number("SELECT COUNT(*) FROM effect").await, 7, "nobody else's are touched");
    counter.close(&[]).await;
}

/// Inserts a row that is a minute too young to go and one that is a minute too old, and sweeps.
async fn one_of_two_goes(insert: &'static str, count: &'static str, kept: SignedDuration) {
    let counter = Counter::open().await;
    let before = counter.number(count).await;
    for (number, age) in [(1, kept - SignedDuration::from_mins(1)), (2, kept + SignedDuration::from_mins(1))] {
        counter.run(insert, vec![Sql::from(number), (counter.clock.now() - age).into()]).await;
    }
    assert_eq!(counter.number(count).await, before + 2);
    counter.stage.app.sweep().await;
    assert_eq!(counter.number(count).await, before + 1, "{count}");
    counter.close(&[]).await;
}

const fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * days)
}

#[tokio::test]
async fn handled_updates_are_forgotten_after_two_days() {
    let insert = "INSERT INTO processed_update (update_id, processed_at) VALUES ($1, $2)";
    one_of_two_goes(insert, "SELECT COUNT(*) FROM processed_update", days(2)).await;
}

#[tokio::test]
async fn failed_tries_of_updates_are_forgotten_after_two_days() {
    let insert = "INSERT INTO update_attempt (update_id, tries, tried_at) VALUES ($1, 1, $2)";
    one_of_two_goes(insert, "SELECT COUNT(*) FROM update_attempt", days(2)).await;
}

#[tokio::test]
async fn codes_are_forgotten_when_they_expire() {
    let insert = "INSERT INTO one_time_code (chat_id, nonce, email, issued_at, expires_at, tries, resends, used) \
                  VALUES ($1, 'n', 'a@example.org', 0, $2, 0, 0, $1 - 1)";
    one_of_two_goes(insert, "SELECT COUNT(*) FROM one_time_code", days(0)).await;
}

#[tokio::test]
async fn ended_sessions_are_forgotten_after_thirty_days() {
    let insert = "INSERT INTO session (chat_id, account_id, started_at, seen_at, ended_at) VALUES ($1, 1, 0, 0, $2)";
    one_of_two_goes(insert, "SELECT COUNT(*) FROM session", days(30)).await;
}

#[tokio::test]
async fn dead_letters_are_forgotten_after_ninety_days() {
    let insert = "INSERT INTO effect (lane, kind, due_at, created_at, died) VALUES ('', 'show', $1, $2, 'refused')";
    one_of_two_goes(insert, "SELECT COUNT(*) FROM effect", days(90)).await;
}

#[tokio::test]
async fn dialogues_set_aside_are_forgotten_after_thirty_days() {
    let insert = "INSERT INTO set_aside_dialogue (dialogue, set_aside_at) VALUES ('' || $1, $2)";
    one_of_two_goes(insert, "SELECT COUNT(*) FROM set_aside_dialogue", days(30)).await;
}

#[tokio::test]
async fn requests_for_data_are_forgotten_after_a_minute() {
    let insert = "INSERT INTO data_request (chat_id, asked_at) VALUES ($1, $2)";
    one_of_two_goes(insert, "SELECT COUNT(*) FROM data_request", SignedDuration::from_mins(1)).await;
}

#[tokio::test]
async fn a_chat_without_a_word_for_a_year_is_forgotten_in_silence() {
    let counter = Counter::open().await;
    leave_traces(&counter).await;
    counter.clock.advance(days(1));
    counter.stage.app.sweep().await;
    counter.settled().await;
    let since = counter.next_call();
    counter.clock.advance(days(364));
    counter.stage.app.sweep().await;
    counter.settled().await;
    assert_eq!(counter.number("SELECT COUNT(*) FROM chat").await, 1);
    counter.clock.advance(days(2));
    counter.stage.app.sweep().await;
    counter.settled().await;
    assert_eq!(where_is(&counter, &counter.index(STRANGER).await.to_string()).await, Vec::<String>::new());
    assert_eq!(counter.calls(since, "sendmessage", STRANGER).len() + counter.calls(since, "editmessagetext", STRANGER).len(), 0);
    counter.close(&[]).await;
}

#[tokio::test]
async fn a_sweep_takes_a_bounded_number_of_rows() {
    let counter = Counter::open().await;
    let sql = "WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 5001) \
               INSERT INTO processed_update (update_id, processed_at) SELECT n, 0 FROM number";
    counter.script(sql).await;
    let left = "SELECT COUNT(*) FROM processed_update WHERE processed_at = 0";
    for expected in [1, 0] {
        counter.stage.app.sweep().await;
        assert_eq!(counter.number(left).await, expected);
    }
    counter.close(&[]).await;
}

#[tokio::test]
async fn a_document_that_cannot_be_made_is_owned_up_to() {
    let counter = Counter::open().await;
    counter.sign_in(ALICE, "alice@example.org").await;
    counter.script("UPDATE payment SET currency = '???' WHERE account_id = 3").await;
    counter.says(ALICE, "/mydata").await;
    let told = counter.text(&Message::new("data-failed").with("contact", "help@example.org"));
    assert!(counter.screen(ALICE).contains(&told), "{}", counter.screen(ALICE));
    counter.close(&[]).await;
}

#[tokio::test]
async fn a_code_on_its_way_to_a_silent_mail_server_is_not_sent_once_the_chat_is_erased() {
    // Bound but not listening: connections are refused.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind(([127, 0, 0, 1], 0).into()).unwrap();
    let counter = Counter::sending(Some(smtp::transport(&format!("smtp://{}", socket.local_addr().unwrap()), None))).await;
    counter.says(BOB, "/start").await;
    counter.types(BOB, "/signin");
    counter.stage.simulator.acknowledged().await;
    counter.types(BOB, "alice@example.org");
    counter.stage.simulator.acknowledged().await;
    smtp::tried(&counter).await;
    counter.types(BOB, "/forget");
    counter.stage.simulator.acknowledged().await;
    let confirm = counter.word("button-forget-confirm");
    counter
        .stage
        .simulator
        .until_in(BOB, |world| world.messages(BOB).iter().any(|message| message.data_of(&confirm).is_some()).then_some(()))
        .await;
    counter.taps(BOB, &confirm);
    // It settles only because the mail is let go of: nobody ever takes it.
    counter.recovers().await;
    assert_eq!(counter.number("SELECT COUNT(*) FROM effect").await, 0);
    counter.close(&[]).await;
}
