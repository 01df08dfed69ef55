//! What a code, a cookie, a page and a question are bound to: the chat, the account and the session they are for, https, and nothing that
//! could be added to them.

use guichet::clock::Random;
use guichet::dialogue::Tap;
use guichet::dialogue::sign_in::page::code_for;
use guichet::domain::{AccountId, ChatId};
use guichet::import::samples::PASSWORD;
use guichet::secret::Key;
use reqwest::header::SET_COOKIE;

use super::buttons::revision_of;
use super::password_page::Reader;
use crate::counter::{ALICE, BOB, Counter};

#[test]
fn a_pages_code_is_that_of_its_link_its_chat_and_its_account() {
    let folder = tempfile::tempdir().unwrap();
    let key = Key::create(&folder.path().join("key"), &Random::seeded(1)).unwrap();
    let code = |nonce, chat, account| code_for(&key, nonce, ChatId(chat), AccountId(account));
    assert!(code("07", 1, 2) == code("07", 1, 2));
    assert!(code("07", 1, 2) != code("08", 1, 2));
    assert!(code("07", 1, 2) != code("07", 2, 2));
    assert!(code("07", 1, 2) != code("07", 1, 3));
}

#[tokio::test]
async fn five_wrong_codes_void_a_pages_right_one() {
    let counter = Counter::open().await;
    let link = counter.asks_for_a_page(ALICE).await;
    let code = Reader::default().enters(&link, "alice@example.org", PASSWORD).await.code().unwrap();
    for guess in 0..5 {
        counter.says(ALICE, &format!("0000000{guess}")).await;
    }
    counter.says(ALICE, &code).await;
    assert!(!counter.is_signed_in(ALICE), "{}", counter.screen(ALICE));
    assert_eq!(counter.number("SELECT COUNT(*) FROM session").await, 0);
    counter.close(&[]).await;
}

#[tokio::test]
async fn over_https_the_forms_cookie_is_this_hosts_alone() {
    let counter = Counter::set(|setting| setting.public_url = Some("https://counter.example.org/".parse().unwrap())).await;
    let address = counter.stage.app.pages_address();
    counter.says(ALICE, "/signin").await;
    counter.presses(ALICE, &counter.word("button-with-password")).await;
    let app = counter.stage.simulator.opens_app(ALICE, &counter.word("button-open-page")).unwrap();
    let page = app.split('#').next().unwrap().replace("https://counter.example.org/app/", &format!("http://{address}/sign-in/"));
    let shown = Reader::default().opens(&page).await;
    let cookie = shown.headers[SET_COOKIE].to_str().unwrap();
    assert!(cookie.starts_with("__Host-guichet-form=") && cookie.ends_with("; Path=/; HttpOnly; SameSite=Strict; Secure"), "{cookie}");
    counter.close(&[]).await;
}

#[tokio::test]
async fn no_page_is_guessed_at_listed_or_reached_from_a_window_of_another_site() {
    let counter = Counter::open().await;
    let page = counter.asks_for_a_page(ALICE).await;
    let root = format!("http://{}/", counter.stage.app.pages_address());
    for link in [page, format!("{root}reset/none"), format!("{root}style.css"), root] {
        let shown = Reader::default().opens(&link).await;
        let header = |name: &str| shown.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default();
        let told = ["x-content-type-options", "x-robots-tag", "cross-origin-opener-policy"].map(header);
        assert_eq!(told, ["nosniff", "noindex, nofollow", "same-origin"], "{link}");
    }
    counter.close(&[]).await;
}

/// Alice is asked something that `button` confirms; then she signs out, and the chat in to the account of this address, which somebody
/// else is signed in to as well. Whatever has the question stand there again, whoever is signed in now has not been asked.
async fn is_confirmed_by_nobody(counter: &Counter, address: &str, button: &'static str, told: &'static str) {
    let question = counter.stored_dialogue(ALICE).await;
    let (message, data) = counter.button(ALICE, &counter.word(button));
    counter.says(ALICE, "/signout").await;
    counter.sign_in(ALICE, address).await;
    counter.sign_in(BOB, address).await;
    let but = ["effect", "processed_update", "chat"];
    let before = counter.rows_but(&but).await;
    counter.with(|world| world.person_forges(ALICE, message, &data)).unwrap();
    counter.settled().await;
    counter.stand_at(ALICE, &question).await;
    let confirmed = Tap::Confirm.wire(revision_of(counter, ALICE).await);
    counter.with(|world| world.person_forges(ALICE, message, &confirmed)).unwrap();
    counter.settled().await;
    let notice = counter.with(|world| world.notices(ALICE).next_back().map(|notice| notice.text.clone()));
    assert_eq!(notice, Some(counter.word(told)), "{address}");
    assert_eq!(counter.rows_but(&but).await, before, "{address}");
}

#[tokio::test]
async fn a_card_question_is_answered_in_the_session_it_was_asked_in() {
    for address in ["alice@example.org", "boris@example.org"] {
        let counter = Counter::open().await;
        counter.is_asked_to_confirm(ALICE).await;
        is_confirmed_by_nobody(&counter, address, "button-confirm-removal", "confirmation-expired").await;
        assert_eq!(counter.removals().await, [0, 0, 0, 0]);
        counter.close(&[]).await;
    }
}

#[tokio::test]
async fn a_question_about_sessions_is_answered_in_the_one_it_was_asked_in() {
    for address in ["alice@example.org", "boris@example.org"] {
        let counter = Counter::open().await;
        counter.sign_in(BOB, "alice@example.org").await;
        counter.sign_in(ALICE, "alice@example.org").await;
        counter.says(ALICE, "/sessions").await;
        counter.presses(ALICE, &counter.word("button-end-others")).await;
        counter.says(BOB, "/signout").await;
        is_confirmed_by_nobody(&counter, address, "button-end-others-confirm", "sessions-expired").await;
        assert_eq!(counter.number("SELECT COUNT(*) FROM session WHERE ended_at IS NULL").await, 2);
        counter.close(&[]).await;
    }
}
