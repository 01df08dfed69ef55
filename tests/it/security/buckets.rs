//! Each bucket of a limit holds by itself: what one chat or one place on the web has used up, no other address or chat makes whole.

use guichet::import::samples::PASSWORD;
use guichet::locale::Message;
use guichet::simulator::Person;
use reqwest::StatusCode;

use super::limits::tried_from;
use super::password_page::Reader;
use crate::counter::{ALICE, BOB, Counter};

/// A browser on the page that a chat has asked for.
struct Door {
    link: String,
    reader: Reader,
    guard: String,
}

impl Door {
    async fn of(counter: &Counter, person: i64) -> Self {
        let (link, mut reader) = (counter.asks_for_a_page(person).await, Reader::default());
        let guard = reader.opens(&link).await.guard();
        Self { link, reader, guard }
    }

    async fn tries(&self, email: &str, place: &str, password: &str) -> StatusCode {
        tried_from(place.to_owned(), self.reader.clone(), &self.link, &self.guard, email, password).await
    }
}

async fn behind_a_proxy() -> Counter {
    Counter::set(|setting| setting.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()]).await
}

fn waits(counter: &Counter, person: i64) -> bool {
    let asked = counter.text(&Message::new("limited").with("minutes", 77_i64));
    let (before, _) = asked.split_once("77").unwrap();
    counter.screen(person).contains(before.trim())
}

#[tokio::test]
async fn a_chat_tries_ten_passwords_whatever_the_address_and_the_place() {
    let counter = behind_a_proxy().await;
    let (door, other) = (Door::of(&counter, BOB).await, Door::of(&counter, ALICE).await);
    for number in 0..11 {
        let status = door.tries(&format!("nobody{number}@example.org"), &format!("192.0.2.{number}"), "a wrong guess").await;
        let expected = if number < 10 { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::TOO_MANY_REQUESTS };
        assert_eq!(status, expected, "{number}");
    }
    assert_eq!(other.tries("alice@example.org", "192.0.2.1", PASSWORD).await, StatusCode::OK);
    counter.close(&[]).await;
}

#[tokio::test]
async fn a_place_on_the_web_tries_thirty_passwords_whatever_the_address_and_the_chat() {
    let counter = behind_a_proxy().await;
    let people = 7000..7005_i64;
    counter.with(|world| people.clone().for_each(|id| world.add_person(Person::new(id, "Stranger", "en"))));
    let mut doors = Vec::new();
    for person in people {
        doors.push(Door::of(&counter, person).await);
    }
    for number in 0..31 {
        // What stands beside the place within its network of 64 bits is the same place.
        let place = format!("2001:db8::{number:x}");
        let status = doors[number / 7].tries(&format!("nobody{number}@example.org"), &place, "a wrong guess").await;
        let expected = if number < 30 { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::TOO_MANY_REQUESTS };
        assert_eq!(status, expected, "{number}");
    }
    assert_eq!(doors[4].tries("alice@example.org", "192.0.2.1", PASSWORD).await, StatusCode::OK);
    counter.close(&[]).await;
}

#[tokio::test]
async fn a_chat_asks_for_twenty_sign_in_pages() {
    let counter = Counter::open().await;
    for number in 0..21 {
        for command in ["/menu", "/signin"] {
            counter.says(BOB, command).await;
        }
        counter.presses(BOB, &counter.word("button-with-password")).await;
        assert_eq!(waits(&counter, BOB), number == 20, "{number}");
    }
    counter.asks_for_a_page(ALICE).await;
    assert!(!waits(&counter, ALICE));
    counter.close(&[]).await;
}

#[tokio::test]
async fn a_chat_asks_for_ten_links_whatever_the_addresses() {
    let counter = Counter::open().await;
    for number in 0..11 {
        counter.says(BOB, "/menu").await;
        counter.asks_for_a_link(BOB, &format!("nobody{number}@example.org")).await;
        assert_eq!(waits(&counter, BOB), number == 10, "{number}: {}", counter.screen(BOB));
    }
    counter.asks_for_a_link(ALICE, "alice@example.org").await;
    assert!(!waits(&counter, ALICE));
    counter.close(&[]).await;
}

#[tokio::test]
async fn a_chat_that_is_forgotten_is_known_to_no_account() {
    let counter = Counter::open().await;
    counter.sign_in(ALICE, "alice@example.org").await;
    assert_eq!(counter.number("SELECT COUNT(*) FROM known_chat").await, 1);
    counter.says(ALICE, "/forget").await;
    counter.presses(ALICE, &counter.word("button-forget-confirm")).await;
    assert_eq!(counter.number("SELECT COUNT(*) FROM known_chat").await, 0);
    counter.close(&[]).await;
}
