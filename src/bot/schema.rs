//! The routing: one tree that tells what arrived and from whom. What a holder means by it is up to the dialogue.

use teloxide::dispatching::{DpHandlerDescription, UpdateFilterExt};
use teloxide::dptree::{self, Handler};
use teloxide::types::{CallbackQuery, ChatMemberKind, ChatMemberUpdated, Me, Message, Update, User};
use teloxide::utils::command::BotCommands;

use super::hidden;
use crate::dialogue::{Input, Place};
use crate::domain::{ChatId, Language, Written, gives_a_card_away, mask_card_numbers, one_line};

/// What an update is, once routed.
#[derive(Clone, Debug)]
pub enum Arrival {
    /// A holder did something in the private chat.
    Private(Private),
    /// Somebody gave a command in a group or channel.
    Group {
        /// The group or channel.
        chat: ChatId,
        /// The language of whoever asked.
        language: Language,
    },
    /// The holder blocked the bot, or let it back in.
    Membership {
        /// The private chat.
        chat: ChatId,
        /// Whether it is blocked now.
        blocked: bool,
    },
    /// A press on a button outside the private chat: it is answered and nothing else.
    ForeignTap {
        /// The callback query to answer.
        query: String,
    },
    /// Something the counter passes over on purpose: a message edited into something harmless, somebody else's membership, chatter in a group.
    PassedOver,
}

/// What a holder did in the private chat.
#[derive(Clone, Debug)]
pub struct Private {
    /// The chat.
    pub chat: ChatId,
    /// The language of the holder's Telegram client, if it told.
    pub client_language: Option<Language>,
    /// The Telegram account as a mail names it.
    pub person: String,
    /// What was done.
    pub act: Act,
}

/// What was done in a private chat.
#[derive(Clone, Debug)]
pub enum Act {
    /// Something that means the same whatever screen is shown.
    Did(Input),
    /// A message that gives a card away; its text is forgotten here.
    WroteCardNumber {
        /// The message to delete.
        message_id: i64,
    },
    /// A press on a button.
    Tapped {
        /// The callback query to answer.
        query: String,
        /// The message that the button is on.
        message_id: i64,
        /// Its callback data.
        data: String,
    },
}

/// The commands that are understood, in teloxide's parser.
#[derive(BotCommands, Clone, Copy, Debug)]
#[command(rename_rule = "lowercase")]
enum Command {
    Start,
    Menu,
    Status,
    History,
    Activity,
    Cards,
    Sessions,
    Reset,
    Signin,
    Signout,
    Help,
    Official,
    Language,
    Privacy,
    Mydata,
    Forget,
    Cancel,
}

/// The commands shown in Telegram's menu, each with the message that describes it.
pub const COMMANDS: [(&str, &str); 16] = [
    ("menu", "command-menu"),
    ("status", "command-status"),
    ("history", "command-history"),
    ("activity", "command-activity"),
    ("cards", "command-cards"),
    ("sessions", "command-sessions"),
    ("reset", "command-reset"),
    ("signin", "command-signin"),
    ("signout", "command-signout"),
    ("help", "command-help"),
    ("official", "command-official"),
    ("language", "command-language"),
    ("privacy", "command-privacy"),
    ("mydata", "command-mydata"),
    ("forget", "command-forget"),
    ("cancel", "command-cancel"),
];

impl Command {
    fn input(self) -> Input {
        match self {
            Self::Start => Input::Start,
            Self::Cancel => Input::CancelCommand,
            Self::Menu => Input::Command(Place::Menu),
            Self::Status => Input::Command(Place::Status),
            Self::History => Input::Command(Place::History),
            Self::Activity => Input::Command(Place::Activity),
            Self::Cards => Input::Command(Place::Cards),
            Self::Sessions => Input::Command(Place::Sessions),
            Self::Reset => Input::Command(Place::Reset),
            Self::Signin => Input::Command(Place::SignIn),
            Self::Signout => Input::Command(Place::SignOut),
            Self::Help => Input::Command(Place::Help),
            Self::Official => Input::Command(Place::Official),
            Self::Language => Input::Command(Place::Language),
            Self::Privacy => Input::Command(Place::Privacy),
            Self::Mydata => Input::Command(Place::MyData),
            Self::Forget => Input::Command(Place::Forget),
        }
    }
}

/// The routing tree. It needs the update and the bot's own account in its container.
pub fn schema() -> Handler<'static, Arrival, DpHandlerDescription> {
    let private = dptree::filter(|message: Message| message.chat.is_private())
        .endpoint(|message: Message, me: Me| async move { written(&message, &me) });
    let group = dptree::filter(|message: Message| message.text().is_some_and(|text| text.starts_with('/')))
        .endpoint(|message: Message, me: Me| async move { commanded_in_group(&message, &me) });
    dptree::entry()
        .branch(Update::filter_callback_query().endpoint(|query: CallbackQuery| async move { tapped(query) }))
        .branch(Update::filter_message().branch(private).branch(group))
        .branch(Update::filter_edited_message().endpoint(|message: Message| async move { edited(&message) }))
        .branch(Update::filter_channel_post().endpoint(|message: Message, me: Me| async move { commanded_in_group(&message, &me) }))
        .branch(Update::filter_my_chat_member().endpoint(|change: ChatMemberUpdated| async move { membership(&change) }))
        .endpoint(|| async { Arrival::PassedOver })
}

