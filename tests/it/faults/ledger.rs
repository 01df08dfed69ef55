//! What the database has to hold after holders have emptied their accounts, and what it does hold: the model of the fault tests.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use guichet::dialogue::Tap;
use guichet::effects::{Due, Effect, Letter, Mail};
use guichet::simulator::{Event, World};
use guichet::store::{Conn, Db, effect};

use super::site::Site;
use crate::unlocked::dialogues;

/// The private chat of a holder.
pub fn chat(number: i64) -> i64 {
    2000 + number
}

/// The address of a holder's account.
pub fn address(number: i64) -> String {
    format!("holder{number}@example.org")
}

/// The last four digits of a holder's card.
pub fn last4(number: i64, card: i64) -> String {
    format!("{:04}", (number * 20 + card) % 10_000)
}

/// Writes the files of an import: an account and some cards for each holder.
pub fn write_accounts(folder: &Path, holders: i64, cards: i64) {
    std::fs::create_dir(folder).unwrap();
    let mut accounts = "email,name,language,state,opened_on,password_hash\n".to_owned();
    let mut linked = "card_ref,email,brand,last4,expires,linked_on\n".to_owned();
    for number in 0..holders {
        let address = address(number);
        accounts.push_str(&format!("{address},Holder {number},en,open,2015-05-05,\n"));
        for card in 0..cards {
            linked.push_str(&format!("card-{number}-{card},{address},Visa,{},2027-01,2015-06-01\n", last4(number, card)));
        }
    }
    std::fs::write(folder.join("accounts.csv"), accounts).unwrap();
    std::fs::write(folder.join("cards.csv"), linked).unwrap();
}

/// What the simulator counts its updates from.
const BEFORE_THE_FIRST_UPDATE: i64 = 700_000_000;

/// What holders have done, hence what has to stand.
#[derive(Clone, Copy, Debug)]
pub struct Model {
    /// Holders who have signed in, each in one chat.
    pub signed_in: i64,
    /// Cards that were taken off, of all holders together.
    pub removed: i64,
}

impl Model {
    /// Compares the database with the model, table by table; every update that was ever sent has to be among the processed.
    /// How many those are.
    pub async fn check(self, site: &Site) -> i64 {
        let db = site.db().await;
        let conn = &mut db.conn().await.unwrap();
        let updates = site.simulator.with(|world| i64::from(world.last_update_id()) - BEFORE_THE_FIRST_UPDATE);
        let counts = [
            ("SELECT COUNT(*) FROM processed_update", updates),
            ("SELECT COUNT(*) FROM card WHERE removed_at IS NOT NULL", self.removed),
            ("SELECT COUNT(*) FROM audit WHERE action = 'card_removed'", self.removed),
            ("SELECT COUNT(*) FROM audit WHERE action = 'signed_in'", self.signed_in),
            ("SELECT COUNT(*) FROM audit", self.signed_in + self.removed),
            ("SELECT COUNT(*) FROM event WHERE kind = 'card_removed'", self.removed),
            ("SELECT COUNT(*) FROM session WHERE ended_at IS NULL", self.signed_in),
            ("SELECT COUNT(*) FROM session", self.signed_in),
            ("SELECT COUNT(*) FROM one_time_code WHERE used = 1 AND tries = 0", self.signed_in),
            ("SELECT COUNT(*) FROM effect", 0),
            ("SELECT COUNT(*) FROM update_attempt", 0),
            ("SELECT COUNT(*) FROM set_aside_dialogue", 0),
        ];
        for (sql, expected) in counts {
            assert_eq!(conn.number(sql, vec![]).await.unwrap(), expected, "{sql}");
        }
        let done = dialogues(conn).await.iter().filter(|dialogue| dialogue.contains("\"cards\":{\"done\"")).count();
        assert_eq!(done as i64, self.signed_in, "a chat does not stand where its card was taken off");
        assert_eq!(distinct(conn, "SELECT payload FROM event").await, self.removed, "an event is there twice");
        assert_eq!(distinct(conn, "SELECT reference FROM audit").await, self.signed_in + self.removed, "a receipt is there twice");
        updates
    }
}

