//! Signing in with the password on a page: the code works in the chat that asked and nowhere else, once; nothing tells one wrong
//! reason from another; another site can post nothing; and neither link, code nor password rests anywhere.

use futures::future::join_all;
use guichet::import::samples::PASSWORD;
use guichet::simulator::Person;
use jiff::SignedDuration;
use reqwest::header::{COOKIE, HeaderMap, SET_COOKIE};
use reqwest::{Client, StatusCode};

use crate::counter::{ALICE, BOB, Counter};
use crate::reset::set;

/// A browser: it brings cookies back.
#[derive(Clone, Default)]
pub struct Reader {
    client: Client,
    cookie: String,
}

/// A page as it came.
pub struct Shown {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Reader {
    pub async fn opens(&mut self, link: &str) -> Shown {
        self.load(self.client.get(link)).await
    }

    /// Posts fields, whatever they are.
    pub async fn posts(&mut self, link: &str, fields: &[(&str, &str)]) -> Shown {
        self.load(self.client.post(link).form(fields)).await
    }

    /// Opens a sign-in page and enters an address and a password there.
    pub async fn enters(&mut self, link: &str, email: &str, password: &str) -> Shown {
        let guard = self.opens(link).await.guard();
        self.posts(link, &[("guard", &guard), ("email", email), ("password", password)]).await
    }

    pub async fn load(&mut self, request: reqwest::RequestBuilder) -> Shown {
        let response = request.header(COOKIE, &self.cookie).send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        if let Some(cookie) = headers.get(SET_COOKIE) {
            cookie.to_str().unwrap().split(';').next().unwrap().clone_into(&mut self.cookie);
        }
        Shown { status, headers, body: response.text().await.unwrap() }
    }
}

impl Shown {
    /// What the form carries to show that its reader was shown it; empty where there is no form.
    pub fn guard(&self) -> String {
        let field = self.body.split_once("name=\"guard\" value=\"").and_then(|(_, rest)| rest.split_once('"'));
        field.map(|(value, _)| value.to_owned()).unwrap_or_default()
    }

    /// The code that the page shows.
    pub fn code(&self) -> Option<String> {
        let (_, rest) = self.body.split_once("class=\"code\"")?;
        Some(rest.split_once('>')?.1.split_once('<')?.0.to_owned())
    }
}

impl Counter {
    /// Asks for a sign-in page and gives its link.
    pub async fn asks_for_a_page(&self, person: i64) -> String {
        self.says(person, "/signin").await;
        self.presses(person, &self.word("button-with-password")).await;
        self.page_link(person)
    }

    /// Where the newest button that opens a page leads.
    pub fn page_link(&self, person: i64) -> String {
        let url = |world: &mut guichet::simulator::World| {
            let mut buttons = world.messages(person).iter().rev().flat_map(|message| message.current.keyboard.iter().flatten());
            buttons.find_map(|button| button.url().map(str::to_owned))
        };
        self.with(url).expect("a button that opens a page")
    }

