//! `guichet check`: each kind of finding, with the real binary; nothing is created, and no secret is shown.

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use guichet::clock::Clock;
use guichet::config::Database;
use guichet::simulator::{Person, Serving, Simulator};
use guichet::store::meta::{self, Meta};
use guichet::store::{Conn, Db};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Executor as _};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::process;
use crate::smtp::{self, Authority, Server};

/// How long a check may take before a test gives up.
const PATIENCE: Duration = Duration::from_secs(60);
const OPERATOR: &str = "Example Association <help@example.org>";
/// Well formed, but no bot's.
const WRONG_TOKEN: &str = "123456789:AAExampleOfATokenThatNobodyHas_00000";
/// A server that nobody runs: connections are refused.
const NO_SERVER: &str = "http://127.0.0.1:1";

#[tokio::test]
async fn a_sound_counter_is_found_in_order_and_nothing_is_made_or_told() {
    let Some(python) = smtp::python() else { return };
    let authority = Authority::new();
    let office = Office::new().await;
    for encryption in ["starttls", "implicit"] {
        let server = Server::sound(python, encryption, &authority).await;
        let certificate = authority.certificate().display().to_string();
        let mail = [("GUICHET_MAIL_URL", server.url.as_str()), ("SSL_CERT_FILE", &certificate)];
        let said = office
            .check(&[&mail[..], &[("GUICHET_PUBLIC_URL", "https://counter.example.org"), ("GUICHET_TRUSTED_PROXY", "127.0.0.1")]].concat())
            .await;
        assert_eq!(said.code, 0, "{}", said.text);
        assert!(said.text.ends_with("everything is in order\n"), "{}", said.text);
        said.line("ok", "telegram", &["@", &office.serving.address.to_string()]);
        said.line("ok", "updates", &["polling", "waiting: 0"]);
        said.line("ok", "operator", &[OPERATOR, "not the service itself"]);
        said.line("ok", "database", &["sqlite guichet.db is not there yet"]);
        said.line("ok", "mail", &["takes our mails"]);
        assert!(said.text.contains("TELOXIDE_TOKEN = (hidden)"), "{}", said.text);
        for secret in ["hunter2", &office.simulator.token()] {
            assert!(!said.text.contains(secret), "{}", said.text);
        }
    }
    assert_eq!(fs::read_dir(office.path()).unwrap().count(), 0, "nothing is made");
}

#[tokio::test]
async fn every_wrong_setting_is_told_at_once_and_the_rest_is_examined() {
    let office = Office::new().await;
    let said = office
        .check(&[
            ("TELOXIDE_API_URL", "api.example.org"),
            ("GUICHET_LISTEN", "nope"),
            ("GUICHET_WEBHOOK_SECRET", "a-secret-that-is-long-enough"),
            ("GUICHET_OPERATOR", "Jeanne"),
            ("DATABASE_URL", "mysql://me:hunter2@db"),
        ])
        .await;
    assert_eq!(said.code, 2, "{}", said.text);
    for setting in ["TELOXIDE_API_URL (from environment)", "GUICHET_LISTEN (from environment)", "GUICHET_WEBHOOK_URL is not set"] {
        said.line("fault", "settings", &[setting]);
    }
    said.line("care", "operator", &["not examined", "GUICHET_OPERATOR"]);
    said.line("care", "database", &["not examined", "DATABASE_URL"]);
    said.line("ok", "screens", &[]);
    said.line("care", "mail", &["the folder mail", "to no holder"]);
    assert!(!said.text.contains("hunter2") && !said.text.contains("a-secret-that"), "{}", said.text);

    fs::write(office.path().join("guichet.toml"), "databse_url = \"sqlite://other.db\"\n").unwrap();
    let said = office.check(&[("GUICHET_OPERATOR", "")]).await;
    said.line("fault", "settings", &["guichet.toml, line 1", "the nearest is `database_url`"]);
    said.line("fault", "operator", &["GUICHET_OPERATOR is not set"]);
    said.line("ok", "telegram", &[]);
    assert_eq!(said.code, 2, "{}", said.text);
}