async fn distinct(conn: &mut Conn, sql: &'static str) -> i64 {
    let rows: Vec<(String,)> = conn.rows(sql, vec![]).await.unwrap();
    rows.into_iter().collect::<HashSet<_>>().len() as i64
}

/// Edits that put up a screen that an edit had put up before.
pub fn doubled_edits(site: &Site) -> usize {
    let mut screens = HashSet::new();
    let is_known = |world: &World, event: &Event, screens: &mut HashSet<(i64, i64)>| {
        let Event::Edited { chat, message_id, revision } = event else { return false };
        let shown = world.message(*chat, *message_id).and_then(|message| message.version(*revision));
        let buttons = shown.into_iter().flat_map(|version| version.keyboard.iter().flatten());
        let screen = buttons.into_iter().find_map(|button| Tap::parse(button.data()?));
        screen.is_some_and(|(screen, _)| !screens.insert((*chat, screen)))
    };
    site.simulator.with(|world| world.events_since(0).filter(|(_, event)| is_known(world, event, &mut screens)).count())
}

/// Whether everything is carried out: nothing waits in the lanes.
pub async fn is_idle(db: &Db) -> bool {
    let look = async { db.conn().await?.number("SELECT COUNT(*) FROM effect WHERE died IS NULL", vec![]).await };
    // While a server is down nobody can tell.
    look.await.is_ok_and(|left| left == 0)
}

/// How often each screen was sent as a message of its own, by its chat and its number, which no other screen of the chat has.
fn screens(world: &World) -> HashMap<(i64, i64), usize> {
    let mut screens = HashMap::new();
    for (_, event) in world.events_since(0) {
        let Event::Sent { chat, message_id } = event else { continue };
        let gone = || world.deleted(*chat).find(|message| message.id == *message_id);
        let Some(message) = world.message(*chat, *message_id).or_else(gone) else { continue };
        let first = message.version(0).unwrap();
        if let Some((revision, _)) = first.keyboard.iter().flatten().find_map(|button| Tap::parse(button.data()?)) {
            *screens.entry((*chat, revision)).or_default() += 1;
        }
    }
    screens
}

/// The mails in a folder.
fn mails(folder: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    entries.map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap()).collect()
}

/// Messages and mails that came once more than they should: with the same screen, or the same `Message-ID`.
pub fn doubled(site: &Site) -> [usize; 2] {
    let id = |mail: &String| Some(mail.lines().find(|line| line.starts_with("Message-ID:"))?.to_owned());
    let ids: Vec<String> = mails(&site.mails()).iter().filter_map(id).collect();
    let messages = site.simulator.with(|world| screens(world)).values().map(|times| times - 1).sum();
    [messages, ids.len() - ids.iter().collect::<HashSet<_>>().len()]
}

/// While no process runs: the messages and mails that came and are not noted as done, since their answers were lost with the process.
/// They will come once more.
pub async fn lost_answers(site: &Site) -> usize {
    let db = site.db().await;
    let alive = effect::alive(&mut db.conn().await.unwrap(), 0).await.unwrap();
    db.close().await;
    let (screens, mails) = (site.simulator.with(|world| screens(world)), mails(&site.mails()));
    let came = |effect: Effect| match effect {
        Effect::Show(show) => screens.contains_key(&(show.chat.0, show.revision)),
        Effect::Mail(Mail { letter: Letter::CardRemoved { reference, .. }, .. }) => mails.iter().any(|mail| mail.contains(&reference)),
        // Each holder asks for one code only.
        Effect::Mail(mail) => mails.iter().any(|written| written.contains(&format!("To: {}\r", mail.to.as_str()))),
        _ => false,
    };
    alive.into_iter().filter_map(|row| Due::from(row).effect).filter(|effect| came(effect.clone())).count()
}
