//! What turns leave to be done outside: effects as data, the lanes that carry them out, and each kind's work.

mod document;
mod effect;
mod ending;
mod lanes;
mod mail;
mod picture;
mod reason;
mod telegram;
mod worker;

pub use document::Documents;
pub use effect::{Document, Due, Effect, Lane, Letter, Mail, Show};
pub use ending::Ending;
pub use lanes::Lanes;
pub use mail::{Envelope, HandshakeError, MailSetupError, Mailer, Smtp, Transport};
pub use reason::Reason;
pub use telegram::Telegram;
pub use worker::{Outcome, Worker};
