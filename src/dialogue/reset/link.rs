//! The mailed link and what is done with it on its page: a new password set, or another link sent in its place.
//! The token of a link has 256 bits and is derived when it is mailed; the database knows its hash (OWASP Forgot Password).

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use jiff::SignedDuration;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::dialogue::TurnError;
use crate::domain::{
    Account, AccountId, AccountState, Action, CLOCK_TOLERANCE, Change, ChatId, Email, LinkState, PasswordHash, RESET_LINK_LENGTH,
    RESET_MAILS_AN_HOUR, RESET_RESEND_WAIT, Record, ResetLink,
};
use crate::effects::{Effect, Letter, Mail};
use crate::secret::Key;
use crate::store;
use crate::turn::Turn;

/// What became of what was asked for on a link's page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The password is set.
    Set {
        /// The receipt.
        reference: String,
        /// Whether it is only recorded here, to be carried over by the service.
        recorded: bool,
        /// The chats that were signed in to the account.
        chats: Vec<ChatId>,
    },
    /// A newer link is on its way.
    Sent,
    /// Enough links were sent for now, or the last one is too fresh.
    TooMany,
    /// The link is not good for this.
    NotGood(LinkState),
    /// The service has locked or closed the account.
    Refused(AccountState),
    /// There is no such link.
    Unknown,
}

/// The token that a nonce stands for.
pub fn token_for(key: &Key, nonce: &str) -> String {
    BASE64URL_NOPAD.encode(&key.derive("reset link", &[nonce.as_bytes()]))
}

/// What the database knows of a token.
pub fn hash_of(token: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(token.as_bytes()))
}

/// Has a link mailed to this address, if it has an account and was not sent too many; nobody is told which, nor can tell by the time.
pub async fn send(turn: &mut Turn<'_>, email: &Email) -> Result<(), TurnError> {
    match store::account::by_email(turn.conn, email).await? {
        Some(account) => issue(turn, account).await.map(|_| ()),
        None => issue_nothing(turn, email).await,
    }
}

/// Does for an address without an account what [`issue`] does for one with, and has nothing mailed.
async fn issue_nothing(turn: &mut Turn<'_>, email: &Email) -> Result<(), TurnError> {
    turn.conn.lock_account(AccountId(0)).await?;
    let address = HEXLOWER.encode(&turn.service.key.derive("reset decoy", &[email.as_str().as_bytes()]));
    let (since, until) = (turn.now - SignedDuration::from_hours(1), turn.now + CLOCK_TOLERANCE);
    if store::reset_decoy::made_between(turn.conn, &address, since, until).await? >= RESET_MAILS_AN_HOUR {
        return Ok(());
    }
    let nonce = HEXLOWER.encode(&turn.service.random.bytes::<32>());
    let token_hash = hash_of(&token_for(&turn.service.key, &nonce));
    store::reset_decoy::put(turn.conn, &token_hash, &address, turn.now).await?;
    let letter = Letter::ResetLink { nonce, person: turn.person.clone(), expires_at: turn.now + RESET_LINK_LENGTH };
    mail(turn, email.clone(), letter, true);
    Ok(())
}

/// Makes a link and its mail, unless as many as an hour allows were made; whether it did. A locked or closed account gets a mail
/// that says so, which counts as well.
async fn issue(turn: &mut Turn<'_>, account: Account) -> Result<bool, TurnError> {
    turn.conn.lock_account(account.id).await?;
    if made_within(turn, account.id, SignedDuration::from_hours(1)).await? >= RESET_MAILS_AN_HOUR {
        return Ok(false);
    }
    let nonce = HEXLOWER.encode(&turn.service.random.bytes::<32>());
    let open = account.state == AccountState::Open;
    let link = ResetLink {
        token_hash: hash_of(&token_for(&turn.service.key, &nonce)),
        account_id: account.id,
        chat_id: turn.chat.id,
        person: turn.person.clone(),
        language: turn.chat.language,
        issued_at: turn.now,
        expires_at: turn.now + RESET_LINK_LENGTH,
        used_at: None,
        void: !open,
    };
    store::reset_link::put(turn.conn, &link).await?;
    // What anybody may ask for leaves no row that only an account's address leaves.
    if turn.chat.session.as_ref().is_some_and(|session| session.account_id == account.id) {
        turn.audit(Action::ResetAsked, account.id, if open { "done" } else { "refused" }, link.token_hash.as_bytes());
    }
    let person = turn.person.clone();
    let letter = if open {
        Letter::ResetLink { nonce, person, expires_at: link.expires_at }
    } else {
        Letter::ResetRefused { closed: account.state == AccountState::Closed, person }
    };
    mail(turn, account.email, letter, false);
    Ok(true)
}

