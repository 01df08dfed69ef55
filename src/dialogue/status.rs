//! The closure status: what stopped and when, and, signed in, where the holder's own account stands and what is left to do.

use super::{Button, Place, Screen, Tap, TurnError};
use crate::domain::{Account, AccountState, Capability, CapabilityState, Card, Money, PaymentStatus, ScreenKind};
use crate::locale::Message;
use crate::store;
use crate::turn::Turn;

/// The status card.
pub async fn show(turn: &mut Turn<'_>) -> Result<Screen, TurnError> {
    let policy = &turn.service.policy;
    let today = policy.day(turn.now);
    let title = Message::new("status-title")
        .with("service", policy.service.as_str())
        .with("place", policy.place.as_str())
        .with("date", policy.closed_on);
    let screen = Screen::new(title).list(policy.capabilities.iter().map(|capability| line(capability, capability.state(today))).collect());
    match turn.account().await? {
        Some(account) => own_account(turn, screen, account).await,
        None => Ok(screen
            .text(Message::new("status-sign-in-for-more"))
            .button("button-own-account", Tap::Go(Place::SignIn))
            .button("button-menu", Tap::Go(Place::Menu))),
    }
}

fn line(capability: &Capability, state: CapabilityState) -> Message {
    let name = Message::new(format!("capability-{}", capability.id.as_str()));
    match state {
        CapabilityState::Stopped(date) => Message::new("status-stopped").with("capability", name).with("date", date),
        CapabilityState::OpenUntil(date) => Message::new("status-open-until").with("capability", name).with("date", date),
        CapabilityState::Open => Message::new("status-open").with("capability", name),
    }
}

async fn own_account(turn: &mut Turn<'_>, screen: Screen, account: Account) -> Result<Screen, TurnError> {
    let balances = store::account::balances(turn.conn, account.id).await?;
    let cards = turn.linked_cards(account.id).await?;
    let last = store::payment::newest(turn.conn, account.id, 1).await?.pop();
    let mut lines = vec![state_line(account.state), balances_line(&balances), Message::new("status-cards").with("count", cards.len())];
    lines.push(match last {
        Some(payment) => Message::new(match payment.status {
            PaymentStatus::Paid => "status-last-payment",
            PaymentStatus::Refunded => "status-last-payment-refunded",
            PaymentStatus::Pending => "status-last-payment-pending",
            PaymentStatus::Failed => "status-last-payment-failed",
        })
        .with("amount", payment.amount)
        .with("merchant", payment.merchant)
        .with("date", turn.service.policy.day(payment.paid_at)),
        None => Message::new("status-no-payment"),
    });
    Ok(screen
        .text(Message::new("status-own-account").with("email", account.email.masked()))
        .list(lines)
        .text(Message::new("status-left-to-do"))
        .list(left_to_do(account.state, &balances, &cards, turn.service.policy.contact.as_str()))
        .kind(ScreenKind::Private)
        .row(vec![Button::new("button-history", Tap::Go(Place::History)), Button::new("button-cards", Tap::Go(Place::Cards))])
        .button("button-menu", Tap::Go(Place::Menu)))
}

fn state_line(state: AccountState) -> Message {
    Message::new(match state {
        AccountState::Open => "status-account-open",
        AccountState::Locked => "status-account-locked",
        AccountState::Closed => "status-account-closed",
    })
}

/// Every balance on one line; the amounts are joined without words, so no language has to agree with them.
fn balances_line(balances: &[Money]) -> Message {
    let mut amounts = balances.iter().rev();
    let Some(last) = amounts.next() else { return Message::new("status-no-balance") };
    let joined = amounts.fold(Message::new("amount").with("amount", *last), |rest, amount| {
        Message::new("amounts").with("amount", *amount).with("rest", rest)
    });
    Message::new("status-balance").with("amounts", joined)
}

/// What the holder can still do; where nothing may change, only whom to write to.
fn left_to_do(state: AccountState, balances: &[Money], cards: &[Card], contact: &str) -> Vec<Message> {
    let anything = !balances.is_empty() || !cards.is_empty();
    match state {
        AccountState::Locked => return vec![Message::new("todo-unlock").with("contact", contact)],
        AccountState::Closed if anything => return vec![Message::new("todo-closed").with("contact", contact)],
        AccountState::Open | AccountState::Closed => {}
    }
    let mut todo = Vec::new();
    if !balances.is_empty() {
        todo.push(Message::new("todo-balance"));
    }
    if !cards.is_empty() {
        todo.push(Message::new("todo-cards").with("count", cards.len()));
    }
    if todo.is_empty() {
        todo.push(Message::new("todo-nothing"));
    }
    todo
}