#[tokio::test]
async fn a_wrong_token_is_told_from_a_silent_server_and_from_a_webhook_elsewhere() {
    let office = Office::new().await;
    let said = office.brief(&[("TELOXIDE_TOKEN", WRONG_TOKEN)]).await;
    said.line("fault", "telegram", &["TELOXIDE_TOKEN", "401", "copy it again from @BotFather"]);
    assert!(!said.text.contains(WRONG_TOKEN), "{}", said.text);
    let said = office.brief(&[("TELOXIDE_API_URL", NO_SERVER)]).await;
    said.line("fault", "telegram", &["TELOXIDE_API_URL", "cannot be reached", "check the address and the network"]);
    said.line("care", "clock", &["does not tell the time"]);
    let said = office.brief(&[("TELOXIDE_TOKEN", "")]).await;
    said.line("fault", "telegram", &["TELOXIDE_TOKEN is not set", "@BotFather"]);

    let set =
        format!("http://{}/bot{}/setWebhook?url=https://elsewhere.example.org/hook", office.serving.address, office.simulator.token());
    assert!(reqwest::get(set).await.unwrap().status().is_success());
    let said = office.check(&[]).await;
    said.line("care", "updates", &["a webhook at elsewhere.example.org (waiting: 0)", "stop what serves there"]);
    assert_eq!(said.code, 1, "{}", said.text);
}

#[tokio::test]
async fn a_mail_server_is_tried_and_what_is_wrong_with_it_told_apart() {
    let Some(python) = smtp::python() else { return };
    let authority = Authority::new();
    let certificate = authority.certificate().display().to_string();
    let (starttls, implicit, plain) = tokio::join!(
        Server::sound(python, "starttls", &authority),
        Server::sound(python, "implicit", &authority),
        Server::sound(python, "plain", &authority)
    );
    let office = Office::new().await;
    fs::write(office.path().join("file"), "").unwrap();
    let wrong = implicit.url.replace("hunter2", "wrong-password");
    let cases = [
        (wrong.as_str(), &certificate[..], ["does not let us in", "code 535"]),
        (&starttls.url, "", ["certificate that is not trusted", "SSL_CERT_FILE"]),
        (&starttls.url.replace("smtp://", "smtps://"), &certificate, ["does not encrypt as asked", "smtps:// is for port 465"]),
        (&plain.url.replace("127.0.0.1", "me:hunter2@localhost"), "", ["does not encrypt", "?tls=required"]),
        ("smtp://127.0.0.1:1", "", ["cannot be reached", "check host and port"]),
        (&implicit.url, "nowhere.pem", ["SSL_CERT_FILE: nowhere.pem", "name a file of certificates"]),
        (&implicit.url, "file", ["SSL_CERT_FILE: file: there is no certificate in it", "name a file of certificates"]),
    ];
    for (url, certificate, words) in cases {
        let said = office.brief(&[("GUICHET_MAIL_URL", url), ("SSL_CERT_FILE", certificate)]).await;
        said.line("fault", "mail", &words);
        assert_eq!(said.code, 2, "{}", said.text);
        assert!(!said.text.contains("hunter2") && !said.text.contains("wrong-password"), "{}", said.text);
    }
    office.brief(&[("GUICHET_MAIL_URL", "file:file")]).await.line("fault", "mail", &["the folder file cannot be written", "name another"]);
}

