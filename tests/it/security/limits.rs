//! Limits slow and never lock: ten thousand guesses get nowhere, the rightful holder still gets in, nobody touches another chat's
//! code, and neither a restart nor a clock set back makes a limit whole or a holder wait longer.

use futures::StreamExt as _;
use futures::future::join_all;
use futures::stream;
use guichet::config::Database;
use guichet::domain::{CODE_TRIES, Limit, Limited, OfAddress};
use guichet::import::samples::PASSWORD;
use guichet::locale::Message;
use guichet::simulator::Person;
use guichet::store::{Db, limit_bucket};
use jiff::{SignedDuration, Timestamp};
use reqwest::header::RETRY_AFTER;
use reqwest::{Client, StatusCode};

use super::password_page::Reader;
use crate::counter::{ALICE, BOB, Counter};
use crate::postgres::Server;

const VICTIM: &str = "alice@example.org";
const NOBODY: &str = "nobody@example.org";
const STRANGERS: std::ops::Range<i64> = 5000..5050;

async fn with_strangers() -> Counter {
    let counter = Counter::set(|setting| setting.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()]).await;
    counter.with(|world| STRANGERS.for_each(|id| world.add_person(Person::new(id, "Stranger", "en"))));
    counter
}

impl Counter {
    fn is_limited(&self, person: i64) -> bool {
        let (before, _) = self
            .text(&Message::new("limited").with("minutes", 77_i64))
            .split_once("77")
            .map(|(a, b)| (a.to_owned(), b.to_owned()))
            .unwrap();
        self.screen(person).contains(before.trim())
    }
}

