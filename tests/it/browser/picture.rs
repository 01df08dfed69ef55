//! The README's pictures, light and dark: two holders side by side, one about to take a card off, and the mail with the code.
//! They go to `target/screenshots`; with `GUICHET_RETAKE` set, to `docs` as well.

use std::path::Path;

use guichet::domain::Language;
use guichet::locale::Message;

use super::driver::{Theatre, Window, click, find, screenshot, until};
use super::visit::Visit;

/// What a picture in the repository may weigh.
const HEAVIEST_BYTES: u64 = 400_000;

#[tokio::test]
async fn the_readme_has_its_pictures() {
    let Some(theatre) = Theatre::open() else { return };
    let bright = Window { size: (1280, 800), dark: false, scale: 1 };
    let page = theatre.visit("person=1003", bright).await;
    let alice = Visit::new(page.clone(), Language::En, 1003, "alice@example.org", 1280);
    set_the_scene(&alice).await;
    take(&alice, "demo").await;
    page.close().await.unwrap();
    let page = theatre.visit("person=1003&person=1002", Window { dark: true, ..bright }).await;
    let alice = Visit::new(page.clone(), Language::En, 1003, "alice@example.org", 1280);
    alice.button(&alice.label("button-keep")).await;
    take(&alice, "demo-dark").await;
    page.close().await.unwrap();
}

async fn set_the_scene(alice: &Visit) {
    click(&alice.page, "[data-testid=beside-1002]").await;
    let boris = alice.turn_to(Language::Ru, 1002, "boris@example.org");
    boris.sign_in().await;
    alice.sign_in().await;
    alice.say("/cards").await;
    alice.press(&alice.text(&Message::new("button-card").with("brand", "Visa").with("last4", "1117"))).await;
    alice.button(&alice.label("button-keep")).await;
}

async fn take(alice: &Visit, name: &str) {
    click(&alice.page, &alice.at("[data-testid=guide-close]")).await;
    // The notice of the sign-in came after the code.
    click(&alice.page, "#mail-list li:last-child button").await;
    find(&alice.page, "[data-testid=mail-code]").await;
    // Nothing moves any more, and the mail is drawn.
    until(&alice.page, "document.querySelector('iframe')?.offsetHeight > 400 && !document.getAnimations().length").await;
    let file = screenshot(&alice.page, name).await;
    let weight = std::fs::metadata(&file).unwrap().len();
    assert!(weight < HEAVIEST_BYTES, "{name} weighs {weight} bytes");
    if std::env::var_os("GUICHET_RETAKE").is_some() {
        std::fs::copy(&file, Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("docs/{name}.png"))).unwrap();
    }
}
