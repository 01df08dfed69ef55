//! The page itself: the guide, chats side by side, mails as they look, pictures and documents.

use fantoccini::{Client, Locator};
use guichet::clock::Clock;
use guichet::domain::Language;
use guichet::simulator::Simulator;
use reqwest::multipart::{Form, Part};

use super::driver::{Theatre, Window, click, find, opened_beside, screenshot, until};
use super::visit::Visit;

#[tokio::test]
async fn the_guide_leads_a_visitor_through_and_can_be_put_away() {
    let Some(theatre) = Theatre::open() else { return };
    let page = theatre.visit("person=1001", Window::light(1280, 800)).await;
    let claire = Visit::new(page.clone(), Language::Fr, 1001, "claire@example.org", 1280);
    click(&page, "[data-testid=try-signin]").await;
    claire.button(&claire.label("button-cancel")).await;
    until(&page, "document.querySelector('.chip.next')?.textContent === 'claire@example.org'").await;
    click(&page, ".chip.next").await;
    until(&page, r"/^\d{8}$/.test(document.querySelector('.chip.next')?.textContent)").await;
    click(&page, ".chip.next").await;
    claire.button(&claire.label("button-sign-out")).await;
    until(&page, "document.querySelector('[data-testid=try-signin]')?.classList.contains('done')").await;
    click(&page, "[data-testid=try-cards]").await;
    click(&page, "[data-testid=try-help]").await;
    screenshot(&page, "guide").await;
    click(&page, "[data-testid=guide-close]").await;
    page.refresh().await.unwrap();
    find(&page, "article.person").await;
    assert!(!find(&page, "[data-testid=guide]").await.is_displayed().await.unwrap(), "what was put away stays away");
    click(&page, "[data-testid=guide-toggle]").await;
    assert!(find(&page, "[data-testid=guide]").await.is_displayed().await.unwrap());
    page.close().await.unwrap();
}

#[tokio::test]
async fn two_holders_are_served_side_by_side() {
    let Some(theatre) = Theatre::open() else { return };
    let page = theatre.visit("person=1001", Window::light(1280, 800)).await;
    let claire = Visit::new(page.clone(), Language::Fr, 1001, "claire@example.org", 1280);
    let boris = claire.turn_to(Language::Ru, 1002, "boris@example.org");
    click(&page, "[data-testid=beside-1002]").await;
    boris.sign_in().await;
    claire.say("/help").await;
    claire.button(&claire.label("button-menu")).await;
    until(&page, "document.documentElement.lang === 'fr'").await;
    boris.button(&boris.label("button-sign-out")).await;
    screenshot(&page, "side-by-side").await;
    until(&page, "document.querySelectorAll('#mail-list [data-mail]').length === 0").await;
    assert!(shown(&page, "[data-testid=person-1002] .of-mails:not([hidden])").await == 0, "Борис has read his mail");
    click(&page, "#mail-filter button:last-child").await;
    find(&page, "#mail-list [data-mail]").await;
    page.refresh().await.unwrap();
    find(&page, &boris.at("article.person")).await;
    click(&page, &claire.at("[data-testid=close-chat]")).await;
    assert_eq!((shown(&page, "section.chat").await, shown(&page, "[data-testid=beside-1001]").await), (1, 1));
    page.close().await.unwrap();
}

#[tokio::test]
async fn a_mail_shows_as_it_looks_and_its_links_open_beside() {
    let Some(theatre) = Theatre::open() else { return };
    let page = theatre.visit("person=1003", Window::light(1280, 800)).await;
    let alice = Visit::new(page.clone(), Language::En, 1003, "alice@example.org", 1280);
    alice.sign_in().await;
    find(&page, "[data-testid=mail-html]").await;
    let frame = "document.querySelector('[data-testid=mail-html]')";
    until(&page, &format!("{frame}.contentDocument.querySelector('h1') && {frame}.offsetHeight > 400")).await;
    // The mail as it came has no link: one is put into it, as a mail may hold it.
    let link = format!("{frame}.contentDocument.body.innerHTML = '<a id=\"link\" href=\"http://{}/?person=1005\">…</a>'", theatre.address);
    page.execute(&link, Vec::new()).await.unwrap();
    find(&page, "[data-testid=mail-html]").await.enter_frame().await.unwrap();
    click(&page, "#link").await;
    let here = page.window().await.unwrap();
    page.switch_to_window(opened_beside(&page, &here).await).await.unwrap();
    // Scripts run in it, and it knows nothing of the page it came from.
    until(&page, "document.querySelector('[data-testid=start]') && !window.opener && !document.referrer").await;
    page.close_window().await.unwrap();
    page.switch_to_window(here).await.unwrap();
    click(&page, ".mail > .switch button:last-child").await;
    let text = find(&page, "[data-testid=mail-body]").await.text().await.unwrap();
    assert!(text.contains("alice@example.org") || text.contains("Alice"), "{text}");
    page.close().await.unwrap();
}

#[tokio::test]
async fn pictures_and_documents_show_in_the_chat() {
    let Some(theatre) = Theatre::open() else { return };
    let page = theatre.visit("person=1003", Window::light(1280, 800)).await;
    click(&page, "[data-testid=start]").await;
    let drawn = tiny_skia::Pixmap::new(320, 120).unwrap().encode_png().unwrap();
    let keyboard = r#"{"inline_keyboard":[[{"text":"Outside","url":"http://127.0.0.1:9/"}]]}"#;
    upload(&theatre, "sendPhoto", "photo", ("captcha.png", drawn), "Type the signs", keyboard).await;
    until(&page, "document.querySelector('article img')?.naturalWidth === 320").await;
    assert_eq!(find(&page, "article img").await.attr("alt").await.unwrap().unwrap(), "Type the signs");
    assert_eq!(shown(&page, ".keyboard .outside").await, 1);
    upload(&theatre, "sendDocument", "document", ("my data é.json", b"{}\n".to_vec()), "All of it", "{}").await;
    until(&page, "document.querySelector('article .file')?.textContent.endsWith('my data é.json3 bytes')").await;
    screenshot(&page, "picture-and-document").await;
    click(&page, "article .file").await;
    let file = theatre.downloads().join("my data é.json");
    let downloaded = async {
        while !file.exists() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(super::driver::PATIENCE, downloaded).await.expect("downloaded under its name");
    page.close().await.unwrap();
}

/// How many elements the selector finds on the page.
async fn shown(page: &Client, css: &str) -> usize {
    page.find_all(Locator::Css(css)).await.unwrap().len()
}

/// The bot sends Alice a file.
async fn upload(
    theatre: &Theatre,
    method: &str,
    field: &'static str,
    file: (&'static str, Vec<u8>),
    caption: &'static str,
    keyboard: &'static str,
) {
    let token = Simulator::new(Clock::machine()).token();
    let part = Part::bytes(file.1).file_name(file.0);
    let form = Form::new().text("chat_id", "1003").text("caption", caption).text("reply_markup", keyboard).part(field, part);
    let url = format!("http://{}/bot{token}/{method}", theatre.address);
    let response = reqwest::Client::new().post(url).multipart(form).send().await.unwrap();
    assert!(response.status().is_success(), "{}", response.text().await.unwrap());
}