/// The kinds of updates that the tree looks at; Telegram delivers no others.
pub fn allowed_updates() -> Vec<teloxide::types::AllowedUpdate> {
    use teloxide::types::AllowedUpdate;
    vec![
        AllowedUpdate::Message,
        AllowedUpdate::EditedMessage,
        AllowedUpdate::ChannelPost,
        AllowedUpdate::CallbackQuery,
        AllowedUpdate::MyChatMember,
    ]
}

fn written(message: &Message, me: &Me) -> Arrival {
    if is_service(message) {
        return Arrival::PassedOver;
    }
    let act = card_number(message).unwrap_or_else(|| {
        let text = message.text().or(message.caption()).unwrap_or_default();
        let written = Written { text: text.to_owned(), links: hidden::links(message) };
        Act::Did(if message.text().is_some() { command_or_text(written, me) } else { Input::Unreadable(written) })
    });
    private(message.chat.id.0, message.from.as_ref(), act)
}

/// What was written was answered then; only a card that an edit has brought in is looked at again.
fn edited(message: &Message) -> Arrival {
    match card_number(message) {
        Some(act) if message.chat.is_private() => private(message.chat.id.0, message.from.as_ref(), act),
        _ => Arrival::PassedOver,
    }
}

/// Whether a message gives a card away in its text or its caption.
fn card_number(message: &Message) -> Option<Act> {
    let text = message.text().or(message.caption()).unwrap_or_default();
    gives_a_card_away(text).then(|| Act::WroteCardNumber { message_id: message.id.0.into() })
}

/// A pinned message, a changed timer and the like are not the holder speaking; what the holder sends has a text, a caption or a medium.
fn is_service(message: &Message) -> bool {
    !matches!(message.kind, teloxide::types::MessageKind::Common(_))
}

fn command_or_text(mut written: Written, me: &Me) -> Input {
    if !written.text.starts_with('/') {
        return Input::Text(written);
    }
    // What follows a command is not used, but for what /official is to look at; a payload such as /start's must not make it unknown.
    let (word, rest) = written.text.split_once(char::is_whitespace).unwrap_or((&written.text, ""));
    match Command::parse(&word.to_lowercase(), me.username()) {
        Ok(Command::Official) if !rest.trim().is_empty() => {
            written.text = rest.to_owned();
            Input::Examine(written)
        }
        command => command.map_or(Input::UnknownCommand, Command::input),
    }
}

fn commanded_in_group(message: &Message, me: &Me) -> Arrival {
    let word = message.text().unwrap_or_default().split_whitespace().next().unwrap_or_default();
    let addressee = word.split_once('@').map(|(_, name)| name);
    // A command that names another bot is not ours; one that names nobody is answered only if it is one of ours.
    let ours = match addressee {
        Some(name) => name.eq_ignore_ascii_case(me.username()),
        None => Command::parse(&word.to_lowercase(), me.username()).is_ok(),
    };
    let language = message.from.as_ref().and_then(client_language).unwrap_or(Language::En);
    if ours && word.starts_with('/') { Arrival::Group { chat: ChatId(message.chat.id.0), language } } else { Arrival::PassedOver }
}

fn tapped(query: CallbackQuery) -> Arrival {
    let id = query.id.0.clone();
    match (&query.message, query.data) {
        (Some(message), Some(data)) if message.chat().is_private() => {
            let act = Act::Tapped { query: id, message_id: message.id().0.into(), data };
            private(message.chat().id.0, Some(&query.from), act)
        }
        _ => Arrival::ForeignTap { query: id },
    }
}

fn private(chat: i64, from: Option<&User>, act: Act) -> Arrival {
    let person = from.map(person).unwrap_or_default();
    Arrival::Private(Private { chat: ChatId(chat), client_language: from.and_then(client_language), person, act })
}

fn membership(change: &ChatMemberUpdated) -> Arrival {
    if !change.chat.is_private() {
        return Arrival::PassedOver;
    }
    let blocked = matches!(change.new_chat_member.kind, ChatMemberKind::Banned(_) | ChatMemberKind::Left);
    Arrival::Membership { chat: ChatId(change.chat.id.0), blocked }
}

fn client_language(user: &User) -> Option<Language> {
    user.language_code.as_deref().map(Language::for_tag)
}

/// A Telegram account as a mail names it: the full name, on one line, and the user name, which nobody else can have.
fn person(user: &User) -> String {
    let name = one_line(&user.full_name());
    let name = mask_card_numbers(&name).unwrap_or(name);
    match &user.username {
        Some(username) => format!("{name} (@{username})"),
        None => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_handler_finds_what_it_needs() {
        let update: Update = serde_json::from_str(
            r#"{"update_id":1,"message":{"message_id":1,"date":0,"chat":{"id":1,"type":"private","first_name":"A"},"text":"/menu"}}"#,
        )
        .unwrap();
        let me: Me = serde_json::from_str(r#"{"id":1,"is_bot":true,"first_name":"G","username":"g_bot","can_join_groups":true,"can_read_all_group_messages":false,"supports_inline_queries":false,"can_connect_to_business":false,"has_main_web_app":false}"#).unwrap();
        dptree::type_check(schema().sig(), &dptree::deps![update, me], &[]);
    }
}
