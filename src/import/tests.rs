//! Imports into a database of their own.

use std::path::PathBuf;

use futures::FutureExt as _;

use super::*;
use crate::clock::{Clock, Random};
use crate::config::Database;
use crate::domain::{AccountId, CardId};
use crate::store::{account, card};
use crate::unlock::unlock;

const HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY";
const OTHER_HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$ZGVmMDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmM";
const CARD_NUMBER: &str = "4242424242424242";

const ACCOUNTS: &str = "email,name,language,state,opened_on,password_hash\n";
const BALANCES: &str = "email,currency,amount\n";
const CARDS: &str = "card_ref,email,brand,last4,expires,linked_on\n";
const PAYMENTS: &str = "payment_ref,email,paid_at,merchant,amount,currency,status,card_last4\n";

/// A folder of files and a database beside it.
struct Desk {
    folder: tempfile::TempDir,
    db: Db,
}

impl Desk {
    async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&Database::Sqlite(folder.path().join("guichet.db"))).await.unwrap();
        unlock(&db, &folder.path().join("guichet.key"), &Random::seeded(1), jiff::Timestamp::UNIX_EPOCH).await.unwrap();
        Self { folder, db }
    }

    /// One with two accounts, a card and a payment imported.
    async fn stocked() -> Self {
        let desk = Self::open().await;
        desk.put(
            "accounts.csv",
            format!("{ACCOUNTS}ann@example.org,Ann,en,open,2014-01-02,\"{HASH}\"\nbob@example.org,Bob,en,open,2014-01-02,\n"),
        );
        desk.put("balances.csv", format!("{BALANCES}ann@example.org,EUR,34.50\nann@example.org,JPY,1200\n"));
        desk.put("cards.csv", format!("{CARDS}c1,ann@example.org,Visa,0042,2027-08,2015-02-03\n"));
        desk.put("payments.csv", format!("{PAYMENTS}p1,ann@example.org,2016-05-04T10:00:00+02:00,Shop,9.90,EUR,pending,0042\n"));
        desk.import().await.unwrap();
        desk
    }

    fn put(&self, file: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(file);
        std::fs::write(&path, text).unwrap();
        path
    }

    async fn import(&self) -> Result<Report, ImportError> {
        import(&self.db, self.folder.path(), |_| ()).await
    }

    /// What is refused about one file, as it is printed.
    async fn refusal(&self, file: &str, text: impl AsRef<[u8]>) -> String {
        let before = self.tables().await;
        self.put(file, text);
        let error = self.import().await.unwrap_err();
        assert!(matches!(error, ImportError::Problems(_)), "{error}");
        assert_eq!(self.tables().await, before);
        error.to_string()
    }

    /// Every row of every table that an import touches.
    async fn tables(&self) -> Vec<String> {
        let mut conn = self.db.conn().await.unwrap();
        let mut rows = Vec::new();
        let accounts = "SELECT account_id, language || '|' || state || '|' || opened_on || '|' || password_hash || '|' || password_here \
                        FROM account ORDER BY account_id";
        for (id, rest) in conn.rows::<(i64, String)>(accounts, Vec::new()).await.unwrap() {
            let account = account::by_id(&mut conn, AccountId(id)).await.unwrap().unwrap();
            rows.push(format!("account {id}|{}|{}|{rest}", account.email.as_str(), account.name));
        }
        for sql in [
            "SELECT 'balance ' || account_id || '|' || currency || '|' || minor FROM balance ORDER BY 1",
            "SELECT 'card ' || card_id || '|' || account_id || '|' || card_ref || '|' || brand || '|' || last4 || '|' || expires || '|' \
             || linked_on || '|' || COALESCE(removed_at, 0) FROM card ORDER BY 1",
            "SELECT 'payment ' || payment_id || '|' || account_id || '|' || payment_ref || '|' || paid_at || '|' || merchant || '|' || minor \
             || '|' || currency || '|' || status || '|' || card_last4 FROM payment ORDER BY 1",
            "SELECT 'staged ' || line FROM staged_account UNION ALL SELECT 'staged ' || line FROM staged_balance \
             UNION ALL SELECT 'staged ' || line FROM staged_card UNION ALL SELECT 'staged ' || line FROM staged_payment",
        ] {
            rows.extend(conn.rows::<(String,)>(sql, Vec::new()).await.unwrap().into_iter().map(|(row,)| row));
        }
        rows
    }

    async fn script(&self, sql: &'static str) {
        self.db.conn().await.unwrap().script(sql).await.unwrap();
    }
}

