//! The counter on a stage, with a clock set by hand and holders who act by the words on the buttons.

use std::time::Duration;

use guichet::clock::{Clock, Random};
use guichet::domain::{ChatId, Language};
use guichet::effects::Transport;
use guichet::locale::{Locales, Message};
use guichet::simulator::stage::{Setting, Stage};
use guichet::simulator::{Call, ChatMessage, Fault, FaultKind, Person, Sender, World};
use guichet::store::{Value, account, chat, whole};
use jiff::{SignedDuration, Timestamp};

use crate::postgres::Server;
use crate::unlocked;

/// The Telegram account that signs in as alice@example.org.
pub const ALICE: i64 = 1003;
/// Another Telegram account.
pub const BOB: i64 = 1004;

/// The counter, two people in front of it, and the time.
pub struct Counter {
    pub stage: Stage,
    pub clock: Clock,
    locales: Locales,
}

impl Counter {
    /// Opens on 1 March 2017, 9:00 UTC.
    pub async fn open() -> Self {
        Self::set(|_| {}).await
    }

    /// The same, with mails going another way than into the mailbox beside the chat.
    pub async fn sending(transport: Option<Transport>) -> Self {
        Self::set(|setting| setting.transport = transport).await
    }

    /// The same, on a database of this server.
    pub async fn on(server: &Server) -> Self {
        Self::set(|setting| setting.database = Some(server.settings().database)).await
    }

    /// The same, with updates coming by webhook.
    pub async fn called() -> Self {
        Self::set(|setting| setting.webhook = true).await
    }

    /// The same, with health and metrics served.
    pub async fn watched() -> Self {
        Self::set(|setting| setting.admin_listen = Some(([127, 0, 0, 1], 0).into())).await
    }

    pub async fn set(change: impl FnOnce(&mut Setting)) -> Self {
        let clock = Clock::by_hand(Timestamp::from_second(1_488_358_800).unwrap());
        let mut setting = Setting::new(clock.clone(), Random::seeded(1)).unwrap();
        change(&mut setting);
        let stage = Stage::open(setting).await.unwrap();
        stage.simulator.with(|world| {
            world.add_person(Person::new(ALICE, "Alice", "en"));
            world.add_person(Person::new(BOB, "Bob", "en"));
        });
        Self { stage, clock, locales: Locales::built_in().unwrap() }
    }

    /// Stops the counter, and makes sure that Telegram was never asked for what it does not know, and refused nothing but what a
    /// fault or one of the `provoked` refusals explains.
    pub async fn close(self, provoked: &[&str]) {
        self.with(|world| refused_only(world, provoked));
        self.stage.app.stop().await;
        // The last poll takes the place of the one under way, which may not have noticed yet that nobody waits for it.
        let provoked = [provoked, &["Conflict: terminated by other getUpdates request"]].concat();
        self.stage.simulator.with(|world| refused_only(world, &provoked));
    }

    /// The counter on SQLite, and on PostgreSQL where it is installed, each with the server that goes with it.
    pub async fn on_both() -> Vec<(Self, Option<Server>)> {
        let mut counters = vec![(Self::open().await, None)];
        if let Some(server) = Server::start() {
            counters.push((Self::on(&server).await, Some(server)));
        }
        counters
    }

    /// Every row of every table but these, each as text.
    pub async fn rows_but(&self, but: &[&str]) -> Vec<String> {
        let mut conn = self.stage.app.conn().await.unwrap();
        let mut rows = Vec::new();
        for table in whole::tables(&mut conn).await.unwrap() {
            let mut after: Option<Vec<Value>> = None;
            while !but.contains(&table.name.as_str()) {
                let page = whole::page(&mut conn, &table, after.as_deref()).await.unwrap();
                let Some(last) = page.last() else { break };
                after = Some(last.clone());
                rows.extend(page.iter().map(|row| format!("{}: {}", table.name, serde_json::to_string(row).unwrap())));
            }
        }
        rows
    }

