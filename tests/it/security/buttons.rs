//! Buttons are no authority: what a tap may do is decided from the chat, its session and the row it names. Forged, foreign, replayed
//! and stale taps change nothing, and one question is answered once.

use guichet::clock::Random;
use guichet::dialogue::{Place, Tap};
use guichet::domain::{CardId, PaymentId, SessionId};
use guichet::locale::Message;
use guichet::simulator::{Person, Sender};

use crate::counter::{ALICE, BOB, Counter};

/// Somebody who is not signed in.
const EVE: i64 = 1005;
/// How many taps are tried, and how many at once.
const TAPS: usize = 10_000;
const AT_ONCE: usize = 40;

/// What a forger works with.
struct Forger {
    random: Random,
    /// Callback data that stood on somebody's buttons, at any time.
    seen: Vec<String>,
    /// The cards that are his who looks at his own.
    bobs_cards: Vec<i64>,
}

impl Forger {
    fn below(&self, end: usize) -> usize {
        usize::from(u16::from_be_bytes(self.random.bytes::<2>())) % end
    }

    fn replayed(&self) -> String {
        self.seen[self.below(self.seen.len())].clone()
    }

    /// What stood on a button, with something about it changed.
    fn mutated(&self) -> String {
        const SIGNS: &[char] = &['.', '0', '1', '7', 'C', 'P', 'Z', 'y', 'n', 'z', '-', ' ', '\'', '%', 'é', '🂡'];
        let mut signs: Vec<char> = self.replayed().chars().collect();
        for _ in 0..=self.below(3) {
            let (place, sign) = (self.below(signs.len().max(1)), SIGNS[self.below(SIGNS.len())]);
            match self.below(3) {
                0 => signs.insert(place, sign),
                1 if !signs.is_empty() => signs[place] = sign,
                _ if signs.len() > 1 => drop(signs.remove(place)),
                _ => {}
            }
        }
        signs.into_iter().take(15).collect()
    }

    /// A tap in the counter's own form, near the screen that is shown, that names what may be somebody else's.
    fn made_up(&self, shown: i64) -> String {
        let id = i64::try_from(self.below(60)).unwrap();
        let tap = match self.below(7) {
            0 => Tap::Card(CardId(id)),
            1 => Tap::Payment(PaymentId(id)),
            2 => Tap::Older(PaymentId(id)),
            3 => Tap::Newer(PaymentId(id)),
            4 => Tap::EndSession(SessionId(id)),
            5 => Tap::Confirm,
            _ => Tap::EndOthers,
        };
        tap.wire(shown + i64::try_from(self.below(4)).unwrap() - 1)
    }

    /// Whether a tap is the holder's right where it reads as one on the screen that is shown, or may be by then.
    fn is_by_right(&self, person: i64, shown: i64, data: &str) -> bool {
        let Some((revision, tap)) = Tap::parse(data) else { return false };
        if revision < shown {
            return false;
        }
        // Alice stands at a question of her own: hers are the old ones alone.
        person == ALICE
            || match tap {
                Tap::Card(CardId(card)) => person == BOB && self.bobs_cards.contains(&card),
                Tap::Go(place) => {
                    matches!(place, Place::SignOut | Place::MyData | Place::Forget | Place::Reset | Place::SignIn | Place::Help)
                }
                Tap::Payment(_) | Tap::Older(_) | Tap::Newer(_) | Tap::EndSession(_) | Tap::Confirm | Tap::EndOthers => false,
                Tap::Keep | Tap::LinkCard | Tap::Back | Tap::Newest | Tap::Cancel => false,
                _ => true,
            }
    }

    fn forge(&self, person: i64, shown: i64) -> String {
        loop {
            let data = match self.below(3) {
                0 => self.replayed(),
                1 => self.mutated(),
                _ => self.made_up(shown),
            };
            if !data.is_empty() && !self.is_by_right(person, shown, &data) {
                return data;
            }
        }
    }
}

/// The revision of the screen that a chat shows.
pub(super) async fn revision_of(counter: &Counter, person: i64) -> i64 {
    let index = counter.index(person).await;
    let mut conn = counter.stage.app.conn().await.unwrap();
    conn.number("SELECT revision FROM chat WHERE chat_id = $1", vec![index.into()]).await.unwrap()
}

/// The callback data of every button in these chats.
fn buttons(counter: &Counter, people: &[i64]) -> Vec<String> {
    counter.with(|world| {
        let messages = people.iter().flat_map(|person| world.messages(*person));
        let buttons = messages.flat_map(|message| message.current.keyboard.iter().flatten());
        buttons.filter_map(|button| button.data()).map(str::to_owned).collect()
    })
}

/// Alice is asked whether her card is to be taken off, Bob looks at his own cards, Eve has come in from the street.
async fn three_at_the_counter(counter: &Counter) -> Forger {
    counter.with(|world| world.add_person(Person::new(EVE, "Eve", "en")));
    let mut seen = Vec::new();
    counter.sign_in(BOB, "boris@example.org").await;
    counter.sign_in(ALICE, "alice@example.org").await;
    counter.says(EVE, "/status").await;
    for person in [BOB, ALICE] {
        for command in ["/history", "/sessions", "/menu", "/status", "/cards"] {
            counter.says(person, command).await;
            // A screen that shows something of the account is gone once another takes its place.
            seen.extend(buttons(counter, &[person, EVE]));
        }
    }
    counter.presses(ALICE, &counter.card("Visa", "1117")).await;
    seen.extend(buttons(counter, &[ALICE]));
    let mut bobs_cards = Vec::new();
    for card in 1..60 {
        let sql = "SELECT COUNT(*) FROM card WHERE account_id = $1 AND card_id = $2";
        let values = vec![counter.account("boris@example.org").await.into(), card.into()];
        let own = counter.stage.app.conn().await.unwrap().number(sql, values).await.unwrap();
        bobs_cards.extend((own > 0).then_some(card));
    }
    Forger { random: Random::seeded(7), seen, bobs_cards }
}

