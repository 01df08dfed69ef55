//! What people with bad intentions try: nothing is done twice, nobody gets what is somebody else's.

use guichet::locale::Message;

use crate::counter::{ALICE, BOB, Counter};

#[tokio::test]
async fn a_session_or_a_code_of_one_chat_is_worth_nothing_in_another() {
    let counter = Counter::open().await;
    counter.says(ALICE, "/signin").await;
    counter.says(ALICE, "alice@example.org").await;
    let code = counter.code();
    counter.says(BOB, "/signin").await;
    counter.says(BOB, "alice@example.org").await;
    // Even the same nonce makes another code in another chat.
    counter.script("UPDATE one_time_code SET nonce = (SELECT nonce FROM one_time_code WHERE chat_id = 1003)").await;
    counter.says(BOB, &code).await;
    let refused = counter.text(&Message::new("code-wrong").with("left", 4));
    assert!(counter.screen(BOB).contains(&refused), "{}", counter.screen(BOB));
    assert_eq!(counter.number("SELECT COUNT(*) FROM session").await, 0);
    counter.says(ALICE, &code).await;
    assert!(counter.screen(ALICE).contains(&counter.word("signed-in")), "{}", counter.screen(ALICE));
    counter.says(BOB, "/cancel").await;
    counter.says(BOB, "/cards").await;
    assert!(counter.screen(BOB).contains(&counter.word("sign-in-needed")), "{}", counter.screen(BOB));
    assert_eq!(counter.number("SELECT COUNT(*) FROM session").await, 1);
    counter.close(&[]).await;
}

#[tokio::test]
async fn five_wrong_codes_void_the_right_one() {
    let counter = Counter::open().await;
    counter.says(ALICE, "/signin").await;
    counter.says(ALICE, "alice@example.org").await;
    let right = counter.code();
    let wrong = if right == "00000000" { "00000001" } else { "00000000" };
    for _ in 0..5 {
        counter.says(ALICE, wrong).await;
    }
    assert_eq!(counter.number("SELECT tries FROM one_time_code").await, 5);
    counter.says(ALICE, &right).await;
    assert!(counter.screen(ALICE).contains(&counter.word("code-void")), "{}", counter.screen(ALICE));
    assert_eq!(counter.number("SELECT COUNT(*) FROM session").await, 0);
    assert_eq!(counter.number("SELECT used FROM one_time_code").await, 0);
    counter.close(&[]).await;
}
