//! The operator's hand on one account, beside a running counter on both databases: what it does holds at once, the chats hear of it,
//! and all of it is audited.

use guichet::clock::Random;
use guichet::domain::{AccountId, ChatId, Language};
use guichet::effects::{Effect, Letter, Mail};
use guichet::hand::{Act, Done, Hand, HandError, Shown, key_of};
use guichet::import::{ImportError, Report, import_with, samples};
use guichet::locale::Message;
use guichet::simulator::Person;
use guichet::store::{Db, effect};

use super::password_page::Reader;
use crate::counter::{ALICE, BOB, Counter};
use crate::postgres::Server;
use crate::process;

const EMAIL: &str = "alice@example.org";

impl Counter {
    async fn hand<T>(&self, does: impl AsyncFnOnce(Hand<'_>) -> T) -> T {
        let db = Db::join(&self.stage.database).await.unwrap();
        let key = key_of(&db, &self.stage.key_file()).await.unwrap();
        let done = does(Hand { db: &db, key, clock: self.clock.clone(), random: Random::machine() }).await;
        db.close().await;
        done
    }

    async fn does(&self, act: Act) -> Result<Done, HandError> {
        self.hand(async |hand| hand.act(&EMAIL.parse().unwrap(), act).await).await
    }

    async fn looks(&self) -> Shown {
        self.hand(async |hand| hand.show(&EMAIL.parse().unwrap()).await).await.unwrap()
    }

    /// Imports the sample accounts once more.
    async fn imports_again(&self, with_key: bool) -> Result<Report, ImportError> {
        let folder = tempfile::tempdir().unwrap();
        samples::write(folder.path()).unwrap();
        let db = Db::join(&self.stage.database).await.unwrap();
        let key = key_of(&db, &self.stage.key_file()).await.unwrap();
        let report = import_with(&db, folder.path(), with_key.then_some(&key), |_| ()).await;
        db.close().await;
        report
    }

    /// What the counter does by itself within seconds.
    async fn sweeps(&self) {
        self.stage.app.sweep().await;
        self.settled().await;
    }

    fn told(&self, person: i64, key: &'static str) -> bool {
        let told = self.text(&Message::new(key).with("contact", "help@example.org"));
        self.shown(person).iter().any(|screen| screen.contains(&told))
    }

    /// The audit row and the event of an act.
    async fn is_audited(&self, reference: &str, kind: &str) {
        let mut conn = self.stage.app.conn().await.unwrap();
        let audit = "SELECT COUNT(*) FROM audit WHERE reference = $1 AND action = $2";
        assert_eq!(conn.number(audit, vec![reference.into(), kind.into()]).await.unwrap(), 1, "{kind}");
        let event = "SELECT COUNT(*) FROM event WHERE kind = $1 AND payload LIKE '%' || $2 || '%'";
        assert_eq!(conn.number(event, vec![kind.into(), reference.into()]).await.unwrap(), 1, "{kind}");
    }

    fn mails_to_alice(&self) -> usize {
        self.with(|world| world.mails().iter().filter(|mail| mail.to == EMAIL).count())
    }
}

#[tokio::test]
async fn a_locked_account_is_signed_out_at_once_and_nobody_signs_in_until_it_is_unlocked() {
    for (counter, _server) in Counter::on_both().await {
        counter.sign_in(ALICE, EMAIL).await;
        counter.says(ALICE, "/cards").await;
        // Asked for before the lock: it is no way in after it.
        counter.says(BOB, "/signin").await;
        counter.says(BOB, EMAIL).await;
        let code = counter.code();
        let done = counter.does(Act::Lock).await.unwrap();
        assert!(done.changed && done.sessions == 1, "{done}");
        counter.is_audited(&done.reference, "account_locked").await;
        counter.presses(ALICE, &counter.card("Visa", "1117")).await;
        assert!(!counter.screen(ALICE).contains("1117"), "{}", counter.screen(ALICE));
        counter.says(BOB, &code).await;
        assert!(counter.screen(BOB).contains(&counter.word("code-void")), "{}", counter.screen(BOB));
        assert_eq!(counter.number("SELECT COUNT(*) FROM session WHERE ended_at IS NULL").await, 0);
        counter.sweeps().await;
        assert!(counter.told(ALICE, "session-ended-locked"), "{:?}", counter.shown(ALICE));
        assert!(!counter.shown(ALICE).iter().any(|screen| screen.contains("1117")), "{:?}", counter.shown(ALICE));
        assert_eq!(counter.number("SELECT COUNT(*) FROM parting").await, 0);

        // What the service says of the account does not open it.
        counter.imports_again(true).await.unwrap();
        counter.says(ALICE, "/cancel").await;
        counter.says(ALICE, "/signin").await;
        let before = counter.mails_to_alice();
        counter.says(ALICE, EMAIL).await;
        assert!(counter.screen(ALICE).contains("a code of 8 digits"), "the chat says what it always says: {}", counter.screen(ALICE));
        assert_eq!(counter.mails_to_alice(), before + 1);
        let mail = counter.with(|world| world.mails().last().unwrap().clone());
        assert!(!mail.text.lines().any(|line| line.trim().len() == 8 && line.trim().parse::<u32>().is_ok()), "{}", mail.text);
        assert!(counter.looks().await.to_string().contains("locked by `guichet account`"));

        assert!(!counter.does(Act::Lock).await.unwrap().changed);
        let done = counter.does(Act::Unlock).await.unwrap();
        assert!(done.changed);
        counter.is_audited(&done.reference, "account_unlocked").await;
        counter.says(ALICE, "/cancel").await;
        counter.clock.advance(jiff::SignedDuration::from_mins(2));
        counter.sign_in(ALICE, EMAIL).await;
        counter.close(&[]).await;
    }
}

/// What was begun before a lock stays void once the account is unlocked, within the minutes that it would have been good for.
#[tokio::test]
async fn what_was_begun_before_a_lock_is_no_way_in_after_it() {
    let counter = Counter::open().await;
    let entered = Reader::default().enters(&counter.asks_for_a_page(BOB).await, EMAIL, samples::PASSWORD).await.code().unwrap();
    counter.says(ALICE, "/signin").await;
    counter.says(ALICE, EMAIL).await;
    let mailed = counter.code();
    counter.does(Act::Lock).await.unwrap();
    counter.does(Act::Unlock).await.unwrap();
    counter.says(BOB, &entered).await;
    assert!(counter.screen(BOB).contains(&counter.word("page-code-void")), "{}", counter.screen(BOB));
    counter.says(ALICE, &mailed).await;
    assert!(counter.screen(ALICE).contains(&counter.word("code-void")), "{}", counter.screen(ALICE));
    assert_eq!(counter.number("SELECT COUNT(*) FROM session").await, 0);
    counter.close(&[]).await;
}

#[tokio::test]
async fn ended_sessions_are_told_and_may_begin_again() {
    for (counter, _server) in Counter::on_both().await {
        counter.sign_in(ALICE, EMAIL).await;
        counter.sign_in(BOB, EMAIL).await;
        let shown = counter.looks().await;
        let told = shown.to_string();
        assert!(told.contains("a…@example.org") && !told.contains(EMAIL) && !told.contains("1003"), "{told}");
        assert!(told.contains("since 2017-03-01 09:00:00Z, last seen 2017-03-01 09:00:00Z"), "{told}");
        assert_eq!(counter.number("SELECT COUNT(*) FROM audit WHERE action = 'account_shown'").await, 1);
        // Others are about to come in: one has entered the password on a page, one has had a code mailed.
        let [carol, dave] = [1005, 1006];
        counter.with(|world| world.add_person(Person::new(carol, "Carol", "en")));
        counter.with(|world| world.add_person(Person::new(dave, "Dave", "en")));
        let link = counter.asks_for_a_page(carol).await;
        let entered = Reader::default().enters(&link, EMAIL, samples::PASSWORD).await.code().unwrap();
        counter.says(dave, "/signin").await;
        counter.says(dave, EMAIL).await;
        let mailed = counter.code();
        let done = counter.does(Act::EndSessions).await.unwrap();
        assert_eq!(done.sessions, 2);
        counter.says(carol, &entered).await;
        assert!(counter.screen(carol).contains(&counter.word("page-code-void")), "{}", counter.screen(carol));
        counter.says(dave, &mailed).await;
        assert!(counter.screen(dave).contains(&counter.word("code-void")), "{}", counter.screen(dave));
        counter.is_audited(&done.reference, "sessions_ended").await;
        counter.sweeps().await;
        for person in [ALICE, BOB] {
            assert!(counter.told(person, "session-ended-by-operator"), "{:?}", counter.shown(person));
        }
        counter.sign_in(ALICE, EMAIL).await;
        counter.close(&[]).await;
    }
}

#[tokio::test]
async fn what_is_erased_leaves_receipts_that_lead_to_nobody_and_does_not_come_back() {
    for (counter, _server) in Counter::on_both().await {
        counter.is_asked_to_confirm(ALICE).await;
        counter.presses(ALICE, &counter.word("button-confirm-removal")).await;
        counter.says(ALICE, "/signout").await;
        counter.clock.advance(jiff::SignedDuration::from_mins(2));
        counter.sign_in(ALICE, EMAIL).await;
        let receipt = counter.text_of("SELECT reference FROM audit WHERE action = 'card_removed'").await;
        let card_ref = counter.text_of("SELECT card_ref FROM card WHERE removed_at IS NOT NULL").await;
        let accounts = counter.number("SELECT COUNT(*) FROM account").await;
        let done = counter.does(Act::Erase).await.unwrap();
        counter.is_audited(&done.reference, "account_erased").await;
        let rows = counter.rows_but(&[]).await;
        for left in [EMAIL, card_ref.as_str(), "Alice"] {
            assert!(!rows.iter().any(|row| row.contains(left)), "{left}: {rows:#?}");
        }
        let named: Vec<_> = rows.iter().filter(|row| row.contains(&receipt)).collect();
        assert!(matches!(named[..], [row] if row.starts_with("audit: ")), "{named:#?}");
        for table in ["session", "one_time_code", "reset_link"] {
            assert!(!rows.iter().any(|row| row.starts_with(&format!("{table}: "))), "{table}");
        }
        counter.sweeps().await;
        assert!(counter.told(ALICE, "session-ended-erased"), "{:?}", counter.shown(ALICE));

        let report = counter.imports_again(true).await.unwrap();
        assert!(report.files.iter().all(|file| file.erased > 0 || file.file == "balances.csv"), "{report}");
        assert_eq!(counter.number("SELECT COUNT(*) FROM account").await, accounts - 1);
        assert!(matches!(counter.imports_again(false).await, Err(ImportError::NoKey)));
        assert!(matches!(counter.does(Act::Lock).await, Err(HandError::Erased { .. })));
        counter.says(ALICE, "/signin").await;
        let before = counter.mails_to_alice();
        counter.says(ALICE, EMAIL).await;
        assert_eq!(counter.mails_to_alice(), before);
        counter.close(&[]).await;
    }
}

/// What is Bob's stays Bob's, though his chat was signed in to the account before: his mail, his code, and where he stands.
#[tokio::test]
async fn what_is_erased_is_the_accounts_and_nobody_elses() {
    const BOBS: &str = "claire@example.org";
    for (counter, _server) in Counter::on_both().await {
        counter.sign_in(BOB, EMAIL).await;
        counter.says(BOB, "/signout").await;
        counter.clock.advance(jiff::SignedDuration::from_mins(2));
        counter.sign_in(BOB, BOBS).await;
        counter.says(BOB, "/cards").await;
        let stands = counter.stored_dialogue(BOB).await;
        // A link to sign in by password that Alice has proven, and one of Bob's; a mail to each that waits, out of the other's chat.
        counter.says(ALICE, "/signin").await;
        counter.says(ALICE, EMAIL).await;
        let [alice, bob] = [counter.account(EMAIL).await, counter.account(BOBS).await];
        let request = |chat: i64, account: i64| vec![chat.into(), format!("hash{chat}").into(), account.into(), counter.clock.now().into()];
        for (chat, account) in [(7, alice), (8, bob)] {
            let sql = "INSERT INTO sign_in_request (chat_id, token_hash, nonce, person, language, issued_at, expires_at, account_id, proven_at, tries, used) \
                       VALUES ($1, $2, 'n', '', 'en', $4, $4, $3, $4, 0, 0)";
            counter.run(sql, request(chat, account)).await;
        }
        let mut conn = counter.stage.app.conn().await.unwrap();
        let mail = |to: &str, chat| {
            let letter = Letter::SignInRefused { person: "Bob".to_owned() };
            let mail = Mail { to: to.parse().unwrap(), language: Language::En, chat: ChatId(chat), letter, to_nobody: false };
            Effect::Mail(mail).to_row().unwrap()
        };
        let later = counter.clock.now() + jiff::SignedDuration::from_mins(1);
        effect::insert(&mut conn, vec![mail(EMAIL, BOB), mail(BOBS, BOB), mail(BOBS, ALICE)], later).await.unwrap();
        drop(conn);
        assert_eq!(counter.number("SELECT COUNT(*) FROM known_chat").await, 2);

        counter.does(Act::Erase).await.unwrap();
        assert_eq!(counter.stored_dialogue(BOB).await, stands);
        assert_eq!(counter.number("SELECT COUNT(*) FROM session WHERE ended_at IS NULL").await, 1);
        assert_eq!(counter.number("SELECT COUNT(*) FROM effect WHERE kind = 'mail_sign_in_refused'").await, 2);
        assert!(!counter.carries(EMAIL).await && counter.carries(BOBS).await);
        assert_eq!(counter.number("SELECT COUNT(*) FROM one_time_code WHERE used = 0").await, 0);
        assert_eq!(counter.number("SELECT COUNT(*) FROM one_time_code").await, 1, "Bob's");
        assert_eq!(counter.number("SELECT COUNT(*) FROM sign_in_request").await, 1, "Bob's");
        assert_eq!(counter.number("SELECT COUNT(*) FROM known_chat").await, 1, "Bob's to his own");
        assert!(counter.stored_dialogue(ALICE).await.is_empty(), "it named the address");
        // On PostgreSQL they go out now; on SQLite nobody told the lanes of these rows.
        counter.clock.advance(jiff::SignedDuration::from_mins(2));
        counter.settled().await;
        counter.script("DELETE FROM effect WHERE kind = 'mail_sign_in_refused'").await;
        counter.presses(BOB, &counter.card("Visa", "4242")).await;
        assert!(counter.screen(BOB).contains("4242"), "{}", counter.screen(BOB));
        counter.close(&[]).await;
    }
}

/// The counter and the hand stand in each other's way: the hand goes again, and the operator hears nothing of it.
#[tokio::test]
async fn a_hand_that_a_turn_stands_in_the_way_of_goes_again() {
    let Some(server) = Server::start() else { return };
    let counter = Counter::on(&server).await;
    counter.sign_in(ALICE, EMAIL).await;
    let account = AccountId(counter.account(EMAIL).await);
    let mut turn = counter.stage.app.conn().await.unwrap();
    // PostgreSQL ends whoever first looks for a deadlock and finds one: the hand, which has the time to come into it, and never the turn
    // (postgresql.org/docs/current/runtime-config-locks.html).
    turn.script("ALTER ROLE guichet SET deadlock_timeout = '3s'; SET deadlock_timeout = '1h'").await.unwrap();
    turn.begin().await.unwrap();
    turn.lock_account(account).await.unwrap();
    let waits = async {
        while counter.number("SELECT COUNT(*) FROM pg_locks WHERE NOT granted").await == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        turn.lock_chats([ChatId(ALICE)]).await.unwrap();
        turn.commit().await.unwrap();
    };
    let (done, ()) = tokio::join!(counter.does(Act::Lock), waits);
    drop(turn);
    assert!(done.unwrap().changed);
    assert_eq!(counter.number("SELECT COUNT(*) FROM audit WHERE action = 'account_locked'").await, 1);
    counter.close(&[]).await;
}

#[tokio::test]
async fn the_command_says_what_it_did_and_refuses_in_one_line() {
    let counter = Counter::open().await;
    let folder = counter.stage.key_file().parent().unwrap().to_owned();
    let run = |arguments: &[&str]| process::guichet(&folder, &[&["account"], arguments].concat()).output().unwrap();
    let said = |output: &std::process::Output| String::from_utf8_lossy(&[&output.stdout[..], &output.stderr[..]].concat()).into_owned();
    let shown = run(&[EMAIL]);
    assert!(shown.status.success() && said(&shown).contains("a…@example.org") && said(&shown).contains("Visa 1117"), "{}", said(&shown));
    let unknown = run(&["nobody@example.org", "lock"]);
    assert_eq!(unknown.status.code(), Some(1));
    assert_eq!(said(&unknown).trim(), "guichet: no account has the address n…@example.org; check how it is spelt");
    let unsure = run(&[EMAIL, "erase"]);
    assert_eq!(unsure.status.code(), Some(1));
    assert!(said(&unsure).contains("--yes"), "{}", said(&unsure));
    assert_eq!(counter.number("SELECT COUNT(*) FROM audit WHERE action <> 'account_shown'").await, 0);
    let erased = run(&[EMAIL, "erase", "--yes"]);
    assert!(erased.status.success(), "{}", said(&erased));
    let reference = counter.text_of("SELECT reference FROM audit WHERE action = 'account_erased'").await;
    assert!(said(&erased).contains(&reference), "{}", said(&erased));
    let again = run(&[EMAIL, "erase", "--yes"]);
    assert_eq!(again.status.code(), Some(1));
    let at = said(&again).split_once("was erased on ").unwrap().1.split_once(';').unwrap().0.to_owned();
    assert!(at.len() == "2017-03-01 09:00:00Z".len() && at.ends_with('Z'), "{at}");
    counter.close(&[]).await;
}
