//! What is erased once the policy's final date is over, but for the chats, which are told first. Of what is kept of holders only the audit
//! stays, as nobody's, until its own age; and what is on its way to them, until it is sent. What stands for somebody as a keyed hash only,
//! limits (`limit_bucket`) and links that no account has (`reset_decoy`), is not emptied here: it goes by its age, within days.

use super::{Conn, StoreError, statements, values};

statements! {
    CODES = "DELETE FROM one_time_code WHERE chat_id IN (SELECT chat_id FROM one_time_code LIMIT $1)";
    PAGES = "DELETE FROM sign_in_request WHERE chat_id IN (SELECT chat_id FROM sign_in_request LIMIT $1)";
    KNOWN_CHATS = "DELETE FROM known_chat WHERE mark IN (SELECT mark FROM known_chat LIMIT $1)";
    DATA_REQUESTS = "DELETE FROM data_request WHERE chat_id IN (SELECT chat_id FROM data_request LIMIT $1)";
    RESET_LINKS = "DELETE FROM reset_link WHERE token_hash IN (SELECT token_hash FROM reset_link LIMIT $1)";
    SESSIONS = "DELETE FROM session WHERE session_id IN (SELECT session_id FROM session LIMIT $1)";
    PAYMENTS = "DELETE FROM payment WHERE payment_id IN (SELECT payment_id FROM payment LIMIT $1)";
    CARDS = "DELETE FROM card WHERE card_id IN (SELECT card_id FROM card LIMIT $1)";
    BALANCES = "DELETE FROM balance WHERE (account_id, currency) IN (SELECT account_id, currency FROM balance LIMIT $1)";
    PARTINGS = "DELETE FROM parting WHERE chat_id IN (SELECT chat_id FROM parting LIMIT $1)";
    ERASED = "DELETE FROM erased_account WHERE address_hash IN (SELECT address_hash FROM erased_account LIMIT $1)";
    EVENTS = "DELETE FROM event WHERE event_id IN (SELECT event_id FROM event LIMIT $1)";
    SUBJECTS = "DELETE FROM audit_subject WHERE account_id IN (SELECT account_id FROM audit_subject LIMIT $1)";
    ACCOUNTS = "DELETE FROM account WHERE account_id IN (SELECT account_id FROM account LIMIT $1)";
    SET_ASIDE = "DELETE FROM set_aside_dialogue WHERE set_aside_id IN (SELECT set_aside_id FROM set_aside_dialogue LIMIT $1)";
    COMMENTS = "DELETE FROM help_feedback WHERE feedback_id IN (SELECT feedback_id FROM help_feedback LIMIT $1)";
    STAGED_ACCOUNTS = "DELETE FROM staged_account WHERE line IN (SELECT line FROM staged_account LIMIT $1)";
    STAGED_BALANCES = "DELETE FROM staged_balance WHERE line IN (SELECT line FROM staged_balance LIMIT $1)";
    STAGED_CARDS = "DELETE FROM staged_card WHERE line IN (SELECT line FROM staged_card LIMIT $1)";
    STAGED_PAYMENTS = "DELETE FROM staged_payment WHERE line IN (SELECT line FROM staged_payment LIMIT $1)";
}

/// The tables that are emptied, each before those that its rows refer to.
pub const TABLES: [(&str, &str); 20] = [
    ("one_time_code", CODES),
    ("sign_in_request", PAGES),
    ("known_chat", KNOWN_CHATS),
    ("data_request", DATA_REQUESTS),
    ("reset_link", RESET_LINKS),
    ("session", SESSIONS),
    ("payment", PAYMENTS),
    ("card", CARDS),
    ("balance", BALANCES),
    ("event", EVENTS),
    ("audit_subject", SUBJECTS),
    ("account", ACCOUNTS),
    ("parting", PARTINGS),
    ("erased_account", ERASED),
    ("set_aside_dialogue", SET_ASIDE),
    ("help_feedback", COMMENTS),
    ("staged_account", STAGED_ACCOUNTS),
    ("staged_balance", STAGED_BALANCES),
    ("staged_card", STAGED_CARDS),
    ("staged_payment", STAGED_PAYMENTS),
];

/// Empties the tables by so many rows at most; how many rows of which went. Nothing is left once fewer went than might have.
pub async fn step(conn: &mut Conn, limit: u64) -> Result<Vec<(&'static str, u64)>, StoreError> {
    let mut left = limit;
    let mut gone = Vec::new();
    for (table, sql) in TABLES {
        let rows = conn.run(sql, values![left.cast_signed()]).await?;
        if rows > 0 {
            gone.push((table, rows));
        }
        left = left.saturating_sub(rows);
        if left == 0 {
            break;
        }
    }
    Ok(gone)
}
