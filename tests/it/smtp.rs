//! Mails through a real SMTP server: plain and over TLS, and what becomes of a mail when that server refuses, is slow or breaks off.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use guichet::config::{Mail, Settings};
use guichet::effects::{Smtp, Transport};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout};

use crate::counter::{ALICE, Counter};

/// How long the counter waits for the server here; in service it is a minute.
const TIMEOUT: Duration = Duration::from_millis(500);
/// How long anything may take before a test gives up.
const PATIENCE: Duration = Duration::from_secs(30);

#[tokio::test]
async fn a_mail_arrives_in_the_clear_and_over_tls_with_both_bodies_and_its_code_works() {
    let Some(python) = python() else { return };
    let authority = Authority::new();
    for encryption in ["plain", "starttls", "implicit"] {
        let mut server = Server::sound(python, encryption, &authority).await;
        let counter = Counter::sending(Some(server.transport(Some(&authority)))).await;
        counter.says(ALICE, "/signin").await;
        counter.says(ALICE, "alice@example.org").await;
        let mail = server.mail().await;
        assert_eq!(mail.encrypted, encryption != "plain", "{encryption}");
        assert_eq!(mail.user.as_deref(), (encryption != "plain").then_some("counter"), "{encryption}");
        assert_eq!((mail.sender.as_str(), &mail.to[..]), ("help@example.org", &["alice@example.org".to_owned()][..]));
        assert_eq!(mail.mail.matches("\r\nContent-Type: text/plain").count(), 1, "{}", mail.mail);
        assert_eq!(mail.mail.matches("\r\nContent-Type: text/html").count(), 1, "{}", mail.mail);
        assert_eq!(mail.header("Content-Language"), "en");
        assert_eq!(mail.header("Auto-Submitted"), "auto-generated");
        assert_eq!(mail.codes().len(), 2, "one in each body: {}", mail.mail);
        signs_in(&counter, &mail).await;
        counter.close(&[]).await;
    }
}

#[tokio::test]
async fn a_mail_waits_out_what_passes_and_arrives_with_the_same_code() {
    let Some(python) = python() else { return };
    let authority = Authority::new();
    for (fault, encryption, mails) in
        [("greeting", "plain", 1), ("silent", "plain", 1), ("cut", "plain", 2), ("cut", "implicit", 2), ("login", "starttls", 1)]
    {
        let mut server = Server::start(python, encryption, fault, 1, &authority).await;
        let counter = Counter::sending(Some(server.transport(Some(&authority)))).await;
        counter.says(ALICE, "/signin").await;
        counter.types(ALICE, "alice@example.org");
        server.struck(fault).await;
        tokio::time::timeout(PATIENCE, counter.recovers()).await.unwrap_or_else(|_| panic!("{fault} does not settle"));
        let mut arrived = Vec::new();
        for _ in 0..mails {
            arrived.push(server.mail().await);
        }
        for mail in &arrived {
            assert_eq!(mail.header("Message-ID"), arrived[0].header("Message-ID"), "{fault}");
            assert_eq!(mail.codes(), arrived[0].codes(), "{fault}");
        }
        signs_in(&counter, &arrived[0]).await;
        assert_eq!(counter.number("SELECT COUNT(*) FROM effect").await, 0, "{fault}");
        counter.close(&[]).await;
    }
}

#[tokio::test]
async fn a_mail_waits_for_a_server_that_nobody_has_started_yet() {
    let Some(python) = python() else { return };
    let authority = Authority::new();
    // Bound but not listening: connections are refused, and nobody else is given the port.
    let held = tokio::net::TcpSocket::new_v4().unwrap();
    held.bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
    let address = held.local_addr().unwrap();
    let counter = Counter::sending(Some(transport(&format!("smtp://{address}"), None))).await;
    counter.says(ALICE, "/signin").await;
    counter.types(ALICE, "alice@example.org");
    tried(&counter).await;
    drop(held);
    let mut server = Server::start_at(python, address.port(), "plain", "none", 0, &authority).await;
    tokio::time::timeout(PATIENCE, counter.recovers()).await.unwrap();
    signs_in(&counter, &server.mail().await).await;
    counter.close(&[]).await;
}

#[tokio::test]
async fn a_certificate_of_an_unknown_authority_is_not_trusted() {
    let Some(python) = python() else { return };
    let authority = Authority::new();
    for encryption in ["starttls", "implicit"] {
        let server = Server::sound(python, encryption, &authority).await;
        for trusted in [None, Some(&Authority::new())] {
            let counter = Counter::sending(Some(server.transport(trusted))).await;
            counter.says(ALICE, "/signin").await;
            counter.types(ALICE, "alice@example.org");
            tried(&counter).await;
            assert_eq!(counter.number("SELECT COUNT(*) FROM effect WHERE kind = 'mail_code' AND died IS NULL").await, 1, "the mail waits");
        }
    }
}

#[tokio::test]
async fn a_mail_that_is_refused_for_good_becomes_a_dead_letter_without_its_text() {
    let Some(python) = python() else { return };
    let server = Server::start(python, "plain", "refuse", 1, &Authority::new()).await;
    let counter = Counter::sending(Some(server.transport(None))).await;
    counter.says(ALICE, "/signin").await;
    counter.says(ALICE, "alice@example.org").await;
    let dead = "SELECT COUNT(*) FROM effect WHERE kind = 'mail_code' AND payload IS NULL AND died LIKE '%code 550%'";
    assert_eq!(counter.number(dead).await, 1);
    assert_eq!(counter.number("SELECT COUNT(*) FROM effect WHERE died LIKE '%example.org%'").await, 0, "the address is not kept");
    counter.close(&[]).await;
}

