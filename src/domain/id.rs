//! The internal ids of rows: they go into taps and dialogues, never an outside reference.

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);
    )*};
}

ids! {
    /// A row of `account`.
    AccountId;
    /// A row of `card`.
    CardId;
    /// A row of `payment`.
    PaymentId;
    /// A row of `audit`.
    AuditId;
    /// A row of `session`.
    SessionId;
    /// A private chat: Telegram's id of it, which is the person's.
    ChatId;
}
