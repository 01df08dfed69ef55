//! Updates that come by webhook: committed before they are acknowledged, handled once, and from nobody but Telegram.

use std::fs::{self, File};
use std::sync::Arc;
use std::time::Duration;

use guichet::app::{App, Parts};
use guichet::clock::{Clock, Random};
use guichet::config::{Database, Webhook};
use guichet::domain::Policy;
use guichet::effects::Transport;
use guichet::locale::Locales;
use guichet::simulator::{Fault, FaultKind, Person, Serving, Simulator};
use guichet::store::Db;
use guichet::store::meta::{self, Meta};
use guichet::watch::Stored;
use jiff::{SignedDuration, Timestamp};
use reqwest::{Client, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions as _, Connection as _, Executor as _};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::counter::{ALICE, Counter};
use crate::process::{self, Process};

const SECRET_HEADER: &str = "X-Telegram-Bot-Api-Secret-Token";
/// How long something that must come may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Calls the webhook as Telegram does.
struct Caller {
    http: Client,
    url: String,
    secret: String,
}

impl Caller {
    /// Once the webhook is set.
    async fn of(simulator: &Simulator) -> Self {
        Self::after(simulator, "").await
    }

    /// Once the webhook is another than the one before, which stays when its counter stops.
    async fn after(simulator: &Simulator, before: &str) -> Self {
        let set = simulator.until(|world| world.webhook().filter(|webhook| webhook.url != before).cloned());
        let webhook = tokio::time::timeout(PATIENCE, set).await.expect("the webhook is set");
        Self { http: Client::builder().no_proxy().build().unwrap(), url: webhook.url, secret: webhook.secret.unwrap() }
    }

    fn request(&self, body: impl Into<reqwest::Body>) -> RequestBuilder {
        self.http.post(&self.url).header(SECRET_HEADER, &self.secret).body(body)
    }

    async fn post(&self, update: &Value) -> StatusCode {
        self.request(update.to_string()).send().await.unwrap().status()
    }
}

fn message(id: i64, text: &str) -> Value {
    let alice = json!({ "id": ALICE, "is_bot": false, "first_name": "Alice", "language_code": "en" });
    let chat = json!({ "id": ALICE, "type": "private", "first_name": "Alice" });
    json!({ "update_id": id, "message": { "message_id": id, "date": 0, "from": alice, "chat": chat, "text": text } })
}

/// Somebody blocks the bot: nothing is sent for it.
fn block(id: i64) -> Value {
    let person = json!({ "id": id, "is_bot": false, "first_name": "Somebody" });
    let member = |status: &str| json!({ "status": status, "user": { "id": 1, "is_bot": true, "first_name": "G" }, "until_date": 0 });
    let chat = json!({ "id": id, "type": "private", "first_name": "Somebody" });
    json!({ "update_id": id, "my_chat_member": { "chat": chat, "from": person, "date": 0, "old_chat_member": member("member"), "new_chat_member": member("kicked") } })
}

/// The file of the counter's database.
async fn file(counter: &Counter) -> String {
    counter.text_of("SELECT file FROM pragma_database_list WHERE name = 'main'").await
}

/// Holds the database, so that nothing can be committed.
async fn hold(counter: &Counter) -> SqliteConnection {
    let mut other = SqliteConnectOptions::new().filename(file(counter).await).connect().await.unwrap();
    other.execute("BEGIN IMMEDIATE").await.unwrap();
    other
}

async fn release(mut other: SqliteConnection) {
    other.execute("ROLLBACK").await.unwrap();
    other.close().await.unwrap();
}

