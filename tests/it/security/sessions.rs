//! Sessions: their idle and absolute ends on every way in, the age of the proof before a step that matters (OWASP Session Management),
//! the list of them, and who hears of a new one.

use guichet::dialogue::Tap;
use guichet::domain::{PROOF_LENGTH, SESSION_IDLE, SESSION_LENGTH, SessionId};
use guichet::import::samples::PASSWORD;
use guichet::locale::Message;
use guichet::simulator::{ChatMessage, Content, Kind, Person};
use jiff::SignedDuration;

use super::password_page::Reader;
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

impl Counter {
    /// Alice's account in two chats: hers in English, Bob's in French, both signed in.
    async fn in_two_chats() -> Self {
        let counter = Self::open().await;
        counter.with(|world| world.person_sets_language(BOB, "fr")).unwrap();
        counter.sign_in(ALICE, "alice@example.org").await;
        counter.says(BOB, "/signin").await;
        counter.says(BOB, "alice@example.org").await;
        counter.says(BOB, &counter.code()).await;
        assert_eq!(counter.open_sessions().await, 2);
        counter
    }

    fn mails_of(&self, subject: &'static str) -> usize {
        let subject = self.text(&Message::new(subject).with("service", "Alipay"));
        self.with(|world| world.mails().iter().filter(|mail| mail.subject == subject).count())
    }

    /// What is kept of sessions: the open ones, and when each was proven.
    async fn sessions(&self) -> (i64, i64) {
        (self.open_sessions().await, self.number("SELECT CAST(SUM(proven_at + COALESCE(ended_at, 0)) AS BIGINT) FROM session").await)
    }
}

#[tokio::test]
async fn a_new_sign_in_is_told_to_the_mailbox_and_to_the_other_chats() {
    let counter = Counter::open().await;
    counter.sign_in(ALICE, "alice@example.org").await;
    assert_eq!(counter.mails_of("mail-signed-in-subject"), 1);
    let before = counter.shown(ALICE).len();
    counter.sign_in(BOB, "alice@example.org").await;
    assert_eq!(counter.mails_of("mail-signed-in-subject"), 2);
    let mail = counter.with(|world| world.mails().last().unwrap().clone());
    assert_eq!(mail.to, "alice@example.org");
    for told in ["Bob", "English", "10:00", "/sessions", "/reset"] {
        assert!(mail.text.contains(told), "{told}: {}", mail.text);
    }
    let news = counter.text(&Message::new("new-sign-in").with("language", "en"));
    assert!(counter.screen(ALICE).contains(&news), "{}", counter.screen(ALICE));
    assert!(!counter.screen(ALICE).contains("Bob"), "{}", counter.screen(ALICE));
    assert!(counter.shown(ALICE).len() >= before, "{:?}", counter.shown(ALICE));
    assert!(!counter.screen(BOB).contains(&news), "who signs in is not told of themselves: {}", counter.screen(BOB));
    // A fresh proof is no new session.
    counter.clock.advance(PROOF_LENGTH);
    counter.says(BOB, "/mydata").await;
    counter.says(BOB, &counter.code()).await;
    assert_eq!(counter.documents(BOB), 1);
    assert_eq!(counter.mails_of("mail-signed-in-subject"), 2);
    counter.close(&[]).await;
}

#[tokio::test]
async fn a_chat_of_another_account_hears_nothing() {
    let counter = Counter::open().await;
    counter.sign_in(BOB, "boris@example.org").await;
    let before = counter.shown(BOB);
    counter.sign_in(ALICE, "alice@example.org").await;
    assert_eq!(counter.shown(BOB), before);
    counter.says(BOB, "/sessions").await;
    assert!(counter.screen(BOB).contains(&counter.word("sessions-alone")), "{}", counter.screen(BOB));
    counter.close(&[]).await;
}

