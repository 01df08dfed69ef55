//! SQLite's file is locked by somebody else, or has no more room, while holders act: nothing is lost, no dialogue begins anew, and the
//! counter goes on by itself.

use std::time::{Duration, Instant};

use super::ledger::Model;
use super::site::{Blows, Site, Store};
use super::{Size, chance, holder, report};

const HOLDERS: i64 = 20;
const CARDS: i64 = 6;
/// How soon after the fault is over somebody has to be answered.
const SOON: Duration = Duration::from_secs(10);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_locked_for_seconds_is_waited_for() {
    locked(Duration::from_secs(4), "locked for 4 s").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_locked_for_a_minute_is_waited_for() {
    if Size::asked() != Size::Quick {
        locked(Duration::from_secs(60), "locked for 60 s").await;
    }
}

async fn locked(time: Duration, fault: &str) {
    let blows = Blows::new(1, chance());
    let site = Site::open(Store::Sqlite, HOLDERS, CARDS).await.unwrap();
    let lock = async {
        let db = site.db().await;
        let mut conn = db.conn().await.unwrap();
        conn.script("BEGIN EXCLUSIVE").await.unwrap();
        let before = silence(&site, time).await;
        conn.script("ROLLBACK").await.unwrap();
        let soon = next_answer(&site, before).await;
        drop(conn);
        db.close().await;
        blows.strike();
        soon
    };
    let soon = survives(&site, &blows, lock, &[]).await;
    report::line(fault, &format!("0 lost, no dialogue begun anew; answers again after {soon:.1?}; integrity_check ok"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_is_waited_for() {
    let blows = Blows::new(1, chance());
    let site = Site::open(Store::Sqlite, HOLDERS, CARDS).await.unwrap();
    let pages = site.path().join("pages");
    let full = async {
        // SQLite allows no fewer pages than there are.
        std::fs::write(&pages, "1").unwrap();
        while !site.log().contains("disk is full") {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let before = silence(&site, Size::asked().pick(Duration::from_secs(2), Duration::from_secs(20), Duration::from_secs(60))).await;
        std::fs::write(&pages, "1000000").unwrap();
        let soon = next_answer(&site, before).await;
        blows.strike();
        soon
    };
    let soon = survives(&site, &blows, full, &[("GUICHET_PAGES", "pages")]).await;
    report::line("disk full", &format!("0 lost, no dialogue begun anew; answers again after {soon:.1?}; integrity_check ok"));
}

/// Has a fault come and go while holders empty their accounts; how soon after it somebody was answered.
async fn survives(
    site: &std::sync::Arc<Site>,
    blows: &Blows,
    fault: impl Future<Output = Duration>,
    environment: &[(&str, &str)],
) -> Duration {
    let work = async {
        let fault = async {
            // The holders have begun to act.
            site.simulator.until(|world| (world.next_event() > 30).then_some(())).await;
            fault.await
        };
        tokio::join!(holder::empty_accounts(site, 0..HOLDERS, CARDS, blows), fault).1
    };
    let (soon, ended) = site.keep(site.run(environment), work).await;
    assert!(ended.is_empty(), "the process did not outlive it: {ended:?}");
    assert!(soon < SOON, "{soon:?}");
    Model { signed_in: HOLDERS, removed: HOLDERS * CARDS }.check(site).await;
    let db = site.db().await;
    let found: Option<(String,)> = db.conn().await.unwrap().row("PRAGMA integrity_check", vec![]).await.unwrap();
    assert_eq!(found.unwrap().0, "ok");
    soon
}

/// Waits so long; how much there was to be seen by then.
async fn silence(site: &Site, time: Duration) -> u64 {
    tokio::time::sleep(time).await;
    site.simulator.with(|world| world.next_event())
}

async fn next_answer(site: &Site, before: u64) -> Duration {
    let began = Instant::now();
    site.simulator.until(|world| (world.next_event() > before).then_some(())).await;
    began.elapsed()
}