#[tokio::test]
async fn a_database_is_examined_for_what_it_is_and_whose() {
    let office = Office::new().await;
    let text = "Dear diary, today nothing happened.\n".repeat(100);
    fs::write(office.path().join("diary.txt"), &text).unwrap();
    let said = office.brief(&[("DATABASE_URL", "sqlite://diary.txt")]).await;
    said.line("fault", "database", &["diary.txt", "check that it is a database"]);
    said.line("care", "key", &["not examined", "the database has to be set right first"]);
    assert_eq!(fs::read_to_string(office.path().join("diary.txt")).unwrap(), text);
    let said = office.brief(&[("DATABASE_URL", "sqlite://nowhere/guichet.db"), ("GUICHET_KEY_FILE", "nowhere/key")]).await;
    said.line("fault", "database", &["nowhere/guichet.db cannot be made", "make its folder"]);
    said.line("fault", "key", &["nowhere/key cannot be made", "make its folder"]);

    office.script(&["INSERT INTO set_aside_dialogue (dialogue, set_aside_at) VALUES ('{}', 0)", DEAD_LETTER, WAITING]).await;
    let before = office.files();
    let said = office.check(&[]).await;
    said.line("ok", "database", &["sqlite guichet.db", "accounts: 0, effects waiting: 1"]);
    said.line(
        "care",
        "effects",
        &["given up: 1 mail_code (code 550 …), the first since 1970-01-01 00:00 UTC", "90 days", "DELETE FROM effect"],
    );
    said.line("care", "effects", &["waiting for more than 10 minutes: 1 show, the first since 1970-01-01 00:00 UTC"]);
    said.line("care", "database", &["began anew: 1"]);
    assert_eq!(said.code, 1, "{}", said.text);
    assert_eq!(office.files(), before, "nothing is made or changed");

    office.meta(Meta::BotId, "42").await;
    let said = office.brief(&[]).await;
    said.line("fault", "telegram", &["belongs to the bot 42", "use that bot's token"]);

    // Not through the store, which would bring the tables up to date.
    let mut file = SqliteConnectOptions::new().filename(office.path().join("guichet.db")).connect().await.unwrap();
    file.execute("DELETE FROM _sqlx_migrations WHERE version > 1").await.unwrap();
    office.brief(&[]).await.line("ok", "database", &["of an older version, to be brought up to date at the next start"]);
    file.execute("UPDATE _sqlx_migrations SET version = version + 1000").await.unwrap();
    office.brief(&[]).await.line("fault", "database", &["was not made by this version", "run the version that made it"]);
}

#[tokio::test]
async fn a_damaged_database_is_noticed() {
    let office = Office::new().await;
    office.script(&[DEAD_LETTER]).await;
    let file = office.path().join("guichet.db");
    // The page of an index that no other examination reads.
    let page = office.number("SELECT rootpage FROM sqlite_schema WHERE name = 'payment_newest'").await;
    let start = (usize::try_from(page).unwrap() - 1) * 4096;
    let mut bytes = fs::read(&file).unwrap();
    bytes[start..start + 4096].fill(0xa5);
    fs::write(&file, bytes).unwrap();
    let said = office.brief(&[]).await;
    said.line("fault", "database", &["guichet.db: the file is damaged", "put back a copy"]);
    assert_eq!(said.code, 2, "{}", said.text);
    fs::write(&file, [&fs::read(&file).unwrap()[..4096], &[0xa5; 8192]].concat()).unwrap();
    office.brief(&[]).await.line("fault", "database", &["malformed", "put back a copy"]);
}

#[tokio::test]
async fn a_key_is_examined_for_its_database_and_its_readers() {
    let office = Office::new().await;
    let key = office.path().join("guichet.key");
    fs::write(&key, "ab".repeat(32)).unwrap();
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    office.brief(&[]).await.line("care", "key", &["others than its owner can read guichet.key", "chmod 600 guichet.key"]);
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    office.brief(&[]).await.line("ok", "key", &["will be a new database's"]);
    office.meta(Meta::KeyFingerprint, "0123456789abcdef").await;
    office.brief(&[]).await.line("fault", "key", &["not the key that belongs to the database", "put back the right key"]);
    fs::write(&key, "no key").unwrap();
    office.brief(&[]).await.line("fault", "key", &["64 hexadecimal digits"]);
    fs::remove_file(&key).unwrap();
    office.brief(&[]).await.line("fault", "key", &["there is no key here", "put back the key"]);
}

#[tokio::test]
async fn a_check_beside_a_running_counter_disturbs_nothing() {
    let office = Office::new().await;
    let mut counter = process::run(office.path(), &office.simulator, office.serving.address);
    office.simulator.with(|world| world.person_types(7, "/start")).unwrap();
    tokio::time::timeout(PATIENCE, office.simulator.acknowledged()).await.unwrap();
    let page = format!("http://{}", office.serving.address);
    let said = office.brief(&[("GUICHET_PUBLIC_URL", &page)]).await;
    said.line("ok", "database", &["a counter is serving from it"]);
    said.line("ok", "key", &["belongs to the database"]);
    said.line("ok", "updates", &["come by polling"]);
    said.line("ok", "pages", &[&page, "answers"]);
    assert!(counter.0.try_wait().unwrap().is_none(), "the counter still runs");
    let said = office.brief(&[("GUICHET_PUBLIC_URL", NO_SERVER)]).await;
    said.line("fault", "pages", &[NO_SERVER, "does not answer"]);

    counter.kill();
    let said = office.brief(&[]).await;
    said.line("ok", "database", &["not left in order"]);
}

