//! What a turn may leave to be done outside, as data.

use jiff::Timestamp;

use super::Ending;
use crate::dialogue::{PageLink, Picture};
use crate::domain::{ChatId, Email, Language, SessionId};
use crate::store::effect::{New, Stored};

/// Something slow or outside that a turn leaves behind as a row.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Show a screen in a chat.
    Show(Show),
    /// Put a screen that another has replaced out of use.
    Retire {
        /// The chat.
        chat: ChatId,
        /// The message that carries it.
        message_id: i64,
        /// Delete it; otherwise it only loses its buttons.
        delete: bool,
    },
    /// Delete a message that holds what should not stand in a chat.
    Delete {
        /// The chat.
        chat: ChatId,
        /// The message.
        message_id: i64,
    },
    /// Say one line in a group, with a button to the private chat.
    PointToPrivateChat {
        /// The group or channel.
        chat: ChatId,
        /// The language of whoever asked.
        language: Language,
    },
    /// Set the commands menu of a chat to its language.
    Commands {
        /// The chat.
        chat: ChatId,
        /// The language.
        language: Language,
    },
    /// Take a chat's own commands menu back, so that it follows the Telegram client again.
    ResetCommands {
        /// The chat.
        chat: ChatId,
    },
    /// Send a mail.
    Mail(Mail),
    /// Make a document of everything that is kept about a chat, and send it.
    Document(Document),
}

/// A document that a holder has asked for. It is made when it is sent, of what is kept then.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Document {
    /// The chat.
    pub chat: ChatId,
    /// The language its explanations are in.
    pub language: Language,
    /// The session the chat was signed in with. Only while it lasts, the account's part is in the document.
    pub session: Option<SessionId>,
}

/// A screen on its way: sent afresh or edited into the message that carries the last one.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Show {
    /// The chat.
    pub chat: ChatId,
    /// The revision of the screen.
    pub revision: i64,
    /// Send a message of its own; otherwise edit the one that is there.
    pub fresh: bool,
    /// The message to edit, where it was known when the turn ended.
    pub message_id: Option<i64>,
    /// The picture above the text; a screen with one is always a message of its own.
    #[serde(default)]
    pub picture: Option<Picture>,
    /// The text in Telegram's HTML.
    pub text: String,
    /// The buttons, row by row.
    pub keyboard: Vec<Vec<ShownButton>>,
}

/// A button on its way.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
pub enum ShownButton {
    /// Label and callback data.
    Tap(String, String),
    /// A button that opens a page.
    Page {
        /// What stands on it.
        label: String,
        /// The page.
        page: PageLink,
    },
}

/// A mail, as data: its text is made when it is sent, so that no code rests in the database.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Mail {
    /// Whom to.
    pub to: Email,
    /// The language it is written in.
    pub language: Language,
    /// The chat it comes from.
    pub chat: ChatId,
    /// What it says.
    pub letter: Letter,
    /// Whether the address has no account: the mail is written and goes nowhere, so that nobody can tell by the time.
    #[serde(default)]
    pub to_nobody: bool,
}

/// What a mail says.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Letter {
    /// The one-time code to sign in with, or to prove anew who holds a session.
    Code {
        /// What the code is derived from, besides the key, the chat and the address.
        nonce: String,
        /// The Telegram account that asked.
        person: String,
        /// When the code stops being good.
        expires_at: Timestamp,
        /// Whether it is for a session that is there, before a step that matters.
        #[serde(default)]
        again: bool,
    },
    /// A chat has signed in to the account.
    SignedIn {
        /// The Telegram account.
        person: String,
        /// The language of the chat.
        language: Language,
        /// When.
        signed_in_at: Timestamp,
    },
    /// Nobody can sign in, because the operator of the counter has locked the account.
    SignInRefused {
        /// The Telegram account that asked.
        person: String,
    },
    /// The link to set a new password with.
    ResetLink {
        /// What the link's token is derived from, besides the key.
        nonce: String,
        /// The Telegram account that asked.
        person: String,
        /// When the link stops being good.
        expires_at: Timestamp,
    },
    /// The password cannot be reset, because the service has locked or closed the account.
    ResetRefused {
        /// Whether it is closed; otherwise locked.
        closed: bool,
        /// The Telegram account that asked.
        person: String,
    },
    /// The password was set anew.
    PasswordChanged {
        /// The receipt.
        reference: String,
        /// The Telegram account that had asked for the link.
        person: String,
        /// When.
        changed_at: Timestamp,
        /// Whether it is only recorded here, to be carried over by the service.
        recorded: bool,
    },
    /// A card was taken off.
    CardRemoved {
        /// The card's brand.
        brand: String,
        /// The card's last four digits.
        last4: String,
        /// The receipt.
        reference: String,
        /// The Telegram account that did it.
        person: String,
        /// When.
        removed_at: Timestamp,
        /// Whether it is only recorded here, to be done by the service.
        recorded: bool,
    },
    /// To the operator: everything that was kept of holders is erased.
    Ended(Ending),
}