    pub fn is_signed_in(&self, person: i64) -> bool {
        self.screen(person).contains(&self.word("signed-in"))
    }
}

#[tokio::test]
async fn a_forwarded_link_signs_nobody_else_in() {
    let counter = Counter::open().await;
    let link = counter.asks_for_a_page(ALICE).await;
    counter.asks_for_a_page(BOB).await;
    let code = Reader::default().enters(&link, "alice@example.org", PASSWORD).await.code().expect("a code");
    counter.says(BOB, &code).await;
    assert!(!counter.is_signed_in(BOB));
    assert_eq!(counter.number("SELECT COUNT(*) FROM session").await, 0);
    counter.says(ALICE, &code).await;
    assert!(counter.is_signed_in(ALICE));
    counter.says(ALICE, "/signout").await;
    counter.asks_for_a_page(ALICE).await;
    counter.says(ALICE, &code).await;
    assert!(!counter.is_signed_in(ALICE), "a code works once");
    counter.close(&[]).await;
}

#[tokio::test]
async fn asking_in_one_chat_voids_nothing_of_anothers() {
    let counter = Counter::open().await;
    let first = counter.asks_for_a_page(ALICE).await;
    let code = Reader::default().enters(&first, "alice@example.org", PASSWORD).await.code().unwrap();
    // Another chat asks, for the same account, guesses, and uses its own link up.
    let other = counter.asks_for_a_page(BOB).await;
    for guess in 0..6 {
        counter.says(BOB, &format!("0000000{guess}")).await;
    }
    Reader::default().enters(&other, "alice@example.org", PASSWORD).await;
    counter.says(ALICE, &code).await;
    assert!(counter.is_signed_in(ALICE));
    // The same chat's newer link takes the older one's place.
    counter.says(ALICE, "/signout").await;
    let (old, new) = (counter.asks_for_a_page(ALICE).await, {
        counter.presses(ALICE, &counter.word("button-new-page")).await;
        counter.page_link(ALICE)
    });
    assert_eq!(Reader::default().opens(&old).await.status, StatusCode::GONE);
    assert_eq!(Reader::default().opens(&new).await.status, StatusCode::OK);
    counter.close(&[]).await;
}

#[tokio::test]
async fn of_a_hundred_right_passwords_at_once_one_gets_the_code() {
    let counter = Counter::open().await;
    let link = counter.asks_for_a_page(ALICE).await;
    let mut reader = Reader::default();
    let guard = reader.opens(&link).await.guard();
    let post = || {
        let (mut reader, link, guard) = (reader.clone(), link.clone(), guard.clone());
        async move { reader.posts(&link, &[("guard", &guard), ("email", "alice@example.org"), ("password", PASSWORD)]).await }
    };
    let answers = join_all((0..100).map(|_| post())).await;
    assert_eq!(answers.iter().filter(|shown| shown.code().is_some()).count(), 1);
    for shown in answers.iter().filter(|shown| shown.code().is_none()) {
        assert!(
            [StatusCode::GONE, StatusCode::SERVICE_UNAVAILABLE, StatusCode::TOO_MANY_REQUESTS].contains(&shown.status),
            "{}",
            shown.status
        );
    }
    counter.close(&[]).await;
}

#[tokio::test]
async fn every_wrong_reason_gets_the_same_page() {
    let counter = Counter::open().await;
    let link = counter.asks_for_a_page(ALICE).await;
    let mut pages = Vec::new();
    // A wrong password, no such account, a locked account with the right password, an account without a password, a closed one.
    for email in ["alice@example.org", "nobody@example.org", "luc@example.org", "nina@example.org", "omar@example.org"] {
        let password = if email.starts_with("alice") { "something else entirely" } else { PASSWORD };
        let mut reader = Reader::default();
        let shown = reader.enters(&link, email, password).await;
        let guard = shown.guard();
        pages.push((shown.status, shown.body.replace(email, "…").replace(&guard, "…")));
        counter.clock.advance(SignedDuration::from_mins(1));
    }
    assert_eq!(pages[0].0, StatusCode::UNPROCESSABLE_ENTITY);
    for page in &pages[1..] {
        assert_eq!(page, &pages[0]);
    }
    assert_eq!(counter.number("SELECT COUNT(*) FROM sign_in_request WHERE proven_at IS NOT NULL").await, 0);
    counter.close(&[]).await;
}

#[tokio::test]
async fn what_another_site_posts_is_turned_away() {
    let counter = Counter::open().await;
    let link = counter.asks_for_a_page(ALICE).await;
    let (mut reader, mut stranger) = (Reader::default(), Reader::default());
    let (guard, strangers) = (reader.opens(&link).await.guard(), stranger.opens(&link).await.guard());
    let right = [("email", "alice@example.org"), ("password", PASSWORD)];
    for guard in ["", "x", &strangers] {
        assert_eq!(reader.posts(&link, &[&[("guard", guard)], &right[..]].concat()).await.code(), None, "{guard:?}");
    }
    let with_guard = [&[("guard", guard.as_str())], &right[..]].concat();
    assert_eq!(Reader::default().posts(&link, &with_guard).await.code(), None, "no cookie came back");
    for site in ["cross-site", "same-site"] {
        let shown = reader.load(Client::new().post(&link).header("sec-fetch-site", site).form(&with_guard)).await;
        assert_eq!(shown.status, StatusCode::FORBIDDEN);
    }
    let shown = reader.load(Client::new().post(&link).header("sec-fetch-site", "same-origin").form(&with_guard)).await;
    assert!(shown.code().is_some(), "{}", shown.body);
    counter.close(&[]).await;
}

#[tokio::test]
async fn the_page_runs_nothing_is_kept_nowhere_and_names_who_asked() {
    let counter = Counter::open().await;
    let link = counter.asks_for_a_page(ALICE).await;
    let shown = Reader::default().opens(&link).await;
    let header = |name: &str| shown.headers.get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
    let policy = header("content-security-policy");
    assert!(policy.starts_with("default-src 'none';") && !policy.contains("script-src") && policy.contains("frame-ancestors 'none'"));
    assert_eq!((header("referrer-policy"), header("cache-control")), ("no-referrer".to_owned(), "no-store".to_owned()));
    assert!(header("set-cookie").ends_with("; Path=/; HttpOnly; SameSite=Strict"), "{}", header("set-cookie"));
    assert!(!shown.body.contains("<script") && shown.body.contains("Alice") && shown.body.contains("Example Association"));
    counter.close(&[]).await;
}

#[tokio::test]
async fn neither_link_nor_code_nor_password_rests_in_the_database() {
    let counter = Counter::open().await;
    let link = counter.asks_for_a_page(ALICE).await;
    let code = Reader::default().enters(&link, "alice@example.org", PASSWORD).await.code().unwrap();
    let token = link.rsplit('/').next().unwrap();
    assert_eq!(token.len(), 43, "256 bits");
    for secret in [token, code.as_str(), PASSWORD] {
        assert_eq!(crate::privacy::where_is(&counter, secret).await, Vec::<String>::new(), "{secret}");
    }
    counter.says(ALICE, &code).await;
    assert!(counter.is_signed_in(ALICE));
    counter.close(&[]).await;
}

#[tokio::test]
async fn a_link_and_its_code_last_ten_minutes_and_a_changed_password_voids_what_is_under_way() {
    let counter = Counter::open().await;
    let link = counter.asks_for_a_page(ALICE).await;
    counter.clock.advance(SignedDuration::from_mins(10));
    assert_eq!(Reader::default().opens(&link).await.status, StatusCode::GONE);
    counter.presses(ALICE, &counter.word("button-new-page")).await;
    let code = Reader::default().enters(&counter.page_link(ALICE), "alice@example.org", PASSWORD).await.code().unwrap();
    counter.clock.advance(SignedDuration::from_mins(10));
    counter.says(ALICE, &code).await;
    assert!(!counter.is_signed_in(ALICE));
    counter.close(&[]).await;

    for (counter, _server) in Counter::on_both().await {
        // A thief has the old password entered and keeps the code; a code by mail is under way elsewhere.
        let thiefs = counter.asks_for_a_page(BOB).await;
        let thiefs = Reader::default().enters(&thiefs, "alice@example.org", PASSWORD).await.code().unwrap();
        counter.says(ALICE, "/signin").await;
        counter.says(ALICE, "alice@example.org").await;
        let mailed = counter.code();
        counter.asks_for_a_link(ALICE, "alice@example.org").await;
        assert_eq!(set(&counter.link(), "lantern otter quilt basalt").await, StatusCode::OK);
        counter.says(BOB, &thiefs).await;
        assert!(counter.screen(BOB).contains(&counter.word("page-code-void")), "{}", counter.screen(BOB));
        counter.says(ALICE, "/signin").await;
        counter.says(ALICE, "alice@example.org").await;
        assert!(counter.screen(ALICE).contains(&counter.word("code-just-sent")), "{}", counter.screen(ALICE));
        counter.says(ALICE, &mailed).await;
        assert!(counter.screen(ALICE).contains(&counter.word("code-void")), "{}", counter.screen(ALICE));
        assert_eq!(counter.number("SELECT COUNT(*) FROM session").await, 0);
        // With the new one the holder comes in.
        counter.presses(BOB, &counter.word("button-new-page")).await;
        let link = counter.page_link(BOB);
        let code = Reader::default().enters(&link, "alice@example.org", "lantern otter quilt basalt").await.code().unwrap();
        counter.says(BOB, &code).await;
        assert!(counter.is_signed_in(BOB));
        counter.close(&[]).await;
    }
}

#[tokio::test]
async fn a_page_whose_code_was_guessed_at_too_often_takes_no_password() {
    let counter = Counter::open().await;
    let link = counter.asks_for_a_page(ALICE).await;
    let mut reader = Reader::default();
    let guard = reader.opens(&link).await.guard();
    for guess in 0..5 {
        counter.says(ALICE, &format!("0000000{guess}")).await;
    }
    let fields = [("guard", guard.as_str()), ("email", "alice@example.org"), ("password", PASSWORD)];
    let shown = reader.posts(&link, &fields).await;
    assert_eq!((shown.status, shown.code()), (StatusCode::GONE, None), "a code that could never work is not shown");
    counter.close(&[]).await;
}

#[tokio::test]
async fn that_a_code_was_voided_tells_a_stranger_nothing() {
    let counter = Counter::open().await;
    for (person, address) in [(BOB, "alice@example.org"), (ALICE, "nobody@example.org")] {
        counter.says(person, "/signin").await;
        counter.says(person, address).await;
    }
    let carol = 1005;
    counter.with(|world| world.add_person(Person::new(carol, "Carol", "en")));
    counter.asks_for_a_link(carol, "alice@example.org").await;
    assert_eq!(set(&counter.link(), "lantern otter quilt basalt").await, StatusCode::OK);
    let mut told = Vec::new();
    for person in [BOB, ALICE] {
        let mut screens = Vec::new();
        for guess in ["00000000", "00000001"] {
            counter.says(person, guess).await;
            screens.push(counter.screen(person));
        }
        counter.presses(person, &counter.word("button-resend")).await;
        screens.extend(counter.with(|world| world.notices(person).next_back().map(|notice| notice.text.clone())));
        told.push(screens.join("\n").replace("nobody@", "alice@"));
    }
    assert_eq!(told[0], told[1]);
    counter.close(&[]).await;
}
