//! A change of the key reaches every column that is sealed or found by an index, and forgets what the old key alone made good.

use std::path::Path;

use guichet::clock::{Clock, Random};
use guichet::config::Database;
use guichet::domain::{ChatId, Comment, Email, Language, Parting, ResetLink, SignInRequest};
use guichet::import::{import, samples};
use guichet::rotation::rotate;
use guichet::secret::Key;
use guichet::store::one_time_code::OneTimeCode;
use guichet::store::{
    Conn, Db, Value, account, chat, data_request, effect, help_feedback, one_time_code, parting, reset_link, session, set_aside_dialogue,
    sign_in_request, whole,
};
use guichet::unlock::{self, unlock};
use jiff::{SignedDuration, Timestamp};

use crate::postgres::Server;

const CHAT: ChatId = ChatId(1003);

/// Every column whose values are sealed.
const SEALED: [&str; 14] = [
    "account.email",
    "account.name",
    "chat.telegram_id",
    "chat.dialogue",
    "session.telegram_id",
    "parting.telegram_id",
    "one_time_code.email",
    "sign_in_request.telegram_id",
    "sign_in_request.person",
    "reset_link.telegram_id",
    "reset_link.person",
    "set_aside_dialogue.dialogue",
    "effect.payload",
    "help_feedback.comment",
];

fn alice() -> Email {
    "alice@example.org".parse().unwrap()
}

