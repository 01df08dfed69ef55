//! The clock jumps a day, either way: no expired code or link is accepted, and nobody is locked out for good.

use jiff::SignedDuration;
use reqwest::{Client, StatusCode};

use super::report;
use crate::counter::{ALICE, Counter};

const PASSWORD: &str = "lantern otter quilt basalt";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_jumps_a_day_lets_nothing_old_in_and_locks_nobody_out() {
    for hours in [24, -24] {
        let jump = SignedDuration::from_hours(hours);
        a_code(jump).await;
        a_link(jump).await;
        a_session(jump).await;
        the_limits(jump).await;
        a_waiting_chat(jump).await;
    }
    report::line(
        "clock jumps",
        "a day on and a day back: 0 old codes, links, sessions or questions accepted; every holder served within the hour",
    );
}

async fn a_code(jump: SignedDuration) {
    let counter = Counter::open().await;
    counter.says(ALICE, "/signin").await;
    counter.says(ALICE, "alice@example.org").await;
    let old = counter.code();
    counter.clock.leap(jump);
    counter.says(ALICE, &old).await;
    assert!(counter.screen(ALICE).contains(&counter.word("code-void")), "{jump}: {}", counter.screen(ALICE));
    assert_eq!(counter.number("SELECT COUNT(*) FROM session").await, 0);
    // A new one is to be had at once.
    counter.presses(ALICE, &counter.word("button-resend")).await;
    let new = counter.code();
    assert_ne!(new, old);
    counter.says(ALICE, &new).await;
    assert!(counter.screen(ALICE).contains(&counter.word("signed-in")), "{jump}: {}", counter.screen(ALICE));
    counter.close(&[]).await;
}

async fn a_link(jump: SignedDuration) {
    let counter = Counter::open().await;
    counter.asks_for_a_link(ALICE, "alice@example.org").await;
    let old = counter.link();
    counter.clock.leap(jump);
    assert_eq!(set(&old).await, StatusCode::GONE, "{jump}");
    counter.says(ALICE, "/menu").await;
    counter.asks_for_a_link(ALICE, "alice@example.org").await;
    assert_ne!(counter.link(), old);
    assert_eq!(set(&counter.link()).await, StatusCode::OK, "{jump}");
    assert_eq!(set(&old).await, StatusCode::GONE, "{jump}");
    counter.close(&[]).await;
}

async fn set(link: &str) -> StatusCode {
    Client::new().post(link).form(&[("password", PASSWORD), ("again", PASSWORD)]).send().await.unwrap().status()
}

/// A session, and the question that stands in it.
async fn a_session(jump: SignedDuration) {
    let counter = Counter::open().await;
    counter.is_asked_to_confirm(ALICE).await;
    counter.clock.leap(jump);
    counter.presses(ALICE, &counter.word("button-confirm-removal")).await;
    assert_eq!(counter.removals().await, [0, 0, 0, 0], "{jump}");
    assert!(!counter.screen(ALICE).contains("1117"), "{jump}: {}", counter.screen(ALICE));
    counter.says(ALICE, "/cancel").await;
    counter.is_asked_to_confirm(ALICE).await;
    counter.presses(ALICE, &counter.word("button-confirm-removal")).await;
    assert_eq!(counter.removals().await, [1, 1, 1, 1], "{jump}");
    counter.close(&[]).await;
}

/// Three links an hour, one document a minute: whoever has had them all waits that long and no longer.
async fn the_limits(jump: SignedDuration) {
    let counter = Counter::open().await;
    for _ in 0..4 {
        counter.asks_for_a_link(ALICE, "alice@example.org").await;
    }
    counter.says(ALICE, "/mydata").await;
    counter.clock.leap(jump);
    counter.clock.advance(SignedDuration::from_mins(61));
    let before = counter.with(|world| world.mails().len());
    counter.says(ALICE, "/menu").await;
    counter.asks_for_a_link(ALICE, "alice@example.org").await;
    assert_eq!(counter.with(|world| world.mails().len()), before + 1, "{jump}");
    let documents = counter.calls(0, "senddocument", ALICE).len();
    counter.says(ALICE, "/mydata").await;
    assert_eq!(counter.calls(0, "senddocument", ALICE).len(), documents + 1, "{jump}");
    counter.close(&[]).await;
}

/// A chat that Telegram has told to wait is served once that time is over by the clock as it was, or as it is.
async fn a_waiting_chat(jump: SignedDuration) {
    let counter = Counter::open().await;
    let since = counter.next_call();
    counter.order("sendMessage", ALICE, guichet::simulator::FaultKind::TooManyRequests { retry_after: 30 }, 1);
    counter.types(ALICE, "/help");
    counter.struck(since, ALICE).await;
    counter.stage.simulator.acknowledged().await;
    counter.clock.leap(jump);
    counter.clock.advance(SignedDuration::from_hours(24) + SignedDuration::from_secs(31));
    counter.recovers().await;
    assert_eq!(counter.shown(ALICE).len(), 1, "{jump}");
    counter.close(&[]).await;
}