/// The code of the mail works in the chat that asked for it.
async fn signs_in(counter: &Counter, mail: &Received) {
    counter.says(ALICE, &mail.codes()[0]).await;
    assert!(counter.screen(ALICE).contains(&counter.word("signed-in")), "{:?}", counter.screen(ALICE));
}

/// Waits until a mail was tried in vain.
pub async fn tried(counter: &Counter) {
    let tried = async {
        while counter.number("SELECT COUNT(*) FROM effect WHERE kind = 'mail_code' AND tries > 0").await == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(PATIENCE, tried).await.expect("a mail is tried");
}

pub fn transport(url: &str, authority: Option<&Authority>) -> Transport {
    let settings = Settings::load(&|name| (name == "GUICHET_MAIL_URL").then(|| url.to_owned()), Path::new("nowhere")).unwrap();
    let Mail::Smtp(url) = settings.mail else { panic!("{url} is no mail server") };
    Transport::Smtp(Smtp::new(&url, authority.map(Authority::certificate).as_deref(), TIMEOUT).unwrap())
}

/// The Python that has aiosmtpd: Debian's package is for Debian's Python.
pub fn python() -> Option<&'static str> {
    let has_aiosmtpd =
        |python: &&str| Command::new(python).args(["-c", "import aiosmtpd"]).output().is_ok_and(|tried| tried.status.success());
    let found = ["/usr/bin/python3", "python3"].into_iter().find(has_aiosmtpd);
    if found.is_none() {
        eprintln!("\n!!! aiosmtpd is not installed: sending through SMTP was NOT checked. Install Debian's `python3-aiosmtpd`.\n");
        assert!(std::env::var_os("CI").is_none(), "in CI aiosmtpd must be there");
    }
    found
}

/// A certificate that signs itself, for `localhost`, with its key.
pub struct Authority(TempDir);

impl Authority {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        std::fs::write(folder.path().join("certificate.pem"), made.cert.pem()).unwrap();
        std::fs::write(folder.path().join("key.pem"), made.signing_key.serialize_pem()).unwrap();
        Self(folder)
    }

    pub fn certificate(&self) -> PathBuf {
        self.0.path().join("certificate.pem")
    }

    fn key(&self) -> PathBuf {
        self.0.path().join("key.pem")
    }
}

/// `smtp.py`, running.
pub struct Server {
    process: Child,
    lines: Lines<BufReader<ChildStdout>>,
    pub url: String,
}

/// What the server tells, a line each.
#[derive(serde::Deserialize)]
#[serde(untagged)]
enum Told {
    Mail(Received),
    Struck { struck: String },
    Port { port: u16 },
}

/// A mail as the server got it.
#[derive(serde::Deserialize)]
pub struct Received {
    mail: String,
    sender: String,
    pub to: Vec<String>,
    encrypted: bool,
    user: Option<String>,
}

impl Server {
    /// A server that serves well.
    pub async fn sound(python: &str, encryption: &str, authority: &Authority) -> Self {
        Self::start(python, encryption, "none", 0, authority).await
    }

    pub async fn start(python: &str, encryption: &str, fault: &str, times: u32, authority: &Authority) -> Self {
        Self::start_at(python, 0, encryption, fault, times, authority).await
    }

    pub async fn start_at(python: &str, port: u16, encryption: &str, fault: &str, times: u32, authority: &Authority) -> Self {
        let mut process = tokio::process::Command::new(python)
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/smtp.py"))
            .args([&port.to_string(), encryption, fault, &times.to_string()])
            .args([authority.certificate(), authority.key()])
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut server = Self { process, lines, url: String::new() };
        let Told::Port { port } = server.told().await else { panic!("the server tells its port first") };
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        server.url = match encryption {
            "plain" => format!("smtp://{address}"),
            "starttls" => format!("smtp://counter:hunter2@localhost:{port}?tls=required"),
            _ => format!("smtps://counter:hunter2@localhost:{port}"),
        };
        server
    }

    fn transport(&self, authority: Option<&Authority>) -> Transport {
        transport(&self.url, authority)
    }

    async fn told(&mut self) -> Told {
        let line = tokio::time::timeout(PATIENCE, self.lines.next_line()).await.expect("the server tells something");
        serde_json::from_str(&line.unwrap().expect("the server runs")).unwrap()
    }

    /// The next mail that arrives.
    pub async fn mail(&mut self) -> Received {
        loop {
            if let Told::Mail(mail) = self.told().await {
                return mail;
            }
        }
    }

    /// Ends the server; how many mails had arrived that nobody has asked for.
    pub async fn stop(mut self) -> usize {
        self.process.kill().await.unwrap();
        let mut mails = 0;
        while let Some(line) = self.lines.next_line().await.unwrap() {
            mails += usize::from(matches!(serde_json::from_str(&line).unwrap(), Told::Mail(_)));
        }
        mails
    }

    /// Waits until the fault has struck.
    pub async fn struck(&mut self, fault: &str) {
        loop {
            if matches!(self.told().await, Told::Struck { struck } if struck == fault) {
                return;
            }
        }
    }
}

impl Received {
    fn header(&self, name: &str) -> &str {
        let head = self.mail.split_once("\r\n\r\n").unwrap().0;
        head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).unwrap_or_else(|| panic!("no {name} in {head}"))
    }

    /// Every code of eight digits that stands in the bodies.
    pub fn codes(&self) -> Vec<String> {
        let bodies = self.mail.split_once("\r\n\r\n").unwrap().1;
        let runs = bodies.split(|char: char| !char.is_ascii_digit());
        runs.filter(|digits| digits.len() == 8).map(str::to_owned).collect()
    }
}