fn letter(kind: &'static str) -> effect::New {
    effect::New {
        lane: ("mail", CHAT),
        to: Some(alice()),
        kind,
        payload: format!(r#"{{"mail":{{"to":"alice@example.org","chat":{},"kind":"{kind}"}}}}"#, CHAT.0),
    }
}

/// Leaves a row in each table that holds something sealed.
async fn lives(conn: &mut Conn, now: Timestamp) {
    let account = account::by_email(conn, &alice()).await.unwrap().unwrap().id;
    let expires_at = now + SignedDuration::from_mins(10);
    let mut standing = chat::Chat::new(CHAT, Language::En, now);
    standing.dialogue = r#"{"v":1,"at":"status"}"#.to_owned();
    chat::save(conn, &[&standing], now).await.unwrap();
    session::start(conn, CHAT, account, now).await.unwrap();
    parting::put(conn, &[CHAT], Parting::Ended).await.unwrap();
    let code = OneTimeCode {
        nonce: "07".to_owned(),
        email: alice(),
        account_id: Some(account),
        issued_at: now,
        expires_at,
        tries: 0,
        resends: 0,
        used: false,
    };
    one_time_code::put(conn, CHAT, &code).await.unwrap();
    let (person, language) = ("Alice (@alice_example)".to_owned(), Language::En);
    let page = SignInRequest {
        nonce: "07".to_owned(),
        token_hash: "page".to_owned(),
        chat_id: CHAT,
        person: person.clone(),
        language,
        issued_at: now,
        expires_at,
        proven: None,
        tries: 0,
        used: false,
    };
    sign_in_request::put(conn, &page).await.unwrap();
    let token_hash = "link".to_owned();
    let link = ResetLink {
        token_hash,
        account_id: account,
        chat_id: CHAT,
        person,
        language,
        issued_at: now,
        expires_at,
        used_at: None,
        void: false,
    };
    reset_link::put(conn, &link).await.unwrap();
    set_aside_dialogue::keep(conn, CHAT, "a lost place", now).await.unwrap();
    let screen = effect::New { lane: ("chat", CHAT), to: None, kind: "show", payload: format!(r#"{{"show":{{"chat":{}}}}}"#, CHAT.0) };
    let letters = ["mail_code", "mail_reset_link", "mail_signed_in"].map(letter);
    effect::insert(conn, [letters.to_vec(), vec![screen]].concat(), now).await.unwrap();
    assert!(data_request::ask(conn, CHAT, now).await.unwrap());
    let topic = "paying".parse().unwrap();
    help_feedback::count(conn, topic, language, false, now.to_zoned(jiff::tz::TimeZone::UTC).date()).await.unwrap();
    help_feedback::comment(conn, topic, language, &Comment::new("Which page?").unwrap()).await.unwrap();
}

/// Where a value stands that is sealed with the key of this fingerprint, and how many values there are.
async fn sealed_with(conn: &mut Conn, fingerprint: &str) -> Vec<String> {
    let mark = format!("1.{}.", &fingerprint[..8]);
    let mut found = Vec::new();
    for table in whole::tables(conn).await.unwrap() {
        let mut after: Option<Vec<Value>> = None;
        loop {
            let page = whole::page(conn, &table, after.as_deref()).await.unwrap();
            let Some(last) = page.last() else { break };
            after = Some(last.clone());
            for row in &page {
                let sealed = row.iter().filter(|value| matches!(value, Value::Text(Some(text)) if text.starts_with(&mark)));
                found.extend(sealed.map(|_| table.name.clone()));
            }
        }
    }
    found
}

/// No sealed column holds anything in the clear.
async fn is_sealed(conn: &mut Conn) {
    for sealed in SEALED {
        let (table, column) = sealed.split_once('.').unwrap();
        let mark = conn.sealer().unwrap().mark();
        let count = |which: &str| -> &'static str { format!("SELECT COUNT(*) FROM {table} WHERE {column} {which} '{mark}%'").leak() };
        assert!(conn.number(count("LIKE"), vec![]).await.unwrap() > 0, "{sealed} is empty");
        assert_eq!(conn.number(count("NOT LIKE"), vec![]).await.unwrap(), 0, "{sealed}");
    }
}

/// Everything that lasts opens, and is found under its new index.
async fn goes_on(conn: &mut Conn, now: Timestamp) {
    let found = account::by_email(conn, &alice()).await.unwrap().unwrap();
    let (sealer, account) = (conn.sealer().unwrap(), found.id);
    let name_index = "SELECT name_index FROM account WHERE account_id = $1";
    let (name_index,): (String,) = conn.row(name_index, vec![account.0.into()]).await.unwrap().unwrap();
    assert_eq!(name_index, sealer.name(&sealer.email(&alice()), &found.name), "an import sees that the name is the same");
    let standing = chat::load(conn, &[CHAT]).await.unwrap().remove(0);
    assert_eq!(standing.dialogue, r#"{"v":1,"at":"status"}"#);
    assert_eq!(standing.session.unwrap().account_id, account);
    assert_eq!(session::chats(conn, account).await.unwrap(), [CHAT]);
    assert_eq!(parting::waiting(conn, 9).await.unwrap().remove(0).0, CHAT);
    let link = reset_link::of_account(conn, account).await.unwrap().remove(0);
    assert_eq!((link.chat_id, link.person.as_str()), (CHAT, "Alice (@alice_example)"));
    reset_link::forget(conn, CHAT).await.unwrap();
    assert!(reset_link::of_account(conn, account).await.unwrap()[0].is_forgotten(), "it is found by its chat");
    let aside = "SELECT dialogue FROM set_aside_dialogue";
    let (aside,): (String,) = conn.row(aside, vec![]).await.unwrap().unwrap();
    assert_eq!(sealer.open("set_aside_dialogue.dialogue", now.as_millisecond(), &aside).as_deref(), Ok("a lost place"));
    set_aside_dialogue::forget(conn, CHAT).await.unwrap();
    assert_eq!(conn.number("SELECT COUNT(*) FROM set_aside_dialogue", vec![]).await.unwrap(), 0, "it is found by its chat");
    let kinds: Vec<_> = effect::alive(conn, 0).await.unwrap().into_iter().map(|row| (row.kind, row.payload.is_some())).collect();
    assert_eq!(kinds, [("mail_signed_in".to_owned(), true), ("show".to_owned(), true)], "codes and links of the old key are not sent");
    for (lane, to) in [("mail", Some(&alice())), ("chat", None)] {
        assert_eq!(effect::in_lane(conn, (lane, CHAT), to).await.unwrap().len(), 1, "{lane}");
    }
    assert_eq!(help_feedback::remarks(conn).await.unwrap()[0].comment, "Which page?");
    for table in ["one_time_code", "sign_in_request", "data_request"] {
        assert_eq!(conn.number(format!("SELECT COUNT(*) FROM {table}").leak(), vec![]).await.unwrap(), 0, "{table}");
    }
}

async fn changes_every_column(database: &Database, folder: &Path) {
    let (key_file, random, now) = (folder.join("guichet.key"), Random::machine(), Clock::machine().now());
    samples::write(&folder.join("samples")).unwrap();
    let db = Db::join(database).await.unwrap();
    let old = unlock(&db, &key_file, &random, now).await.unwrap().fingerprint();
    import(&db, &folder.join("samples"), |_| ()).await.unwrap();
    let mut conn = db.conn().await.unwrap();
    lives(&mut conn, now).await;
    is_sealed(&mut conn).await;
    let before = sealed_with(&mut conn, &old).await;
    for table in ["account", "chat", "session", "parting", "reset_link", "set_aside_dialogue", "effect", "help_feedback"] {
        assert!(before.iter().any(|found| found == table), "{table} has nothing to seal anew: {before:?}");
    }
    drop(conn);
    db.close().await;
    let db = Db::look(database).await.unwrap();
    let rotated = rotate(&db, &key_file, &random).await.unwrap();
    assert_eq!(Key::read(&rotated.old_file).unwrap().fingerprint(), old, "copies from before can be opened");
    assert_eq!(Key::read(&key_file).unwrap().fingerprint(), rotated.fingerprint);
    assert_eq!(rotated.resealed.unreadable, 0);
    db.close().await;
    let db = Db::look(database).await.unwrap();
    unlock::look(&db, &key_file).await.unwrap();
    let mut conn = db.conn().await.unwrap();
    assert_eq!(sealed_with(&mut conn, &old).await, Vec::<String>::new());
    assert_ne!(sealed_with(&mut conn, &rotated.fingerprint).await, Vec::<String>::new());
    goes_on(&mut conn, now).await;
    drop(conn);
    db.close().await;
}

#[tokio::test]
async fn a_change_of_the_key_reaches_every_column_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    changes_every_column(&Database::Sqlite(folder.path().join("guichet.db")), folder.path()).await;
}

#[tokio::test]
async fn a_change_of_the_key_reaches_every_column_on_postgres() {
    let Some(server) = Server::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    changes_every_column(&server.settings().database, folder.path()).await;
}
