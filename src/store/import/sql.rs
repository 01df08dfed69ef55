//! The statements of an import, one of a sort for each kind of rows.

use super::Kind;
use crate::store::statements;

statements! {
    STAGE_ACCOUNT = "INSERT INTO staged_account (line, email_index, email, name_index, name, language, state, opened_on, password_hash) \
                     VALUES [($, $, $, $, $, $, $, $, $)]";
    STAGE_BALANCE = "INSERT INTO staged_balance (line, email_index, currency, minor) VALUES [($, $, $, $)]";
    STAGE_CARD = "INSERT INTO staged_card (line, card_ref, email_index, brand, last4, expires, linked_on) VALUES [($, $, $, $, $, $, $)]";
    STAGE_PAYMENT = "INSERT INTO staged_payment (line, payment_ref, email_index, paid_at, merchant, minor, currency, status, card_last4) \
                     VALUES [($, $, $, $, $, $, $, $, $)]";

    CLEAR_ACCOUNT = "DELETE FROM staged_account";
    CLEAR_BALANCE = "DELETE FROM staged_balance";
    CLEAR_CARD = "DELETE FROM staged_card";
    CLEAR_PAYMENT = "DELETE FROM staged_payment";

    REPEATED_ACCOUNT = "SELECT line, earliest FROM (SELECT line, MIN(line) OVER (PARTITION BY email_index) AS earliest FROM staged_account) AS keyed \
                        WHERE line <> earliest ORDER BY line LIMIT $1";
    REPEATED_BALANCE = "SELECT line, earliest FROM (SELECT line, MIN(line) OVER (PARTITION BY email_index, currency) AS earliest FROM staged_balance) AS keyed \
                        WHERE line <> earliest ORDER BY line LIMIT $1";
    REPEATED_CARD = "SELECT line, earliest FROM (SELECT line, MIN(line) OVER (PARTITION BY card_ref) AS earliest FROM staged_card) AS keyed \
                     WHERE line <> earliest ORDER BY line LIMIT $1";
    REPEATED_PAYMENT = "SELECT line, earliest FROM (SELECT line, MIN(line) OVER (PARTITION BY payment_ref) AS earliest FROM staged_payment) AS keyed \
                        WHERE line <> earliest ORDER BY line LIMIT $1";

    UNKNOWN_BALANCE = "SELECT line FROM staged_balance AS staged \
                       WHERE NOT EXISTS (SELECT 1 FROM staged_account WHERE staged_account.email_index = staged.email_index) \
                       AND NOT EXISTS (SELECT 1 FROM account WHERE account.email_index = staged.email_index) ORDER BY line LIMIT $1";
    UNKNOWN_CARD = "SELECT line FROM staged_card AS staged \
                    WHERE NOT EXISTS (SELECT 1 FROM staged_account WHERE staged_account.email_index = staged.email_index) \
                    AND NOT EXISTS (SELECT 1 FROM account WHERE account.email_index = staged.email_index) ORDER BY line LIMIT $1";
    UNKNOWN_PAYMENT = "SELECT line FROM staged_payment AS staged \
                       WHERE NOT EXISTS (SELECT 1 FROM staged_account WHERE staged_account.email_index = staged.email_index) \
                       AND NOT EXISTS (SELECT 1 FROM account WHERE account.email_index = staged.email_index) ORDER BY line LIMIT $1";

    LAST_ACCOUNT = "SELECT COALESCE(MAX(line), 0) FROM staged_account";
    LAST_BALANCE = "SELECT COALESCE(MAX(line), 0) FROM staged_balance";
    LAST_CARD = "SELECT COALESCE(MAX(line), 0) FROM staged_card";
    LAST_PAYMENT = "SELECT COALESCE(MAX(line), 0) FROM staged_payment";

    NEW_ACCOUNT = "SELECT COUNT(*) FROM staged_account AS staged WHERE NOT EXISTS (SELECT 1 FROM account WHERE account.email_index = staged.email_index)";
    NEW_BALANCE = "SELECT COUNT(*) FROM staged_balance AS staged WHERE NOT EXISTS (SELECT 1 FROM balance \
                   JOIN account ON account.account_id = balance.account_id \
                   WHERE account.email_index = staged.email_index AND balance.currency = staged.currency)";
    NEW_CARD = "SELECT COUNT(*) FROM staged_card AS staged WHERE NOT EXISTS (SELECT 1 FROM card WHERE card.card_ref = staged.card_ref)";
    NEW_PAYMENT = "SELECT COUNT(*) FROM staged_payment AS staged \
                   WHERE NOT EXISTS (SELECT 1 FROM payment WHERE payment.payment_ref = staged.payment_ref)";

    CONFLICT_CARD = "SELECT staged.line FROM staged_card AS staged JOIN card ON card.card_ref = staged.card_ref \
                     JOIN account ON account.account_id = card.account_id WHERE account.email_index <> staged.email_index ORDER BY staged.line";
    CONFLICT_PAYMENT = "SELECT staged.line FROM staged_payment AS staged JOIN payment ON payment.payment_ref = staged.payment_ref \
                        JOIN account ON account.account_id = payment.account_id WHERE account.email_index <> staged.email_index ORDER BY staged.line";

    // What is there already, just so, is not touched: merging the same lines again changes nothing.
    MERGE_ACCOUNT = "INSERT INTO account (email_index, email, name_index, name, language, state, opened_on, password_hash) \
                     SELECT email_index, email, name_index, name, language, state, opened_on, password_hash FROM staged_account WHERE line > $1 AND line <= $2 ORDER BY line \
                     ON CONFLICT (email_index) DO UPDATE SET name_index = excluded.name_index, name = excluded.name, language = excluded.language, state = excluded.state, \
                     opened_on = excluded.opened_on, \
                     password_hash = CASE WHEN account.password_here = 0 THEN excluded.password_hash ELSE account.password_hash END \
                     WHERE account.name_index <> excluded.name_index OR account.language <> excluded.language OR account.state <> excluded.state \
                     OR account.opened_on <> excluded.opened_on \
                     OR (account.password_here = 0 AND account.password_hash <> excluded.password_hash)";
    MERGE_BALANCE = "INSERT INTO balance (account_id, currency, minor) \
                     SELECT account.account_id, staged.currency, staged.minor FROM staged_balance AS staged \
                     JOIN account ON account.email_index = staged.email_index WHERE staged.line > $1 AND staged.line <= $2 ORDER BY staged.line \
                     ON CONFLICT (account_id, currency) DO UPDATE SET minor = excluded.minor WHERE balance.minor <> excluded.minor";
    MERGE_CARD = "INSERT INTO card (account_id, card_ref, brand, last4, expires, linked_on) \
                  SELECT account.account_id, staged.card_ref, staged.brand, staged.last4, staged.expires, staged.linked_on \
                  FROM staged_card AS staged JOIN account ON account.email_index = staged.email_index WHERE staged.line > $1 AND staged.line <= $2 ORDER BY staged.line \
                  ON CONFLICT (card_ref) DO UPDATE SET brand = excluded.brand, last4 = excluded.last4, expires = excluded.expires, \
                  linked_on = excluded.linked_on \
                  WHERE card.account_id = excluded.account_id AND (card.brand <> excluded.brand OR card.last4 <> excluded.last4 \
                  OR card.expires <> excluded.expires OR card.linked_on <> excluded.linked_on)";
    MERGE_PAYMENT = "INSERT INTO payment (account_id, payment_ref, paid_at, merchant, minor, currency, status, card_last4) \
                     SELECT account.account_id, staged.payment_ref, staged.paid_at, staged.merchant, staged.minor, staged.currency, \
                     staged.status, staged.card_last4 \
                     FROM staged_payment AS staged JOIN account ON account.email_index = staged.email_index WHERE staged.line > $1 AND staged.line <= $2 ORDER BY staged.line \
                     ON CONFLICT (payment_ref) DO UPDATE SET paid_at = excluded.paid_at, merchant = excluded.merchant, \
                     minor = excluded.minor, currency = excluded.currency, status = excluded.status, card_last4 = excluded.card_last4 \
                     WHERE payment.account_id = excluded.account_id AND (payment.paid_at <> excluded.paid_at \
                     OR payment.merchant <> excluded.merchant OR payment.minor <> excluded.minor OR payment.currency <> excluded.currency \
                     OR payment.status <> excluded.status OR payment.card_last4 <> excluded.card_last4)";
}

