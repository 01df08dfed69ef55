//! Codes and links (OWASP Forgot Password: random, long, single use, hashed where they are kept): of a hundred who use one at the same
//! moment one succeeds, a newer one voids the older, and nothing that waits to be sent holds one.

use reqwest::{Client, StatusCode};

use crate::counter::{ALICE, BOB, Counter};
use crate::postgres::Server;

const PASSWORD: &str = "lantern otter quilt basalt";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_hundred_who_use_a_link_at_once_one_succeeds() {
    let server = Server::start();
    for counter in counters(server.as_ref()).await {
        counter.asks_for_a_link(ALICE, "alice@example.org").await;
        let link = counter.link();
        let client = Client::builder().no_proxy().build().unwrap();
        let set = async || client.post(&link).form(&[("password", PASSWORD), ("again", PASSWORD)]).send().await.unwrap().status();
        let answers = futures::future::join_all((0..100).map(|_| set())).await;
        assert_eq!(answers.iter().filter(|status| **status == StatusCode::OK).count(), 1, "{answers:?}");
        assert_eq!(counter.number("SELECT COUNT(*) FROM event WHERE kind = 'password_changed'").await, 1);
        counter.close(&[]).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_hundred_who_type_a_code_at_once_one_signs_in() {
    let server = Server::start();
    for counter in counters(server.as_ref()).await {
        counter.says(ALICE, "/signin").await;
        counter.says(ALICE, "alice@example.org").await;
        counter.says(BOB, "/signin").await;
        counter.says(BOB, "alice@example.org").await;
        let codes = counter.with(|world| world.mails().iter().map(|mail| mail.text.clone()).collect::<Vec<_>>());
        assert_ne!(codes[0], codes[1], "each chat has a code of its own");
        // Bob's newest code is typed by Alice and by Bob.
        let code = counter.code();
        for _ in 0..4 {
            counter.types(ALICE, &code);
        }
        for _ in 0..96 {
            counter.types(BOB, &code);
        }
        counter.settled().await;
        assert_eq!(counter.number("SELECT COUNT(*) FROM session").await, 1, "one session");
        assert!(!counter.shown(ALICE).iter().any(|text| text.contains(&counter.word("signed-in"))));
        counter.close(&[]).await;
    }
}

#[tokio::test]
async fn a_newer_code_voids_the_older() {
    let server = Server::start();
    for counter in counters(server.as_ref()).await {
        counter.says(ALICE, "/signin").await;
        counter.says(ALICE, "alice@example.org").await;
        let older = counter.code();
        counter.clock.advance(jiff::SignedDuration::from_secs(61));
        counter.presses(ALICE, &counter.word("button-resend")).await;
        assert_ne!(counter.code(), older);
        counter.says(ALICE, &older).await;
        assert_eq!(counter.number("SELECT COUNT(*) FROM session").await, 0);
        counter.says(ALICE, &counter.code()).await;
        assert_eq!(counter.number("SELECT COUNT(*) FROM session").await, 1);
        counter.close(&[]).await;
    }
}

/// A counter on each kind of database that there is.
async fn counters(server: Option<&Server>) -> Vec<Counter> {
    let mut counters = vec![Counter::open().await];
    if let Some(server) = server {
        counters.push(Counter::on(server).await);
    }
    counters
}