/// New, changed and unchanged rows and conflicts of each file.
fn counts(report: &Report) -> Vec<(u64, u64, u64, usize)> {
    report.files.iter().map(|file| (file.merged.new, file.merged.changed, file.unchanged(), file.merged.conflicts.len())).collect()
}

#[tokio::test]
async fn files_become_rows_and_a_second_run_changes_nothing() {
    let desk = Desk::stocked().await;
    let first = desk.tables().await;
    assert_eq!(
        first,
        [
            format!("account 1|ann@example.org|Ann|en|open|2014-01-02|{HASH}|0"),
            "account 2|bob@example.org|Bob|en|open|2014-01-02||0".to_owned(),
            "balance 1|EUR|3450".to_owned(),
            "balance 1|JPY|1200".to_owned(),
            "card 1|1|c1|Visa|0042|2027-08|2015-02-03|0".to_owned(),
            "payment 1|1|p1|1462348800000|Shop|990|EUR|pending|0042".to_owned(),
        ]
    );
    let second = desk.import().await.unwrap();
    assert_eq!(counts(&second), [(0, 0, 2, 0), (0, 0, 2, 0), (0, 0, 1, 0), (0, 0, 1, 0)]);
    assert_eq!(desk.tables().await, first);
}

#[tokio::test]
async fn what_changed_upstream_is_taken_over() {
    let desk = Desk::stocked().await;
    desk.put("accounts.csv", format!("{ACCOUNTS}ANN@Example.org,Anna,fr,locked,2014-01-03,\"{OTHER_HASH}\"\n"));
    desk.put("balances.csv", format!("{BALANCES}ann@example.org,EUR,-0.05\nbob@example.org,KRW,7\n"));
    desk.put("cards.csv", format!("{CARDS}c1,ann@example.org,Visa,0043,2029-08,2015-02-04\n"));
    desk.put("payments.csv", format!("{PAYMENTS}p1,ann@example.org,2016-05-04T08:00:00Z,\"Shop, Ltd\",8,EUR,refunded,\n"));
    let report = desk.import().await.unwrap();
    assert_eq!(counts(&report), [(0, 1, 0, 0), (1, 1, 0, 0), (0, 1, 0, 0), (0, 1, 0, 0)]);
    assert_eq!(
        desk.tables().await,
        [
            format!("account 1|ann@example.org|Anna|fr|locked|2014-01-03|{OTHER_HASH}|0"),
            "account 2|bob@example.org|Bob|en|open|2014-01-02||0".to_owned(),
            "balance 1|EUR|-5".to_owned(),
            "balance 1|JPY|1200".to_owned(),
            "balance 2|KRW|7".to_owned(),
            "card 1|1|c1|Visa|0043|2029-08|2015-02-04|0".to_owned(),
            "payment 1|1|p1|1462348800000|Shop, Ltd|800|EUR|refunded|".to_owned(),
        ]
    );
}

#[tokio::test]
async fn a_card_taken_off_here_does_not_come_back() {
    let desk = Desk::stocked().await;
    let now = Clock::by_hand("2026-11-23T10:00:00Z".parse().unwrap()).now();
    let mut conn = desk.db.conn().await.unwrap();
    let cards = [(crate::domain::AccountId(1), CardId(1))];
    card::remove(&mut conn, &cards, now).await.unwrap();
    let again = card::remove(&mut conn, &cards, now).await.unwrap_err();
    assert!(again.is_contention(), "another transaction was first: {again}");
    drop(conn);
    let before = desk.tables().await;
    desk.import().await.unwrap();
    assert_eq!(desk.tables().await, before);
    desk.put("cards.csv", format!("{CARDS}c1,ann@example.org,Visa,0042,2031-08,2015-02-03\n"));
    desk.import().await.unwrap();
    let removed = format!("card 1|1|c1|Visa|0042|2031-08|2015-02-03|{}", now.as_millisecond());
    assert!(desk.tables().await.contains(&removed));
}

#[tokio::test]
async fn a_password_set_here_wins() {
    let desk = Desk::stocked().await;
    desk.script("UPDATE account SET password_hash = 'set here', password_here = 1 WHERE account_id = 1").await;
    let before = desk.tables().await;
    assert_eq!(counts(&desk.import().await.unwrap())[0], (0, 0, 2, 0));
    assert_eq!(desk.tables().await, before);
    desk.put("accounts.csv", format!("{ACCOUNTS}ann@example.org,Anna,en,open,2014-01-02,\"{OTHER_HASH}\"\n"));
    assert_eq!(counts(&desk.import().await.unwrap())[0], (0, 1, 0, 0));
    assert!(desk.tables().await.contains(&"account 1|ann@example.org|Anna|en|open|2014-01-02|set here|1".to_owned()));
}

