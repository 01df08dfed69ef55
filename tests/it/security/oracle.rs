//! No oracle: from texts, times and side effects nobody can tell whether an address has an account. Interleaved probes are timed, half
//! of them with an account; what a classifier learns on one half of the times must be of no use on the other.

use std::collections::HashSet;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use argon2::password_hash::PasswordHasher as _;
use argon2::{Algorithm, Argon2, Params, Version};
use data_encoding::BASE64_NOPAD;
use guichet::config::Database;
use guichet::dialogue::Tap;
use guichet::domain::{ChatId, Language};
use guichet::import::import;
use guichet::simulator::{Person, Sender};
use guichet::store::chat::{self, Chat};
use guichet::store::{Db, password};
use reqwest::{Client, StatusCode};

use super::password_page::Reader;
use crate::counter::Counter;
use crate::unlocked::{index, unlocked};

/// Probes of each kind, with an account and without.
const PAIRS: usize = 1000;
/// Chats that ask for pages, and how many probes each makes before its limit.
const TRIES_OF_A_PAGE: usize = 8;
const FIRST: i64 = 70_000;

/// One probe's time, and whether its address has an account.
type Timed = (Duration, bool);

fn address(pair: usize, account: bool) -> String {
    let name = if account { "holder" } else { "absent" };
    format!("{name}{pair:04}@example.org")
}

/// A counter with a thousand accounts more, whose passwords are hashed at the least cost that an import may bring, so that the rest of
/// the time shows; whose hash stands in for an account's that is not there follows from it.
async fn crowded() -> Counter {
    let counter = Counter::set(|setting| setting.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()]).await;
    let cheap = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(7 * 1024, 1, 1, None).unwrap());
    let hash: argon2::password_hash::phc::PasswordHash = cheap.hash_password_with_salt(b"quince lantern harbour", &[7; 16]).unwrap();
    let mut accounts = "email,name,language,state,opened_on,password_hash\n".to_owned();
    for pair in 0..PAIRS {
        accounts.push_str(&format!("{},Example Holder,en,open,2015-05-05,\"{hash}\"\n", address(pair, true)));
    }
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("accounts.csv"), accounts).unwrap();
    let file = counter.text_of("SELECT file FROM pragma_database_list WHERE name = 'main'").await;
    let file = PathBuf::from(file);
    let db = unlocked(Db::join(&Database::Sqlite(file.clone())).await.unwrap(), file.parent().unwrap()).await;
    import(&db, folder.path(), |_| {}).await.unwrap();
    db.close().await;
    counter.with(|world| (0..2 * PAIRS as i64).for_each(|id| world.add_person(Person::new(FIRST + id, "Prober", "en"))));
    counter
}

/// Probes in pairs, now the one first and now the other.
fn probes() -> impl Iterator<Item = (usize, usize, bool)> {
    let pair = |pair: usize| {
        let account_first = pair.wrapping_mul(2_654_435_761) >> 7 & 1 == 0;
        [(2 * pair, pair, account_first), (2 * pair + 1, pair, !account_first)]
    };
    (0..PAIRS).flat_map(pair)
}

/// Puts a chat where a probe begins, without the way there; the revision of its screen.
async fn stands_at(counter: &Counter, person: i64, state: &str) -> i64 {
    let (mut conn, now) = (counter.stage.app.conn().await.unwrap(), counter.clock.now());
    let known = chat::load(&mut conn, &[ChatId(person)]).await.unwrap().pop();
    let mut chat = known.unwrap_or_else(|| Chat::new(ChatId(person), Language::En, now));
    chat.dialogue = super::stored(state);
    chat::save(&mut conn, &[&chat], now).await.unwrap();
    chat.revision
}

/// How long the counter takes to answer what a person does, until the answer is in the chat.
async fn answered(counter: &Counter, person: i64, act: impl FnOnce(&Counter)) -> Duration {
    let texts = |world: &guichet::simulator::World| {
        let bots = world.messages(person).iter().filter(|message| message.from == Sender::Bot);
        bots.map(|message| (message.id, message.revision)).max()
    };
    let before = counter.with(|world| texts(world));
    let begin = Instant::now();
    act(counter);
    counter.stage.simulator.until_in(person, |world| (texts(world) != before).then_some(())).await;
    begin.elapsed()
}

