//! The commands: run, demo, play, import, export, backup, key, account, verify, feedback, check.

use std::io::{IsTerminal as _, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use clap::{Parser, Subcommand};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

use crate::app::{App, Parts};
use crate::check::{self, Grade};
use crate::clock::{Clock, Random};
use crate::config::{SettingError, Settings};
use crate::domain::{Email, PolicyError};
use crate::effects::Transport;
use crate::hand::{self, Act, Hand};
use crate::locale::{LocaleError, Locales};
use crate::progress::bar;
use crate::simulator::{demo, play};
use crate::store::{Db, look};
use crate::web::PAGE_RATE;
use crate::{backup, export, feedback, import, moving, receipt, rotation, unlock};

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
        /// Move in: everything that `export --all` wrote, chats and sessions too, into a database that is new.
        #[arg(long)]
        all: bool,
    },
    /// Export accounts, balances, cards and payments into a new folder of CSV files that `import` reads.
    Export {
        /// The folder.
        folder: PathBuf,
        /// Move out: everything else that the counter keeps as well, for `import --all`. Stop the counter first.
        #[arg(long)]
        all: bool,
    },
    /// Copy the database into a new file, while the counter serves, and say which key belongs to it.
    Backup {
        /// The file.
        file: PathBuf,
    },
    /// Handle the secret key.
    Key {
        /// What to do with it.
        #[command(subcommand)]
        command: KeyCommand,
    },
    /// Say whether a receipt is genuine, by its reference as its holder quotes it: what was done, when, and whether the audit's row of it
    /// is intact. The exit code is 0 if it is, 1 if it is unknown, 2 if the row was altered.
    Verify {
        /// The reference, such as K7QX2-M9DA4; case, spaces, hyphens, O for 0 and I for 1 do not matter.
        #[arg(required = true)]
        reference: Vec<String>,
    },
    /// Show one account, masked, or do something to it, while the counter serves. Each look and each act is audited.
    Account {
        /// The e-mail address of the account.
        email: Email,
        #[command(subcommand)]
        act: Option<OnAccount>,
    },
    /// Show which help articles helped, and what holders missed in them.
    Feedback,
    /// Examine settings, policy, texts, database, key, token, mail, web address and clock, and say what to do. The exit code is 0 if all is
    /// in order, 1 if something needs care, 2 if the counter would not start or not serve.
    Check,
}

#[derive(Debug, Subcommand)]
enum KeyCommand {
    /// Change the key: make a new one and seal everything with it. Stop the counter first. If it is cut short, run it again.
    Rotate,
}

#[derive(Clone, Copy, Debug, Subcommand)]
enum OnAccount {
    /// Let nobody sign in, and end its sessions; an import does not undo it.
    Lock,
    /// Take that lock away.
    Unlock,
    /// End its sessions.
    EndSessions,
    /// Erase the account and all that is kept of its holder, for good; an import does not bring it back.
    Erase {
        /// Do not ask.
        #[arg(long)]
        yes: bool,
    },
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
        Command::Import { folder, all: false } => import_folder(&folder).await.map(|()| ExitCode::SUCCESS),
        Command::Import { folder, all: true } => move_in(&folder).await.map(|()| ExitCode::SUCCESS),
        Command::Export { folder, all: false } => export_folder(&folder).await.map(|()| ExitCode::SUCCESS),
        Command::Export { folder, all: true } => move_out(&folder).await.map(|()| ExitCode::SUCCESS),
        Command::Backup { file } => back_up(&file).await.map(|()| ExitCode::SUCCESS),
        Command::Key { command: KeyCommand::Rotate } => rotate_key().await.map(|()| ExitCode::SUCCESS),
        Command::Verify { reference } => verify(&reference.concat()).await,
        Command::Account { email, act } => account(&email, act).await.map(|()| ExitCode::SUCCESS),
        Command::Feedback => feedback().await.map(|()| ExitCode::SUCCESS),
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
    let ansi = std::io::stderr().is_terminal();
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(ansi).with_writer(std::io::stderr).init();
    Ok(())
}

/// A panic is told by its place alone: its words may repeat what a holder typed.
fn log_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "a panic; please report this place, it is a mistake in guichet");
    }));
}

fn settings() -> Result<Settings, SettingError> {
    Settings::load(&|name| std::env::var(name).ok(), Path::new("."))
}

async fn serve() -> anyhow::Result<()> {
    let settings = settings()?;
    log_to_stderr(&settings.log)?;
    log_panics();
    let policy = settings.read_policy()?;
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
        trusted_proxies: settings.trusted_proxies.clone(),
        page_rate: Some(PAGE_RATE),
        webhook: settings.webhook.clone(),
        admin_listen: Some(settings.admin_listen),
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
    let key = unlock::unlock(&db, &settings.key_file, &Random::machine(), Clock::machine().now()).await?;
    let report = import::import_with(&db, folder, Some(&key), bar()).await;
    db.close().await;
    say(&report?.to_string())
}

async fn export_folder(folder: &Path) -> anyhow::Result<()> {
    let settings = settings()?;
    log_to_stderr(&settings.log)?;
    let db = Db::look(&settings.database).await?;
    unlock::look(&db, &settings.key_file).await?;
    let export = unless_stopped(export::export(&db, folder, bar())).await?;
    db.close().await;
    say(&export?.to_string())
}

