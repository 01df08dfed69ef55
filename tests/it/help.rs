//! Help: every article is a screen in every language, and what holders think of it leads to nobody.

use std::sync::Arc;

use guichet::domain::Language;
use guichet::feedback;
use guichet::locale::{Locales, Message};
use guichet::simulator::{FaultKind, Sender};

use crate::counter::{ALICE, Counter};

/// The labels of the newest screen's buttons.
fn labels(counter: &Counter) -> Vec<String> {
    counter.with(|world| {
        let screen = world.messages(ALICE).iter().rev().find(|message| message.from == Sender::Bot).unwrap();
        screen.current.keyboard.iter().flatten().map(|button| button.text.clone()).collect()
    })
}

async fn every_article_is_a_screen(language: Language) {
    let locales = Arc::new(Locales::built_in().unwrap());
    let counter = Counter::open().await;
    counter.with(|world| world.person_sets_language(ALICE, language.code())).unwrap();
    let mut articles = Vec::new();
    for topic in locales.topics() {
        let [title, no] =
            [format!("topic-{topic}.title"), "button-not-helpful".to_owned()].map(|key| locales.plain(language, &Message::new(key)));
        counter.says(ALICE, "/help").await;
        counter.presses(ALICE, &title).await;
        articles.push(counter.screen(ALICE));
        counter.presses(ALICE, &no).await;
        assert!(counter.screen(ALICE).contains(&title), "{topic} asks for no comment: {}", counter.screen(ALICE));
    }
    for article in &articles {
        assert!(!article.contains(['…', '$', '{']), "a gap: {article}");
        assert!((350..1000).contains(&article.chars().count()), "not a screen long: {article}");
    }
    assert_eq!(counter.number("SELECT COUNT(DISTINCT topic) FROM help_feedback WHERE helpful = 0").await, articles.len() as i64);
    articles.sort();
    articles.dedup();
    assert_eq!(articles.len(), locales.topics().len(), "two topics show the same");
    counter.close(&[]).await;
}

#[tokio::test]
async fn every_article_is_a_screen_in_english() {
    every_article_is_a_screen(Language::En).await;
}

#[tokio::test]
async fn every_article_is_a_screen_in_french() {
    every_article_is_a_screen(Language::Fr).await;
}

#[tokio::test]
async fn every_article_is_a_screen_in_russian() {
    every_article_is_a_screen(Language::Ru).await;
}

#[tokio::test]
async fn an_article_shown_is_judged_once() {
    let counter = Counter::open().await;
    counter.says(ALICE, "/help").await;
    counter.presses(ALICE, "Paying").await;
    counter.taps(ALICE, &counter.word("button-helpful"));
    counter.taps(ALICE, &counter.word("button-helpful"));
    counter.taps(ALICE, &counter.word("button-not-helpful"));
    counter.settled().await;
    assert!(!labels(&counter).contains(&counter.word("button-helpful")));
    assert_eq!(counter.number("SELECT COUNT(*) FROM help_feedback").await, 1);
    counter.close(&[]).await;
}

#[tokio::test]
async fn a_comment_is_kept_without_the_person() {
    let counter = Counter::open().await;
    counter.sign_in(ALICE, "alice@example.org").await;
    counter.says(ALICE, "/help").await;
    counter.presses(ALICE, "Withdrawing").await;
    counter.presses(ALICE, &counter.word("button-not-helpful")).await;
    // Held back, so that what the turn left behind can be looked into.
    let since = counter.next_call();
    counter.order("sendmessage", ALICE, FaultKind::ServerError(502), 1);
    counter.types(ALICE, "Which zebra? Ask alice@example.org,\nor call 0033 1 23 45 67 89");
    counter.struck(since, ALICE).await;
    assert!(counter.number("SELECT COUNT(*) FROM effect").await > 0);
    assert!(!counter.carries("zebra").await);
    counter.recovers().await;
    assert!(counter.screen(ALICE).contains(&counter.word("help-thanks")));
    let columns = "SELECT COUNT(*) FROM pragma_table_info('help_feedback') \
                   WHERE name NOT IN ('feedback_id', 'topic', 'language', 'helpful', 'comment', 'day')";
    assert_eq!(counter.number(columns).await, 0, "the table knows more than it should");
    assert!(!counter.stored_dialogue(ALICE).await.contains("zebra"));
    let mut conn = counter.stage.app.conn().await.unwrap();
    let report = feedback::report(&mut conn).await.unwrap();
    drop(conn);
    assert!(report.contains("withdraw             en           0     1"), "{report}");
    assert!(report.ends_with("withdraw (en)\n  Which zebra? Ask ••• or call •••"), "{report}");
    counter.close(&[]).await;
}
