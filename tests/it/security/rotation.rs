//! The change of the key: whatever cuts it short, it goes on, and in the end everything opens with the new key alone.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use guichet::clock::{Clock, Random};
use guichet::config::Database;
use guichet::domain::{AccountState, ChatId, Email, Language, Money};
use guichet::import::{import, samples};
use guichet::rotation::{RotateError, rotate};
use guichet::secret::Key;
use guichet::store::chat::Chat;
use guichet::store::import::{self as staging, StagedAccount, StagedBalance};
use guichet::store::{Conn, Db, account, chat, known_chat, session};
use guichet::unlock::{self, unlock};

use crate::operator::{Counter, HOLDER, refusal, says, stop};
use crate::postgres::Server;
use crate::process::{guichet, outcome};
use crate::transfer::{asks, newest, sign_in, stocked, tap};
use crate::unlocked::unlocked;

const TABLES: [(&str, &str); 6] = [
    ("account", "email"),
    ("account", "name"),
    ("chat", "telegram_id"),
    ("chat", "dialogue"),
    ("session", "telegram_id"),
    ("effect", "COALESCE(payload, '')"),
];

/// Every sealed value is sealed with this key.
async fn sealed_with(conn: &mut Conn, key: &Key) {
    for (table, column) in TABLES {
        let sql = format!("SELECT COUNT(*) FROM {table} WHERE {column} <> '' AND {column} NOT LIKE '1.{}.%'", &key.fingerprint()[..8]);
        assert_eq!(conn.number(sql.leak(), vec![]).await.unwrap(), 0, "{table}.{column}");
    }
}

/// The chat is known to be Alice's by the new key and no longer by the old one, nothing else of that is left, and `/forget` finds it.
async fn protects_whom_it_did(conn: &mut Conn, old: &Key, new: &Key, chat: ChatId) {
    let alice = "alice@example.org".parse().unwrap();
    assert!(known_chat::is_known(conn, new, chat, &alice).await.unwrap());
    assert!(!known_chat::is_known(conn, old, chat, &alice).await.unwrap());
    for (rows, table) in [(1, "known_chat"), (0, "limit_bucket"), (0, "reset_decoy")] {
        assert_eq!(conn.number(format!("SELECT COUNT(*) FROM {table}").leak(), vec![]).await.unwrap(), rows, "{table}");
    }
    conn.begin().await.unwrap();
    known_chat::forget(conn, new, chat).await.unwrap();
    assert!(!known_chat::is_known(conn, new, chat, &alice).await.unwrap());
    conn.roll_back().await.unwrap();
}

fn key(folder: &Path) -> Key {
    Key::read(&folder.join("guichet.key")).unwrap()
}

async fn signed_in() -> Counter {
    let counter = stocked().await;
    let mut serving = counter.start();
    sign_in(&counter).await;
    let told = refusal(guichet(counter.path(), &["key", "rotate"]), 1).await;
    says(&told, &["DATABASE_URL", "a counter is serving", "stop it first"]);
    asks(&counter, "/cards").await;
    stop(&mut serving, "TERM").await;
    counter
}

