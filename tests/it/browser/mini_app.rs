//! The sign-in page as a Mini App, over https: its script takes up what the client tells of the person, who then needs no code; where
//! that does not hold, the holder hears so and gets a code.

use axum::response::Html;
use fantoccini::{Client, Locator};
use guichet::clock::{Clock, Random};
use guichet::domain::Language;
use guichet::import::samples::PASSWORD;
use guichet::simulator::stage::{Setting, Stage};
use guichet::simulator::{demo, mini_app};
use url::form_urlencoded::Serializer;

use super::door::Door;
use super::driver::{Theatre, Window, click, find, opened_beside, until};
use super::readable::readable;
use super::visit::Visit;

const HOST: &str = "counter.example.org";
const TELEGRAM: &str = "web.telegram.org";
const STRANGER: &str = "stranger.example.org";

#[tokio::test]
async fn within_telegram_the_password_alone_signs_in() {
    let stage = stage().await;
    let door = Door::open(HOST, stage.app.pages_address()).await;
    let Some(theatre) = Theatre::around(stage.serving.address.to_string()) else { return };
    let theatre = theatre.with_door(HOST, &door);
    let page = theatre.visit("person=1001", Window::light(390, 844)).await;
    let claire = Visit::new(page.clone(), Language::Fr, 1001, "claire@example.org", 390);
    ask(&claire).await;
    let chat = page.window().await.unwrap();
    claire.press(&claire.label("button-open-page")).await;
    page.switch_to_window(opened_beside(&page, &chat).await).await.unwrap();
    until(&page, &format!("location.host === {HOST:?} && document.querySelector('#init-data')?.value.includes('hash=')")).await;
    readable(&claire).await;
    claire.screenshot("app-1-page").await;
    // What was told comes along into another language.
    click(&page, "nav a[lang=ru]").await;
    until(&page, "document.documentElement.lang === 'ru' && document.querySelector('#init-data')?.value.includes('hash=')").await;
    click(&page, "nav a[lang=fr]").await;
    until(&page, "document.documentElement.lang === 'fr'").await;
    enter(&claire, "lantern otter quilt").await;
    problem(&claire, "page-sign-in-wrong").await;
    enter(&claire, PASSWORD).await;
    until(&page, &format!("document.title === {:?}", claire.label("page-signed-in"))).await;
    assert!(page.find(fantoccini::Locator::Css(".code")).await.is_err(), "no code is needed");
    readable(&claire).await;
    claire.screenshot("app-2-signed-in").await;
    page.close_window().await.unwrap();
    page.switch_to_window(chat).await.unwrap();
    claire.button(&claire.label("button-sign-out")).await;
    page.close().await.unwrap();
    stage.app.stop().await;
}

#[tokio::test]
async fn what_is_old_or_forged_is_said_to_be_and_a_code_helps_on() {
    let stage = stage().await;
    let door = Door::open(HOST, stage.app.pages_address()).await;
    let Some(theatre) = Theatre::around(stage.serving.address.to_string()) else { return };
    let theatre = theatre.with_door(HOST, &door);
    let page = theatre.visit("person=1002", Window::light(390, 844)).await;
    let boris = Visit::new(page.clone(), Language::Ru, 1002, "boris@example.org", 390);
    ask(&boris).await;
    boris.button(&boris.label("button-open-page")).await;
    let chat = page.current_url().await.unwrap();
    for data in [told(&stage, 301), told(&stage, 0).replace("hash=", "hash=0")] {
        page.goto("about:blank").await.unwrap();
        page.goto(&app(&stage, &boris, &data)).await.unwrap();
        until(&page, "document.querySelector('#init-data')?.value.includes('hash=')").await;
        enter(&boris, PASSWORD).await;
        problem(&boris, "page-sign-in-app-stale").await;
        readable(&boris).await;
        boris.screenshot("app-3-stale").await;
        // Refused as it is, it comes along into another language: behind the `#`, where nobody but the page sees it.
        click(&page, "nav a[lang=fr]").await;
        until(&page, "document.documentElement.lang === 'fr' && document.querySelector('#init-data')?.value.includes('hash=')").await;
        until(&page, "location.search === '?lang=fr' && !location.pathname.includes('hash') && !document.referrer").await;
        let in_french = boris.turn_to(Language::Fr, 1002, boris.email);
        enter(&in_french, PASSWORD).await;
        problem(&in_french, "page-sign-in-app-stale").await;
        click(&page, "nav a[lang=ru]").await;
        until(&page, "document.documentElement.lang === 'ru' && document.querySelector('#init-data')?.value.includes('hash=')").await;
        enter(&boris, PASSWORD).await;
        problem(&boris, "page-sign-in-app-stale").await;
    }
    find(&page, "#password").await.send_keys(PASSWORD).await.unwrap();
    click(&page, "button[type=submit]").await;
    until(&page, &format!("document.title === {:?}", boris.label("page-code"))).await;
    let code = find(&page, ".code").await.text().await.unwrap();
    page.goto(chat.as_str()).await.unwrap();
    boris.say(&code).await;
    boris.button(&boris.label("button-sign-out")).await;
    page.close().await.unwrap();
    stage.app.stop().await;
}

