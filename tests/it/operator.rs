//! What an operator meets: the real binary refuses wrong settings, files, databases and tokens with one clear line, stops in order
//! when asked to, goes on after a kill, and writes no secret into its log.

use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::time::Duration;

use guichet::clock::Clock;
use guichet::config::Database;
use guichet::simulator::{Person, Sender, Serving, Simulator};
use guichet::store::meta::{self, Meta};
use guichet::store::{Conn, Db, effect};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, Executor as _};
use tempfile::TempDir;

use crate::leak::leak;
use crate::process::{self, Process};
use crate::unlocked::unlocked;

/// How long anything may take before a test gives up.
pub const PATIENCE: Duration = Duration::from_secs(30);
/// How long a stop may take.
const STOP_WITHIN: Duration = Duration::from_secs(10);
pub const HOLDER: i64 = 1001;
pub const EMAIL: &str = "holder@example.org";
const OPERATOR: &str = "Example Association <help@example.org>";
/// Well formed, but no bot's.
const WRONG_TOKEN: &str = "123456789:AAExampleOfATokenThatNobodyHas_00000";
/// A server that nobody asks: what is wrong shows before.
const NO_SERVER: &str = "http://127.0.0.1:1";

/// `guichet run` with every setting that it needs.
pub fn run(folder: &Path, token: &str, api_url: &str) -> Command {
    let mut command = process::guichet(folder, &["run"]);
    command.envs([("TELOXIDE_TOKEN", token), ("TELOXIDE_API_URL", api_url), ("GUICHET_OPERATOR", OPERATOR), ("GUICHET_SEND_RATE", "0")]);
    command
}

/// The line with which a command refuses, without the program's name: one line, and this exit code.
pub async fn refusal(command: Command, code: i32) -> String {
    let output = tokio::process::Command::from(command).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true).output();
    let output = tokio::time::timeout(PATIENCE, output).await.expect("it refuses instead of running").unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(code), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(!said.contains("panicked"), "{said}");
    said.strip_prefix("guichet: ").unwrap_or_else(|| panic!("{said}")).trim_end().to_owned()
}

/// Each of `words` stands in the line exactly once.
pub fn says(line: &str, words: &[&str]) {
    for word in words {
        assert_eq!(line.matches(word).count(), 1, "[{word}] in: {line}");
    }
}

#[tokio::test]
async fn settings_that_are_missing_or_malformed_are_named() {
    let folder = tempfile::tempdir().unwrap();
    for (setting, value, words) in [
        ("TELOXIDE_TOKEN", "", ["TELOXIDE_TOKEN is not set", "ask @BotFather"]),
        ("TELOXIDE_TOKEN", "123456:short", ["TELOXIDE_TOKEN (from environment)", "copy it whole from @BotFather"]),
        ("GUICHET_OPERATOR", "", ["GUICHET_OPERATOR is not set", "say who runs this counter"]),
        ("GUICHET_OPERATOR", "Jeanne", ["GUICHET_OPERATOR (from environment)", "Name <"]),
        ("TELOXIDE_API_URL", "api.example.org", ["TELOXIDE_API_URL (from environment)", "https://example.org"]),
        ("DATABASE_URL", "mysql://db", ["DATABASE_URL (from environment)", "sqlite://FILE"]),
        ("GUICHET_MAIL_URL", "nowhere", ["GUICHET_MAIL_URL (from environment)", "file:DIR"]),
        ("RUST_LOG", "a=b=c", ["RUST_LOG (from environment)", "guichet=debug,warn"]),
    ] {
        let mut command = run(folder.path(), WRONG_TOKEN, NO_SERVER);
        command.env(setting, value);
        let line = refusal(command, 2).await;
        says(&line, &words);
        assert!(!line.contains("123456:short"), "{line}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().filter(|entry| entry.as_ref().unwrap().path().is_file()).count(), 0);
}

#[tokio::test]
async fn an_unknown_setting_is_named_with_its_line_and_the_nearest_name() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("guichet.toml"), "log = \"warn\"\ndatabse_url = \"sqlite://other.db\"\n").unwrap();
    let line = refusal(run(folder.path(), WRONG_TOKEN, NO_SERVER), 2).await;
    says(&line, &["guichet.toml, line 2", "`databse_url`", "the nearest is `database_url`"]);
}

