//! The webhook: Telegram posts each update here. The answer is 200 only once its turn has committed; any other makes Telegram deliver
//! the update again. Requests that wait at the same moment share a commit, as everything does that waits for the writer.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequest, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use jiff::{SignedDuration, Timestamp};
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use teloxide::payloads::{SetWebhook, SetWebhookSetters};
use tokio_util::sync::CancellationToken;

use super::api::{Api, ApiError};
use super::incoming;
use super::schema::allowed_updates;
use super::writer::Writer;
use crate::clock::Clock;
use crate::config::Webhook;
use crate::crash::{self, Point};
use crate::watch::{Refusal, Watch};

/// How long a request may take, from its secret to its commit: Telegram does not wait much longer.
const ANSWER_WITHIN: SignedDuration = SignedDuration::from_secs(25);
/// The largest update. A message has at most 4096 characters, but what it quotes and links comes with it.
const LARGEST_UPDATE: usize = 1 << 20;
/// Requests at once, the most that Telegram makes: each only waits for a commit, and those that wait share it.
const CONNECTIONS: u8 = 100;
/// After an unclean start tries are counted for so long. Telegram tries again less and less often, but more than once an hour.
const CAREFUL_FOR: SignedDuration = SignedDuration::from_hours(1);
/// The header that carries the secret (<https://core.telegram.org/bots/api#setwebhook>).
const SECRET_HEADER: &str = "x-telegram-bot-api-secret-token";
/// How long to wait before Telegram is asked again to set the webhook: at first, and at most.
const FIRST_PAUSE: SignedDuration = SignedDuration::from_millis(500);
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_secs(60);

/// Takes updates in as Telegram posts them.
pub struct Hook {
    webhook: Webhook,
    digest: [u8; 32],
    writer: Writer,
    clock: Clock,
    careful_until: Timestamp,
    stop: CancellationToken,
    watch: Arc<Watch>,
}

impl Hook {
    /// A hook at this address. `careful` says that the last process was killed, perhaps by one of the updates that now come again;
    /// once `stop` is cancelled nothing new is taken in.
    pub fn new(webhook: Webhook, writer: Writer, clock: Clock, careful: bool, stop: CancellationToken, watch: Arc<Watch>) -> Self {
        let digest = Sha256::digest(webhook.secret.expose_secret()).into();
        let careful_until = clock.now() + if careful { CAREFUL_FOR } else { SignedDuration::ZERO };
        Self { webhook, digest, writer, clock, careful_until, stop, watch }
    }

    /// The route that Telegram calls: the path of the webhook's address, whatever signs it is made of.
    pub fn router(self: &Arc<Self>) -> Router {
        Router::new()
            .without_v07_checks()
            .route(self.webhook.url.path(), post(receive))
            .layer(DefaultBodyLimit::max(LARGEST_UPDATE))
            .with_state(Arc::clone(self))
    }

    /// Has Telegram call the webhook, asking until it agrees. It is not taken away at the end: another process may serve it.
    pub async fn set(&self, api: &Api) {
        let question = SetWebhook::new(self.webhook.url.clone())
            .secret_token(self.webhook.secret.expose_secret())
            .allowed_updates(allowed_updates())
            .max_connections(CONNECTIONS)
            .drop_pending_updates(false);
        let mut pause = FIRST_PAUSE;
        while let Err(error) = api.call(&question).await {
            if pause == FIRST_PAUSE {
                tracing::error!(%error, "Telegram does not take GUICHET_WEBHOOK_URL, so no updates come; asking again until it does");
            }
            let told = match error {
                ApiError::TooMany { retry_after } => SignedDuration::from_secs(retry_after.into()),
                ApiError::Refused { .. } | ApiError::NoAnswer(_) => SignedDuration::ZERO,
            };
            self.clock.sleep_until(self.clock.now() + pause.max(told)).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
        tracing::info!("the webhook is set, the counter is open");
    }

    /// Whether the request proves that Telegram makes it. Digests are compared, so that not even the secret's length shows in the time.
    fn is_from_telegram(&self, headers: &HeaderMap) -> bool {
        headers.get(SECRET_HEADER).is_some_and(|secret| Sha256::digest(secret).ct_eq(&self.digest).into())
    }

    /// Has the update in a request handled, and waits for the commit. An update that is handed in is handled even if nobody waits.
    async fn take(&self, request: Request) -> StatusCode {
        let body = match Bytes::from_request(request, &()).await {
            Ok(body) => body,
            Err(rejection) => return self.unreadable(rejection.status()),
        };
        let Some(delivered) = std::str::from_utf8(&body).ok().and_then(incoming::read) else {
            return self.unreadable(StatusCode::BAD_REQUEST);
        };
        let Some(update) = delivered.update else {
            self.watch.metrics.refused();
            return StatusCode::OK;
        };
        crash::at(Point::Received);
        let careful = self.clock.now() < self.careful_until;
        let written = self.writer.take_in(vec![update], careful).await;
        crash::at(Point::Answer);
        if written.is_ok() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }
    }

    fn unreadable(&self, status: StatusCode) -> StatusCode {
        self.watch.metrics.turned_away(Refusal::Unreadable);
        tracing::warn!(%status, "a request to the webhook with the right secret holds no update and is refused");
        status
    }
}

async fn receive(State(hook): State<Arc<Hook>>, request: Request) -> StatusCode {
    if !hook.is_from_telegram(request.headers()) {
        hook.watch.metrics.turned_away(Refusal::Stranger);
        return StatusCode::FORBIDDEN;
    }
    if hook.stop.is_cancelled() {
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    let latest = hook.clock.now() + ANSWER_WITHIN;
    tokio::select! {
        biased;
        status = hook.take(request) => status,
        () = hook.clock.sleep_until(latest) => {
            hook.watch.metrics.turned_away(Refusal::Late);
            StatusCode::SERVICE_UNAVAILABLE
        }
    }
}
