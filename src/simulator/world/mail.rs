//! The mailbox beside the chat, where the bot's mails arrive.

use jiff::Timestamp;

use super::World;
use super::journal::Event;
use super::news::Bulletin;

/// A mail as it arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// The address it went to.
    pub to: String,
    /// The sender as written, perhaps with a name.
    pub from: String,
    /// The subject.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The HTML part, if there is one.
    pub html: Option<String>,
    /// When it arrived.
    pub at: Timestamp,
}

impl World {
    /// Puts a mail into the mailbox and gives its index.
    pub fn deliver_mail(&mut self, mail: Mail) -> usize {
        self.mails.push(mail);
        let index = self.mails.len() - 1;
        self.log_event(Event::Mailed { index });
        self.news.changed = true;
        self.news.bulletins.push(Bulletin::Mail);
        index
    }

    /// All mails, in order of arrival.
    pub fn mails(&self) -> &[Mail] {
        &self.mails
    }
}
