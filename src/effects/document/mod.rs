//! The document of everything that is kept about a chat and, while it is signed in, about its account. It is made afresh at each try,
//! on a connection of its own that sees one moment of the database. `parts` reads what is kept, `file` writes it down.

mod file;
mod parts;

use std::sync::Arc;

use jiff::Timestamp;

use super::worker::Outcome;
use super::{Document, Effect, Reason, Telegram};
use crate::bot::api::Upload;
use crate::domain::{Operator, Policy};
use crate::locale::{Locales, Message};
use crate::secret::Key;
use crate::store::{Conn, Db, StoreError};

/// Makes documents and sends them.
pub struct Documents {
    /// Where everything is kept.
    pub db: Arc<Db>,
    /// The texts.
    pub locales: Arc<Locales>,
    /// The service, named in each document.
    pub policy: Policy,
    /// Who runs the counter, named in each document.
    pub operator: Operator,
    /// What vouches for whose the receipts are.
    pub key: Key,
}

/// Why a document could not be made.
#[derive(Debug, thiserror::Error)]
enum MakeError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("cannot write as JSON: {0}")]
    Encode(#[from] serde_json::Error),
}

/// A document that has been made.
struct Made {
    bytes: Vec<u8>,
    with_account: bool,
}

impl Documents {
    /// Tries once to make a document and send it. A chat that was erased meanwhile gets none.
    pub(super) async fn send(&self, telegram: &Telegram, effect: &Effect, document: &Document, now: Timestamp) -> Outcome {
        let made = match self.make(document, now).await {
            Ok(Some(made)) => made,
            Ok(None) => return Outcome::Done(None),
            Err(error @ MakeError::Store(StoreError::Unavailable(_))) => return Outcome::Later(None, Reason::new(error)),
            Err(error) => return Outcome::Never(Reason::new(error)),
        };
        let key = if made.with_account { "data-caption" } else { "data-caption-signed-out" };
        let caption = self.locales.plain(document.language, &Message::new(key));
        let name = format!("guichet-data-{}.json", self.policy.day(now));
        let file = Upload { parameter: "document", name, mime: "application/json", bytes: made.bytes };
        telegram.send_document(effect, document.chat, caption, file).await
    }

    async fn make(&self, document: &Document, now: Timestamp) -> Result<Option<Made>, MakeError> {
        let mut conn = self.db.conn().await?;
        let made = self.read(&mut conn, document, now).await;
        // Whatever failed, nobody knows what is open on the connection.
        match made {
            Ok(_) => conn.commit().await?,
            Err(_) => conn.throw_away().await,
        }
        made
    }

    async fn read(&self, conn: &mut Conn, document: &Document, now: Timestamp) -> Result<Option<Made>, MakeError> {
        conn.begin_reading().await?;
        let Some(kept) = parts::read(conn, &self.key, document, now).await? else { return Ok(None) };
        let about = parts::about(self, document.language, &kept, now);
        let with_account = kept.account.is_some();
        let left_out = self.locales.plain(document.language, &Message::new("data-left-out"));
        let bytes = file::write(conn, &about, &kept, &left_out).await?;
        Ok(Some(Made { bytes, with_account }))
    }
}
