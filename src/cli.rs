//! The commands: run, demo, play, import, export, backup, check.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use clap::{Parser, Subcommand};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

use crate::app::{App, Parts};
use crate::clock::{Clock, Random};
use crate::config::{SettingError, Settings};
use crate::domain::{Policy, PolicyError};
use crate::effects::Transport;
use crate::locale::{LocaleError, Locales};
use crate::progress::bar;
use crate::simulator::{demo, play, tour};
use crate::store::Db;
use crate::{backup, export, import};

/// The account-help counter of a payment service that is being wound down, as a Telegram bot.
#[derive(Debug, Parser)]
#[command(version, about)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve holders on Telegram until stopped.
    Run,
    /// Try the counter in a browser: a simulated Telegram, sample accounts, no token or network needed.
    Demo {
        /// The address of the page.
        #[arg(long, default_value = "127.0.0.1:8080")]
        listen: SocketAddr,
    },
    /// Play transcripts against the real bot and show where they depart.
    Play {
        /// Transcript files.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Import accounts, balances, cards and payments from a folder of CSV files: all or nothing, while the counter serves.
    Import {
        /// The folder.
        folder: PathBuf,
    },
    /// Export accounts, balances, cards and payments into a new folder of CSV files that `import` reads.
    Export {
        /// The folder.
        folder: PathBuf,
    },
    /// Copy the database into a new file, while the counter serves, and say which key belongs to it.
    Backup {
        /// The file.
        file: PathBuf,
    },
    /// Check the settings, the policy and the locale files.
    Check,
}

/// Carries out a command; the exit code is 0 unless it found something wrong.
pub async fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    match cli.command {
        Command::Run => serve().await.map(|()| ExitCode::SUCCESS),
        Command::Demo { listen } => {
            log_to_stderr("warn")?;
            demo::run(listen, stopped()).await.map(|()| ExitCode::SUCCESS)
        }
        Command::Play { files } => {
            log_to_stderr("error")?;
            play_all(&files).await
        }
        Command::Import { folder } => import_folder(&folder).await.map(|()| ExitCode::SUCCESS),
        Command::Export { folder } => export_folder(&folder).await.map(|()| ExitCode::SUCCESS),
        Command::Backup { file } => back_up(&file).await.map(|()| ExitCode::SUCCESS),
        Command::Check => check().await,
    }
}

/// 2 for what an operator has to set right in settings, policy or locale files, 1 for everything else.
pub fn exit_code(error: &anyhow::Error) -> ExitCode {
    let set_wrong = error.is::<SettingError>() || error.is::<PolicyError>() || error.is::<LocaleError>();
    ExitCode::from(if set_wrong { 2 } else { 1 })
}

/// An error with its causes, without those that it already tells.
pub fn in_one_line(error: &anyhow::Error) -> String {
    error
        .chain()
        .map(ToString::to_string)
        .reduce(|told, cause| if told.contains(&cause) { told } else { format!("{told}: {cause}") })
        .unwrap_or_default()
}

fn log_to_stderr(filter: &str) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(filter).context("RUST_LOG")?;
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    Ok(())
}

fn settings() -> Result<Settings, SettingError> {
    Settings::load(&|name| std::env::var(name).ok(), Path::new("."))
}

fn policy(settings: &Settings) -> anyhow::Result<Policy> {
    let Some(path) = &settings.policy else { return Ok(Policy::built_in()?) };
    let file = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|error| PolicyError::unreadable(&file, &error))?;
    Ok(Policy::parse(&text, &file)?)
}

async fn serve() -> anyhow::Result<()> {
    let settings = settings()?;
    log_to_stderr(&settings.log)?;
    let policy = policy(&settings)?;
    let locales = Locales::load(settings.locales.as_deref(), policy.time_zone.clone())?;
    let operator = settings.need_operator(&policy)?;
    let token = settings.need_token()?;
    let mail_from = match &settings.mail_from {
        Some(mailbox) => mailbox.clone(),
        None => policy.contact.as_str().parse().context("the policy's contact cannot be a sender of mail; set GUICHET_MAIL_FROM")?,
    };
    let parts = Parts {
        database: settings.database.clone(),
        key_file: settings.key_file.clone(),
        api_url: settings.api_url.clone(),
        token: token.expose().to_owned(),
        operator,
        policy,
        locales: Arc::new(locales),
        transport: Transport::open(&settings.mail, settings.certificates.as_deref())?,
        mail_from,
        listen: settings.listen,
        public_url: settings.public_url.clone(),
        send_rate: settings.send_rate,
        clock: Clock::machine(),
        random: Random::machine(),
    };
    let stopped = stopped();
    let app = App::start(parts).await?;
    stopped.await?;
    tracing::info!("stopping");
    app.stop().await;
    Ok(())
}

/// Returns when the process is asked to stop, by ctrl-c or SIGTERM. The signals are caught from the call on.
fn stopped() -> impl Future<Output = anyhow::Result<()>> {
    let signals = signal(SignalKind::interrupt()).and_then(|interrupt| Ok((interrupt, signal(SignalKind::terminate())?)));
    async move {
        let (mut interrupt, mut terminate) = signals.context("cannot listen for signals")?;
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        Ok(())
    }
}

async fn play_all(files: &[PathBuf]) -> anyhow::Result<ExitCode> {
    let mut departed = 0_usize;
    for file in files {
        let played = play::play_file(file).await?;
        say(&format!("# {}\n{}", file.display(), played.conversation))?;
        departed += usize::from(played.departure.is_some());
    }
    say(&format!("{} passed, {departed} failed", files.len() - departed))?;
    Ok(if departed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn import_folder(folder: &Path) -> anyhow::Result<()> {
    let settings = settings()?;
    log_to_stderr(&settings.log)?;
    let db = Db::join(&settings.database).await?;
    let report = import::import(&db, folder, bar()).await;
    db.close().await;
    say(&report?.to_string())
}

async fn export_folder(folder: &Path) -> anyhow::Result<()> {
    let settings = settings()?;
    log_to_stderr(&settings.log)?;
    let db = Db::look(&settings.database).await?;
    let export = export::export(&db, folder, bar()).await;
    db.close().await;
    say(&export?.to_string())
}

async fn back_up(file: &Path) -> anyhow::Result<()> {
    let settings = settings()?;
    log_to_stderr(&settings.log)?;
    let db = Db::look(&settings.database).await?;
    let backup = backup::back_up(&db, &settings.key_file, file).await;
    db.close().await;
    say(&backup?.to_string())
}

/// Writes a line to standard output; whoever reads it may have closed it.
fn say(line: &str) -> anyhow::Result<()> {
    writeln!(std::io::stdout(), "{line}").context("cannot write to standard output")
}

/// Says what is wrong with the settings, the policy and the locale files; one line each, with what to do.
async fn check() -> anyhow::Result<ExitCode> {
    let settings = settings()?;
    for line in settings.display() {
        say(line)?;
    }
    let policy = policy(&settings)?;
    let locales = Arc::new(Locales::load(settings.locales.as_deref(), policy.time_zone.clone())?);
    settings.need_operator(&policy)?;
    settings.need_token()?;
    let mut findings: Vec<String> = locales.check().iter().map(ToString::to_string).collect();
    findings.extend(tour::findings(&policy, &locales).await?);
    for finding in &findings {
        say(finding)?;
    }
    say(if findings.is_empty() { "everything is in order" } else { "the texts need care" })?;
    Ok(if findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}
