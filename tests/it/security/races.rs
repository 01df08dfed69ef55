//! Two transactions at once, as two replicas' on PostgreSQL: what one has changed the other sees, whichever is first. So that they meet
//! for certain, a test plays one of them and ends it once the counter waits for it; chats whose transactions meet have different
//! connections, as they have in different replicas.

use std::time::Duration;

use guichet::dialogue::reset::link::hash_of;
use guichet::domain::{AccountId, ChatId, PasswordHash};
use guichet::import::samples::PASSWORD;
use guichet::locale::Message;
use guichet::simulator::Person;
use guichet::store::{Conn, account, hand, reset_link, session, sign_in_request};
use reqwest::StatusCode;

use super::password_page::Reader;
use crate::counter::{ALICE, BOB, Counter};
use crate::postgres::Server;
use crate::reset::set;

const CAROL: i64 = 1005;
const DAVE: i64 = 1006;
const EMAIL: &str = "alice@example.org";
/// How long the counter may take to come to where it has to wait.
const PATIENCE: Duration = Duration::from_secs(20);

impl Counter {
    /// A counter on PostgreSQL, with two more people in front of it.
    async fn with_four_people(server: &Server) -> Self {
        let counter = Self::set(|setting| {
            setting.database = Some(server.settings().database);
            setting.admin_listen = Some(([127, 0, 0, 1], 0).into());
        })
        .await;
        counter.with(|world| {
            world.add_person(Person::new(CAROL, "Carol", "en"));
            world.add_person(Person::new(DAVE, "Dave", "en"));
        });
        counter
    }

    /// Another replica's transaction.
    async fn other(&self) -> Conn {
        let mut other = self.stage.app.conn().await.unwrap();
        other.begin().await.unwrap();
        other
    }

