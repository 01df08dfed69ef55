//! The conversation: one file a flow, and the shared road on which every input reaches its flow and every state its screen.
//! A flow is two functions: `on`, what an input leads to, and `show`, the screen of a state.
//! Nothing here knows Telegram, HTTP, or a clock but the turn's.

pub mod activity;
pub mod cards;
pub mod closed;
pub mod help;
pub mod history;
mod language;
pub mod limits;
mod menu;
mod official;
pub mod privacy;
pub mod reset;
mod screen;
pub mod sessions;
pub mod sign_in;
mod state;
mod status;
mod step;
mod tap;
mod told;

pub use screen::{Action, Block, Button, PageLink, Picture, Screen};
pub use state::{Dialogue, Undecodable};
pub use step::{Step, TurnError};
pub use tap::{Place, Tap};
pub use told::{News, tell};

use crate::domain::{AccountId, ScreenKind, Written};
use crate::locale::Message;
use crate::store;
use crate::turn::Turn;

/// What a holder does, already told apart by the shell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// `/start`.
    Start,
    /// A command that leads to a place.
    Command(Place),
    /// `/cancel`.
    CancelCommand,
    /// A command nobody knows.
    UnknownCommand,
    /// Free text.
    Text(Written),
    /// `/official` with what is to be looked at behind it.
    Examine(Written),
    /// A press on a button of the screen that is shown.
    Tap(Tap),
    /// A press on a button of an earlier screen.
    StaleTap {
        /// Whether the button is on another message than the screen that is shown.
        elsewhere: bool,
    },
    /// Text with a card number in it; the shell has its message deleted and its text forgotten.
    CardNumber,
    /// A sticker, a voice message, a photo: what the counter cannot read but for its caption, if it has one.
    Unreadable(Written),
}

impl Input {
    fn is_tap(&self) -> bool {
        matches!(self, Self::Tap(_) | Self::StaleTap { .. })
    }

    /// Whether its answer needs a message of its own, below a screen of this kind.
    fn wants_fresh(&self, shown: ScreenKind) -> bool {
        match self {
            Self::Tap(_) => matches!(shown, ScreenKind::Lasting | ScreenKind::Picture),
            Self::StaleTap { elsewhere } => *elsewhere || shown == ScreenKind::Picture,
            _ => true,
        }
    }
}

/// What the shell has to do for the holder once the dialogue has moved.
#[derive(Debug, Default)]
pub struct Answer {
    /// The screen to show, if it changed.
    pub screen: Option<Screen>,
    /// Send it as a message of its own, because the holder wrote something below the last one.
    pub fresh: bool,
    /// The notice over the chat that answers a tap.
    pub notice: Option<Message>,
}

/// Handles one input of a holder: finds the flow, moves the dialogue, makes the screen.
pub async fn take(turn: &mut Turn<'_>, input: Input) -> Result<Answer, TurnError> {
    if turn.service.is_over(turn.now) {
        return Ok(closed::answer(turn));
    }
    let Some(here) = here(turn).await? else { return lost(turn, &input).await };
    let tapped = input.is_tap();
    let fresh = input.wants_fresh(turn.chat.screen_kind);
    let may_stay = matches!(input, Input::Tap(_)).then(|| here.clone());
    let expired = end_overdue_session(turn).await?;
    let step = if expired && here.needs_session() && !leads_away(&input) {
        Step::say(without_session(here), Message::new("session-ended-notice"))
    } else {
        route(turn, here, input).await?
    };
    let step = gate(turn, step).await?;
    let to = step.to;
    turn.flow = Some(to.flow());
    if step.note.is_some() && may_stay.is_some_and(|here| here == to) {
        return Ok(Answer { notice: step.note, ..Answer::default() });
    }
    let mut screen = match step.once {
        Some(screen) => screen,
        None => show(turn, &to).await?,
    };
    turn.chat.dialogue = to.write()?;
    // Neither can a text be edited into a picture.
    let mut answer = Answer { fresh: fresh || screen.kind == ScreenKind::Picture, ..Answer::default() };
    match step.note {
        Some(note) if tapped => answer.notice = Some(note),
        Some(note) => screen = screen.headed(note),
        None => {}
    }
    answer.screen = Some(screen);
    Ok(answer)
}

/// Ends an overdue session from outside the chat: what the screen shows of the account is blanked in place.
pub async fn expire(turn: &mut Turn<'_>) -> Result<Answer, TurnError> {
    if !end_overdue_session(turn).await? || turn.chat.screen_kind != ScreenKind::Private {
        return Ok(Answer::default());
    }
    let (here, lost) = here_or_menu(turn).await?;
    let to = without_session(here);
    turn.chat.dialogue = to.write()?;
    let screen = lost.into_iter().fold(show(turn, &to).await?, Screen::headed);
    Ok(Answer { screen: Some(screen), ..Answer::default() })
}

