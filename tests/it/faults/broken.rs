//! Code that panics: the process lives, what panics is tried three times at most, its holder gets an honest screen, and the other chats
//! do not notice.

use guichet::domain::Language;
use guichet::effects::Transport;
use guichet::locale::{Locales, Message};
use guichet::simulator::Person;

use super::ledger::{self, Model};
use super::site::{Blows, Site, Store};
use super::{chance, holder, report};
use crate::counter::{ALICE, Counter};

/// Holders beside the one whose turns panic, and what that one types.
const OTHERS: i64 = 10;
const POISON: usize = 20;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_turn_that_panics_is_given_up_and_harms_nobody_else() {
    let site = Site::open(Store::Sqlite, OTHERS + 1, 2).await.unwrap();
    let victim = ledger::chat(OTHERS);
    let blows = Blows::new(0, chance());
    let (telling, known) = (Message::new("trouble-here"), Locales::built_in().unwrap());
    let honest = known.plain(Language::En, &telling);
    let work = async {
        let poison = async {
            for number in 1..=POISON {
                site.simulator.with(|world| world.person_types(victim, "/status")).unwrap();
                let told = |world: &guichet::simulator::World| {
                    world.messages(victim).iter().filter(|message| message.text().contains(&honest)).count() == number
                };
                site.simulator.until_in(victim, |world| told(world).then_some(())).await;
            }
        };
        tokio::join!(poison, holder::empty_accounts(&site, 0..OTHERS, 2, &blows));
    };
    let ((), ended) = site.keep(site.run(&[("GUICHET_PANIC", &victim.to_string())]), work).await;
    assert!(ended.is_empty(), "the process did not live");
    let panics = site.log().matches("a panic; please report this place").count();
    assert!((POISON..=3 * POISON).contains(&panics), "{panics} tries of {POISON} updates");
    // Started without the fault, the counter serves that holder too.
    let ((), _) = site.keep(site.run(&[]), holder::empty_accounts(&site, OTHERS..OTHERS + 1, 2, &blows)).await;
    Model { signed_in: OTHERS + 1, removed: 2 * (OTHERS + 1) }.check(&site).await;
    report::line(
        "a turn that panics",
        &format!(
            "{POISON} updates panicked {panics} times: the process lives, {POISON} honest screens, {OTHERS} of {OTHERS} other holders answered"
        ),
    );
}

#[tokio::test]
async fn a_mail_that_panics_takes_nothing_with_it() {
    let counter = Counter::sending(Some(Transport::Watched(Box::new(|_| panic!("as ordered"))))).await;
    counter.with(|world| world.add_person(Person::new(1005, "Carol", "en")));
    counter.says(ALICE, "/signin").await;
    for _ in 0..2 {
        counter.says(ALICE, "alice@example.org").await;
        assert!(counter.screen(ALICE).contains("alice@example.org"), "{}", counter.screen(ALICE));
        counter.clock.advance(jiff::SignedDuration::from_mins(11));
    }
    assert_eq!(counter.number("SELECT COUNT(*) FROM effect WHERE died IS NOT NULL").await, 2);
    assert_eq!(counter.number("SELECT COUNT(*) FROM effect WHERE died IS NULL").await, 0);
    counter.close(&[]).await;
}
