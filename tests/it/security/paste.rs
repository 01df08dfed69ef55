//! The paste guard: a card given away is deleted, warned of, and kept nowhere, whatever the holder was asked.

use std::io::{Read as _, Seek as _};
use std::path::{Path, PathBuf};

use guichet::domain::gives_a_card_away;
use guichet::simulator::{Formatted, Kind, Person};

use super::{STATES, stored};
use crate::counter::{ALICE, Counter};
use crate::unlocked;

/// Nothing else in the tests or the samples has these digits.
const NUMBER: &str = "4929 1234 5678 9012";

/// A number with a right checksum, from the one above: its last digit is made to fit.
fn card() -> String {
    let body = NUMBER.replace(' ', "");
    let fits = |check: &u32| gives_a_card_away(&format!("{}{check}", &body[..15]));
    format!("4929 1234 5678 901{}", (0..10).find(fits).unwrap())
}

impl Counter {
    async fn database(&self) -> PathBuf {
        self.text_of("SELECT file FROM pragma_database_list WHERE name = 'main'").await.into()
    }

    async fn stands_at(&self, state: &str) {
        self.stand_at(ALICE, &stored(state)).await;
    }

    /// Whether the message is gone and the holder warned below it.
    fn is_warned(&self, message: i32) -> bool {
        let warned = self.screen(ALICE).starts_with(&self.word("card-number-typed"));
        warned && self.with(|world| !world.messages(ALICE).iter().any(|standing| standing.id == message))
    }
}

