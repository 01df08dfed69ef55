//! What a chat sends and where it stands: callback data and stored dialogues.

use guichet::dialogue::{Dialogue, Tap};
use guichet::simulator::Sender;
use rand::RngExt as _;

use super::Fuzz;
use crate::counter::{ALICE, Counter};
use crate::security::{STATES, stored};

#[test]
fn no_callback_data_reads_as_another_button() {
    let mut fuzz = Fuzz::of("tap", []);
    while let Some(input) = fuzz.next() {
        let data = String::from_utf8_lossy(&input);
        if let Some((revision, tap)) = Tap::parse(&data) {
            assert!(revision >= 0);
            assert_eq!(Tap::parse(&tap.wire(revision)), Some((revision, tap)), "{data}");
        }
    }
}

impl Counter {
    /// Nothing was tried twice, given up or given away, and the chat still answers.
    async fn is_sound(&self, what: &str) {
        assert_eq!(self.number("SELECT COUNT(*) FROM update_attempt").await, 0, "an update panicked or failed: {what}");
        assert_eq!(self.number("SELECT COUNT(*) FROM effect").await, 0, "something is left or given up: {what}");
        assert!(!self.screen(ALICE).contains(&self.word("trouble-here")), "{what}");
    }

    fn newest_from_bot(&self) -> (i32, usize) {
        self.with(|world| {
            let newest = world.messages(ALICE).iter().rev().find(|message| message.from == Sender::Bot);
            newest.map(|message| (message.id, message.revision)).unwrap_or_default()
        })
    }
}

#[tokio::test]
async fn every_tap_is_answered_whatever_its_data() {
    let counter = Counter::open().await;
    counter.sign_in(ALICE, "alice@example.org").await;
    let mut fuzz = Fuzz::of("tap", []);
    while let Some(input) = fuzz.next() {
        let data: String = String::from_utf8_lossy(&input).chars().take(64).collect();
        // With the revision of the screen that is shown, so that it reaches the flows.
        let revision = counter.number("SELECT revision FROM chat").await;
        let shown = Tap::parse(&data).map_or_else(|| data.clone(), |(_, tap)| tap.wire(revision));
        let (message, _) = counter.newest_from_bot();
        let notices = counter.next_call();
        for data in [data.as_str(), &shown] {
            counter.with(|world| world.person_forges(ALICE, message, data)).unwrap();
        }
        counter.settled().await;
        let answered = counter.with(|world| world.calls_since(notices).filter(|(_, call)| call.method == "answercallbackquery").count());
        assert_eq!(answered, 2, "{data:?}");
        counter.is_sound(&data).await;
        if counter.number("SELECT COUNT(*) FROM session WHERE ended_at IS NULL").await == 0 {
            counter.clock.advance(jiff::SignedDuration::from_hours(2));
            counter.sign_in(ALICE, "alice@example.org").await;
        }
    }
    counter.says(ALICE, "/menu").await;
    assert!(counter.screen(ALICE).contains(&counter.word("menu-title")), "{}", counter.screen(ALICE));
}

#[tokio::test]
async fn every_stored_dialogue_is_answered_or_set_aside() {
    let counter = Counter::open().await;
    counter.sign_in(ALICE, "alice@example.org").await;
    let mut fuzz = Fuzz::of("dialogue", STATES.map(|(_, state)| stored(state)));
    while let Some(input) = fuzz.next() {
        let dialogue = String::from_utf8_lossy(&input).replace('\0', "");
        let undecodable = Dialogue::read(&dialogue).is_err();
        let aside = counter.number("SELECT COUNT(*) FROM set_aside_dialogue").await;
        counter.stand_at(ALICE, &dialogue).await;
        let before = counter.newest_from_bot();
        let said = ["hello", "0", "bob@example.org", "00000000", "/cancel"][fuzz.random.random_range(0..5)];
        counter.says(ALICE, said).await;
        assert_ne!(counter.newest_from_bot(), before, "{dialogue} meets {said} with silence");
        let set_aside = counter.number("SELECT COUNT(*) FROM set_aside_dialogue").await - aside;
        assert_eq!(set_aside, i64::from(undecodable), "{dialogue}");
        assert_eq!(counter.screen(ALICE).contains(&counter.word("trouble-lost-place")), undecodable, "{dialogue}");
        assert!(Dialogue::read(&counter.stored_dialogue(ALICE).await).is_ok());
        counter.is_sound(&dialogue).await;
    }
    counter.says(ALICE, "/menu").await;
    assert!(counter.screen(ALICE).contains(&counter.word("menu-title")), "{}", counter.screen(ALICE));
}
