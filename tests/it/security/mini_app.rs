//! Signing in within Telegram: what Telegram tells of who opened the page makes the code needless, and nothing forged, old, of
//! another person or of another bot does.

use guichet::import::samples::PASSWORD;
use guichet::simulator::{Action, mini_app};
use jiff::SignedDuration;
use reqwest::StatusCode;
use sha2::Digest as _;

use super::password_page::{Reader, Shown};
use crate::counter::{ALICE, BOB, Counter};

/// Where the pages seem to be: only over https are they Mini Apps.
pub const PAGES: &str = "https://counter.example.org/";

impl Counter {
    async fn over_https() -> Self {
        Self::set(|setting| setting.public_url = Some(PAGES.parse().unwrap())).await
    }

    /// Asks for a sign-in page: where it is in truth, and what the client tells it.
    pub async fn opens_the_app(&self, person: i64) -> (String, String) {
        self.says(person, "/signin").await;
        self.presses(person, &self.word("button-with-password")).await;
        let url = self.stage.simulator.opens_app(person, &self.word("button-open-page")).expect("a button that opens a Mini App");
        let (page, told) = url.split_once('#').unwrap();
        let mut told = url::form_urlencoded::parse(told.as_bytes());
        let data = told.find_map(|(name, value)| (name == "tgWebAppData").then(|| value.into_owned())).unwrap();
        (page.replace(PAGES, &format!("http://{}/", self.stage.app.pages_address())), data)
    }

    fn now(&self) -> i64 {
        self.clock.now().as_second()
    }

    pub fn fields(&self, person: i64) -> Vec<(String, String)> {
        let now = self.now();
        self.with(|world| mini_app::fields(world.person(person).unwrap(), now))
    }

    pub fn signed(&self, fields: &[(String, String)]) -> String {
        mini_app::init_data(&self.stage.simulator.token(), fields)
    }
}

/// Posts the right password with these data and nothing else that could prove anything.
async fn enters(link: &str, data: &str) -> Shown {
    Reader::default().posts(link, &[("email", "alice@example.org"), ("password", PASSWORD), ("init_data", data)]).await
}

#[tokio::test]
async fn within_telegram_the_chat_is_signed_in_without_a_code_and_goes_on() {
    let counter = Counter::over_https().await;
    counter.says(ALICE, "/history").await;
    let (link, data) = counter.opens_the_app(ALICE).await;
    let shown = enters(&link, &data).await;
    assert_eq!((shown.status, shown.code()), (StatusCode::OK, None));
    counter.settled().await;
    assert!(counter.is_signed_in(ALICE), "{}", counter.screen(ALICE));
    // The link is used up with it.
    assert_eq!(enters(&link, &counter.signed(&counter.fields(ALICE))).await.status, StatusCode::GONE);
    assert_eq!(counter.number("SELECT COUNT(*) FROM session").await, 1);
    counter.close(&[]).await;
}

#[tokio::test]
async fn whoever_was_signed_in_already_is_signed_in_anew() {
    let counter = Counter::over_https().await;
    let (link, data) = counter.opens_the_app(ALICE).await;
    counter.says(ALICE, "alice@example.org").await;
    counter.says(ALICE, &counter.code()).await;
    assert!(counter.is_signed_in(ALICE));
    assert_eq!(enters(&link, &data).await.status, StatusCode::OK);
    counter.settled().await;
    assert_eq!(counter.number("SELECT COUNT(*) FROM session WHERE ended_at IS NULL").await, 1);
    assert_eq!(counter.number("SELECT COUNT(*) FROM session").await, 2);
    counter.close(&[]).await;
}

#[tokio::test]
async fn whoever_was_reading_help_meanwhile_comes_back_signed_in() {
    let counter = Counter::over_https().await;
    counter.says(ALICE, "/history").await;
    let (link, data) = counter.opens_the_app(ALICE).await;
    counter.says(ALICE, "/help").await;
    assert_eq!(enters(&link, &data).await.status, StatusCode::OK);
    counter.settled().await;
    assert!(counter.is_signed_in(ALICE), "{}", counter.screen(ALICE));
    counter.presses(ALICE, &counter.word("button-back")).await;
    assert!(counter.screen(ALICE).contains(&counter.word("history-title")), "{}", counter.screen(ALICE));
    counter.close(&[]).await;
}

