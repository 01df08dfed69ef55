//! Holders who walk from the menu to their cards, choose one, confirm and go back to the menu, each waiting for the answer before
//! the next tap.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use guichet::simulator::{Person, Simulator};
use tokio::task::JoinSet;

use crate::accounts::{CARDS, chat, last4};

/// The buttons that are tapped and waited for, which both bots label alike; a card's bears its digits.
pub const MENU: &str = "Menu";
pub const CARDS_BUTTON: &str = "My cards";
const CONFIRM: &str = "Yes, take it off";
/// The menu's alone.
pub const ON_MENU: &str = "Sign out";

/// An answer that takes longer is lost.
const PATIENCE: Duration = Duration::from_secs(10);

/// A chat on a simulated Telegram.
pub struct Chat {
    pub simulator: Simulator,
    pub id: i64,
}

impl Chat {
    /// Asks for the menu with a message.
    pub async fn opens_the_menu(&self) -> anyhow::Result<()> {
        self.simulator.with(|world| {
            world.add_person(Person::new(self.id, "Holder", "en"));
            world.person_types(self.id, "/menu")
        })?;
        self.sees(ON_MENU).await
    }

    /// Taps a button of the newest message and waits for the screen with the button `then`; how long that took.
    pub async fn taps(&self, button: &str, then: &str) -> anyhow::Result<Duration> {
        let begin = Instant::now();
        self.simulator
            .with(|world| {
                let message = world.messages(self.id).last()?;
                let (id, data) = (message.id, message.data_of(button)?.to_owned());
                world.person_taps(self.id, id, &data).ok()
            })
            .with_context(|| format!("there is no button {button}"))?;
        self.sees(then).await?;
        Ok(begin.elapsed())
    }

    /// Waits until the newest message has a button.
    pub async fn sees(&self, button: &str) -> anyhow::Result<()> {
        let seen = self.simulator.until_in(self.id, |world| world.messages(self.id).last()?.data_of(button).map(|_| ()));
        tokio::time::timeout(PATIENCE, seen).await.with_context(|| {
            let newest = self.simulator.with(|world| world.messages(self.id).last().map(|message| message.text().to_owned()));
            format!("the screen with {button} does not come; the newest message is {newest:?}")
        })
    }
}

/// Has `holders` take off all their cards, `at_once` of them at a time. How long it took, and how long each step.
pub async fn walk(simulator: &Simulator, at_once: usize, holders: Range<i64>) -> anyhow::Result<(Duration, Vec<Duration>)> {
    let begin = Instant::now();
    let next = Arc::new(AtomicI64::new(holders.start));
    let mut walking = JoinSet::new();
    for _ in 0..at_once {
        let (simulator, next) = (simulator.clone(), Arc::clone(&next));
        walking.spawn(async move {
            let mut steps = Vec::new();
            loop {
                let holder = next.fetch_add(1, Ordering::Relaxed);
                if holder >= holders.end {
                    return anyhow::Ok(steps);
                }
                empty_the_account(&Chat { simulator: simulator.clone(), id: chat(holder) }, holder, &mut steps).await?;
            }
        });
    }
    let mut steps = Vec::new();
    while let Some(walked) = walking.join_next().await {
        steps.extend(walked??);
    }
    Ok((begin.elapsed(), steps))
}

async fn empty_the_account(chat: &Chat, holder: i64, steps: &mut Vec<Duration>) -> anyhow::Result<()> {
    for card in 0..CARDS {
        let card = format!("Visa •••• {}", last4(holder, card));
        steps.push(chat.taps(CARDS_BUTTON, &card).await?);
        steps.push(chat.taps(&card, CONFIRM).await?);
        steps.push(chat.taps(CONFIRM, CARDS_BUTTON).await?);
        steps.push(chat.taps(MENU, ON_MENU).await?);
    }
    Ok(())
}

/// Brings the menu before all these holders, outside of what is measured.
pub async fn gather(simulator: &Simulator, holders: Range<i64>) -> anyhow::Result<()> {
    let open = holders.map(|holder| {
        let chat = Chat { simulator: simulator.clone(), id: chat(holder) };
        async move { chat.opens_the_menu().await }
    });
    futures::future::try_join_all(open).await.map(|_| ())
}
