//! After the policy's final date: one screen for whatever a holder does, and the last message of each chat that is erased.

use super::{Answer, Screen, TurnError, help, privacy};
use crate::locale::Message;
use crate::turn::Turn;

/// Answers whatever was done. Nothing of the chat is written.
pub fn answer(turn: &mut Turn<'_>) -> Answer {
    turn.forgotten = true;
    Answer { screen: Some(show(turn)), fresh: true, notice: None }
}

/// Erases a chat, with a last message unless its holder has blocked the bot.
pub async fn take_leave(turn: &mut Turn<'_>) -> Result<Answer, TurnError> {
    privacy::erase(turn).await?;
    Ok(Answer { screen: Some(show(turn)), fresh: true, notice: None })
}

fn show(turn: &Turn<'_>) -> Screen {
    let policy = &turn.service.policy;
    let date = policy.final_date.unwrap_or(policy.closed_on);
    Screen::new(Message::new("closed-title").with("service", policy.service.as_str()))
        .text(Message::new("closed-erased").with("date", date))
        .text(help::operator(turn))
}
