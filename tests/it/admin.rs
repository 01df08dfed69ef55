//! What the operator's machines are told: the numbers add up, `/readyz` says what stands still, and nothing anywhere is a holder's.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use guichet::clock::Clock;
use guichet::dialogue::Dialogue;
use guichet::simulator::{Fault, FaultKind, Person, Simulator, World};
use jiff::SignedDuration;

use crate::counter::{ALICE, BOB, Counter};
use crate::faults::holder::newest_code;
use crate::leak::leak;
use crate::postgres::Server;
use crate::process::{self, Process};
use crate::security::password_page::Reader;

/// How long something real may take before a test gives up.
const PATIENCE: Duration = Duration::from_secs(30);

async fn get(address: SocketAddr, path: &str) -> (u16, String) {
    get_url(&format!("http://{address}{path}")).await
}

async fn get_url(url: &str) -> (u16, String) {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer = client.get(url).send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

impl Counter {
    async fn asked(&self, path: &str) -> (u16, String) {
        get(self.stage.app.admin_address().unwrap(), path).await
    }

    async fn scraped(&self) -> Exposition {
        let (status, text) = self.asked("/metrics").await;
        assert_eq!(status, 200);
        Exposition::read(&text)
    }

    /// Asks `/readyz` again and again until it answers so.
    async fn answers(&self, status: u16, line: &str) {
        let look = async {
            loop {
                let answer = self.asked("/readyz").await;
                if answer.0 == status && answer.1.lines().any(|found| found.starts_with(line)) {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        if tokio::time::timeout(PATIENCE, look).await.is_err() {
            panic!("not {status} with [{line}] but {:?}", self.asked("/readyz").await);
        }
    }
}

/// A scrape, read as strictly as prometheus.io/docs/instrumenting/exposition_formats has it.
struct Exposition {
    samples: BTreeMap<String, f64>,
}

impl Exposition {
    fn read(text: &str) -> Self {
        let mut types: BTreeMap<&str, &str> = BTreeMap::new();
        let mut helped: Vec<&str> = Vec::new();
        let mut samples = BTreeMap::new();
        for line in text.lines() {
            if let Some(help) = line.strip_prefix("# HELP ") {
                helped.push(help.split_once(' ').unwrap().0);
            } else if let Some((name, kind)) = line.strip_prefix("# TYPE ").map(|rest| rest.split_once(' ').unwrap()) {
                assert_eq!(helped.last(), Some(&name), "{line}");
                assert!(["counter", "gauge", "histogram"].contains(&kind), "{line}");
                assert_eq!(types.insert(name, kind), None, "declared twice: {line}");
            } else {
                let (series, value) = line.rsplit_once(' ').unwrap();
                let name = series.split('{').next().unwrap();
                let family = ["_bucket", "_sum", "_count"].iter().find_map(|part| name.strip_suffix(part)).unwrap_or(name);
                assert_eq!(helped.last(), Some(&family), "{line}");
                assert!(types[family] != "counter" || name.ends_with("_total"), "{line}");
                assert!(name.starts_with("guichet_") && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{line}");
                assert_eq!(samples.insert(series.to_owned(), value.parse().unwrap()), None, "told twice: {line}");
            }
        }
        for name in types.iter().filter(|(_, kind)| **kind == "histogram").map(|(name, _)| name) {
            assert_eq!(samples[&format!("{name}_bucket{{le=\"+Inf\"}}")], samples[&format!("{name}_count")], "{name}");
        }
        Self { samples }
    }

    /// A series' value; one that is not there has not happened yet.
    fn of(&self, series: &str) -> f64 {
        self.samples.get(series).copied().unwrap_or_default()
    }

    /// The series that grew since, with how much.
    fn growth(&self, before: &Self, name: &str) -> Vec<(String, f64)> {
        let grown = self.samples.iter().filter(|(series, _)| series.starts_with(name));
        let grown = grown.map(|(series, value)| (series.clone(), value - before.of(series)));
        grown.filter(|(_, growth)| *growth != 0.0).collect()
    }
}

#[tokio::test]
async fn the_numbers_tell_what_happened() {
    let counter = Counter::watched().await;
    let nothing = counter.scraped().await;
    assert_eq!(nothing.of("guichet_sessions_open"), 0.0);
    counter.is_asked_to_confirm(ALICE).await;
    let before = counter.scraped().await;
    let turns = before.growth(&nothing, "guichet_turns_total");
    let handled = |flow: &str| format!("guichet_turns_total{{flow=\"{flow}\",outcome=\"handled\"}}");
    // /signin and the address; the code leads to the menu; /cards and the card.
    assert_eq!(turns, [(handled("cards"), 2.0), (handled("menu"), 1.0), (handled("sign_in"), 2.0)]);
    assert_eq!(before.of("guichet_turn_duration_seconds_count"), 5.0);
    assert_eq!(before.of("guichet_sessions_open"), 1.0);
    assert_eq!(before.of("guichet_mails_total{letter=\"code\",outcome=\"done\"}"), 1.0);

    counter.presses(ALICE, &counter.word("button-confirm-removal")).await;
    let after = counter.scraped().await;
    assert_eq!(after.growth(&before, "guichet_turns_total"), [(handled("cards"), 1.0)]);
    let done = |kind: &str| (format!("guichet_effects_total{{kind=\"{kind}\",outcome=\"done\"}}"), 1.0);
    assert_eq!(after.growth(&before, "guichet_effects_total"), [done("mail_card_removed"), done("show")]);
    let mail = "guichet_mails_total{letter=\"card_removed\",outcome=\"done\"}".to_owned();
    assert_eq!(after.growth(&before, "guichet_mails_total"), [(mail, 1.0)]);
    let still = ["guichet_effects_waiting", "guichet_effects_oldest_age_seconds", "guichet_dead_letters", "guichet_set_aside_dialogues"];
    assert!(still.iter().all(|name| after.samples[*name] == 0.0), "{:?}", after.samples);
    assert_eq!(after.of("guichet_database_up"), 1.0);
    assert!(after.samples.keys().any(|series| series.starts_with("guichet_build_info{version=")), "{:?}", after.samples);
    counter.close(&[]).await;
}

#[tokio::test]
async fn every_flow_is_counted_under_a_name_that_is_known_before() {
    let counter = Counter::watched().await;
    let known = counter.scraped().await;
    for said in ["/start", "/status", "/history", "/cards", "/reset", "/help", "/language", "/privacy", "/mydata", "hello"] {
        counter.says(ALICE, said).await;
    }
    counter.sign_in(BOB, "boris@example.org").await;
    counter.clock.advance(SignedDuration::from_mins(45));
    counter.says(BOB, "hello").await;
    let played = counter.scraped().await;
    let grown = played.growth(&known, "guichet_turns_total");
    assert!(grown.iter().all(|(series, _)| known.samples.contains_key(series)), "{grown:?}");
    for flow in Dialogue::FLOWS {
        assert!(known.samples.contains_key(&format!("guichet_turns_total{{flow=\"{flow}\",outcome=\"given_up\"}}")), "{flow}");
    }
    counter.close(&[]).await;
}

#[tokio::test]
async fn what_goes_wrong_is_counted() {
    let counter = Counter::watched().await;
    let first = counter.with(|world| world.last_update_id()) + 1;
    counter.says(ALICE, "/signin").await;
    let before = counter.scraped().await;
    counter.with(|world| world.deliver_again(first));
    counter.script("CREATE TRIGGER broken BEFORE INSERT ON one_time_code BEGIN SELECT RAISE(ABORT, 'broken'); END").await;
    counter.says(ALICE, "alice@example.org").await;
    counter.script("DROP TRIGGER broken").await;
    counter.order("sendMessage", BOB, FaultKind::TooManyRequests { retry_after: 1 }, 20);
    counter.types(BOB, "/help");
    counter.recovers().await;
    let after = counter.scraped().await;
    let turn = |flow: &str, outcome: &str| (format!("guichet_turns_total{{flow=\"{flow}\",outcome=\"{outcome}\"}}"), 1.0);
    let turns = [turn("help", "handled"), turn("none", "duplicate"), turn("sign_in", "given_up")];
    assert_eq!(after.growth(&before, "guichet_turns_total"), turns);
    assert_eq!(after.of("guichet_telegram_too_many_requests_total"), 20.0);
    assert_eq!(after.of("guichet_effect_retries_total{kind=\"show\"}"), 19.0);
    assert_eq!(after.of("guichet_effects_total{kind=\"show\",outcome=\"dead\"}"), 1.0);
    assert_eq!(after.of("guichet_dead_letters"), 1.0);
    counter.close(&[]).await;
}

#[tokio::test]
async fn whoever_has_to_wait_is_counted_by_what_for() {
    let counter = Counter::set(|setting| {
        setting.admin_listen = Some(([127, 0, 0, 1], 0).into());
        setting.page_rate = Some(guichet::web::PAGE_RATE);
    })
    .await;
    let before = counter.scraped().await;
    let limited = |what: &str| format!("guichet_limited_total{{what=\"{what}\"}}");
    for what in ["passwords", "codes", "code_mails", "sign_in_pages", "reset_mails", "captchas", "pages"] {
        assert_eq!(before.samples[&limited(what)], 0.0, "{what} is there before it has happened");
    }
    counter.says(ALICE, "/signin").await;
    counter.says(ALICE, "alice@example.org").await;
    for _ in 0..22 {
        counter.says(ALICE, "12345678").await;
    }
    let link = counter.asks_for_a_page(BOB).await;
    for _ in 0..6 {
        Reader::default().enters(&link, "nobody@example.org", "a wrong guess").await;
    }
    let front = format!("http://{}/", counter.stage.app.pages_address());
    let mut turned_away = 0.0;
    while turned_away < 2.0 {
        turned_away += f64::from(u8::from(get_url(&front).await.0 == 429));
    }
    let grown = counter.scraped().await.growth(&before, "guichet_limited_total");
    assert_eq!(grown, [(limited("codes"), 2.0), (limited("pages"), 2.0), (limited("passwords"), 1.0)]);
    counter.close(&[]).await;
}

#[tokio::test]
async fn a_question_that_fails_leaves_the_other_answers_be() {
    let counter = Counter::watched().await;
    counter.script("ALTER TABLE set_aside_dialogue RENAME TO elsewhere").await;
    let scraped = counter.scraped().await;
    assert_eq!(scraped.of("guichet_database_up"), 0.0);
    assert!(!scraped.samples.contains_key("guichet_set_aside_dialogues"));
    for name in ["guichet_sessions_open", "guichet_dead_letters", "guichet_effects_waiting", "guichet_effects_oldest_age_seconds"] {
        assert!(scraped.samples.contains_key(name), "{name}");
    }
    counter.script("ALTER TABLE elsewhere RENAME TO set_aside_dialogue").await;
    assert_eq!(counter.scraped().await.of("guichet_database_up"), 1.0);
    counter.close(&[]).await;
}

#[tokio::test]
async fn only_what_is_asked_for_is_answered() {
    let counter = Counter::watched().await;
    assert_eq!(counter.asked("/healthz").await, (200, "ok\n".to_owned()));
    assert_eq!(counter.asked("/readyz").await, (200, "process ok\ndatabase ok\nintake ok\neffects ok\n".to_owned()));
    assert_eq!(counter.asked("/").await.0, 404);
    assert_eq!(counter.asked("/reset/token").await.0, 404);
    let address = counter.stage.app.admin_address().unwrap();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    for path in ["/healthz", "/readyz", "/metrics"] {
        let answer = client.head(format!("http://{address}{path}")).send().await.unwrap();
        assert_eq!((answer.status().as_u16(), answer.text().await.unwrap()), (200, String::new()), "{path}");
    }
    let kind = client.get(format!("http://{address}/metrics")).send().await.unwrap().headers()["content-type"].clone();
    assert_eq!(kind, "text/plain; version=0.0.4; charset=utf-8");
    counter.close(&[]).await;
    let without = Counter::open().await;
    assert_eq!(without.stage.app.admin_address(), None);
    without.close(&[]).await;
}

#[tokio::test]
async fn a_database_that_cannot_be_written_is_told() {
    let counter = Counter::watched().await;
    let mut other = counter.stage.app.conn().await.unwrap();
    other.script("BEGIN EXCLUSIVE").await.unwrap();
    counter.types(ALICE, "/help");
    counter.answers(503, "database cannot be written").await;
    other.script("COMMIT").await.unwrap();
    drop(other);
    counter.answers(200, "database ok").await;
    counter.settled().await;
    assert!(counter.screen(ALICE).contains(&counter.word("help-ask")));
    assert!(counter.scraped().await.of("guichet_database_failures_total") >= 1.0);
    counter.close(&[]).await;
}

#[tokio::test]
async fn an_intake_without_answers_is_told() {
    let counter = Counter::watched().await;
    counter.says(ALICE, "/help").await;
    // A poll that is held is well; only one whose time is long up is not.
    counter.clock.advance(SignedDuration::from_secs(35));
    assert_eq!(counter.asked("/readyz").await.0, 200);
    let since = counter.next_call();
    counter.with(|world| world.order(Fault { method: Some("getUpdates"), chat: None, kind: FaultKind::ServerError(502), times: 1000 }));
    counter.types(ALICE, "/menu");
    let refused = async {
        while counter.with(|world| !world.calls_since(since).any(|(_, call)| call.method == "getupdates" && call.fault.is_some())) {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(PATIENCE, refused).await.unwrap();
    counter.clock.advance(SignedDuration::from_secs(41));
    counter.answers(503, "intake has had no answer").await;
    counter.with(|world| world.clear_faults());
    counter.answers(200, "intake ok").await;
    counter.close(&[]).await;
}

#[tokio::test]
async fn a_webhook_that_is_set_is_an_intake() {
    let counter = Counter::set(|setting| (setting.webhook, setting.admin_listen) = (true, Some(([127, 0, 0, 1], 0).into()))).await;
    counter.answers(200, "intake ok").await;
    counter.clock.advance(SignedDuration::from_hours(1));
    counter.answers(200, "intake ok").await;
    counter.close(&[]).await;
}

#[tokio::test]
async fn effects_that_stand_still_are_told() {
    let counter = Counter::watched().await;
    let scraped = async || counter.scraped().await;
    counter.says(ALICE, "/help").await;
    // An effect that nobody has in hand, due since long ago; a document may wait for another, and what is put off waits rightly.
    counter
        .script(
            "INSERT INTO effect (created_at, due_at, lane, kind, payload) VALUES (1488350000000, 1488350000000, 'chat 1', 'show', '{}'), \
             (1488350000000, 1488350000000, 'document 2', 'document', '{}'), (1488350000000, 4488350000000, 'mail 3', 'mail_code', '{}')",
        )
        .await;
    assert_eq!(counter.asked("/readyz").await.0, 200, "others were tried just now");
    assert_eq!(scraped().await.of("guichet_effects_waiting"), 3.0);
    assert_eq!(scraped().await.of("guichet_effects_oldest_age_seconds"), 8800.0);
    counter.clock.advance(SignedDuration::from_secs(61));
    counter.answers(503, "effects have waited").await;
    counter.says(ALICE, "/menu").await;
    counter.answers(200, "effects ok").await;
    counter.clock.advance(SignedDuration::from_secs(61));
    counter.answers(503, "effects have waited").await;
    counter.script("DELETE FROM effect WHERE kind = 'show'").await;
    // Intake's poll, held since before the clock was moved, is overdue meanwhile.
    counter.answers(503, "effects ok").await;
    counter.script("DELETE FROM effect").await;
    counter.close(&[]).await;
}

#[test]
fn an_address_that_is_taken_ends_run_with_the_setting_to_change() {
    let folder = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let mut run = process::guichet(folder.path(), &["run"]);
    run.env("TELOXIDE_TOKEN", "1:AAExampleTokenForTheSimulator_0000000").env("GUICHET_OPERATOR", "Example Association <help@example.org>");
    let (code, said) = process::outcome(run.env("GUICHET_ADMIN_LISTEN", &address));
    assert_eq!(code, 1, "{said}");
    assert!(said.contains(&format!("GUICHET_ADMIN_LISTEN: cannot listen on {address}")) && said.contains("name another"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_replicas_each_tells_of_itself_and_of_their_database() {
    let Some(server) = Server::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let simulator = Simulator::new(Clock::machine());
    let serving = simulator.serve(([127, 0, 0, 1], 0).into()).await.unwrap();
    let logs = ["one", "two"].map(|name| folder.path().join(name));
    let _replicas = logs.each_ref().map(|log| {
        let mut command = process::run_command(folder.path(), &simulator, serving.address);
        command.env("DATABASE_URL", server.url()).env("RUST_LOG", "info");
        Process(command.stderr(std::fs::File::create(log).unwrap()).spawn().unwrap())
    });
    let mut addresses = Vec::new();
    for log in &logs {
        addresses.push(wait(async || admin_address(&read(log))).await);
    }
    let ready = |text: &str| text == "process ok\ndatabase ok\nintake ok\neffects ok\n";
    for address in &addresses {
        wait(async || Some(get(*address, "/readyz").await).filter(|(status, text)| *status == 200 && ready(text))).await;
        assert_eq!(Exposition::read(&get(*address, "/metrics").await.1).of("guichet_database_up"), 1.0);
    }
    server.stop_hard();
    for address in &addresses {
        let down = |(status, text): &(u16, String)| *status == 503 && text.contains("database does not answer");
        wait(async || Some(get(*address, "/readyz").await).filter(down)).await;
        assert_eq!(Exposition::read(&get(*address, "/metrics").await.1).of("guichet_database_up"), 0.0);
        assert_eq!(get(*address, "/healthz").await.0, 200);
    }
    server.start_again();
    for address in &addresses {
        wait(async || Some(get(*address, "/readyz").await).filter(|(status, text)| *status == 200 && ready(text))).await;
    }
}

/// Where a process serves its numbers, once it has logged it.
fn admin_address(log: &str) -> Option<SocketAddr> {
    let line = log.lines().find(|line| line.contains("health and metrics are served"))?;
    line.rsplit_once("address=").unwrap().1.trim().parse().ok()
}

/// Somebody whose every word would be known again.
const HOLDER: i64 = 77_123_456_789;
const ACCOUNTS: &str = "email,name,language,state,opened_on,password_hash\nquincunx@example.org,Zebedee Quagmire,en,open,2015-05-05,\n";
const CARDS: &str = "card_ref,email,brand,last4,expires,linked_on\nref-vexillum,quincunx@example.org,Maestro,8317,2027-01,2015-06-01\n";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn neither_the_log_nor_the_numbers_hold_anything_of_a_holders() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("accounts")).unwrap();
    std::fs::write(folder.path().join("accounts/accounts.csv"), ACCOUNTS).unwrap();
    std::fs::write(folder.path().join("accounts/cards.csv"), CARDS).unwrap();
    let (code, said) = process::outcome(&mut process::guichet(folder.path(), &["import", "accounts"]));
    assert_eq!(code, 0, "{said}");
    let simulator = Simulator::new(Clock::machine());
    let serving = simulator.serve(([127, 0, 0, 1], 0).into()).await.unwrap();
    simulator.with(|world| world.add_person(Person::new(HOLDER, "Thaddeus", "en")));
    let log = std::fs::File::create(folder.path().join("log")).unwrap();
    let mut process = Process(
        process::run_command(folder.path(), &simulator, serving.address)
            .env("RUST_LOG", "debug")
            .stderr(log)
            .stdout(Stdio::null())
            .spawn()
            .unwrap(),
    );

    let holder = Holder { simulator: &simulator };
    let mut secrets =
        ["quincunx", "Zebedee", "Quagmire", "Maestro", "8317", "vexillum", "Thaddeus", "77123456789", "4111 1111", "4111111111111111"]
            .map(str::to_owned)
            .to_vec();
    holder.says("/signin").await;
    holder.says("quincunx@example.org").await;
    let code = wait(async || newest_code(&folder.path().join("mail"), "To: quincunx@example.org")).await;
    holder.says(&code).await;
    secrets.push(code);
    holder.says("/cards").await;
    holder.taps("Maestro •••• 8317").await;
    holder.taps("Yes, take it off").await;
    holder.says("/help").await;
    holder.says("where is my honorificabilitudinity").await;
    holder.says("my card is 4111 1111 1111 1111").await;
    holder.says("/mydata").await;
    holder.says("/privacy").await;
    secrets.push("honorificabilitudinity".to_owned());
    secrets.push(simulator.token().split_once(':').unwrap().1.to_owned());

    let log = || read(&folder.path().join("log"));
    let (_, numbers) = get(admin_address(&log()).unwrap(), "/metrics").await;
    Exposition::read(&numbers);
    process.kill();
    let log = log();
    for secret in secrets {
        assert_eq!(leak(&log, &secret).or(leak(&numbers, &secret)), None, "{secret}");
    }
    // A turn's line names its effects, and the lines of those name what became of them.
    let turn = log.lines().find(|line| line.contains("a turn has committed") && line.contains("flow=\"cards\"")).unwrap();
    let effect = turn.split_once("effects=[").unwrap().1.split([',', ']']).next().unwrap();
    let tried = format!("an effect was tried effect={effect} kind=\"show\" outcome=\"done\"");
    assert!(log.contains(&tried), "{tried}\n{turn}");
}

/// Waits until something is there.
async fn wait<R>(look: impl AsyncFn() -> Option<R>) -> R {
    let waited = async {
        loop {
            if let Some(found) = look().await {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waited).await.expect("it comes")
}

fn read(path: &Path) -> String {
    let mut text = String::new();
    std::fs::File::open(path).unwrap().read_to_string(&mut text).unwrap();
    text
}

/// The holder at the real binary.
struct Holder<'a> {
    simulator: &'a Simulator,
}

impl Holder<'_> {
    async fn says(&self, text: &str) {
        let typed = self.simulator.with(|world| world.person_types(HOLDER, text)).unwrap();
        self.answered(typed).await;
    }

    /// Taps a button as soon as it is there.
    async fn taps(&self, label: &str) {
        let button =
            |world: &World| world.messages(HOLDER).iter().rev().find_map(|message| Some((message.id, message.data_of(label)?.to_owned())));
        let (message, data) = tokio::time::timeout(PATIENCE, self.simulator.until_in(HOLDER, button)).await.expect("a button");
        self.simulator.with(|world| world.person_taps(HOLDER, message, &data)).unwrap();
    }

    async fn answered(&self, typed: i32) {
        let answer = |world: &World| world.messages(HOLDER).iter().any(|message| message.id > typed).then_some(());
        tokio::time::timeout(PATIENCE, self.simulator.until_in(HOLDER, answer)).await.expect("an answer");
    }
}
