//! The payments: newest first, a page of eight, each payment in detail.

use super::{Button, Dialogue, Input, Place, Screen, Step, Tap, TurnError};
use crate::domain::{AccountId, Payment, PaymentId, PaymentStatus, Policy, ScreenKind};
use crate::locale::Message;
use crate::store;
use crate::turn::Turn;

/// Payments on a page.
const PAGE: usize = 8;
/// Number buttons in a row: eight would be too narrow on a phone.
const NUMBERS_IN_A_ROW: usize = 4;

/// Where in the payments the holder is.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct State {
    page: Page,
    /// The payment that is open; the page otherwise.
    open: Option<PaymentId>,
}

/// A page, told by a payment that stands just outside of it.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum Page {
    Newest,
    OlderThan(PaymentId),
    NewerThan(PaymentId),
}

impl State {
    /// The first page.
    pub fn newest() -> Self {
        Self { page: Page::Newest, open: None }
    }
}

/// A page was turned, or a payment opened or closed.
pub fn on(state: State, input: &Input) -> Step {
    let to = |page, open| Step::go(Dialogue::History(State { page, open }));
    match input {
        Input::Tap(Tap::Newest) => to(Page::Newest, None),
        Input::Tap(Tap::Older(than)) => to(Page::OlderThan(*than), None),
        Input::Tap(Tap::Newer(than)) => to(Page::NewerThan(*than), None),
        Input::Tap(Tap::Payment(payment)) => to(state.page, Some(*payment)),
        Input::Tap(Tap::Back) => to(state.page, None),
        _ => Step::say(Dialogue::History(state), Message::new("choose-a-button")),
    }
}

/// The page, or the open payment.
pub async fn show(turn: &mut Turn<'_>, state: &State) -> Result<Screen, TurnError> {
    let Some(account) = turn.chat.session.as_ref().map(|session| session.account_id) else {
        return Ok(super::sign_in::show_session_ended());
    };
    if let Some(id) = state.open
        && let Some(payment) = store::payment::one(turn.conn, account, id).await?
    {
        return Ok(detail(payment));
    }
    let leaf = leaf(turn, account, state.page).await?;
    Ok(if leaf.payments.is_empty() { empty() } else { page(leaf, &turn.service.policy) })
}

/// A page's payments, newest first, and whether there are others on either side.
struct Leaf {
    payments: Vec<Payment>,
    newer: bool,
    older: bool,
}

async fn leaf(turn: &mut Turn<'_>, account: AccountId, page: Page) -> Result<Leaf, TurnError> {
    // One more than is shown tells whether there is a page beyond.
    let limit = PAGE as i64 + 1;
    match page {
        Page::OlderThan(than) => {
            let mut payments = store::payment::older(turn.conn, account, than, limit).await?;
            let older = payments.len() > PAGE;
            payments.truncate(PAGE);
            if !payments.is_empty() {
                return Ok(Leaf { payments, newer: true, older });
            }
        }
        Page::NewerThan(than) => {
            let mut payments = store::payment::newer(turn.conn, account, than, limit).await?;
            if payments.len() > PAGE {
                payments.truncate(PAGE);
                payments.reverse();
                return Ok(Leaf { payments, newer: true, older: true });
            }
        }
        Page::Newest => {}
    }
    let mut payments = store::payment::newest(turn.conn, account, limit).await?;
    let older = payments.len() > PAGE;
    payments.truncate(PAGE);
    Ok(Leaf { payments, newer: false, older })
}

fn empty() -> Screen {
    Screen::new(Message::new("history-empty"))
        .kind(ScreenKind::Private)
        .button("button-status", Tap::Go(Place::Status))
        .button("button-menu", Tap::Go(Place::Menu))
}

fn page(leaf: Leaf, policy: &Policy) -> Screen {
    let (Some(first), Some(last)) = (leaf.payments.first(), leaf.payments.last()) else { return empty() };
    let mut turns = Vec::new();
    if leaf.newer {
        turns.push(Button::new("button-newest", Tap::Newest));
        turns.push(Button::new("button-newer", Tap::Newer(first.id)));
    }
    if leaf.older {
        turns.push(Button::new("button-older", Tap::Older(last.id)));
    }
    let lines = leaf.payments.iter().zip(1_usize..).map(|(payment, number)| line(payment, number, policy)).collect();
    let mut screen = Screen::new(Message::new("history-title")).list(lines).text(Message::new("history-hint")).kind(ScreenKind::Private);
    let numbers: Vec<Button> = leaf.payments.iter().zip(1_usize..).map(|(payment, number)| open_button(payment.id, number)).collect();
    for row in numbers.chunks(NUMBERS_IN_A_ROW) {
        screen = screen.row(row.to_vec());
    }
    screen.row(turns).button("button-menu", Tap::Go(Place::Menu))
}

fn open_button(payment: PaymentId, number: usize) -> Button {
    Button::labelled(Message::new("button-number").with("number", number), Tap::Payment(payment))
}

fn line(payment: &Payment, number: usize, policy: &Policy) -> Message {
    let key = match payment.status {
        PaymentStatus::Paid => "history-line",
        PaymentStatus::Refunded => "history-line-refunded",
        PaymentStatus::Pending => "history-line-pending",
        PaymentStatus::Failed => "history-line-failed",
    };
    Message::new(key)
        .with("number", number)
        .with("day", policy.day(payment.paid_at))
        .with("merchant", shortened(&payment.merchant))
        .with("amount", payment.amount)
}

/// A merchant's name as a line bears it.
fn shortened(merchant: &str) -> String {
    const LINE: usize = 60;
    if merchant.chars().count() <= LINE {
        return merchant.to_owned();
    }
    merchant.chars().take(LINE - 1).chain(['…']).collect()
}

fn detail(payment: Payment) -> Screen {
    let status = Message::new(match payment.status {
        PaymentStatus::Paid => "payment-paid",
        PaymentStatus::Refunded => "payment-refunded",
        PaymentStatus::Pending => "payment-pending",
        PaymentStatus::Failed => "payment-failed",
    });
    let title = Message::new("payment-title").with("amount", payment.amount);
    let mut lines = vec![
        Message::new("payment-merchant").with("merchant", payment.merchant),
        Message::new("payment-moment").with("moment", payment.paid_at),
        Message::new("payment-status").with("status", status),
    ];
    lines.push(match payment.card {
        Some(last4) => Message::new("payment-card").with("last4", last4.to_string()),
        None => Message::new("payment-balance"),
    });
    lines.push(Message::new("payment-reference").with("reference", payment.reference));
    Screen::new(title)
        .list(lines)
        .kind(ScreenKind::Private)
        .row(vec![Button::new("button-back", Tap::Back), Button::new("button-menu", Tap::Go(Place::Menu))])
}
