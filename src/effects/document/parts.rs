//! What a document says, part by part, under names that stay. Not in it: hashes, what codes are derived from, and whether an
//! address has an account, which only a code tells.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::{Documents, MakeError};
use crate::domain::{AccountId, Card, ChatId, Email, Language, Money, ResetLink, Session};
use crate::effects::{Document, Lane};
use crate::locale::Message;
use crate::secret::Key;
use crate::store::effect::Pending;
use crate::store::{self, Conn};

/// Who made the document and what its parts are, in the holder's language.
#[derive(Serialize)]
pub struct About {
    text: Vec<String>,
    made_at: Timestamp,
    service: String,
    operator: String,
    contact: String,
    operator_is_service: bool,
    parts: BTreeMap<&'static str, String>,
}

/// Everything that is kept, but for the payments: those may be a million.
#[derive(Serialize)]
pub struct Kept {
    chat: ChatPart,
    sessions: Vec<SessionPart>,
    code_request: Option<CodePart>,
    page_request: Option<PagePart>,
    on_its_way: Vec<PendingPart>,
    #[serde(flatten)]
    pub account: Option<AccountParts>,
}

#[derive(Serialize)]
struct ChatPart {
    chat_id: i64,
    language: Language,
    language_chosen: bool,
    stands_at: Value,
    screen_number: i64,
    screen_message_id: Option<i64>,
    screen_kind: &'static str,
    blocked: bool,
    last_heard_of_at: Option<Timestamp>,
    data_asked_at: Option<Timestamp>,
}

#[derive(Serialize)]
struct SessionPart {
    started_at: Timestamp,
    last_proven_at: Timestamp,
    last_seen_at: Timestamp,
    ended_at: Option<Timestamp>,
}

#[derive(Serialize)]
struct CodePart {
    email: Email,
    asked_at: Timestamp,
    valid_until: Timestamp,
    wrong_tries: i64,
    resends: i64,
    used: bool,
}

#[derive(Serialize)]
struct PagePart {
    asked_by: String,
    asked_at: Timestamp,
    valid_until: Timestamp,
    wrong_tries: i64,
    used: bool,
}

#[derive(Serialize)]
struct PendingPart {
    kind: String,
    since: Timestamp,
    next_try_at: Timestamp,
    failed_tries: i64,
}

/// The parts about the account that the chat is signed in to.
#[derive(Serialize)]
pub struct AccountParts {
    #[serde(skip)]
    pub id: AccountId,
    account: AccountPart,
    balances: Vec<AmountPart>,
    cards: Vec<CardPart>,
    events: Vec<EventPart>,
    receipts: Vec<ReceiptPart>,
    reset_links: Vec<ResetLinkPart>,
}

#[derive(Serialize)]
struct ResetLinkPart {
    asked_by: String,
    asked_at: Timestamp,
    valid_until: Timestamp,
    used_at: Option<Timestamp>,
    replaced: bool,
}

#[derive(Serialize)]
struct AccountPart {
    email: Email,
    name: String,
    language: Language,
    state: &'static str,
    opened_on: String,
    password_set: bool,
}

#[derive(Serialize)]
struct AmountPart {
    amount: String,
    currency: &'static str,
}

#[derive(Serialize)]
struct CardPart {
    brand: String,
    last4: String,
    expires: String,
    linked_on: String,
    removed_at: Option<Timestamp>,
}

#[derive(Serialize)]
struct EventPart {
    kind: String,
    happened_at: Timestamp,
    details: Value,
}

#[derive(Serialize)]
struct ReceiptPart {
    reference: String,
    action: String,
    outcome: String,
    happened_at: Timestamp,
}

impl From<Money> for AmountPart {
    fn from(money: Money) -> Self {
        Self { amount: money.decimal(), currency: money.currency.code() }
    }
}

impl From<Card> for CardPart {
    fn from(card: Card) -> Self {
        Self {
            brand: card.brand,
            last4: card.last4.to_string(),
            expires: card.expires.to_string(),
            linked_on: card.linked_on.to_string(),
            removed_at: card.removed_at,
        }
    }
}

