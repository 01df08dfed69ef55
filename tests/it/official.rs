//! What /official says of odd messages is a screen that Telegram takes, and nothing of a message stays behind.

use guichet::simulator::{Formatted, Kind};

use crate::counter::{ALICE, Counter};

async fn every_verdict_is_a_screen(language: &str) {
    let counter = Counter::open().await;
    counter.with(|world| world.person_sets_language(ALICE, language)).unwrap();
    counter.says(ALICE, "/official").await;
    let long = format!("https://{}/&<b>", vec!["a".repeat(60); 4].join("."));
    let many: String = (0..40).map(|number| format!("https://alipay.com.{number}{}.example ", "x".repeat(40))).collect();
    for text in [
        "https://<b>alipay.com</b>",
        "https://alipay.com&lt;&amp;.example/?a=<i>\"",
        "\u{202e}https://alipay.com\u{2066}/\u{200f}",
        "https://[::1]:80/ http://0x7f.1 https://a_b.example https://%00.example https://\u{0}x.example",
        "https:// :// a://b @@ tg:// t.me/ mailto: @ /",
        &long,
        &many,
    ] {
        counter.says(ALICE, text).await;
        assert!(!counter.screen(ALICE).contains("alipay.com</b>"), "{}", counter.screen(ALICE));
    }
    counter.close(&[]).await;
}

#[tokio::test]
async fn every_verdict_is_a_screen_in_english() {
    every_verdict_is_a_screen("en").await;
}

#[tokio::test]
async fn every_verdict_is_a_screen_in_french() {
    every_verdict_is_a_screen("fr").await;
}

#[tokio::test]
async fn every_verdict_is_a_screen_in_russian() {
    every_verdict_is_a_screen("ru").await;
}

#[tokio::test]
async fn no_host_on_a_screen_can_be_tapped() {
    let counter = Counter::open().await;
    counter.says(ALICE, "/official https://evil.example/alipay.com http://alipay.com @somebody alipay.com@evil.example").await;
    let links = counter.with(|world| {
        let screen = world.messages(ALICE).last().unwrap();
        let guichet::simulator::Content::Text(text) = &screen.current.content else { panic!("{screen:?}") };
        let kinds = text.entities.iter().map(|entity| format!("{:?}", entity.kind));
        kinds.filter(|kind| kind.starts_with("Url") || kind.starts_with("TextLink")).collect::<Vec<_>>()
    });
    assert!(links.is_empty(), "{links:?}");
    counter.close(&[]).await;
}

#[tokio::test]
async fn nothing_of_a_message_is_kept() {
    let counter = Counter::open().await;
    counter.says(ALICE, "/status").await;
    counter.says(ALICE, "/official").await;
    let message = Formatted::plain("Secret words https://secret-host.example/alipay.com/secret-path");
    counter.with(|world| world.person_sends(ALICE, Kind::ForwardedText(message))).unwrap();
    counter.settled().await;
    assert!(counter.screen(ALICE).contains("secret-host.example") && !counter.screen(ALICE).contains("secret-path"));
    assert_eq!(counter.stored_dialogue(ALICE).await, r#"{"v":1,"at":{"official":{"back":"status"}}}"#);
    assert!(!counter.carries("secret").await);
    counter.close(&[]).await;
}