/// On the very screen that is shown to him, Bob's client names every row there is but his own, and confirms.
async fn names_the_rows_of_others(counter: &Counter, forger: &Forger) {
    for (command, name) in [
        ("/cards", (|id| Tap::Card(CardId(id))) as fn(i64) -> Tap),
        ("/history", |id| Tap::Payment(PaymentId(id))),
        ("/sessions", |id| Tap::EndSession(SessionId(id))),
    ] {
        counter.says(BOB, command).await;
        for id in (0..40).filter(|id| command != "/cards" || !forger.bobs_cards.contains(id)) {
            for tap in [name(id), Tap::Confirm] {
                let data = tap.wire(revision_of(counter, BOB).await);
                let message =
                    counter.with(|world| world.messages(BOB).iter().rev().find(|message| message.from == Sender::Bot).unwrap().id);
                counter.with(|world| world.person_forges(BOB, message, &data)).unwrap();
                counter.settled().await;
            }
            let screen = counter.screen(BOB);
            assert!(!screen.contains("1117") && !screen.contains("Alice"), "{command}, {id}: {screen}");
        }
    }
    counter.says(BOB, "/cards").await;
}

#[tokio::test]
async fn ten_thousand_taps_that_are_nobodys_right_change_nothing() {
    for (counter, _server) in Counter::on_both().await {
        let forger = three_at_the_counter(&counter).await;
        assert!(forger.seen.len() > 30 && !forger.bobs_cards.is_empty());
        // Where a chat stands is its own affair.
        let but = ["effect", "processed_update", "chat"];
        let before = counter.rows_but(&but).await;
        names_the_rows_of_others(&counter, &forger).await;
        let mut tried = 0;
        while tried < TAPS {
            for person in [ALICE, BOB, EVE] {
                let shown = revision_of(&counter, person).await;
                counter.with(|world| {
                    let messages: Vec<i32> = world.messages(person).iter().map(|message| message.id).collect();
                    for _ in 0..AT_ONCE {
                        // The client lies about its data, and now and then about the message.
                        let on =
                            if forger.below(4) == 0 { 999_999 } else { messages[messages.len() - 1 - forger.below(messages.len().min(8))] };
                        world.person_forges(person, on, &forger.forge(person, shown)).unwrap();
                    }
                });
                counter.settled().await;
                tried += AT_ONCE;
            }
        }
        assert_eq!(counter.rows_but(&but).await, before);
        assert_eq!(counter.number("SELECT COUNT(*) FROM effect").await, 0);
        assert_eq!(counter.with(|world| world.unanswered_taps()), 0);
        assert_eq!(counter.removals().await, [0, 0, 0, 0]);
        // All three go on as if nothing had been.
        counter.says(BOB, "/cards").await;
        counter.button(BOB, &counter.card("Visa", "1881"));
        counter.says(EVE, "/cards").await;
        assert!(counter.screen(EVE).contains(&counter.word("sign-in-needed")), "{}", counter.screen(EVE));
        counter.says(ALICE, "/cards").await;
        counter.presses(ALICE, &counter.card("Visa", "1117")).await;
        counter.presses(ALICE, &counter.word("button-confirm-removal")).await;
        assert_eq!(counter.removals().await, [1, 1, 1, 1]);
        counter.close(&["Bad Request: message to ", "Bad Request: message is not modified"]).await;
    }
}

#[tokio::test]
async fn a_hundred_confirmations_at_once_take_one_card_off_once() {
    for (counter, _server) in Counter::on_both().await {
        counter.is_asked_to_confirm(ALICE).await;
        let (message, data) = counter.button(ALICE, &counter.word("button-confirm-removal"));
        counter.with(|world| {
            for _ in 0..100 {
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
}

/// The cards of those who come together are read together: those that are linked.
#[tokio::test]
async fn whoever_taps_a_card_that_has_gone_is_told_so_among_others_too() {
    let counter = Counter::open().await;
    for (person, address) in [(ALICE, "alice@example.org"), (BOB, "boris@example.org")] {
        counter.sign_in(person, address).await;
        counter.says(person, "/cards").await;
    }
    counter.script("UPDATE card SET removed_at = 1 WHERE last4 = '1117'").await;
    let taps = [(ALICE, "1117"), (BOB, "1881")].map(|(person, last4)| (person, counter.button(person, &counter.card("Visa", last4))));
    counter.with(|world| {
        for (person, (message, data)) in taps {
            world.person_taps(person, message, &data).unwrap();
        }
    });
    counter.settled().await;
    let gone = counter.text(&Message::new("card-gone").with("brand", "Visa").with("last4", "1117"));
    assert!(counter.screen(ALICE).contains(&gone), "{}", counter.screen(ALICE));
    counter.close(&[]).await;
}

/// The reference in a notice mail: its line is the only one with the receipt's words.
fn receipt_of(mail: &guichet::simulator::Mail) -> String {
    let words = "Please keep this reference: ";
    mail.text.lines().find_map(|line| line.strip_prefix(words)).unwrap().trim().to_owned()
}