#[tokio::test]
async fn a_reference_known_under_another_account_is_listed_and_left() {
    let desk = Desk::stocked().await;
    let before = desk.tables().await;
    desk.put("cards.csv", format!("{CARDS}c1,bob@example.org,Visa,9999,2027-08,2015-02-03\n"));
    desk.put("payments.csv", format!("{PAYMENTS}\np1,bob@example.org,2016-05-04T08:00:00Z,Shop,8,EUR,paid,\n"));
    let report = desk.import().await.unwrap();
    assert_eq!(counts(&report)[2..], [(0, 0, 0, 1), (0, 0, 0, 1)]);
    assert_eq!(desk.tables().await, before);
    let text = report.to_string();
    assert!(text.contains("\ncards.csv, line 2, column card_ref: known under another account; left as it is"), "{text}");
    assert!(text.contains("\npayments.csv, line 3, column payment_ref: known under another account; left as it is"), "{text}");
}

#[tokio::test]
async fn a_broken_last_line_leaves_everything_as_it_was() {
    let desk = Desk::stocked().await;
    desk.put("accounts.csv", format!("{ACCOUNTS}ann@example.org,Someone else,fr,closed,2014-01-02,\n"));
    let mut text = PAYMENTS.to_owned();
    for number in 0..1200 {
        text += &format!("q{number},ann@example.org,2016-05-04T08:00:00Z,Shop,8,EUR,paid,\n");
    }
    let refusal = desk.refusal("payments.csv", format!("{text}q1200,ann@example.org,2016-05-04T08:00:00Z,Shop,8,EUR,lost,\n")).await;
    assert!(refusal.starts_with("payments.csv, line 1202, column status: not paid, refunded, pending or failed\n"), "{refusal}");
    desk.put("payments.csv", text);
    assert_eq!(counts(&desk.import().await.unwrap())[3], (1200, 0, 0, 0));
}

#[tokio::test]
async fn what_a_killed_import_left_is_not_merged() {
    let desk = Desk::stocked().await;
    let before = desk.tables().await;
    desk.script(
        "INSERT INTO staged_balance (line, email_index, currency, minor) SELECT 2, email_index, 'EUR', 1 FROM account WHERE account_id = 2",
    )
    .await;
    desk.import().await.unwrap();
    assert_eq!(desk.tables().await, before);
}

#[tokio::test]
async fn what_a_decided_import_left_is_merged_by_the_next() {
    let desk = Desk::stocked().await;
    let mut more = PAYMENTS.to_owned();
    for number in 0..2500 {
        more += &format!("q{number},bob@example.org,2016-05-04T08:00:00Z,Shop,8,EUR,paid,\n");
    }
    desk.put("payments.csv", more);
    // Panics as rudely as a kill, with the first part merged.
    let cut_short = |progress: Progress| assert!(progress.step != "merging" || progress.file != "payments.csv", "killed");
    assert!(std::panic::AssertUnwindSafe(import(&desk.db, desk.folder.path(), cut_short)).catch_unwind().await.is_err());
    let half = desk.tables().await.iter().filter(|row| row.starts_with("payment ")).count();
    assert_eq!(half, 1 + 999, "the first thousand lines, without the header");

    desk.script("UPDATE card SET removed_at = 7; UPDATE account SET password_hash = 'set here', password_here = 1 WHERE account_id = 1")
        .await;
    desk.put("payments.csv", format!("{PAYMENTS}r1,bob@example.org,2016-05-04T08:00:00Z,Shop,8,EUR,paid,\n"));
    let report = desk.import().await.unwrap();
    assert!(report.finished_earlier && report.to_string().starts_with("An earlier import that was cut short"), "{report}");
    assert_eq!(counts(&report)[3], (1, 0, 0, 0));
    let tables = desk.tables().await;
    assert_eq!(tables.iter().filter(|row| row.starts_with("payment ")).count(), 1 + 2500 + 1);
    assert_eq!(tables.iter().filter(|row| row.starts_with("staged ")).count(), 0);
    assert!(tables.contains(&"card 1|1|c1|Visa|0042|2027-08|2015-02-03|7".to_owned()), "{tables:#?}");
    assert!(tables.contains(&"account 1|ann@example.org|Ann|en|open|2014-01-02|set here|1".to_owned()));
    assert!(!desk.import().await.unwrap().finished_earlier);
}