/// How often a rule learnt on every second pair of times is right about the others, in percent: the best threshold, and the nearest mean.
fn classified(times: &[Timed]) -> [f64; 2] {
    let half = |odd: usize| -> Vec<Timed> { times.chunks(2).skip(odd).step_by(2).flatten().copied().collect() };
    let (learnt, judged) = (half(0), half(1));
    let right = |times: &[Timed], rule: &dyn Fn(Duration) -> bool| {
        100.0 * times.iter().filter(|(time, account)| rule(*time) == *account).count() as f64 / times.len() as f64
    };
    let (mut best, mut threshold) = ((0.0, false), Duration::ZERO);
    for (time, _) in &learnt {
        for longer in [true, false] {
            let share = right(&learnt, &|other| (other > *time) == longer);
            if share > best.0 {
                (best, threshold) = ((share, longer), *time);
            }
        }
    }
    let mean = |account: bool| {
        let of_kind: Vec<f64> = learnt.iter().filter(|(_, has)| *has == account).map(|(time, _)| time.as_secs_f64()).collect();
        of_kind.iter().sum::<f64>() / of_kind.len() as f64
    };
    let (with, without) = (mean(true), mean(false));
    let nearest = |time: Duration| (time.as_secs_f64() - with).abs() < (time.as_secs_f64() - without).abs();
    [right(&judged, &|time| (time > threshold) == best.1), right(&judged, &nearest)]
}

/// The machine may be busy with something else for a while, and then probes are made anew; what tells, tells each time.
async fn tell_nothing(what: &str, probe: impl AsyncFn() -> Vec<Timed>) {
    for _ in 0..3 {
        if is_blind(what, &probe().await) {
            return;
        }
    }
    panic!("{what} tells whether an address has an account");
}

fn is_blind(what: &str, times: &[Timed]) -> bool {
    let mean = |account| {
        let of_kind = times.iter().filter(|(_, has)| *has == account).map(|(time, _)| time.as_micros());
        of_kind.sum::<u128>() / (times.len() as u128 / 2)
    };
    let shares = classified(times);
    println!("{what}: {} µs with an account, {} µs without; right in {shares:.1?} % of {}", mean(true), mean(false), times.len() / 2);
    shares.iter().all(|share| (45.0..=55.0).contains(share))
}

/// How many rows each table has.
async fn rows(counter: &Counter) -> Vec<(String, i64)> {
    let tables = "SELECT name, 0 FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name";
    let mut conn = counter.stage.app.conn().await.unwrap();
    let mut found = conn.rows::<(String, i64)>(tables, vec![]).await.unwrap();
    for (table, rows) in &mut found {
        *rows = conn.number(format!("SELECT COUNT(*) FROM \"{table}\"").leak(), vec![]).await.unwrap();
    }
    found
}

#[tokio::test]
async fn asking_for_a_code_takes_as_long_with_an_account_as_without() {
    tell_nothing("a code by mail", ask_for_codes).await;
}

