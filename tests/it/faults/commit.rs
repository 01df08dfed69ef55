//! A commit goes through and its answer is lost, one in three: what it left to be done is done all the same, and once.

use super::ledger::{self, Model};
use super::site::{Blows, Site, Store};
use super::{Size, chance, holder, report};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_whose_answer_is_lost_loses_no_reply_on_sqlite() {
    lose_commits(Store::Sqlite, "lost commits, SQLite").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_whose_answer_is_lost_loses_no_reply_on_postgres() {
    lose_commits(Store::Postgres, "lost commits, PostgreSQL").await;
}

async fn lose_commits(store: Store, fault: &str) {
    let (holders, cards) = Size::asked().pick((5, 2), (20, 6), (20, 19));
    let blows = Blows { thought: 20, ..Blows::new(0, chance()) };
    let Some(site) = Site::open(store, holders, cards).await else { return };
    let work = holder::empty_accounts(&site, 0..holders, cards, &blows);
    let ((), ended) = site.keep(site.run(&[("GUICHET_LOST_COMMITS", "3")]), work).await;
    assert!(ended.is_empty(), "{}", site.log());
    let lost = site.log().matches("the database is not available").count();
    let updates = Model { signed_in: holders, removed: holders * cards }.check(&site).await;
    assert_eq!(ledger::doubled(&site), [0, 0], "messages and mails came twice");
    assert!(lost > 10, "{lost}");
    report::line(fault, &format!("{lost} answers to commits lost over {updates} updates: 0 replies lost, nothing twice"));
}
