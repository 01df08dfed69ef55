//! Holders who sign in and take every card off, whatever happens to the process meanwhile.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use guichet::domain::Language;
use guichet::locale::{Locales, Message};
use guichet::simulator::{ChatMessage, Sender, Simulator, World};

use super::site::{Blows, Site};
use super::{below, ledger};

/// How long a holder waits for an answer before the test gives up: restarts and every retry fit in.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// A holder with an account and some cards.
pub struct Holder {
    pub number: i64,
    cards: i64,
    simulator: Simulator,
    locales: Arc<Locales>,
    blows: Blows,
    mails: PathBuf,
}

/// Has holders empty their accounts, all at once, the cards one by one over all the blows; returns once nothing is left to do.
pub async fn empty_accounts(site: &Arc<Site>, holders: Range<i64>, cards: i64, blows: &Blows) {
    let locales = Arc::new(Locales::built_in().unwrap());
    let all = holders.map(|number| {
        let holder = Holder {
            number,
            cards,
            simulator: site.simulator.clone(),
            locales: Arc::clone(&locales),
            blows: blows.clone(),
            mails: site.mails(),
        };
        tokio::spawn(async move { holder.empty_the_account().await })
    });
    for holder in all.collect::<Vec<_>>() {
        holder.await.unwrap_or_else(|error| panic!("{error}\n{}", site.log()));
    }
    site.settled().await;
}

impl Holder {
    async fn empty_the_account(&self) {
        self.types("/signin", &self.label("button-cancel")).await;
        self.types(&ledger::address(self.number), &self.label("button-resend")).await;
        let code = self.code().await;
        self.types(&code, &self.label("button-sign-out")).await;
        for card in 0..self.cards {
            self.goes_on_until(self.blows.in_all * card as usize / (self.cards as usize - 1).max(1)).await;
            let label = self.card(card);
            self.types("/cards", &label).await;
            self.taps_until(&label, &label, &self.label("button-confirm-removal")).await;
            self.taps_until(&self.label("button-confirm-removal"), &label, &self.label("button-other-cards")).await;
        }
    }

    /// The cards go one by one over all the blows; in between the conversation goes on, and the last card waits for the
    /// last of them.
    async fn goes_on_until(&self, blows: usize) {
        while self.blows.struck() < blows {
            self.types("/status", &self.label("button-menu")).await;
        }
    }

    /// Holders read before they act; together they still ask for more than the 30 messages a second that Telegram takes.
    async fn thinks(&self) {
        tokio::time::sleep(Duration::from_millis(below(&self.blows.chance, self.blows.thought + 1) as u64)).await;
    }

    fn id(&self) -> i64 {
        ledger::chat(self.number)
    }

    fn card(&self, card: i64) -> String {
        let message = Message::new("button-card").with("brand", "Visa").with("last4", ledger::last4(self.number, card));
        self.locales.plain(Language::En, &message)
    }

    fn label(&self, key: &'static str) -> String {
        self.locales.plain(Language::En, &Message::new(key))
    }

    /// Types something and waits for the screen with this button that answers it.
    async fn types(&self, text: &str, button: &str) {
        self.thinks().await;
        let typed = self.simulator.with(|world| world.person_types(self.id(), text)).unwrap();
        self.waits_for(button, |world| newest(world, self.id(), button).filter(|(message, _)| *message > typed)).await;
    }

    /// Taps a button until the screen it leads to is there, told by a button and the card it names. A tap on a message that a kill
    /// has doubled may find its screen out of date: then the present screen comes, and is tapped instead.
    async fn taps_until(&self, label: &str, card: &str, next: &str) {
        loop {
            self.thinks().await;
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
        let to = format!("To: {}", ledger::address(self.number));
        let look = async {
            loop {
                if let Some(code) = newest_code(&self.mails, &to) {
                    return code;
                }
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