/// Enters a password from this place on the web.
pub async fn tried_from(place: String, mut reader: Reader, link: &str, guard: &str, email: &str, password: &str) -> StatusCode {
    let form = [("guard", guard), ("email", email), ("password", password)];
    reader.load(Client::new().post(link).header("x-forwarded-for", place).form(&form)).await.status
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_guesses_get_nowhere_and_the_holder_gets_in() {
    let counter = with_strangers().await;
    counter.sign_in(ALICE, VICTIM).await;
    counter.says(ALICE, "/signout").await;
    let mut doors = Vec::new();
    for stranger in STRANGERS {
        let (link, mut reader) = (counter.asks_for_a_page(stranger).await, Reader::default());
        let guard = reader.opens(&link).await.guard();
        doors.push((link, reader, guard));
    }
    let guess = |number: usize| {
        let (link, reader, guard) = doors[number % doors.len()].clone();
        // Fifty chats, and a place on the web for every guess.
        let place = format!("2001:db8:{:x}:{:x}::1", number / 0x1_0000, number % 0x1_0000);
        async move { tried_from(place, reader, &link, &guard, VICTIM, &format!("a wrong guess {number}")).await }
    };
    let answers: Vec<StatusCode> = stream::iter((0..10_000).map(guess)).buffer_unordered(32).collect().await;
    let count = |wanted| answers.iter().filter(|status| **status == wanted).count();
    let compared = count(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(compared <= 28, "{compared} guesses were compared");
    assert_eq!(compared + count(StatusCode::TOO_MANY_REQUESTS) + count(StatusCode::SERVICE_UNAVAILABLE), 10_000);
    // Even the right one is of no use to a stranger now.
    let (link, reader, guard) = doors[0].clone();
    assert_eq!(tried_from("192.0.2.7".to_owned(), reader, &link, &guard, VICTIM, PASSWORD).await, StatusCode::TOO_MANY_REQUESTS);
    // The holder's chat was signed in before.
    let link = counter.asks_for_a_page(ALICE).await;
    let code = Reader::default().enters(&link, VICTIM, PASSWORD).await.code().expect("the holder is let in");
    counter.says(ALICE, &code).await;
    assert!(counter.is_signed_in(ALICE));
    // And nobody is locked out for good.
    counter.clock.advance(SignedDuration::from_mins(21));
    let link = counter.asks_for_a_page(BOB).await;
    assert!(Reader::default().enters(&link, VICTIM, PASSWORD).await.code().is_some());
    counter.close(&[]).await;
}

#[tokio::test]
async fn codes_asked_for_elsewhere_neither_void_the_holders_nor_keep_the_holder_from_one() {
    let counter = with_strangers().await;
    counter.sign_in(ALICE, VICTIM).await;
    counter.says(ALICE, "/signout").await;
    counter.says(ALICE, "/signin").await;
    counter.says(ALICE, VICTIM).await;
    let code = counter.code();
    let before = counter.with(|world| world.mails().len());
    for stranger in STRANGERS.take(45) {
        for address in [VICTIM, NOBODY] {
            counter.says(stranger, "/menu").await;
            counter.says(stranger, "/signin").await;
            counter.says(stranger, address).await;
            let waits = counter.is_limited(stranger);
            // One of the forty went to the holder's own chat, which was not known yet.
            let room = if address == VICTIM { 39 } else { 40 };
            assert_eq!(waits, stranger >= STRANGERS.start + room, "{address}: {}", counter.screen(stranger));
            counter.says(stranger, "12345678").await;
        }
    }
    let mails = counter.with(|world| world.mails().len()) - before;
    assert!(mails <= 40, "{mails} mails");
    counter.says(ALICE, &code).await;
    assert!(counter.is_signed_in(ALICE), "{}", counter.screen(ALICE));
    counter.says(ALICE, "/signout").await;
    counter.sign_in(ALICE, VICTIM).await;
    counter.close(&[]).await;
}

/// A stranger asks for everything every twelve minutes: as often as a single limit for all of five at once and five an hour allows.
#[tokio::test]
async fn one_chat_keeps_nobody_out_who_has_never_signed_in() {
    let counter = with_strangers().await;
    let stranger = STRANGERS.start;
    for _ in 0..30 {
        counter.says(stranger, "/menu").await;
        let link = counter.asks_for_a_page(stranger).await;
        Reader::default().enters(&link, VICTIM, "a wrong guess").await;
        counter.asks_for_a_link(stranger, VICTIM).await;
        counter.says(stranger, "/menu").await;
        counter.says(stranger, "/signin").await;
        counter.says(stranger, VICTIM).await;
        counter.clock.advance(SignedDuration::from_mins(12));
    }
    assert!(counter.is_limited(stranger), "{}", counter.screen(stranger));
    let link = counter.asks_for_a_page(BOB).await;
    assert!(Reader::default().enters(&link, VICTIM, PASSWORD).await.code().is_some(), "the password");
    let mails = || counter.with(|world| world.mails().len());
    let before = mails();
    counter.asks_for_a_link(BOB, VICTIM).await;
    assert_eq!((counter.is_limited(BOB), mails() - before), (false, 1), "a link: {}", counter.screen(BOB));
    counter.says(BOB, "/menu").await;
    counter.sign_in(BOB, VICTIM).await;
    counter.close(&[]).await;
}

#[tokio::test]
async fn whoever_has_to_wait_is_told_the_same_with_an_account_and_without() {
    let mut told = Vec::new();
    for address in [VICTIM, NOBODY] {
        let counter = with_strangers().await;
        let mut screens = Vec::new();
        for stranger in STRANGERS.take(43) {
            counter.says(stranger, "/signin").await;
            counter.says(stranger, address).await;
            screens.push(counter.screen(stranger).replace(address, "ADDRESS"));
            counter.asks_for_a_link(stranger, address).await;
            screens.push(counter.screen(stranger).replace(address, "ADDRESS"));
        }
        assert!(counter.is_limited(STRANGERS.start + 42));
        let link = counter.asks_for_a_page(BOB).await;
        for _ in 0..7 {
            let shown = Reader::default().enters(&link, address, "a wrong guess").await;
            let guard = shown.guard();
            let wait = shown.headers.get(RETRY_AFTER).map(|value| value.to_str().unwrap().to_owned());
            screens.push(format!(
                "{} {wait:?} {}",
                shown.status,
                shown.body.replace(address, "ADDRESS").replace(&format!("\"{guard}\""), "GUARD")
            ));
        }
        assert!(screens.last().unwrap().starts_with("429 Too Many Requests Some(\"7200\")"), "{}", screens.last().unwrap());
        told.push(screens);
        counter.close(&[]).await;
    }
    assert_eq!(told[0], told[1]);
}

#[tokio::test]
async fn guesses_at_codes_and_captchas_are_slowed_down_in_a_chat_and_in_no_other() {
    let counter = Counter::open().await;
    for person in [BOB, ALICE] {
        counter.says(person, "/signin").await;
        counter.says(person, VICTIM).await;
    }
    let code = counter.code();
    for guess in 0..21 {
        counter.says(BOB, &format!("{guess:08}")).await;
    }
    assert!(counter.is_limited(BOB));
    counter.says(ALICE, &code).await;
    assert!(counter.is_signed_in(ALICE));
    counter.says(BOB, "/menu").await;
    counter.says(BOB, "/reset").await;
    for _ in 0..21 {
        counter.says(BOB, VICTIM).await;
    }
    assert!(counter.is_limited(BOB), "{}", counter.screen(BOB));
    counter.clock.advance(SignedDuration::from_mins(2));
    counter.says(BOB, VICTIM).await;
    assert!(!counter.is_limited(BOB));
    counter.close(&[]).await;
}

#[tokio::test]
async fn forgetting_a_chat_makes_none_of_its_limits_whole() {
    let counter = Counter::open().await;
    for round in 0..11 {
        assert!(!counter.is_limited(BOB), "{round}");
        counter.says(BOB, "/signin").await;
        counter.says(BOB, &format!("nobody{round}@example.org")).await;
        if counter.is_limited(BOB) {
            assert_eq!(round, 10);
            break;
        }
        counter.says(BOB, "/forget").await;
        counter.presses(BOB, &counter.word("button-forget-confirm")).await;
    }
    assert!(counter.is_limited(BOB));
    counter.close(&[]).await;
}

#[tokio::test]
async fn a_place_on_the_web_gets_so_many_pages_and_only_a_trusted_proxy_is_believed() {
    let counter = Counter::set(|setting| {
        setting.page_rate = Some(guichet::web::PAGE_RATE);
        setting.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
    })
    .await;
    let root = format!("http://{}/", counter.stage.app.pages_address());
    let get = async |from: &str| Client::new().get(&root).header("x-forwarded-for", from).send().await.unwrap();
    for _ in 0..60 {
        assert_eq!(get("192.0.2.1").await.status(), StatusCode::OK);
    }
    let shown = get("192.0.2.1").await;
    assert_eq!((shown.status(), shown.headers()[RETRY_AFTER].to_str().unwrap()), (StatusCode::TOO_MANY_REQUESTS, "1"));
    // What stands to the left of the proxy's own word is made up.
    assert_eq!(get("198.51.100.9, 192.0.2.1").await.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(get("192.0.2.2").await.status(), StatusCode::OK);
    counter.clock.advance(SignedDuration::from_secs(1));
    assert_eq!(get("192.0.2.1").await.status(), StatusCode::OK);
    counter.close(&[]).await;
}

const LIMIT: Limit = Limit::new(5, SignedDuration::from_mins(15));

async fn take(db: &Db, names: &[&str], now: Timestamp) -> Result<(), Timestamp> {
    let mut conn = db.conn().await.unwrap();
    conn.begin().await.unwrap();
    let taken = limit_bucket::take(&mut conn, names.iter().map(|name| ((*name).to_owned(), LIMIT)).collect(), now).await.unwrap();
    conn.commit().await.unwrap();
    taken
}

/// What holds on both databases; gives the database's next opening what it has to find.
async fn buckets_hold(db: &Db, now: Timestamp) {
    let at_once = join_all((0..100).map(|_| take(db, &["a", "b"], now))).await;
    assert_eq!(at_once.iter().filter(|taken| taken.is_ok()).count(), 5, "a hundred at once");
    assert_eq!(take(db, &["b", "c"], now).await, Err(now + SignedDuration::from_mins(15)));
    for _ in 0..5 {
        assert_eq!(take(db, &["c"], now).await, Ok(()), "what is not let through is not counted");
    }
    // Set back by a year, the clock holds nobody up for longer than a period.
    let back = now - SignedDuration::from_hours(24 * 365);
    assert_eq!(take(db, &["c"], back).await, Err(back + SignedDuration::from_mins(15)));
    assert_eq!(take(db, &["c"], back + SignedDuration::from_mins(15)).await, Ok(()));
}

async fn is_still_used_up(db: &Db, now: Timestamp) {
    assert_eq!(take(db, &["a"], now).await, Err(now + SignedDuration::from_mins(15)), "after a restart");
    let mut conn = db.conn().await.unwrap();
    limit_bucket::sweep(&mut conn, now + SignedDuration::from_hours(24), 100).await.unwrap();
    assert_eq!(conn.number("SELECT COUNT(*) FROM limit_bucket", vec![]).await.unwrap(), 0);
}

#[tokio::test]
async fn buckets_hold_on_sqlite() {
    let (folder, now) = (tempfile::tempdir().unwrap(), Timestamp::from_second(1_488_358_800).unwrap());
    let database = Database::Sqlite(folder.path().join("test.db"));
    let db = Db::open(&database).await.unwrap();
    buckets_hold(&db, now).await;
    db.close().await;
    is_still_used_up(&Db::open(&database).await.unwrap(), now).await;
}

#[tokio::test]
async fn buckets_hold_on_postgres() {
    let Some(server) = Server::start() else { return };
    let now = Timestamp::from_second(1_488_358_800).unwrap();
    let db = Db::open(&server.settings().database).await.unwrap();
    buckets_hold(&db, now).await;
    db.close().await;
    is_still_used_up(&Db::open(&server.settings().database).await.unwrap(), now).await;
}

/// How often strangers, however many, get something for one address in so many hours, asking whenever they are let.
fn got_in(limit: Limit, hours: i64) -> u32 {
    let (mut now, mut whole_at, mut through) = (Timestamp::UNIX_EPOCH, Timestamp::UNIX_EPOCH, 0);
    while now < Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours) {
        if let Ok(after) = limit.take(whole_at, now) {
            (whole_at, through) = (after, through + 1);
        }
        now += SignedDuration::from_secs(10);
    }
    through
}

#[test]
fn no_account_meets_more_than_a_hundred_guesses_a_day() {
    let of = Limited::Passwords.limits().address.unwrap();
    assert!(got_in(of.strangers, 24) <= 101, "{}", got_in(of.strangers, 24));
    assert!(got_in(of.known, 24) <= 101, "{}", got_in(of.known, 24));
    assert!(got_in(of.strangers, 24 * 138) < 10_000);
}

#[test]
fn ten_thousand_guesses_at_codes_take_ten_days_and_find_one_in_ten_thousand_times() {
    let of = Limited::CodeMails.limits().address.unwrap();
    let guesses = |hours| i64::from(got_in(of.strangers, hours)) * CODE_TRIES;
    assert!(100_000_000 / guesses(24) > 86_000, "{}", guesses(24));
    assert!(guesses(24 * 10) < 10_000, "{}", guesses(24 * 10));
}

/// Each stranger asks every minute, for a week, before a holder who has never signed in here does.
fn keep_a_newcomer_out(OfAddress { stranger, strangers, .. }: OfAddress, how_many: usize) -> bool {
    let start = Timestamp::UNIX_EPOCH;
    let (mut theirs, mut shared) = (vec![start; how_many], start);
    for minute in 0..7 * 24 * 60 {
        let now = start + SignedDuration::from_mins(minute);
        for own in &mut theirs {
            if let (Ok(own_after), Ok(after)) = (stranger.take(*own, now), strangers.take(shared, now)) {
                (*own, shared) = (own_after, after);
            }
        }
        if strangers.take(shared, now).is_err() {
            return true;
        }
    }
    false
}

#[test]
fn a_few_strangers_keep_no_newcomer_out() {
    for (what, enough) in [(Limited::Passwords, 6), (Limited::CodeMails, 8), (Limited::ResetMails, 8)] {
        let of = what.limits().address.unwrap();
        assert!(!keep_a_newcomer_out(of, enough - 1), "{what:?}");
        assert!(keep_a_newcomer_out(of, enough + 1), "{what:?}");
    }
}