#[tokio::test]
async fn a_conversation_over_a_webhook_takes_a_card_off_once() {
    let counter = Counter::called().await;
    let first = counter.with(|world| world.last_update_id()) + 1;
    counter.is_asked_to_confirm(ALICE).await;
    counter.presses(ALICE, &counter.word("button-confirm-removal")).await;
    assert_eq!(counter.removals().await, [1, 1, 1, 1]);
    counter.with(|world| {
        for id in first..=world.last_update_id() {
            assert!(world.deliver_again(id), "update {id} is not known any more");
        }
    });
    counter.settled().await;
    assert_eq!(counter.removals().await, [1, 1, 1, 1]);
    assert_eq!(counter.number("SELECT COUNT(*) FROM session").await, 1);

    let Counter { stage, .. } = counter;
    stage.app.stop().await;
    stage.simulator.with(|world| {
        assert!(world.webhook().is_some_and(|webhook| webhook.max_connections == 100), "it stays, and takes all it can get");
        assert_eq!(world.allowed_updates(), ["message", "edited_message", "channel_post", "callback_query", "my_chat_member"]);
        let asked = |method| world.calls_since(0).filter(|(_, call)| call.method == method).count();
        assert_eq!(["setwebhook", "deletewebhook", "getupdates"].map(asked), [1, 0, 0]);
        assert!(world.unknown_parameters().is_empty(), "{:?}", world.unknown_parameters());
    });
}

/// How many requests were not taken for this reason, as the metrics tell it.
fn refused(counter: &Counter, reason: &str) -> u64 {
    let text = counter.stage.app.metrics().written(&Stored::default()).unwrap();
    let name = format!("guichet_webhook_refused_total{{reason=\"{reason}\"}} ");
    text.lines().find_map(|line| line.strip_prefix(&name)).map_or(0, |count| count.parse().unwrap())
}