    pub fn with<R>(&self, act: impl FnOnce(&mut World) -> R) -> R {
        self.stage.simulator.with(act)
    }

    /// A text in English, as a chat shows it.
    pub fn text(&self, message: &Message) -> String {
        self.locales.plain(Language::En, message).replace("<b>", "").replace("</b>", "")
    }

    /// A text without values, in English.
    pub fn word(&self, key: &'static str) -> String {
        self.text(&Message::new(key))
    }

    pub fn card(&self, brand: &str, last4: &str) -> String {
        self.text(&Message::new("button-card").with("brand", brand).with("last4", last4))
    }

    pub fn order(&self, method: &'static str, chat: i64, kind: FaultKind, times: u32) {
        self.with(|world| world.order(Fault { method: Some(method), chat: Some(chat), kind, times }));
    }

    pub fn types(&self, person: i64, text: &str) {
        self.with(|world| world.person_types(person, text)).unwrap();
    }

    /// Taps the newest button that reads so.
    pub fn taps(&self, person: i64, label: &str) {
        let (message, data) = self.button(person, label);
        self.with(|world| world.person_taps(person, message, &data)).unwrap();
    }

    /// The newest button that reads so: its message and its data.
    pub fn button(&self, person: i64, label: &str) -> (i32, String) {
        let find = |message: &ChatMessage| Some((message.id, message.data_of(label)?.to_owned()));
        let found = self.with(|world| world.messages(person).iter().rev().find_map(find));
        found.unwrap_or_else(|| panic!("no button [{label}] in {:#?}", self.shown(person)))
    }

    /// What the bot's messages in a chat read now, oldest first.
    pub fn shown(&self, chat: i64) -> Vec<String> {
        self.with(|world| from_bot(world, chat).map(|message| message.text().to_owned()).collect())
    }

    /// What the bot's newest message in a chat reads.
    pub fn screen(&self, chat: i64) -> String {
        self.shown(chat).pop().unwrap_or_default()
    }

    pub async fn settled(&self) {
        self.stage.settled().await;
    }

    /// Lets time pass until everything is settled: what waits for the clock gets its turn, a tenth of a second at a time.
    pub async fn recovers(&self) {
        for _ in 0..2000 {
            if tokio::time::timeout(Duration::from_millis(10), self.settled()).await.is_ok() {
                return;
            }
            self.clock.advance(SignedDuration::from_millis(100));
        }
        panic!("does not settle");
    }

    /// Types something and waits for what comes of it.
    pub async fn says(&self, person: i64, text: &str) {
        self.types(person, text);
        self.settled().await;
    }

    /// Taps something and waits for what comes of it.
    pub async fn presses(&self, person: i64, label: &str) {
        self.taps(person, label);
        self.settled().await;
    }

    /// The code in the newest mail.
    pub fn code(&self) -> String {
        let text = self.with(|world| world.mails().last().unwrap().text.clone());
        let digits = |line: &&str| line.len() == 8 && line.bytes().all(|byte| byte.is_ascii_digit());
        text.lines().map(str::trim).find(digits).unwrap().to_owned()
    }

    pub async fn sign_in(&self, person: i64, address: &str) {
        self.says(person, "/signin").await;
        self.says(person, address).await;
        self.says(person, &self.code()).await;
        assert!(self.screen(person).contains(&self.word("signed-in")), "{:?}", self.screen(person));
    }

    /// Goes to the question whether Alice's Visa card is to be taken off.
    pub async fn is_asked_to_confirm(&self, person: i64) {
        self.sign_in(person, "alice@example.org").await;
        self.says(person, "/cards").await;
        self.presses(person, &self.card("Visa", "1117")).await;
    }

    pub async fn number(&self, sql: &'static str) -> i64 {
        self.stage.app.conn().await.unwrap().number(sql, vec![]).await.unwrap()
    }