#[tokio::test]
async fn one_session_is_ended_from_another_chat_which_is_told_and_blanked() {
    let counter = Counter::in_two_chats().await;
    counter.says(BOB, "/cards").await;
    counter.clock.advance(2 * MINUTE);
    counter.says(ALICE, "/sessions").await;
    let screen = counter.screen(ALICE);
    for told in ["This chat", "in French", "1 March 2017 at 10:00"] {
        assert!(screen.contains(told), "{told}: {screen}");
    }
    assert!(!screen.contains("Bob") && !screen.contains("1004"), "{screen}");
    counter.presses(ALICE, &counter.text(&Message::new("button-end-session").with("number", 1))).await;
    assert!(counter.screen(ALICE).contains(&counter.word("sessions-alone")), "{}", counter.screen(ALICE));
    assert_eq!(counter.open_sessions().await, 1);
    assert_eq!(counter.number("SELECT chat_id FROM session WHERE ended_at IS NULL").await, counter.index(ALICE).await);
    assert!(counter.screen(BOB).contains("/reset"), "{}", counter.screen(BOB));
    assert!(!counter.shown(BOB).iter().any(|screen| screen.contains("1117")), "{:?}", counter.shown(BOB));
    counter.says(ALICE, "/activity").await;
    let line = counter.word("activity-session-ended-elsewhere");
    assert_eq!(counter.screen(ALICE).matches(&line).count(), 1, "{}", counter.screen(ALICE));
    counter.says(BOB, "/cards").await;
    counter.shows_nothing_of_the_account(BOB, "/cards");
    counter.close(&[]).await;
}

#[tokio::test]
async fn all_others_are_ended_after_a_question_and_with_a_young_proof() {
    let counter = Counter::in_two_chats().await;
    counter.clock.advance(PROOF_LENGTH);
    counter.says(BOB, "/menu").await;
    counter.says(ALICE, "/sessions").await;
    counter.presses(ALICE, &counter.word("button-end-others")).await;
    counter.presses(ALICE, &counter.word("button-end-others-keep")).await;
    assert_eq!(counter.open_sessions().await, 2);
    counter.presses(ALICE, &counter.word("button-end-others")).await;
    counter.presses(ALICE, &counter.word("button-end-others-confirm")).await;
    assert!(counter.is_asked_to_prove(ALICE), "{}", counter.screen(ALICE));
    assert_eq!(counter.open_sessions().await, 2);
    counter.says(ALICE, &counter.code()).await;
    counter.presses(ALICE, &counter.word("button-end-others-confirm")).await;
    assert_eq!(counter.open_sessions().await, 1);
    assert_eq!(counter.number("SELECT COUNT(*) FROM audit WHERE action = 'session_ended_elsewhere'").await, 1);
    assert!(counter.screen(BOB).contains("/reset"), "{}", counter.screen(BOB));
    counter.close(&[]).await;
}

#[tokio::test]
async fn one_session_is_ended_only_while_the_proof_is_young() {
    let counter = Counter::in_two_chats().await;
    counter.clock.advance(PROOF_LENGTH);
    counter.says(BOB, "/menu").await;
    counter.says(ALICE, "/sessions").await;
    // Whoever holds an unlocked phone has no code, and throws nobody out.
    counter.presses(ALICE, &counter.text(&Message::new("button-end-session").with("number", 1))).await;
    assert!(counter.is_asked_to_prove(ALICE), "{}", counter.screen(ALICE));
    counter.says(ALICE, "00000000").await;
    assert_eq!(counter.open_sessions().await, 2);
    // What waited for the proof is done with it.
    counter.says(ALICE, &counter.code()).await;
    assert!(counter.screen(ALICE).contains(&counter.text(&Message::new("sessions-ended").with("count", 1))), "{}", counter.screen(ALICE));
    assert_eq!(counter.open_sessions().await, 1);
    assert!(counter.screen(BOB).contains("/reset"), "{}", counter.screen(BOB));
    counter.close(&[]).await;
}

