//! Exports out of a database of their own, read back by an import.

use std::os::unix::fs::PermissionsExt as _;

use super::*;
use crate::clock::Random;
use crate::config::Database;
use crate::import::{Report, import, samples};
use crate::store::{account, import as store_import};
use crate::unlock::unlock;

const FILES: [&str; 4] = ["accounts.csv", "balances.csv", "cards.csv", "payments.csv"];
const HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY";

/// A folder with a database in it.
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

    /// One with the samples imported.
    async fn stocked() -> Self {
        let desk = Self::open().await;
        samples::write(&desk.path("samples")).unwrap();
        desk.import(&desk.path("samples")).await;
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    async fn import(&self, folder: &Path) -> Report {
        import(&self.db, folder, |_| ()).await.unwrap()
    }

    /// Exports into a new folder of this name; the text of each file.
    async fn export(&self, name: &str) -> [String; 4] {
        export(&self.db, &self.path(name), |_| ()).await.unwrap();
        FILES.map(|file| std::fs::read_to_string(self.path(name).join(file)).unwrap())
    }

    async fn script(&self, sql: &'static str) {
        self.db.conn().await.unwrap().script(sql).await.unwrap();
    }
}

#[tokio::test]
async fn an_export_is_what_was_imported_and_imports_to_the_same() {
    let first = Desk::stocked().await;
    let exported = first.export("out").await;
    for (file, text) in FILES.iter().zip(&exported) {
        assert_eq!(*text, std::fs::read_to_string(first.path("samples").join(file)).unwrap(), "{file}");
    }
    let second = Desk::open().await;
    second.import(&first.path("out")).await;
    assert_eq!(second.export("out").await, exported);
    for file in first.import(&first.path("out")).await.files {
        assert_eq!((file.merged.new, file.merged.changed, file.merged.conflicts.len()), (0, 0, 0), "{}", file.file);
    }
    assert_eq!(first.export("again").await, exported);
}

#[tokio::test]
async fn whatever_the_fields_hold_reads_back_and_no_spreadsheet_runs_it() {
    let first = Desk::open().await;
    let folder = first.path("in");
    std::fs::create_dir(&folder).unwrap();
    let accounts = format!(
        "email,name,language,state,opened_on,password_hash\n\
         ann@example.org,\"Ann \"\"A\"\" Smith, jr\",en,closed,0987-01-02,\"{HASH}\"\n+bob@example.org,'Bob; =1+1,ru,locked,2014-01-02,\n"
    );
    std::fs::write(folder.join("accounts.csv"), &accounts).unwrap();
    let balances = "email,currency,amount\nann@example.org,BHD,-0.005\nann@example.org,EUR,0.00\n+bob@example.org,JPY,-7\n";
    std::fs::write(folder.join("balances.csv"), balances).unwrap();
    let cards = "card_ref,email,brand,last4,expires,linked_on\n@c,ann@example.org,-Visa,0042,2027-01,2015-01-01\n";
    std::fs::write(folder.join("cards.csv"), cards).unwrap();
    let payments = "payment_ref,email,paid_at,merchant,amount,currency,status,card_last4\n\
                    \"p,1\",+bob@example.org,1969-12-31T23:59:59.999Z,\"a \"\"b\"\"\",12345678901.00,EUR,failed,0042\n\
                    =p,ann@example.org,1970-01-01T00:00:00Z,\"=HYPERLINK(\"\"https://example.org\"\")\",-1.00,EUR,paid,\n";
    std::fs::write(folder.join("payments.csv"), payments).unwrap();
    first.import(&folder).await;
    let exported = first.export("out").await;
    let quoted = |text: &str| {
        let text = text.replace("+bob", "'+bob").replace("; =1", "; '=1").replace(",-Visa", ",'-Visa");
        text.replace("\n@c", "\n'@c").replace("\n=p", "\n'=p").replace("\"=HYPER", "\"'=HYPER")
    };
    assert_eq!(exported, [accounts.as_str(), balances, cards, payments].map(quoted));
    let second = Desk::open().await;
    second.import(&first.path("out")).await;
    for desk in [&first, &second] {
        let mut conn = desk.db.conn().await.unwrap();
        let bob = account::by_email(&mut conn, &"+bob@example.org".parse().unwrap()).await.unwrap().unwrap();
        assert_eq!(bob.name, "'Bob; =1+1");
    }
    assert_eq!(second.export("out").await, exported);
}

