//! Holders sign in with the password by keyboard alone: from the chat's button to the page and its code, and back to the chat.

use fantoccini::key::Key;
use guichet::domain::Language;
use guichet::import::samples::PASSWORD;

use super::driver::{Theatre, Window, find, opened_beside, until};
use super::keys::{go_back_to, go_to, press, write};
use super::readable::readable;
use super::visit::Visit;

#[tokio::test]
async fn a_holder_signs_in_with_the_password_by_keyboard_alone() {
    let Some(theatre) = Theatre::open() else { return };
    let claire = (Language::Fr, 1001, "claire@example.org", Window::light(1280, 800));
    let boris = (Language::Ru, 1002, "boris@example.org", Window { dark: true, ..Window::light(390, 844) });
    for (language, person, email, window) in [claire, boris] {
        let page = theatre.visit(&format!("person={person}"), window).await;
        let visit = Visit::new(page.clone(), language, person, email, window.size.0);
        sign_in(&visit).await;
        page.close().await.unwrap();
    }
}

async fn sign_in(visit: &Visit) {
    let page = &visit.page;
    find(page, &visit.at("[data-testid=start]")).await;
    go_to(page, "here.matches('[data-testid=start]')").await;
    press(page, Key::Enter).await;
    visit.screenshot("password-0-menu").await;
    presses(visit, "button-sign-in").await;
    presses(visit, "button-with-password").await;
    visit.button(&visit.label("button-code-by-mail")).await;
    visit.screenshot("password-1-chat").await;
    let chat = page.window().await.unwrap();
    presses(visit, "button-open-page").await;
    page.switch_to_window(opened_beside(page, &chat).await).await.unwrap();
    let code = code_for_the_password(visit).await;
    page.close_window().await.unwrap();
    page.switch_to_window(chat).await.unwrap();
    go_to(page, "here.matches('textarea')").await;
    write(page, &code).await;
    press(page, Key::Enter).await;
    visit.button(&visit.label("button-sign-out")).await;
    visit.screenshot("password-6-signed-in").await;
}

/// Goes to the newest button that reads so, which stands above the message box, and presses it.
async fn presses(visit: &Visit, key: &'static str) {
    let label = visit.label(key);
    visit.button(&label).await;
    go_back_to(&visit.page, &format!("here.textContent === {label:?}")).await;
    press(&visit.page, Key::Enter).await;
}

/// Enters a wrong password and the right one on the page.
async fn code_for_the_password(visit: &Visit) -> String {
    let page = &visit.page;
    let title = |key| format!("document.title === {:?} && document.readyState === 'complete'", visit.label(key));
    until(page, &title("page-sign-in")).await;
    until(page, "document.activeElement.id === 'email'").await;
    readable(visit).await;
    visit.screenshot("password-2-page").await;
    write(page, visit.email).await;
    press(page, Key::Tab).await;
    write(page, "lantern otter quilt").await;
    press(page, Key::Tab).await;
    until(page, "document.activeElement.type === 'submit'").await;
    visit.screenshot("password-3-filled").await;
    press(page, Key::Enter).await;
    until(page, &format!("document.querySelector('[role=alert]')?.textContent === {:?}", visit.label("page-sign-in-wrong"))).await;
    // The address stays, the password is to be entered anew.
    until(page, &format!("document.activeElement.id === 'password' && document.querySelector('#email').value === {:?}", visit.email)).await;
    assert_eq!(page.execute("return document.activeElement.value", Vec::new()).await.unwrap(), "");
    readable(visit).await;
    visit.screenshot("password-4-wrong").await;
    write(page, PASSWORD).await;
    press(page, Key::Enter).await;
    until(page, &title("page-code")).await;
    readable(visit).await;
    visit.screenshot("password-5-code").await;
    find(page, ".code").await.text().await.unwrap()
}