/// Telegram's web client shows a Mini App in a frame with these permissions; any other page that tries shows nothing of it.
#[tokio::test]
async fn telegram_on_the_web_frames_the_page_and_nobody_else_does() {
    let stage = stage().await;
    let pages = Door::open(HOST, stage.app.pages_address()).await;
    let Some(theatre) = Theatre::around(stage.serving.address.to_string()) else { return };
    let around = Door::open(TELEGRAM, blank_page().await).await;
    let theatre = theatre.with_door(HOST, &pages).with_door(TELEGRAM, &around).with_door(STRANGER, &around);
    let page = theatre.visit("person=1002", Window::light(390, 844)).await;
    let boris = Visit::new(page.clone(), Language::Ru, 1002, "boris@example.org", 390);
    ask(&boris).await;
    boris.button(&boris.label("button-open-page")).await;
    let chat = page.current_url().await.unwrap();
    page.goto(&format!("https://{STRANGER}/")).await.unwrap();
    frame(&page, &app(&stage, &boris, &told(&stage, 0))).await;
    assert!(page.find(Locator::Css("#email")).await.is_err(), "a stranger frames it");
    page.goto(&format!("https://{TELEGRAM}/")).await.unwrap();
    frame(&page, &app(&stage, &boris, &told(&stage, 0))).await;
    until(&page, "document.querySelector('#init-data')?.value.includes('hash=')").await;
    click(&page, "nav a[lang=fr]").await;
    until(&page, "document.documentElement.lang === 'fr' && document.querySelector('#init-data')?.value.includes('hash=')").await;
    let in_french = boris.turn_to(Language::Fr, 1002, boris.email);
    enter(&in_french, PASSWORD).await;
    until(&page, &format!("document.title === {:?}", in_french.label("page-signed-in"))).await;
    page.goto(chat.as_str()).await.unwrap();
    boris.button(&boris.label("button-sign-out")).await;
    page.close().await.unwrap();
    stage.app.stop().await;
}

/// Where a page is served that others are framed in.
async fn blank_page() -> std::net::SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = axum::Router::new().fallback(async || Html("<!doctype html><title>Around</title><body></body>"));
    tokio::spawn(async { axum::serve(listener, router).await.unwrap() });
    address
}

/// Goes into a frame on this page that shows what is at `url`, as Telegram's web client makes it.
async fn frame(page: &Client, url: &str) {
    let script = "const frame = document.createElement('iframe'); \
        frame.sandbox = 'allow-scripts allow-same-origin allow-popups allow-forms allow-modals allow-storage-access-by-user-activation'; \
        const loaded = new Promise((resolve) => (frame.onload = resolve)); frame.src = arguments[0]; document.body.append(frame); \
        loaded.then(arguments[1]);";
    page.execute_async(script, vec![url.into()]).await.unwrap();
    find(page, "iframe").await.enter_frame().await.unwrap();
}

/// The demo's stage in this process, with pages that holders reach over https.
async fn stage() -> Stage {
    let setting = Setting::new(Clock::machine(), Random::machine()).unwrap();
    let stage = Stage::open(Setting { public_url: Some(format!("https://{HOST}/").parse().unwrap()), ..setting }).await.unwrap();
    for person in demo::people() {
        stage.simulator.with(|world| world.add_person(person));
    }
    stage
}

/// Asks for a page to sign in on.
async fn ask(visit: &Visit) {
    visit.say("/signin").await;
    visit.press(&visit.label("button-with-password")).await;
}

/// What Telegram has told of Boris this many seconds ago.
fn told(stage: &Stage, age: i64) -> String {
    let fields = stage.simulator.with(|world| mini_app::fields(world.person(1002).unwrap(), world.now().as_second() - age));
    mini_app::init_data(&stage.simulator.token(), &fields)
}

/// Where a client goes that tells the page this.
fn app(stage: &Stage, visit: &Visit, data: &str) -> String {
    let url = stage.simulator.opens_app(visit.person, &visit.label("button-open-page")).unwrap();
    let (page, _) = url.split_once('#').unwrap();
    format!("{page}#{}", Serializer::new(String::new()).append_pair("tgWebAppData", data).finish())
}

async fn enter(visit: &Visit, password: &str) {
    let email = find(&visit.page, "#email").await;
    email.clear().await.unwrap();
    email.send_keys(visit.email).await.unwrap();
    find(&visit.page, "#password").await.send_keys(password).await.unwrap();
    click(&visit.page, "button[type=submit]").await;
}

async fn problem(visit: &Visit, key: &'static str) {
    until(&visit.page, &format!("document.querySelector('#problem')?.textContent === {:?}", visit.label(key))).await;
}
