//! Stored dialogues of every earlier form, and corrupt ones, from `tests/dialogues`: whoever stands there is answered at once; what is
//! no longer understood is set aside, and said to be lost.

use std::path::Path;

use guichet::domain::SESSION_IDLE;
use guichet::locale::Message;
use guichet::simulator::Person;

use super::report;
use crate::counter::{ALICE, BOB, Counter};

#[tokio::test]
async fn a_stored_dialogue_of_any_age_is_answered_within_one_update() {
    let counter = Counter::open().await;
    let mut answered = [0, 0];
    for (kind, folder) in ["understood", "set_aside"].into_iter().enumerate() {
        for stored in samples(folder) {
            let person = 5000 + answered.iter().sum::<i64>();
            counter.with(|world| world.add_person(Person::new(person, "Holder", "en")));
            counter.says(person, "/start").await;
            counter.stand_at(person, &stored).await;
            counter.says(person, "What now?").await;
            assert_eq!(counter.shown(person).len(), 2, "{stored}");
            answered[kind] += 1;
            let lost = counter.screen(person).contains(&counter.word("trouble-lost-place"));
            assert_eq!(lost, kind == 1, "{stored}: {}", counter.screen(person));
        }
    }
    let [understood, set_aside] = answered;
    assert!(understood > 10 && set_aside > 3);
    assert_eq!(counter.number("SELECT COUNT(*) FROM set_aside_dialogue").await, set_aside);
    report::line(
        "stored dialogues",
        &format!("{understood} understood, {set_aside} set aside and counted: each answered within one update"),
    );
    counter.close(&[]).await;
}

/// Not the holder but the counter moves the chat: by news from another chat, by a session that is overdue, by the Mini App.
#[tokio::test]
async fn what_no_longer_decodes_is_set_aside_whoever_moves_the_chat() {
    let counter = Counter::open().await;
    let lost = counter.word("trouble-lost-place");
    let aside = async || counter.number("SELECT COUNT(*) FROM set_aside_dialogue").await;
    counter.sign_in(ALICE, "alice@example.org").await;
    counter.stand_at(ALICE, "told by another chat").await;
    counter.sign_in(BOB, "alice@example.org").await;
    assert_eq!(aside().await, 1);
    let news = counter.text(&Message::new("new-sign-in").with("language", "en"));
    let screen = counter.screen(ALICE);
    assert!(screen.contains(&lost) && screen.contains(&news), "{screen}");
    counter.says(ALICE, "/status").await;
    counter.stand_at(ALICE, "overdue").await;
    counter.clock.advance(SESSION_IDLE);
    counter.stage.app.sweep().await;
    counter.settled().await;
    assert_eq!(aside().await, 2);
    let shown = counter.shown(ALICE).join("\n");
    assert!(shown.contains(&lost), "{shown}");
    let (mut conn, mut said) = (counter.stage.app.conn().await.unwrap(), Vec::new());
    for (at, dialogue) in conn.rows::<(i64, String)>("SELECT set_aside_at, dialogue FROM set_aside_dialogue", vec![]).await.unwrap() {
        said.push(conn.sealer().unwrap().open("set_aside_dialogue.dialogue", at, &dialogue).unwrap());
    }
    assert_eq!(said, ["told by another chat", "overdue"]);
    drop(conn);
    counter.close(&[]).await;
}

fn samples(folder: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/dialogues").join(folder);
    let samples = std::fs::read_dir(folder).unwrap().map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap().trim().to_owned());
    samples.collect()
}
