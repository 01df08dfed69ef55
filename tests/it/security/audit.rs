//! The audit: every way of changing it behind the counter's back shows, the database itself refuses the plain ones, and a receipt can
//! be verified. Each test is made on SQLite and on PostgreSQL.

use std::path::Path;

use guichet::clock::{Clock, Random};
use guichet::config::Database;
use guichet::domain::{AccountId, Audited};
use guichet::secret::Key;
use guichet::simulator::{Person, Simulator};
use guichet::store::audit::{self, Kept, Trouble, Verdict};
use guichet::store::{Conn, Db};
use jiff::{SignedDuration, Timestamp};
use sqlx::ConnectOptions as _;
use sqlx::migrate::Migrator;
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;

use crate::counter::{ALICE, Counter};
use crate::postgres::Server;
use crate::process;
use crate::unlocked::unlocked;

/// Rows that have their place in [`filled`], and rows after them that have none yet.
pub const PLACED: i64 = 8;
pub const WAITING: i64 = 2;

pub fn key(folder: &Path) -> Key {
    Key::create(&folder.join("guichet.key"), &Random::seeded(1)).unwrap()
}

pub fn now() -> Timestamp {
    Timestamp::from_second(1_488_358_800).unwrap()
}

pub async fn record(conn: &mut Conn, key: &Key, numbers: std::ops::Range<i64>) {
    for number in numbers {
        let reference = format!("0000{}-00000", number);
        let deed = Audited { action: "signed_in", account: AccountId(1 + number % 2), reference, outcome: "done" };
        audit::record(conn, key, &Random::seeded(number as u64), &[deed], now() + SignedDuration::from_hours(number)).await.unwrap();
    }
}

/// An audit of two accounts.
pub async fn filled(db: &Db, key: &Key) -> Conn {
    let mut conn = db.conn().await.unwrap();
    assert_eq!(audit::begin(&mut conn, key, now()).await.unwrap(), Some(0));
    conn.script(
        "INSERT INTO account (email_index, name, language, state, opened_on, password_hash) \
         VALUES ('a@example.org', '', 'en', 'open', '', ''), ('b@example.org', '', 'en', 'open', '', '')",
    )
    .await
    .unwrap();
    record(&mut conn, key, 0..PLACED).await;
    // In several sweeps.
    assert_eq!(audit::settle(&mut conn, key, now(), 3).await.unwrap(), Kept::Rows(3));
    assert_eq!(audit::settle(&mut conn, key, now(), 100).await.unwrap(), Kept::Rows(PLACED - 3));
    record(&mut conn, key, PLACED..PLACED + WAITING).await;
    conn
}

pub async fn found(conn: &mut Conn, key: &Key) -> Option<Trouble> {
    audit::examine(conn, key).await.unwrap().bad.map(|bad| bad.trouble)
}

