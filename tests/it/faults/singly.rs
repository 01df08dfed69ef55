//! Single faults between Telegram and the counter: no reply is lost, nothing is done twice.

use guichet::dialogue::{Dialogue, Place, Tap};
use guichet::domain::Language;
use guichet::locale::{Locales, Message};
use guichet::simulator::{Event, FaultKind};
use jiff::SignedDuration;

use crate::counter::{ALICE, BOB, Counter};

const NOT_MODIFIED: &str = "Bad Request: message is not modified";
const NO_MESSAGE: &str = "Bad Request: message to edit not found";
const ANSWERED_BEFORE: &str = "Bad Request: query is too old";
const BLOCKED: &str = "Forbidden: bot was blocked by the user";

fn events(counter: &Counter, since: u64) -> Vec<Event> {
    counter.with(|world| world.events_since(since).map(|(_, event)| event.clone()).collect())
}

fn edits(counter: &Counter, since: u64) -> usize {
    events(counter, since).iter().filter(|event| matches!(event, Event::Edited { .. })).count()
}

fn next_event(counter: &Counter) -> u64 {
    counter.with(|world| world.next_event())
}

#[tokio::test]
async fn a_message_whose_answer_is_lost_comes_at_most_twice() {
    let counter = Counter::open().await;
    counter.order("sendMessage", ALICE, FaultKind::LoseAnswer, 1);
    counter.types(ALICE, "/help");
    counter.recovers().await;
    let shown = counter.shown(ALICE);
    assert!(matches!(shown.len(), 1 | 2), "{shown:#?}");
    counter.presses(ALICE, &counter.word("button-menu")).await;
    assert_eq!(counter.shown(ALICE).len(), shown.len(), "the screen lives on in the newest message");
    assert!(counter.screen(ALICE).contains(&counter.word("menu-title")));
    counter.close(&[]).await;
}

#[tokio::test]
async fn an_edit_whose_answer_is_lost_is_seen_once() {
    let counter = Counter::open().await;
    counter.says(ALICE, "/menu").await;
    let before = next_event(&counter);
    counter.order("editMessageText", ALICE, FaultKind::LoseAnswer, 1);
    counter.taps(ALICE, &counter.word("button-help"));
    counter.recovers().await;
    assert_eq!(edits(&counter, before), 1);
    assert_eq!(counter.shown(ALICE).len(), 1);
    assert_eq!(counter.number("SELECT COUNT(*) FROM effect").await, 0);
    counter.close(&[NOT_MODIFIED]).await;
}

#[tokio::test]
async fn a_chat_that_is_told_to_wait_waits_alone() {
    let counter = Counter::open().await;
    let (since, told) = (counter.next_call(), counter.clock.now());
    counter.order("sendMessage", ALICE, FaultKind::TooManyRequests { retry_after: 7 }, 1);
    counter.types(ALICE, "/help");
    counter.struck(since, ALICE).await;
    counter.types(BOB, "/help");
    counter.stage.simulator.until_in(BOB, |world| (world.messages(BOB).len() == 2).then_some(())).await;
    assert_eq!(counter.clock.now(), told, "Bob is answered at once");
    assert_eq!(counter.shown(ALICE).len(), 0);
    counter.recovers().await;
    let calls = counter.calls(since, "sendmessage", ALICE);
    assert_eq!(calls.len(), 2, "{calls:?}");
    let waited = calls[1].at.duration_since(told);
    assert!(waited >= SignedDuration::from_secs(7), "{waited:#}");
    assert_eq!(counter.shown(ALICE).len(), 1);
    counter.close(&[]).await;
}

#[tokio::test]
async fn a_server_in_trouble_is_asked_again_less_and_less_often() {
    let counter = Counter::open().await;
    let since = counter.next_call();
    counter.order("sendMessage", ALICE, FaultKind::ServerError(502), 2);
    counter.order("sendMessage", ALICE, FaultKind::Reset, 2);
    counter.types(ALICE, "/help");
    counter.recovers().await;
    let times: Vec<_> = counter.calls(since, "sendmessage", ALICE).iter().map(|call| call.at).collect();
    let waits: Vec<_> = times.windows(2).map(|pair| pair[1].duration_since(pair[0]).as_millis()).collect();
    assert_eq!(waits.len(), 4, "{waits:?}");
    for (wait, least) in waits.iter().zip([500, 1000, 2000, 4000]) {
        assert!(*wait >= least, "{waits:?}");
    }
    assert_eq!(counter.shown(ALICE).len(), 1);
    counter.close(&[]).await;
}