#[tokio::test]
async fn a_broken_policy_is_named_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let with_policy = || {
        let mut command = run(folder.path(), WRONG_TOKEN, NO_SERVER);
        command.env("GUICHET_POLICY", "policy.toml");
        command
    };
    says(&refusal(with_policy(), 2).await, &["policy.toml", "GUICHET_POLICY", "No such file"]);
    fs::write(folder.path().join("policy.toml"), "service = \"Example Pay\"\nplaice = \"Example Market\"\n").unwrap();
    says(&refusal(with_policy(), 2).await, &["policy.toml, line 2", "unknown field `plaice`", "`place`"]);
}

#[tokio::test]
async fn a_broken_locale_file_is_named_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let with_locales = || {
        let mut command = run(folder.path(), WRONG_TOKEN, NO_SERVER);
        command.env("GUICHET_LOCALES", "texts");
        command
    };
    says(&refusal(with_locales(), 2).await, &["texts", "GUICHET_LOCALES", "No such file"]);
    fs::create_dir_all(folder.path().join("texts/ru")).unwrap();
    fs::write(folder.path().join("texts/ru/menu.ftl"), "# Меню\nbutton-help = { $x\n").unwrap();
    says(&refusal(with_locales(), 2).await, &["texts/ru/menu.ftl:2", "correct the text"]);
}

#[tokio::test]
async fn a_token_that_telegram_does_not_know_is_told_from_a_server_that_does_not_answer() {
    let counter = Counter::new().await;
    let api_url = format!("http://{}", counter.address());
    let line = refusal(run(counter.path(), WRONG_TOKEN, &api_url), 1).await;
    says(&line, &["TELOXIDE_TOKEN", "401", "copy it again from @BotFather"]);
    assert!(!line.contains(WRONG_TOKEN), "{line}");

    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let line = refusal(run(counter.path(), WRONG_TOKEN, &format!("http://{closed}")), 1).await;
    says(&line, &["TELOXIDE_API_URL", &closed.to_string(), "cannot be reached", "check the address and the network"]);
    assert!(!line.contains(WRONG_TOKEN), "{line}");
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let at = |url: &str| {
        let mut command = run(folder.path(), WRONG_TOKEN, NO_SERVER);
        command.env("DATABASE_URL", url);
        command
    };
    let text = "Dear diary, today nothing happened.\n".repeat(100);
    fs::write(folder.path().join("diary.txt"), &text).unwrap();
    says(&refusal(at("sqlite://diary.txt"), 1).await, &["DATABASE_URL", "diary.txt", "check that it is a database of guichet"]);
    assert_eq!(fs::read_to_string(folder.path().join("diary.txt")).unwrap(), text);
    // A folder that is a file keeps even a privileged user out.
    says(&refusal(at("sqlite://diary.txt/guichet.db"), 1).await, &["DATABASE_URL", "diary.txt/guichet.db", "may read and write it"]);
    says(&refusal(at("sqlite://nowhere/guichet.db"), 1).await, &["DATABASE_URL", "nowhere/guichet.db", "may read and write it"]);
}

#[tokio::test]
async fn a_database_keeps_to_its_bot_its_key_and_one_process() {
    let counter = Counter::new().await;
    let mut first = counter.start();
    counter.is_answered("/start").await;
    says(&counter.refusal().await, &["DATABASE_URL", "guichet.db", "in use by another running guichet", "stop that one first"]);
    stop(&mut first, "TERM").await;

    let key = counter.path().join("guichet.key");
    let right = fs::read(&key).unwrap();
    fs::remove_file(&key).unwrap();
    says(&counter.refusal().await, &["GUICHET_KEY_FILE:", "guichet.key", "there is no key here", "put back the key"]);
    assert!(!key.exists(), "a key is made with a new database only");
    fs::write(&key, "ab".repeat(32)).unwrap();
    fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    says(&counter.refusal().await, &["GUICHET_KEY_FILE", "not the key that belongs to the database", "put back the right key"]);
    fs::write(&key, "no key").unwrap();
    says(&counter.refusal().await, &["GUICHET_KEY_FILE", "guichet.key", "64 hexadecimal digits"]);
    fs::write(&key, right).unwrap();

    let (db, mut conn) = counter.database().await;
    meta::set(&mut conn, Meta::BotId, "42").await.unwrap();
    drop(conn);
    db.close().await;
    drop(db);
    says(&counter.refusal().await, &["DATABASE_URL", "belongs to the bot 42", "use that bot's token"]);
}

