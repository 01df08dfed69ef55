//! The PostgreSQL server stops as in a crash and comes back, again and again under load: nothing is lost, nothing done twice, and the
//! process goes on by itself.

use std::time::{Duration, Instant};

use super::ledger::{self, Model};
use super::site::{Blows, Site, Store};
use super::{Size, below, chance, holder, report};

const HOLDERS: i64 = 20;
const CARDS: i64 = 6;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_postgres_server_that_crashes_loses_nothing() {
    let stops = Blows::new(Size::asked().pick(3, 20, 100), chance());
    let Some(site) = Site::open(Store::Postgres, HOLDERS, CARDS).await else { return };
    let mut slowest = Duration::ZERO;
    let work = async {
        tokio::join!(holder::empty_accounts(&site, 0..HOLDERS, CARDS, &stops), stop_now_and_then(&site, &stops, &mut slowest));
    };
    let ((), ended) = site.keep(site.run(&[]), work).await;
    assert!(ended.is_empty(), "the process did not outlive its database: {ended:?}\n{}", site.log());
    Model { signed_in: HOLDERS, removed: HOLDERS * CARDS }.check(&site).await;
    let [messages, mails] = ledger::doubled(&site);
    assert!(slowest < Duration::from_secs(10), "{slowest:?}");
    report::line(
        "PostgreSQL stopped hard",
        &format!(
            "{} times: 0 lost, 0 of {} changes doubled; answers again after {slowest:.1?} at most; twice came {messages} messages, {mails} mails",
            stops.struck(),
            HOLDERS * CARDS,
        ),
    );
}

/// Stops the server and starts it again; how long after that the first answer comes, at most.
async fn stop_now_and_then(site: &Site, stops: &Blows, slowest: &mut Duration) {
    while !stops.are_over() {
        tokio::time::sleep(Duration::from_millis(200 + below(&stops.chance, 800) as u64)).await;
        tokio::task::block_in_place(|| {
            site.server().stop_hard();
            site.server().start_again();
        });
        let (began, before) = (Instant::now(), site.simulator.with(|world| world.next_event()));
        site.simulator.until(|world| (world.next_event() > before).then_some(())).await;
        *slowest = (*slowest).max(began.elapsed());
        stops.strike();
    }
}
