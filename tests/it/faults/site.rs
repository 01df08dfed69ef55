//! Where the real binary serves: a folder, a database of either kind with accounts, and a simulated Telegram. The process can be
//! killed, and is started again whenever it has ended.

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use guichet::clock::{Clock, Random};
use guichet::config::Settings;
use guichet::simulator::{Person, Serving, Simulator};
use guichet::store::Db;
use guichet::unlock;

use super::{below, holder, ledger};
use crate::postgres::Server;
use crate::process::{self, Process};

/// Which database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Store {
    Sqlite,
    Postgres,
}

/// A counter's place, and who may come.
pub struct Site {
    folder: tempfile::TempDir,
    server: Option<Server>,
    /// The port of the webhook, where updates do not come by polling.
    webhook: Option<u16>,
    pub simulator: Simulator,
    serving: Serving,
}

/// How often the site has been struck, and how often it will be; when, and how long holders think, is left to chance.
#[derive(Clone)]
pub struct Blows {
    pub struck: Arc<AtomicUsize>,
    pub in_all: usize,
    pub chance: Random,
    /// Milliseconds at most.
    pub thought: usize,
}

impl Blows {
    pub fn new(in_all: usize, chance: Random) -> Self {
        Self { struck: Arc::default(), in_all, chance, thought: 400 }
    }

    /// None, and holders who act at once.
    pub fn none() -> Self {
        Self { thought: 0, ..Self::new(0, Random::seeded(0)) }
    }

    pub fn struck(&self) -> usize {
        self.struck.load(Ordering::SeqCst)
    }

    pub fn strike(&self) {
        self.struck.fetch_add(1, Ordering::SeqCst);
    }

    pub fn are_over(&self) -> bool {
        self.struck() >= self.in_all
    }
}

impl Drop for Site {
    /// A test that fails shows how the processes saw it.
    fn drop(&mut self) {
        if std::thread::panicking() {
            let log = self.log();
            let lines: Vec<&str> = log.lines().collect();
            println!("the last of the log:\n{}", lines[lines.len().saturating_sub(80)..].join("\n"));
        }
    }
}

impl Site {
    /// A new database with the accounts of so many holders, each with so many cards; `None` without PostgreSQL, which is said.
    pub async fn open(store: Store, holders: i64, cards: i64) -> Option<Arc<Self>> {
        Self::prepare(store, None, holders, cards).await
    }

    /// The same, with updates that come by webhook.
    pub async fn with_webhook(store: Store, holders: i64, cards: i64) -> Option<Arc<Self>> {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Self::prepare(store, Some(port), holders, cards).await
    }

    async fn prepare(store: Store, webhook: Option<u16>, holders: i64, cards: i64) -> Option<Arc<Self>> {
        let server = match store {
            Store::Sqlite => None,
            Store::Postgres => Some(Server::start()?),
        };
        let simulator = Simulator::new(Clock::machine());
        let serving = simulator.serve(([127, 0, 0, 1], 0).into()).await.unwrap();
        let site = Self { folder: tempfile::tempdir().unwrap(), server, webhook, simulator, serving };
        ledger::write_accounts(&site.folder.path().join("accounts"), holders, cards);
        let (code, said) = process::outcome(&mut site.command(&["import", "accounts"]));
        assert_eq!(code, 0, "{said}");
        site.simulator.with(|world| {
            for number in 0..holders {
                world.add_person(Person::new(ledger::chat(number), format!("Holder{number}"), "en"));
            }
        });
        Some(Arc::new(site))
    }

    /// The server, where it is PostgreSQL's.
    pub fn server(&self) -> &Server {
        self.server.as_ref().unwrap()
    }

    /// The folder that the process works in.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The folder with a file a mail.
    pub fn mails(&self) -> PathBuf {
        self.path().join("mail")
    }

