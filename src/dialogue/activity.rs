//! What was done on the account, as the audit keeps it: newest first, a page of eight, each with the reference of its receipt.

use super::{Button, Dialogue, Input, Place, Screen, Step, Tap, TurnError};
use crate::domain::{AccountId, Action, AuditId, Audited, ScreenKind};
use crate::locale::Message;
use crate::store::audit::{self, Entry};
use crate::turn::Turn;

/// Entries on a page.
const PAGE: usize = 8;

/// The page that the holder reads, told by an entry that stands just outside of it.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// The first page.
    Newest,
    /// The page after this entry.
    OlderThan(AuditId),
    /// The page before this entry.
    NewerThan(AuditId),
}

/// A page was turned.
pub fn on(state: State, input: &Input) -> Step {
    let to = |state| Step::go(Dialogue::Activity(state));
    match input {
        Input::Tap(Tap::Newest) => to(State::Newest),
        Input::Tap(Tap::EarlierEntries(than)) => to(State::OlderThan(*than)),
        Input::Tap(Tap::LaterEntries(than)) => to(State::NewerThan(*than)),
        _ => Step::say(Dialogue::Activity(state), Message::new("choose-a-button")),
    }
}

/// The page.
pub async fn show(turn: &mut Turn<'_>, state: State) -> Result<Screen, TurnError> {
    let Some(account) = turn.chat.session.as_ref().map(|session| session.account_id) else {
        return Ok(super::sign_in::show_session_ended());
    };
    let leaf = leaf(turn, account, state).await?;
    let (Some(first), Some(last)) = (leaf.entries.first(), leaf.entries.last()) else {
        let screen = Screen::new(Message::new("activity-empty")).kind(ScreenKind::Private);
        return Ok(screen.button("button-menu", Tap::Go(Place::Menu)));
    };
    let mut turns = Vec::new();
    if leaf.newer {
        turns.push(Button::new("button-newest", Tap::Newest));
        turns.push(Button::new("button-newer", Tap::LaterEntries(first.id)));
    }
    if leaf.older {
        turns.push(Button::new("button-older", Tap::EarlierEntries(last.id)));
    }
    Ok(Screen::new(Message::new("activity-title"))
        .list(leaf.entries.iter().map(line).collect())
        .text(Message::new("activity-not-you").with("contact", turn.service.operator.contact.to_string()))
        .kind(ScreenKind::Private)
        .row(turns)
        .button("button-menu", Tap::Go(Place::Menu)))
}

/// A page's entries, newest first, and whether there are others on either side.
struct Leaf {
    entries: Vec<Entry>,
    newer: bool,
    older: bool,
}

async fn leaf(turn: &mut Turn<'_>, account: AccountId, state: State) -> Result<Leaf, TurnError> {
    // One more than is shown tells whether there is a page beyond.
    let limit = PAGE as i64 + 1;
    match state {
        State::OlderThan(than) => {
            let mut entries = audit::older(turn.conn, &turn.service.key, account, than, limit).await?;
            let older = entries.len() > PAGE;
            entries.truncate(PAGE);
            if !entries.is_empty() {
                return Ok(Leaf { entries, newer: true, older });
            }
        }
        State::NewerThan(than) => {
            let mut entries = audit::newer(turn.conn, &turn.service.key, account, than, limit).await?;
            if entries.len() > PAGE {
                entries.truncate(PAGE);
                entries.reverse();
                return Ok(Leaf { entries, newer: true, older: true });
            }
        }
        State::Newest => {}
    }
    let mut entries = just_now(turn, account);
    entries.extend(audit::newest(turn.conn, &turn.service.key, account, limit).await?);
    let older = entries.len() > PAGE;
    entries.truncate(PAGE);
    Ok(Leaf { entries, newer: false, older })
}

/// What this very turn has done and will write, such as the sign-in that led here; newest first.
fn just_now(turn: &Turn<'_>, account: AccountId) -> Vec<Entry> {
    let of_account = turn.audited.iter().filter(|deed| deed.account == account).rev();
    let entry = |deed: &Audited| Entry {
        // Newer than every row that is there.
        id: AuditId(i64::MAX),
        reference: deed.reference.clone(),
        action: deed.action.to_owned(),
        outcome: deed.outcome.to_owned(),
        happened_at: turn.now,
    };
    of_account.map(entry).collect()
}

fn line(entry: &Entry) -> Message {
    Message::new("activity-line").with("moment", entry.happened_at).with("action", words(entry)).with("reference", entry.reference.as_str())
}

/// What was done, in words; what another version wrote is told as it stands.
fn words(entry: &Entry) -> Message {
    Message::new(match (Action::of(&entry.action), entry.outcome.as_str()) {
        (Some(Action::SignedIn), _) => "activity-signed-in",
        (Some(Action::SignedOut), _) => "activity-signed-out",
        (Some(Action::SessionEnded), _) => "activity-session-ended",
        (Some(Action::CodeVoided), _) => "activity-code-voided",
        (Some(Action::ResetAsked), "refused") => "activity-reset-refused",
        (Some(Action::ResetAsked), _) => "activity-reset-asked",
        (Some(Action::PasswordChanged), "recorded") => "activity-password-recorded",
        (Some(Action::PasswordChanged), _) => "activity-password-changed",
        (Some(Action::CardRemoved), "recorded") => "activity-card-recorded",
        (Some(Action::CardRemoved), _) => "activity-card-removed",
        (Some(Action::AccountShown), _) => "activity-account-shown",
        (Some(Action::AccountLocked), _) => "activity-account-locked",
        (Some(Action::AccountUnlocked), _) => "activity-account-unlocked",
        (Some(Action::SessionsEnded), _) => "activity-sessions-ended",
        (Some(Action::AccountErased), _) => "activity-account-erased",
        (None, _) => return Message::new("activity-other").with("action", entry.action.as_str()),
    })
}