/// Where a chat stands once its session has ended.
fn without_session(here: Dialogue) -> Dialogue {
    if here.needs_session() { Dialogue::SessionEnded { then: Box::new(here) } } else { here }
}

/// Signs a chat in whose holder has entered the password in the Mini App.
pub async fn signed_in(turn: &mut Turn<'_>, account: AccountId) -> Result<Answer, TurnError> {
    let (here, lost) = here_or_menu(turn).await?;
    let Some(step) = sign_in::begin(turn, account, here).await? else { return Ok(Answer::default()) };
    turn.chat.dialogue = step.to.write()?;
    let screen = match step.once {
        Some(screen) => screen,
        None => show(turn, &step.to).await?,
    };
    let screen = lost.into_iter().chain(step.note).fold(screen, Screen::headed);
    Ok(Answer { screen: Some(screen), fresh: true, notice: None })
}

/// Erases a chat that has been silent for too long, without a word.
pub async fn forget(turn: &mut Turn<'_>) -> Result<Answer, TurnError> {
    privacy::erase(turn).await?;
    Ok(Answer::default())
}

/// The honest screen for an update that could not be handled: back at the menu, saying so.
pub async fn give_up(turn: &mut Turn<'_>) -> Result<Answer, TurnError> {
    turn.flow = here(turn).await?.map(|here| here.flow());
    end_overdue_session(turn).await?;
    turn.chat.dialogue = Dialogue::Menu.write()?;
    if let Err(TurnError::Store(store::StoreError::Sealed(..))) = turn.account().await {
        // Signed in to an account that does not open, no screen could be shown, this one neither.
        turn.end_session().await?;
    }
    let screen = show(turn, &Dialogue::Menu).await?.headed(Message::new("trouble-here"));
    Ok(Answer { screen: Some(screen), fresh: true, notice: None })
}

/// Where the chat stands. A stored dialogue that no longer decodes is set aside for the engineer, and the chat goes on from the menu: `None`.
async fn here(turn: &mut Turn<'_>) -> Result<Option<Dialogue>, TurnError> {
    if let Ok(here) = Dialogue::read(&turn.chat.dialogue) {
        return Ok(Some(here));
    }
    tracing::error!("a stored dialogue does not decode; it is set aside in set_aside_dialogue and its chat is back at the menu");
    store::set_aside_dialogue::keep(turn.conn, turn.chat.id, &turn.chat.dialogue, turn.now).await?;
    turn.chat.dialogue = Dialogue::Menu.write()?;
    Ok(None)
}

/// Where the chat stands, or the menu and what its holder is told for it.
async fn here_or_menu(turn: &mut Turn<'_>) -> Result<(Dialogue, Option<Message>), TurnError> {
    Ok(match here(turn).await? {
        Some(here) => (here, None),
        None => (Dialogue::Menu, Some(Message::new("trouble-lost-place"))),
    })
}

/// The holder hears that the place in the conversation is lost, and goes on from the menu.
async fn lost(turn: &mut Turn<'_>, input: &Input) -> Result<Answer, TurnError> {
    end_overdue_session(turn).await?;
    turn.flow = Some(Dialogue::Menu.flow());
    let screen = show(turn, &Dialogue::Menu).await?.headed(Message::new("trouble-lost-place"));
    Ok(Answer { screen: Some(screen), fresh: input.wants_fresh(turn.chat.screen_kind), notice: None })
}

async fn end_overdue_session(turn: &mut Turn<'_>) -> Result<bool, TurnError> {
    let overdue = turn.chat.session.as_ref().is_some_and(|session| !session.is_live(turn.now));
    if overdue {
        turn.end_session().await?;
    }
    Ok(overdue)
}

/// Whether the holder asks for another place, whatever stands on the screen.
fn leads_away(input: &Input) -> bool {
    matches!(input, Input::Start | Input::Command(_) | Input::Examine(_) | Input::CancelCommand | Input::Tap(Tap::Go(_)))
}