#[tokio::test]
async fn a_stop_finishes_what_was_taken_in_and_the_next_start_goes_on() {
    for signal in ["INT", "TERM"] {
        let counter = Counter::new().await;
        let crowd = HOLDER + 1..HOLDER + 41;
        counter.simulator.with(|world| {
            for id in crowd.clone() {
                world.add_person(Person::new(id, format!("Holder{id}"), "ru"));
            }
        });
        let mut process = counter.start();
        counter.is_answered("/start").await;
        // Typed at one moment, so that one poll brings them all.
        counter.simulator.with(|world| {
            for id in crowd.clone() {
                world.person_types(id, "/start").unwrap();
            }
        });
        counter.sees(crowd.start, 1).await;
        assert_eq!(stop(&mut process, signal).await.code(), Some(0), "{signal}");

        assert_eq!(counter.simulator.with(|world| world.unacknowledged().count()), 0, "{signal}");
        for id in crowd {
            assert_eq!(counter.answers(id), 1, "{signal}, holder {id}");
        }
        let (db, mut conn) = counter.database().await;
        assert_eq!(meta::get(&mut conn, Meta::LeftInOrder).await.unwrap().as_deref(), Some("yes"), "{signal}");
        assert!(effect::alive(&mut conn, 0).await.unwrap().is_empty(), "{signal}");
        drop(conn);
        db.close().await;
        drop(db);

        let mut process = counter.start();
        counter.is_answered("/help").await;
        stop(&mut process, signal).await;
    }
}

#[tokio::test]
async fn an_update_is_acknowledged_only_once_it_is_committed() {
    let counter = Counter::new().await;
    let log = counter.path().join("log");
    let mut command = run(counter.path(), &counter.simulator.token(), &format!("http://{}", counter.address()));
    let mut process = Process(command.stderr(File::create(&log).unwrap()).spawn().unwrap());
    counter.is_answered("/start").await;
    counter.simulator.acknowledged().await;

    let mut other = SqliteConnectOptions::new().filename(counter.path().join("guichet.db")).connect().await.unwrap();
    other.execute("BEGIN IMMEDIATE").await.unwrap();
    let before = counter.answers(HOLDER);
    counter.simulator.with(|world| world.person_types(HOLDER, "/help")).unwrap();
    let noticed = until(|| fs::read_to_string(&log).unwrap().contains("the database is not available").then_some(()));
    tokio::time::timeout(PATIENCE, noticed).await.expect("the log says that the database is held");
    assert_eq!(counter.simulator.with(|world| world.unacknowledged().count()), 1);
    assert_eq!(counter.answers(HOLDER), before);

    other.execute("ROLLBACK").await.unwrap();
    other.close().await.unwrap();
    counter.sees(HOLDER, before + 1).await;
    tokio::time::timeout(PATIENCE, counter.simulator.acknowledged()).await.expect("the update is acknowledged");
    stop(&mut process, "TERM").await;
    assert_eq!(counter.answers(HOLDER), before + 1);
}

#[tokio::test]
async fn a_kill_leaves_its_mark_and_the_next_start_goes_on() {
    let counter = Counter::new().await;
    let mut process = counter.start();
    counter.is_answered("/start").await;
    process.kill();
    let (db, mut conn) = counter.database().await;
    assert_eq!(meta::get(&mut conn, Meta::LeftInOrder).await.unwrap().as_deref(), Some("no"));
    drop(conn);
    db.close().await;
    drop(db);

    let mut process = counter.start();
    counter.is_answered("/help").await;
    assert_eq!(stop(&mut process, "TERM").await.code(), Some(0));
}