#[tokio::test]
async fn a_database_that_fails_in_the_middle_of_a_merge_loses_nothing() {
    let desk = Desk::stocked().await;
    desk.put(
        "cards.csv",
        format!("{CARDS}c1,ann@example.org,Visa,0042,2031-08,2015-02-03\nc2,bob@example.org,Visa,0043,2027-08,2015-02-03\n"),
    );
    desk.script("CREATE TRIGGER full BEFORE INSERT ON card WHEN NEW.card_ref = 'c2' BEGIN SELECT RAISE(ABORT, 'disk full'); END").await;
    let error = desk.import().await.unwrap_err();
    assert!(matches!(error, ImportError::Unfinished(_)), "{error}");
    assert!(error.to_string().contains("disk full") && error.to_string().contains("the rest follows"), "{error}");
    desk.script("DROP TRIGGER full").await;
    for file in ["accounts.csv", "balances.csv", "cards.csv"] {
        std::fs::remove_file(desk.folder.path().join(file)).unwrap();
    }
    assert!(desk.import().await.unwrap().finished_earlier);
    let tables = desk.tables().await;
    for card in ["|1|c1|Visa|0042|2031-08|2015-02-03|0", "|2|c2|Visa|0043|2027-08|2015-02-03|0"] {
        assert!(tables.iter().any(|row| row.starts_with("card ") && row.ends_with(card)), "{card} in {tables:#?}");
    }
}

#[tokio::test]
async fn one_import_at_a_time() {
    let desk = Desk::stocked().await;
    let lock = desk.db.lock(Sole::Importing).await.unwrap();
    let error = desk.import().await.unwrap_err();
    assert!(matches!(error, ImportError::UnderWay), "{error}");
    drop(lock);
    desk.import().await.unwrap();
}

#[tokio::test]
async fn every_mistake_is_told_with_its_file_line_and_column() {
    let desk = Desk::stocked().await;
    let cases = [
        ("accounts.csv", format!("{ACCOUNTS}ann,Ann,en,open,2014-01-02,"), "line 2, column email: not an e-mail address"),
        ("accounts.csv", format!("{ACCOUNTS}ann@example.org, ,en,open,2014-01-02,"), "line 2, column name: empty"),
        ("accounts.csv", format!("{ACCOUNTS}ann@example.org,A\tB,en,open,2014-01-02,"), "line 2, column name: holds a control character"),
        ("accounts.csv", format!("{ACCOUNTS}ann@example.org,Ann,de,open,2014-01-02,"), "line 2, column language: not a language"),
        ("accounts.csv", format!("{ACCOUNTS}ann@example.org,Ann,en,shut,2014-01-02,"), "line 2, column state: not open, locked or closed"),
        ("accounts.csv", format!("{ACCOUNTS}ann@example.org,Ann,en,open,20140102,"), "line 2, column opened_on: not a date"),
        (
            "accounts.csv",
            format!("{ACCOUNTS}\r\n\r\na@example.org,A,en,open,2014-01-02\r\n"),
            "line 4, column password_hash: the line ends",
        ),
        ("accounts.csv", format!("{ACCOUNTS}a@example.org,B, A,en,open,2014-01-02,"), "line 2, column password_hash: more columns"),
        ("accounts.csv", format!("{ACCOUNTS}a@example.org,A,en,open,2014-01-02,,,"), "line 2, column password_hash: more columns"),
        (
            "accounts.csv",
            format!("{ACCOUNTS}a@example.org,A,en,open,2014-01-02,\nA@EXAMPLE.ORG,A,en,open,2014-01-02,"),
            "line 3, column email: the same as on line 2",
        ),
        (
            "accounts.csv",
            "email,name,language,opened_on,state,password_hash\n".to_owned(),
            "line 1, column state: the header must be exactly `email,",
        ),
        (
            "accounts.csv",
            "email,name,language,state,opened_on\n".to_owned(),
            "line 1, column password_hash: the header must be exactly `email,",
        ),
        ("accounts.csv", ACCOUNTS.replace(",state", ",state,extra"), "line 1, column opened_on: the header must be exactly `email,"),
        ("accounts.csv", ACCOUNTS.replace("hash", "hash,extra"), "line 1, column password_hash: the header must be exactly `email,"),
        ("accounts.csv", ACCOUNTS.replace(',', ";"), "line 1, column email: the header must be exactly `email,"),
        ("accounts.csv", String::new(), "line 1, column email: the header must be exactly `email,"),
        ("balances.csv", format!("{BALANCES}ann@example.org,EURO,1"), "line 2, column currency: not an ISO 4217 currency code"),
        ("balances.csv", format!("{BALANCES}ann@example.org,JPY,1.5"), "line 2, column amount: more than the 0 decimals"),
        (
            "balances.csv",
            format!("{BALANCES}ann@example.org,EUR,1\nann@example.org,EUR,1"),
            "line 3, column currency: the same as on line 2",
        ),
        ("balances.csv", format!("{BALANCES}eve@example.org,EUR,1"), "line 2, column email: no account has this address"),
        ("cards.csv", format!("{CARDS}c1,ann@example.org,,0042,2027-08,2015-02-03"), "line 2, column brand: not a card brand"),
        ("cards.csv", format!("{CARDS}c1,ann@example.org,Visa,42,2027-08,2015-02-03"), "line 2, column last4: not the last four digits"),
        ("cards.csv", format!("{CARDS}c1,ann@example.org,Visa,0042,08/27,2015-02-03"), "line 2, column expires: not a month of expiry"),
        (
            "cards.csv",
            format!("{CARDS}c1,ann@example.org,\"Visa,0042,2027-08,2015-02-03\n{CARDS}"),
            "line 2, column brand: a double quote is left open",
        ),
        (
            "payments.csv",
            format!("{PAYMENTS}p,ann@example.org,2016-05-04 10:00,Shop,1,EUR,paid,"),
            "line 2, column paid_at: not a time with its offset",
        ),
        (
            "payments.csv",
            format!("{PAYMENTS}p,ann@example.org,2016-05-04T08:00:00Z,Shop,\"1,50\",EUR,paid,"),
            "line 2, column amount: not a decimal amount",
        ),
        (
            "payments.csv",
            format!("{PAYMENTS}p,ann@example.org,2016-05-04T08:00:00Z,Sh\rop,1,EUR,paid,"),
            "line 2, column amount: a line break within the line",
        ),
    ];
    for (file, text, expected) in cases {
        let sound = std::fs::read(desk.folder.path().join(file)).unwrap();
        let refusal = desk.refusal(file, &text).await;
        assert!(refusal.starts_with(&format!("{file}, {expected}")), "{text}\n{refusal}");
        desk.put(file, sound);
    }
}

