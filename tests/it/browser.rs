//! Headless Chromium on the demo's page: a holder signs in and takes a card off. Screenshots go to `target/screenshots`.
//! Chromium and its driver are found if they are installed; without them the test says so.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use fantoccini::elements::Element;
use fantoccini::{Client, ClientBuilder, Locator};
use guichet::domain::Language;
use guichet::locale::{Locales, Message};
use hyper_util::client::legacy::connect::HttpConnector;

use crate::process;

/// How long the page may take for an answer.
const PATIENCE: Duration = Duration::from_secs(30);

#[tokio::test]
async fn a_holder_signs_in_and_takes_a_card_off() {
    let Some(driver) = Driver::start() else {
        eprintln!("\n!!! Chromium is not installed: the demo's page was NOT checked. Install Debian's `chromium` and `chromium-driver`.\n");
        assert!(std::env::var_os("CI").is_none(), "in CI Chromium must be there");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let demo = Demo::start(folder.path());
    for visit in [Visit::new(Language::Fr, 1001, (1280, 800)), Visit::new(Language::Ru, 1002, (390, 800))] {
        let page = driver.open(&demo.address, &visit).await;
        visit.take_a_card_off(&page).await;
        page.close().await.unwrap();
    }
}

/// One holder's visit to the page.
struct Visit {
    language: Language,
    person: i64,
    size: (u32, u32),
    locales: Locales,
}

impl Visit {
    fn new(language: Language, person: i64, size: (u32, u32)) -> Self {
        Self { language, person, size, locales: Locales::built_in().unwrap() }
    }

    fn label(&self, key: &'static str) -> String {
        self.locales.plain(self.language, &Message::new(key))
    }

    async fn take_a_card_off(&self, page: &Client) {
        let (email, brand, last4) = match self.person {
            1001 => ("claire@example.org", "Visa", "4242"),
            _ => ("boris@example.org", "Visa", "1881"),
        };
        find(page, "[data-testid=start]").await.click().await.unwrap();
        self.press(page, &self.label("button-sign-in")).await;
        self.button(page, &self.label("button-cancel")).await;
        self.screenshot(page, "1-sign-in").await;
        self.say(page, email).await;
        self.button(page, &self.label("button-resend")).await;
        self.panel(page, "mailbox").await;
        let shown = find(page, "[data-testid=mail-code]").await.text().await.unwrap();
        let code: String = shown.chars().filter(char::is_ascii_digit).collect();
        self.screenshot(page, "2-mailbox").await;
        self.panel(page, "chat").await;
        self.say(page, &code).await;
        self.button(page, &self.label("button-sign-out")).await;
        self.screenshot(page, "3-menu").await;
        self.press(page, &self.label("button-status")).await;
        self.button(page, &self.label("button-menu")).await;
        self.screenshot(page, "4-status").await;
        self.say(page, "/history").await;
        self.button(page, "8").await;
        self.screenshot(page, "5-history").await;
        self.say(page, "/cards").await;
        let card = self.locales.plain(self.language, &Message::new("button-card").with("brand", brand).with("last4", last4));
        self.press(page, &card).await;
        self.button(page, &self.label("button-keep")).await;
        self.screenshot(page, "6-confirm").await;
        self.press(page, &self.label("button-confirm-removal")).await;
        self.button(page, &self.label("button-other-cards")).await;
        self.screenshot(page, "7-receipt").await;
    }

    async fn say(&self, page: &Client, text: &str) {
        let input = find(page, "[data-testid=message-input]").await;
        input.clear().await.unwrap();
        input.send_keys(text).await.unwrap();
        find(page, "[data-testid=send]").await.click().await.unwrap();
    }

    /// The newest button under a message that reads so.
    async fn button(&self, page: &Client, label: &str) -> Element {
        let xpath = format!("(//*[contains(@class,'keyboard')]//button[normalize-space(.)='{label}'])[last()]");
        match page.wait().at_most(PATIENCE).for_element(Locator::XPath(&xpath)).await {
            Ok(element) => element,
            Err(error) => {
                self.screenshot(page, "failed").await;
                panic!("no button [{label}] for {}: {error}", self.person)
            }
        }
    }

    /// Presses a button, again if the page replaced it in between.
    async fn press(&self, page: &Client, label: &str) {
        while let Err(error) = self.button(page, label).await.click().await {
            assert!(error.is_stale_element_reference(), "{error}");
        }
    }

    /// On a narrow page, chat and mailbox are tabs.
    async fn panel(&self, page: &Client, name: &str) {
        if self.size.0 < 720 {
            find(page, &format!(".tabs [data-panel={name}]")).await.click().await.unwrap();
        }
    }

    async fn screenshot(&self, page: &Client, name: &str) {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../screenshots");
        std::fs::create_dir_all(&folder).unwrap();
        let file = folder.join(format!("{}-{name}.png", self.language));
        std::fs::write(file, page.screenshot().await.unwrap()).unwrap();
    }
}

async fn find(page: &Client, css: &str) -> Element {
    page.wait().at_most(PATIENCE).for_element(Locator::Css(css)).await.unwrap_or_else(|error| panic!("{css}: {error}"))
}

/// `guichet demo` as a process.
struct Demo {
    process: Child,
    address: String,
}

impl Demo {
    fn start(folder: &Path) -> Self {
        let mut process = process::guichet(folder, &["demo", "--listen", "127.0.0.1:0"]).stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let address = lines.map(|line| line.unwrap()).find_map(|line| Some(line.split_once("http://")?.1.trim().to_owned()));
        Self { process, address: address.expect("the demo tells its address") }
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A WebDriver for Chromium, on a free port.
struct Driver {
    process: Child,
    port: u16,
    profiles: tempfile::TempDir,
}

impl Driver {
    fn start() -> Option<Self> {
        let program = on_path("chromedriver")?;
        on_path("chromium")?;
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let process = Command::new(program).arg(format!("--port={port}")).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        Some(Self { process, port, profiles: tempfile::tempdir().unwrap() })
    }

    async fn open(&self, address: &str, visit: &Visit) -> Client {
        let profile = self.profiles.path().join(visit.language.code());
        let arguments = [
            "--headless=new".to_owned(),
            "--no-sandbox".to_owned(),
            "--disable-dev-shm-usage".to_owned(),
            "--disable-gpu".to_owned(),
            "--disable-background-networking".to_owned(),
            "--disable-component-update".to_owned(),
            "--disable-sync".to_owned(),
            "--no-first-run".to_owned(),
            format!("--user-data-dir={}", profile.display()),
            format!("--window-size={},{}", visit.size.0, visit.size.1),
        ];
        let mut capabilities = serde_json::Map::new();
        capabilities.insert("goog:chromeOptions".to_owned(), serde_json::json!({ "args": arguments }));
        let driver = format!("http://127.0.0.1:{}", self.port);
        let listens = async {
            while tokio::net::TcpStream::connect(("127.0.0.1", self.port)).await.is_err() {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, listens).await.expect("the driver listens");
        let client = ClientBuilder::new(HttpConnector::new()).capabilities(capabilities).connect(&driver).await.unwrap();
        client.set_window_size(visit.size.0, visit.size.1).await.unwrap();
        client.goto(&format!("http://{address}/?person={}", visit.person)).await.unwrap();
        client
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|candidate| candidate.exists())
}
