//! A bot as a process of its own against a simulated Telegram of its own, and what the system says about that process.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use guichet::clock::Clock;
use guichet::simulator::{Person, Serving, Simulator};
use tempfile::TempDir;

use crate::baseline;

/// How much the simulator remembers: enough for the bench to see what it waits for.
const HISTORY: usize = 1000;
/// Where mails are put, if it is there: a mail is not the bench's, and ext4 takes long to find a place for a new file where
/// thousands were deleted in the last five minutes, as a run before this one did.
const MEMORY: &str = "/dev/shm";
/// Ticks a second in `/proc/PID/stat`: the same on every Linux (proc(5), `sysconf(_SC_CLK_TCK)`).
const TICKS: f64 = 100.0;
/// Somebody whose message lies in the inbox at the start, so that the first poll is answered at once.
const EARLY_BIRD: i64 = 1;

/// Which bot.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Guichet,
    Baseline,
}

impl Kind {
    pub const BOTH: [Self; 2] = [Self::Guichet, Self::Baseline];

    pub fn name(self) -> &'static str {
        match self {
            Self::Guichet => "guichet",
            Self::Baseline => "baseline",
        }
    }

    fn command(self) -> anyhow::Result<Command> {
        let (program, argument) = match self {
            Self::Guichet => (env!("CARGO_BIN_EXE_guichet").into(), "run"),
            Self::Baseline => (std::env::current_exe()?, baseline::ARGUMENT),
        };
        let mut command = Command::new(program);
        command.arg(argument).env_clear().env("RUST_LOG", "warn");
        command.env("GUICHET_OPERATOR", "Example Association <help@example.org>").env("GUICHET_SEND_RATE", "0");
        Ok(command)
    }
}

/// A bot's folder and its Telegram.
pub struct Place {
    pub kind: Kind,
    pub folder: TempDir,
    mails: TempDir,
    pub simulator: Simulator,
    serving: Serving,
}

/// A running bot; it is stopped when it is dropped.
pub struct Running(Child);

impl Place {
    /// A folder for a bot, and a Telegram with nobody in it.
    pub async fn new(kind: Kind) -> anyhow::Result<Self> {
        let simulator = Simulator::new(Clock::machine());
        simulator.with(|world| world.keep_history(HISTORY));
        let serving = simulator.serve(([127, 0, 0, 1], 0).into()).await?;
        let folder = TempDir::with_prefix("guichet-bench-")?;
        let memory = Path::new(MEMORY);
        let mails = TempDir::with_prefix_in("guichet-bench-", if memory.is_dir() { memory } else { folder.path() })?;
        Ok(Self { kind, folder, mails, simulator, serving })
    }

    /// Starts the bot; how long it took until its first poll was answered.
    pub async fn start(&self) -> anyhow::Result<(Running, Duration)> {
        let first = self.simulator.with(|world| {
            world.add_person(Person::new(EARLY_BIRD, "Early", "en"));
            world.person_types(EARLY_BIRD, "/menu").map(|_| world.next_call())
        })?;
        let begin = Instant::now();
        let mut command = self.kind.command()?;
        command
            .current_dir(self.folder.path())
            .env("GUICHET_MAIL_URL", format!("file:{}", self.mails.path().display()))
            .env("TELOXIDE_TOKEN", self.simulator.token())
            .env("TELOXIDE_API_URL", format!("http://{}", self.serving.address))
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        let running = Running(command.spawn().with_context(|| format!("cannot start {}", self.kind.name()))?);
        Ok((running, self.first_poll(first).await.duration_since(begin)))
    }

    /// When the first poll after the call `first` was answered. A call wakes nobody, so it is looked for now and then.
    async fn first_poll(&self, first: u64) -> Instant {
        loop {
            let poll = self.simulator.with(|world| {
                let polls = world.calls_since(first).find(|(_, call)| call.method == "getupdates");
                polls.map(|(_, call)| call.instant)
            });
            match poll {
                Some(instant) => return instant,
                None => tokio::time::sleep(Duration::from_millis(5)).await,
            }
        }
    }
}

impl Running {
    /// The processor time used so far, in seconds, once the process rests.
    pub async fn cpu_at_rest(&self) -> anyhow::Result<f64> {
        let mut before = self.cpu()?;
        loop {
            tokio::time::sleep(Duration::from_millis(150)).await;
            let now = self.cpu()?;
            if now <= before {
                return Ok(now);
            }
            before = now;
        }
    }

    fn cpu(&self) -> anyhow::Result<f64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.0.id()))?;
        // The name in parentheses may hold spaces; utime and stime are the 14th and 15th field (proc(5)).
        let fields = stat.rsplit_once(')').context("no name in stat")?.1.split_whitespace().skip(11).take(2);
        let ticks: u64 = fields.map(str::parse::<u64>).sum::<Result<_, _>>()?;
        Ok(ticks as f64 / TICKS)
    }

    /// Resident memory now, in MiB.
    pub fn resident(&self) -> anyhow::Result<f64> {
        let status = std::fs::read_to_string(Path::new("/proc").join(self.0.id().to_string()).join("status"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS in status")?;
        Ok(line.trim_end_matches("kB").trim().parse::<f64>()? / 1024.0)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // A stop in order, for the next start is timed; whatever comes of it, the process is gone afterwards.
        let _ = Command::new("kill").arg(self.0.id().to_string()).status();
        let _ = self.0.wait();
    }
}