#[tokio::test]
async fn the_pages_want_a_free_address_and_one_that_holders_reach() {
    let office = Office::new().await;
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let said = office.brief(&[("GUICHET_LISTEN", &address), ("GUICHET_PUBLIC_URL", "http://counter.example.org")]).await;
    said.line("fault", "pages", &["GUICHET_LISTEN", &address, "stop what listens there"]);
    said.line("care", "pages", &["http://counter.example.org/ is not encrypted", "https://"]);
    let said = office.brief(&[("GUICHET_ADMIN_LISTEN", &address)]).await;
    said.line("fault", "health", &["GUICHET_ADMIN_LISTEN", &address, "name another"]);
    assert_eq!(said.code, 2, "{}", said.text);
    let said = office.brief(&[("GUICHET_PUBLIC_URL", "")]).await;
    said.line("care", "pages", &["holders can't reach", "GUICHET_PUBLIC_URL"]);
    // Whoever serves https stands before the counter, and has to be told from the holders.
    let https = ("GUICHET_PUBLIC_URL", "https://counter.example.org");
    let blind = ["GUICHET_TRUSTED_PROXY does not name it", "all visitors count as one place", "say the proxy's address"];
    office.brief(&[https]).await.line("care", "pages", &blind);
    let said = office.brief(&[https, ("GUICHET_TRUSTED_PROXY", "10.0.0.0/8")]).await;
    assert!(!said.text.contains(blind[0]), "{}", said.text);
}

#[tokio::test]
async fn policy_and_texts_are_examined() {
    let office = Office::new().await;
    fs::write(office.path().join("policy.toml"), "service = \"Example Pay\"\nplaice = \"Example Market\"\n").unwrap();
    let said = office.check(&[("GUICHET_POLICY", "policy.toml"), ("GUICHET_LOCALES", "nowhere")]).await;
    said.line("fault", "policy", &["policy.toml, line 2", "unknown field `plaice`"]);
    said.line("fault", "texts", &["nowhere", "GUICHET_LOCALES"]);
    said.line("care", "operator", &["not examined"]);
    assert_eq!(said.code, 2, "{}", said.text);

    let texts = office.path().join("texts/fr");
    fs::create_dir_all(&texts).unwrap();
    fs::write(texts.join("own.ftl"), "# La nôtre\nmail-code-subject = Votre code\n").unwrap();
    let said = office.check(&[("GUICHET_LOCALES", "texts")]).await;
    said.line("care", "texts", &["texts/fr/own.ftl:2", "where the English text uses"]);
    assert_eq!(said.code, 1, "{}", said.text);
    fs::write(texts.join("own.ftl"), format!("help-secrets = {}\n", "long ".repeat(1000))).unwrap();
    let said = office.check(&[("GUICHET_LOCALES", "texts")]).await;
    said.line("care", "screens", &["a screen in fr: Telegram would refuse it (sendmessage: Bad Request: message is too long)"]);
}

#[tokio::test]
async fn a_clock_that_is_off_is_told_by_how_much() {
    let office = Office::new().await;
    for (off, grade) in [(-30, "care"), (3600, "fault")] {
        let server = clock_off_by(off).await;
        let said = office.brief(&[("TELOXIDE_API_URL", &format!("http://{server}"))]).await;
        said.line(grade, "clock", &[if off < 0 { "before Telegram's" } else { "behind Telegram's" }, "NTP"]);
    }
    office.brief(&[]).await.line("ok", "clock", &["agrees"]);
    let server = clock_off_by(-3 * 24 * 3600).await;
    let said = office.brief(&[("TELOXIDE_API_URL", &format!("http://{server}"))]).await;
    said.line("fault", "clock", &["before Telegram's", "erases nothing by age, nor after the final date"]);
}

const DEAD_LETTER: &str =
    "INSERT INTO effect (lane, kind, due_at, created_at, died) VALUES ('mail 7', 'mail_code', 0, 0, 'code 550 \"7\"')";

