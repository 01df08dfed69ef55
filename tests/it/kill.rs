//! The bot's process is killed again and again in the middle of twenty conversations, and started again against the same
//! Telegram: nothing is lost, no card is taken off twice, every holder is answered.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use guichet::clock::{Clock, Random};
use guichet::config::Database;
use guichet::domain::Language;
use guichet::locale::{Locales, Message};
use guichet::simulator::{ChatMessage, Person, Sender, Simulator, World};
use guichet::store::Db;

use crate::process;

const HOLDERS: i64 = 20;
const CARDS: i64 = 6;
const KILLS: usize = 20;
/// How long a holder waits for an answer before the test gives up: a restart and every retry fit in.
const PATIENCE: Duration = Duration::from_secs(30);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_loses_nothing_and_does_nothing_twice() {
    let folder = tempfile::tempdir().unwrap();
    write_accounts(folder.path());
    let (code, said) = process::outcome(&mut process::guichet(folder.path(), &["import", "accounts"]));
    assert_eq!(code, 0, "{said}");

    let simulator = Simulator::new(Clock::machine());
    let serving = simulator.serve(([127, 0, 0, 1], 0).into()).await.unwrap();
    let locales = Arc::new(Locales::built_in().unwrap());
    let kills = Arc::new(AtomicUsize::new(0));
    let mut holders = Vec::new();
    for number in 0..HOLDERS {
        simulator.with(|world| world.add_person(Person::new(2000 + number, format!("Holder{number}"), "en")));
        let (simulator, locales, kills) = (simulator.clone(), Arc::clone(&locales), Arc::clone(&kills));
        let holder = Holder { number, simulator, locales, kills, mail: folder.path().join("mail") };
        holders.push(tokio::spawn(async move { holder.empty_the_account().await }));
    }

    let seed = std::process::id().into();
    eprintln!("seed {seed}");
    let random = Random::seeded(seed);
    let mut process = process::run(folder.path(), &simulator, serving.address);
    while kills.load(Ordering::SeqCst) < KILLS {
        let [low, high] = random.bytes::<2>();
        tokio::time::sleep(Duration::from_millis(40 + u64::from(u16::from_be_bytes([low, high])) % 500)).await;
        process.kill();
        kills.fetch_add(1, Ordering::SeqCst);
        process = process::run(folder.path(), &simulator, serving.address);
    }
    for holder in holders {
        holder.await.unwrap();
    }
    process.kill();
    check_database(folder.path()).await;
}

/// A holder who signs in and takes every card off.
struct Holder {
    number: i64,
    simulator: Simulator,
    locales: Arc<Locales>,
    kills: Arc<AtomicUsize>,
    mail: std::path::PathBuf,
}

impl Holder {
    async fn empty_the_account(&self) {
        self.types("/signin", &self.label("button-cancel")).await;
        self.types(&format!("holder{}@example.org", self.number), &self.label("button-resend")).await;
        let code = self.code().await;
        self.types(&code, &self.label("button-sign-out")).await;
        for card in 0..CARDS {
            // The cards go one by one over all the kills; in between, the conversation goes on.
            while self.kills.load(Ordering::SeqCst) * (CARDS as usize) < KILLS * card as usize {
                self.types("/status", &self.label("button-menu")).await;
            }
            let label = self.card(card);
            self.types("/cards", &label).await;
            self.taps_until(&label, &label, &self.label("button-confirm-removal")).await;
            self.taps_until(&self.label("button-confirm-removal"), &label, &self.label("button-other-cards")).await;
        }
    }

    fn id(&self) -> i64 {
        2000 + self.number
    }

    fn card(&self, card: i64) -> String {
        let last4 = format!("{:04}", self.number * 100 + card);
        self.locales.plain(Language::En, &Message::new("button-card").with("brand", "Visa").with("last4", last4))
    }

    fn label(&self, key: &'static str) -> String {
        self.locales.plain(Language::En, &Message::new(key))
    }

    /// Types something and waits for the screen with this button that answers it.
    async fn types(&self, text: &str, button: &str) {
        let typed = self.simulator.with(|world| world.person_types(self.id(), text)).unwrap();
        self.waits_for(button, |world| newest(world, self.id(), button).filter(|(message, _)| *message > typed)).await;
    }

