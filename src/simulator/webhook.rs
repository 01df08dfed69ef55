//! Delivers updates by POST while the bot has a webhook: one at a time a chat, no more at once than the bot takes, again until the
//! answer is 2xx (<https://core.telegram.org/bots/api#setwebhook>).

use std::collections::HashSet;
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, Response};
use tokio::task::JoinSet;

use super::Simulator;
use super::world::{Update, Webhook};

/// How long Telegram's stand-in waits before it tries a refused delivery again.
const PAUSE: Duration = Duration::from_millis(100);
/// How long one delivery may take.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Runs for as long as the server does.
pub(super) async fn deliver(simulator: Simulator) {
    let client = Client::builder().timeout(TIMEOUT).redirect(Policy::none()).no_proxy().build().unwrap_or_default();
    let mut inbox = simulator.0.inbox.subscribe();
    let mut busy = HashSet::new();
    let mut deliveries = JoinSet::new();
    loop {
        for (webhook, update) in due(&simulator, &busy) {
            busy.insert(update.chat);
            deliveries.spawn(deliver_one(simulator.clone(), client.clone(), webhook, update));
        }
        tokio::select! {
            // The sender lives in `simulator`, so waiting cannot fail.
            _ = inbox.changed() => {}
            Some(Ok(chat)) = deliveries.join_next() => {
                busy.remove(&chat);
            }
        }
    }
}

/// The oldest update of each chat that none is on its way to, as far as the bot takes more.
fn due(simulator: &Simulator, busy: &HashSet<i64>) -> Vec<(Webhook, Update)> {
    let world = simulator.world();
    let Some(webhook) = world.webhook() else { return Vec::new() };
    let mut chats = busy.clone();
    let updates = world.unacknowledged().filter(|update| chats.insert(update.chat));
    let room = webhook.max_connections.saturating_sub(busy.len());
    updates.take(room).map(|update| (webhook.clone(), update.clone())).collect()
}

/// Tries once; a delivery that is not taken keeps its chat, which is the answer, waiting for a moment.
async fn deliver_one(simulator: Simulator, client: Client, webhook: Webhook, update: Update) -> i64 {
    let mut request = client.post(&webhook.url).header("content-type", "application/json").body(update.json.to_string());
    if let Some(secret) = &webhook.secret {
        request = request.header("X-Telegram-Bot-Api-Secret-Token", secret);
    }
    match failure(request.send().await) {
        None => simulator.with(|world| world.acknowledge(update.id)),
        Some(error) => {
            simulator.with(|world| world.webhook_failed(&webhook.url, error));
            tokio::time::sleep(PAUSE).await;
        }
    }
    update.chat
}

/// What `last_error_message` says of a delivery, unless it was taken.
fn failure(outcome: reqwest::Result<Response>) -> Option<String> {
    match outcome {
        Ok(response) if response.status().is_success() => None,
        Ok(response) => Some(format!("Wrong response from the webhook: {}", response.status())),
        Err(error) if error.is_timeout() => Some("Read timeout expired".to_owned()),
        Err(error) if error.is_connect() => Some("Connection refused".to_owned()),
        Err(_) => Some("Connection reset by peer".to_owned()),
    }
}
