//! guichet: the account-help counter of a payment service that is being wound down, as a Telegram bot.

pub mod bot;
pub mod clock;
pub mod config;
pub mod dialogue;
pub mod domain;
pub mod effects;
pub mod import;
pub mod locale;
pub mod secret;
pub mod store;
pub mod turn;
