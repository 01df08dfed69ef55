//! Storms of 429 and 5xx: nobody is called before the time that Telegram named, and the other chats do not notice.

use std::time::{Duration, Instant};

use guichet::clock::Random;
use guichet::simulator::{Fault, FaultKind, Person};
use jiff::SignedDuration;

use super::{Size, below, chance, holder, report};
use crate::counter::Counter;

/// The chats that the storm strikes, and those beside it. Were eight told to wait in a row, all chats would: Telegram means the counter.
const STRUCK: std::ops::Range<i64> = 3000..3007;
const CALM: std::ops::Range<i64> = 4000..4040;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storm_strikes_its_own_chats_only() {
    let (counter, chance) = (Counter::open().await, chance());
    counter.with(|world| STRUCK.chain(CALM).for_each(|id| world.add_person(Person::new(id, "Holder", "en"))));
    // The machine may be busy with something else in one kind of round and not in the other: then they are played once more.
    let mut figures = (Duration::ZERO, Duration::MAX);
    for _ in 0..4 {
        figures = play(&counter, &chance, Size::asked().pick(4, 20, 40)).await;
        if figures.1 <= figures.0 * 2 {
            break;
        }
    }
    counter.with(|world| world.clear_faults());
    counter.recovers().await;
    let (struck, early) = calls_before_their_time(&counter);
    let (calm, storm) = figures;
    assert!(struck > 10, "{struck}");
    assert_eq!(early, 0, "calls before retry_after had passed");
    assert!(storm <= calm * 2, "other chats' p99: {calm:?} without, {storm:?} beside the storm");
    report::line(
        "storms of 429 and 5xx",
        &format!(
            "{struck} calls told to wait: 0 called before their time; other chats' p99 {calm:.1?} without, {storm:.1?} beside the storm"
        ),
    );
    counter.close(&[]).await;
}

/// Plays calm rounds and stormy ones in turn; the p99 of the other chats' answers in each.
async fn play(counter: &Counter, chance: &Random, rounds: usize) -> (Duration, Duration) {
    let mut waits = [Vec::new(), Vec::new()];
    for round in 0..2 * rounds {
        let stormy = round % 2 == 1;
        counter.with(|world| {
            for chat in STRUCK {
                if stormy {
                    world.order(Fault { method: Some("sendMessage"), chat: Some(chat), kind: bad_weather(chance), times: 3 });
                }
                world.person_types(chat, "/help").unwrap();
            }
        });
        for chat in CALM {
            waits[usize::from(stormy)].push(answer_to(counter, chat).await);
            counter.clock.advance(SignedDuration::from_millis(50));
        }
        counter.with(|world| world.clear_faults());
        counter.recovers().await;
    }
    let [calm, storm] = waits.map(|mut waits| {
        waits.sort_unstable();
        waits[waits.len() * 99 / 100]
    });
    (calm, storm)
}

fn bad_weather(chance: &Random) -> FaultKind {
    match below(chance, 4) {
        0 => FaultKind::ServerError(502),
        1 => FaultKind::Reset,
        seconds => FaultKind::TooManyRequests { retry_after: seconds as u32 * 3 },
    }
}

/// How long this chat waits for an answer.
async fn answer_to(counter: &Counter, chat: i64) -> Duration {
    let began = Instant::now();
    let before = counter.with(|world| world.messages(chat).len());
    counter.types(chat, "/help");
    let answered = counter.stage.simulator.until_in(chat, |world| (world.messages(chat).len() >= before + 2).then_some(()));
    tokio::time::timeout(holder::PATIENCE, answered).await.expect("a chat beside the storm is answered");
    began.elapsed()
}

/// How many calls were told to wait, and how many calls for their chats came before that time.
fn calls_before_their_time(counter: &Counter) -> (usize, usize) {
    counter.with(|world| {
        let calls: Vec<_> = world.calls_since(0).map(|(_, call)| call).filter(|call| call.chat.is_some()).collect();
        let mut counts = (0, 0);
        for (place, told) in calls.iter().enumerate() {
            let Some(FaultKind::TooManyRequests { retry_after }) = told.fault else { continue };
            let until = told.at + SignedDuration::from_secs(retry_after.into());
            counts.0 += 1;
            counts.1 += calls[place + 1..].iter().filter(|call| call.chat == told.chat && call.at < until).count();
        }
        counts
    })
}
