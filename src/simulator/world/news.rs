//! Whom a change concerns, gathered while the world changes and told by the handle afterwards.

/// What the page is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bulletin {
    /// This person's chat changed.
    Chat {
        /// The person.
        person: i64,
    },
    /// The bot answered this person's tap.
    Notice {
        /// The person.
        person: i64,
        /// What is shown, perhaps nothing.
        text: String,
        /// Whether as an alert.
        alert: bool,
    },
    /// A mail arrived.
    Mail,
    /// The bot's name, descriptions or commands changed, which every chat shows.
    Profile,
}

/// What changed since the handle last looked.
#[derive(Debug, Default)]
pub(crate) struct News {
    /// Whether anything at all changed.
    pub changed: bool,
    /// Whether an update came or went, or the webhook changed.
    pub inbox: bool,
    /// The chats whose messages or notices changed.
    pub chats: Vec<i64>,
    /// For the page.
    pub bulletins: Vec<Bulletin>,
}
