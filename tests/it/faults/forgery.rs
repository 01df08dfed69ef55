//! What people with bad intentions try: nothing is done twice, nobody gets what is somebody else's.

use guichet::clock::Random;
use guichet::dialogue::Tap;
use guichet::domain::CardId;
use guichet::locale::Message;

use crate::counter::{ALICE, BOB, Counter};

/// Callback data of a forger's: noise, or the counter's own form with made-up parts.
fn forged(random: &Random) -> String {
    const SIGNS: &[char] = &['.', '0', '1', '7', 'C', 'P', 'm', 'y', 'n', 'z', '-', ' ', '\'', '%', 'é', '🂡'];
    let [kind, length, rest @ ..] = random.bytes::<34>();
    let made_up = i64::from(rest[0]);
    match kind % 3 {
        0 => rest.iter().take(1 + usize::from(length) % 15).map(|byte| SIGNS[usize::from(*byte) % SIGNS.len()]).collect(),
        1 => Tap::Card(CardId(made_up % 10)).wire(1_000_000 + i64::from(length)),
        _ => Tap::Confirm.wire(1_000_000 + made_up),
    }
}

#[tokio::test]
async fn forged_taps_change_nothing() {
    let counter = Counter::open().await;
    counter.is_asked_to_confirm(ALICE).await;
    let (message, confirm) = counter.button(ALICE, &counter.word("button-confirm-removal"));
    counter.sign_in(BOB, "boris@example.org").await;
    counter.says(BOB, "/cards").await;
    let (bobs_message, bobs_choice) = counter.button(BOB, &counter.card("Visa", "1881"));
    let state = "SELECT (SELECT COUNT(*) FROM session WHERE ended_at IS NULL) * 10000 + (SELECT COUNT(*) FROM session) * 1000 \
                 + (SELECT COUNT(*) FROM card WHERE removed_at IS NULL) * 10 + (SELECT COUNT(*) FROM audit)";
    let before = counter.number(state).await;
    let notices = counter.with(|world| world.notices(BOB).count());

    // Alice's own question, answered in Bob's name; her card, chosen on Bob's screen of every age.
    let alices_card = CardId(counter.number("SELECT card_id FROM card WHERE last4 = '1117'").await);
    let mut data = vec![confirm];
    let (newest, _) = Tap::parse(&bobs_choice).unwrap();
    for revision in newest - 15..newest + 15 {
        data.push(Tap::Card(alices_card).wire(revision));
        data.push(Tap::Confirm.wire(revision));
    }
    let random = Random::seeded(7);
    data.extend((0..2000).map(|_| forged(&random)));
    let forgeries = data.len();
    counter.with(|world| {
        for (place, data) in data.iter().enumerate() {
            let on = [bobs_message, message, 999_999][place % 3];
            // A tap on somebody else's message cannot even be made; a client that lies about its own can.
            let on = if world.message(BOB, on).is_some() || on == 999_999 { on } else { bobs_message };
            world.person_forges(BOB, on, data).unwrap();
        }
    });
    counter.settled().await;
    assert_eq!(counter.number(state).await, before);
    assert_eq!(counter.removals().await, [0, 0, 0, 0]);
    assert_eq!(counter.with(|world| world.notices(BOB).count()), notices + forgeries);
    assert_eq!(counter.with(|world| world.unanswered_taps()), 0);
    assert_eq!(counter.number("SELECT COUNT(*) FROM effect").await, 0);
    counter.says(BOB, "/cards").await;
    counter.button(BOB, &counter.card("Visa", "1881"));
    counter.close(&["Bad Request: message to "]).await;
}

#[tokio::test]
async fn fifty_confirmations_at_once_take_one_card_off_once() {
    let counter = Counter::open().await;
    counter.is_asked_to_confirm(ALICE).await;
    let (message, data) = counter.button(ALICE, &counter.word("button-confirm-removal"));
    counter.with(|world| {
        for _ in 0..50 {
            world.person_forges(ALICE, message, &data).unwrap();
        }
    });
    counter.settled().await;
    assert_eq!(counter.removals().await, [1, 1, 1, 1]);
    assert_eq!(counter.with(|world| world.unanswered_taps()), 0);
    let receipts = counter.with(|world| {
        let receipt = receipt_of(world.mails().last().unwrap());
        world.messages(ALICE).iter().filter(|message| message.text().contains(&receipt)).count()
    });
    assert!(receipts >= 1, "the receipt stands in the chat: {:#?}", counter.shown(ALICE));
    counter.close(&[]).await;
}

/// The reference in a notice mail: its line is the only one with the receipt's words.
fn receipt_of(mail: &guichet::simulator::Mail) -> String {
    let words = "Please keep this reference: ";
    mail.text.lines().find_map(|line| line.strip_prefix(words)).unwrap().trim().to_owned()
}

#[tokio::test]
async fn a_session_or_a_code_of_one_chat_is_worth_nothing_in_another() {
    let counter = Counter::open().await;
    counter.says(ALICE, "/signin").await;
    counter.says(ALICE, "alice@example.org").await;
    let code = counter.code();
    counter.says(BOB, "/signin").await;
    counter.says(BOB, "alice@example.org").await;
    // Even the same nonce makes another code in another chat.
    let same = "UPDATE one_time_code SET nonce = (SELECT nonce FROM one_time_code WHERE chat_id = $1)";
    counter.run(same, vec![counter.index(ALICE).await.into()]).await;
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
