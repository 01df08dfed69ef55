//! Delivers updates by POST while the bot has a webhook: one at a time a chat, again until the answer is 200.

use std::collections::HashSet;
use std::time::Duration;

use tokio::task::JoinSet;

use super::Simulator;
use super::world::{Update, Webhook};

/// How long Telegram's stand-in waits before it tries a refused delivery again.
const PAUSE: Duration = Duration::from_millis(100);
/// How long one delivery may take.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Runs for as long as the server does.
pub(super) async fn deliver(simulator: Simulator) {
    let client = reqwest::Client::builder().timeout(TIMEOUT).no_proxy().build().unwrap_or_default();
    let mut inbox = simulator.0.inbox.subscribe();
    let mut busy = HashSet::new();
    let mut deliveries = JoinSet::new();
    loop {
        for (webhook, update) in due(&simulator, &busy) {
            busy.insert(update.chat);
            deliveries.spawn(deliver_one(client.clone(), webhook, update));
        }
        tokio::select! {
            // The sender lives in `simulator`, so waiting cannot fail.
            _ = inbox.changed() => {}
            Some(Ok((update, taken))) = deliveries.join_next() => {
                busy.remove(&update.chat);
                if taken {
                    simulator.with(|world| world.acknowledge(update.id));
                }
            }
        }
    }
}

/// The oldest update of each chat that none is on its way to.
fn due(simulator: &Simulator, busy: &HashSet<i64>) -> Vec<(Webhook, Update)> {
    let world = simulator.world();
    let Some(webhook) = world.webhook() else { return Vec::new() };
    let mut chats = busy.clone();
    let updates = world.unacknowledged().filter(|update| chats.insert(update.chat));
    updates.map(|update| (webhook.clone(), update.clone())).collect()
}

/// Tries once; a delivery that is not taken keeps its chat waiting for a moment.
async fn deliver_one(client: reqwest::Client, webhook: Webhook, update: Update) -> (Update, bool) {
    let mut request = client.post(&webhook.url).header("content-type", "application/json").body(update.json.to_string());
    if let Some(secret) = &webhook.secret {
        request = request.header("X-Telegram-Bot-Api-Secret-Token", secret);
    }
    let taken = request.send().await.is_ok_and(|response| response.status().is_success());
    if !taken {
        tokio::time::sleep(PAUSE).await;
    }
    (update, taken)
}