const TAMPERING: [(&str, Trouble); 20] = [
    ("UPDATE audit SET outcome = 'refused' WHERE place = 3", Trouble::Altered),
    ("UPDATE audit SET happened_at = happened_at - 1 WHERE place = 8", Trouble::Altered),
    (
        "UPDATE audit SET subject = (SELECT MAX(subject) FROM audit WHERE subject <> (SELECT subject FROM audit WHERE place = 3)) \
      WHERE place = 3",
        Trouble::Altered,
    ),
    ("UPDATE audit SET action = 'signed_out' WHERE place IS NULL", Trouble::Altered),
    ("UPDATE audit SET seal = (SELECT seal FROM audit WHERE place = 2) WHERE place = 1", Trouble::Altered),
    ("DELETE FROM audit WHERE place = 1", Trouble::Missing(1)),
    ("DELETE FROM audit WHERE place IN (4, 5)", Trouble::Missing(2)),
    ("DELETE FROM audit WHERE place = 4; UPDATE audit SET place = 4 WHERE place = 8", Trouble::OutOfOrder),
    (
        "UPDATE audit SET place = -1 WHERE place = 3; UPDATE audit SET place = 3 WHERE place = 4; UPDATE audit SET place = 4 WHERE place = -1",
        Trouble::OutOfOrder,
    ),
    ("DELETE FROM audit WHERE place > 5", Trouble::CutShort(3)),
    (
        "INSERT INTO audit (reference, action, subject, outcome, happened_at, seal) VALUES ('X', 'signed_in', '', 'done', 1, '')",
        Trouble::Altered,
    ),
    // Rows where nobody would look for one.
    (
        "INSERT INTO audit (reference, action, subject, outcome, happened_at, seal, place, chain) \
      VALUES ('X', 'signed_in', '', 'done', 1, '', -5, '')",
        Trouble::BehindCut,
    ),
    (
        "INSERT INTO audit (audit_id, reference, action, subject, outcome, happened_at, seal) \
      VALUES (-5, 'X', 'signed_in', '', 'done', 1, '')",
        Trouble::Altered,
    ),
    // The history of one account shown as another's.
    (
        "UPDATE audit_subject SET subject = '' WHERE account_id = 2; \
      UPDATE audit_subject SET subject = (SELECT subject FROM audit WHERE place = 2) WHERE account_id = 1; \
      UPDATE audit_subject SET subject = (SELECT subject FROM audit WHERE place = 1) WHERE account_id = 2",
        Trouble::Subject(AccountId(1)),
    ),
    ("DELETE FROM audit_subject WHERE account_id = 1; UPDATE audit_subject SET account_id = 1", Trouble::Subject(AccountId(1))),
    ("UPDATE audit_subject SET seal = ''", Trouble::Subject(AccountId(1))),
    ("UPDATE audit_checkpoint SET made_at = 5", Trouble::Checkpoint("head")),
    ("DELETE FROM audit_checkpoint", Trouble::Checkpoint("head")),
    (
        "INSERT INTO audit_checkpoint SELECT 'cut', place, chain, reached_at, made_at, seal FROM audit_checkpoint",
        Trouble::Checkpoint("cut"),
    ),
    (
        "INSERT INTO audit_checkpoint SELECT 'cut', place, chain, 1, 1, '' FROM audit WHERE place = 3; DELETE FROM audit WHERE place <= 3",
        Trouble::Checkpoint("cut"),
    ),
];

async fn whatever_is_done_shows(db: &Db, key: &Key, drop_the_triggers: &'static str) {
    let mut conn = filled(db, key).await;
    let report = audit::examine(&mut conn, key).await.unwrap();
    assert_eq!((report.bad, report.rows, report.waiting, report.place), (None, PLACED + WAITING, WAITING, PLACED));
    let mut refused = 0;
    for (tampering, trouble) in TAMPERING {
        conn.begin().await.unwrap();
        refused += usize::from(conn.script(tampering).await.is_err());
        conn.roll_back().await.unwrap();
        conn.begin().await.unwrap();
        conn.script(drop_the_triggers).await.unwrap();
        conn.script(tampering).await.unwrap();
        assert_eq!(found(&mut conn, key).await, Some(trouble), "{tampering}");
        conn.roll_back().await.unwrap();
    }
    // Rows can be put in, and a first checkpoint, by whoever may write at all; a new time for a checkpoint as well, and whose rows are whose.
    assert_eq!(refused, TAMPERING.len() - 9, "the database refuses to change rows and to let them go");
    assert_eq!(found(&mut conn, key).await, None);
    // Another key vouches for nothing.
    let folder = tempfile::tempdir().unwrap();
    let other = Key::create(&folder.path().join("key"), &Random::seeded(2)).unwrap();
    assert_eq!(found(&mut conn, &other).await, Some(Trouble::Checkpoint("head")));
    // Nor does the counter go on from a checkpoint that is not its own.
    conn.script("UPDATE audit_checkpoint SET made_at = 5").await.unwrap();
    assert_eq!(audit::settle(&mut conn, key, now(), 100).await.unwrap(), Kept::Tampered);
}