    /// Waits until so many of the counter's transactions wait for another to end.
    async fn are_waiting(&self, count: i64) {
        let waiting = async {
            while self.number("SELECT COUNT(DISTINCT pid) FROM pg_locks WHERE NOT granted").await < count {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.expect("the counter waits for nobody");
    }

    /// These people tap the newest button that reads so, at the same moment.
    fn tap_at_once(&self, people: &[i64], label: &str) {
        let taps: Vec<_> = people.iter().map(|person| (*person, self.button(*person, label))).collect();
        self.with(|world| {
            for (person, (message, data)) in taps {
                world.person_taps(person, message, &data).unwrap();
            }
        });
    }

    async fn alice(&self) -> AccountId {
        AccountId(self.account(EMAIL).await)
    }

    async fn sessions_open(&self) -> i64 {
        self.number("SELECT COUNT(*) FROM session WHERE ended_at IS NULL").await
    }
}

#[tokio::test]
async fn a_card_that_two_chats_take_off_at_once_comes_off_once() {
    let Some(server) = Server::start() else { return };
    let counter = Counter::with_four_people(&server).await;
    let chats = [ALICE, BOB];
    for chat in chats {
        counter.sign_in(chat, EMAIL).await;
    }
    for chat in chats {
        counter.says(chat, "/cards").await;
        counter.presses(chat, &counter.card("Visa", "1117")).await;
    }
    let mut other = counter.other().await;
    let card = "SELECT card_id FROM card WHERE account_id = $1 AND last4 = '1117' FOR UPDATE";
    other.number(card, vec![counter.alice().await.0.into()]).await.unwrap();
    counter.tap_at_once(&chats, &counter.word("button-confirm-removal"));
    counter.are_waiting(2).await;
    other.roll_back().await.unwrap();
    drop(other);
    counter.settled().await;
    assert_eq!(counter.removals().await, [1, 1, 1, 1]);
    let receipt = counter.text_of("SELECT reference FROM audit WHERE action = 'card_removed'").await;
    let gone = counter.text(&Message::new("card-gone").with("brand", "Visa").with("last4", "1117"));
    for told in [receipt, gone] {
        let screens = chats.map(|chat| counter.screen(chat));
        assert_eq!(screens.iter().filter(|screen| screen.contains(&told)).count(), 1, "{told}: {screens:#?}");
    }
    let numbers = format!("http://{}/metrics", counter.stage.app.admin_address().unwrap());
    let numbers = reqwest::get(numbers).await.unwrap().text().await.unwrap();
    assert!(numbers.contains("\nguichet_database_failures_total 0\n"), "being second is no trouble of the database's: {numbers}");
    counter.close(&[]).await;
}

/// Another password's hash.
const NEWER: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZSBvdHRlcnM$MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE";
/// How much of the limits is used up.
const USED_UP: &str = "SELECT CAST(SUM(whole_at) AS BIGINT) FROM limit_bucket";

#[tokio::test]
async fn a_password_that_is_changed_while_it_is_compared_signs_nobody_in() {
    let newer: PasswordHash = NEWER.parse().unwrap();
    for (counter, _server) in Counter::on_both().await {
        let (alice, mut other) = (counter.alice().await, counter.stage.app.conn().await.unwrap());
        let (hash,): (String,) =
            other.row("SELECT password_hash FROM account WHERE account_id = $1", vec![alice.0.into()]).await.unwrap().unwrap();
        let shown = loop {
            account::set_password(&mut other, alice, &hash.parse().unwrap()).await.unwrap();
            counter.says(ALICE, "/menu").await;
            let link = counter.asks_for_a_page(ALICE).await;
            let before = counter.number(USED_UP).await;
            let entering = tokio::spawn(async move { Reader::default().enters(&link, EMAIL, PASSWORD).await });
            // From then on it is compared.
            while counter.number(USED_UP).await == before {}
            other.begin().await.unwrap();
            other.lock_account(alice).await.unwrap();
            let proven = other.number("SELECT COUNT(*) FROM sign_in_request WHERE proven_at IS NOT NULL", vec![]).await.unwrap();
            account::set_password(&mut other, alice, &newer).await.unwrap();
            other.commit().await.unwrap();
            let shown = entering.await.unwrap();
            // Where the page was quicker, the password was not changed yet: once more.
            if proven == 0 {
                break shown;
            }
        };
        assert_eq!((shown.status, shown.code()), (StatusCode::UNPROCESSABLE_ENTITY, None));
        assert_eq!(counter.number("SELECT COUNT(*) FROM sign_in_request WHERE proven_at IS NOT NULL").await, 0);
        drop(other);
        counter.close(&[]).await;
    }
}

#[tokio::test]
async fn a_password_that_is_being_changed_elsewhere_is_waited_for() {
    let Some(server) = Server::start() else { return };
    let counter = Counter::with_four_people(&server).await;
    let link = counter.asks_for_a_page(ALICE).await;
    let (alice, mut other) = (counter.alice().await, counter.other().await);
    account::set_password(&mut other, alice, &NEWER.parse().unwrap()).await.unwrap();
    let entering = tokio::spawn(async move { Reader::default().enters(&link, EMAIL, PASSWORD).await });
    counter.are_waiting(1).await;
    other.commit().await.unwrap();
    drop(other);
    let shown = entering.await.unwrap();
    assert_eq!((shown.status, shown.code()), (StatusCode::UNPROCESSABLE_ENTITY, None));
    counter.close(&[]).await;
}

/// Alice has a code by mail, Bob one from a page; both are typed while something is done to the account, and open nothing.
async fn are_kept_out(done: impl AsyncFnOnce(&mut Conn, AccountId)) {
    let Some(server) = Server::start() else { return };
    let counter = Counter::with_four_people(&server).await;
    let link = counter.asks_for_a_page(BOB).await;
    let shown = Reader::default().enters(&link, EMAIL, PASSWORD).await.code().unwrap();
    counter.says(ALICE, "/signin").await;
    counter.says(ALICE, EMAIL).await;
    let (alice, mailed, mut other) = (counter.alice().await, counter.code(), counter.other().await);
    other.lock_account(alice).await.unwrap();
    done(&mut other, alice).await;
    counter.with(|world| {
        world.person_types(ALICE, &mailed).unwrap();
        world.person_types(BOB, &shown).unwrap();
    });
    counter.are_waiting(2).await;
    other.commit().await.unwrap();
    drop(other);
    counter.settled().await;
    assert!(!counter.is_signed_in(ALICE) && !counter.is_signed_in(BOB));
    assert_eq!(counter.sessions_open().await, 0);
    counter.close(&[]).await;
}

#[tokio::test]
async fn whoever_signs_in_while_the_account_is_being_locked_is_kept_out() {
    are_kept_out(async |other, alice| assert!(hand::set_locked(other, alice, true).await.unwrap())).await;
}

#[tokio::test]
async fn whoever_signs_in_while_the_accounts_sessions_are_being_ended_is_kept_out() {
    are_kept_out(async |other, alice| session::void_begun(other, alice, None).await.unwrap()).await;
}

#[tokio::test]
async fn a_session_that_begins_while_all_others_are_ended_ends_with_them() {
    let Some(server) = Server::start() else { return };
    let counter = Counter::with_four_people(&server).await;
    counter.says(CAROL, "/menu").await;
    counter.sign_in(BOB, EMAIL).await;
    counter.sign_in(ALICE, EMAIL).await;
    counter.says(ALICE, "/sessions").await;
    counter.presses(ALICE, &counter.word("button-end-others")).await;
    // Carol signs in within Telegram, where no code of hers could be voided.
    let (alice, mut other) = (counter.alice().await, counter.other().await);
    other.lock_account(alice).await.unwrap();
    session::start(&mut other, ChatId(CAROL), alice, counter.clock.now()).await.unwrap();
    counter.taps(ALICE, &counter.word("button-end-others-confirm"));
    counter.are_waiting(1).await;
    other.commit().await.unwrap();
    drop(other);
    counter.settled().await;
    assert_eq!(counter.sessions_open().await, 1, "Alice's own");
    counter.close(&[]).await;
}

#[tokio::test]
async fn no_more_links_are_mailed_in_an_hour_however_many_chats_ask_at_once() {
    let Some(server) = Server::start() else { return };
    let counter = Counter::with_four_people(&server).await;
    // Chats that the account knows have limits of their own: what they share is the account.
    for chat in [ALICE, BOB, CAROL, DAVE] {
        counter.sign_in(chat, EMAIL).await;
        counter.says(chat, "/signout").await;
    }
    counter.asks_for_a_link(ALICE, EMAIL).await;
    for chat in [BOB, CAROL, DAVE] {
        counter.is_offered_a_link(chat, EMAIL).await;
    }
    let mut other = counter.other().await;
    // Whoever has counted the links comes to this one next.
    assert_eq!(other.rows::<(String,)>("SELECT token_hash FROM reset_link FOR UPDATE", vec![]).await.unwrap().len(), 1);
    counter.tap_at_once(&[BOB, CAROL, DAVE], &counter.word("button-send-link"));
    counter.are_waiting(3).await;
    other.roll_back().await.unwrap();
    drop(other);
    counter.settled().await;
    assert_eq!(counter.number("SELECT COUNT(*) FROM reset_link").await, 3);
    counter.close(&[]).await;
}

#[tokio::test]
async fn a_link_that_is_being_used_elsewhere_sets_no_other_password() {
    let Some(server) = Server::start() else { return };
    let counter = Counter::with_four_people(&server).await;
    counter.asks_for_a_link(ALICE, EMAIL).await;
    let link = counter.link();
    let mut other = counter.other().await;
    let found = reset_link::get(&mut other, &hash_of(link.rsplit('/').next().unwrap())).await.unwrap().unwrap();
    assert!(reset_link::use_up(&mut other, &found, counter.clock.now()).await.unwrap());
    let setting = tokio::spawn(async move { set(&link, "lantern otter quilt basalt").await });
    counter.are_waiting(1).await;
    other.commit().await.unwrap();
    drop(other);
    assert_eq!(setting.await.unwrap(), StatusCode::GONE);
    assert_eq!(counter.number("SELECT COUNT(*) FROM event").await, 0);
    counter.close(&[]).await;
}

#[tokio::test]
async fn a_page_on_which_the_password_is_being_entered_elsewhere_shows_no_code() {
    let Some(server) = Server::start() else { return };
    let counter = Counter::with_four_people(&server).await;
    let link = counter.asks_for_a_page(ALICE).await;
    let (alice, mut other) = (counter.alice().await, counter.other().await);
    let token_hash = hash_of(link.rsplit('/').next().unwrap());
    assert!(sign_in_request::prove(&mut other, &token_hash, alice, counter.clock.now()).await.unwrap());
    let entering = tokio::spawn(async move { Reader::default().enters(&link, EMAIL, PASSWORD).await });
    counter.are_waiting(1).await;
    other.commit().await.unwrap();
    drop(other);
    let shown = entering.await.unwrap();
    assert_eq!((shown.status, shown.code()), (StatusCode::GONE, None));
    counter.close(&[]).await;
}

#[tokio::test]
async fn a_chat_whose_session_is_being_ended_elsewhere_sees_nothing_more_of_it() {
    let Some(server) = Server::start() else { return };
    let counter = Counter::with_four_people(&server).await;
    counter.sign_in(ALICE, EMAIL).await;
    let mut other = counter.other().await;
    other.lock_chats([ChatId(ALICE)]).await.unwrap();
    let (open, _) = session::of_chat(&mut other, ChatId(ALICE)).await.unwrap().remove(0);
    session::end(&mut other, open.id, counter.clock.now()).await.unwrap();
    counter.types(ALICE, "/cards");
    counter.are_waiting(1).await;
    other.commit().await.unwrap();
    drop(other);
    counter.settled().await;
    assert!(counter.screen(ALICE).contains(&counter.word("sign-in-needed")), "{}", counter.screen(ALICE));
    counter.close(&[]).await;
}
