//! The fullest account that an import lets in, in every language: each of its screens is one that Telegram takes.

use guichet::simulator::{ChatMessage, Sender};
use guichet::store::Value;

use crate::counter::{ALICE, Counter};

/// More cards than a keyboard has room for, and two pages of payments.
const CARDS: i64 = 120;
const PAYMENTS: i64 = 16;

/// As long as the import lets a name be, and every character the worst of its kind.
fn longest(length: usize) -> String {
    ['<', '&', '>', '🂡', '"'].into_iter().cycle().take(length).collect()
}

async fn fill_the_account(counter: &Counter) {
    let account = counter.account("alice@example.org").await;
    for card in 0..CARDS {
        let values = [account.into(), format!("worst-{card}").into(), "🂡".repeat(30).into(), format!("{card:04}").into()];
        let sql =
            "INSERT INTO card (account_id, card_ref, brand, last4, expires, linked_on) VALUES ($1, $2, $3, $4, '2027-12', '2015-09-23')";
        counter.run(sql, values.to_vec()).await;
    }
    for payment in 0..PAYMENTS {
        let reference = format!("{payment:03}{}", longest(197));
        let time = 1_480_000_000_000 + payment * 3_600_000;
        let values: [Value; 4] = [account.into(), reference.into(), time.into(), longest(200).into()];
        let sql = "INSERT INTO payment (account_id, payment_ref, paid_at, merchant, minor, currency, status, card_last4) \
                   VALUES ($1, $2, $3, $4, -922337203685477580, 'RUB', 'refunded', '')";
        counter.run(sql, values.to_vec()).await;
    }
}

/// Goes to a screen and taps the first button of each of its rows; whatever Telegram refuses shows up in the journal.
async fn visit(counter: &Counter, command: &str) {
    counter.says(ALICE, command).await;
    let buttons: Vec<(i32, usize)> = counter.with(|world| {
        let screen = world.messages(ALICE).iter().rev().find(|message| message.from == Sender::Bot).unwrap();
        (0..screen.current.keyboard.len()).map(|row| (screen.id, row)).collect()
    });
    assert!(!buttons.is_empty(), "{command} shows nothing to tap");
    for (_, row) in buttons {
        counter.says(ALICE, command).await;
        counter.with(|world| {
            let screen = world.messages(ALICE).iter().rev().find(|message| message.from == Sender::Bot).unwrap();
            let (id, data) = (screen.id, screen.current.keyboard[row][0].data().unwrap().to_owned());
            world.person_taps(ALICE, id, &data).unwrap();
        });
        counter.settled().await;
    }
}

/// Whether these are the menu's buttons, side by side in pairs as they are meant: no label breaks its row.
fn is_the_menu(message: &ChatMessage) -> bool {
    message.current.keyboard.iter().map(Vec::len).eq([2, 2, 1, 2, 2, 2])
}

async fn every_screen_fits(language: &str) {
    let counter = Counter::open().await;
    counter.with(|world| world.person_sets_language(ALICE, language)).unwrap();
    fill_the_account(&counter).await;
    counter.says(ALICE, "/signin").await;
    counter.says(ALICE, "alice@example.org").await;
    counter.says(ALICE, &counter.code()).await;
    counter.with(|world| assert!(world.messages(ALICE).last().is_some_and(is_the_menu), "{:?}", world.messages(ALICE).last()));
    // The menu comes last: one of its buttons signs out.
    for command in ["/status", "/history", "/activity", "/cards", "/menu"] {
        visit(&counter, command).await;
    }
    assert_eq!(counter.number("SELECT COUNT(*) FROM effect").await, 0, "a screen was given up");
    counter.close(&[]).await;
}

#[tokio::test]
async fn the_fullest_account_fits_in_english() {
    every_screen_fits("en").await;
}

#[tokio::test]
async fn the_fullest_account_fits_in_french() {
    every_screen_fits("fr").await;
}

#[tokio::test]
async fn the_fullest_account_fits_in_russian() {
    every_screen_fits("ru").await;
}