#[tokio::test]
async fn every_mistake_of_a_line_shows_and_twenty_are_enough() {
    let desk = Desk::stocked().await;
    let refusal = desk.refusal("cards.csv", format!("{CARDS}c1,ann,Visa,1,2,3\n")).await;
    assert_eq!(refusal.lines().count(), 5, "{refusal}");
    let refusal = desk.refusal("cards.csv", format!("{CARDS}{}", "c1,ann,Visa,1,2,3\n".repeat(900))).await;
    assert_eq!(refusal.lines().count(), 22, "{refusal}");
    assert!(refusal.contains("There may be more: reading stopped after 20."));
}

#[tokio::test]
async fn bytes_that_are_not_utf_8_and_endless_lines_are_told_with_their_line() {
    let desk = Desk::stocked().await;
    let latin = [ACCOUNTS.as_bytes(), b"a@example.org,Zo\xeb,fr,open,2014-01-02,\n"].concat();
    assert!(desk.refusal("accounts.csv", latin).await.starts_with("accounts.csv, line 2, column name: not UTF-8;"));
    let endless = format!("{ACCOUNTS}{}", "a".repeat(1 << 20));
    assert!(desk.refusal("accounts.csv", endless).await.starts_with("accounts.csv, line 2, column email: longer than a line can be;"));
}

#[tokio::test]
async fn a_byte_order_mark_and_windows_line_ends_do_no_harm() {
    let desk = Desk::open().await;
    desk.put(
        "accounts.csv",
        format!("\u{feff}{ACCOUNTS}\"ann@example.org\",\"Ann \"\"A\"\" B, jr\",en,open,2014-01-02,").replace('\n', "\r\n"),
    );
    assert_eq!(counts(&desk.import().await.unwrap()), [(1, 0, 0, 0)]);
    assert_eq!(desk.tables().await, ["account 1|ann@example.org|Ann \"A\" B, jr|en|open|2014-01-02||0"]);
}

