//! One update, from what arrived to what it leaves behind: the part of a turn that knows Telegram.

use std::ops::ControlFlow;
use std::sync::Arc;

use jiff::Timestamp;
use teloxide::dispatching::DpHandlerDescription;
use teloxide::dptree::{self, Handler};
use teloxide::types::{Me, Update, UpdateKind};

use super::page_job::{PageAct, Verdict};
use super::render;
use super::schema::{Act, Arrival, Private, schema};
use crate::crash;
use crate::dialogue::reset::link;
use crate::dialogue::sign_in::page;
use crate::dialogue::{self, Answer, Input, News, Place, Tap, TurnError};
use crate::domain::{AccountId, Audited, CardId, Change, ChatId, Language, Limited, ScreenKind};
use crate::effects::{Effect, Show};
use crate::locale::{Locales, Message};
use crate::store::Conn;
use crate::store::chat::Chat;
use crate::turn::{Service, Turn};
use crate::witness::{Belief, STEADY};

/// What every turn needs, shared.
pub struct Desk {
    /// What the flows know of the service.
    pub service: Service,
    /// The texts.
    pub locales: Arc<Locales>,
    /// The bot's own account.
    pub me: Me,
    schema: Handler<'static, Arrival, DpHandlerDescription>,
}

/// An answer to a callback query: it skips the queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The callback query.
    pub query: String,
    /// What to say over the chat, if anything.
    pub text: Option<String>,
}

/// What a turn leaves behind besides its chat's row.
#[derive(Debug, Default)]
pub struct Left {
    /// The effects, in order.
    pub effects: Vec<Effect>,
    /// What was changed.
    pub changes: Vec<Change>,
    /// The cards taken off.
    pub removals: Vec<(AccountId, CardId)>,
    /// What other chats are to be told.
    pub news: Vec<(ChatId, News)>,
    /// What else the audit is to keep.
    pub audited: Vec<Audited>,
    /// What was not let through.
    pub limited: Vec<Limited>,
    /// The answer to the callback query that the update was, if it was one.
    pub notice: Option<Notice>,
    /// The flow that the dialogue has gone to, if it has one.
    pub flow: Option<&'static str>,
    /// Whether the chat has been erased: its row is gone and is not to be written again.
    pub forgotten: bool,
}

impl Desk {
    /// Everything a turn needs, and the routing tree.
    pub fn new(service: Service, locales: Arc<Locales>, me: Me) -> Self {
        Self { service, locales, me, schema: schema() }
    }

    /// Takes in what a message tells of the time: when Telegram took it in.
    pub fn hear_the_time(&self, update: &Update) {
        if let UpdateKind::Message(message) = &update.kind
            && let Ok(time) = Timestamp::from_second(message.date.timestamp())
        {
            self.service.witness.hears_of_message(time);
        }
    }

    /// Whether the clock may be believed where it decides over what is erased; the operator hears now and then what waits, and why.
    pub fn believes_the_clock(&self, now: Timestamp) -> bool {
        let Service { witness, policy, .. } = &self.service;
        match witness.belief(now) {
            Belief::Credible => return true,
            Belief::Ahead(telegram) if witness.reminds() => tracing::error!(
                clock = %now,
                %telegram,
                "the clock is far ahead of Telegram's: nothing is erased by age or after the final date until it is right; let NTP set it \
                 (`timedatectl set-ntp true`)"
            ),
            Belief::Unknown if policy.is_over(now) && witness.reminds() => tracing::warn!(
                clock = %now,
                "the final date is over by this clock, but the Bot API server does not tell the time: erasing waits until a message has \
                 come, which does, or the clock has run for {} hours without a jump",
                STEADY.as_hours()
            ),
            Belief::Ahead(_) | Belief::Unknown => {}
        }
        false
    }

    /// Tells what an update is.
    pub async fn route(&self, update: Update) -> Arrival {
        match self.schema.dispatch(dptree::deps![update, self.me.clone()]).await {
            ControlFlow::Break(arrival) => arrival,
            ControlFlow::Continue(_) => Arrival::PassedOver,
        }
    }

    /// Handles what arrived. `chat` is the row of the chat it came from, where that is a private one; it is changed, and written by the caller.
    pub async fn handle(&self, conn: &mut Conn, now: Timestamp, chat: &mut Chat, arrival: Arrival) -> Result<Left, TurnError> {
        crash::turn(chat.id);
        match arrival {
            Arrival::Private(private) => self.serve(conn, now, chat, private).await,
            Arrival::Membership { blocked, .. } => {
                chat.blocked = blocked;
                Ok(Left::default())
            }
            Arrival::Group { chat, language } => {
                Ok(Left { effects: vec![Effect::PointToPrivateChat { chat, language }], ..Left::default() })
            }
            Arrival::ForeignTap { query } => Ok(Left { notice: Some(Notice { query, text: None }), ..Left::default() }),
            Arrival::PassedOver => Ok(Left::default()),
        }
    }

