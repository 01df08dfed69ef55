//! The password reset, from the chat over the mail to the page: what a link is good for, who is told, and what nobody can learn.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordVerifier as _};
use guichet::simulator::FaultKind;
use reqwest::{Client, Method, StatusCode};

use crate::counter::{ALICE, BOB, Counter};

const PASSWORD: &str = "lantern otter quilt basalt";

impl Counter {
    /// Goes through the chat's part of a reset.
    pub async fn asks_for_a_link(&self, person: i64, address: &str) {
        self.is_offered_a_link(person, address).await;
        self.presses(person, &self.word("button-send-link")).await;
    }

    /// Goes through the chat's part of a reset, up to the button that has the link mailed.
    pub async fn is_offered_a_link(&self, person: i64, address: &str) {
        self.says(person, "/start").await;
        self.says(person, "/reset").await;
        if !self.screen(person).contains(&self.word("captcha-picture")) {
            self.says(person, address).await;
        }
        let answer = self.stage.captcha_answer(person).await.unwrap().expect("a captcha is asked");
        self.says(person, &answer).await;
    }

    /// The link in the newest mail that has one.
    pub fn link(&self) -> String {
        let link = |text: &str| text.lines().map(str::trim).find(|line| line.starts_with("http")).map(str::to_owned);
        self.with(|world| world.mails().iter().rev().find_map(|mail| link(&mail.text))).expect("a mail with a link")
    }

    fn mails(&self) -> usize {
        self.with(|world| world.mails().len())
    }
}

/// Sets a password on a link's page.
pub async fn set(link: &str, password: &str) -> StatusCode {
    let form = [("password", password), ("again", password)];
    Client::new().post(link).form(&form).send().await.unwrap().status()
}

async fn opened(method: Method, link: &str) -> StatusCode {
    Client::new().request(method, link).send().await.unwrap().status()
}