    /// The first column of a query's one row, as text.
    pub async fn text_of(&self, sql: &'static str) -> String {
        self.stage.app.conn().await.unwrap().row::<(String,)>(sql, vec![]).await.unwrap().unwrap().0
    }

    pub async fn script(&self, sql: &'static str) {
        self.stage.app.conn().await.unwrap().script(sql).await.unwrap();
    }

    pub async fn run(&self, sql: &'static str, values: Vec<Value>) {
        self.stage.app.conn().await.unwrap().run(sql, values).await.unwrap();
    }

    /// The account of this address.
    pub async fn account(&self, address: &str) -> i64 {
        let mut conn = self.stage.app.conn().await.unwrap();
        account::by_email(&mut conn, &address.parse().unwrap()).await.unwrap().unwrap().id.0
    }

    /// The number that the database knows a chat by.
    pub async fn index(&self, chat: i64) -> i64 {
        unlocked::index(&self.stage.app.conn().await.unwrap(), chat)
    }

    /// Where a chat stands, as it is stored.
    pub async fn stored_dialogue(&self, chat: i64) -> String {
        let mut conn = self.stage.app.conn().await.unwrap();
        chat::load(&mut conn, &[ChatId(chat)]).await.unwrap().remove(0).dialogue
    }

    /// Puts a chat at a stored dialogue.
    pub async fn stand_at(&self, chat: i64, dialogue: &str) {
        unlocked::stand_at(&mut self.stage.app.conn().await.unwrap(), chat, dialogue).await;
    }

    /// Whether an effect that is not done yet carries a text.
    pub async fn carries(&self, text: &str) -> bool {
        let payloads = unlocked::payloads(&mut self.stage.app.conn().await.unwrap()).await;
        payloads.iter().any(|payload| payload.contains(text))
    }

    /// Cards taken off, audit rows, events, notice mails.
    pub async fn removals(&self) -> [i64; 4] {
        let mails = self.with(|world| world.mails().iter().filter(|mail| mail.subject.contains("1117")).count());
        [
            self.number("SELECT COUNT(*) FROM card WHERE removed_at IS NOT NULL").await,
            self.number("SELECT COUNT(*) FROM audit WHERE action = 'card_removed'").await,
            self.number("SELECT COUNT(*) FROM event").await,
            mails.try_into().unwrap(),
        ]
    }

    /// The calls of a method for a chat since `number`.
    pub fn calls(&self, since: u64, method: &str, chat: i64) -> Vec<Call> {
        self.with(|world| {
            let calls = world.calls_since(since).map(|(_, call)| call);
            calls.filter(|call| call.method == method && call.chat == Some(chat)).cloned().collect()
        })
    }

    pub fn next_call(&self) -> u64 {
        self.with(|world| world.next_call())
    }

    /// Waits until a fault has struck in this chat since call `number`.
    pub async fn struck(&self, since: u64, chat: i64) {
        let struck =
            |world: &World| world.calls_since(since).any(|(_, call)| call.chat == Some(chat) && call.fault.is_some()).then_some(());
        // A call that fails changes nothing that wakes whoever waits for the world, so its journal is asked again and again.
        while self.with(|world| struck(world)).is_none() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
}

/// Telegram was never asked for what it does not know, and refused nothing but what a fault or one of these refusals explains.
fn refused_only(world: &World, provoked: &[&str]) {
    assert!(world.unknown_parameters().is_empty(), "{:?}", world.unknown_parameters());
    let explained = |description: &str| provoked.iter().any(|begins| description.starts_with(begins));
    for (number, call) in world.calls_since(0) {
        let Err(refusal) = &call.outcome else { continue };
        assert!(call.fault.is_some() || explained(&refusal.description), "call {number}: {call:?}");
    }
}

fn from_bot(world: &World, chat: i64) -> impl Iterator<Item = &ChatMessage> {
    world.messages(chat).iter().filter(|message| message.from == Sender::Bot)
}