impl Letter {
    /// The name that its mail is counted by.
    fn kind(&self) -> &'static str {
        match self {
            Self::Code { .. } => "mail_code",
            Self::SignedIn { .. } => "mail_signed_in",
            Self::SignInRefused { .. } => "mail_sign_in_refused",
            Self::ResetLink { .. } => "mail_reset_link",
            Self::ResetRefused { .. } => "mail_reset_refused",
            Self::PasswordChanged { .. } => "mail_password_changed",
            Self::CardRemoved { .. } => "mail_card_removed",
            Self::Ended(_) => "mail_ended",
        }
    }
}

/// The lanes of a chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    /// Calls to Telegram.
    Chat,
    /// Mails: a lane for each address, so that none waits for a mail to another.
    Mail,
    /// Documents.
    Document,
}

impl Lane {
    /// Each of them.
    pub const ALL: [Self; 3] = [Self::Chat, Self::Mail, Self::Document];

    /// The lane of this chat.
    pub fn of(self, chat: ChatId) -> (&'static str, ChatId) {
        let sort = match self {
            Self::Chat => "chat",
            Self::Mail => "mail",
            Self::Document => "document",
        };
        (sort, chat)
    }

    /// The kinds of effects that nobody wants any more once the chat is forgotten. Old screens are still put out of use,
    /// and mails on what was done still go out.
    pub fn forgotten(self) -> &'static [&'static str] {
        match self {
            Self::Chat => &["show", "commands"],
            Self::Mail => &["mail_code", "mail_sign_in_refused", "mail_reset_link", "mail_reset_refused"],
            Self::Document => &["document"],
        }
    }
}

/// An effect whose row has committed.
#[derive(Debug)]
pub struct Due {
    /// Its row; higher is later.
    pub id: i64,
    /// Where its order holds.
    pub lane: String,
    /// What to do; `None` if its row does not decode.
    pub effect: Option<Effect>,
    /// How often it was tried without success.
    pub tries: i64,
    /// When it may be tried.
    pub due_at: Timestamp,
}

impl Due {
    /// What a turn has just left, due at once.
    pub fn new((id, lane): (i64, String), effect: Effect, now: Timestamp) -> Self {
        Self { id, lane, effect: Some(effect), tries: 0, due_at: now }
    }
}

impl From<Stored> for Due {
    fn from(row: Stored) -> Self {
        let effect = row.payload.and_then(|payload| serde_json::from_str(&payload).ok());
        Self { id: row.id, lane: row.lane, effect, tries: row.tries, due_at: row.due_at }
    }
}

impl Effect {
    /// The name it is counted by.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Show(_) => "show",
            Self::Retire { .. } => "retire",
            Self::Delete { .. } => "delete",
            Self::PointToPrivateChat { .. } => "point_to_private_chat",
            Self::Commands { .. } => "commands",
            Self::ResetCommands { .. } => "reset_commands",
            Self::Document(_) => "document",
            Self::Mail(mail) => mail.letter.kind(),
        }
    }

    /// Where its order holds: a chat's calls in their order, its mails to one address in theirs, its documents in theirs.
    fn lane(&self) -> (&'static str, ChatId) {
        match self {
            Self::Mail(mail) => Lane::Mail.of(mail.chat),
            Self::Document(document) => Lane::Document.of(document.chat),
            Self::Show(Show { chat, .. })
            | Self::Retire { chat, .. }
            | Self::Delete { chat, .. }
            | Self::PointToPrivateChat { chat, .. }
            | Self::Commands { chat, .. }
            | Self::ResetCommands { chat } => Lane::Chat.of(*chat),
        }
    }

    /// Whether it is seen twice if it is done twice.
    pub(super) fn shows_twice(&self) -> bool {
        match self {
            Self::Show(show) => show.fresh || show.message_id.is_none(),
            Self::PointToPrivateChat { .. } | Self::Document(_) | Self::Mail(_) => true,
            Self::Retire { .. } | Self::Delete { .. } | Self::Commands { .. } | Self::ResetCommands { .. } => false,
        }
    }

    /// The chat that a call to Telegram is for; `None` for a mail.
    pub fn chat(&self) -> Option<ChatId> {
        match self {
            Self::Show(Show { chat, .. })
            | Self::Retire { chat, .. }
            | Self::Delete { chat, .. }
            | Self::PointToPrivateChat { chat, .. }
            | Self::Commands { chat, .. }
            | Self::ResetCommands { chat }
            | Self::Document(Document { chat, .. }) => Some(*chat),
            Self::Mail(_) => None,
        }
    }

    /// The effect as it is stored.
    pub fn to_row(&self) -> Result<New, serde_json::Error> {
        let to = if let Self::Mail(mail) = self { Some(mail.to.clone()) } else { None };
        Ok(New { lane: self.lane(), to, kind: self.kind(), payload: serde_json::to_string(self)? })
    }
}