    /// What the processes have logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = process::guichet(self.folder.path(), arguments);
        if let Some(server) = &self.server {
            command.env("DATABASE_URL", server.url());
        }
        command
    }

    /// The process that serves, its environment added to; what it logs goes into a file.
    pub fn run(&self, environment: &[(&str, &str)]) -> Process {
        let log = OpenOptions::new().create(true).append(true).open(self.folder.path().join("log")).unwrap();
        let mut command = self.command(&["run"]);
        if let Some(port) = self.webhook {
            command.env("GUICHET_LISTEN", format!("127.0.0.1:{port}"));
            command.env("GUICHET_WEBHOOK_URL", format!("http://127.0.0.1:{port}/webhook"));
            command.env("GUICHET_WEBHOOK_SECRET", "a-secret-of-the-fault-tests");
        }
        let child = command
            .env("TELOXIDE_TOKEN", self.simulator.token())
            .env("TELOXIDE_API_URL", format!("http://{}", self.serving.address))
            .env("GUICHET_OPERATOR", "Example Association <help@example.org>")
            .env("GUICHET_SEND_RATE", "0")
            .envs(environment.iter().copied())
            .stderr(log)
            .spawn()
            .unwrap();
        Process(child)
    }

    /// The database, to be looked into beside the process.
    pub async fn db(&self) -> Db {
        let url = self.server.as_ref().map(Server::url);
        let settings = Settings::load(&|name: &str| url.clone().filter(|_| name == "DATABASE_URL"), self.folder.path()).unwrap();
        let db = Db::look(&settings.database).await.unwrap();
        unlock::look(&db, &self.folder.path().join("guichet.key")).await.unwrap();
        db
    }

    /// Returns once every update is acknowledged and nothing is left to be done.
    pub async fn settled(&self) {
        let settled = async {
            self.simulator.acknowledged().await;
            let db = self.db().await;
            while !ledger::is_idle(&db).await {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            db.close().await;
        };
        let in_time = tokio::time::timeout(holder::PATIENCE, settled).await;
        in_time.unwrap_or_else(|_| panic!("the counter does not come to rest\n{}", self.log()));
    }

    /// Keeps a process running until `work` is done, as a supervisor would; how those ended that ended by themselves. The first is given.
    pub async fn keep<T>(&self, first: Process, work: impl Future<Output = T>) -> (T, Vec<ExitStatus>) {
        let mut work = std::pin::pin!(work);
        let (mut process, mut ended) = (first, Vec::new());
        loop {
            tokio::select! {
                done = &mut work => return (done, ended),
                () = tokio::time::sleep(Duration::from_millis(5)) => {
                    if let Some(status) = process.0.try_wait().unwrap() {
                        ended.push(status);
                        process = self.run(&[]);
                    }
                }
            }
        }
    }

    /// Keeps two replicas running until `work` is done, and kills one of them at random until that has been done often enough; how long
    /// the other took, at most, until somebody was answered.
    pub async fn kill_one_of_two_while(&self, kills: &Blows, work: impl Future<Output = ()>) -> Duration {
        let mut work = std::pin::pin!(work);
        let mut replicas = [self.run(&[]), self.run(&[])];
        let mut slowest = Duration::ZERO;
        loop {
            let pause = Duration::from_millis(500 + below(&kills.chance, 1000) as u64);
            tokio::select! {
                () = &mut work => return slowest,
                () = tokio::time::sleep(pause) => {}
            }
            if kills.are_over() {
                continue;
            }
            let one = below(&kills.chance, 2);
            replicas[one].kill();
            kills.strike();
            let (began, before) = (Instant::now(), self.simulator.with(|world| world.next_event()));
            tokio::select! {
                () = &mut work => return slowest,
                () = self.simulator.until(|world| (world.next_event() > before).then_some(())) => {}
            }
            slowest = slowest.max(began.elapsed());
            replicas[one] = self.run(&[]);
        }
    }

    /// Keeps a process running until `work` is done, and kills it at random until that has been done often enough; how many answers
    /// were lost with it.
    pub async fn kill_while(&self, kills: &Blows, work: impl Future<Output = ()>) -> usize {
        let mut work = std::pin::pin!(work);
        let mut process = self.run(&[]);
        let mut lost = 0;
        loop {
            let pause = Duration::from_millis(60 + below(&kills.chance, 500) as u64);
            tokio::select! {
                () = &mut work => return lost,
                () = tokio::time::sleep(pause) => {
                    if !kills.are_over() {
                        process.kill();
                        kills.strike();
                        lost += ledger::lost_answers(self).await;
                    }
                    if process.0.try_wait().unwrap().is_some() {
                        process = self.run(&[]);
                    }
                }
            }
        }
    }
}