#[tokio::test]
async fn a_whole_card_number_is_refused_and_repeated_nowhere() {
    let desk = Desk::stocked().await;
    let cases = [
        ("accounts.csv", "name", format!("{ACCOUNTS}ann@example.org,Ann 4242 4242 4242 4242,en,open,2014-01-02,")),
        ("cards.csv", "card_ref", format!("{CARDS}{CARD_NUMBER},ann@example.org,Visa,0042,2027-08,2015-02-03")),
        ("cards.csv", "brand", format!("{CARDS}c1,ann@example.org,{CARD_NUMBER},0042,2027-08,2015-02-03")),
        ("cards.csv", "last4", format!("{CARDS}c1,ann@example.org,Visa,{CARD_NUMBER},2027-08,2015-02-03")),
        ("payments.csv", "payment_ref", format!("{PAYMENTS}{CARD_NUMBER},ann@example.org,2016-05-04T08:00:00Z,Shop,1,EUR,paid,")),
        ("payments.csv", "merchant", format!("{PAYMENTS}p,ann@example.org,2016-05-04T08:00:00Z,Shop {CARD_NUMBER},1,EUR,paid,")),
        ("payments.csv", "card_last4", format!("{PAYMENTS}p,ann@example.org,2016-05-04T08:00:00Z,Shop,1,EUR,paid,{CARD_NUMBER}")),
    ];
    for (file, column, text) in cases {
        let sound = std::fs::read(desk.folder.path().join(file)).unwrap();
        let refusal = desk.refusal(file, &text).await;
        assert!(refusal.starts_with(&format!("{file}, line 2, column {column}: ")), "{refusal}");
        assert!(!refusal.contains("4242"), "{refusal}");
        desk.put(file, sound);
    }
}

#[tokio::test]
async fn a_password_hash_is_argon2id_within_bounds_and_repeated_nowhere() {
    let desk = Desk::stocked().await;
    for (from, to, expected) in [
        ("argon2id", "argon2i", "not an argon2id hash"),
        ("m=19456", "m=1048576", "not within 7168 to 262144 KiB of memory"),
        ("t=2", "t=99", "not within 1 to 10 passes"),
        (HASH, "hunter2", "not a password hash in the PHC string format"),
    ] {
        let refusal =
            desk.refusal("accounts.csv", format!("{ACCOUNTS}ann@example.org,Ann,en,open,2014-01-02,\"{}\"", HASH.replace(from, to))).await;
        assert!(refusal.starts_with(&format!("accounts.csv, line 2, column password_hash: {expected}")), "{refusal}");
        assert!(!refusal.contains("MDEy") && !refusal.contains("hunter2") && !refusal.contains("ann@"), "{refusal}");
    }
}

#[tokio::test]
async fn a_missing_file_brings_nothing_and_a_missing_folder_is_told() {
    let desk = Desk::stocked().await;
    std::fs::remove_file(desk.folder.path().join("accounts.csv")).unwrap();
    assert_eq!(counts(&desk.import().await.unwrap()), [(0, 0, 2, 0), (0, 0, 1, 0), (0, 0, 1, 0)]);
    let nowhere = desk.folder.path().join("nowhere");
    let error = import(&desk.db, &nowhere, |_| ()).await.unwrap_err();
    assert!(matches!(&error, ImportError::Empty(path) if *path == nowhere), "{error}");
}

#[tokio::test]
async fn progress_ends_with_every_line_merged() {
    let desk = Desk::stocked().await;
    let last = std::cell::Cell::new(None);
    import(&desk.db, desk.folder.path(), |progress| {
        last.set(Some((progress.step, progress.file == "payments.csv", progress.done == progress.all)))
    })
    .await
    .unwrap();
    assert_eq!(last.get(), Some(("merging", true, true)));
}

#[tokio::test]
async fn the_samples_import() {
    let desk = Desk::open().await;
    samples::write(desk.folder.path()).unwrap();
    let report = desk.import().await.unwrap();
    assert_eq!(counts(&report), [(6, 0, 0, 0), (4, 0, 0, 0), (7, 0, 0, 0), (66, 0, 0, 0)]);
    let times = "SELECT COUNT(*) FROM payment WHERE paid_at < 1420070400000 OR paid_at >= 1483228800000";
    assert_eq!(desk.db.conn().await.unwrap().number(times, Vec::new()).await.unwrap(), 0, "payments are of 2015 and 2016");
    assert_eq!(
        report.to_string(),
        "file                read       new   changed  unchanged  conflicts\n\
         accounts.csv           6         6         0          0          0\n\
         balances.csv           4         4         0          0          0\n\
         cards.csv              7         7         0          0          0\n\
         payments.csv          66        66         0          0          0"
    );
}