#[tokio::test]
async fn an_update_that_is_delivered_again_changes_nothing() {
    let counter = Counter::open().await;
    let first = counter.with(|world| world.last_update_id()) + 1;
    counter.is_asked_to_confirm(ALICE).await;
    // The answer to the tap never gets out, as after a kill.
    for _ in 0..2 {
        counter.with(|world| {
            let fault = guichet::simulator::Fault { method: Some("answerCallbackQuery"), chat: None, kind: FaultKind::Reset, times: 1 };
            world.order(fault);
        });
    }
    counter.presses(ALICE, &counter.word("button-confirm-removal")).await;
    assert_eq!(counter.removals().await, [1, 1, 1, 1]);
    assert_eq!(counter.with(|world| world.unanswered_taps()), 1);
    let (before, mails) = (next_event(&counter), counter.with(|world| world.mails().len()));
    counter.with(|world| {
        for id in first..=world.last_update_id() {
            assert!(world.deliver_again(id), "update {id} is not known any more");
        }
    });
    counter.settled().await;
    assert_eq!(counter.removals().await, [1, 1, 1, 1]);
    assert_eq!(counter.with(|world| world.mails().len()), mails);
    assert_eq!(counter.number("SELECT COUNT(*) FROM session").await, 1);
    let seen = events(&counter, before);
    assert!(matches!(seen.as_slice(), [Event::Notice { person: ALICE, .. }]), "{seen:?}");
    assert_eq!(counter.with(|world| world.unanswered_taps()), 0);
    counter.close(&[ANSWERED_BEFORE]).await;
}

#[tokio::test]
async fn a_dialogue_that_does_not_decode_is_set_aside() {
    let counter = Counter::open().await;
    counter.says(ALICE, "/help").await;
    let gone = r#"{"v":1,"at":{"long_gone":7}}"#;
    counter.stand_at(ALICE, gone).await;
    counter.presses(ALICE, &counter.word("button-menu")).await;
    let screen = counter.screen(ALICE);
    assert!(screen.contains(&counter.word("trouble-lost-place")) && screen.contains(&counter.word("menu-title")), "{screen}");
    let mut conn = counter.stage.app.conn().await.unwrap();
    let aside: Vec<(i64, String)> = conn.rows("SELECT set_aside_at, dialogue FROM set_aside_dialogue", vec![]).await.unwrap();
    let opened = conn.sealer().unwrap().open("set_aside_dialogue.dialogue", aside[0].0, &aside[0].1);
    drop(conn);
    assert_eq!((aside.len(), opened.as_deref()), (1, Ok(gone)));
    assert_eq!(Dialogue::read(&counter.stored_dialogue(ALICE).await).unwrap(), Dialogue::Menu);
    counter.presses(ALICE, &counter.word("button-help")).await;
    assert_eq!(counter.number("SELECT COUNT(*) FROM set_aside_dialogue").await, 1);
    counter.close(&[]).await;
}

#[tokio::test]
async fn a_tap_may_come_before_the_id_of_its_screen_is_known() {
    let counter = Counter::open().await;
    let since = counter.next_call();
    counter.order("sendMessage", ALICE, FaultKind::LoseAnswer, 1);
    counter.types(ALICE, "/menu");
    counter.struck(since, ALICE).await;
    assert_eq!(counter.number("SELECT COUNT(*) FROM chat WHERE message_id IS NULL").await, 1);
    counter.taps(ALICE, &counter.word("button-help"));
    counter.stage.simulator.until_in(ALICE, |world| world.notices(ALICE).next().map(drop)).await;
    counter.recovers().await;
    assert!(counter.shown(ALICE).len() <= 2, "{:#?}", counter.shown(ALICE));
    assert!(!counter.screen(ALICE).contains(&counter.word("menu-title")), "{:#?}", counter.shown(ALICE));
    counter.presses(ALICE, &counter.word("button-back")).await;
    assert!(counter.screen(ALICE).contains(&counter.word("menu-title")), "{:#?}", counter.shown(ALICE));
    counter.close(&[]).await;
}

