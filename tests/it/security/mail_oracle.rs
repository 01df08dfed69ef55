//! No oracle in the mails on their way: neither the document of what is kept, nor how long another mail takes, tells whether a mail to
//! an address goes out.

use std::collections::HashSet;

use guichet::domain::{ChatId, Email, Language};
use guichet::effects::{Effect, Letter, Mail};
use guichet::store::{Conn, effect};
use jiff::Timestamp;

use crate::counter::{ALICE, BOB, Counter};
use crate::privacy::document;
use crate::smtp::{Authority, Server, python, transport};

const VICTIM: &str = "alice@example.org";
const NOBODY: &str = "nobody@example.org";
const OWN: &str = "boris@example.org";

/// Whatever may be mailed to an address in the name of a chat.
fn letters(now: Timestamp) -> Vec<Letter> {
    let (person, nonce, reference) = ("Bob".to_owned(), "07".to_owned(), "K7QX2-M9DA4".to_owned());
    let (brand, last4) = ("Visa".to_owned(), "1117".to_owned());
    vec![
        Letter::Code { nonce: nonce.clone(), person: person.clone(), expires_at: now, again: false },
        Letter::SignInRefused { person: person.clone() },
        Letter::ResetLink { nonce, person: person.clone(), expires_at: now },
        Letter::ResetRefused { closed: true, person: person.clone() },
        Letter::SignedIn { person: person.clone(), language: Language::En, signed_in_at: now },
        Letter::PasswordChanged { reference: reference.clone(), person: person.clone(), changed_at: now, recorded: false },
        Letter::CardRemoved { brand, last4, reference, person, removed_at: now, recorded: false },
    ]
}

/// Leaves mails from a chat to an address on their way, in the hands of nobody.
async fn on_their_way(conn: &mut Conn, chat: ChatId, to: &str, letters: Vec<Letter>, now: Timestamp) {
    let to: Email = to.parse().unwrap();
    let mail = |letter| Effect::Mail(Mail { to: to.clone(), language: Language::En, chat, letter, to_nobody: false });
    let rows = letters.into_iter().map(|letter| mail(letter).to_row().unwrap()).collect();
    effect::insert(conn, rows, now).await.unwrap();
}

#[tokio::test]
async fn a_document_names_no_mail_to_another_address_and_none_that_was_asked_for() {
    let counter = Counter::open().await;
    counter.sign_in(BOB, OWN).await;
    let (mut conn, now, bob) = (counter.stage.app.conn().await.unwrap(), counter.clock.now(), ChatId(BOB));
    on_their_way(&mut conn, bob, VICTIM, letters(now), now).await;
    on_their_way(&mut conn, bob, OWN, letters(now), now).await;
    on_their_way(&mut conn, ChatId(ALICE), VICTIM, letters(now), now).await;
    drop(conn);
    counter.says(BOB, "/mydata").await;
    let told = document(&counter, BOB);
    let kinds: Vec<&str> = told["on_its_way"].as_array().unwrap().iter().filter_map(|pending| pending["kind"].as_str()).collect();
    assert_eq!(kinds, ["mail_signed_in", "mail_password_changed", "mail_card_removed", "document"]);
    // Order holds among a chat's mails to one address, whoever else writes to it.
    assert_eq!(counter.number("SELECT COUNT(DISTINCT lane) FROM effect WHERE kind LIKE 'mail%'").await, 3);
    // Nor do the names of lanes show that two chats write to the same.
    let mut conn = counter.stage.app.conn().await.unwrap();
    let lanes: Vec<(String,)> = conn.rows("SELECT DISTINCT lane FROM effect WHERE kind LIKE 'mail%'", vec![]).await.unwrap();
    drop(conn);
    let mailboxes: HashSet<&str> = lanes.iter().filter_map(|(lane,)| lane.split(' ').nth(2)).collect();
    assert_eq!(mailboxes.len(), 3, "{lanes:?}");
    counter.says(BOB, "/forget").await;
    counter.presses(BOB, &counter.word("button-forget-confirm")).await;
    let asked_for =
        "SELECT COUNT(*) FROM effect WHERE kind IN ('mail_code', 'mail_sign_in_refused', 'mail_reset_link', 'mail_reset_refused')";
    assert_eq!(counter.number(asked_for).await, 4, "what the chat asked for is erased with it, and nobody else's");
    counter.close(&[]).await;
}

/// The mail server says nothing once it has the victim's mail, and to the end: what waited for that mail would never go out.
#[tokio::test]
async fn a_mail_waits_for_none_to_another_address() {
    let Some(python) = python() else { return };
    for asked in [VICTIM, NOBODY] {
        let mut server = Server::start(python, "plain", if asked == VICTIM { "silent" } else { "none" }, 1, &Authority::new()).await;
        let counter = Counter::sending(Some(transport(&server.url, None))).await;
        counter.says(BOB, "/signin").await;
        counter.types(BOB, asked);
        if asked == VICTIM {
            server.struck("silent").await;
        }
        counter.types(BOB, OWN);
        let mail = server.mail().await;
        assert_eq!(mail.to, [OWN], "{asked}");
        counter.types(BOB, &mail.codes()[0]);
        let news = server.mail().await;
        assert_eq!((&news.to[..], news.codes().len()), (&[OWN.to_owned()][..], 0), "the news of the sign-in: {asked}");
        counter.recovers().await;
        if asked == VICTIM {
            assert_eq!(server.mail().await.to, [VICTIM], "it goes out in the end");
        }
        counter.close(&[]).await;
    }
}

#[tokio::test]
async fn a_lane_of_mails_leaves_nothing_behind() {
    for (counter, server) in Counter::on_both().await {
        for address in [VICTIM, NOBODY, OWN] {
            counter.says(BOB, "/signin").await;
            counter.says(BOB, address).await;
            counter.says(BOB, "/menu").await;
        }
        assert_eq!(counter.number("SELECT COUNT(*) FROM effect").await, 0);
        if server.is_some() {
            assert_eq!(counter.number("SELECT COUNT(*) FROM lane").await, 0);
        }
        counter.close(&[]).await;
    }
}
