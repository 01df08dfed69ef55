//! A receipt is genuine only as the row that the counter wrote, with this very reference, between its neighbours.

use guichet::clock::Random;
use guichet::config::Database;
use guichet::domain::{AccountId, Audited};
use guichet::secret::Key;
use guichet::store::audit::{self, Kept, Trouble, Verdict};
use guichet::store::{Conn, Db};
use jiff::{SignedDuration, Timestamp};

use crate::counter::{ALICE, BOB, Counter};

const ROWS: i64 = 5;

/// An audit with a chain of its own, and nothing in the database that refuses to change it.
async fn unguarded(db: &Db, key: &Key, now: Timestamp) -> Conn {
    let mut conn = db.conn().await.unwrap();
    audit::begin(&mut conn, key, now).await.unwrap();
    conn.script(
        "INSERT INTO account (email_index, name, language, state, opened_on, password_hash) VALUES ('a@example.org', '', 'en', 'open', '', '')",
    )
    .await
    .unwrap();
    for number in 1..=ROWS {
        let deed = Audited { action: "card_removed", account: AccountId(1), reference: format!("0000{number}-00000"), outcome: "done" };
        audit::record(&mut conn, key, &Random::seeded(1), &[deed], now).await.unwrap();
    }
    assert_eq!(audit::settle(&mut conn, key, now, 100).await.unwrap(), Kept::Rows(ROWS));
    let triggers: Vec<(String,)> = conn.rows("SELECT name FROM sqlite_master WHERE type = 'trigger'", vec![]).await.unwrap();
    for (trigger,) in triggers {
        conn.script(format!("DROP TRIGGER {trigger}").leak()).await.unwrap();
    }
    conn
}

async fn verdict(conn: &mut Conn, key: &Key, reference: &str) -> Verdict {
    audit::verify(conn, key, &reference.parse().unwrap()).await.unwrap()
}

/// What is done to the audit, and the receipt that is then no longer vouched for.
const TAMPERING: [(&str, &str); 7] = [
    ("UPDATE audit SET outcome = 'refused' WHERE place = 2", "00002-00000"),
    ("UPDATE audit SET action = 'password_changed' WHERE place = 2", "00002-00000"),
    // A made-up receipt borrows a genuine row.
    ("UPDATE audit SET reference = '00009-00000' WHERE place = 2", "00009-00000"),
    ("UPDATE audit SET chain = (SELECT chain FROM audit WHERE place = 3) WHERE place = 2", "00002-00000"),
    ("UPDATE audit SET place = 7 WHERE place = 5; UPDATE audit SET place = 5 WHERE place = 4", "00004-00000"),
    ("DELETE FROM audit WHERE place = 1", "00002-00000"),
    ("INSERT INTO audit_checkpoint SELECT 'cut', place, chain, 1, 1, '' FROM audit WHERE place = 1", "00002-00000"),
];

#[tokio::test]
async fn no_row_that_was_touched_makes_a_receipt_genuine() {
    let folder = tempfile::tempdir().unwrap();
    let key = Key::create(&folder.path().join("key"), &Random::seeded(1)).unwrap();
    let db = Db::open(&Database::Sqlite(folder.path().join("test.db"))).await.unwrap();
    let now = Timestamp::from_second(1_488_358_800).unwrap();
    let mut conn = unguarded(&db, &key, now).await;
    for (tampering, receipt) in TAMPERING {
        conn.begin().await.unwrap();
        conn.script(tampering).await.unwrap();
        let verdict = verdict(&mut conn, &key, receipt).await;
        assert!(matches!(verdict, Verdict::Altered(_)), "{tampering}: {verdict:?}");
        conn.roll_back().await.unwrap();
    }
    for number in 1..=ROWS {
        let verdict = verdict(&mut conn, &key, &format!("0000{number}-00000")).await;
        assert!(matches!(verdict, Verdict::Genuine { .. }), "{number}: {verdict:?}");
    }
    // Nothing is cut off beyond a checkpoint that is not the counter's.
    conn.script("INSERT INTO audit_checkpoint SELECT 'cut', place, chain, 1, 1, '' FROM audit WHERE place = 1").await.unwrap();
    let unknown = verdict(&mut conn, &key, "00009-00000").await;
    assert_eq!(unknown, Verdict::Altered(Trouble::Checkpoint("cut")), "nor is a receipt unknown because of it");
    let later = now + SignedDuration::from_hours(1);
    assert_eq!(audit::cut(&mut conn, &key, later, later, 100).await.unwrap(), Kept::Tampered);
    assert_eq!(conn.number("SELECT COUNT(*) FROM audit", vec![]).await.unwrap(), ROWS);
}

/// Both are written in one go, with subjects that were read in another.
#[tokio::test]
async fn what_two_holders_do_at_once_is_each_ones_own() {
    let counter = Counter::open().await;
    counter.is_asked_to_confirm(ALICE).await;
    counter.sign_in(BOB, "boris@example.org").await;
    counter.says(BOB, "/cards").await;
    counter.presses(BOB, &counter.card("Visa", "1881")).await;
    for holder in [ALICE, BOB] {
        counter.taps(holder, &counter.word("button-confirm-removal"));
    }
    counter.settled().await;
    let key = Key::read(&counter.stage.key_file()).unwrap();
    let mut conn = counter.stage.app.conn().await.unwrap();
    for address in ["alice@example.org", "boris@example.org"] {
        let account = AccountId(counter.account(address).await);
        let deeds = audit::of_account(&mut conn, &key, account).await.unwrap();
        let actions: Vec<&str> = deeds.iter().map(|deed| deed.action.as_str()).collect();
        assert_eq!(actions, ["signed_in", "card_removed"], "{address}");
    }
    drop(conn);
    counter.close(&[]).await;
}
