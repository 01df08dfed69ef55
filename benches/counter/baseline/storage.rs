//! Dialogues in SQLite: what teloxide's own `SqliteStorage` does, on the sqlx that is here already.

use std::sync::Arc;

use futures::future::BoxFuture;
use sqlx::SqlitePool;
use teloxide::dispatching::dialogue::Storage;
use teloxide::types::ChatId;

use super::{Error, State};

/// The dialogues, a row a chat.
pub struct Dialogues(pub SqlitePool);

impl Storage<State> for Dialogues {
    type Error = Error;

    fn remove_dialogue(self: Arc<Self>, ChatId(chat): ChatId) -> BoxFuture<'static, Result<(), Error>> {
        Box::pin(async move {
            sqlx::query("DELETE FROM dialogue WHERE chat_id = $1").bind(chat).execute(&self.0).await?;
            Ok(())
        })
    }

    fn update_dialogue(self: Arc<Self>, ChatId(chat): ChatId, state: State) -> BoxFuture<'static, Result<(), Error>> {
        Box::pin(async move {
            sqlx::query("INSERT INTO dialogue VALUES ($1, $2) ON CONFLICT (chat_id) DO UPDATE SET dialogue = excluded.dialogue")
                .bind(chat)
                .bind(serde_json::to_string(&state)?)
                .execute(&self.0)
                .await?;
            Ok(())
        })
    }

    fn get_dialogue(self: Arc<Self>, ChatId(chat): ChatId) -> BoxFuture<'static, Result<Option<State>, Error>> {
        Box::pin(async move {
            let stored: Option<String> =
                sqlx::query_scalar("SELECT dialogue FROM dialogue WHERE chat_id = $1").bind(chat).fetch_optional(&self.0).await?;
            Ok(stored.map(|text| serde_json::from_str(&text)).transpose()?)
        })
    }
}