async fn what_is_cut_off_by_age_is_vouched_for(db: &Db, key: &Key) {
    let mut conn = filled(db, key).await;
    let later = now() + SignedDuration::from_hours(30 * 24);
    assert_eq!(audit::cut(&mut conn, key, now(), later, 100).await.unwrap(), Kept::Rows(0), "nothing is so old");
    // Three by age, in steps of two at most.
    let before = now() + SignedDuration::from_hours(3);
    assert_eq!(audit::cut(&mut conn, key, before, later, 2).await.unwrap(), Kept::Rows(2));
    assert_eq!(audit::cut(&mut conn, key, before, later, 2).await.unwrap(), Kept::Rows(1));
    assert_eq!(audit::cut(&mut conn, key, before, later, 2).await.unwrap(), Kept::Rows(0));
    let report = audit::examine(&mut conn, key).await.unwrap();
    let cut = report.cut.unwrap();
    assert_eq!((report.bad, report.rows, cut.place), (None, PLACED + WAITING - 3, 3));
    assert_eq!(cut.reached_at, now() + SignedDuration::from_hours(2));
    let verdict = audit::verify(&mut conn, key, &"00001-00000".parse().unwrap()).await.unwrap();
    assert_eq!(verdict, Verdict::Unknown { cut_up_to: Some(cut.reached_at) });
    for kept in ["00003-00000", "00004-00000", "00009-00000"] {
        let verdict = audit::verify(&mut conn, key, &kept.parse().unwrap()).await.unwrap();
        assert!(matches!(verdict, Verdict::Genuine { sealed_later: false, .. }), "{kept}: {verdict:?}");
    }
    // All of it may go, and the chain goes on.
    assert_eq!(audit::settle(&mut conn, key, later, 100).await.unwrap(), Kept::Rows(WAITING));
    assert_eq!(audit::cut(&mut conn, key, later, later, 100).await.unwrap(), Kept::Rows(PLACED + WAITING - 3));
    record(&mut conn, key, 20..22).await;
    assert_eq!(audit::settle(&mut conn, key, later, 100).await.unwrap(), Kept::Rows(2));
    let report = audit::examine(&mut conn, key).await.unwrap();
    assert_eq!((report.bad, report.rows, report.place), (None, 2, PLACED + WAITING + 2));
}

/// What was made to look old enough to be cut off, and rows taken away where it would not show once others are cut off.
const BEFORE_A_CUT: [(&str, Trouble); 5] = [
    ("UPDATE audit SET happened_at = 1 WHERE place <= 5", Trouble::Altered),
    ("UPDATE audit SET happened_at = 1, seal = '' WHERE place = 4", Trouble::Altered),
    ("DELETE FROM audit WHERE place = 3", Trouble::Missing(1)),
    ("UPDATE audit SET chain = (SELECT chain FROM audit WHERE place = 5) WHERE place = 4", Trouble::OutOfOrder),
    ("UPDATE audit SET place = 1 WHERE place = 3", Trouble::BehindCut),
];

async fn nothing_is_cut_off_that_was_tampered_with(db: &Db, key: &Key, drop_the_triggers: &'static str) {
    let mut conn = filled(db, key).await;
    let later = now() + SignedDuration::from_hours(30 * 24);
    let before = now() + SignedDuration::from_hours(2);
    assert_eq!(audit::cut(&mut conn, key, before, later, 100).await.unwrap(), Kept::Rows(2));
    for (tampering, trouble) in BEFORE_A_CUT {
        conn.begin().await.unwrap();
        conn.script(drop_the_triggers).await.unwrap();
        conn.script(tampering).await.unwrap();
        let rows = conn.number("SELECT COUNT(*) FROM audit", vec![]).await.unwrap();
        // Rows 3 to 5 are of age, or so they say.
        let before = now() + SignedDuration::from_hours(5);
        assert_eq!(audit::cut(&mut conn, key, before, later, 100).await.unwrap(), Kept::Tampered, "{tampering}");
        assert_eq!(conn.number("SELECT COUNT(*) FROM audit", vec![]).await.unwrap(), rows, "{tampering}");
        assert_eq!(found(&mut conn, key).await, Some(trouble), "{tampering}");
        conn.roll_back().await.unwrap();
    }
    // Nor behind a head that is not the counter's.
    conn.script("UPDATE audit_checkpoint SET made_at = 5 WHERE name = 'head'").await.unwrap();
    assert_eq!(audit::cut(&mut conn, key, later, later, 100).await.unwrap(), Kept::Tampered);
}

/// What tells that a chain has begun although its checkpoints are gone: each of these alone.
const SIGNS: [&str; 7] = [
    "UPDATE account SET email = '1.0123abcd.sealed' WHERE account_id = 1",
    "INSERT INTO chat (chat_id, language, language_chosen, dialogue, revision, screen_kind, blocked, seen_at, telegram_id) \
     VALUES (5, 'en', 0, '', 0, 'menu', 0, 1, '1.0123abcd.sealed')",
    "UPDATE audit_subject SET seal = 'sealed' WHERE account_id = 2",
    "INSERT INTO meta (name, value) VALUES ('sealed', 'yes')",
    "INSERT INTO meta (name, value) VALUES ('lasting', '1.0123abcd.sealed')",
    "UPDATE audit SET place = 7 WHERE audit_id = 7",
    "UPDATE audit SET seal = 'sealed' WHERE audit_id = 7",
];

