//! `getUpdates` and the webhook's settings.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use super::super::refusal::Refusal;
use super::super::world::Webhook;
use super::super::{Simulator, World};
use super::parameters::Parameters;
use super::{Answer, done};

/// Telegram holds a poll open no longer.
const LONGEST_POLL: i64 = 50;

/// Answers as soon as there is an update, or with none after `timeout` seconds of the real clock.
/// A poll that begins while another waits ends that one.
pub async fn get_updates(simulator: &Simulator, parameters: &Parameters) -> Answer {
    let offset = parameters.integer("offset").unwrap_or_default();
    let limit = usize::try_from(parameters.integer("limit").unwrap_or(100).clamp(1, 100)).unwrap_or(100);
    let timeout = u64::try_from(parameters.integer("timeout").unwrap_or_default().clamp(0, LONGEST_POLL)).unwrap_or_default();
    let deadline = Instant::now() + Duration::from_secs(timeout);
    if let Some(kinds) = allowed(parameters)? {
        simulator.with(|world| world.allow_updates(kinds));
    }
    let mut inbox = simulator.0.inbox.subscribe();
    let mut newer = simulator.0.poll.subscribe();
    let mut mine = 0;
    simulator.0.poll.send_modify(|count| {
        *count += 1;
        mine = *count;
    });
    newer.mark_unchanged();
    loop {
        if *newer.borrow() != mine {
            return Err(Refusal::new(409, TERMINATED));
        }
        let batch = simulator.with(|world| match world.webhook() {
            Some(_) => Err(Refusal::new(409, WEBHOOK_ACTIVE)),
            None => Ok(world.poll(offset, limit)),
        })?;
        if !batch.is_empty() || Instant::now() >= deadline {
            return Ok(format!("[{}]", batch.join(",")));
        }
        // The senders live in `simulator`, so the waiting cannot fail.
        tokio::select! {
            _ = inbox.changed() => {}
            _ = newer.changed() => {}
            () = tokio::time::sleep_until(deadline) => {}
        }
    }
}

/// Deliveries at once, unless the bot says otherwise, and at most.
const CONNECTIONS: i64 = 40;
const MOST_CONNECTIONS: i64 = 100;

const TERMINATED: &str = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running";
const WEBHOOK_ACTIVE: &str = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first";

/// The kinds of updates the bot wants from now on; names Telegram doesn't know are ignored.
fn allowed(parameters: &Parameters) -> Result<Option<Vec<String>>, Refusal> {
    let Some(kinds) = parameters.json("allowed_updates")? else { return Ok(None) };
    serde_json::from_value(kinds).map(Some).map_err(|_| Refusal::bad_request("can't parse allowed updates JSON object"))
}

/// Telegram wants HTTPS on certain ports; the simulator lives on loopback and takes plain HTTP on any port.
pub fn set_webhook(world: &mut World, parameters: &Parameters) -> Result<Value, Refusal> {
    let url = parameters.text("url").unwrap_or_default();
    let connections = parameters.integer("max_connections").unwrap_or(CONNECTIONS).clamp(1, MOST_CONNECTIONS);
    let secret = parameters.text("secret_token").filter(|secret| !secret.is_empty());
    let is_sign = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if secret.as_deref().is_some_and(|secret| secret.len() > 256 || !secret.chars().all(is_sign)) {
        return Err(Refusal::bad_request("secret token contains unallowed characters"));
    }
    if !url.is_empty() && !["http://", "https://"].iter().any(|scheme| url.starts_with(scheme)) {
        return Err(Refusal::bad_request("bad webhook: HTTPS url must be provided for webhook"));
    }
    if let Some(kinds) = allowed(parameters)? {
        world.allow_updates(kinds);
    }
    let max_connections = usize::try_from(connections).unwrap_or_default();
    let webhook = (!url.is_empty()).then_some(Webhook { url, secret, max_connections, last_error: None });
    world.set_webhook(webhook, parameters.flag("drop_pending_updates"));
    Ok(done())
}

pub fn delete_webhook(world: &mut World, parameters: &Parameters) -> Value {
    world.set_webhook(None, parameters.flag("drop_pending_updates"));
    done()
}

pub fn get_webhook_info(world: &mut World) -> Value {
    let mut info = json!({
        "url": world.webhook().map_or("", |webhook| webhook.url.as_str()),
        "has_custom_certificate": false,
        "pending_update_count": world.unacknowledged().count(),
    });
    if let Some(webhook) = world.webhook() {
        info["max_connections"] = webhook.max_connections.into();
        if let Some((at, message)) = &webhook.last_error {
            info["last_error_date"] = at.as_second().into();
            info["last_error_message"] = message.as_str().into();
        }
    }
    if !world.allowed_updates().is_empty() {
        info["allowed_updates"] = world.allowed_updates().into();
    }
    info
}
