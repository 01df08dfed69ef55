//! Chromium behind its WebDriver, the demo as a process, and waiting for what the page shows.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use fantoccini::elements::Element;
use fantoccini::wd::WindowHandle;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;

use super::door::Door;
use crate::process::{self, Process};

/// How long the page may take for an answer.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// The demo's page, and a WebDriver for Chromium on a free port.
pub struct Theatre {
    pub address: String,
    port: u16,
    folder: tempfile::TempDir,
    /// Where the browser finds which host, and whose key it trusts there.
    doors: Vec<(String, String)>,
    demo: Option<Process>,
    _driver: Process,
}

/// What a browser window is like.
#[derive(Clone, Copy)]
pub struct Window {
    pub size: (u32, u32),
    pub dark: bool,
    /// Device pixels in one of the page's, along each side.
    pub scale: u32,
}

impl Window {
    pub fn light(width: u32, height: u32) -> Self {
        Self { size: (width, height), dark: false, scale: 1 }
    }
}

impl Theatre {
    /// Opens with `guichet demo`; where Chromium is missing says so, and fails in CI.
    pub fn open() -> Option<Self> {
        let (demo, address) = demo(&std::env::temp_dir());
        let demo = Process(demo);
        Some(Self { demo: Some(demo), ..Self::around(address)? })
    }

    /// Opens around a demo page that is served already.
    pub fn around(address: String) -> Option<Self> {
        let (Some(driver), Some(_)) = (on_path("chromedriver"), on_path("chromium")) else {
            eprintln!(
                "\n!!! Chromium is not installed: the demo's page was NOT checked. Install Debian's `chromium` and `chromium-driver`.\n"
            );
            assert!(std::env::var_os("CI").is_none(), "in CI Chromium must be there");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let driver = Command::new(driver).arg(format!("--port={port}")).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        Some(Self { address, port, folder, doors: Vec::new(), demo: None, _driver: Process(driver) })
    }

    /// Has the browser find a host behind this door, and trust the door's key there. No other host is to be found but those behind doors.
    pub fn with_door(mut self, host: &str, door: &Door) -> Self {
        self.doors.push((format!("MAP {host} {}", door.address), door.key_hash.clone()));
        self
    }

    /// What the browser is told of where hosts are.
    fn hosts(&self) -> Vec<String> {
        let (maps, keys): (Vec<_>, Vec<_>) = self.doors.iter().cloned().unzip();
        let rules: Vec<_> = maps.into_iter().chain(["MAP * ~NOTFOUND".to_owned(), "EXCLUDE 127.0.0.1".to_owned()]).collect();
        let trusted = (!keys.is_empty()).then(|| format!("--ignore-certificate-errors-spki-list={}", keys.join(",")));
        std::iter::once(format!("--host-resolver-rules={}", rules.join(","))).chain(trusted).collect()
    }

    /// A new browser window on the demo's page at this query.
    pub async fn visit(&self, query: &str, window: Window) -> Client {
        let profile = tempfile::tempdir_in(self.folder.path()).unwrap().keep();
        let mut arguments = vec![
            "--headless=new".to_owned(),
            "--no-sandbox".to_owned(),
            "--disable-dev-shm-usage".to_owned(),
            "--disable-gpu".to_owned(),
            "--disable-background-networking".to_owned(),
            "--disable-component-update".to_owned(),
            "--disable-sync".to_owned(),
            "--no-first-run".to_owned(),
            format!("--user-data-dir={}", profile.display()),
            format!("--force-device-scale-factor={}", window.scale),
        ];
        arguments.extend(self.hosts());
        if window.dark {
            arguments.push("--blink-settings=preferredColorScheme=0".to_owned());
        }
        let options = serde_json::json!({ "args": arguments, "prefs": { "download.default_directory": self.downloads() } });
        let capabilities = [("goog:chromeOptions".to_owned(), options)].into_iter().collect();
        let driver = format!("http://127.0.0.1:{}", self.port);
        let listens = async {
            while tokio::net::TcpStream::connect(("127.0.0.1", self.port)).await.is_err() {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, listens).await.expect("the driver listens");
        let client = ClientBuilder::new(HttpConnector::new()).capabilities(capabilities).connect(&driver).await.unwrap();
        // A window's size counts its frame; the page is to have this size.
        let frame = client.execute("return outerHeight - innerHeight", Vec::new()).await.unwrap().as_u64().unwrap();
        client.set_window_size(window.size.0, window.size.1 + u32::try_from(frame).unwrap()).await.unwrap();
        client.goto(&format!("http://{}/?{query}", self.address)).await.unwrap();
        client
    }

    /// Ends the demo, as whoever started it does.
    pub fn end_demo(&mut self) {
        self.demo = None;
    }

    /// Where the browser puts what it downloads.
    pub fn downloads(&self) -> PathBuf {
        self.folder.path().join("downloads")
    }
}

/// `guichet demo` as a process, and its address.
fn demo(folder: &Path) -> (Child, String) {
    let mut process = process::guichet(folder, &["demo", "--listen", "127.0.0.1:0"]).stdout(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let address = lines.map(|line| line.unwrap()).find_map(|line| Some(line.split_once("http://")?.1.trim().to_owned()));
    (process, address.expect("the demo tells its address"))
}

fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|candidate| candidate.exists())
}

/// The element at this CSS selector, once it is there.
pub async fn find(page: &Client, css: &str) -> Element {
    match page.wait().at_most(PATIENCE).for_element(Locator::Css(css)).await {
        Ok(element) => element,
        Err(error) => {
            screenshot(page, "failed").await;
            panic!("{css}: {error}")
        }
    }
}

/// Clicks the element at this CSS selector, again if the page replaced it in between.
pub async fn click(page: &Client, css: &str) {
    while let Err(error) = find(page, css).await.click().await {
        assert!(error.is_stale_element_reference(), "{css}: {error}");
    }
}

/// Waits until this expression of the page's is true.
pub async fn until(page: &Client, expression: &str) {
    let script = format!("return Boolean({expression})");
    let holds = async { while page.execute(&script, Vec::new()).await.unwrap() != true {} };
    if tokio::time::timeout(PATIENCE, holds).await.is_err() {
        screenshot(page, "failed").await;
        panic!("never: {expression}");
    }
}

/// The window that opens besides this one, which is the only one yet.
pub async fn opened_beside(page: &Client, here: &WindowHandle) -> WindowHandle {
    let opens = async {
        loop {
            if let Some(other) = page.windows().await.unwrap().into_iter().find(|window| window != here) {
                return other;
            }
        }
    };
    tokio::time::timeout(PATIENCE, opens).await.expect("a window opens")
}

/// Takes a picture of the page into `target/screenshots`.
pub async fn screenshot(page: &Client, name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../screenshots");
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join(format!("{name}.png"));
    std::fs::write(&file, page.screenshot().await.unwrap()).unwrap();
    file
}