    /// Ends the chat's session if it is overdue.
    pub async fn expire(&self, conn: &mut Conn, now: Timestamp, chat: &mut Chat) -> Result<Left, TurnError> {
        self.turn(conn, now, chat, String::new(), async |turn| dialogue::expire(turn).await, None).await
    }

    /// Tells the chat what has happened elsewhere.
    pub async fn tell(&self, conn: &mut Conn, now: Timestamp, chat: &mut Chat, news: News) -> Result<Left, TurnError> {
        self.turn(conn, now, chat, String::new(), async |turn| dialogue::tell(turn, news).await, None).await
    }

    /// Signs the chat in whose holder, called `person`, has entered the password in the Mini App.
    pub async fn sign_in(
        &self,
        conn: &mut Conn,
        now: Timestamp,
        chat: &mut Chat,
        account: AccountId,
        person: String,
    ) -> Result<Left, TurnError> {
        self.turn(conn, now, chat, person, async |turn| dialogue::signed_in(turn, account).await, None).await
    }

    /// Decides what a page asks for: the verdict, and what it leaves behind. It is nobody's chat that it happens in. After the final date
    /// nothing is decided any more, however good a link still is.
    pub async fn decide(&self, conn: &mut Conn, now: Timestamp, act: &PageAct) -> Result<(Verdict, Left), TurnError> {
        if self.service.policy.is_over(now) {
            return Ok((Verdict::Closed, Left::default()));
        }
        let mut turn = Turn::new(&self.service, conn, now, Chat::new(ChatId(0), Language::En, now), String::new());
        let verdict = match act {
            PageAct::SetPassword { token_hash, password } => Verdict::Reset(link::set_password(&mut turn, token_hash, password).await?),
            PageAct::SendLinkAgain { token_hash } => Verdict::Reset(link::send_again(&mut turn, token_hash).await?),
            PageAct::TrySignIn { token_hash, email, web } => Verdict::SignIn(page::attempt(&mut turn, token_hash, email, web).await?),
            PageAct::ProveSignIn { token_hash, account, hash, inside } => {
                Verdict::SignIn(page::prove(&mut turn, token_hash, *account, hash, *inside).await?)
            }
        };
        let Turn { effects, changes, audited, limited, news, .. } = turn;
        Ok((verdict, Left { effects, changes, audited, limited, news, ..Left::default() }))
    }

    /// Erases a chat that has been silent for too long, without a word.
    pub async fn forget(&self, conn: &mut Conn, now: Timestamp, chat: &mut Chat) -> Result<Left, TurnError> {
        self.turn(conn, now, chat, String::new(), async |turn| dialogue::forget(turn).await, None).await
    }

    /// Erases a chat because the service has ended, with a last message.
    pub async fn close(&self, conn: &mut Conn, now: Timestamp, chat: &mut Chat) -> Result<Left, TurnError> {
        self.turn(conn, now, chat, String::new(), async |turn| dialogue::closed::take_leave(turn).await, None).await
    }

    /// Leads a holder whose update could not be handled back to the menu, saying so.
    pub async fn give_up(&self, conn: &mut Conn, now: Timestamp, chat: &mut Chat, arrival: &Arrival) -> Result<Left, TurnError> {
        let Arrival::Private(private) = arrival else { return Ok(Left::default()) };
        let query = match &private.act {
            Act::Tapped { query, .. } => Some(query.clone()),
            Act::Did(_) | Act::WroteCardNumber { .. } => None,
        };
        self.turn(conn, now, chat, private.person.clone(), async |turn| dialogue::give_up(turn).await, query).await
    }

