//! A password is compared outside of any turn. What changes meanwhile is looked at again before it counts; and whose hash stands in for an
//! account that is not there does not change at all.

use std::collections::HashSet;

use data_encoding::BASE64_NOPAD;
use guichet::dialogue::reset::link::hash_of;
use guichet::dialogue::sign_in::page::{self, Verdict};
use guichet::domain::{ChatId, Language};
use guichet::store::chat::Chat;
use guichet::store::password::Candidate;
use guichet::turn::{Service, Turn};

use super::texts::service;
use crate::counter::{ALICE, Counter};

const EMAIL: &str = "alice@example.org";

impl Counter {
    /// Does something of a page's in a turn of its own.
    async fn decides(&self, service: &Service, act: impl AsyncFnOnce(&mut Turn<'_>) -> Verdict) -> Verdict {
        let (mut conn, now) = (self.stage.app.conn().await.unwrap(), self.clock.now());
        conn.begin().await.unwrap();
        let mut turn = Turn::new(service, &mut conn, now, Chat::new(ChatId(0), Language::En, now), String::new());
        let verdict = act(&mut turn).await;
        conn.commit().await.unwrap();
        verdict
    }

    async fn candidate(&self, service: &Service, token_hash: &str, email: &str) -> Candidate {
        let email = email.parse().unwrap();
        let attempt = async |turn: &mut Turn<'_>| page::attempt(turn, token_hash, &email, "192.0.2.1").await.unwrap();
        let verdict = self.decides(service, attempt).await;
        let Verdict::Compare(candidate) = verdict else { panic!("{verdict:?}") };
        candidate
    }
}

#[tokio::test]
async fn a_password_that_was_right_a_moment_ago_is_refused_if_the_account_has_changed() {
    let service = service();
    let changes = ["state = 'open'", "password_hash = ''", "locked_here = 1", "state = 'locked'", "state = 'closed'"];
    for change in changes {
        let counter = Counter::open().await;
        let token_hash = hash_of(counter.asks_for_a_page(ALICE).await.rsplit('/').next().unwrap());
        let candidate = counter.candidate(&service, &token_hash, EMAIL).await;
        let (hash, account) = (candidate.hash.unwrap(), candidate.account.unwrap());
        let sql = format!("UPDATE account SET {change} WHERE account_id = $1").leak();
        counter.run(sql, vec![account.0.into()]).await;
        let prove = async |turn: &mut Turn<'_>| page::prove(turn, &token_hash, account, &hash, false).await.unwrap();
        let verdict = counter.decides(&service, prove).await;
        assert!(matches!((change, &verdict), ("state = 'open'", Verdict::Code(_)) | (_, Verdict::Refused)), "{change}: {verdict:?}");
        let proven = counter.number("SELECT COUNT(*) FROM sign_in_request WHERE proven_at IS NOT NULL").await;
        assert_eq!(proven, i64::from(change == "state = 'open'"), "{change}");
        counter.close(&[]).await;
    }
}

/// Or what one address costs would differ from time to time, as no account's does.
#[tokio::test]
async fn the_same_hash_stands_in_for_an_address_each_time() {
    let (service, counter) = (service(), Counter::open().await);
    let accounts = counter.number("SELECT COUNT(*) FROM account").await;
    for account in 1..=accounts {
        let hash = format!("$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA${}", BASE64_NOPAD.encode(&[account as u8; 32]));
        counter.run("UPDATE account SET password_hash = $1 WHERE account_id = $2", vec![hash.into(), account.into()]).await;
    }
    let token_hash = hash_of(counter.asks_for_a_page(ALICE).await.rsplit('/').next().unwrap());
    let mut chosen = Vec::new();
    for _ in 0..4 {
        let candidate = counter.candidate(&service, &token_hash, "nobody@example.org").await;
        assert!(candidate.account.is_none());
        chosen.push(candidate.hash.unwrap().as_str().to_owned());
    }
    assert_eq!(chosen.iter().collect::<HashSet<_>>().len(), 1, "{chosen:?}");
    counter.close(&[]).await;
}