#[tokio::test]
async fn opening_a_link_uses_nothing_up_and_setting_a_password_does() {
    let counter = Counter::open().await;
    counter.asks_for_a_link(ALICE, "alice@example.org").await;
    let link = counter.link();
    for method in [Method::GET, Method::HEAD, Method::GET] {
        assert_eq!(opened(method, &link).await, StatusCode::OK);
    }
    assert_eq!(set(&link, "short").await, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(set(&link, PASSWORD).await, StatusCode::OK);
    assert_eq!(set(&link, PASSWORD).await, StatusCode::GONE);
    assert_eq!(opened(Method::GET, &link).await, StatusCode::GONE);
    assert_eq!(set(&format!("{link}x"), PASSWORD).await, StatusCode::NOT_FOUND);
    let mut conn = counter.stage.app.conn().await.unwrap();
    let (hash, here): (String, i64) =
        conn.row("SELECT password_hash, password_here FROM account WHERE account_id = 3", vec![]).await.unwrap().unwrap();
    assert!(Argon2::default().verify_password(PASSWORD.as_bytes(), &PasswordHash::new(&hash).unwrap()).is_ok());
    assert_eq!(here, 1, "an import must not put the old one back");
    drop(conn);
    counter.close(&[]).await;
}

#[tokio::test]
async fn a_password_is_set_once_however_many_ask_at_the_same_moment() {
    let counter = Counter::open().await;
    counter.asks_for_a_link(ALICE, "alice@example.org").await;
    let link = counter.link();
    let answers = futures::future::join_all((0..30).map(|_| set(&link, PASSWORD))).await;
    assert_eq!(answers.iter().filter(|status| **status == StatusCode::OK).count(), 1, "{answers:?}");
    assert_eq!(counter.number("SELECT COUNT(*) FROM audit WHERE action = 'password_changed'").await, 1);
    assert_eq!(counter.number("SELECT COUNT(*) FROM event WHERE kind = 'password_changed'").await, 1);
    counter.close(&[]).await;
}

#[tokio::test]
async fn every_chat_that_was_signed_in_is_told_and_signed_out_and_nobody_is_signed_in() {
    let counter = Counter::open().await;
    const THIRD: i64 = 1005;
    counter.with(|world| world.add_person(guichet::simulator::Person::new(THIRD, "Carol", "en")));
    counter.sign_in(ALICE, "alice@example.org").await;
    counter.sign_in(BOB, "alice@example.org").await;
    counter.asks_for_a_link(THIRD, "alice@example.org").await;
    let before = counter.screen(THIRD);
    assert_eq!(set(&counter.link(), PASSWORD).await, StatusCode::OK);
    counter.settled().await;
    let told = counter.word("button-sign-in");
    for person in [ALICE, BOB] {
        assert!(counter.screen(person).contains("was changed"), "{}", counter.screen(person));
        assert!(counter.shown(person).iter().all(|text| !text.contains("a…@example.org")), "what the session showed still stands");
        counter.button(person, &told);
    }
    // Whoever asked for the link may be a stranger: the chat learns nothing of what became of it.
    assert_eq!(counter.screen(THIRD), before);
    assert_eq!(counter.number("SELECT COUNT(*) FROM session WHERE ended_at IS NULL").await, 0);
    counter.close(&[]).await;
}

#[tokio::test]
async fn an_address_gets_three_links_an_hour_and_the_newest_alone_is_good() {
    let counter = Counter::open().await;
    let mut links = Vec::new();
    for _ in 0..5 {
        counter.asks_for_a_link(ALICE, "alice@example.org").await;
        links.push(counter.link());
    }
    assert_eq!(counter.mails(), 3);
    for old in &links[..2] {
        assert_eq!(opened(Method::GET, old).await, StatusCode::GONE);
        assert_eq!(set(old, PASSWORD).await, StatusCode::GONE);
    }
    assert_eq!(opened(Method::GET, &links[2]).await, StatusCode::OK);
    counter.close(&[]).await;
}

#[tokio::test]
async fn a_chat_is_answered_the_same_whether_an_address_has_an_account_or_not() {
    let counter = Counter::open().await;
    counter.asks_for_a_link(ALICE, "alice@example.org").await;
    counter.asks_for_a_link(BOB, "nobody@example.org").await;
    assert_eq!(counter.screen(ALICE).replace("alice@", "nobody@"), counter.screen(BOB));
    assert_eq!(counter.mails(), 1);
    counter.close(&[]).await;
}

#[tokio::test]
async fn the_database_knows_no_link_and_the_link_no_other_host() {
    let counter = Counter::open().await;
    counter.asks_for_a_link(ALICE, "alice@example.org").await;
    let link = counter.link();
    assert!(link.starts_with(&format!("http://{}/reset/", counter.stage.app.pages_address())), "{link}");
    let token = link.rsplit('/').next().unwrap().to_owned();
    assert_eq!(token.len(), 43, "256 bits");
    let kept = counter.number("SELECT COUNT(*) FROM reset_link").await;
    assert_eq!(kept, 1);
    for sql in ["SELECT token_hash FROM reset_link", "SELECT dialogue FROM chat"] {
        let rows: Vec<(String,)> = counter.stage.app.conn().await.unwrap().rows(sql, vec![]).await.unwrap();
        assert!(!rows.is_empty() && rows.iter().all(|(text,)| !text.contains(&token)), "{sql}");
    }
    let answer = Client::new().get(&link).header("Host", "evil.example.org").send().await.unwrap().text().await.unwrap();
    assert!(!answer.contains("evil"), "{answer}");
    counter.close(&[]).await;
}

#[tokio::test]
async fn pages_run_no_script_and_are_kept_nowhere() {
    let counter = Counter::open().await;
    counter.asks_for_a_link(ALICE, "alice@example.org").await;
    let front = format!("http://{}/", counter.stage.app.pages_address());
    for url in [counter.link(), format!("{front}reset/none"), front.clone(), format!("{front}nowhere")] {
        let answer = Client::new().get(&url).send().await.unwrap();
        let header = |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        assert!(header("content-security-policy").starts_with("default-src 'none'; style-src 'self'"), "{url}");
        assert_eq!((header("referrer-policy").as_str(), header("cache-control").as_str()), ("no-referrer", "no-store"), "{url}");
        assert!(!answer.text().await.unwrap().contains("<script"), "{url}");
    }
    counter.close(&[]).await;
}

#[tokio::test]
async fn a_captcha_whose_sending_fails_comes_later_with_the_same_answer() {
    let counter = Counter::open().await;
    counter.says(ALICE, "/reset").await;
    let since = counter.next_call();
    counter.order("sendphoto", ALICE, FaultKind::ServerError(502), 2);
    counter.types(ALICE, "alice@example.org");
    counter.struck(since, ALICE).await;
    let answer = counter.stage.captcha_answer(ALICE).await.unwrap().unwrap();
    counter.recovers().await;
    assert_eq!(counter.screen(ALICE), counter.word("captcha-picture"));
    counter.says(ALICE, &answer).await;
    counter.button(ALICE, &counter.word("button-send-link"));
    let captchas = counter.shown(ALICE).into_iter().filter(|text| *text == counter.word("captcha-picture")).count();
    assert_eq!(captchas, 0, "the picture goes once it is answered");
    counter.close(&[]).await;
}

#[tokio::test]
async fn a_link_is_forgotten_a_day_after_it_stopped_being_good() {
    let counter = Counter::open().await;
    counter.asks_for_a_link(ALICE, "alice@example.org").await;
    let rows = "SELECT COUNT(*) FROM reset_link";
    counter.clock.advance(jiff::SignedDuration::from_hours(24));
    counter.stage.app.sweep().await;
    assert_eq!((counter.number(rows).await, opened(Method::GET, &counter.link()).await), (1, StatusCode::GONE));
    counter.clock.advance(jiff::SignedDuration::from_mins(31));
    counter.stage.app.sweep().await;
    assert_eq!((counter.number(rows).await, opened(Method::GET, &counter.link()).await), (0, StatusCode::NOT_FOUND));
    counter.close(&[]).await;
}

#[tokio::test]
async fn a_page_is_never_told_what_has_not_been_written() {
    let counter = Counter::open().await;
    counter.asks_for_a_link(ALICE, "alice@example.org").await;
    let link = counter.link();
    counter.script("CREATE TRIGGER broken BEFORE INSERT ON effect BEGIN SELECT RAISE(ABORT, 'broken'); END").await;
    assert_eq!(set(&link, PASSWORD).await, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(counter.number("SELECT COUNT(*) FROM audit WHERE action = 'password_changed'").await, 0);
    counter.script("DROP TRIGGER broken").await;
    assert_eq!(set(&link, PASSWORD).await, StatusCode::OK);
    counter.close(&[]).await;
}

#[tokio::test]
async fn an_address_that_the_session_knew_goes_with_the_session() {
    let counter = Counter::open().await;
    counter.sign_in(ALICE, "alice@example.org").await;
    counter.asks_for_a_link(ALICE, "not asked for").await;
    assert!(counter.screen(ALICE).contains("a…@example.org"), "{}", counter.screen(ALICE));
    counter.clock.advance(jiff::SignedDuration::from_mins(31));
    counter.stage.app.sweep().await;
    counter.settled().await;
    assert!(counter.shown(ALICE).iter().all(|text| !text.contains("a…@example.org")), "{:?}", counter.shown(ALICE));
    counter.button(ALICE, &counter.word("button-sign-in-again"));
    counter.close(&[]).await;
}

#[tokio::test]
async fn a_replaced_link_gives_no_other_however_old_and_a_forgotten_one_nothing_at_all() {
    let counter = Counter::open().await;
    counter.asks_for_a_link(ALICE, "alice@example.org").await;
    let first = counter.link();
    counter.asks_for_a_link(BOB, "alice@example.org").await;
    let second = counter.link();
    counter.says(BOB, "/forget").await;
    counter.presses(BOB, &counter.word("button-forget-confirm")).await;
    counter.clock.advance(jiff::SignedDuration::from_mins(31));
    let again = async |link: &str| Client::new().post(link).form(&[("act", "again")]).send().await.unwrap().status();
    assert_eq!((again(&first).await, again(&second).await), (StatusCode::GONE, StatusCode::NOT_FOUND));
    assert_eq!(counter.mails(), 2);
    counter.close(&[]).await;
}

#[tokio::test]
async fn what_is_no_form_and_no_page_is_answered_in_words() {
    let counter = Counter::open().await;
    counter.asks_for_a_link(ALICE, "alice@example.org").await;
    let link = counter.link();
    assert_eq!(set(&link, &"x".repeat(20_000)).await, StatusCode::UNPROCESSABLE_ENTITY);
    let nowhere = format!("http://{}/nowhere", counter.stage.app.pages_address());
    let [twice, nowhere] =
        [format!("{link}?lang=fr&lang=ru"), nowhere].map(|url| async move { Client::new().get(url).send().await.unwrap() });
    assert_eq!(twice.await.status(), StatusCode::OK);
    let nowhere = nowhere.await;
    assert_eq!(nowhere.status(), StatusCode::NOT_FOUND);
    assert!(nowhere.text().await.unwrap().contains("help@example.org"), "it names the operator");
    counter.close(&[]).await;
}