async fn no_chain_begins_over_invented_rows(db: &Db, key: &Key, drop_the_triggers: &'static str) {
    let mut conn = filled(db, key).await;
    conn.script(drop_the_triggers).await.unwrap();
    // As an earlier version would have left it, but for one sign.
    conn.script(
        "DELETE FROM audit_checkpoint; UPDATE audit_subject SET seal = ''; \
         UPDATE audit SET place = NULL, chain = NULL, seal = '', action = 'card_removed'",
    )
    .await
    .unwrap();
    for sign in SIGNS {
        conn.begin().await.unwrap();
        conn.script(sign).await.unwrap();
        assert_eq!(audit::begin(&mut conn, key, now()).await.unwrap(), None, "{sign}");
        assert_eq!(found(&mut conn, key).await, Some(Trouble::Checkpoint("head")), "{sign}");
        assert_eq!(audit::settle(&mut conn, key, now(), 100).await.unwrap(), Kept::Tampered, "{sign}");
        let verdict = audit::verify(&mut conn, key, &"00002-00000".parse().unwrap()).await.unwrap();
        assert_eq!(verdict, Verdict::Altered(Trouble::Altered), "{sign}");
        conn.roll_back().await.unwrap();
    }
    assert_eq!(found(&mut conn, key).await, Some(Trouble::NotBegun));
    assert_eq!(audit::begin(&mut conn, key, now()).await.unwrap(), Some(PLACED + WAITING), "nothing tells it from an earlier version's");
}

/// The audit of the version that did not seal whose a subject is: sealed once, and never again.
async fn subjects_of_an_earlier_version_are_sealed_once(db: &Db, key: &Key) {
    let mut conn = filled(db, key).await;
    let head = "SELECT place, chain, reached_at, made_at FROM audit_checkpoint WHERE name = 'head'";
    let (place, chain, reached, made): (i64, String, i64, i64) = conn.row(head, vec![]).await.unwrap().unwrap();
    let numbers = [place, reached, made].map(i64::to_be_bytes);
    let seal = key.derive("audit checkpoint", &[b"head", chain.as_bytes(), &numbers[0], &numbers[1], &numbers[2]]);
    let seal = data_encoding::HEXLOWER.encode(&seal);
    conn.run("UPDATE audit_checkpoint SET seal = $1", vec![seal.as_str().into()]).await.unwrap();
    conn.script("UPDATE audit_subject SET seal = ''").await.unwrap();
    assert_eq!(found(&mut conn, key).await, None, "the next start seals them");
    conn.begin().await.unwrap();
    assert_eq!(audit::settle(&mut conn, key, now(), 100).await.unwrap(), Kept::Rows(WAITING), "or the next sweep");
    assert_eq!(found(&mut conn, key).await, None);
    conn.roll_back().await.unwrap();
    audit::go_on(&mut conn, key).await.unwrap();
    assert_eq!(found(&mut conn, key).await, None);
    assert_eq!(audit::of_account(&mut conn, key, AccountId(1)).await.unwrap().len(), 5);
    conn.script("UPDATE audit_subject SET seal = '' WHERE account_id = 2").await.unwrap();
    audit::go_on(&mut conn, key).await.unwrap();
    assert_eq!(audit::settle(&mut conn, key, now(), 100).await.unwrap(), Kept::Rows(WAITING));
    assert_eq!(found(&mut conn, key).await, Some(Trouble::Subject(AccountId(2))));
    assert_eq!(audit::of_account(&mut conn, key, AccountId(2)).await.unwrap().len(), 0, "they may be another's");
}

/// Whoever is erased stays in the audit as nobody; a holder whose link stands cannot be erased past it.
async fn an_unlinked_holder_is_nobody(db: &Db, key: &Key) {
    let mut conn = filled(db, key).await;
    conn.begin().await.unwrap();
    let refused = conn.run("DELETE FROM account WHERE account_id = $1", vec![1.into()]).await;
    assert!(refused.is_err(), "the account's row cannot go before");
    conn.roll_back().await.unwrap();
    assert_eq!(audit::of_account(&mut conn, key, AccountId(1)).await.unwrap().len(), 5);
    audit::unlink(&mut conn, AccountId(1)).await.unwrap();
    conn.run("DELETE FROM account WHERE account_id = $1", vec![1.into()]).await.unwrap();
    assert_eq!(audit::of_account(&mut conn, key, AccountId(1)).await.unwrap().len(), 0);
    assert_eq!(audit::of_account(&mut conn, key, AccountId(2)).await.unwrap().len(), 5);
    let report = audit::examine(&mut conn, key).await.unwrap();
    assert_eq!((report.bad, report.rows), (None, PLACED + WAITING));
}

