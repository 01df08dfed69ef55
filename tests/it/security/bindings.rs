//! What a code, a cookie and a page are bound to: the chat and the account they are for, https, and nothing that could be added to them.

use guichet::clock::Random;
use guichet::dialogue::sign_in::page::code_for;
use guichet::domain::{AccountId, ChatId};
use guichet::import::samples::PASSWORD;
use guichet::secret::Key;
use reqwest::header::SET_COOKIE;

use super::password_page::Reader;
use crate::counter::{ALICE, Counter};

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