/// The bytes of every file beside the database, the log of what is not merged into it included.
fn everything_in(folder: &Path) -> Vec<u8> {
    std::fs::read_dir(folder).unwrap().filter_map(|entry| std::fs::read(entry.unwrap().path()).ok()).flatten().collect()
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[tokio::test]
async fn a_card_pasted_in_any_state_is_deleted_warned_of_and_kept_nowhere() {
    let mut log = tempfile::tempfile().unwrap();
    let writer = std::sync::Mutex::new(log.try_clone().unwrap());
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(writer).finish();
    let logging = tracing::subscriber::set_default(subscriber);
    let counter = Counter::open().await;
    counter.sign_in(ALICE, "alice@example.org").await;
    for (state, dialogue) in STATES {
        for text in [format!("ma carte : {}, CVV 739, 12/31.", card()), "cvv 739".to_owned()] {
            counter.stands_at(dialogue).await;
            let message = counter.with(|world| world.person_types(ALICE, &text)).unwrap();
            counter.settled().await;
            assert!(counter.is_warned(message), "{state}: {}", counter.screen(ALICE));
        }
    }
    drop(logging);
    let (mut written, mut kept) = (Vec::new(), everything_in(counter.database().await.parent().unwrap()));
    // What is sealed there, opened.
    kept.extend(unlocked::everything(&mut counter.stage.app.conn().await.unwrap()).await.into_bytes());
    log.rewind().unwrap();
    log.read_to_end(&mut written).unwrap();
    assert!(holds(&kept, "alice@example.org") && holds(&written, "TRACE"), "neither database nor log is read");
    for digits in [&card()[..9], &card()[5..14], &card().replace(' ', ""), "CVV 739", "cvv 739"] {
        assert!(!holds(&kept, digits), "{digits} is kept");
        assert!(!holds(&written, digits), "{digits} is logged");
    }
    counter.close(&[]).await;
}

/// What a person is called on Telegram is kept, mailed and shown.
#[tokio::test]
async fn a_card_for_a_name_is_masked_before_it_is_kept() {
    let counter = Counter::open().await;
    let person = 1005;
    counter.with(|world| world.add_person(Person::new(person, card(), "en")));
    counter.says(person, "/signin").await;
    counter.says(person, "alice@example.org").await;
    let mail = counter.with(|world| world.mails().last().unwrap().text.clone());
    assert!(mail.contains("••••") && !mail.contains(&card()), "{mail}");
    counter.close(&[]).await;
}

#[tokio::test]
async fn captions_forwards_and_edits_are_looked_through_too() {
    let counter = Counter::open().await;
    counter.says(ALICE, "/start").await;
    for kind in [Kind::CaptionedPhoto(Formatted::plain(card())), Kind::ForwardedText(Formatted::plain(card()))] {
        let message = counter.with(|world| world.person_sends(ALICE, kind.clone())).unwrap();
        counter.settled().await;
        assert!(counter.is_warned(message), "{kind:?}");
    }
    let message = counter.with(|world| world.person_types(ALICE, "hello")).unwrap();
    counter.settled().await;
    let shown = counter.with(|world| world.messages(ALICE).len());
    counter.with(|world| world.person_edits(ALICE, message, "hello again")).unwrap();
    counter.settled().await;
    assert_eq!(counter.with(|world| world.messages(ALICE).len()), shown, "an edit that says nothing new is answered");
    counter.with(|world| world.person_edits(ALICE, message, &card())).unwrap();
    counter.settled().await;
    assert!(counter.is_warned(message), "{:?}", counter.shown(ALICE));
    counter.close(&[]).await;
}

#[test]
fn what_is_caught_and_what_is_not() {
    for caught in [
        "4242424242424242",
        "carte 4242 4242 4242 4242 exp 12/31 cvv 123",
        "4242.4242.4242.4242",
        "4242-4242-4242-4242",
        "4242 – 4242 – 4242 – 4242",
        "4242\u{a0}4242\u{202f}4242\u{2009}4242",
        "4242\n4242\n4242\n4242",
        "４２４２４２４２４２４２４２４２",
        "42\u{200b}42\u{2060}4242\u{feff}4242\u{ad}4242",
        "моя карта 2200 0000 0000 0053",
        "/start 4242424242424242",
        "3782 822463 10005",
        "4242424242424242@example.org",
        "CVC: 123",
        "cryptogramme visuel 123",
        "код безопасности 123",
    ] {
        assert!(gives_a_card_away(caught), "{caught} is let through");
    }
    for let_through in [
        "+33 6 12 34 56 78",
        "06 12 34 56 78, 06 98 76 54 32",
        "8 (912) 345-67-89",
        "+7 912 345-67-89 +7 912 345-67-88",
        "FR76 3000 6000 0112 3456 7890 189",
        "DE89 3704 0044 0532 0130 00",
        "GB82 WEST 1234 5698 7654 32",
        "31.12.2016 14:05",
        "2016-12-31 2017-01-01 2017-03-01",
        "paid 1 234 567,50 ₽ on 12 May 2016",
        // An Alipay transaction has 28 digits.
        "2016123121001004250212345678",
        "K7QX2-M9DA4",
        "12345678",
        "•••• 4242",
        "Visa 4242, 12/31",
        "What is a CVV?",
        "the code is 123",
        // In two messages nothing is seen: no text is kept that the second could be put beside.
        "4242 4242",
    ] {
        assert!(!gives_a_card_away(let_through), "{let_through} is taken for a card");
    }
}

#[test]
fn few_order_numbers_are_taken_for_a_card() {
    // The orders of the time had 14 to 16 digits and counted up, beginning with 6, 7 or 8; the newest begin with 30 or 80.
    let taken = |first: u64| (0..10_000).filter(|number| gives_a_card_away(&format!("order {}", first + number * 37))).count();
    for (first, most) in [(70_123_456_789_012, 0), (79_123_456_789_012, 0), (8_012_345_678_901_234, 0), (3_012_345_678_901_234, 1100)] {
        let taken = taken(first);
        assert!(taken <= most, "{taken} of 10,000 beginning with {first}");
    }
}

#[test]
fn dates_are_never_taken_for_a_card() {
    for (day, month) in (1..=31).flat_map(|day| (1..=12).map(move |month| (day, month))) {
        for text in
            [format!("{day:02}.{month:02}.2016 {day:02}.{month:02}.2017"), format!("2016-{month:02}-{day:02} 2017-{month:02}-{day:02}")]
        {
            assert!(!gives_a_card_away(&text), "{text} is taken for a card");
        }
    }
}