pub const DROP_SQLITE: &str = "DROP TRIGGER audit_stands; DROP TRIGGER audit_stays; DROP TRIGGER audit_checkpoint_advances; \
                           DROP TRIGGER audit_checkpoint_stays";
pub const DROP_POSTGRES: &str = "DROP TRIGGER audit_stands ON audit; DROP TRIGGER audit_stays ON audit; \
                             DROP TRIGGER audit_checkpoint_advances ON audit_checkpoint; \
                             DROP TRIGGER audit_checkpoint_stays ON audit_checkpoint";

/// A SQLite database and its key, each time a new one.
async fn sqlite(folder: &Path) -> (Db, Key) {
    (Db::open(&Database::Sqlite(folder.join("test.db"))).await.unwrap(), key(folder))
}

#[tokio::test]
async fn whatever_is_done_to_the_audit_shows() {
    let folder = tempfile::tempdir().unwrap();
    let (db, key) = sqlite(folder.path()).await;
    whatever_is_done_shows(&db, &key, DROP_SQLITE).await;
}

#[tokio::test]
async fn a_checkpoint_stands_where_age_has_cut_the_audit() {
    let folder = tempfile::tempdir().unwrap();
    let (db, key) = sqlite(folder.path()).await;
    what_is_cut_off_by_age_is_vouched_for(&db, &key).await;
}

#[tokio::test]
async fn nothing_is_cut_off_by_an_age_that_was_tampered_with() {
    let folder = tempfile::tempdir().unwrap();
    let (db, key) = sqlite(folder.path()).await;
    nothing_is_cut_off_that_was_tampered_with(&db, &key, DROP_SQLITE).await;
}

#[tokio::test]
async fn a_chain_that_has_begun_never_begins_anew() {
    let folder = tempfile::tempdir().unwrap();
    let (db, key) = sqlite(folder.path()).await;
    no_chain_begins_over_invented_rows(&db, &key, DROP_SQLITE).await;
}

#[tokio::test]
async fn whose_the_subjects_are_is_sealed_once() {
    let folder = tempfile::tempdir().unwrap();
    let (db, key) = sqlite(folder.path()).await;
    subjects_of_an_earlier_version_are_sealed_once(&db, &key).await;
}

/// Whoever makes rows look old, or has the chain begin anew at the next start, finds them kept, and is told of.
#[tokio::test]
async fn a_sweep_and_a_start_take_no_altered_row_for_good() {
    let counter = Counter::open().await;
    for _ in 0..2 {
        counter.sign_in(ALICE, "alice@example.org").await;
        counter.says(ALICE, "/signout").await;
    }
    counter.stage.app.sweep().await;
    let key = Key::read(&counter.stage.key_file()).unwrap();
    let mut conn = counter.stage.app.conn().await.unwrap();
    conn.script(DROP_SQLITE).await.unwrap();
    conn.script("UPDATE audit SET happened_at = happened_at - 6 * 366 * 86400000 WHERE place <= 2").await.unwrap();
    drop(conn);
    counter.clock.advance(SignedDuration::from_secs(15));
    counter.stage.app.sweep().await;
    assert_eq!(counter.number("SELECT COUNT(*) FROM audit").await, 4);
    let mut conn = counter.stage.app.conn().await.unwrap();
    assert_eq!(found(&mut conn, &key).await, Some(Trouble::Altered));
    let invented = "DELETE FROM audit_checkpoint; DELETE FROM meta WHERE name = 'sealed'; UPDATE audit_subject SET seal = ''; \
                    UPDATE audit SET place = NULL, chain = NULL, seal = '', action = 'card_removed'";
    conn.script(invented).await.unwrap();
    let reference = conn.row::<(String,)>("SELECT reference FROM audit LIMIT 1", vec![]).await.unwrap().unwrap().0.parse().unwrap();
    drop(conn);
    let key_file = counter.stage.key_file();
    let folder = key_file.parent().unwrap();
    let db = unlocked(Db::join(&Database::Sqlite(folder.join("guichet.db"))).await.unwrap(), folder).await;
    counter.stage.app.sweep().await;
    let mut conn = db.conn().await.unwrap();
    assert_eq!(found(&mut conn, &key).await, Some(Trouble::Checkpoint("head")));
    assert_eq!(audit::verify(&mut conn, &key, &reference).await.unwrap(), Verdict::Altered(Trouble::Altered));
    drop(conn);
    db.close().await;
    counter.close(&[]).await;
}