#[tokio::test]
async fn whoever_was_signing_in_meanwhile_is_kept_out_with_the_others() {
    for (counter, _server) in Counter::on_both().await {
        counter.sign_in(ALICE, "alice@example.org").await;
        counter.sign_in(BOB, "alice@example.org").await;
        let [carol, dave] = [1005, 1006];
        counter.with(|world| world.add_person(Person::new(carol, "Carol", "en")));
        counter.with(|world| world.add_person(Person::new(dave, "Dave", "en")));
        let link = counter.asks_for_a_page(carol).await;
        let shown = Reader::default().enters(&link, "alice@example.org", PASSWORD).await.code().unwrap();
        counter.says(dave, "/signin").await;
        counter.says(dave, "alice@example.org").await;
        let mailed = counter.code();
        counter.says(ALICE, "/sessions").await;
        counter.presses(ALICE, &counter.word("button-end-others")).await;
        counter.presses(ALICE, &counter.word("button-end-others-confirm")).await;
        counter.says(carol, &shown).await;
        assert!(counter.screen(carol).contains(&counter.word("page-code-void")), "{}", counter.screen(carol));
        counter.says(dave, &mailed).await;
        assert!(counter.screen(dave).contains(&counter.word("code-void")), "{}", counter.screen(dave));
        assert_eq!(counter.open_sessions().await, 1);
        counter.close(&[]).await;
    }
}

#[tokio::test]
async fn whoever_ends_the_others_keeps_the_code_of_the_own_chat() {
    let counter = Counter::open().await;
    counter.sign_in(BOB, "alice@example.org").await;
    counter.says(ALICE, "/signin").await;
    counter.says(ALICE, "alice@example.org").await;
    let mailed = counter.code();
    // The password is quicker.
    counter.presses(ALICE, &counter.word("button-other-address")).await;
    counter.presses(ALICE, &counter.word("button-with-password")).await;
    let shown = Reader::default().enters(&counter.page_link(ALICE), "alice@example.org", PASSWORD).await.code().unwrap();
    counter.says(ALICE, &shown).await;
    counter.says(ALICE, "/sessions").await;
    counter.presses(ALICE, &counter.word("button-end-others")).await;
    counter.presses(ALICE, &counter.word("button-end-others-confirm")).await;
    counter.says(ALICE, "/signout").await;
    assert_eq!(counter.open_sessions().await, 0);
    counter.says(ALICE, "/signin").await;
    counter.says(ALICE, "alice@example.org").await;
    counter.says(ALICE, &mailed).await;
    assert!(counter.is_signed_in(ALICE), "{}", counter.screen(ALICE));
    counter.close(&[]).await;
}

/// The answer ends nothing if it comes from another session than the question, or too late, however young the proof is.
#[tokio::test]
async fn only_the_session_that_was_asked_answers_and_in_time() {
    let counter = Counter::in_two_chats().await;
    counter.says(ALICE, "/sessions").await;
    let own = format!("SELECT session_id FROM session WHERE chat_id = {}", counter.index(ALICE).await).leak();
    let own = counter.number(own).await;
    let now = counter.clock.now();
    let (message, _) = counter.button(ALICE, &counter.word("button-menu"));
    let cases = [(own + 7, now, 2), (own, now - 10 * MINUTE, 2), (own, now, 1)];
    for (session, asked_at, open) in cases {
        let state = format!(r#"{{"v":1,"at":{{"sessions":{{"confirm":{{"session":{session},"asked_at":"{asked_at}"}}}}}}}}"#);
        counter.stand_at(ALICE, &state).await;
        let revision = counter.number(format!("SELECT revision FROM chat WHERE chat_id = {}", counter.index(ALICE).await).leak()).await;
        counter.with(|world| world.person_forges(ALICE, message, &Tap::Confirm.wire(revision))).unwrap();
        counter.settled().await;
        assert_eq!(counter.open_sessions().await, open, "{state}");
    }
    counter.close(&[]).await;
}

#[tokio::test]
async fn a_session_of_another_account_is_not_ended() {
    let counter = Counter::open().await;
    counter.sign_in(BOB, "boris@example.org").await;
    counter.sign_in(ALICE, "alice@example.org").await;
    counter.says(ALICE, "/sessions").await;
    let before = counter.sessions().await;
    let (message, _) = counter.button(ALICE, &counter.word("button-menu"));
    let revision = counter.number(format!("SELECT revision FROM chat WHERE chat_id = {}", counter.index(ALICE).await).leak()).await;
    for session in 0..5 {
        let data = Tap::EndSession(SessionId(session)).wire(revision);
        counter.with(|world| world.person_forges(ALICE, message, &data)).unwrap();
        counter.settled().await;
    }
    assert_eq!(counter.sessions().await, before);
    counter.says(BOB, "/cards").await;
    counter.button(BOB, &counter.card("Visa", "1881"));
    counter.close(&[]).await;
}
