//! The process is killed again and again in the middle of twenty conversations, and started again against the same Telegram:
//! nothing is lost, no card is taken off twice, every holder is answered.

use std::sync::Arc;
use std::time::Duration;

use super::ledger::{self, Model};
use super::site::{Blows, Site, Store};
use super::{Size, chance, holder, report};

const HOLDERS: i64 = 20;
const CARDS: i64 = 6;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_under_load_on_sqlite_loses_nothing_and_does_nothing_twice() {
    kill(Site::open(Store::Sqlite, HOLDERS, CARDS).await, "kill, polling, SQLite").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_under_load_on_postgres_loses_nothing_and_does_nothing_twice() {
    kill(Site::open(Store::Postgres, HOLDERS, CARDS).await, "kill, polling, PostgreSQL").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_with_a_webhook_on_sqlite_loses_nothing_and_does_nothing_twice() {
    kill(Site::with_webhook(Store::Sqlite, HOLDERS, CARDS).await, "kill, webhook, SQLite").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_with_a_webhook_on_postgres_loses_nothing_and_does_nothing_twice() {
    kill(Site::with_webhook(Store::Postgres, HOLDERS, CARDS).await, "kill, webhook, PostgreSQL").await;
}

async fn kill(site: Option<Arc<Site>>, fault: &str) {
    let kills = Blows::new(Size::asked().pick(4, 50, 500), chance());
    let Some(site) = site else { return };
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_replicas_one_takes_over_from_the_other() {
    let kills = Blows::new(Size::asked().pick(3, 20, 200), chance());
    let Some(site) = Site::open(Store::Postgres, HOLDERS, CARDS).await else { return };
    let slowest = site.kill_one_of_two_while(&kills, holder::empty_accounts(&site, 0..HOLDERS, CARDS, &kills)).await;
    Model { signed_in: HOLDERS, removed: HOLDERS * CARDS }.check(&site).await;
    assert!(slowest < Duration::from_secs(15), "{slowest:?}");
    assert!(!site.log().contains("deadlock"), "{}", site.log());
    let ([messages, mails], kills) = (ledger::doubled(&site), kills.struck());
    report::line(
        "one of two replicas killed",
        &format!(
            "{kills} times: 0 lost, 0 of {} changes doubled, no deadlock; the other answers after {slowest:.1?} at most; \
             twice came {messages} messages and {mails} mails",
            HOLDERS * CARDS,
        ),
    );
}