#[tokio::test]
async fn erasing_a_holder_leaves_rows_that_are_nobodys() {
    let folder = tempfile::tempdir().unwrap();
    let (db, key) = sqlite(folder.path()).await;
    an_unlinked_holder_is_nobody(&db, &key).await;
}

/// The migrations of the version before the audit was sealed.
pub async fn migrations_before(kind: &str, folder: &Path) -> Migrator {
    let before = folder.join(format!("{kind}-before"));
    std::fs::create_dir(&before).unwrap();
    for entry in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(kind)).unwrap() {
        let entry = entry.unwrap();
        if entry.file_name().to_str().unwrap() < "0008" {
            std::fs::copy(entry.path(), before.join(entry.file_name())).unwrap();
        }
    }
    Migrator::new(before).await.unwrap()
}

pub const OLD_ROWS: &str = "INSERT INTO account (email, name, language, state, opened_on, password_hash) \
                        VALUES ('a@example.org', '', 'en', 'open', '', ''), ('b@example.org', '', 'en', 'open', '', ''); \
                        INSERT INTO audit (audit_id, reference, action, account_id, outcome, happened_at) \
                        VALUES (3, '00000-00001', 'card_removed', 2, 'done', 1488358800000), \
                        (5, '00000-00002', 'password_changed', 2, 'recorded', 1488358900000), \
                        (9, '00000-00003', 'card_removed', 1, 'done', 1488359000000)";

async fn what_an_earlier_version_wrote_is_sealed(db: &Db, key: &Key) {
    let mut conn = db.conn().await.unwrap();
    assert_eq!(found(&mut conn, key).await, Some(Trouble::NotBegun));
    assert_eq!(audit::begin(&mut conn, key, now()).await.unwrap(), Some(3));
    assert_eq!(audit::begin(&mut conn, key, now()).await.unwrap(), None, "once only");
    let report = audit::examine(&mut conn, key).await.unwrap();
    assert_eq!((report.bad, report.rows, report.sealed_later, report.place), (None, 3, 3, 3));
    let of = audit::of_account(&mut conn, key, AccountId(2)).await.unwrap();
    let of: Vec<_> = of.iter().map(|entry| (entry.id.0, entry.reference.as_str(), entry.action.as_str(), entry.outcome.as_str())).collect();
    assert_eq!(of, [(3, "00000-00001", "card_removed", "done"), (5, "00000-00002", "password_changed", "recorded")]);
    let verdict = audit::verify(&mut conn, key, &"oooooooool".parse().unwrap()).await.unwrap();
    let Verdict::Genuine { action, happened_at, sealed_later: true, .. } = verdict else { panic!("{verdict:?}") };
    assert_eq!((action.as_str(), happened_at), ("card_removed", now()));
    // Rows go on being numbered from there, for the same subjects.
    record(&mut conn, key, 1..2).await;
    let of = audit::of_account(&mut conn, key, AccountId(2)).await.unwrap();
    assert_eq!(of.iter().map(|entry| entry.id.0).collect::<Vec<_>>(), [3, 5, 10]);
    // Once the chain has begun, no row without a seal is taken for good.
    conn.script("INSERT INTO audit (reference, action, subject, outcome, happened_at, seal) VALUES ('X', '', '', '', 1, '')")
        .await
        .unwrap();
    assert_eq!(audit::settle(&mut conn, key, now(), 100).await.unwrap(), Kept::Rows(2));
    assert_eq!(found(&mut conn, key).await, Some(Trouble::Altered));
}

#[tokio::test]
async fn a_database_of_the_version_before_is_sealed_at_the_first_start() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.db");
    let options = SqliteConnectOptions::new().filename(&path).create_if_missing(true);
    let mut conn = options.connect().await.unwrap();
    migrations_before("sqlite", folder.path()).await.run(&mut conn).await.unwrap();
    sqlx::raw_sql(OLD_ROWS).execute(&mut conn).await.unwrap();
    drop(conn);
    let (db, key) = sqlite(folder.path()).await;
    what_an_earlier_version_wrote_is_sealed(&db, &key).await;
}

