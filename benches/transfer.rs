//! How long a holder waits for an answer while a big import goes in, and how much memory import, export and backup take:
//! `cargo bench --bench transfer`. The real program runs against a simulated Telegram; all figures are printed.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use guichet::clock::Clock;
use guichet::simulator::{ChatMessage, Person, Sender, Simulator};

const ACCOUNTS: u32 = 100_000;
const CARDS: u32 = 150_000;
const PAYMENTS: u32 = 1_000_000;
const HOLDER: i64 = 1001;
/// How long the counter is watched without an import.
const CALM: Duration = Duration::from_secs(20);

#[tokio::main]
async fn main() {
    let folder = tempfile::tempdir().unwrap();
    generate(&folder.path().join("in"));
    let simulator = Simulator::new(Clock::machine());
    let serving = simulator.serve(([127, 0, 0, 1], 0).into()).await.unwrap();
    simulator.with(|world| world.add_person(Person::new(HOLDER, "Holder", "en")));
    let api = format!("http://{}", serving.address);
    let mut counter = guichet(folder.path(), &["run"])
        .envs([("TELOXIDE_TOKEN", simulator.token().as_str()), ("TELOXIDE_API_URL", &api), ("GUICHET_SEND_RATE", "0")])
        .env("GUICHET_OPERATOR", "Example Association <help@example.org>")
        .spawn()
        .unwrap();

    println!("{ACCOUNTS} accounts, {ACCOUNTS} balances, {CARDS} cards, {PAYMENTS} payments");
    ask(&simulator).await;
    let began = Instant::now();
    tell("answers before", watch(&simulator, || began.elapsed() > CALM).await);
    for arguments in [["import", "in"], ["import", "in"], ["export", "out"], ["backup", "copy.db"]] {
        while_running(folder.path(), &simulator, &arguments).await;
    }
    for name in ["guichet.db", "guichet.db-wal", "copy.db", "in/payments.csv"] {
        println!("{name}: {} MB", fs::metadata(folder.path().join(name)).map_or(0, |file| file.len() / 1_000_000));
    }
    counter.kill().unwrap();
    counter.wait().unwrap();
}

fn guichet(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_guichet"));
    command.args(arguments).current_dir(folder).env_clear().env("RUST_LOG", "warn").stdin(Stdio::null());
    command
}

/// Runs a command and, for as long as it takes, asks the counter again and again.
async fn while_running(folder: &Path, simulator: &Simulator, arguments: &[&str]) {
    let mut child = guichet(folder, arguments).stdout(Stdio::inherit()).spawn().unwrap();
    let (began, mut peak) = (Instant::now(), 0);
    let answers = watch(simulator, || {
        peak = peak.max(peak_memory(&child).unwrap_or_default());
        child.try_wait().unwrap().is_some()
    });
    let answers = answers.await;
    assert!(child.wait().unwrap().success(), "{arguments:?}");
    println!("{}: {:.1} s, at most {:.1} MB of memory", arguments.join(" "), began.elapsed().as_secs_f64(), f64::from(peak) / 1024.0);
    tell("  answers meanwhile", answers);
}

/// The most memory a process has held, in KiB.
fn peak_memory(child: &Child) -> Option<u32> {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.trim().strip_suffix(" kB")?.parse().ok()
}

/// How long each answer took.
async fn watch(simulator: &Simulator, mut over: impl FnMut() -> bool) -> Vec<Duration> {
    let mut answers = Vec::new();
    while !over() {
        let began = Instant::now();
        ask(simulator).await;
        answers.push(began.elapsed());
    }
    answers
}

/// Asks for the status and waits for it.
async fn ask(simulator: &Simulator) {
    let typed = simulator.with(|world| world.person_types(HOLDER, "/status")).unwrap();
    let answers = |message: &ChatMessage| (message.from == Sender::Bot && message.id > typed).then_some(());
    simulator.until_in(HOLDER, |world| world.messages(HOLDER).iter().rev().find_map(answers)).await;
}

fn tell(what: &str, mut answers: Vec<Duration>) {
    answers.sort();
    let at = |share: f64| answers[((answers.len() - 1) as f64 * share) as usize].as_secs_f64() * 1000.0;
    println!("{what}: {}, median {:.1} ms, 99 % within {:.1} ms, slowest {:.1} ms", answers.len(), at(0.5), at(0.99), at(1.0));
}

/// Writes the four files, payments in no order of their holders.
fn generate(folder: &Path) {
    fs::create_dir(folder).unwrap();
    write(folder, "accounts.csv", "email,name,language,state,opened_on,password_hash", ACCOUNTS, |n, line| {
        write!(line, "holder{n}@example.org,Holder Number {n},fr,open,2014-05-05,")
    });
    write(folder, "balances.csv", "email,currency,amount", ACCOUNTS, |n, line| write!(line, "holder{n}@example.org,EUR,{}.50", n % 100));
    write(folder, "cards.csv", "card_ref,email,brand,last4,expires,linked_on", CARDS, |n, line| {
        write!(line, "C{n},holder{}@example.org,Visa,{:04},2027-08,2015-02-03", n % ACCOUNTS, n % 10_000)
    });
    write(folder, "payments.csv", "payment_ref,email,paid_at,merchant,amount,currency,status,card_last4", PAYMENTS, |n, line| {
        let (holder, reference) = (n.wrapping_mul(2_654_435_761) % ACCOUNTS, n.wrapping_mul(2_246_822_519));
        let (month, day) = (n % 12 + 1, n % 28 + 1);
        write!(
            line,
            "P{reference:08x}x{n},holder{holder}@example.org,2016-{month:02}-{day:02}T08:30:00Z,Shop Number {},12.90,EUR,paid,4242",
            n % 900
        )
    });
}

fn write(folder: &Path, name: &str, header: &str, count: u32, row: impl Fn(u32, &mut String) -> std::fmt::Result) {
    let mut file = BufWriter::new(File::create(folder.join(name)).unwrap());
    writeln!(file, "{header}").unwrap();
    let mut line = String::new();
    for number in 0..count {
        line.clear();
        row(number, &mut line).unwrap();
        writeln!(file, "{line}").unwrap();
    }
    file.flush().unwrap();
}
