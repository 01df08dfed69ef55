//! Each table that a sweep goes through keeps a row as long as it says, and no longer.

use guichet::domain::{CODE_LENGTH, RESET_LINK_KEPT, Retention, SIGN_IN_LINK_LENGTH};
use jiff::SignedDuration;

use crate::counter::Counter;

const MILLISECOND: SignedDuration = SignedDuration::from_millis(1);

/// The tables, with a row that counts from the time `$1`, and how long from then on it is of use.
fn tables() -> [(&'static str, &'static str, &'static str, SignedDuration); 4] {
    [
        (
            "reset_decoy",
            "INSERT INTO reset_decoy (token_hash, address, issued_at, expires_at, void) VALUES ($2, '', $1 - 1800000, $1, 0)",
            "SELECT token_hash FROM reset_decoy",
            RESET_LINK_KEPT,
        ),
        (
            "sign_in_request",
            "INSERT INTO sign_in_request (chat_id, token_hash, nonce, person, language, issued_at, expires_at, tries, used) \
             VALUES ($1, $2, '', '', 'en', $1, $1 + 600000, 0, 0)",
            "SELECT token_hash FROM sign_in_request",
            // The password may be entered at the last moment, and the code then be shown as long as any.
            SIGN_IN_LINK_LENGTH + CODE_LENGTH,
        ),
        (
            "limit_bucket",
            "INSERT INTO limit_bucket (name, whole_at, seen_at) VALUES ($2, $1, 0)",
            "SELECT name FROM limit_bucket",
            SignedDuration::ZERO,
        ),
        (
            "known_chat",
            "INSERT INTO known_chat (mark, chat, seen_at) VALUES ($2, '', $1)",
            "SELECT mark FROM known_chat",
            Retention::default().silent_chats,
        ),
    ]
}

#[tokio::test]
async fn a_sweep_takes_what_is_past_its_age_and_leaves_what_is_within_it() {
    for (counter, _server) in Counter::on_both().await {
        for (_, insert, _, age) in tables() {
            let last_moment = counter.clock.now() - age;
            for (at, name) in [(last_moment, "within"), (last_moment - MILLISECOND, "past")] {
                counter.run(insert, vec![at.into(), name.to_owned().into()]).await;
            }
        }
        counter.stage.app.sweep().await;
        let mut left = Vec::new();
        for (table, _, select, _) in tables() {
            let rows: Vec<(String,)> = counter.stage.app.conn().await.unwrap().rows(select, vec![]).await.unwrap();
            left.extend(rows.into_iter().map(|(row,)| (table, row)));
        }
        assert_eq!(left, tables().map(|(table, ..)| (table, "within".to_owned())));
        counter.close(&[]).await;
    }
}