/// Exports everything, and says so if a counter is serving meanwhile: what it does from then on stays behind.
async fn move_out(folder: &Path) -> anyhow::Result<()> {
    let settings = settings()?;
    log_to_stderr(&settings.log)?;
    let db = Db::look(&settings.database).await?;
    unlock::look(&db, &settings.key_file).await?;
    let serving = look::in_use(&mut db.conn().await?, &settings.database).await?;
    let export = unless_stopped(export::export_all(&db, folder, bar())).await?;
    db.close().await;
    say(&export?.to_string())?;
    say(if serving { SERVING } else { STAY_STOPPED })
}

/// What `export --all` says beside a running counter, and beside one that is stopped.
const SERVING: &str = "CARE: a counter is serving from this database, and what happens from now on is not in the export. \
                       To move for good, stop the counter first, then export again.";
const STAY_STOPPED: &str = "Next: `guichet import DIR --all` with DATABASE_URL naming a new database. Leave this counter stopped from now on, \
                            and take its key file along. The folder holds addresses and password hashes: keep it from other eyes.";

async fn move_in(folder: &Path) -> anyhow::Result<()> {
    let settings = settings()?;
    log_to_stderr(&settings.log)?;
    let db = Db::join(&settings.database).await?;
    let moved = unless_stopped(moving::import_all(&db, folder, &settings.key_file, bar())).await?;
    db.close().await;
    say(&moved?.to_string())
}

async fn back_up(file: &Path) -> anyhow::Result<()> {
    let settings = settings()?;
    log_to_stderr(&settings.log)?;
    let db = Db::look(&settings.database).await?;
    let backup = unless_stopped(backup::back_up(&db, &settings.key_file, file)).await?;
    db.close().await;
    say(&backup?.to_string())
}

/// Sees something through, unless the process is asked to stop: then what was begun is taken away, and the error says so.
async fn unless_stopped<T>(work: impl Future<Output = T>) -> anyhow::Result<T> {
    tokio::select! {
        done = work => Ok(done),
        stopped = stopped() => stopped.and_then(|()| anyhow::bail!("stopped before it was done; nothing of it is left behind")),
    }
}

async fn rotate_key() -> anyhow::Result<()> {
    let settings = settings()?;
    log_to_stderr(&settings.log)?;
    let db = Db::look(&settings.database).await?;
    let rotated = rotation::rotate(&db, &settings.key_file, &Random::machine()).await;
    db.close().await;
    say(&rotated?.to_string())
}

async fn verify(reference: &str) -> anyhow::Result<ExitCode> {
    let settings = settings()?;
    log_to_stderr(&settings.log)?;
    let db = Db::look(&settings.database).await?;
    let verified = receipt::verify(&db, &settings.key_file, reference).await;
    db.close().await;
    let (outcome, words) = verified?;
    say(&words)?;
    Ok(ExitCode::from(outcome as u8))
}

async fn account(email: &Email, act: Option<OnAccount>) -> anyhow::Result<()> {
    let settings = settings()?;
    log_to_stderr(&settings.log)?;
    let db = Db::join_known(&settings.database).await?;
    let key = hand::key_of(&db, &settings.key_file).await?;
    let hand = Hand { db: &db, key, clock: Clock::machine(), random: Random::machine() };
    let act = match act {
        None => None,
        Some(OnAccount::Lock) => Some(Act::Lock),
        Some(OnAccount::Unlock) => Some(Act::Unlock),
        Some(OnAccount::EndSessions) => Some(Act::EndSessions),
        Some(OnAccount::Erase { yes }) => {
            anyhow::ensure!(yes || is_sure(email)?, "nothing was erased");
            Some(Act::Erase)
        }
    };
    let told = match act {
        None => hand.show(email).await?.to_string(),
        Some(act) => hand.act(email, act).await?.to_string(),
    };
    db.close().await;
    say(&told)
}

/// Asks at the terminal whether an account is really to be erased.
fn is_sure(email: &Email) -> anyhow::Result<bool> {
    let input = std::io::stdin();
    anyhow::ensure!(input.is_terminal(), "nobody is here to be asked; nothing was erased: add --yes if you are sure");
    let mut asked = std::io::stdout();
    write!(asked, "Erase the account of {} for good, with its cards, balances and payments? Type yes: ", email.masked())?;
    asked.flush()?;
    let mut answer = String::new();
    input.read_line(&mut answer)?;
    Ok(answer.trim() == "yes")
}

async fn feedback() -> anyhow::Result<()> {
    let settings = settings()?;
    log_to_stderr(&settings.log)?;
    let db = Db::look(&settings.database).await?;
    unlock::look(&db, &settings.key_file).await?;
    let report = feedback::report(&mut db.conn().await?).await;
    db.close().await;
    say(&report?)
}

/// Writes a line to standard output; whoever reads it may have closed it.
fn say(line: &str) -> anyhow::Result<()> {
    writeln!(std::io::stdout(), "{line}").context("cannot write to standard output")
}

/// The settings, then what was found, then the worst of it in words and as the exit code.
async fn check() -> anyhow::Result<ExitCode> {
    let (settings, findings) = check::examine(&|name| std::env::var(name).ok(), Path::new(""), &Clock::machine()).await;
    let found: Vec<_> = findings.iter().map(ToString::to_string).collect();
    let worst = findings.iter().map(|finding| finding.grade).max().unwrap_or(Grade::Ok);
    say(&format!("{}\n\n{}\n\n{}", settings.join("\n"), found.join("\n"), worst.in_words()))?;
    Ok(ExitCode::from(worst as u8))
}
