//! What erasing leaves behind: no row of the account's or the chat's in any table, and nothing in SQLite's files and log.

use std::path::PathBuf;

use guichet::clock::{Clock, Random};
use guichet::config::Database;
use guichet::domain::{ChatId, Email, Parting};
use guichet::hand::{Act, Hand, key_of};
use guichet::store::{Db, effect, parting};
use guichet::unlock::unlock;
use jiff::SignedDuration;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection as _, Executor as _, SqliteConnection};

use crate::counter::{ALICE, BOB, Counter};

const EMAIL: &str = "alice@example.org";
/// As much of a mail as tells whom it is to.
const PAYLOAD: &str = r#"{"mail":{"to":"alice@example.org","chat":1003}}"#;

impl Counter {
    async fn erases(&self) {
        let db = Db::join(&self.stage.database).await.unwrap();
        let key = key_of(&db, &self.stage.key_file()).await.unwrap();
        let hand = Hand { db: &db, key, clock: self.clock.clone(), random: Random::machine() };
        hand.act(&EMAIL.parse().unwrap(), Act::Erase).await.unwrap();
        db.close().await;
    }

    /// How many bytes SQLite's log has.
    async fn log(&self) -> u64 {
        let file = self.text_of("SELECT file FROM pragma_database_list WHERE name = 'main'").await;
        std::fs::metadata(PathBuf::from(file + "-wal")).unwrap().len()
    }
}

