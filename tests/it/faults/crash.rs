//! The process dies in every gap of an update's way in turn, while a holder signs in and takes a card off: after the next start the
//! database holds what the model says, and at most one message and one mail have come twice.

use std::os::unix::process::ExitStatusExt as _;
use std::sync::Arc;

use guichet::crash::Point;

use super::ledger::{self, Model};
use super::site::{Blows, Site, Store};
use super::{Size, below, chance, holder, report};

/// Holders there are; each crash has one of its own.
const HOLDERS: i64 = 2000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crash_in_any_gap_on_sqlite_leaves_what_the_model_says() {
    let Some(site) = Site::open(Store::Sqlite, HOLDERS, 1).await else { return };
    crash_everywhere(site, &Point::POLLING, "crash points, SQLite").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crash_in_any_gap_on_postgres_leaves_what_the_model_says() {
    let Some(site) = Site::open(Store::Postgres, HOLDERS, 1).await else { return };
    crash_everywhere(site, &Point::POLLING, "crash points, PostgreSQL").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crash_in_any_gap_of_a_webhook_on_sqlite_leaves_what_the_model_says() {
    let Some(site) = Site::with_webhook(Store::Sqlite, HOLDERS, 1).await else { return };
    crash_everywhere(site, &Point::WEBHOOK, "crash points, webhook, SQLite").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crash_in_any_gap_of_a_webhook_on_postgres_leaves_what_the_model_says() {
    let Some(site) = Site::with_webhook(Store::Postgres, HOLDERS, 1).await else { return };
    crash_everywhere(site, &Point::WEBHOOK, "crash points, webhook, PostgreSQL").await;
}

async fn crash_everywhere(site: Arc<Site>, points: &[Point], fault: &str) {
    let chance = chance();
    let mut walk = Walk { site, served: 0, crashes: 0, messages: 0, mails: 0 };
    for &point in points {
        let passages: Vec<usize> = match Size::asked() {
            Size::Quick => vec![1 + below(&chance, seldom(point))],
            Size::Middle | Size::Full => (1..1000).collect(),
        };
        let mut crashes = 0;
        for passage in passages {
            if !walk.crashes_at(point, passage).await {
                break;
            }
            crashes += 1;
        }
        println!("{}: {crashes}", point.name());
        assert!(crashes > 0, "the process did not come by {}", point.name());
    }
    let (messages, mails) = (walk.messages, walk.mails);
    let crashes = walk.crashes;
    report::line(
        fault,
        &format!(
            "{crashes} crashes at {} points: state as the model's each time; twice came {messages} messages, {mails} mails",
            points.len()
        ),
    );
}

/// How often a conversation comes by a point for certain.
fn seldom(point: Point) -> usize {
    match point {
        Point::Mail | Point::Mailed => 2,
        Point::Poll
        | Point::Polled
        | Point::Received
        | Point::Turn
        | Point::Begin
        | Point::Commit
        | Point::Committed
        | Point::Pushed
        | Point::Answer => 6,
        Point::Call | Point::Called => 12,
        Point::Statement => 30,
        // No conversation does.
        Point::Rotation | Point::Sealing | Point::Closing => 0,
    }
}

struct Walk {
    site: Arc<Site>,
    served: i64,
    crashes: usize,
    messages: usize,
    mails: usize,
}

impl Walk {
    /// Has the next holder's conversation crash at this passage of the point; false if it does not get there.
    async fn crashes_at(&mut self, point: Point, passage: usize) -> bool {
        let site = &self.site;
        let order = format!("{}:{passage}", point.name());
        let first = site.run(&[("GUICHET_CRASH", &order)]);
        let no_blows = Blows::none();
        let work = holder::empty_accounts(site, self.served..self.served + 1, 1, &no_blows);
        let ((), ended) = site.keep(first, work).await;
        self.served += 1;
        Model { signed_in: self.served, removed: self.served }.check(site).await;
        let [messages, mails] = ledger::doubled(site);
        assert!(messages - self.messages <= ended.len(), "{order}: {} messages came twice", messages - self.messages);
        assert!(mails - self.mails <= ended.len(), "{order}: {} mails came twice", mails - self.mails);
        (self.messages, self.mails) = (messages, mails);
        let crashed = ended.iter().any(|status| status.signal() == Some(6));
        self.crashes += usize::from(crashed);
        crashed
    }
}