const WAITING: &str = "INSERT INTO effect (lane, kind, payload, due_at, created_at) VALUES ('chat 7', 'show', '{}', 0, 0)";

/// A server whose answers say a time that is so many seconds from ours.
async fn clock_off_by(seconds: i64) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (mut caller, _) = listener.accept().await.unwrap();
            let time = Clock::machine().now() + jiff::SignedDuration::from_secs(seconds);
            let date = jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&time).unwrap();
            let answer = format!("HTTP/1.1 404 Not Found\r\nDate: {date}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            // The caller may be gone; what it asked does not matter.
            let _ = caller.read(&mut [0; 1024]).await;
            let _ = caller.write_all(answer.as_bytes()).await;
        }
    });
    address
}

/// A folder for a counter, and a simulated Telegram.
pub struct Office {
    folder: TempDir,
    pub simulator: Simulator,
    pub serving: Serving,
}

/// What a check said, and its exit code.
pub struct Said {
    pub code: i32,
    pub text: String,
}

impl Office {
    pub async fn new() -> Self {
        let simulator = Simulator::new(Clock::machine());
        let serving = simulator.serve(([127, 0, 0, 1], 0).into()).await.unwrap();
        simulator.with(|world| world.add_person(Person::new(7, "Holder", "en")));
        Self { folder: tempfile::tempdir().unwrap(), simulator, serving }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The same with a policy that is not there, which spares the check the tour of the screens.
    pub async fn brief(&self, settings: &[(&str, &str)]) -> Said {
        self.check(&[settings, &[("GUICHET_POLICY", "nowhere.toml")]].concat()).await
    }

    /// `guichet check` with what it needs, and these settings over it.
    async fn check(&self, settings: &[(&str, &str)]) -> Said {
        let mut command = process::guichet(self.path(), &["check"]);
        command.env("TELOXIDE_TOKEN", self.simulator.token()).env("TELOXIDE_API_URL", format!("http://{}", self.serving.address));
        command
            .env("GUICHET_OPERATOR", OPERATOR)
            .env("GUICHET_LISTEN", "127.0.0.1:0")
            .env("GUICHET_ADMIN_LISTEN", "127.0.0.1:0")
            .envs(settings.iter().copied());
        let output = tokio::process::Command::from(command).kill_on_drop(true).output();
        let output = tokio::time::timeout(PATIENCE, output).await.expect("the check ends").unwrap();
        let errors = String::from_utf8(output.stderr).unwrap();
        assert_eq!(errors, "", "a check tells everything where it is read");
        Said { code: output.status.code().unwrap(), text: String::from_utf8(output.stdout).unwrap() }
    }

    async fn database(&self) -> (Db, Conn) {
        let db = Db::open(&Database::Sqlite(self.path().join("guichet.db"))).await.unwrap();
        let conn = db.conn().await.unwrap();
        (db, conn)
    }

    async fn number(&self, sql: &'static str) -> i64 {
        let (db, mut conn) = self.database().await;
        let number = conn.number(sql, vec![]).await.unwrap();
        drop(conn);
        db.close().await;
        number
    }

    async fn script(&self, statements: &[&'static str]) {
        let (db, mut conn) = self.database().await;
        for statement in statements {
            conn.script(statement).await.unwrap();
        }
        drop(conn);
        db.close().await;
    }

    async fn meta(&self, name: Meta, value: &str) {
        let (db, mut conn) = self.database().await;
        meta::set(&mut conn, name, value).await.unwrap();
        drop(conn);
        db.close().await;
    }

    /// Every file in the folder, and what is in it.
    fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let paths = fs::read_dir(self.path()).unwrap().map(|entry| entry.unwrap().path());
        let mut files: Vec<_> = paths.map(|path| (path.clone(), fs::read(path).unwrap())).collect();
        files.sort();
        files
    }
}

impl Said {
    /// One of the lines is of this grade, about this, and has these words in it.
    pub fn line(&self, grade: &str, about: &str, words: &[&str]) {
        let begins = format!("{grade:<5} {about}: ");
        let found = self.text.lines().any(|line| line.starts_with(&begins) && words.iter().all(|word| line.contains(word)));
        assert!(found, "no [{begins}] with {words:?} in:\n{}", self.text);
    }
}