#[tokio::test]
async fn postgres_keeps_the_audit_as_well() {
    let Some(server) = Server::start() else { return };
    let settings = server.settings();
    let key = key(server.folder());
    let options: PgConnectOptions = server.url().parse().unwrap();
    let mut conn = options.connect().await.unwrap();
    migrations_before("postgres", server.folder()).await.run(&mut conn).await.unwrap();
    sqlx::raw_sql(OLD_ROWS).execute(&mut conn).await.unwrap();
    drop(conn);
    let db = Db::open(&settings.database).await.unwrap();
    what_an_earlier_version_wrote_is_sealed(&db, &key).await;
    let empty = async || {
        let mut conn = db.conn().await.unwrap();
        let error = conn.script("TRUNCATE audit").await.unwrap_err().to_string();
        assert!(error.contains("audit rows stay"), "{error}");
        conn.script(
            "DROP TRIGGER audit_stays_whole ON audit; TRUNCATE audit, audit_subject, audit_checkpoint, account RESTART IDENTITY CASCADE; \
             CREATE TRIGGER audit_stays_whole BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_refuses('audit rows stay')",
        )
        .await
        .unwrap();
    };
    empty().await;
    whatever_is_done_shows(&db, &key, DROP_POSTGRES).await;
    empty().await;
    what_is_cut_off_by_age_is_vouched_for(&db, &key).await;
    empty().await;
    an_unlinked_holder_is_nobody(&db, &key).await;
    empty().await;
    subjects_of_an_earlier_version_are_sealed_once(&db, &key).await;
    empty().await;
    nothing_is_cut_off_that_was_tampered_with(&db, &key, DROP_POSTGRES).await;
    empty().await;
    no_chain_begins_over_invented_rows(&db, &key, DROP_POSTGRES).await;
    db.close().await;
}

/// Everything that a holder does on an account is in the audit, under a receipt each, and names neither chat nor address.
#[tokio::test]
async fn what_is_done_on_an_account_is_audited() {
    let counter = Counter::open().await;
    counter.says(ALICE, "/signin").await;
    counter.says(ALICE, "alice@example.org").await;
    for _ in 0..5 {
        counter.says(ALICE, "00000000").await;
    }
    counter.clock.advance(SignedDuration::from_mins(11));
    counter.is_asked_to_confirm(ALICE).await;
    counter.presses(ALICE, &counter.word("button-confirm-removal")).await;
    counter.says(ALICE, "/signout").await;
    counter.sign_in(ALICE, "alice@example.org").await;
    // Wrong codes count once they are a signed-in holder's: whoever is not leaves no row that tells of an account.
    counter.clock.advance(SignedDuration::from_mins(11));
    counter.says(ALICE, "/mydata").await;
    for _ in 0..5 {
        counter.says(ALICE, "00000000").await;
    }
    counter.clock.advance(SignedDuration::from_mins(40));
    counter.stage.app.sweep().await;
    counter.sign_in(ALICE, "alice@example.org").await;
    counter.says(ALICE, "/forget").await;
    counter.presses(ALICE, &counter.word("button-forget-confirm")).await;
    // An address without an account leaves nothing.
    counter.says(ALICE, "/signin").await;
    counter.says(ALICE, "nobody@example.org").await;
    for _ in 0..5 {
        counter.says(ALICE, "00000000").await;
    }
    let mut conn = counter.stage.app.conn().await.unwrap();
    let rows: Vec<(String, String)> = conn.rows("SELECT action, outcome FROM audit ORDER BY audit_id", vec![]).await.unwrap();
    let rows: Vec<(&str, &str)> = rows.iter().map(|(action, outcome)| (action.as_str(), outcome.as_str())).collect();
    let expected = [
        ("signed_in", "done"),
        ("card_removed", "done"),
        ("signed_out", "done"),
        ("signed_in", "done"),
        ("code_voided", "refused"),
        ("session_ended", "done"),
        ("signed_in", "done"),
        ("session_ended", "done"),
    ];
    assert_eq!(rows, expected);
    let all = "SELECT GROUP_CONCAT(reference || action || subject || outcome) FROM audit";
    let all: (String,) = conn.row(all, vec![]).await.unwrap().unwrap();
    for identity in ["alice", "1003", "Alice"] {
        assert!(!all.0.contains(identity), "{identity} in {}", all.0);
    }
    drop(conn);
    counter.stage.app.sweep().await;
    assert_eq!(counter.number("SELECT COUNT(*) FROM audit WHERE place IS NULL").await, 0);
    counter.close(&[]).await;
}

