//! Telegram carries a call out and the answer is lost, hundreds of times: no reply is lost, a message comes twice at most as often as
//! its answer was lost, an edit never.

use std::time::Duration;

use futures::future::join_all;
use guichet::simulator::{Fault, FaultKind, World};

use super::ledger::{self, Model};
use super::site::{Blows, Site, Store};
use super::{Size, below, chance, holder, report};

const HOLDERS: i64 = 20;
const CARDS: i64 = 6;
const METHODS: [&str; 5] = ["sendMessage", "editMessageText", "deleteMessage", "answerCallbackQuery", "getUpdates"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_answer_loses_no_reply() {
    let losses = Blows::new(Size::asked().pick(20, 300, 1000), chance());
    let site = Site::open(Store::Sqlite, HOLDERS, CARDS).await.unwrap();
    let work = async {
        tokio::join!(holder::empty_accounts(&site, 0..HOLDERS, CARDS, &losses), lose_answers(&site, &losses));
    };
    let ((), ended) = site.keep(site.run(&[]), work).await;
    assert!(ended.is_empty(), "{}", site.log());
    Model { signed_in: HOLDERS, removed: HOLDERS * CARDS }.check(&site).await;
    let ([messages, _], edits) = (ledger::doubled(&site), ledger::doubled_edits(&site));
    let sends = site.simulator.with(|world| lost(world, "sendmessage"));
    assert!(messages <= sends, "{messages} messages came twice for {sends} lost answers");
    assert_eq!(edits, 0, "edits came twice");
    report::line(
        "lost answers",
        &format!(
            "{} answers lost, {sends} of them to messages: 0 replies lost; twice came {messages} messages and {edits} edits",
            losses.struck()
        ),
    );
}

/// Loses one answer after the other of each method, whosever call it is.
async fn lose_answers(site: &Site, losses: &Blows) {
    join_all(METHODS.map(|method| lose_answers_to(site, losses, method))).await;
    site.simulator.with(|world| world.clear_faults());
}

async fn lose_answers_to(site: &Site, losses: &Blows, method: &'static str) {
    while !losses.are_over() {
        tokio::time::sleep(Duration::from_millis(below(&losses.chance, 50) as u64)).await;
        let name = method.to_ascii_lowercase();
        let before = site.simulator.with(|world| {
            world.order(Fault { method: Some(method), chat: None, kind: FaultKind::LoseAnswer, times: 1 });
            (lost(world, &name), made(world, &name))
        });
        // One that is lost, then one that is not: whoever polls in vain waits longer each time.
        while site.simulator.with(|world| lost(world, &name) == before.0 || made(world, &name) < before.1 + 2) {
            if losses.are_over() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        losses.strike();
    }
}

/// How many calls of a method were made.
fn made(world: &World, method: &str) -> usize {
    world.calls_since(0).filter(|(_, call)| call.method == method).count()
}

/// How many answers of a method were lost.
fn lost(world: &World, method: &str) -> usize {
    world.calls_since(0).filter(|(_, call)| call.method == method && call.fault.is_some()).count()
}
