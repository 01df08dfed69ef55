//! Telegram tells the counter itself to wait: then nobody is sent anything, nothing is polled, no tap is answered before that time.

use guichet::simulator::{Call, Fault, FaultKind, Person};
use jiff::SignedDuration;

use crate::counter::{ALICE, BOB, Counter};

/// So many chats that the limit is the counter's.
const TOLD: std::ops::Range<i64> = 3000..3008;

fn too_many(method: &'static str, retry_after: u32) -> Fault {
    Fault { method: Some(method), chat: None, kind: FaultKind::TooManyRequests { retry_after }, times: 1 }
}

/// The calls of a method since one of them was told to wait, that one first.
fn since_told(counter: &Counter, method: &str) -> Vec<Call> {
    let calls: Vec<Call> =
        counter.with(|world| world.calls_since(0).filter(|(_, call)| call.method == method).map(|(_, call)| call.clone()).collect());
    let told = calls.iter().position(|call| call.fault.is_some()).expect("one was told to wait");
    calls[told..].to_vec()
}

#[tokio::test]
async fn once_eight_chats_in_a_row_are_told_to_wait_everybody_waits() {
    let counter = Counter::open().await;
    let (since, told) = (counter.next_call(), counter.clock.now());
    counter.with(|world| {
        for id in TOLD {
            world.add_person(Person::new(id, "Holder", "en"));
            world.order(Fault { chat: Some(id), ..too_many("sendMessage", 60) });
            world.person_types(id, "/help").unwrap();
        }
    });
    for id in TOLD {
        counter.struck(since, id).await;
    }
    counter.types(BOB, "/help");
    counter.recovers().await;
    assert_eq!(counter.shown(BOB).len(), 1);
    let later: Vec<_> =
        counter.with(|world| world.calls_since(since).filter(|(_, call)| call.method == "sendmessage").map(|(_, call)| call.at).collect());
    assert_eq!(later.len(), 8 + 9);
    assert!(later[8..].iter().all(|at| at.duration_since(told) >= SignedDuration::from_secs(60)), "{later:?}");
    counter.close(&[]).await;
}

#[tokio::test]
async fn a_poll_that_is_told_to_wait_comes_no_sooner() {
    let counter = Counter::open().await;
    counter.with(|world| world.order(too_many("getUpdates", 1)));
    // The poll that acknowledges this is the one that is told.
    counter.says(ALICE, "/help").await;
    let polls = since_told(&counter, "getupdates");
    let waited = polls[1].instant - polls[0].instant;
    assert!(waited >= std::time::Duration::from_secs(1), "{waited:?}");
    counter.close(&[]).await;
}

#[tokio::test]
async fn a_tap_whose_answer_is_told_to_wait_is_answered_then() {
    let counter = Counter::open().await;
    counter.says(ALICE, "/menu").await;
    counter.with(|world| world.order(too_many("answerCallbackQuery", 7)));
    counter.taps(ALICE, &counter.word("button-help"));
    counter.recovers().await;
    assert_eq!(counter.with(|world| world.unanswered_taps()), 0);
    let answers = since_told(&counter, "answercallbackquery");
    assert_eq!(answers.len(), 2);
    assert!(answers[1].at.duration_since(answers[0].at) >= SignedDuration::from_secs(7), "{answers:?}");
    counter.close(&[]).await;
}
