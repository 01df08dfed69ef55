//! A holder signs in and takes a card off.

use guichet::domain::Language;
use guichet::locale::Message;

use super::driver::{Theatre, Window, click};
use super::visit::Visit;

#[tokio::test]
async fn a_holder_signs_in_and_takes_a_card_off() {
    let Some(theatre) = Theatre::open() else { return };
    let claire = (Language::Fr, 1001, "claire@example.org", "4242", (1280, 800));
    let boris = (Language::Ru, 1002, "boris@example.org", "1881", (390, 800));
    for (language, person, email, last4, (width, height)) in [claire, boris] {
        let page = theatre.visit(&format!("person={person}"), Window::light(width, height)).await;
        let visit = Visit::new(page.clone(), language, person, email, width);
        take_a_card_off(&visit, last4).await;
        page.close().await.unwrap();
    }
}

async fn take_a_card_off(visit: &Visit, last4: &str) {
    click(&visit.page, &visit.at("[data-testid=start]")).await;
    visit.press(&visit.label("button-sign-in")).await;
    visit.button(&visit.label("button-cancel")).await;
    visit.screenshot("1-sign-in").await;
    visit.say(visit.email).await;
    visit.button(&visit.label("button-resend")).await;
    visit.panel("mailbox").await;
    let code = visit.mailed_code().await;
    visit.panel("mailbox").await;
    visit.screenshot("2-mailbox").await;
    visit.panel("chat").await;
    visit.say(&code).await;
    visit.button(&visit.label("button-sign-out")).await;
    visit.screenshot("3-menu").await;
    visit.press(&visit.label("button-status")).await;
    visit.button(&visit.label("button-menu")).await;
    visit.screenshot("4-status").await;
    visit.say("/history").await;
    visit.button("8").await;
    visit.screenshot("5-history").await;
    visit.say("/cards").await;
    visit.press(&visit.text(&Message::new("button-card").with("brand", "Visa").with("last4", last4))).await;
    visit.button(&visit.label("button-keep")).await;
    visit.screenshot("6-confirm").await;
    visit.press(&visit.label("button-confirm-removal")).await;
    visit.button(&visit.label("button-other-cards")).await;
    visit.screenshot("7-receipt").await;
}