    /// Taps a button until the screen it leads to is there, told by a button and the card it names. A tap on a message that a kill
    /// has doubled may find its screen out of date: then the present screen comes, and is tapped instead.
    async fn taps_until(&self, label: &str, card: &str, next: &str) {
        loop {
            let (message, tapped) = self.simulator.with(|world| newest(world, self.id(), label)).unwrap();
            self.simulator.with(|world| world.person_forges(self.id(), message, &tapped)).unwrap();
            let arrived = self
                .waits_for(next, |world| {
                    let shows = |message: &ChatMessage| message.text().contains(card) && message.data_of(next).is_some();
                    if world.messages(self.id()).iter().any(shows) {
                        return Some(true);
                    }
                    newest(world, self.id(), label).is_some_and(|(_, data)| data != tapped).then_some(false)
                })
                .await;
            if arrived {
                return;
            }
        }
    }

    async fn waits_for<R>(&self, what: &str, find: impl FnMut(&World) -> Option<R>) -> R {
        match tokio::time::timeout(PATIENCE, self.simulator.until_in(self.id(), find)).await {
            Ok(found) => found,
            Err(_) => {
                let chat: Vec<String> =
                    self.simulator.with(|world| world.messages(self.id()).iter().map(|message| message.text().to_owned()).collect());
                panic!("holder {} waits in vain for [{what}] in {chat:#?}", self.number)
            }
        }
    }

    /// The code from the newest mail to this holder.
    async fn code(&self) -> String {
        let to = format!("To: holder{}@example.org", self.number);
        let look = async {
            loop {
                if let Some(code) = newest_code(&self.mail, &to) {
                    return code;
                }
                tokio::task::yield_now().await;
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(PATIENCE, look).await.unwrap_or_else(|_| panic!("no mail for holder {}", self.number))
    }
}

/// The newest message of the bot with this button: its id and the button's data.
fn newest(world: &World, chat: i64, label: &str) -> Option<(i32, String)> {
    let from_bot = |message: &&ChatMessage| message.from == Sender::Bot;
    world.messages(chat).iter().rev().filter(from_bot).find_map(|message| Some((message.id, message.data_of(label)?.to_owned())))
}

pub fn newest_code(folder: &Path, to: &str) -> Option<String> {
    let mails = std::fs::read_dir(folder).ok()?.filter_map(|entry| std::fs::read_to_string(entry.ok()?.path()).ok());
    mails.filter(|mail| mail.lines().any(|line| line.trim() == to)).find_map(|mail| {
        let body = mail.split_once("\r\n\r\n")?.1.to_owned();
        body.split(|c: char| !c.is_ascii_digit()).find(|digits| digits.len() == 8).map(str::to_owned)
    })
}

fn write_accounts(folder: &Path) {
    let folder = folder.join("accounts");
    std::fs::create_dir(&folder).unwrap();
    let mut accounts = "email,name,language,state,opened_on,password_hash\n".to_owned();
    let mut cards = "card_ref,email,brand,last4,expires,linked_on\n".to_owned();
    for holder in 0..HOLDERS {
        accounts.push_str(&format!("holder{holder}@example.org,Holder {holder},en,open,2015-05-05,\n"));
        for card in 0..CARDS {
            cards
                .push_str(&format!("card-{holder}-{card},holder{holder}@example.org,Visa,{:04},2027-01,2015-06-01\n", holder * 100 + card));
        }
    }
    std::fs::write(folder.join("accounts.csv"), accounts).unwrap();
    std::fs::write(folder.join("cards.csv"), cards).unwrap();
}

async fn check_database(folder: &Path) {
    let db = Db::open(&Database::Sqlite(folder.join("guichet.db"))).await.unwrap();
    let mut conn = db.conn().await.unwrap();
    let removed = HOLDERS * CARDS;
    assert_eq!(conn.number("SELECT COUNT(*) FROM card WHERE removed_at IS NOT NULL", vec![]).await.unwrap(), removed);
    assert_eq!(conn.number("SELECT COUNT(*) FROM audit WHERE action = 'card_removed'", vec![]).await.unwrap(), removed);
    assert_eq!(conn.number("SELECT COUNT(*) FROM event WHERE kind = 'card_removed'", vec![]).await.unwrap(), removed);
    assert_eq!(conn.number("SELECT COUNT(*) FROM session", vec![]).await.unwrap(), HOLDERS);
    assert_eq!(conn.number("SELECT COUNT(*) FROM effect WHERE died IS NOT NULL", vec![]).await.unwrap(), 0);
    let payloads: Vec<(String,)> = conn.rows("SELECT payload FROM event", vec![]).await.unwrap();
    assert_eq!(payloads.into_iter().collect::<HashSet<_>>().len() as i64, removed, "an event is there twice");
}