/// Everything that is kept about a chat; the account's part only while the session lasts that the document was asked for in.
/// `None` for a chat that is not known any more.
pub async fn read(conn: &mut Conn, key: &Key, document: &Document, now: Timestamp) -> Result<Option<Kept>, MakeError> {
    let id = document.chat;
    let Some(chat) = store::chat::load(conn, &[id]).await?.pop() else { return Ok(None) };
    let chat = ChatPart {
        chat_id: id.0,
        language: chat.language,
        language_chosen: chat.language_chosen,
        stands_at: standing(&chat.dialogue),
        screen_number: chat.revision,
        screen_message_id: chat.message_id,
        screen_kind: chat.screen_kind.word(),
        blocked: chat.blocked,
        last_heard_of_at: store::chat::seen_at(conn, id).await?,
        data_asked_at: store::data_request::last(conn, id).await?,
    };
    let sessions = store::session::of_chat(conn, id).await?;
    let lasting =
        |(session, ended): &&(Session, Option<Timestamp>)| Some(session.id) == document.session && ended.is_none() && session.is_live(now);
    let account = match sessions.iter().find(lasting) {
        Some((session, _)) => account(conn, key, session.account_id).await?,
        None => None,
    };
    let session = |(session, ended_at): (Session, Option<Timestamp>)| SessionPart {
        started_at: session.started_at,
        last_proven_at: session.proven_at,
        last_seen_at: session.seen_at,
        ended_at,
    };
    let code_request = store::one_time_code::get(conn, id).await?.map(|code| CodePart {
        email: code.email,
        asked_at: code.issued_at,
        valid_until: code.expires_at,
        wrong_tries: code.tries,
        resends: code.resends,
        used: code.used,
    });
    let page_request = store::sign_in_request::by_chat(conn, id).await?.map(|request| PagePart {
        asked_by: request.person,
        asked_at: request.issued_at,
        valid_until: request.expires_at,
        wrong_tries: request.tries,
        used: request.used,
    });
    let on_its_way = pending(conn, id, account.as_ref().map(|parts| &parts.account.email)).await?;
    Ok(Some(Kept { chat, sessions: sessions.into_iter().map(session).collect(), code_request, page_request, on_its_way, account }))
}

/// What is still to be sent. Of mails, what tells of the account that the chat is signed in to: any other, and any that was asked for,
/// would tell whoever asked that its address has an account.
async fn pending(conn: &mut Conn, chat: ChatId, own: Option<&Email>) -> Result<Vec<PendingPart>, MakeError> {
    let mut pending = store::effect::in_lane(conn, Lane::Chat.of(chat), None).await?;
    if let Some(own) = own {
        let mails = store::effect::in_lane(conn, Lane::Mail.of(chat), Some(own)).await?;
        pending.extend(mails.into_iter().filter(|mail| !Lane::Mail.forgotten().contains(&mail.kind.as_str())));
    }
    pending.extend(store::effect::in_lane(conn, Lane::Document.of(chat), None).await?);
    let part = |effect: Pending| PendingPart {
        kind: effect.kind,
        since: effect.created_at,
        next_try_at: effect.due_at,
        failed_tries: effect.tries,
    };
    Ok(pending.into_iter().map(part).collect())
}

async fn account(conn: &mut Conn, key: &Key, id: AccountId) -> Result<Option<AccountParts>, MakeError> {
    let Some(account) = store::account::by_id(conn, id).await? else { return Ok(None) };
    let (opened_on, password_set) = store::account::opened_and_password(conn, id).await?;
    let event =
        |event: store::event::Event| EventPart { kind: event.kind, happened_at: event.happened_at, details: json_or_text(&event.payload) };
    let receipt = |entry: store::audit::Entry| ReceiptPart {
        reference: entry.reference,
        action: entry.action,
        outcome: entry.outcome,
        happened_at: entry.happened_at,
    };
    let reset_link = |link: ResetLink| ResetLinkPart {
        asked_by: link.person,
        asked_at: link.issued_at,
        valid_until: link.expires_at,
        used_at: link.used_at,
        replaced: link.void,
    };
    Ok(Some(AccountParts {
        id,
        account: AccountPart {
            email: account.email,
            name: account.name,
            language: account.language,
            state: account.state.word(),
            opened_on,
            password_set,
        },
        balances: store::account::every_balance(conn, id).await?.into_iter().map(AmountPart::from).collect(),
        cards: store::card::every(conn, id).await?.into_iter().map(CardPart::from).collect(),
        events: store::event::of_account(conn, id).await?.into_iter().map(event).collect(),
        receipts: store::audit::of_account(conn, key, id).await?.into_iter().map(receipt).collect(),
        reset_links: store::reset_link::of_account(conn, id).await?.into_iter().map(reset_link).collect(),
    }))
}