#[tokio::test]
async fn strangers_are_turned_away_and_what_is_no_update_is_refused() {
    let counter = Counter::called().await;
    let caller = Caller::of(&counter.stage.simulator).await;
    let update = message(1, "/menu").to_string();
    let longer = format!("{}x", caller.secret);
    let strangers = [
        caller.http.post(&caller.url).body(update.clone()),
        caller.http.post(&caller.url).header(SECRET_HEADER, "").body(update.clone()),
        caller.http.post(&caller.url).header(SECRET_HEADER, &caller.secret[1..]).body(update.clone()),
        caller.http.post(&caller.url).header(SECRET_HEADER, longer).body("no update"),
    ];
    for stranger in strangers {
        let answer = stranger.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::FORBIDDEN);
        assert_eq!(answer.text().await.unwrap(), "");
    }
    let largest = 1 << 20;
    let long = message(2, &"x".repeat(largest)).to_string();
    let bodies = [
        ("no update".into(), StatusCode::BAD_REQUEST),
        ("{}".into(), StatusCode::BAD_REQUEST),
        (r#"{"update_id":"1"}"#.into(), StatusCode::BAD_REQUEST),
        (b"{\"update_id\":1,\"x\":\"\xff\"}".to_vec(), StatusCode::BAD_REQUEST),
        (long.into_bytes(), StatusCode::PAYLOAD_TOO_LARGE),
    ];
    for (body, status) in bodies {
        assert_eq!(caller.request(body).send().await.unwrap().status(), status);
    }
    assert_eq!(caller.http.get(&caller.url).send().await.unwrap().status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(["stranger", "unreadable"].map(|reason| refused(&counter, reason)), [4, 5]);

    // A shape that nobody knows is passed over: refused, it would come again for a day.
    assert_eq!(caller.post(&json!({ "update_id": 3, "message": { "text": 7 } })).await, StatusCode::OK);
    assert_eq!(caller.post(&json!({ "update_id": 4, "hologram": {} })).await, StatusCode::OK);
    assert_eq!(counter.number("SELECT COUNT(*) FROM processed_update").await, 0);
    // An update that is larger than any form of the pages.
    assert_eq!(caller.post(&message(5, &"x".repeat(largest / 2))).await, StatusCode::OK);
    assert_eq!(counter.number("SELECT COUNT(*) FROM processed_update").await, 1);
    counter.stage.app.stop().await;
}

#[tokio::test]
async fn an_update_that_comes_twice_at_once_is_handled_once() {
    let counter = Counter::called().await;
    let caller = Caller::of(&counter.stage.simulator).await;
    counter.says(ALICE, "/menu").await;
    let (first, update) = (block(2), message(1, "/help"));
    let held = hold(&counter).await;
    let twice = async { tokio::join!(caller.post(&first), caller.post(&update), caller.post(&update)) };
    let (statuses, ()) = tokio::join!(twice, release(held));
    assert_eq!(statuses, (StatusCode::OK, StatusCode::OK, StatusCode::OK));
    counter.settled().await;
    assert_eq!(counter.shown(ALICE).len(), 2, "the menu and the help, once");
    assert_eq!(caller.post(&update).await, StatusCode::OK);
    counter.settled().await;
    assert_eq!(counter.shown(ALICE).len(), 2);
    counter.close(&[]).await;
}

#[tokio::test]
async fn what_cannot_be_committed_in_time_is_not_acknowledged_and_not_lost() {
    let counter = Counter::called().await;
    let caller = Caller::of(&counter.stage.simulator).await;
    counter.says(ALICE, "/menu").await;
    let (held, asked) = (hold(&counter).await, counter.clock.now());
    let mut answer = tokio::spawn(caller.request(message(1, "/help").to_string()).send());
    let answer = loop {
        match tokio::time::timeout(Duration::from_millis(10), &mut answer).await {
            Ok(answer) => break answer.unwrap().unwrap(),
            Err(_) => counter.clock.advance(SignedDuration::from_millis(500)),
        }
        assert!(counter.clock.now().duration_since(asked) < SignedDuration::from_secs(60), "there is an answer by now");
    };
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    let waited = counter.clock.now().duration_since(asked);
    assert!(waited >= SignedDuration::from_secs(25), "{waited:#}");
    assert_eq!(refused(&counter, "late"), 1);
    assert_eq!(counter.shown(ALICE).len(), 1);

    release(held).await;
    assert_eq!(caller.post(&message(1, "/help")).await, StatusCode::OK);
    assert_eq!(counter.number("SELECT COUNT(*) FROM processed_update WHERE update_id = 1").await, 1);
    counter.settled().await;
    assert_eq!(counter.shown(ALICE).len(), 2, "the menu and the help, once");
    counter.close(&[]).await;
}

/// The commits in a write-ahead log: each ends in the one frame that names the size of the database
/// (<https://www.sqlite.org/fileformat2.html#the_write_ahead_log>).
fn commits(database: &str) -> usize {
    let wal = fs::read(format!("{database}-wal")).unwrap();
    let number = |at: usize| u32::from_be_bytes(wal[at..at + 4].try_into().unwrap());
    let (page, salts) = (number(8) as usize, &wal[16..24]);
    let frames = (32..wal.len()).step_by(24 + page);
    frames.take_while(|at| wal.len() - at >= 24 + page && &wal[at + 8..at + 16] == salts).filter(|at| number(at + 4) != 0).count()
}

#[tokio::test]
async fn requests_that_wait_at_the_same_moment_share_a_commit() {
    const REQUESTS: i64 = 50;
    let counter = Counter::called().await;
    let caller = Caller::of(&counter.stage.simulator).await;
    counter.settled().await;
    let file = file(&counter).await;
    let before = commits(&file);
    let updates: Vec<_> = (1..=REQUESTS).map(block).collect();
    let answers = futures::future::join_all(updates.iter().map(|update| caller.post(update))).await;
    let made = commits(&file) - before;
    assert!(answers.iter().all(|status| *status == StatusCode::OK), "{answers:?}");
    assert_eq!(counter.number("SELECT COUNT(*) FROM processed_update").await, REQUESTS);
    eprintln!("{REQUESTS} requests, {made} commits");
    assert!(made >= 1 && made <= REQUESTS as usize / 2, "{made} commits");
    counter.close(&[]).await;
}

/// A request of which only the head, or a part of it, is sent so far.
struct Line(TcpStream);

impl Line {
    async fn open(caller: &Caller, head: &str) -> Self {
        let url = url::Url::parse(&caller.url).unwrap();
        let mut line = TcpStream::connect(url.socket_addrs(|| None).unwrap()[0]).await.unwrap();
        let begin = format!("POST {} HTTP/1.1\r\nHost: counter\r\n{SECRET_HEADER}: {}\r\n{head}", url.path(), caller.secret);
        line.write_all(begin.as_bytes()).await.unwrap();
        Self(line)
    }

    /// Sends the rest; the answer.
    async fn end(mut self, rest: &str) -> String {
        self.0.write_all(rest.as_bytes()).await.unwrap();
        let mut answer = String::new();
        self.0.read_to_string(&mut answer).await.unwrap();
        answer
    }
}

#[tokio::test]
async fn when_the_counter_stops_what_is_under_way_is_committed_and_nothing_new_is_taken() {
    let counter = Counter::called().await;
    let caller = Caller::of(&counter.stage.simulator).await;
    counter.says(ALICE, "/menu").await;
    let (help, language) = (message(1, "/help").to_string(), message(2, "/language").to_string());
    let mut under_way = Line::open(&caller, &format!("Content-Length: {}\r\nExpect: 100-continue\r\n\r\n", help.len())).await;
    let mut interim = [0; 25];
    under_way.0.read_exact(&mut interim).await.unwrap();
    assert_eq!(&interim, b"HTTP/1.1 100 Continue\r\n\r\n", "the body is waited for");
    let new = Line::open(&caller, &format!("Content-Length: {}\r\n", language.len())).await;
    // What comes on a later line is answered only after this one was accepted.
    assert_eq!(caller.post(&block(3)).await, StatusCode::OK);

    let Counter { stage, .. } = counter;
    let rest = format!("\r\n{language}");
    let ((), new, under_way) = tokio::join!(biased; stage.app.stop(), new.end(&rest), under_way.end(&help));
    assert!(under_way.starts_with("HTTP/1.1 200 OK"), "{under_way}");
    assert!(new.starts_with("HTTP/1.1 503 "), "{new}");
    let shown = stage.simulator.with(|world| world.messages(ALICE).len());
    assert_eq!(shown, 3, "what was asked, the menu, and the help");
}

/// A folder, a simulated Telegram, and a counter of the test's own making between them.
struct Office {
    folder: TempDir,
    simulator: Simulator,
    serving: Serving,
    clock: Clock,
}

impl Office {
    async fn new(clock: Clock) -> Self {
        let simulator = Simulator::new(clock.clone());
        let serving = simulator.serve(([127, 0, 0, 1], 0).into()).await.unwrap();
        simulator.with(|world| world.add_person(Person::new(ALICE, "Alice", "en")));
        Self { folder: tempfile::tempdir().unwrap(), simulator, serving, clock }
    }

    fn database(&self) -> Database {
        Database::Sqlite(self.folder.path().join("guichet.db"))
    }

    async fn start(&self) -> App {
        let policy = Policy::built_in().unwrap();
        let parts = Parts {
            database: self.database(),
            key_file: self.folder.path().join("guichet.key"),
            api_url: format!("http://{}", self.serving.address).parse().unwrap(),
            token: self.simulator.token(),
            operator: "Example Association <help@example.org>".parse().unwrap(),
            mail_from: policy.contact.as_str().parse().unwrap(),
            locales: Arc::new(Locales::built_in().unwrap()),
            policy,
            transport: Transport::Watched(Box::new(|_| {})),
            listen: ([127, 0, 0, 1], 0).into(),
            public_url: None,
            trusted_proxies: Vec::new(),
            page_rate: None,
            admin_listen: None,
            webhook: Some(Webhook { url: "http://127.0.0.1:0/:odd/*path".parse().unwrap(), secret: "made-up-secret-of-a-test".into() }),
            send_rate: None,
            clock: self.clock.clone(),
            random: Random::seeded(1),
        };
        App::start(parts).await.unwrap()
    }
}

#[tokio::test]
async fn for_an_hour_after_an_unclean_start_tries_are_counted() {
    let office = Office::new(Clock::by_hand(Timestamp::from_second(1_488_358_800).unwrap())).await;
    let db = Db::open(&office.database()).await.unwrap();
    let mut conn = db.conn().await.unwrap();
    meta::set(&mut conn, Meta::LeftInOrder, "no").await.unwrap();
    conn.script("CREATE TABLE counted (id BIGINT); CREATE TRIGGER count AFTER INSERT ON update_attempt BEGIN INSERT INTO counted VALUES (NEW.update_id); END").await.unwrap();
    drop(conn);
    db.close().await;
    drop(db);
    let app = office.start().await;
    let caller = Caller::of(&office.simulator).await;
    let counted = async || app.conn().await.unwrap().number("SELECT COUNT(*) FROM counted", vec![]).await.unwrap();
    assert_eq!(caller.post(&block(1)).await, StatusCode::OK);
    office.clock.advance(SignedDuration::from_mins(59));
    assert_eq!(caller.post(&block(2)).await, StatusCode::OK);
    assert_eq!(counted().await, 2);
    office.clock.advance(SignedDuration::from_mins(1));
    assert_eq!(caller.post(&block(3)).await, StatusCode::OK);
    assert_eq!(counted().await, 2);
    app.stop().await;

    let app = office.start().await;
    let caller = Caller::after(&office.simulator, &caller.url).await;
    assert_eq!(caller.post(&block(4)).await, StatusCode::OK);
    assert_eq!(app.conn().await.unwrap().number("SELECT COUNT(*) FROM counted", vec![]).await.unwrap(), 2);
    app.stop().await;
}

#[tokio::test]
async fn telegram_is_asked_to_set_the_webhook_until_it_does_and_the_pages_are_there_meanwhile() {
    let office = Office::new(Clock::by_hand(Timestamp::from_second(1_488_358_800).unwrap())).await;
    let order = |kind, times| office.simulator.with(|world| world.order(Fault { method: Some("setWebhook"), chat: None, kind, times }));
    order(FaultKind::ServerError(502), 2);
    order(FaultKind::TooManyRequests { retry_after: 40 }, 1);
    let app = office.start().await;
    let began = office.clock.now();
    assert_eq!(reqwest::get(format!("http://{}/", app.pages_address())).await.unwrap().status(), StatusCode::OK);
    assert!(office.simulator.with(|world| world.webhook().is_none()));
    while tokio::time::timeout(Duration::from_millis(10), Caller::of(&office.simulator)).await.is_err() {
        office.clock.advance(SignedDuration::from_millis(500));
        assert!(office.clock.now().duration_since(began) < SignedDuration::from_secs(120), "the webhook is set by now");
    }
    let times: Vec<_> = office.simulator.with(|world| {
        let calls = world.calls_since(0).filter(|(_, call)| call.method == "setwebhook");
        calls.map(|(_, call)| call.at.duration_since(began).as_millis()).collect()
    });
    let pauses: Vec<_> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(pauses.len() == 3 && pauses[0] >= 500 && pauses[1] >= 1000 && pauses[2] >= 40_000, "{pauses:?}");
    app.stop().await;
}

#[tokio::test]
async fn the_program_takes_updates_by_webhook_and_goes_on_after_a_kill() {
    let office = Office::new(Clock::machine()).await;
    let log = office.folder.path().join("log");
    let start = || {
        let mut command = process::run_command(office.folder.path(), &office.simulator, office.serving.address);
        command.env("GUICHET_WEBHOOK_URL", "http://127.0.0.1:0/hook").env("GUICHET_WEBHOOK_SECRET", "made-up-secret-of-a-test");
        Process(command.stderr(File::create(&log).unwrap()).spawn().unwrap())
    };
    let answered = async |messages| {
        let answer = office.simulator.until_in(ALICE, |world| (world.messages(ALICE).len() == messages).then_some(()));
        tokio::time::timeout(PATIENCE, answer).await.expect("an answer comes");
    };
    let mut process = start();
    office.simulator.with(|world| world.person_types(ALICE, "/menu")).unwrap();
    answered(2).await;
    let caller = Caller::of(&office.simulator).await;
    process.kill();
    assert!(caller.request("").send().await.is_err(), "nobody listens");

    office.simulator.with(|world| world.person_types(ALICE, "/help")).unwrap();
    process = start();
    answered(4).await;
    tokio::time::timeout(PATIENCE, office.simulator.acknowledged()).await.expect("the update is acknowledged");
    let caller = Caller::after(&office.simulator, &caller.url).await;
    let garbage = r#"{"message": {"text": "my password is hunter2"}}"#;
    assert_eq!(caller.request(garbage).send().await.unwrap().status(), StatusCode::BAD_REQUEST);
    process.kill();
    let log = fs::read_to_string(&log).unwrap();
    assert_eq!(log.matches("holds no update").count(), 1, "{log}");
    assert!(!log.contains("hunter2") && !log.contains("made-up-secret"), "{log}");
}