/// Finds what an input leads to: the same everywhere for commands and for what no flow can read, else up to the flow.
async fn route(turn: &mut Turn<'_>, here: Dialogue, input: Input) -> Result<Step, TurnError> {
    match input {
        Input::Start => Ok(menu::start(turn)),
        Input::Command(place) | Input::Tap(Tap::Go(place)) => go(turn, here, place).await,
        Input::CancelCommand | Input::Tap(Tap::Cancel) => Ok(menu::cancel(here)),
        Input::UnknownCommand => Ok(Step::say(here, Message::new("unknown-command"))),
        Input::StaleTap { .. } => Ok(Step::say(here, Message::new("stale-button"))),
        Input::CardNumber => Ok(Step::say(here, Message::new("card-number-typed"))),
        Input::Examine(written) => Ok(official::examine(turn, here.way_back(), &written)),
        Input::Unreadable(caption) if matches!(here, Dialogue::Official { .. }) => {
            Ok(official::on_caption(turn, here.way_back(), &caption))
        }
        Input::Unreadable(_) => Ok(Step::say(here, Message::new("unreadable"))),
        Input::Tap(Tap::Back) if here.is_detour() => Ok(Step::go(*here.way_back())),
        Input::Text(_) | Input::Tap(_) => match here {
            Dialogue::SignIn(state) => sign_in::on(turn, state, input).await,
            Dialogue::Reset(state) => reset::on(turn, state, input).await,
            Dialogue::SessionEnded { then } => Ok(sign_in::on_session_ended(*then, &input)),
            Dialogue::History(state) => Ok(history::on(state, &input)),
            Dialogue::Activity(state) => Ok(activity::on(state, &input)),
            Dialogue::Cards(state) => cards::on(turn, state, &input).await,
            Dialogue::Sessions(state) => sessions::on(turn, state, &input).await,
            Dialogue::Privacy(state) => privacy::on(turn, state, &input).await,
            Dialogue::Help { back, at } => help::on(turn, back, at, &input).await,
            Dialogue::Official { back } => Ok(official::on(turn, back, &input)),
            Dialogue::Language { back } => Ok(language::on(turn, back, &input)),
            Dialogue::Menu | Dialogue::Status => Ok(Step::say(here, Message::new("choose-a-button"))),
        },
    }
}

async fn go(turn: &mut Turn<'_>, here: Dialogue, place: Place) -> Result<Step, TurnError> {
    Ok(match place {
        Place::Menu => Step::go(Dialogue::Menu),
        Place::Status => Step::go(Dialogue::Status),
        Place::History => Step::go(Dialogue::History(history::State::newest())),
        Place::Activity => Step::go(Dialogue::Activity(activity::State::Newest)),
        Place::Cards => Step::go(Dialogue::Cards(cards::State::List)),
        Place::Sessions => Step::go(Dialogue::Sessions(sessions::State::List)),
        Place::Help => Step::go(Dialogue::Help { back: here.way_back(), at: help::At::Topics }),
        Place::Official => Step::go(Dialogue::Official { back: here.way_back() }),
        Place::Language => Step::go(Dialogue::Language { back: here.way_back() }),
        Place::Reset => reset::enter(turn, here).await?,
        Place::Privacy => Step::go(Dialogue::Privacy(privacy::State::Notice)),
        Place::MyData => privacy::ask_for_data(turn).await?,
        Place::Forget => privacy::ask_to_forget(turn),
        Place::SignIn => sign_in::enter(turn, here),
        Place::SignOut => sign_in::leave(turn).await?,
    })
}

/// Asks a holder who is not signed in to do so first, and remembers where to go on; whoever is signed in is not asked.
async fn gate(turn: &mut Turn<'_>, step: Step) -> Result<Step, TurnError> {
    if turn.chat.session.is_some() {
        return sign_in::go_past(turn, step).await;
    }
    let to = match step.to {
        to if to.needs_session() => Dialogue::SignIn(sign_in::State::AskEmail { then: Box::new(to) }),
        to => to,
    };
    Ok(Step { to, ..step })
}

/// The screen of a state.
pub async fn show(turn: &mut Turn<'_>, dialogue: &Dialogue) -> Result<Screen, TurnError> {
    match dialogue {
        Dialogue::Menu => menu::show(turn).await,
        Dialogue::Status => status::show(turn).await,
        Dialogue::Help { at, .. } => Ok(help::show(turn, at)),
        Dialogue::Official { .. } => Ok(official::show(turn)),
        Dialogue::Language { .. } => Ok(language::show(turn)),
        Dialogue::Privacy(state) => Ok(privacy::show(turn, state)),
        Dialogue::SignIn(state) => sign_in::show(turn, state).await,
        Dialogue::Reset(state) => Ok(reset::show(turn, state)),
        Dialogue::SessionEnded { .. } => Ok(sign_in::show_session_ended()),
        Dialogue::History(state) => history::show(turn, state).await,
        Dialogue::Activity(state) => activity::show(turn, *state).await,
        Dialogue::Cards(state) => cards::show(turn, state).await,
        Dialogue::Sessions(state) => sessions::show(turn, state).await,
    }
}
