//! An import that brings another hash for an account: its holder has changed the password elsewhere, so that nothing which the old one
//! opened, or which was begun before, goes on. What is the same, is the account's first, or was set here, changes nothing.

use guichet::hand::key_of;
use guichet::import::{Report, import_with, samples};
use guichet::locale::Message;
use guichet::simulator::Person;
use guichet::store::Db;
use guichet::store::import::Ended;

use reqwest::StatusCode;

use super::password_page::Reader;
use crate::counter::{ALICE, BOB, Counter};
use crate::reset::set;

const EMAIL: &str = "alice@example.org";
/// What stands in every sample's hash, and what another has there.
const DIGEST: &str = "vv1PXOM4By5X";
const ANOTHER: &str = "vv1PXOM4By5Y";
const THIRD: &str = "vv1PXOM4By5Z";

impl Counter {
    /// Imports the samples, with this in the hash of Alice's password, or none.
    async fn imports_with(&self, digest: Option<&str>) -> Report {
        let folder = tempfile::tempdir().unwrap();
        samples::write(folder.path()).unwrap();
        let file = folder.path().join("accounts.csv");
        let lines = std::fs::read_to_string(&file).unwrap();
        let changed = |line: &str| match digest {
            _ if !line.starts_with(EMAIL) => format!("{line}\n"),
            Some(digest) => format!("{}\n", line.replace(DIGEST, digest)),
            None => format!("{}\n", line.split('"').next().unwrap()),
        };
        std::fs::write(&file, lines.lines().map(changed).collect::<String>()).unwrap();
        let db = Db::join(&self.stage.database).await.unwrap();
        let key = key_of(&db, &self.stage.key_file()).await.unwrap();
        let report = import_with(&db, folder.path(), Some(&key), |_| ()).await.unwrap();
        db.close().await;
        report
    }

    async fn signed_in_now(&self) -> i64 {
        self.number("SELECT COUNT(*) FROM session WHERE ended_at IS NULL").await
    }
}

fn ended(report: &Report) -> Ended {
    report.files[0].merged.ended
}

#[tokio::test]
async fn a_password_that_was_changed_elsewhere_ends_what_the_old_one_opened() {
    for (counter, _server) in Counter::on_both().await {
        let [carol, dave] = [1005, 1006];
        counter.with(|world| world.add_person(Person::new(carol, "Carol", "en")));
        counter.with(|world| world.add_person(Person::new(dave, "Dave", "en")));
        counter.asks_for_a_link(ALICE, EMAIL).await;
        let link = counter.link();
        counter.sign_in(ALICE, EMAIL).await;
        counter.sign_in(BOB, "boris@example.org").await;
        let page = counter.asks_for_a_page(carol).await;
        let entered = Reader::default().enters(&page, EMAIL, samples::PASSWORD).await.code().unwrap();
        counter.says(dave, "/signin").await;
        counter.says(dave, EMAIL).await;
        let mailed = counter.code();
        let report = counter.imports_with(Some(DIGEST)).await;
        assert_eq!((ended(&report), counter.signed_in_now().await), (Ended::default(), 2), "the same hash changes nothing");
        assert!(!report.to_string().contains("passwords"), "{report}");
        let report = counter.imports_with(Some(ANOTHER)).await;
        assert_eq!(ended(&report), Ended { passwords: 1, sessions: 1 });
        assert_eq!(report.files[0].merged.changed, 1);
        let told = "accounts.csv: passwords changed elsewhere: 1; their codes, sign-in pages and reset links are void, and open sessions \
                    were ended: 1";
        assert!(report.to_string().contains(told), "{report}");
        counter.says(carol, &entered).await;
        assert!(counter.screen(carol).contains(&counter.word("page-code-void")), "{}", counter.screen(carol));
        counter.says(dave, &mailed).await;
        assert!(counter.screen(dave).contains(&counter.word("code-void")), "{}", counter.screen(dave));
        assert_eq!(set(&link, "lantern otter quilt basalt").await, StatusCode::GONE);
        assert_eq!(counter.signed_in_now().await, 1, "another's goes on");
        counter.stage.app.sweep().await;
        counter.settled().await;
        let told = counter.text(&Message::new("session-ended-password").with("contact", "help@example.org"));
        assert!(counter.shown(ALICE).iter().any(|screen| screen.contains(&told)), "{:?}", counter.shown(ALICE));
        assert_eq!(counter.number("SELECT COUNT(*) FROM session WHERE ended_at < started_at").await, 0);
        assert_eq!(ended(&counter.imports_with(Some(ANOTHER)).await), Ended::default(), "importing again changes nothing");
        counter.close(&[]).await;
    }
}

#[tokio::test]
async fn a_first_password_ends_nothing_and_neither_does_one_that_gives_way_to_ours() {
    for (counter, _server) in Counter::on_both().await {
        counter.sign_in(ALICE, EMAIL).await;
        assert_eq!(ended(&counter.imports_with(None).await), Ended { passwords: 1, sessions: 1 }, "one that is taken away ends it");
        counter.stage.app.sweep().await;
        counter.sign_in(ALICE, EMAIL).await;
        assert_eq!(ended(&counter.imports_with(Some(ANOTHER)).await), Ended::default(), "the first is nothing that changes");
        counter.run("UPDATE account SET password_here = 1", vec![]).await;
        assert_eq!(ended(&counter.imports_with(Some(THIRD)).await), Ended::default(), "a password set here wins");
        assert_eq!(counter.signed_in_now().await, 1);
        counter.close(&[]).await;
    }
}
