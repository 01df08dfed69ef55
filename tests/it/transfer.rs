//! Accounts come in, go out and are copied while the real counter serves; a copy is restored, and a cut-short import finished.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Stdio;

use guichet::config::Database;
use guichet::import::samples;
use guichet::simulator::{ChatMessage, Sender};
use guichet::store::meta::{self, Meta};
use guichet::store::{Db, import};

use crate::operator::{Counter, HOLDER, PATIENCE, code_from, refusal, run, says, stop};
use crate::process;

const ACCOUNTS: i64 = 1500;
const PAYMENTS: i64 = 4;

/// Runs a command in the counter's folder; what it wrote to standard output.
fn said(folder: &Path, arguments: &[&str]) -> String {
    let output = process::guichet(folder, arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// A counter with the sample accounts.
pub async fn stocked() -> Counter {
    let counter = Counter::new().await;
    samples::write(&counter.path().join("samples")).unwrap();
    said(counter.path(), &["import", "samples"]);
    counter
}

/// The holder signs in to a sample account.
pub async fn sign_in(counter: &Counter) {
    asks(counter, "/signin").await;
    asks(counter, "alice@example.org").await;
    let code = code_from(&counter.path().join("mail")).await;
    asks(counter, &code).await;
}

/// The holder types, and an answer comes below it; the screen before may go.
pub async fn asks(counter: &Counter, text: &str) {
    let typed = counter.simulator.with(|world| world.person_types(HOLDER, text)).unwrap();
    let answered = |message: &ChatMessage| (message.from == Sender::Bot && message.id > typed).then_some(());
    let seen = counter.simulator.until_in(HOLDER, |world| world.messages(HOLDER).iter().rev().find_map(answered));
    tokio::time::timeout(PATIENCE, seen).await.unwrap_or_else(|_| panic!("{text} is not answered"));
}

/// Taps the newest button that reads so, and waits for a message that shows `answer`.
pub async fn tap(counter: &Counter, label: &str, answer: &str) {
    let button = |message: &ChatMessage| Some((message.id, message.data_of(label)?.to_owned()));
    let shows = |message: &ChatMessage| message.text().contains(answer).then_some(());
    counter.simulator.with(|world| {
        let (message, data) = world.messages(HOLDER).iter().rev().find_map(button).unwrap_or_else(|| panic!("no [{label}]"));
        world.person_taps(HOLDER, message, &data).unwrap();
    });
    let seen = counter.simulator.until_in(HOLDER, |world| world.messages(HOLDER).iter().find_map(shows));
    tokio::time::timeout(PATIENCE, seen).await.unwrap_or_else(|_| panic!("nothing shows [{answer}]"));
}

async fn take_the_card_off(counter: &Counter) {
    asks(counter, "/cards").await;
    tap(counter, "Visa •••• 1117", "Take off").await;
    tap(counter, "Yes, take it off", "has been taken off").await;
}

/// The newest message in the holder's chat.
pub fn newest(counter: &Counter) -> String {
    counter.simulator.with(|world| world.messages(HOLDER).last().unwrap().text().to_owned())
}

fn write_many(folder: &Path) {
    fs::create_dir(folder).unwrap();
    let mut accounts = "email,name,language,state,opened_on,password_hash\n".to_owned();
    let mut payments = "payment_ref,email,paid_at,merchant,amount,currency,status,card_last4\n".to_owned();
    for account in 0..ACCOUNTS {
        accounts += &format!("many{account}@example.org,Holder {account},en,open,2015-05-05,\n");
        for payment in 0..PAYMENTS {
            payments += &format!("m{account}-{payment},many{account}@example.org,2016-05-04T08:00:00Z,Shop,8,EUR,paid,\n");
        }
    }
    fs::write(folder.join("accounts.csv"), accounts).unwrap();
    fs::write(folder.join("payments.csv"), payments).unwrap();
}

#[tokio::test]
async fn an_import_goes_in_while_holders_are_served() {
    let counter = stocked().await;
    write_many(&counter.path().join("many"));
    let mut serving = counter.start();
    sign_in(&counter).await;
    let mut import = process::guichet(counter.path(), &["import", "many"]);
    let mut import = process::Process(import.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap());
    let mut answered = 0;
    while import.0.try_wait().unwrap().is_none() {
        asks(&counter, "/history").await;
        answered += 1;
    }
    assert!(answered > 3, "the import was over after {answered} answers");
    let mut report = String::new();
    std::io::Read::read_to_string(&mut import.0.stdout.take().unwrap(), &mut report).unwrap();
    says(&report, &["accounts.csv        1500      1500", "payments.csv        6000      6000"]);
    asks(&counter, "/cards").await;
    stop(&mut serving, "TERM").await;
    let (_db, mut conn) = counter.database().await;
    assert_eq!(conn.number("SELECT COUNT(*) FROM account", vec![]).await.unwrap(), 6 + ACCOUNTS);
    assert_eq!(conn.number("SELECT COUNT(*) FROM payment", vec![]).await.unwrap(), 66 + ACCOUNTS * PAYMENTS);
}

#[tokio::test]
async fn an_export_is_made_while_holders_are_served_and_brings_no_card_back() {
    let counter = stocked().await;
    let mut serving = counter.start();
    sign_in(&counter).await;
    take_the_card_off(&counter).await;
    says(&said(counter.path(), &["export", "out"]), &["cards.csv              6", "payments.csv          66"]);
    let cards = fs::read_to_string(counter.path().join("out/cards.csv")).unwrap();
    assert!(!cards.contains("C-1005"), "{cards}");
    let report = said(counter.path(), &["import", "out"]);
    says(&report, &["payments.csv          66         0         0         66          0"]);
    said(counter.path(), &["import", "samples"]);
    asks(&counter, "/cards").await;
    assert!(newest(&counter).contains("No linked cards"), "{}", newest(&counter));
    says(&refusal(process::guichet(counter.path(), &["export", "out"]), 1).await, &["out", "something is here already"]);
    stop(&mut serving, "TERM").await;
}

#[tokio::test]
async fn a_copy_of_a_running_counter_is_restored_elsewhere() {
    let counter = stocked().await;
    let mut serving = counter.start();
    sign_in(&counter).await;
    take_the_card_off(&counter).await;
    let told = said(counter.path(), &["backup", "copy.db"]);
    let (_, rest) = told.split_once("copy.db: ").unwrap();
    let copy = counter.path().join("copy.db");
    assert!(rest.starts_with(&format!("{} bytes, read through and sound\n", fs::metadata(&copy).unwrap().len())), "{told}");
    assert!(told.contains("guichet.key (fingerprint "), "{told}");
    assert_eq!(fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
    asks(&counter, "/status").await;
    stop(&mut serving, "TERM").await;

    let elsewhere = tempfile::tempdir().unwrap();
    fs::rename(&copy, elsewhere.path().join("guichet.db")).unwrap();
    let restored = Database::Sqlite(elsewhere.path().join("guichet.db"));
    let db = Db::open(&restored).await.unwrap();
    let left = meta::get(&mut db.conn().await.unwrap(), Meta::LeftInOrder).await.unwrap();
    assert_eq!(left.as_deref(), Some("no"), "whoever was at work when the copy was made is taken up with care");
    db.close().await;
    drop(db);
    let again = || run(elsewhere.path(), &counter.simulator.token(), &format!("http://{}", counter.address()));
    says(&refusal(again(), 1).await, &["GUICHET_KEY_FILE:", "there is no key here"]);
    fs::write(elsewhere.path().join("guichet.key"), "ab".repeat(32)).unwrap();
    fs::set_permissions(elsewhere.path().join("guichet.key"), fs::Permissions::from_mode(0o600)).unwrap();
    says(&refusal(again(), 1).await, &["not the key that belongs to the database"]);
    fs::copy(counter.path().join("guichet.key"), elsewhere.path().join("guichet.key")).unwrap();
    let mut serving = process::run(elsewhere.path(), &counter.simulator, counter.address());
    asks(&counter, "/cards").await;
    assert!(newest(&counter).contains("No linked cards"), "signed in still, and the card is off: {}", newest(&counter));
    stop(&mut serving, "TERM").await;
}

#[tokio::test]
async fn a_copy_overwrites_nothing_and_wants_the_right_key() {
    let counter = stocked().await;
    let back_up = || process::guichet(counter.path(), &["backup", "copy.db"]);
    let (db, _) = counter.database().await;
    db.close().await;
    drop(db);
    let told = said(counter.path(), &["backup", "early.db"]);
    assert!(told.contains("guichet.key (fingerprint "), "the import has made the key that it sealed with: {told}");
    let mut serving = counter.start();
    asks(&counter, "/start").await;
    let files = || fs::read_dir(counter.path()).unwrap().count();
    let before = files();
    let key = counter.path().join("guichet.key");
    let right = fs::read(&key).unwrap();
    fs::write(&key, "ab".repeat(32)).unwrap();
    says(&refusal(back_up(), 1).await, &["GUICHET_KEY_FILE", "guichet.key", "not the key that belongs to the database"]);
    fs::remove_file(&key).unwrap();
    says(&refusal(back_up(), 1).await, &["GUICHET_KEY_FILE:", "guichet.key", "there is no key here"]);
    fs::write(&key, right).unwrap();
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(files(), before);
    let taken = process::guichet(counter.path(), &["backup", "guichet.key"]);
    says(&refusal(taken, 1).await, &["guichet.key", "a file is here already", "name another file"]);
    for arguments in [["backup", "nowhere/copy.db"], ["export", "nowhere/out"]] {
        says(&refusal(process::guichet(counter.path(), &arguments), 1).await, &["nowhere: there is no such folder", "make it first"]);
    }
    said(counter.path(), &["backup", "copy.db"]);
    assert_eq!(files(), before + 1);
    stop(&mut serving, "TERM").await;

    for arguments in [["backup", "copy.db"], ["export", "out"]] {
        let mut elsewhere = process::guichet(counter.path(), &arguments);
        elsewhere.env("DATABASE_URL", "sqlite://nowhere.db");
        says(&refusal(elsewhere, 1).await, &["DATABASE_URL", "nowhere.db", "there is no database here"]);
    }
    assert!(!counter.path().join("nowhere.db").exists());
}

#[tokio::test]
async fn the_next_start_finishes_an_import_that_was_cut_short() {
    let counter = stocked().await;
    let (db, mut conn) = counter.database().await;
    conn.script(
        "INSERT INTO staged_payment (line, payment_ref, email_index, paid_at, merchant, minor, currency, status, card_last4) \
         SELECT 2, 'late', email_index, 1480000000000, 'The Late Shop', 990, 'GBP', 'paid', '' FROM account WHERE account_id = 3",
    )
    .await
    .unwrap();
    import::decide(&mut conn).await.unwrap();
    drop(conn);
    db.close().await;
    drop(db);
    says(&refusal(process::guichet(counter.path(), &["export", "out"]), 1).await, &["an import is being merged", "finishes it"]);
    let mut serving = counter.start();
    sign_in(&counter).await;
    asks(&counter, "/history").await;
    assert!(newest(&counter).contains("The Late Shop"), "{}", newest(&counter));
    says(&said(counter.path(), &["export", "out"]), &["payments.csv          67"]);
    stop(&mut serving, "TERM").await;
}
