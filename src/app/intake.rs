//! How updates come in, by polling or by webhook, and the sweeps in between.

use std::net::SocketAddr;
use std::sync::Arc;

use jiff::SignedDuration;
use teloxide::payloads::{DeleteWebhook, DeleteWebhookSetters};
use tokio_util::sync::CancellationToken;

use crate::bot::api::Api;
use crate::bot::{Hook, Job, Poller, Writer, setup};
use crate::clock::Clock;
use crate::config::Webhook;
use crate::crash;
use crate::domain::Policy;
use crate::locale::Locales;
use crate::replica::Replica;
use crate::watch::Watch;

/// How often sessions are looked after and old rows forgotten.
const SWEEP_EVERY: SignedDuration = SignedDuration::from_secs(15);
/// How updates come in.
pub(super) enum Intake {
    Polling(Poller, Replica),
    Webhook(Arc<Hook>, Arc<Watch>),
}

/// The webhook, with the port that is listened on in the place of port 0.
pub(super) fn served_at(mut webhook: Webhook, address: SocketAddr) -> Webhook {
    if webhook.url.port() == Some(0) {
        // A web address always takes a port.
        let _ = webhook.url.set_port(Some(address.port()));
    }
    webhook
}

/// Tells Telegram about the bot on the side, and takes updates in until told to stop.
pub(super) async fn take_in(api: Api, intake: Intake, locales: Arc<Locales>, policy: Policy, stop: CancellationToken) {
    let introduction = {
        let api = api.clone();
        tokio::spawn(async move {
            if let Err(error) = setup::introduce(&api, &locales, &policy).await {
                tracing::warn!(%error, "Telegram did not take the commands, name or descriptions; they are set at the next start");
            }
        })
    };
    match intake {
        Intake::Polling(poller, replica) => poll(&api, poller, &replica, &stop).await,
        Intake::Webhook(hook, watch) => {
            stop.run_until_cancelled(hook.set(&api)).await;
            watch.pulse.intake_is_settled();
            stop.cancelled().await;
        }
    }
    introduction.abort();
}

/// Makes sure that updates come by polling, and polls while it is this replica's to do.
async fn poll(api: &Api, mut poller: Poller, replica: &Replica, stop: &CancellationToken) {
    tracing::info!("the counter is open");
    loop {
        // As long as this replica does not poll, another does.
        poller.watch.pulse.intake_is_settled();
        tokio::select! { () = stop.cancelled() => return, () = replica.polls(true) => {} }
        if let Err(error) = api.call(&DeleteWebhook::new().drop_pending_updates(false)).await {
            tracing::warn!(%error, "a webhook that may be set could not be taken away");
        }
        let turn = stop.child_token();
        tokio::join!(poller.run(turn.clone()), async {
            tokio::select! { () = turn.cancelled() => {} () = replica.polls(false) => turn.cancel() }
        });
    }
}

/// Sweeps until told to stop.
pub(super) async fn sweep_now_and_then(writer: Writer, clock: Clock, stop: CancellationToken) {
    let pause = crash::sweep_every().unwrap_or(SWEEP_EVERY);
    loop {
        let next = clock.now() + pause;
        tokio::select! {
            () = stop.cancelled() => return,
            () = clock.sleep_until(next) => {}
        }
        if writer.write(Job::Sweep).await.is_err() {
            return;
        }
    }
}
