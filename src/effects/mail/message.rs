//! A mail with its headers, as a mail server takes it.

use std::time::SystemTime;

use data_encoding::HEXLOWER;
use jiff::Timestamp;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{MultiPart, MultiPartKind, SinglePart};

use super::{Envelope, Mailer};
use crate::effects::Mail;

/// Stands between the two bodies. No encoded body can hold it: `=_` is neither quoted-printable nor base64 (RFC 2045, section 6.7).
const BOUNDARY: &str = "=_guichet_alternative";

type Unsendable = Box<dyn std::error::Error + Send + Sync>;

impl Mailer {
    /// The mail of an effect's row, for the mail server.
    pub(super) fn message(&self, mail: &Mail, row: i64, envelope: Envelope, now: Timestamp) -> Result<lettre::Message, Unsendable> {
        let bodies = MultiPart::builder().kind(MultiPartKind::Alternative).boundary(BOUNDARY);
        let bodies = bodies.singlepart(SinglePart::plain(envelope.text)).singlepart(SinglePart::html(envelope.html));
        let message = lettre::Message::builder()
            .from(self.from.clone())
            .to(envelope.to.parse()?)
            .subject(envelope.subject)
            .date(SystemTime::from(now))
            .message_id(Some(self.message_id(mail, row)?))
            .raw_header(header(HeaderName::new_from_ascii_str("Content-Language"), mail.language.code()))
            // Answers nobody reads and out-of-office notes are not wanted (RFC 3834, section 5).
            .raw_header(header(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated"))
            .multipart(bodies)?;
        Ok(message)
    }

    /// The same for every try of the same row, so that mail servers know a mail again that was cut off after they had taken it;
    /// made of what it says too, so that a database put back from a copy never gives it to another mail.
    fn message_id(&self, mail: &Mail, row: i64) -> Result<String, serde_json::Error> {
        let derived = self.key.derive("message-id", &[&row.to_be_bytes(), &serde_json::to_vec(mail)?]);
        Ok(format!("<{}@{}>", HEXLOWER.encode(&derived[..16]), self.from.email.domain()))
    }
}

fn header(name: HeaderName, value: &str) -> HeaderValue {
    HeaderValue::new(name, value.to_owned())
}
