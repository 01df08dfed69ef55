//! Writing mails and handing them to the mail server, a folder, or the demo's mailbox. The text is made here, at the last moment.

use std::sync::Arc;

use jiff::Timestamp;
use lettre::message::Mailbox;
use lettre::{AsyncFileTransport, AsyncSmtpTransport, AsyncTransport, Tokio1Executor};

use super::lanes::Outcome;
use super::{Letter, Mail};
use crate::dialogue::sign_in;
use crate::domain::Operator;
use crate::locale::{Locales, Message};
use crate::secret::Key;

/// Where mails go.
pub enum Transport {
    /// To a mail server.
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    /// Into a folder, a file a mail.
    Folder(AsyncFileTransport<Tokio1Executor>),
    /// To whoever watches: the demo's mailbox, or a test.
    Watched(Box<dyn Fn(Envelope) + Send + Sync>),
}

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
}

/// Why mail cannot be set up.
#[derive(Debug, thiserror::Error)]
#[error("GUICHET_MAIL_URL: {0}")]
pub struct MailSetupError(pub String);

impl Transport {
    /// The transport that the setting names. A folder is created if it is not there.
    pub fn open(mail: &crate::config::Mail) -> Result<Self, MailSetupError> {
        match mail {
            crate::config::Mail::Smtp(url) => AsyncSmtpTransport::<Tokio1Executor>::from_url(url.expose())
                .map(|builder| Self::Smtp(builder.timeout(Some(std::time::Duration::from_secs(30))).build()))
                .map_err(|error| {
                    MailSetupError(format!("{url} cannot be used: {error}; write smtp://host:port or smtps://user:password@host"))
                }),
            crate::config::Mail::Folder(folder) => {
                std::fs::create_dir_all(folder).map(|()| Self::Folder(AsyncFileTransport::new(folder))).map_err(|error| {
                    MailSetupError(format!("cannot create the folder {}: {error}; name one that can be written", folder.display()))
                })
            }
        }
    }
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
    /// The texts.
    pub locales: Arc<Locales>,
    /// What codes are derived from.
    pub key: Key,
}

impl Mailer {
    /// Tries once to send a mail. One whose code has expired is not sent: it would only mislead.
    pub(super) async fn send(&self, mail: &Mail, now: Timestamp) -> Outcome {
        if matches!(mail.letter, Letter::Code { expires_at, .. } if now >= expires_at) {
            return Outcome::Never("the code in it had expired before the mail could be sent".to_owned());
        }
        let envelope = self.write(mail, now);
        if let Transport::Watched(watch) = &self.transport {
            watch(envelope);
            return Outcome::Done(None);
        }
        let message = match self.message(&envelope) {
            Ok(message) => message,
            Err(error) => return Outcome::Never(error.to_string()),
        };
        match &self.transport {
            Transport::Smtp(smtp) => match smtp.send(message).await {
                Ok(_) => Outcome::Done(None),
                // A refused connection is neither transient nor permanent: only a permanent refusal ends the tries.
                Err(error) if error.is_permanent() => Outcome::Never(format!("the mail server refused: {}", status(&error))),
                Err(error) => Outcome::Later(None, format!("the mail server did not take it: {}", status(&error))),
            },
            Transport::Folder(folder) => match folder.send(message).await {
                Ok(_) => Outcome::Done(None),
                Err(error) => Outcome::Later(None, format!("the mail folder did not take it: {error}")),
            },
            Transport::Watched(_) => Outcome::Done(None),
        }
    }

    fn message(&self, envelope: &Envelope) -> Result<lettre::Message, Box<dyn std::error::Error + Send + Sync>> {
        let builder = lettre::Message::builder().from(self.from.clone()).to(envelope.to.parse()?).subject(envelope.subject.clone());
        // Answers nobody reads and out-of-office notes are not wanted (RFC 3834, section 5).
        Ok(builder.header(AutoSubmitted).header(lettre::message::header::ContentType::TEXT_PLAIN).body(envelope.text.clone())?)
    }

    /// The words of a mail that goes out now.
    pub fn write(&self, mail: &Mail, now: Timestamp) -> Envelope {
        let plain = |message: Message| self.locales.plain(mail.language, &message);
        let (subject, mut parts) = match &mail.letter {
            Letter::Code { nonce, person, expires_at } => {
                let code = sign_in::code_for(&self.key, nonce, mail.chat, &mail.to);
                let subject = Message::new("mail-code-subject").with("service", self.service.as_str());
                let parts = vec![
                    Message::new("mail-code-intro").with("service", self.service.as_str()),
                    Message::new("mail-code").with("code", code.digits()),
                    Message::new("mail-code-until").with("minutes", minutes_until(*expires_at, now)),
                    Message::new("mail-asked-by").with("person", person.as_str()),
                    Message::new("mail-code-not-you"),
                ];
                (subject, parts)
            }
            Letter::CardRemoved { brand, last4, reference, person, removed_at, recorded } => {
                let named = |key: &'static str| Message::new(key).with("brand", brand.as_str()).with("last4", last4.as_str());
                let done = named(if *recorded { "mail-card-recorded" } else { "mail-card-removed" });
                let parts = vec![
                    done.with("moment", *removed_at).with("service", self.service.as_str()),
                    Message::new("mail-receipt").with("reference", reference.as_str()),
                    Message::new("mail-asked-by").with("person", person.as_str()),
                    Message::new("mail-card-not-you").with("contact", self.operator.contact.to_string()),
                ];
                (named("mail-card-subject"), parts)
            }
        };
        let who = if self.operator_is_service { "mail-operator-is-service" } else { "mail-operator" };
        let operator = Message::new(who).with("operator", self.operator.name.as_str()).with("contact", self.operator.contact.to_string());
        parts.push(operator.with("service", self.service.as_str()));
        let text = parts.into_iter().map(plain).collect::<Vec<_>>().join("\n\n") + "\n";
        Envelope { to: mail.to.as_str().to_owned(), from: self.from.to_string(), subject: plain(subject), text }
    }
}

/// How many minutes are left, at least one: what a holder in any time zone understands.
fn minutes_until(expires_at: Timestamp, now: Timestamp) -> i64 {
    expires_at.duration_since(now).as_mins().max(1)
}

/// What a mail server's error may say in a log: its code, never its text, which may repeat the address.
fn status(error: &lettre::transport::smtp::Error) -> String {
    error.status().map_or_else(|| "no answer".to_owned(), |code| format!("code {code}"))
}

/// RFC 3834: this mail was made by a program.
#[derive(Clone)]
struct AutoSubmitted;

impl lettre::message::header::Header for AutoSubmitted {
    fn name() -> lettre::message::header::HeaderName {
        lettre::message::header::HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> lettre::message::header::HeaderValue {
        lettre::message::header::HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}