/// The counter goes on where it stood, with the key file that is there and no other.
async fn goes_on(counter: &Counter, old: &Key) {
    let new = key(counter.path());
    assert_ne!(new.fingerprint(), old.fingerprint());
    assert_eq!(fs::metadata(counter.path().join("guichet.key")).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(!counter.path().join("guichet.key.new").exists());
    let aside = counter.path().join(format!("guichet.key.old-{}", &old.fingerprint()[..8]));
    assert_eq!(Key::read(&aside).unwrap().fingerprint(), old.fingerprint());
    fs::remove_file(&aside).unwrap();
    let mut serving = counter.start();
    asks(counter, "/cards").await;
    assert!(newest(counter).contains("1117"), "signed in still: {}", newest(counter));
    tap(counter, "Visa •••• 1117", "Take off").await;
    stop(&mut serving, "TERM").await;
    let checked = guichet(counter.path(), &["check"]).output().unwrap();
    let checked = String::from_utf8(checked.stdout).unwrap();
    assert!(checked.contains("ok    audit: rows: 1") && checked.contains("belongs to the database"), "{checked}");
    let (db, mut conn) = counter.database().await;
    sealed_with(&mut conn, &new).await;
    protects_whom_it_did(&mut conn, old, &new, ChatId(HOLDER)).await;
    assert!(account::by_email(&mut conn, &"alice@example.org".parse().unwrap()).await.unwrap().is_some());
    drop(conn);
    db.close().await;
}

#[tokio::test]
async fn a_change_of_the_key_that_is_killed_at_any_step_goes_on() {
    let counter = signed_in().await;
    let old = key(counter.path());
    let (mut kills, mut statement) = (0, 1);
    loop {
        let code = rotate_until(&counter, &format!("statement:{statement}"));
        if code == 0 {
            break;
        }
        (kills, statement) = (kills + 1, statement + 2);
        is_refused_meanwhile(&counter, &format!("out{kills}"));
    }
    assert!(kills >= 10, "{kills}");
    goes_on(&counter, &old).await;
}

#[tokio::test]
async fn a_change_of_the_key_that_is_killed_between_its_steps_goes_on() {
    let counter = signed_in().await;
    let mut old = key(counter.path());
    for step in 1..=5 {
        old = key(counter.path());
        assert_eq!(rotate_until(&counter, &format!("rotation:{step}")), -1, "{step}");
        is_refused_meanwhile(&counter, &format!("out{step}"));
        assert_eq!(rotate_until(&counter, ""), 0, "{step}");
    }
    goes_on(&counter, &old).await;
}

/// Changes the key until the crash that is ordered; the exit code, -1 for a crash.
fn rotate_until(counter: &Counter, crash: &str) -> i32 {
    let (code, told) = outcome(guichet(counter.path(), &["key", "rotate"]).env("GUICHET_CRASH", crash));
    assert!(code < 1, "{told}");
    code
}

/// Nothing else is done with a database whose key is being changed, and the operator hears how it goes on.
fn is_refused_meanwhile(counter: &Counter, out: &str) {
    let (code, told) = outcome(&mut guichet(counter.path(), &["export", out]));
    let begun = counter.path().join("guichet.key.new").exists();
    assert!(code == 0 || begun && told.contains("guichet key rotate"), "{told}");
}

#[tokio::test]
async fn a_wrong_key_begins_no_change_and_the_right_one_goes_on_as_before() {
    let counter = signed_in().await;
    let old = key(counter.path());
    let folder = counter.path();
    let other = Key::create(&folder.join("other.key"), &Random::machine()).unwrap();
    let before = fs::read_dir(folder).unwrap().count();
    let (code, told) = outcome(guichet(folder, &["key", "rotate"]).env("GUICHET_KEY_FILE", "other.key"));
    assert_eq!(code, 1, "{told}");
    says(&told, &["GUICHET_KEY_FILE", "other.key", "not the key that belongs", "put back the right key"]);
    assert_eq!(fs::read_dir(folder).unwrap().count(), before, "nothing is written beside it");
    // A change that was begun is not taken over by a wrong key either.
    assert_eq!(rotate_until(&counter, "rotation:2"), -1);
    let (code, told) = outcome(guichet(folder, &["key", "rotate"]).env("GUICHET_KEY_FILE", "other.key"));
    assert_eq!(code, 1, "{told}");
    says(&told, &["other.key", "not the key that belongs"]);
    assert_eq!(rotate_until(&counter, ""), 0);
    assert_ne!(key(folder).fingerprint(), other.fingerprint());
    goes_on(&counter, &old).await;
}

#[tokio::test]
async fn a_code_or_a_link_of_the_old_key_locks_nobody_out() {
    let counter = stocked().await;
    let mut serving = counter.start();
    asks(&counter, "/signin").await;
    asks(&counter, "alice@example.org").await;
    let code = crate::operator::code_from(&counter.path().join("mail")).await;
    stop(&mut serving, "TERM").await;
    assert_eq!(outcome(&mut guichet(counter.path(), &["key", "rotate"])).0, 0);
    fs::remove_dir_all(counter.path().join("mail")).unwrap();
    let mut serving = counter.start();
    asks(&counter, &code).await;
    assert!(newest(&counter).contains("code"), "{}", newest(&counter));
    tap(&counter, "New code", "code").await;
    let code = crate::operator::code_from(&counter.path().join("mail")).await;
    asks(&counter, &code).await;
    assert!(newest(&counter).contains("signed in"), "{}", newest(&counter));
    stop(&mut serving, "TERM").await;
}

/// What an import has decided is merged before the key changes, under which none of it would be found; what it has only staged is not.
#[tokio::test]
async fn an_import_that_was_cut_short_ends_with_the_change_of_the_key() {
    for decided in [true, false] {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::Sqlite(folder.path().join("test.db"));
        let db = unlocked(Db::open(&database).await.unwrap(), folder.path()).await;
        let email: Email = "late@example.org".parse().unwrap();
        let (name, language, state, opened_on) = ("Late".to_owned(), Language::En, AccountState::Open, jiff::civil::date(2015, 5, 5));
        let account = StagedAccount { line: 2, email: email.clone(), name, language, state, opened_on, password_hash: None };
        let amount = Money { minor: 7, currency: "EUR".parse().unwrap() };
        let mut conn = db.conn().await.unwrap();
        staging::stage(&mut conn, vec![account]).await.unwrap();
        staging::stage(&mut conn, vec![StagedBalance { line: 2, email: email.clone(), amount }]).await.unwrap();
        if decided {
            staging::decide(&mut conn).await.unwrap();
        }
        drop(conn);
        db.close().await;
        let (db, old) = (Db::look(&database).await.unwrap(), key(folder.path()));
        rotate(&db, &folder.path().join("guichet.key"), &Random::machine()).await.unwrap();
        // At once, not only once the database is closed.
        let files = ["test.db", "test.db-wal"].map(|file| fs::read(folder.path().join(file)).unwrap_or_default()).concat();
        let mark = format!("1.{}.", &old.fingerprint()[..8]);
        assert!(!files.windows(mark.len()).any(|bytes| bytes == mark.as_bytes()), "what the old key has sealed is in the files still");
        db.close().await;
        let db = unlocked(Db::open(&database).await.unwrap(), folder.path()).await;
        let mut conn = db.conn().await.unwrap();
        let found = account::by_email(&mut conn, &email).await.unwrap();
        assert_eq!(found.is_some(), decided);
        if let Some(found) = found {
            assert_eq!(account::balances(&mut conn, found.id).await.unwrap(), [amount]);
        }
        for staged in ["staged_account", "staged_balance"] {
            assert_eq!(conn.number(format!("SELECT COUNT(*) FROM {staged}").leak(), vec![]).await.unwrap(), 0, "{staged}, {decided}");
        }
    }
}

#[tokio::test]
async fn a_key_is_changed_on_a_server_too_and_what_lasts_is_handed_on() {
    let Some(server) = Server::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let key_file = folder.path().join("guichet.key");
    let random = Random::machine();
    samples::write(&folder.path().join("samples")).unwrap();
    let now = Clock::machine().now();
    let db = Db::join(&server.settings().database).await.unwrap();
    assert!(matches!(rotate(&db, &key_file, &random).await, Err(RotateError::NoKey)));
    let mut lasting = unlock(&db, &key_file, &random, now).await.unwrap().lasting();
    import(&db, &folder.path().join("samples"), |_| ()).await.unwrap();
    let mut conn = db.conn().await.unwrap();
    let alice = account::by_email(&mut conn, &"alice@example.org".parse().unwrap()).await.unwrap().unwrap();
    let standing = Chat::new(ChatId(1003), Language::En, now);
    chat::save(&mut conn, &[&standing], now).await.unwrap();
    session::start(&mut conn, ChatId(1003), alice.id, now).await.unwrap();
    // A chat without a session is known by nothing that the new key could tell it by.
    for chat in [ChatId(1003), ChatId(1004)] {
        known_chat::put(&mut conn, &key(folder.path()), chat, &alice.email, now).await.unwrap();
    }
    conn.script("INSERT INTO limit_bucket VALUES ('a', 1, 1); INSERT INTO reset_decoy VALUES ('a', 'b', 1, 1, 0)").await.unwrap();
    drop(conn);
    db.close().await;
    for _ in 0..2 {
        let db = Db::look(&server.settings().database).await.unwrap();
        let old = key(folder.path());
        rotate(&db, &key_file, &random).await.unwrap();
        db.close().await;
        let db = Db::look(&server.settings().database).await.unwrap();
        unlock::look(&db, &key_file).await.unwrap();
        let mut conn = db.conn().await.unwrap();
        sealed_with(&mut conn, &key(folder.path())).await;
        protects_whom_it_did(&mut conn, &old, &key(folder.path()), ChatId(1003)).await;
        let known = chat::load(&mut conn, &[ChatId(1003)]).await.unwrap();
        assert_eq!(known[0].account.as_ref().unwrap().email.as_str(), "alice@example.org");
        assert_eq!(session::chats(&mut conn, alice.id).await.unwrap(), [ChatId(1003)]);
        drop(conn);
        db.close().await;
        let db = Db::join(&server.settings().database).await.unwrap();
        let inherited = unlock(&db, &key_file, &random, now).await.unwrap().lasting();
        assert_eq!(std::mem::replace(&mut lasting, inherited.clone()), inherited);
        db.close().await;
    }
}
