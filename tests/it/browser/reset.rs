//! A holder forgot the password: from the chat with its captcha over the mail to the page of the link, and back to the chat.

use fantoccini::Client;
use guichet::clock::{Clock, Random};
use guichet::domain::Language;
use guichet::locale::Message;
use guichet::simulator::demo;
use guichet::simulator::stage::{Setting, Stage};

use super::driver::{Theatre, Window, click, find, opened_beside, until};
use super::readable::readable;
use super::visit::Visit;

/// Too short, easy to guess, and good.
const PASSWORDS: [&str; 3] = ["Claire", "abcabcabcabcabcabc", "lantern otter quilt basalt"];

#[tokio::test]
async fn a_holder_resets_a_forgotten_password_on_a_wide_page_in_french() {
    let stage = stage().await;
    let Some(theatre) = Theatre::around(stage.serving.address.to_string()) else { return };
    let page = theatre.visit("person=1001&person=1005", Window::light(1280, 800)).await;
    let claire = Visit::new(page.clone(), Language::Fr, 1001, "claire@example.org", 1280);
    // Somebody is signed in to the same account in another chat.
    let elsewhere = claire.turn_to(Language::Ru, 1005, "claire@example.org");
    click(&page, "#mail-filter button:last-child").await;
    elsewhere.sign_in().await;
    claire.say("/reset").await;
    claire.screenshot("reset-1-address").await;
    claire.say(claire.email).await;
    reset(&stage, &claire).await;
    until(&page, "document.querySelector('[data-person=\"1005\"] .messages').textContent.includes('🔒 Пароль')").await;
    claire.screenshot("reset-9-elsewhere").await;
    page.close().await.unwrap();
    stage.app.stop().await;
}

#[tokio::test]
async fn a_signed_in_holder_resets_the_password_on_a_phone_in_russian() {
    let stage = stage().await;
    let Some(theatre) = Theatre::around(stage.serving.address.to_string()) else { return };
    let page = theatre.visit("person=1002", Window::light(390, 844)).await;
    let boris = Visit::new(page.clone(), Language::Ru, 1002, "boris@example.org", 390);
    boris.sign_in().await;
    boris.press(&boris.label("button-reset")).await;
    reset(&stage, &boris).await;
    until(&page, "document.querySelector('article.bot:last-child').textContent.includes('🔒')").await;
    boris.screenshot("reset-9-told").await;
    page.close().await.unwrap();
    stage.app.stop().await;
}

/// The demo's stage in this process, where the answer to a captcha can be had.
async fn stage() -> Stage {
    let stage = Stage::open(Setting::new(Clock::machine(), Random::machine()).unwrap()).await.unwrap();
    for person in demo::people() {
        stage.simulator.with(|world| world.add_person(person));
    }
    stage
}

/// From the captcha to the page that says it is done, which is then closed.
async fn reset(stage: &Stage, visit: &Visit) {
    let page = &visit.page;
    visit.button(&visit.label("button-question")).await;
    until(page, "document.querySelector('article:last-child img')?.naturalWidth > 100").await;
    visit.screenshot("reset-2-captcha").await;
    let answer = stage.captcha_answer(visit.person).await.unwrap().expect("a captcha is asked");
    visit.say(&answer).await;
    visit.press(&visit.label("button-send-link")).await;
    visit.button(&visit.label("button-send-link-again")).await;
    visit.screenshot("reset-3-sent").await;
    visit.panel("mailbox").await;
    let chat = open_link(page).await;
    choose_passwords(visit).await;
    page.close_window().await.unwrap();
    page.switch_to_window(chat).await.unwrap();
    visit.screenshot("reset-8-mails").await;
    visit.panel("chat").await;
}

/// Opens the link of the mail that is shown, in a tab of its own; gives the tab where it stood.
async fn open_link(page: &Client) -> fantoccini::wd::WindowHandle {
    until(page, "document.querySelector('[data-testid=mail-html]')?.contentDocument?.querySelector('a.button')").await;
    let here = page.window().await.unwrap();
    find(page, "[data-testid=mail-html]").await.enter_frame().await.unwrap();
    click(page, "a.button").await;
    page.switch_to_window(opened_beside(page, &here).await).await.unwrap();
    here
}

/// Tries passwords on the page until a good one is taken.
async fn choose_passwords(visit: &Visit) {
    let [short, guessable, good] = PASSWORDS;
    let page = &visit.page;
    let title = |key| format!("document.querySelector('h1')?.textContent === {:?}", visit.label(key));
    until(page, &title("page-new-password")).await;
    fits(visit, "reset-4-page").await;
    enter(page, short).await;
    problem(visit, Message::new("page-password-short").with("least", 15_i64)).await;
    fits(visit, "reset-5-short").await;
    enter(page, guessable).await;
    problem(visit, Message::new("page-password-guessable")).await;
    fits(visit, "reset-6-guessable").await;
    enter(page, good).await;
    until(page, &title("page-set")).await;
    fits(visit, "reset-7-done").await;
}

async fn enter(page: &Client, password: &str) {
    for field in ["#password", "#again"] {
        find(page, field).await.send_keys(password).await.unwrap();
    }
    click(page, "button[type=submit]").await;
}

async fn problem(visit: &Visit, expected: Message) {
    until(&visit.page, &format!("document.querySelector('#problem')?.textContent === {:?}", visit.text(&expected))).await;
}

/// Takes a picture of the page, which everybody can read.
async fn fits(visit: &Visit, name: &str) {
    visit.screenshot(name).await;
    readable(visit).await;
}