#[tokio::test]
async fn whoever_blocks_the_bot_hears_nothing_until_the_block_is_gone() {
    let counter = Counter::open().await;
    counter.sign_in(ALICE, "alice@example.org").await;
    counter.says(ALICE, "/cards").await;
    let since = counter.next_call();
    counter.order("sendMessage", ALICE, FaultKind::TooManyRequests { retry_after: 5 }, 1);
    counter.types(ALICE, "/cards");
    counter.struck(since, ALICE).await;
    counter.with(|world| world.person_blocks(ALICE)).unwrap();
    counter.stage.simulator.acknowledged().await;
    // As if Telegram had not told: the refusal alone has to do.
    counter.script("UPDATE chat SET blocked = 0").await;
    counter.recovers().await;
    assert_eq!(counter.number("SELECT COUNT(*) FROM chat WHERE blocked = 1").await, 1);
    assert_eq!(counter.number("SELECT COUNT(*) FROM effect").await, 0, "nothing is left, dead or alive");

    let since = counter.next_call();
    counter.clock.advance(SignedDuration::from_mins(45));
    counter.stage.app.sweep().await;
    counter.settled().await;
    assert_eq!(counter.number("SELECT COUNT(*) FROM session WHERE ended_at IS NULL").await, 0, "the session has ended");
    let calls = counter.with(|world| world.calls_since(since).filter(|(_, call)| call.chat == Some(ALICE)).count());
    assert_eq!(calls, 0);
    counter.with(|world| world.person_unblocks(ALICE)).unwrap();
    counter.says(ALICE, "/menu").await;
    assert!(counter.screen(ALICE).contains(&counter.word("menu-title")));
    counter.close(&[BLOCKED]).await;
}

#[tokio::test]
async fn a_screen_whose_message_is_gone_is_sent_afresh() {
    let counter = Counter::open().await;
    counter.says(ALICE, "/menu").await;
    let (message, data) = counter.button(ALICE, &counter.word("button-help"));
    counter.with(|world| {
        world.person_taps(ALICE, message, &data).unwrap();
        world.delete(ALICE, message).unwrap();
    });
    counter.settled().await;
    assert_eq!(counter.shown(ALICE).len(), 1);
    counter.presses(ALICE, &counter.word("button-back")).await;
    assert!(counter.screen(ALICE).contains(&counter.word("menu-title")), "the new message is the screen now");
    assert_eq!(counter.shown(ALICE).len(), 1);
    counter.close(&[NO_MESSAGE]).await;
}

#[tokio::test]
async fn a_newer_screen_takes_the_place_of_one_that_is_not_sent_yet() {
    const TAPS: i64 = 9;
    let counter = Counter::open().await;
    counter.says(ALICE, "/menu").await;
    let (message, data) = counter.button(ALICE, &counter.word("button-help"));
    let (revision, _) = Tap::parse(&data).unwrap();
    let (since, before) = (counter.next_call(), next_event(&counter));
    counter.order("editMessageText", ALICE, FaultKind::TooManyRequests { retry_after: 3 }, 1);
    counter.taps(ALICE, &counter.word("button-help"));
    counter.struck(since, ALICE).await;
    for later in 1..TAPS {
        let place = if later == TAPS - 1 { Place::Status } else { Place::Language };
        counter.with(|world| world.person_forges(ALICE, message, &Tap::Go(place).wire(revision + later))).unwrap();
    }
    counter.stage.simulator.acknowledged().await;
    counter.recovers().await;
    let calls = counter.calls(since, "editmessagetext", ALICE).len();
    assert!((2..=3).contains(&calls), "{calls} calls for {TAPS} taps");
    assert!(edits(&counter, before) <= 2);
    assert_eq!(counter.shown(ALICE).len(), 1);
    counter.button(ALICE, &counter.word("button-own-account"));
    assert_eq!(counter.with(|world| world.notices(ALICE).count()), TAPS as usize);
    counter.close(&[]).await;
}

#[tokio::test]
async fn an_update_that_cannot_be_handled_is_given_up_with_an_honest_screen() {
    let counter = Counter::open().await;
    counter.says(ALICE, "/signin").await;
    counter.script("CREATE TRIGGER broken BEFORE INSERT ON one_time_code BEGIN SELECT RAISE(ABORT, 'broken'); END").await;
    counter.types(ALICE, "alice@example.org");
    counter.types(BOB, "/help");
    counter.settled().await;
    let screen = counter.screen(ALICE);
    assert!(screen.contains(&counter.word("trouble-here")) && screen.contains(&counter.word("menu-title")), "{screen}");
    assert!(counter.screen(BOB).contains(&counter.word("help-ask")), "{}", counter.screen(BOB));
    assert_eq!(counter.number("SELECT COUNT(*) FROM update_attempt").await, 0);
    counter.script("DROP TRIGGER broken").await;
    counter.sign_in(ALICE, "alice@example.org").await;
    counter.close(&[]).await;
}

#[tokio::test]
async fn a_chosen_language_holds_for_the_commands_menu_too() {
    let counter = Counter::open().await;
    counter.says(ALICE, "/language").await;
    counter.presses(ALICE, "Русский").await;
    let russian = Locales::built_in().unwrap().plain(Language::Ru, &Message::new("command-cards"));
    let described = counter.with(|world| world.commands_shown(ALICE, "en").iter().any(|command| command.description == russian));
    assert!(described, "{:?}", counter.with(|world| world.commands_shown(ALICE, "en").to_vec()));
    counter.close(&[]).await;
}
