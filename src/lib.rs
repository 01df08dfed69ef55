//! guichet: the account-help counter of a payment service that is being wound down, as a Telegram bot.

pub mod clock;
pub mod domain;
pub mod simulator;