async fn ask_for_codes() -> Vec<Timed> {
    let counter = crowded().await;
    let mut times = Vec::new();
    for (number, pair, account) in probes() {
        let person = FIRST + number as i64;
        stands_at(&counter, person, r#"{"sign_in":{"ask_email":{"then":"menu"}}}"#).await;
        let text = address(pair, account);
        times.push((answered(&counter, person, |counter| counter.types(person, &text)).await, account));
        counter.settled().await;
    }
    counter.close(&[]).await;
    times
}

#[tokio::test]
async fn asking_for_a_link_takes_as_long_with_an_account_as_without() {
    tell_nothing("a link by mail", ask_for_links).await;
}

async fn ask_for_links() -> Vec<Timed> {
    let counter = crowded().await;
    let mut times = Vec::new();
    for (number, pair, account) in probes() {
        let person = FIRST + number as i64;
        counter.says(person, "/menu").await;
        let offer = format!(r#"{{"reset":{{"offer":{{"address":{{"email":"{}","own":false}}}}}}}}"#, address(pair, account));
        let data = Tap::SendLink.wire(stands_at(&counter, person, &offer).await);
        let message = counter.with(|world| world.messages(person).last().unwrap().id);
        let tap = |counter: &Counter| drop(counter.with(|world| world.person_forges(person, message, &data)).unwrap());
        times.push((answered(&counter, person, tap).await, account));
        counter.settled().await;
    }
    counter.close(&[]).await;
    times
}

#[tokio::test]
async fn a_password_is_refused_as_fast_with_an_account_as_without() {
    tell_nothing("a password on the page", enter_passwords).await;
}

async fn enter_passwords() -> Vec<Timed> {
    let counter = crowded().await;
    let (mut times, mut link, mut guard, mut reader) = (Vec::new(), String::new(), String::new(), Reader::default());
    for (number, pair, account) in probes() {
        if number % TRIES_OF_A_PAGE == 0 {
            link = counter.asks_for_a_page(FIRST + number as i64).await;
            guard = reader.opens(&link).await.guard();
        }
        let email = address(pair, account);
        let form = [("guard", guard.as_str()), ("email", &email), ("password", "a wrong guess")];
        let place = format!("2001:db8:{number:x}::1");
        let request = Client::new().post(&link).header("x-forwarded-for", place).form(&form);
        let begin = Instant::now();
        let shown = reader.load(request).await;
        times.push((begin.elapsed(), account));
        assert_eq!(shown.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    counter.close(&[]).await;
    times
}

/// Three accounts have passwords, hashed at a cost that is not ours, and those that came after them have none: whatever stands in is as
/// dear as theirs.
#[tokio::test]
async fn what_stands_in_for_a_hash_costs_what_a_hash_costs() {
    let folder = tempfile::tempdir().unwrap();
    let db = unlocked(Db::open(&Database::Sqlite(folder.path().join("test.db"))).await.unwrap(), folder.path()).await;
    let dear = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$";
    let mut accounts = "email,name,language,state,opened_on,password_hash\n".to_owned();
    for pair in 0..20 {
        let hash = if pair < 3 { format!("\"{dear}{}\"", BASE64_NOPAD.encode(&[pair as u8; 32])) } else { String::new() };
        accounts.push_str(&format!("{},Example Holder,en,open,2015-05-05,{hash}\n", address(pair, true)));
    }
    std::fs::write(folder.path().join("accounts.csv"), accounts).unwrap();
    import(&db, folder.path(), |_| {}).await.unwrap();
    let mut conn = db.conn().await.unwrap();
    let mut chosen = HashSet::new();
    for pair in 0..200 {
        let mut draw = [0; 32];
        draw[..8].copy_from_slice(&(pair as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
        let candidate = password::candidate(&mut conn, &address(pair, pair < 20).parse().unwrap(), draw).await.unwrap();
        let hash = candidate.hash.expect("somebody's hash stands in");
        assert!(hash.as_str().starts_with(dear), "{}", hash.as_str());
        assert_eq!(candidate.account.is_some(), pair < 3, "{pair}");
        chosen.insert(hash.as_str().to_owned());
    }
    assert_eq!(chosen.len(), 3, "{chosen:?}");
}

#[tokio::test]
async fn as_much_is_written_and_left_to_be_done_with_an_account_as_without() {
    let counter = crowded().await;
    // Nothing is carried out, so that what is left to be done can be counted.
    counter.script("CREATE TABLE left_behind (lane TEXT, kind TEXT); CREATE TRIGGER leave AFTER INSERT ON effect BEGIN INSERT INTO left_behind VALUES (NEW.lane, NEW.kind); END").await;
    let mut written = Vec::new();
    for (person, account) in [(FIRST, true), (FIRST + 1, false)] {
        let before = rows(&counter).await;
        let email = address(3, account);
        counter.says(person, "/signin").await;
        counter.says(person, &email).await;
        counter.says(person, "12345678").await;
        counter.asks_for_a_link(person, &email).await;
        let link = counter.asks_for_a_page(person).await;
        let mut reader = Reader::default();
        let guard = reader.opens(&link).await.guard();
        super::limits::tried_from(format!("2001:db8:{:x}::1", person - FIRST), reader, &link, &guard, &email, "a wrong guess").await;
        counter.settled().await;
        let after = rows(&counter).await;
        let grown = before.into_iter().zip(after).map(|((table, before), (_, after))| {
            // A link, and what stands for one.
            (if table == "reset_decoy" { "reset_link".to_owned() } else { table }, after - before)
        });
        let mut grown: Vec<_> = grown.filter(|(_, more)| *more != 0).collect();
        grown.sort();
        let mut conn = counter.stage.app.conn().await.unwrap();
        let lanes = format!("% {}%", index(&conn, person));
        let sql = "SELECT kind, COUNT(*) FROM left_behind WHERE lane LIKE $1 GROUP BY kind ORDER BY kind";
        let left = conn.rows::<(String, i64)>(sql, vec![lanes.into()]).await.unwrap();
        written.push((grown, left));
    }
    assert_eq!(written[0], written[1]);
    assert!(written[0].0.iter().any(|(table, more)| table == "reset_link" && *more == 1), "{written:?}");
    assert!(
        written[0].1.contains(&("mail_code".to_owned(), 1)) && written[0].1.contains(&("mail_reset_link".to_owned(), 1)),
        "{written:?}"
    );
    // Nothing was mailed to an address without an account.
    counter.with(|world| assert!(world.mails().iter().all(|mail| mail.to.contains("holder")), "a mail to nobody"));
    counter.close(&[]).await;
}