/// What is stored as JSON, so that it can be read in place; nothing stored is null.
fn json_or_text(stored: &str) -> Value {
    serde_json::from_str(stored).unwrap_or_else(|_| if stored.is_empty() { Value::Null } else { Value::String(stored.to_owned()) })
}

/// Where a chat stands, without what a page's link and code or a captcha's answer are derived from.
fn standing(dialogue: &str) -> Value {
    let mut at = json_or_text(dialogue);
    leave_out_nonces(&mut at);
    at
}

fn leave_out_nonces(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.remove("nonce");
            fields.values_mut().for_each(leave_out_nonces);
        }
        Value::Array(values) => values.iter_mut().for_each(leave_out_nonces),
        _ => {}
    }
}

/// Explains a document in the holder's language.
pub fn about(documents: &Documents, language: Language, kept: &Kept, now: Timestamp) -> About {
    let policy = &documents.policy;
    let (operator, contact) = (documents.operator.name.clone(), documents.operator.contact.to_string());
    let who = if policy.operator_is_service { "help-operator-is-service" } else { "help-operator" };
    let mut text = vec![
        Message::new("data-about").with("service", policy.service.as_str()).with("moment", now),
        Message::new(who).with("service", policy.service.as_str()).with("operator", operator.as_str()).with("contact", contact.as_str()),
        Message::new("data-about-values"),
    ];
    let mut parts = vec![
        ("chat", "data-part-chat"),
        ("sessions", "data-part-sessions"),
        ("code_request", "data-part-code-request"),
        ("page_request", "data-part-page-request"),
        ("on_its_way", "data-part-on-its-way"),
    ];
    if kept.account.is_some() {
        parts.extend([
            ("account", "data-part-account"),
            ("balances", "data-part-balances"),
            ("cards", "data-part-cards"),
            ("events", "data-part-events"),
            ("receipts", "data-part-receipts"),
            ("reset_links", "data-part-reset-links"),
            ("payments", "data-part-payments"),
        ]);
    } else {
        text.push(Message::new("data-about-signed-out"));
    }
    let plain = |message: &Message| documents.locales.plain(language, message);
    About {
        text: text.iter().map(plain).collect(),
        made_at: now,
        service: policy.service.clone(),
        operator,
        contact,
        operator_is_service: policy.operator_is_service,
        parts: parts.into_iter().map(|(part, key)| (part, plain(&Message::new(key)))).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::standing;
    use crate::dialogue::{Dialogue, help, sign_in};

    #[test]
    fn where_a_chat_stands_is_told_without_what_codes_are_derived_from() {
        let then = Box::new(Dialogue::Status);
        let on_page = Dialogue::SignIn(sign_in::State::OnPage { then, nonce: "page-nonce".to_owned() });
        let reading = Dialogue::Help { back: Box::new(on_page), at: help::At::Topics };
        let told = standing(&reading.write().unwrap()).to_string();
        assert!(told.contains("on_page") && told.contains("status") && !told.contains("nonce"), "{told}");
        let address = r#"{"email":"alice@example.org","own":false}"#;
        let captcha = r#"{"nonce":"captcha-nonce","in_words":true,"wrong":1}"#;
        let asked = format!(r#"{{"v":1,"at":{{"reset":{{"captcha":{{"address":{address},"captcha":{captcha}}}}}}}}}"#);
        Dialogue::read(&asked).unwrap();
        let told = standing(&asked).to_string();
        assert!(told.contains("alice@example.org") && told.contains("in_words") && !told.contains("nonce"), "{told}");
    }
}