/// The statements of one kind.
pub(super) struct Sql {
    pub stage: &'static str,
    pub clear: &'static str,
    pub repeated: &'static str,
    pub unknown: Option<&'static str>,
    pub last: &'static str,
    pub new: &'static str,
    pub conflicts: Option<&'static str>,
    pub merge: &'static str,
}

impl Kind {
    pub(super) fn sql(self) -> Sql {
        match self {
            Self::Account => Sql {
                stage: STAGE_ACCOUNT,
                clear: CLEAR_ACCOUNT,
                repeated: REPEATED_ACCOUNT,
                unknown: None,
                last: LAST_ACCOUNT,
                new: NEW_ACCOUNT,
                conflicts: None,
                merge: MERGE_ACCOUNT,
            },
            Self::Balance => Sql {
                stage: STAGE_BALANCE,
                clear: CLEAR_BALANCE,
                repeated: REPEATED_BALANCE,
                unknown: Some(UNKNOWN_BALANCE),
                last: LAST_BALANCE,
                new: NEW_BALANCE,
                conflicts: None,
                merge: MERGE_BALANCE,
            },
            Self::Card => Sql {
                stage: STAGE_CARD,
                clear: CLEAR_CARD,
                repeated: REPEATED_CARD,
                unknown: Some(UNKNOWN_CARD),
                last: LAST_CARD,
                new: NEW_CARD,
                conflicts: Some(CONFLICT_CARD),
                merge: MERGE_CARD,
            },
            Self::Payment => Sql {
                stage: STAGE_PAYMENT,
                clear: CLEAR_PAYMENT,
                repeated: REPEATED_PAYMENT,
                unknown: Some(UNKNOWN_PAYMENT),
                last: LAST_PAYMENT,
                new: NEW_PAYMENT,
                conflicts: Some(CONFLICT_PAYMENT),
                merge: MERGE_PAYMENT,
            },
        }
    }
}
