//! Mails. A letter is put together as data (`letter`, `part`), written as plain text and HTML (`part`, `page`), closed up with its
//! headers (`message`), and handed to the mail server, a folder, or the demo's mailbox (`transport`): all at the last moment.

mod letter;
mod message;
mod page;
mod part;
mod transport;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use jiff::Timestamp;
use lettre::message::Mailbox;
use url::Url;

use super::worker::Outcome;
use super::{Letter, Mail, Reason};
use crate::crash::{self, Point};
use crate::domain::Operator;
use crate::locale::{Locales, Message};
use crate::secret::Key;

pub use transport::{HandshakeError, MailSetupError, Smtp, Transport};

/// A mail as its reader sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// Whom to.
    pub to: String,
    /// Who from.
    pub from: String,
    /// The subject.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
}

/// Writes mails and sends them.
pub struct Mailer {
    /// Where they go.
    pub transport: Transport,
    /// The sender.
    pub from: Mailbox,
    /// Who runs the counter, named in each mail.
    pub operator: Operator,
    /// Whether the operator is the service itself.
    pub operator_is_service: bool,
    /// The name of the service.
    pub service: String,
    /// The policy's contact, for what the service alone can change.
    pub contact: String,
    /// The texts.
    pub locales: Arc<Locales>,
    /// What codes and links are derived from.
    pub key: Key,
    /// Where holders reach the web pages, ending in `/`.
    pub public_url: Url,
}

impl Mailer {
    /// Tries once to send the mail of an effect's row. One whose code or link has expired is not sent: it would only mislead.
    pub(super) async fn send(&self, mail: &Mail, row: i64, now: Timestamp) -> Outcome {
        if matches!(mail.letter, Letter::Code { expires_at, .. } | Letter::ResetLink { expires_at, .. } if now >= expires_at) {
            return Outcome::Never(Reason::new("what it holds had expired before the mail could be sent"));
        }
        let envelope = self.write(mail, now);
        if mail.to_nobody {
            return Outcome::Done(None);
        }
        if let Transport::Watched(watch) = &self.transport {
            watch(envelope);
            return Outcome::Done(None);
        }
        match self.message(mail, row, envelope, now) {
            Ok(message) => {
                crash::at(Point::Mail);
                let outcome = self.transport.deliver(message).await;
                crash::at(Point::Mailed);
                outcome
            }
            Err(error) => Outcome::Never(Reason::new(error)),
        }
    }

    /// The words of a mail that goes out now.
    pub fn write(&self, mail: &Mail, now: Timestamp) -> Envelope {
        let plain = |message: &Message| self.locales.plain(mail.language, message);
        let contents = self.contents(mail, now);
        let subject = plain(&contents.subject);
        let parts: Vec<_> = contents.parts.iter().map(|part| part.written(plain)).collect();
        let text = parts.iter().map(part::Part::text).collect::<Vec<_>>().join("\n\n") + "\n";
        let html = page::html(mail.language, &subject, &parts, &plain(&Message::new("mail-link-by-hand")));
        Envelope { to: mail.to.as_str().to_owned(), from: self.from.to_string(), subject, text, html }
    }
}