#[tokio::test]
async fn an_erased_account_leaves_no_row_in_any_table() {
    let counter = Counter::open().await;
    counter.asks_for_a_link(ALICE, EMAIL).await;
    counter.sign_in(ALICE, EMAIL).await;
    let account = counter.account(EMAIL).await;
    // A code for the account in a chat that was never signed in to it, and one for another address in the one that is.
    counter.clock.advance(SignedDuration::from_mins(2));
    counter.says(BOB, "/signin").await;
    counter.says(BOB, EMAIL).await;
    let index = counter.index(ALICE).await;
    counter.run("UPDATE one_time_code SET account_id = NULL WHERE chat_id = $1", vec![index.into()]).await;
    assert_eq!(counter.number("SELECT COUNT(*) FROM one_time_code").await, 2);
    counter.run("INSERT INTO balance (account_id, currency, minor) VALUES ($1, 'JPY', 7)", vec![account.into()]).await;
    // What waits to be sent may name a receipt, and so may what the chat shows.
    counter.stand_at(ALICE, r#"{"v":1,"at":{"cards":"list"}}"#).await;
    let alice: Email = EMAIL.parse().unwrap();
    let to = |lane| (lane == "mail").then(|| alice.clone());
    let row = |lane, kind| effect::New { lane: (lane, ChatId(ALICE)), to: to(lane), kind, payload: PAYLOAD.to_owned() };
    let waiting = vec![row("chat", "show"), row("mail", "mail_card_removed"), row("document", "document")];
    effect::insert(&mut counter.stage.app.conn().await.unwrap(), waiting, counter.clock.now()).await.unwrap();
    counter.erases().await;
    let mut conn = counter.stage.app.conn().await.unwrap();
    for table in ["account", "balance", "card", "payment", "session", "reset_link", "audit_subject"] {
        let sql = format!("SELECT COUNT(*) FROM {table} WHERE account_id = $1").leak();
        assert_eq!(conn.number(sql, vec![account.into()]).await.unwrap(), 0, "{table}");
    }
    assert_eq!(conn.number("SELECT COUNT(*) FROM one_time_code", vec![]).await.unwrap(), 0);
    for lane in ["chat", "mail", "document"] {
        assert_eq!(effect::in_lane(&mut conn, (lane, ChatId(ALICE)), to(lane).as_ref()).await.unwrap().len(), 0, "{lane}");
    }
    drop(conn);
    assert_eq!(counter.stored_dialogue(ALICE).await, "");
    counter.stage.app.stop().await;
}

#[tokio::test]
async fn what_the_operator_erases_is_gone_from_the_log_at_once() {
    let counter = Counter::open().await;
    counter.sign_in(ALICE, EMAIL).await;
    assert!(counter.log().await > 0);
    counter.erases().await;
    assert_eq!(counter.log().await, 0);
    counter.stage.app.stop().await;
}

#[tokio::test]
async fn a_forgotten_chats_page_and_the_word_to_it_go_too() {
    let counter = Counter::open().await;
    counter.asks_for_a_page(ALICE).await;
    parting::put(&mut counter.stage.app.conn().await.unwrap(), &[ChatId(ALICE)], Parting::Ended).await.unwrap();
    for table in ["SELECT COUNT(*) FROM sign_in_request", "SELECT COUNT(*) FROM parting"] {
        assert_eq!(counter.number(table).await, 1, "{table}");
    }
    counter.says(ALICE, "/forget").await;
    counter.presses(ALICE, &counter.word("button-forget-confirm")).await;
    for table in ["SELECT COUNT(*) FROM sign_in_request", "SELECT COUNT(*) FROM parting"] {
        assert_eq!(counter.number(table).await, 0, "{table}");
    }
    counter.close(&[]).await;
}

/// Such a dialogue may name its holder's address, in whatever form it does not decode.
#[tokio::test]
async fn a_dialogue_that_was_set_aside_goes_with_its_chat_and_with_the_account_it_names() {
    for (counter, _server) in Counter::on_both().await {
        let aside = async || counter.number("SELECT COUNT(*) FROM set_aside_dialogue").await;
        let loses = async |person: i64, dialogue: &str| {
            counter.says(person, "/menu").await;
            counter.stand_at(person, dialogue).await;
            counter.says(person, "/menu").await;
        };
        loses(ALICE, "first, of Alice@example.org").await;
        loses(ALICE, "second").await;
        loses(BOB, "of boris@example.org").await;
        assert_eq!(aside().await, 3);
        counter.says(ALICE, "/forget").await;
        counter.presses(ALICE, &counter.word("button-forget-confirm")).await;
        assert_eq!(aside().await, 1, "the other chat's stays");
        counter.sign_in(ALICE, EMAIL).await;
        loses(ALICE, "a receipt").await;
        loses(BOB, "{of Alice@example.org").await;
        assert_eq!(aside().await, 3);
        counter.erases().await;
        assert_eq!(aside().await, 1, "what is another's stays");
        counter.stage.app.stop().await;
    }
}

#[tokio::test]
async fn what_was_sent_is_gone_from_the_log_with_the_next_sweep() {
    let counter = Counter::open().await;
    counter.says(ALICE, "/help").await;
    assert!(counter.log().await > 0);
    counter.stage.app.sweep().await;
    counter.stage.app.wiped().await;
    assert_eq!(counter.log().await, 0);
    counter.close(&[]).await;
}

#[tokio::test]
async fn what_an_earlier_version_deleted_without_a_wipe_is_wiped_with_its_sealing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("guichet.db");
    Db::open(&Database::Sqlite(path.clone())).await.unwrap().close().await;
    let mut conn = SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(&path)).await.unwrap();
    // So many that whole pages are given back, which nothing is written to again.
    let deleted = "PRAGMA secure_delete = OFF; \
                   WITH RECURSIVE times (at) AS (SELECT 1 UNION ALL SELECT at + 1 FROM times WHERE at < 2000) \
                   INSERT INTO set_aside_dialogue (dialogue, set_aside_at) SELECT 'a walrus that was deleted', at FROM times; \
                   INSERT INTO set_aside_dialogue (dialogue, set_aside_at) VALUES ('another', 2001); \
                   DELETE FROM set_aside_dialogue WHERE set_aside_at <= 2000";
    conn.execute(deleted).await.unwrap();
    conn.close().await.unwrap();
    let holds = |text: &str| std::fs::read(&path).unwrap().windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("a walrus that was deleted"), "there is something to wipe");
    let db = Db::open(&Database::Sqlite(path.clone())).await.unwrap();
    unlock(&db, &folder.path().join("guichet.key"), &Random::machine(), Clock::machine().now()).await.unwrap();
    db.close().await;
    assert!(!holds("a walrus that was deleted") && !holds("another"));
}
