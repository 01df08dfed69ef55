//! The process is killed again and again in the middle of twenty conversations, and started again against the same Telegram:
//! nothing is lost, no card is taken off twice, every holder is answered.

use super::ledger::{self, Model};
use super::site::{Blows, Site, Store};
use super::{Size, chance, holder, report};

const HOLDERS: i64 = 20;
const CARDS: i64 = 6;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_under_load_on_sqlite_loses_nothing_and_does_nothing_twice() {
    kill(Store::Sqlite, "kill, polling, SQLite").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_under_load_on_postgres_loses_nothing_and_does_nothing_twice() {
    kill(Store::Postgres, "kill, polling, PostgreSQL").await;
}

async fn kill(store: Store, fault: &str) {
    let kills = Blows::new(Size::asked().pick(4, 50, 500), chance());
    let Some(site) = Site::open(store, HOLDERS, CARDS).await else { return };
    let lost = site.kill_while(&kills, holder::empty_accounts(&site, 0..HOLDERS, CARDS, &kills)).await;
    Model { signed_in: HOLDERS, removed: HOLDERS * CARDS }.check(&site).await;
    let ([messages, mails], kills) = (ledger::doubled(&site), kills.struck());
    assert!(messages + mails <= kills + lost, "{messages} messages and {mails} mails came twice for {kills} kills and {lost} lost answers");
    report::line(
        fault,
        &format!(
            "{kills} kills, {lost} answers lost with them: 0 updates lost, 0 of {} changes doubled, {HOLDERS} of {HOLDERS} holders answered; \
             twice came {messages} messages and {mails} mails",
            HOLDERS * CARDS,
        ),
    );
}