/// How many links were made for an account lately.
async fn made_within(turn: &mut Turn<'_>, account: AccountId, time: SignedDuration) -> Result<i64, TurnError> {
    Ok(store::reset_link::made_between(turn.conn, account, turn.now - time, turn.now + CLOCK_TOLERANCE).await?)
}

fn mail(turn: &mut Turn<'_>, to: Email, letter: Letter, to_nobody: bool) {
    let (language, chat) = (turn.chat.language, turn.chat.id);
    turn.effects.push(Effect::Mail(Mail { to, language, chat, letter, to_nobody }));
}

/// Sets the password of a link's account: the hash, the link used up, the event, the audit row with the receipt and the mail, in
/// this turn or not at all. The chats that were signed in are told by their own turns; nobody is signed in by it, nor by what was
/// begun before it.
pub async fn set_password(turn: &mut Turn<'_>, token_hash: &str, password: &PasswordHash) -> Result<Verdict, TurnError> {
    let Some((link, account)) = look_up(turn, token_hash).await? else { return Ok(Verdict::Unknown) };
    match link.state(turn.now) {
        LinkState::Good => {}
        other => return Ok(Verdict::NotGood(other)),
    }
    if account.state != AccountState::Open {
        return Ok(Verdict::Refused(account.state));
    }
    if !store::reset_link::use_up(turn.conn, &link, turn.now).await? {
        return Ok(Verdict::NotGood(LinkState::Used));
    }
    store::account::set_password(turn.conn, account.id, password).await?;
    store::session::void_begun(turn.conn, account.id, None).await?;
    let recorded = turn.service.policy.record == Record::Upstream;
    let reference = turn.service.key.reference(&[b"password", token_hash.as_bytes()]);
    let details = json!({ "reference": reference });
    turn.changes.push(Change { kind: "password_changed", account: account.id, reference: reference.clone(), recorded, details });
    let chats = store::session::chats(turn.conn, account.id).await?;
    let letter = Letter::PasswordChanged { reference: reference.clone(), person: link.person, changed_at: turn.now, recorded };
    mail(turn, account.email, letter, false);
    Ok(Verdict::Set { reference, recorded, chats })
}

/// Sends a new link to the address of one that is used up or too old. The newest link of an account is the one to use; one that
/// a newer has replaced gets no other.
pub async fn send_again(turn: &mut Turn<'_>, token_hash: &str) -> Result<Verdict, TurnError> {
    let Some((link, account)) = look_up(turn, token_hash).await? else { return Ok(Verdict::Unknown) };
    match link.state(turn.now) {
        LinkState::Used | LinkState::Expired => {}
        other => return Ok(Verdict::NotGood(other)),
    }
    let just_sent = made_within(turn, account.id, RESET_RESEND_WAIT).await? > 0;
    Ok(if !just_sent && issue(turn, account).await? { Verdict::Sent } else { Verdict::TooMany })
}

/// The link and its account, unless the chat that asked for it has been erased; the turn goes on in the name, the chat and the language that the link was asked for in.
async fn look_up(turn: &mut Turn<'_>, token_hash: &str) -> Result<Option<(ResetLink, Account)>, TurnError> {
    let found = store::reset_link::get(turn.conn, token_hash).await?;
    let Some(link) = found.filter(|link| !link.is_forgotten()) else { return Ok(None) };
    turn.person.clone_from(&link.person);
    (turn.chat.id, turn.chat.language) = (link.chat_id, link.language);
    Ok(store::account::by_id(turn.conn, link.account_id).await?.map(|account| (link, account)))
}