/// `guichet verify` and `guichet check` on a database that the real program has written.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_operator_hears_whether_a_receipt_is_genuine() {
    let folder = tempfile::tempdir().unwrap();
    let simulator = Simulator::new(Clock::machine());
    let serving = simulator.serve(([127, 0, 0, 1], 0).into()).await.unwrap();
    simulator.with(|world| world.add_person(Person::new(ALICE, "Alice", "en")));
    let mut process = process::run(folder.path(), &simulator, serving.address);
    simulator.with(|world| world.person_types(ALICE, "/help")).unwrap();
    tokio::time::timeout(std::time::Duration::from_secs(30), simulator.acknowledged()).await.unwrap();
    process.kill();
    let key = Key::read(&folder.path().join("guichet.key")).unwrap();
    let database = Database::Sqlite(folder.path().join("guichet.db"));
    let db = Db::open(&database).await.unwrap();
    let mut conn = db.conn().await.unwrap();
    conn.script(
        "INSERT INTO account (email_index, name, language, state, opened_on, password_hash) \
         VALUES ('a@example.org', '', 'en', 'open', '', ''), ('b@example.org', '', 'en', 'open', '', '')",
    )
    .await
    .unwrap();
    record(&mut conn, &key, 1..4).await;
    audit::settle(&mut conn, &key, now(), 100).await.unwrap();
    let say = |arguments: &[&str]| {
        let output = process::guichet(folder.path(), arguments).output().unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap())
    };
    let (code, said) = say(&["verify", "oooo2", "ooo-oo"]);
    assert_eq!(code, 0, "{said}");
    for line in ["genuine: 00002-00000", "action: signed_in", "outcome: done", "when: 2017-03-01 11:00:00 UTC", "unaltered since"] {
        assert!(said.contains(line), "{line}: {said}");
    }
    assert!(!said.contains("example.org"), "{said}");
    let (code, said) = say(&["verify", "00009-00000"]);
    assert!(code == 1 && said.contains("unknown: 00009-00000: the counter gave out no such receipt"), "{said}");
    let (code, said) = say(&["verify", "receipt"]);
    assert!(code == 1 && said.contains("not the reference of a receipt"), "{said}");
    let (_, said) = say(&["check"]);
    assert!(said.contains("ok    audit: rows: 3, each sealed and in its place, the last of them number 3"), "{said}");

    conn.script(DROP_SQLITE).await.unwrap();
    conn.script("UPDATE audit SET action = 'card_removed' WHERE place = 2; DELETE FROM audit WHERE place = 1").await.unwrap();
    let (code, said) = say(&["verify", "00002-00000"]);
    assert!(code == 2 && said.contains("altered: 00002-00000"), "{said}");
    let (code, said) = say(&["check"]);
    assert!(code == 2 && said.contains("fault audit: receipt 00002-00000 (row 2): rows before it are missing: 1"), "{said}");
    std::fs::rename(folder.path().join("guichet.key"), folder.path().join("right")).unwrap();
    key_of_another(folder.path());
    let (code, said) = say(&["verify", "00003-00000"]);
    assert!(code == 2 && said.contains("is not the key that belongs to the database"), "{said}");
    // A change of the key that was cut short after its last commit: the right one stands beside.
    std::fs::rename(folder.path().join("right"), folder.path().join("guichet.key.new")).unwrap();
    for command in [&["verify", "00003-00000"][..], &["check"]] {
        let (code, said) = say(command);
        assert!(code == 2 && said.contains("run `guichet key rotate` again"), "{said}");
    }
    std::fs::remove_file(folder.path().join("guichet.key")).unwrap();
    let (code, said) = say(&["verify", "00009-00000"]);
    assert!(code == 2 && said.contains("there is no key here"), "a missing key is not an unknown receipt: {said}");
}

fn key_of_another(folder: &Path) {
    Key::create(&folder.join("guichet.key"), &Random::seeded(5)).unwrap();
}