#[tokio::test]
async fn a_chat_that_stands_at_signing_in_with_a_session_signs_in_anew() {
    for at in ["ask_email", "ask_code"] {
        let counter = Counter::open().await;
        counter.sign_in(BOB, "boris@example.org").await;
        counter.clock.advance(SignedDuration::from_mins(2));
        // As an earlier version has left it.
        let email = if at == "ask_code" { r#","email":"alice@example.org""# } else { "" };
        counter.stand_at(BOB, &format!(r#"{{"v":1,"at":{{"sign_in":{{"{at}":{{"then":"menu"{email}}}}}}}}}"#)).await;
        counter.says(BOB, "alice@example.org").await;
        let code = counter.code();
        counter.stand_at(BOB, r#"{"v":1,"at":{"sign_in":{"ask_code":{"then":"menu","email":"alice@example.org"}}}}"#).await;
        counter.says(BOB, &code).await;
        assert!(counter.screen(BOB).contains("a…@example.org"), "{}", counter.screen(BOB));
        assert_eq!(counter.number("SELECT COUNT(*) FROM session WHERE ended_at IS NULL").await, 1);
        assert_eq!(counter.number("SELECT COUNT(*) FROM audit WHERE action = 'session_ended'").await, 1);
        counter.close(&[]).await;
    }
}

#[tokio::test]
async fn forged_data_do_nothing() {
    let counter = Counter::over_https().await;
    let (link, genuine) = counter.opens_the_app(ALICE).await;
    let own = counter.fields(ALICE);
    let aged = |seconds: i64| {
        let mut fields = own.clone();
        fields[2].1 = (counter.now() + seconds).to_string();
        counter.signed(&fields)
    };
    let without = |name: &str| counter.signed(&own.iter().filter(|(field, _)| field != name).cloned().collect::<Vec<_>>());
    let hash = genuine.split_once("hash=").unwrap().1;
    let forged = [
        ("a wrong hash", genuine.replace(hash, &"0".repeat(64))),
        ("half a hash", genuine.replace(hash, &hash[..32])),
        ("no hash", genuine.split("&hash").next().unwrap().to_owned()),
        ("old", aged(-301)),
        ("of the future", aged(61)),
        ("another person's", counter.signed(&counter.fields(BOB))),
        ("another bot's", mini_app::init_data("123456:another", &own)),
        ("without a user", without("user")),
        ("without a date", without("auth_date")),
        ("a field twice", format!("{genuine}&user=%7B%22id%22%3A{ALICE}%7D")),
        ("a person put in", genuine.replace(&ALICE.to_string(), &BOB.to_string())),
        ("a field put in", format!("more=1&{genuine}")),
        ("nonsense", "%00&&&=;".to_owned()),
    ];
    for (what, data) in forged {
        let shown = enters(&link, &data).await;
        assert_eq!((shown.status, shown.code()), (StatusCode::UNPROCESSABLE_ENTITY, None), "{what}");
        assert!(!shown.body.contains("name=\"init_data\" value=\"a"), "{what}: it is not offered again");
    }
    // Nor are they of use on the plain page.
    let plain = link.replace("/app/", "/sign-in/");
    assert_eq!(enters(&plain, &genuine).await.code(), None);
    counter.settled().await;
    assert_eq!(counter.number("SELECT COUNT(*) FROM session").await, 0);
    assert_eq!(counter.number("SELECT COUNT(*) FROM sign_in_request WHERE proven_at IS NOT NULL").await, 0);
    // The genuine ones still are.
    assert_eq!(enters(&link, &genuine).await.status, StatusCode::OK);
    counter.settled().await;
    assert!(counter.is_signed_in(ALICE));
    counter.close(&[]).await;
}

#[tokio::test]
async fn a_forwarded_app_signs_the_one_who_asked_in_for_nobody_else() {
    let counter = Counter::over_https().await;
    let (link, _) = counter.opens_the_app(BOB).await;
    // Alice is led to Bob's page, within Telegram.
    let data = counter.signed(&counter.fields(ALICE));
    assert_eq!(enters(&link, &data).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    counter.settled().await;
    assert_eq!(counter.number("SELECT COUNT(*) FROM session").await, 0);
    counter.close(&[]).await;
}

#[tokio::test]
async fn without_script_the_page_gives_a_code() {
    let counter = Counter::over_https().await;
    let (link, _) = counter.opens_the_app(ALICE).await;
    let mut reader = Reader::default();
    let guard = reader.opens(&link).await.guard();
    let fields = [("guard", guard.as_str()), ("init_data", ""), ("email", "alice@example.org"), ("password", PASSWORD)];
    let code = reader.posts(&link, &fields).await.code().expect("a code");
    counter.says(ALICE, &code).await;
    assert!(counter.is_signed_in(ALICE));
    counter.close(&[]).await;
}

#[tokio::test]
async fn the_app_alone_runs_a_script_of_ours_and_only_telegram_may_frame_it() {
    let counter = Counter::over_https().await;
    let (link, _) = counter.opens_the_app(ALICE).await;
    let shown = Reader::default().opens(&link).await;
    let policy = shown.headers["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("default-src 'none'") && policy.contains("script-src 'sha256-") && !policy.contains("unsafe"), "{policy}");
    assert!(policy.ends_with("frame-ancestors https://web.telegram.org https://*.telegram.org"), "{policy}");
    let script = shown.body.split_once("<script>").unwrap().1.split_once("</script>").unwrap().0;
    let hash = data_encoding::BASE64.encode(&sha2::Sha256::digest(script.as_bytes()));
    assert!(policy.contains(&format!("'sha256-{hash}'")), "{policy}");
    let plain = Reader::default().opens(&link.replace("/app/", "/sign-in/")).await;
    assert!(!plain.body.contains("<script") && !plain.headers["content-security-policy"].to_str().unwrap().contains("script-src"));
    counter.close(&[]).await;
}

#[tokio::test]
async fn over_http_the_page_is_opened_as_any_other() {
    let counter = Counter::open().await;
    counter.asks_for_a_page(ALICE).await;
    let apps = counter.with(|world| {
        let buttons = world.messages(ALICE).iter().flat_map(|message| message.current.keyboard.iter().flatten());
        buttons.filter(|button| matches!(button.action, Action::App(_))).count()
    });
    assert_eq!(apps, 0);
    counter.close(&[]).await;
}

#[tokio::test]
async fn an_app_that_is_left_open_for_too_long_asks_for_the_password_once_more() {
    let counter = Counter::over_https().await;
    let (link, data) = counter.opens_the_app(ALICE).await;
    counter.clock.advance(SignedDuration::from_mins(6));
    let mut reader = Reader::default();
    let shown = reader.posts(&link, &[("email", "alice@example.org"), ("password", PASSWORD), ("init_data", &data)]).await;
    assert_eq!(shown.status, StatusCode::UNPROCESSABLE_ENTITY);
    let fields = [("guard", &*shown.guard()), ("init_data", ""), ("email", "alice@example.org"), ("password", PASSWORD)];
    assert!(reader.posts(&link, &fields).await.code().is_some());
    counter.close(&[]).await;
}