#[tokio::test]
async fn more_rows_than_a_page_come_each_once() {
    let desk = Desk::stocked().await;
    let holder = |n: i32| format!("holder{n}@example.org,Holder,en,open,2014-01-02,\n");
    let more: String = (1..=1600).map(holder).collect();
    std::fs::create_dir(desk.path("more")).unwrap();
    std::fs::write(desk.path("more/accounts.csv"), format!("email,name,language,state,opened_on,password_hash\n{more}")).unwrap();
    desk.import(&desk.path("more")).await;
    desk.script(
        "INSERT INTO balance (account_id, currency, minor) SELECT account_id, 'CHF', 1 FROM account; \
         INSERT INTO balance (account_id, currency, minor) SELECT account_id, 'USD', 1 FROM account; \
         INSERT INTO card (account_id, card_ref, brand, last4, expires, linked_on) \
         SELECT account_id, 'more' || account_id, 'Visa', '0042', '2027-01', '2015-01-01' FROM account; \
         INSERT INTO payment (account_id, payment_ref, paid_at, merchant, minor, currency, status, card_last4) \
         SELECT account_id, 'more' || account_id, 0, 'Shop', 1, 'EUR', 'paid', '' FROM account",
    )
    .await;
    let exported = desk.export("out").await;
    let lines = exported.each_ref().map(|text| text.lines().count());
    assert_eq!(lines, [1 + 1606, 1 + 4 + 2 * 1606, 1 + 7 + 1606, 1 + 66 + 1606]);
    let second = Desk::open().await;
    second.import(&desk.path("out")).await;
    assert_eq!(second.export("out").await, exported);
}

#[tokio::test]
async fn a_card_taken_off_is_left_out() {
    let desk = Desk::stocked().await;
    desk.script("UPDATE card SET removed_at = 1 WHERE card_ref = 'C-1002'").await;
    let [_, _, cards, _] = desk.export("out").await;
    assert!(!cards.contains("C-1002") && cards.contains("C-1001") && cards.contains("C-1003"), "{cards}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_is_of_one_moment() {
    let desk = Desk::stocked().await;
    let before = desk.export("before").await;
    let change = |progress: Progress| {
        if progress.file == "accounts.csv" {
            tokio::task::block_in_place(|| {
                let sql = "UPDATE card SET removed_at = 1; UPDATE balance SET minor = 0; UPDATE payment SET merchant = 'x'";
                tokio::runtime::Handle::current().block_on(desk.script(sql));
            });
        }
    };
    export(&desk.db, &desk.path("during"), change).await.unwrap();
    let during = FILES.map(|file| std::fs::read_to_string(desk.path("during").join(file)).unwrap());
    assert_eq!(during, before);
    assert_ne!(desk.export("after").await, before);
}

#[tokio::test]
async fn only_the_owner_reads_an_export() {
    let desk = Desk::stocked().await;
    desk.export("out").await;
    let mode = |path: PathBuf| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(desk.path("out")), 0o700);
    for file in FILES {
        assert_eq!(mode(desk.path("out").join(file)), 0o600, "{file}");
    }
}

#[tokio::test]
async fn nothing_is_overwritten_and_nothing_half_done_is_left() {
    let desk = Desk::stocked().await;
    std::fs::create_dir(desk.path("empty")).unwrap();
    desk.export("empty").await;
    let before = std::fs::read_dir(desk.folder.path()).unwrap().count();
    std::fs::write(desk.path("samples").join("accounts.csv"), "precious").unwrap();
    for name in ["samples", "empty", "guichet.db"] {
        let error = export(&desk.db, &desk.path(name), |_| ()).await.unwrap_err();
        assert!(matches!(error, ExportError::Taken(_)), "{error}");
        assert!(error.to_string().contains(name) && error.to_string().contains("not there yet"), "{error}");
    }
    assert_eq!(std::fs::read_to_string(desk.path("samples").join("accounts.csv")).unwrap(), "precious");
    assert!(matches!(export(&desk.db, &desk.path("no/where"), |_| ()).await, Err(ExportError::NoFolder(_))));
    desk.script("UPDATE payment SET currency = 'nothing' WHERE payment_ref = 'P-47003'").await;
    let error = export(&desk.db, &desk.path("out"), |_| ()).await.unwrap_err();
    assert!(matches!(error, ExportError::Store(_)), "{error}");
    assert_eq!(std::fs::read_dir(desk.folder.path()).unwrap().count(), before);
}

#[tokio::test]
async fn half_an_import_is_not_exported() {
    let desk = Desk::stocked().await;
    store_import::decide(&mut desk.db.conn().await.unwrap()).await.unwrap();
    let error = export(&desk.db, &desk.path("out"), |_| ()).await.unwrap_err();
    assert!(matches!(error, ExportError::Importing), "{error}");
}
