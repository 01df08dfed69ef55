//! The mail server is down for an hour while holders go on: no mail is lost, none comes twice, and no chat waits for one.

use std::collections::HashSet;
use std::net::Ipv4Addr;
use std::time::Duration;

use guichet::simulator::Person;
use jiff::SignedDuration;
use tokio::net::TcpSocket;

use super::{holder, report};
use crate::counter::{ALICE, BOB, Counter};
use crate::smtp::{Authority, Server, python, transport};

/// A third Telegram account, besides Alice's and Bob's.
const CAROL: i64 = 1009;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_server_that_is_down_for_an_hour_loses_no_mail() {
    let Some(python) = python() else { return };
    let authority = Authority::new();
    let mut server = Server::sound(python, "plain", &authority).await;
    let port = server.url.rsplit_once(':').unwrap().1.parse().unwrap();
    let counter = Counter::sending(Some(transport(&server.url, None))).await;
    counter.with(|world| world.add_person(Person::new(CAROL, "Carol", "en")));
    for (holder, address, brand, last4) in [(ALICE, "alice@example.org", "Visa", "1117"), (BOB, "boris@example.org", "Visa", "1881")] {
        counter.says(holder, "/signin").await;
        counter.says(holder, address).await;
        counter.says(holder, &server.mail().await.codes()[0]).await;
        assert!(server.mail().await.codes().is_empty(), "a new sign-in is told");
        counter.says(holder, "/cards").await;
        counter.presses(holder, &counter.card(brand, last4)).await;
    }
    counter.says(CAROL, "/signin").await;

    assert_eq!(server.stop().await, 0, "nothing is owed");
    // Bound but not listening: connections are refused, and nobody else is given the port.
    let held = TcpSocket::new_v4().unwrap();
    held.set_reuseaddr(true).unwrap();
    held.bind((Ipv4Addr::LOCALHOST, port).into()).unwrap();
    for holder in [ALICE, BOB] {
        counter.taps(holder, &counter.word("button-confirm-removal"));
        answered(&counter, holder, "has been taken off").await;
    }
    counter.types(CAROL, "claire@example.org");
    answered(&counter, CAROL, "claire@example.org").await;
    let tries = time_passes(&counter, 3600).await;
    assert_eq!(waiting(&counter).await, 2, "the notices");
    // A code that has run out would only mislead.
    let dead = counter.text_of("SELECT kind || ': ' || died FROM effect WHERE died IS NOT NULL").await;
    assert_eq!(dead, "mail_code: what it holds had expired before the mail could be sent");

    drop(held);
    let mut server = Server::start_at(python, port, "plain", "none", 0, &authority).await;
    // Twice the longest wait between two tries.
    time_passes(&counter, 1800).await;
    assert_eq!(waiting(&counter).await, 0, "all are out");
    let receivers: HashSet<String> = [server.mail().await, server.mail().await].map(|mail| mail.to[0].clone()).into();
    assert_eq!(receivers, ["alice@example.org", "boris@example.org"].map(str::to_owned).into());
    counter.close(&[]).await;
    assert_eq!(server.stop().await, 0, "none comes twice");
    report::line(
        "the mail server is down for an hour",
        &format!("0 of 2 mails lost, none twice, {tries} tries in vain; every holder answered meanwhile; 1 code run out and not sent"),
    );
}

/// Waits until the newest message of a chat holds these words, while mails are tried in vain.
async fn answered(counter: &Counter, chat: i64, words: &str) {
    let answered = async {
        while !counter.screen(chat).contains(words) {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(holder::PATIENCE, answered).await.unwrap_or_else(|_| panic!("{words}: {}", counter.screen(chat)));
}

/// Lets so many seconds pass, every try in its time; how many tries there were in vain.
async fn time_passes(counter: &Counter, seconds: i64) -> i64 {
    let tries = "SELECT COALESCE(SUM(tries), 0) FROM effect WHERE kind LIKE 'mail%'";
    let before = counter.number(tries).await;
    for _ in 0..seconds {
        counter.clock.advance(SignedDuration::from_secs(1));
        due_are_tried(counter).await;
    }
    counter.number(tries).await - before
}

/// Returns once no mail is due any more: each that was has gone out or waits for another time.
async fn due_are_tried(counter: &Counter) {
    let now = counter.clock.now().as_millisecond();
    let tried = async {
        loop {
            let mut conn = counter.stage.app.conn().await.unwrap();
            let due = "SELECT COUNT(*) FROM effect WHERE kind LIKE 'mail%' AND died IS NULL AND due_at <= $1";
            if conn.number(due, vec![now.into()]).await.unwrap() == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::time::timeout(holder::PATIENCE, tried).await.expect("a mail that is due is tried");
}

async fn waiting(counter: &Counter) -> i64 {
    counter.number("SELECT COUNT(*) FROM effect WHERE kind LIKE 'mail%' AND died IS NULL").await
}