#[tokio::test]
async fn the_log_holds_no_address_no_code_and_no_token() {
    for filter in ["debug", "trace"] {
        let counter = Counter::new().await;
        let accounts = counter.path().join("accounts");
        fs::create_dir(&accounts).unwrap();
        let rows = format!("email,name,language,state,opened_on,password_hash\n{EMAIL},Example Holder,en,open,2015-05-05,\n");
        fs::write(accounts.join("accounts.csv"), rows).unwrap();
        let log = counter.path().join("log");
        let file = File::create(&log).unwrap();
        let mut import = process::guichet(counter.path(), &["import", "accounts"]);
        assert!(
            import.env("RUST_LOG", filter).stdout(file.try_clone().unwrap()).stderr(file.try_clone().unwrap()).status().unwrap().success()
        );
        let mut command = run(counter.path(), &counter.simulator.token(), &format!("http://{}", counter.address()));
        command.env("RUST_LOG", filter).stdout(file.try_clone().unwrap()).stderr(file);
        let mut process = Process(command.spawn().unwrap());

        counter.is_answered("/signin").await;
        counter.is_answered(EMAIL).await;
        let code = code_from(&counter.path().join("mail")).await;
        counter.is_answered(&code).await;
        stop(&mut process, "TERM").await;
        let (_db, mut conn) = counter.database().await;
        assert_eq!(conn.number("SELECT COUNT(*) FROM session", vec![]).await.unwrap(), 1, "the holder is signed in");

        let log = fs::read_to_string(log).unwrap();
        assert!(log.contains("DEBUG"), "{log}");
        for secret in [EMAIL, &code, &counter.simulator.token()] {
            assert_eq!(leak(&log, secret), None, "{secret} at {filter}");
        }
    }
}

/// A folder for a counter, a simulated Telegram, and a holder there.
pub struct Counter {
    folder: TempDir,
    pub simulator: Simulator,
    serving: Serving,
}

impl Counter {
    pub async fn new() -> Self {
        let simulator = Simulator::new(Clock::machine());
        let serving = simulator.serve(([127, 0, 0, 1], 0).into()).await.unwrap();
        simulator.with(|world| world.add_person(Person::new(HOLDER, "Holder", "en")));
        Self { folder: tempfile::tempdir().unwrap(), simulator, serving }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn address(&self) -> SocketAddr {
        self.serving.address
    }

    pub fn start(&self) -> Process {
        process::run(self.path(), &self.simulator, self.address())
    }

    /// The line with which `run` refuses to start here.
    pub async fn refusal(&self) -> String {
        refusal(run(self.path(), &self.simulator.token(), &format!("http://{}", self.address())), 1).await
    }

    /// The holder types, and the bot answers.
    pub async fn is_answered(&self, text: &str) {
        let before = self.answers(HOLDER);
        self.simulator.with(|world| world.person_types(HOLDER, text)).unwrap();
        self.sees(HOLDER, before + 1).await;
    }

    /// How many messages of the bot are in a chat.
    pub fn answers(&self, chat: i64) -> usize {
        self.simulator.with(|world| world.messages(chat).iter().filter(|message| message.from == Sender::Bot).count())
    }

    pub async fn sees(&self, chat: i64, answers: usize) {
        let seen = self.simulator.until_in(chat, |world| {
            let count = world.messages(chat).iter().filter(|message| message.from == Sender::Bot).count();
            (count >= answers).then_some(())
        });
        tokio::time::timeout(PATIENCE, seen).await.expect("the bot answers");
    }

    /// The database of a counter that is not running.
    pub async fn database(&self) -> (Db, Conn) {
        let db = unlocked(Db::open(&Database::Sqlite(self.path().join("guichet.db"))).await.unwrap(), self.path()).await;
        let conn = db.conn().await.unwrap();
        (db, conn)
    }
}

/// Sends a signal and waits for the end of the process.
pub async fn stop(process: &mut Process, signal: &str) -> ExitStatus {
    assert!(Command::new("kill").args([format!("-{signal}"), process.0.id().to_string()]).status().unwrap().success());
    tokio::time::timeout(STOP_WITHIN, until(|| process.0.try_wait().unwrap())).await.expect("the process stops in time")
}

/// The code from the first mail that arrives in a folder.
pub async fn code_from(folder: &Path) -> String {
    let code = |mail: String| {
        let body = mail.split_once("\r\n\r\n")?.1;
        body.split(|c: char| !c.is_ascii_digit()).find(|digits| digits.len() == 8).map(str::to_owned)
    };
    let look = until(|| {
        let mut mails = fs::read_dir(folder).into_iter().flatten().flatten().filter_map(|mail| fs::read_to_string(mail.path()).ok());
        mails.find_map(code)
    });
    tokio::time::timeout(PATIENCE, look).await.expect("the mail arrives")
}

/// Looks again and again until something is found.
async fn until<T>(mut find: impl FnMut() -> Option<T>) -> T {
    loop {
        if let Some(found) = find() {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
