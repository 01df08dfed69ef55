//! Writes a document down: everything but the payments at once, those page by page, newest first, up to what Telegram takes.

use jiff::Timestamp;
use serde::Serialize;

use super::MakeError;
use super::parts::{About, Kept};
use crate::domain::{AccountId, Payment};
use crate::store::{self, Conn};

/// Telegram takes 50 MB from a bot (core.telegram.org/bots/api#sending-files); some room is left for what surrounds the file.
const LARGEST: usize = 49_000_000;
/// Payments that are read at once.
const PAGE: i64 = 1000;

#[derive(Serialize)]
struct Document<'a> {
    about: &'a About,
    #[serde(flatten)]
    kept: &'a Kept,
}

#[derive(Serialize)]
struct PaymentPart {
    reference: String,
    paid_at: Timestamp,
    merchant: String,
    amount: String,
    currency: &'static str,
    status: &'static str,
    card_last4: Option<String>,
}

impl From<Payment> for PaymentPart {
    fn from(payment: Payment) -> Self {
        Self {
            reference: payment.reference,
            paid_at: payment.paid_at,
            merchant: payment.merchant,
            amount: payment.amount.decimal(),
            currency: payment.amount.currency.code(),
            status: payment.status.word(),
            card_last4: payment.card.map(|last4| last4.to_string()),
        }
    }
}

#[derive(Serialize)]
struct LeftOut<'a> {
    count: i64,
    why: &'a str,
}

/// The document as JSON text that a person can read, a payment on a line each. `left_out` says why there may be more payments.
pub async fn write(conn: &mut Conn, about: &About, kept: &Kept, left_out: &str) -> Result<Vec<u8>, MakeError> {
    let mut text = serde_json::to_string_pretty(&Document { about, kept })?;
    if let Some(parts) = &kept.account {
        // The object is opened again for what follows.
        text.truncate(text.len() - "\n}".len());
        text.push_str(",\n  \"payments\": [");
        let count = write_payments(conn, parts.id, &mut text).await?;
        if count > 0 {
            let note = serde_json::to_string(&LeftOut { count, why: left_out })?;
            text.push_str(",\n  \"payments_left_out\": ");
            text.push_str(&note);
        }
        text.push_str("\n}");
    }
    text.push('\n');
    Ok(text.into_bytes())
}

/// Adds the payments that fit; how many do not.
async fn write_payments(conn: &mut Conn, account: AccountId, text: &mut String) -> Result<i64, MakeError> {
    let mut left = store::payment::count(conn, account).await?;
    let mut separator = "\n    ";
    let mut page = store::payment::newest(conn, account, PAGE).await?;
    'pages: while let Some(last) = page.last().map(|payment| payment.id) {
        for payment in page {
            let line = serde_json::to_string(&PaymentPart::from(payment))?;
            if text.len() + line.len() > LARGEST {
                break 'pages;
            }
            text.push_str(separator);
            text.push_str(&line);
            separator = ",\n    ";
            left -= 1;
        }
        page = store::payment::older(conn, account, last, PAGE).await?;
    }
    text.push_str("\n  ]");
    Ok(left)
}
