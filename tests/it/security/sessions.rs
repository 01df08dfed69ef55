//! Sessions: their idle and absolute ends on every way in, the age of the proof before a step that matters (OWASP Session Management),
//! the list of them, and who hears of a new one.

use guichet::domain::{PROOF_LENGTH, SESSION_IDLE, SESSION_LENGTH};
use guichet::simulator::{ChatMessage, Content, Kind};
use jiff::SignedDuration;

use crate::counter::{ALICE, BOB, Counter};

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

impl Counter {
    /// Nothing of Alice's account is on the newest screen of this chat.
    fn shows_nothing_of_the_account(&self, person: i64, way: &str) {
        let screen = self.screen(person);
        for private in ["1117", "a…@example.org", "alice@example.org"] {
            assert!(!screen.contains(private), "{way}: {screen}");
        }
    }

    async fn open_sessions(&self) -> i64 {
        self.number("SELECT COUNT(*) FROM session WHERE ended_at IS NULL").await
    }
}

/// Every way in which a chat reaches its account.
const WAYS: [&str; 8] = ["/cards", "/history", "/status", "/menu", "/mydata", "[card]", "hello", "(sticker)"];

async fn come_in(counter: &Counter, way: &str) {
    match way {
        "[card]" => counter.presses(ALICE, &counter.card("Visa", "1117")).await,
        "(sticker)" => {
            counter.with(|world| world.person_sends(ALICE, Kind::Sticker)).unwrap();
            counter.settled().await;
        }
        text => counter.says(ALICE, text).await,
    }
}

/// Alice stands at her cards when this is done to her session; then she comes in, and finds nothing of the account. The clock
/// stands still, so that no sweep ends the session before.
async fn opens_nothing(done: &'static str) {
    for way in WAYS {
        let counter = Counter::open().await;
        counter.sign_in(ALICE, "alice@example.org").await;
        counter.says(ALICE, "/cards").await;
        counter.script(done).await;
        come_in(&counter, way).await;
        counter.shows_nothing_of_the_account(ALICE, way);
        assert_eq!(counter.open_sessions().await, 0, "{way}");
        counter.close(&[]).await;
    }
}

#[tokio::test]
async fn a_session_that_has_idled_out_opens_nothing_whichever_way_one_comes_in() {
    assert_eq!(SESSION_IDLE, 30 * MINUTE);
    opens_nothing("UPDATE session SET seen_at = seen_at - 1800000").await;
}

#[tokio::test]
async fn a_session_that_was_used_all_day_opens_nothing_all_the_same() {
    assert_eq!(SESSION_LENGTH, 720 * MINUTE);
    opens_nothing("UPDATE session SET started_at = started_at - 43200000").await;
}

#[tokio::test]
async fn a_session_that_a_clock_ahead_began_opens_nothing() {
    opens_nothing("UPDATE session SET started_at = started_at + 61000, seen_at = seen_at + 61000").await;
}

impl Counter {
    fn is_asked_to_prove(&self, person: i64) -> bool {
        let lead = self.word("prove").lines().next().unwrap().to_owned();
        self.screen(person).contains(&lead)
    }

    fn documents(&self, person: i64) -> usize {
        let document = |message: &&ChatMessage| matches!(message.current.content, Content::Document { .. });
        self.with(|world| world.messages(person).iter().filter(document).count())
    }
}

#[tokio::test]
async fn a_card_comes_off_only_while_the_proof_is_young() {
    let counter = Counter::open().await;
    counter.sign_in(ALICE, "alice@example.org").await;
    counter.clock.advance(PROOF_LENGTH - MINUTE);
    counter.says(ALICE, "/cards").await;
    counter.presses(ALICE, &counter.card("Visa", "1117")).await;
    // The question is young; what counts is the age of the proof when it is answered.
    counter.clock.advance(MINUTE);
    counter.presses(ALICE, &counter.word("button-confirm-removal")).await;
    assert!(counter.is_asked_to_prove(ALICE), "{}", counter.screen(ALICE));
    assert_eq!(counter.removals().await[..3], [0, 0, 0]);

    counter.says(ALICE, "00000000").await;
    assert!(counter.is_asked_to_prove(ALICE), "{}", counter.screen(ALICE));
    let started = counter.number("SELECT started_at FROM session").await;
    counter.says(ALICE, &counter.code()).await;
    assert!(counter.screen(ALICE).contains("1117"), "the question is put anew: {}", counter.screen(ALICE));
    assert_eq!(counter.removals().await[..3], [0, 0, 0], "a code answers no question");
    counter.presses(ALICE, &counter.word("button-confirm-removal")).await;
    assert_eq!(counter.removals().await, [1, 1, 1, 1]);
    assert_eq!(counter.number("SELECT COUNT(*) FROM session").await, 1, "a fresh proof begins no session");
    assert_eq!(counter.number("SELECT started_at FROM session").await, started, "nor does it make one last longer");
    counter.close(&[]).await;
}

#[tokio::test]
async fn the_account_goes_out_as_a_file_only_while_the_proof_is_young() {
    let counter = Counter::open().await;
    counter.sign_in(ALICE, "alice@example.org").await;
    counter.clock.advance(PROOF_LENGTH);
    counter.says(ALICE, "/mydata").await;
    assert!(counter.is_asked_to_prove(ALICE), "{}", counter.screen(ALICE));
    assert_eq!(counter.documents(ALICE), 0);
    counter.says(ALICE, &counter.code()).await;
    assert_eq!(counter.documents(ALICE), 1);
    // Signed out, the file is about the chat alone, and nobody is asked who they are.
    counter.says(BOB, "/mydata").await;
    assert_eq!(counter.documents(BOB), 1);
    counter.close(&[]).await;
}

#[tokio::test]
async fn a_clock_set_back_makes_no_proof_young() {
    let counter = Counter::open().await;
    counter.sign_in(ALICE, "alice@example.org").await;
    // Proven by a clock that ran ahead.
    counter.script("UPDATE session SET proven_at = proven_at + 120000").await;
    counter.says(ALICE, "/mydata").await;
    assert!(counter.is_asked_to_prove(ALICE), "{}", counter.screen(ALICE));
    assert_eq!(counter.documents(ALICE), 0);
    counter.close(&[]).await;
}

#[tokio::test]
async fn the_code_of_another_address_proves_nothing() {
    let counter = Counter::open().await;
    counter.sign_in(ALICE, "alice@example.org").await;
    counter.clock.advance(PROOF_LENGTH);
    counter.says(ALICE, "/mydata").await;
    let code = counter.code();
    // As if the account had been swapped while the code was on its way.
    counter.script("UPDATE one_time_code SET account_id = account_id + 1").await;
    counter.says(ALICE, &code).await;
    assert_eq!(counter.documents(ALICE), 0);
    assert!(counter.is_asked_to_prove(ALICE), "{}", counter.screen(ALICE));
    counter.close(&[]).await;
}
