//! Ten thousand updates of two hundred holders at once, three in ten delivered once more at a time of their own: nothing is done twice.

use std::collections::{HashSet, VecDeque};
use std::time::Duration;

use super::ledger::Model;
use super::site::{Blows, Site, Store};
use super::{Size, below, chance, holder, report};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn updates_delivered_again_change_nothing_on_sqlite() {
    deliver_again(Store::Sqlite, "delivered again, SQLite").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn updates_delivered_again_change_nothing_on_postgres() {
    deliver_again(Store::Postgres, "delivered again, PostgreSQL").await;
}

async fn deliver_again(store: Store, fault: &str) {
    // A holder's conversation is 3 updates to sign in, and 3 a card.
    let (holders, cards) = Size::asked().pick((30, 5), (200, 16), (200, 16));
    let blows = Blows { thought: 20, ..Blows::new(0, chance()) };
    let Some(site) = Site::open(store, holders, cards).await else { return };
    let mut again = 0;
    let work = async {
        tokio::select! {
            () = holder::empty_accounts(&site, 0..holders, cards, &blows) => {}
            () = postman(&site, &blows, &mut again) => {}
        }
        site.settled().await;
    };
    let ((), ended) = site.keep(site.run(&[]), work).await;
    assert!(ended.is_empty(), "{}", site.log());
    let updates = Model { signed_in: holders, removed: holders * cards }.check(&site).await;
    assert!(again * 5 > updates, "only {again} of {updates} updates came again");
    report::line(fault, &format!("{updates} updates of {holders} chats, {again} delivered again: state as the model's"));
}

/// Delivers three in ten of the acknowledged updates again, in an order of their own.
async fn postman(site: &Site, blows: &Blows, again: &mut i64) {
    let mut next = site.simulator.with(|world| world.last_update_id()) + 1;
    let mut chosen = VecDeque::new();
    loop {
        site.simulator.with(|world| {
            let waiting: HashSet<u32> = world.unacknowledged().map(|update| update.id).collect();
            while next <= world.last_update_id() && !waiting.contains(&next) {
                if below(&blows.chance, 10) < 3 {
                    chosen.insert(below(&blows.chance, chosen.len() + 1), next);
                }
                next += 1;
            }
            // Some stay behind, to be overtaken.
            while chosen.len() > 10 {
                *again += i64::from(chosen.pop_front().is_some_and(|update| world.deliver_again(update)));
            }
        });
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
