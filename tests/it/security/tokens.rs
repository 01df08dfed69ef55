//! Codes and links (OWASP Forgot Password: random, long, single use, hashed where they are kept): of a hundred who use one at the same
//! moment one succeeds, a newer one voids the older, and nothing that waits to be sent holds one.

use guichet::domain::PROOF_LENGTH;
use guichet::import::samples;
use reqwest::{Client, StatusCode};

use super::password_page::Reader;
use crate::counter::{ALICE, BOB, Counter};
use crate::postgres::Server;
use crate::reset::set;

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
async fn a_code_that_has_done_its_work_does_no_more_though_it_is_asked_for_again() {
    for (counter, _server) in Counter::on_both().await {
        for (page, void) in [(false, "code-void"), (true, "page-code-void")] {
            let code = if page {
                let link = counter.asks_for_a_page(ALICE).await;
                Reader::default().enters(&link, "alice@example.org", samples::PASSWORD).await.code().unwrap()
            } else {
                counter.says(ALICE, "/signin").await;
                counter.says(ALICE, "alice@example.org").await;
                counter.code()
            };
            let question = counter.stored_dialogue(ALICE).await;
            counter.says(ALICE, &code).await;
            assert!(counter.is_signed_in(ALICE));
            counter.says(ALICE, "/signout").await;
            counter.stand_at(ALICE, &question).await;
            counter.says(ALICE, &code).await;
            assert!(counter.screen(ALICE).contains(&counter.word(void)), "{}", counter.screen(ALICE));
            assert_eq!(counter.number("SELECT COUNT(*) FROM session WHERE ended_at IS NULL").await, 0);
            counter.says(ALICE, "/menu").await;
        }
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

/// Has every payload of an effect noted as it is written, however soon it is sent and gone.
const NOTED: &str = "CREATE TABLE noted (lane TEXT, kind TEXT, created_at BIGINT, payload TEXT);
    CREATE TRIGGER noted_new AFTER INSERT ON effect BEGIN INSERT INTO noted VALUES (NEW.lane, NEW.kind, NEW.created_at, NEW.payload); END;
    CREATE TRIGGER noted_changed AFTER UPDATE OF payload ON effect WHEN NEW.payload IS NOT NULL
    BEGIN INSERT INTO noted VALUES (NEW.lane, NEW.kind, NEW.created_at, NEW.payload); END";

impl Counter {
    /// Every payload that was noted, opened, with its kind.
    async fn noted(&self) -> Vec<(String, String)> {
        let mut conn = self.stage.app.conn().await.unwrap();
        let sealer = conn.sealer().unwrap();
        let rows: Vec<(String, String, i64, String)> =
            conn.rows("SELECT lane, kind, created_at, payload FROM noted", vec![]).await.unwrap();
        let opened = |(lane, kind, at, payload): (String, String, i64, String)| {
            let payload = sealer.open("effect.payload", format!("{lane}/{kind}/{at}"), &payload).unwrap();
            (kind, payload)
        };
        rows.into_iter().map(opened).collect()
    }
}

#[tokio::test]
async fn no_effect_ever_holds_a_code_a_token_or_a_password() {
    let counter = Counter::open().await;
    counter.script(NOTED).await;
    let token = |link: &str| link.rsplit('/').next().unwrap().to_owned();
    let mut secrets = vec![samples::PASSWORD.to_owned(), PASSWORD.to_owned()];
    // By mail.
    counter.says(ALICE, "/signin").await;
    counter.says(ALICE, "alice@example.org").await;
    secrets.push(counter.code());
    counter.says(ALICE, &counter.code()).await;
    assert!(counter.is_signed_in(ALICE));
    // The proof before a step that matters.
    counter.clock.advance(PROOF_LENGTH);
    counter.says(ALICE, "/mydata").await;
    secrets.push(counter.code());
    counter.says(ALICE, &counter.code()).await;
    counter.says(ALICE, "/signout").await;
    // On a page.
    let link = counter.asks_for_a_page(ALICE).await;
    let shown = Reader::default().enters(&link, "alice@example.org", samples::PASSWORD).await.code().unwrap();
    counter.says(ALICE, &shown).await;
    assert!(counter.is_signed_in(ALICE));
    secrets.extend([token(&link), shown]);
    // A new password.
    counter.asks_for_a_link(BOB, "alice@example.org").await;
    let link = counter.link();
    assert_eq!(set(&link, PASSWORD).await, StatusCode::OK);
    counter.settled().await;
    secrets.push(token(&link));

    let noted = counter.noted().await;
    for kind in ["show", "mail_code", "mail_reset_link", "mail_signed_in", "mail_password_changed", "document"] {
        assert!(
            noted.iter().any(|(noted, _)| noted == kind),
            "no {kind} among {:?}",
            noted.iter().map(|(kind, _)| kind).collect::<Vec<_>>()
        );
    }
    assert!(secrets.iter().all(|secret| secret.len() >= 8) && secrets.len() == 7, "{secrets:?}");
    for (kind, payload) in &noted {
        for secret in &secrets {
            assert!(!payload.contains(secret), "{secret} in {kind}: {payload}");
        }
    }
    counter.close(&[]).await;
}
