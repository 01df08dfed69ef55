//! Proving again before a step that matters: a fresh code makes the session's proof young, and the step goes on.

use super::session::resume;
use super::{Sending, State, redeem, send_code};
use crate::dialogue::limits;
use crate::dialogue::{Dialogue, Step, TurnError};
use crate::locale::Message;
use crate::store;
use crate::turn::Turn;

/// Whether the session's proof is too old for a sensitive step, which then leads to [`prove`] (OWASP Session Management and
/// Transaction Authorization: re-authentication; the age counts when the step is confirmed, not when it is begun).
pub fn must_prove(turn: &Turn<'_>) -> bool {
    turn.chat.session.as_ref().is_some_and(|session| !session.is_freshly_proven(turn.now))
}

/// Has a fresh code mailed to the account's address; once it is entered, the holder goes on with the step at `then`.
pub async fn prove(turn: &mut Turn<'_>, then: Dialogue) -> Result<Step, TurnError> {
    let Some(account) = turn.account().await? else { return Ok(Step::go(then)) };
    let stay = Dialogue::SignIn(State::Prove { then: Box::new(then) });
    Ok(match send_code(turn, account.email, true).await? {
        Sending::Sent => Step::go(stay),
        Sending::SentAgain => Step::say(stay, Message::new("prove-sent-again")),
        Sending::Refused(why) => Step::say(stay, why),
        Sending::Wait { until, .. } => limits::wait(turn, stay, until),
    })
}

/// A fresh code makes the proof of the session young again, and leads to the step it was asked for. It begins no new session.
pub(super) async fn enter(turn: &mut Turn<'_>, then: Box<Dialogue>, typed: &str) -> Result<Step, TurnError> {
    let Some(account) = turn.account().await? else { return Ok(Step::go(*then)) };
    match redeem(turn, &account.email, typed).await? {
        Ok(proven) if proven == account.id => {
            if let Some(session) = &mut turn.chat.session {
                store::session::proven(turn.conn, session.id, turn.now).await?;
                session.proven_at = turn.now;
            }
            let mut step = resume(turn, *then).await?;
            step.note = step.note.or(Some(Message::new("proven")));
            Ok(step)
        }
        Ok(_) => Ok(Step::say(Dialogue::SignIn(State::Prove { then }), Message::new("code-void"))),
        Err(refusal) => Ok(refusal.step(turn, Dialogue::SignIn(State::Prove { then }))),
    }
}