    async fn serve(&self, conn: &mut Conn, now: Timestamp, chat: &mut Chat, private: Private) -> Result<Left, TurnError> {
        // Whoever writes has not blocked us, whatever we were told before.
        chat.blocked = false;
        chat.seen_at = Some(now);
        if let (false, Some(language)) = (chat.language_chosen, private.client_language) {
            chat.language = language;
        }
        if let Some(session) = &mut chat.session {
            session.hear_of(now);
        }
        let (input, query, delete) = self.input(chat, private.act);
        let chat_id = chat.id;
        let take = async move |turn: &mut Turn<'_>| {
            if let Some(message_id) = delete {
                turn.effects.push(Effect::Delete { chat: chat_id, message_id });
            }
            dialogue::take(turn, input).await
        };
        self.turn(conn, now, chat, private.person, take, query).await
    }

    /// What an act means on the screen that is shown, with the callback query to answer and the message to delete.
    fn input(&self, chat: &mut Chat, act: Act) -> (Input, Option<String>, Option<i64>) {
        match act {
            Act::Did(input) => (input, None, None),
            Act::WroteCardNumber { message_id } => (Input::CardNumber, None, Some(message_id)),
            Act::Tapped { query, message_id, data } => match Tap::parse(&data) {
                Some((revision, tap)) if revision == chat.revision => {
                    // A tap may arrive before the answer that told the id of its screen's message.
                    chat.message_id = Some(chat.message_id.unwrap_or(message_id));
                    (Input::Tap(tap), Some(query), None)
                }
                _ => {
                    // Whoever comes back after being forgotten goes on in the old message, so that its buttons go.
                    if chat.dialogue.is_empty() {
                        chat.message_id = Some(message_id);
                    }
                    let elsewhere = chat.message_id.is_some_and(|shown| shown != message_id);
                    (Input::StaleTap { elsewhere }, Some(query), None)
                }
            },
        }
    }

    async fn turn(
        &self,
        conn: &mut Conn,
        now: Timestamp,
        chat: &mut Chat,
        person: String,
        flow: impl AsyncFnOnce(&mut Turn<'_>) -> Result<Answer, TurnError>,
        query: Option<String>,
    ) -> Result<Left, TurnError> {
        let mut turn = Turn::new(&self.service, conn, now, chat.clone(), person);
        let answer = flow(&mut turn).await?;
        let (mut effects, changes, audited, news) = (turn.effects, turn.changes, turn.audited, turn.news);
        let (removals, limited, flow, forgotten) = (turn.removals, turn.limited, turn.flow, turn.forgotten);
        *chat = turn.chat;
        if let Some(screen) = answer.screen {
            effects.extend(self.show(chat, &screen, answer.fresh));
        }
        let text = |message: &Message| self.locales.plain(chat.language, message);
        let notice = query.map(|query| Notice { query, text: answer.notice.as_ref().map(text) });
        Ok(Left { effects, changes, removals, audited, limited, news, notice, flow, forgotten })
    }

    /// The effects that put a screen before the holder; the chat's row says what is shown now.
    fn show(&self, chat: &mut Chat, screen: &dialogue::Screen, fresh: bool) -> Vec<Effect> {
        chat.revision += 1;
        let rendered = render::screen(&self.locales, chat.language, screen, chat.revision);
        let former = chat.message_id.filter(|_| fresh);
        let former_kind = std::mem::replace(&mut chat.screen_kind, screen.kind);
        if fresh {
            chat.message_id = None;
        }
        let show = Show {
            chat: chat.id,
            revision: chat.revision,
            fresh,
            message_id: chat.message_id,
            picture: screen.picture.clone(),
            text: rendered.text,
            keyboard: rendered.keyboard,
        };
        let delete = matches!(former_kind, ScreenKind::Private | ScreenKind::Picture);
        let retire = former.map(|message_id| Effect::Retire { chat: chat.id, message_id, delete });
        std::iter::once(Effect::Show(show)).chain(retire).collect()
    }
}

impl Arrival {
    /// The private chat whose row the handling needs, and the language a new row begins with. That an unknown chat has blocked
    /// the bot is no reason to begin one.
    pub fn private_chat(&self) -> Option<(ChatId, Option<Language>)> {
        match self {
            Self::Private(private) => Some((private.chat, Some(private.client_language.unwrap_or(Language::En)))),
            Self::Membership { chat, .. } => Some((*chat, None)),
            Self::Group { .. } | Self::ForeignTap { .. } | Self::PassedOver => None,
        }
    }

    /// Whether the flow will read the account's cards.
    pub fn looks_at_cards(&self) -> bool {
        let Self::Private(private) = self else { return false };
        match &private.act {
            Act::Did(input) => matches!(input, Input::Command(Place::Cards | Place::Status)),
            Act::Tapped { data, .. } => {
                matches!(Tap::parse(data), Some((_, Tap::Go(Place::Cards | Place::Status) | Tap::Card(_) | Tap::Confirm | Tap::Keep)))
            }
            Act::WroteCardNumber { .. } => false,
        }
    }

    /// The callback query that waits for an answer, if this is one.
    pub fn query(&self) -> Option<&str> {
        match self {
            Self::Private(Private { act: Act::Tapped { query, .. }, .. }) | Self::ForeignTap { query } => Some(query),
            _ => None,
        }
    }
}
