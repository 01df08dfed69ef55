//! A Telegram Bot API server in memory, over real HTTP and as strict as Telegram, with a chat page for a browser.
//! `world` is the state, `markup` and `keyboard` Telegram's text and buttons; `api`, `webhook`, `browser` and `server` put HTTP on top;
//! `mini_app` opens the buttons that lead to one;
//! this module's handle, [`Simulator`], ties them together. `stage` sets the real counter up in it, for `demo`, `play` and `tour`.

mod api;
mod browser;
pub mod demo;
mod keyboard;
mod markup;
pub mod mini_app;
pub mod play;
mod refusal;
mod server;
pub mod stage;
pub mod tour;
mod webhook;
mod world;

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{broadcast, watch};

use crate::clock::Clock;

pub use keyboard::{Action, Button, Keyboard};
pub use markup::{Entity, EntityKind, Formatted, parse as parse_html, utf16_length};
pub use refusal::Refusal;
pub use server::Serving;
pub use world::{
    BOT_ID, BOT_USERNAME, Bulletin, Call, Chat, ChatMessage, Command, Content, Event, Fault, FaultKind, Files, Kind, Log, Mail, Misuse,
    Notice, Other, Outgoing, Person, ProfileText, Scope, Sender, StoredFile, Update, Version, Webhook, World,
};

/// The handle on a simulated Telegram; clones share the world.
#[derive(Clone)]
pub struct Simulator(Arc<Shared>);

struct Shared {
    world: Mutex<World>,
    /// Counts every change; for [`Simulator::until`].
    changed: watch::Sender<u64>,
    /// Counts changes of the inbox; for polls and webhooks.
    inbox: watch::Sender<u64>,
    /// Counts changes of single chats that somebody waits for.
    chats: Mutex<HashMap<i64, watch::Sender<u64>>>,
    bulletins: broadcast::Sender<Bulletin>,
    /// Counts `getUpdates` calls: a newer one ends the one before.
    poll: watch::Sender<u64>,
}

impl Simulator {
    /// An empty world on this clock.
    pub fn new(clock: Clock) -> Self {
        Self(Arc::new(Shared {
            world: Mutex::new(World::new(clock)),
            changed: watch::Sender::new(0),
            inbox: watch::Sender::new(0),
            chats: Mutex::default(),
            bulletins: broadcast::Sender::new(1024),
            poll: watch::Sender::new(0),
        }))
    }

    /// The bot's token: made up, well formed, always the same.
    pub fn token(&self) -> String {
        format!("{BOT_ID}:AAExampleTokenForTheSimulator_000000")
    }

    /// Serves the Bot API and the chat page on `listen` (port 0 takes any free one) until the answer is dropped.
    ///
    /// # Errors
    /// If the address cannot be bound.
    pub async fn serve(&self, listen: SocketAddr) -> io::Result<Serving> {
        server::serve(self.clone(), listen).await
    }

    /// Reads or changes the world; whoever waits for what changed is woken. `act` must not call the handle again: the world is locked.
    pub fn with<R>(&self, act: impl FnOnce(&mut World) -> R) -> R {
        let (result, news) = {
            let mut world = self.world();
            let result = act(&mut world);
            (result, std::mem::take(&mut world.news))
        };
        self.tell(news);
        result
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.0.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, news: world::News) {
        if news.changed || news.inbox || !news.chats.is_empty() || !news.bulletins.is_empty() {
            self.0.changed.send_modify(|count| *count += 1);
        }
        if news.inbox {
            self.0.inbox.send_modify(|count| *count += 1);
        }
        if !news.chats.is_empty() {
            let chats = self.0.chats.lock().unwrap_or_else(PoisonError::into_inner);
            for chat in news.chats.iter().filter_map(|chat| chats.get(chat)) {
                chat.send_modify(|count| *count += 1);
            }
        }
        for bulletin in news.bulletins {
            // Nobody listening is no failure.
            let _ = self.0.bulletins.send(bulletin);
        }
    }

    /// Waits until `find` finds something in the world, asking again after every change.
    pub async fn until<R>(&self, find: impl FnMut(&World) -> Option<R>) -> R {
        self.wait(self.0.changed.subscribe(), find).await
    }

    /// As [`Simulator::until`], but asking again only when this chat's messages or its person's notices change:
    /// for many that wait at once.
    pub async fn until_in<R>(&self, chat: i64, find: impl FnMut(&World) -> Option<R>) -> R {
        let changes = {
            let mut chats = self.0.chats.lock().unwrap_or_else(PoisonError::into_inner);
            chats.entry(chat).or_insert_with(|| watch::Sender::new(0)).subscribe()
        };
        self.wait(changes, find).await
    }

    async fn wait<R>(&self, mut changes: watch::Receiver<u64>, mut find: impl FnMut(&World) -> Option<R>) -> R {
        loop {
            let found = find(&self.world());
            if let Some(found) = found {
                return found;
            }
            // The sender lives in `self`, so waiting cannot fail.
            let _ = changes.changed().await;
        }
    }

    /// Waits until the bot has acknowledged every update.
    pub async fn acknowledged(&self) {
        self.until(|world| world.unacknowledged().next().is_none().then_some(())).await;
    }
}
