//! The end after the final date, cut short: wherever the process dies, the next one goes on, and in the end everything is erased, counted
//! once and reported.

use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::time::Duration;

use guichet::store::meta::{self, Meta};
use guichet::store::purge;

use crate::operator::{Counter, stop};
use crate::process::{self, Process};
use crate::transfer::{asks, sign_in, stocked};

/// Sweeps that have something to do, the chats', the rows' and the last, each with its four gaps.
const GAPS: usize = 12;
const PATIENCE: Duration = Duration::from_secs(60);

/// A holder is signed in, and then the final date is over.
async fn ending() -> Counter {
    let counter = stocked().await;
    let mut serving = counter.start();
    sign_in(&counter).await;
    asks(&counter, "/cards").await;
    stop(&mut serving, "TERM").await;
    fs::remove_dir_all(counter.path().join("mail")).unwrap();
    let built_in = include_str!("../../../src/domain/policy.toml");
    fs::write(counter.path().join("policy.toml"), built_in.replacen("# final_date = 2027-12-31", "final_date = 2017-03-31", 1)).unwrap();
    fs::copy(counter.path().join("guichet.db"), counter.path().join("kept.db")).unwrap();
    counter
}

fn run(counter: &Counter, crash: &str) -> Process {
    let mut command = process::run_command(counter.path(), &counter.simulator, counter.address());
    Process(
        command
            .env("GUICHET_POLICY", "policy.toml")
            .env("GUICHET_SWEEPS", "20")
            .env("RUST_LOG", "error")
            .env("GUICHET_CRASH", crash)
            .spawn()
            .unwrap(),
    )
}

fn reports(folder: &Path) -> usize {
    let mails = fs::read_dir(folder.join("mail")).into_iter().flatten().flatten();
    mails.filter(|mail| mail.path().extension().is_some_and(|ending| ending == "eml")).count()
}

/// Waits until it is true.
async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let wait = async {
        while !is_so() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, wait).await.unwrap_or_else(|_| panic!("{what}"));
}

/// What was erased, as the database counts it, once the counter has closed in spite of a crash.
async fn closes(counter: &Counter, crash: &str) -> String {
    let folder = counter.path();
    for rest in ["guichet.db-wal", "guichet.db-shm"] {
        let _ = fs::remove_file(folder.join(rest));
    }
    fs::copy(folder.join("kept.db"), folder.join("guichet.db")).unwrap();
    let _ = fs::remove_dir_all(folder.join("mail"));
    if !crash.is_empty() {
        let mut first = run(counter, crash);
        // A statement may come too late to stand in the way.
        until(crash, || first.0.try_wait().unwrap().is_some() || crash.starts_with("statement") && reports(folder) > 0).await;
        first.kill();
        assert!(crash.starts_with("statement") || first.0.wait().unwrap().signal() == Some(6), "{crash}");
    }
    let mut next = run(counter, "");
    until(crash, || reports(folder) > 0).await;
    stop(&mut next, "TERM").await;
    let most = if crash.starts_with("mailed") || crash.starts_with("statement") { 2 } else { 1 };
    assert!(reports(folder) <= most, "{crash}: {} reports", reports(folder));
    let (db, mut conn) = counter.database().await;
    for table in purge::TABLES.iter().map(|(table, _)| *table).chain(["chat"]) {
        let rows = conn.number(format!("SELECT COUNT(*) FROM {table}").leak(), vec![]).await.unwrap();
        assert_eq!(rows, 0, "{crash}: {table}");
    }
    let ending: serde_json::Value = serde_json::from_str(&meta::get(&mut conn, Meta::Ending).await.unwrap().unwrap()).unwrap();
    assert!(ending["done_at"].is_string(), "{crash}: {ending}");
    drop(conn);
    db.close().await;
    ending["erased"].to_string()
}

#[tokio::test]
async fn an_end_that_is_cut_short_anywhere_comes_to_its_end() {
    let counter = ending().await;
    let erased = closes(&counter, "").await;
    assert!(erased.contains("\"account\":6") && erased.contains("\"chat\":1"), "{erased}");
    // The report is about to be handed over, or was, and that is not noted.
    let crashes = (1..=GAPS).map(|gap| format!("closing:{gap}")).chain(["mail:1".to_owned(), "mailed:1".to_owned()]);
    let crashes = crashes.chain((1..=150).step_by(10).map(|statement| format!("statement:{statement}")));
    for crash in crashes {
        assert_eq!(closes(&counter, &crash).await, erased, "{crash}");
    }
}
