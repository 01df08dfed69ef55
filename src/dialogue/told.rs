//! What a chat is told that did nothing itself: by another chat of the same account, by a page, by the operator's hand.

use super::{Answer, Dialogue, Screen, TurnError, end_overdue_session, here_or_menu, show, sign_in, without_session};
use crate::domain::{Action, Language, Parting, SessionId};
use crate::locale::Message;
use crate::turn::Turn;

/// Something that has happened elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// The password of the account was set anew: every session has ended with it.
    PasswordChanged,
    /// The data that the chat asked for could not be put together.
    DataFailed,
    /// Another chat has signed in to the same account.
    SignedIn {
        /// The language of that chat.
        language: Language,
    },
    /// Another chat of the same account has ended this session of the chat.
    SessionEnded(SessionId),
    /// The operator has ended the chat's session.
    Parted(Parting),
}

/// Tells a chat, wherever it stands, in a message of its own; nothing if it is no longer news there.
pub async fn tell(turn: &mut Turn<'_>, news: News) -> Result<Answer, TurnError> {
    let (here, lost) = here_or_menu(turn).await?;
    let mut answer = tell_there(turn, news, here).await?;
    answer.screen = answer.screen.map(|screen| lost.into_iter().fold(screen, Screen::headed));
    Ok(answer)
}

async fn tell_there(turn: &mut Turn<'_>, news: News, here: Dialogue) -> Result<Answer, TurnError> {
    let contact = turn.service.operator.contact.to_string();
    match news {
        News::PasswordChanged => {
            turn.end_session().await?;
            // A link on its way has arrived and done its work.
            let here = if matches!(here, Dialogue::Reset(_)) { Dialogue::Menu } else { here };
            signed_out(turn, here, Message::new("password-changed-here").with("moment", turn.now).with("contact", contact)).await
        }
        News::DataFailed => {
            let here = if matches!(here, Dialogue::Privacy(_)) { Dialogue::Menu } else { here };
            let here = if end_overdue_session(turn).await? { without_session(here) } else { here };
            headed(turn, &here, Message::new("data-failed").with("contact", contact)).await
        }
        News::SignedIn { language } => {
            if end_overdue_session(turn).await? || turn.chat.session.is_none() {
                return signed_out_in_silence(turn, here).await;
            }
            headed(turn, &here, Message::new("new-sign-in").with("language", language.code())).await
        }
        News::SessionEnded(session) => {
            if turn.chat.session.as_ref().is_none_or(|open| open.id != session) {
                return Ok(Answer::default());
            }
            turn.close_session(Action::SessionEndedElsewhere).await?;
            signed_out(turn, here, Message::new("session-ended-elsewhere")).await
        }
        News::Parted(why) => {
            let key = match why {
                Parting::Locked => "session-ended-locked",
                Parting::Ended => "session-ended-by-operator",
                Parting::Erased => "session-ended-erased",
                Parting::Password => "session-ended-password",
            };
            signed_out(turn, here, Message::new(key).with("contact", contact)).await
        }
    }
}

/// Says why the chat is signed out; what the screen shows of the account goes with the message that carries it.
async fn signed_out(turn: &mut Turn<'_>, here: Dialogue, why: Message) -> Result<Answer, TurnError> {
    let to = if turn.chat.session.is_none() { without_session(here) } else { here };
    if !matches!(to, Dialogue::SessionEnded { .. }) {
        return headed(turn, &to, why).await;
    }
    turn.chat.dialogue = to.write()?;
    Ok(afresh(sign_in::signed_out(why)))
}

/// A chat whose session has idled out on the way hears no news of the account.
async fn signed_out_in_silence(turn: &mut Turn<'_>, here: Dialogue) -> Result<Answer, TurnError> {
    let to = without_session(here);
    turn.chat.dialogue = to.write()?;
    Ok(Answer { screen: Some(show(turn, &to).await?), ..Answer::default() })
}

/// The screen of where the chat stands, under the news.
async fn headed(turn: &mut Turn<'_>, here: &Dialogue, note: Message) -> Result<Answer, TurnError> {
    turn.chat.dialogue = here.write()?;
    Ok(afresh(show(turn, here).await?.headed(note)))
}

fn afresh(screen: Screen) -> Answer {
    Answer { screen: Some(screen), fresh: true, notice: None }
}
