//! Builds the parts of the counter, runs them, and shuts them down in order.

mod intake;
mod opening;
mod parts;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::task::{JoinHandle, JoinSet};
use tokio_util::sync::CancellationToken;

use self::intake::{Intake, served_at, sweep_now_and_then, take_in};
use self::opening::{Ground, left_in_order};
pub use self::parts::{Parts, StartError};
use crate::admin::{self, Admin};
use crate::bot::{Desk, Hook, Job, Poller, Writer};
use crate::dialogue::help::Topics;
use crate::domain::Genuine;
use crate::effects::{Documents, Lanes, Mailer, Telegram, Worker};
use crate::replica::Replica;
use crate::store::{Conn, Db, StoreError};
use crate::turn::Service;
use crate::watch::{Metrics, Watch};
use crate::web::{self, Hasher, InitData, Pace, Web};

/// How long a stop waits for pages that are being read, and for effects that are under way; the rest stay as rows.
const STOP_WITHIN: Duration = Duration::from_secs(10);

/// The counter, running.
pub struct App {
    db: Arc<Db>,
    writer: Writer,
    lanes: Lanes,
    stop: CancellationToken,
    closing: CancellationToken,
    leave: CancellationToken,
    keeping: JoinHandle<()>,
    intake: JoinHandle<()>,
    sweeper: JoinHandle<()>,
    writing: JoinSet<()>,
    pages: JoinHandle<()>,
    pages_address: SocketAddr,
    watch: Arc<Watch>,
    admin: Option<(JoinHandle<()>, SocketAddr)>,
}

impl App {
    /// Starts the counter: database and key, then the bot's account, then the lanes with what was left behind, then the web pages
    /// and intake.
    pub async fn start(parts: Parts) -> Result<Self, StartError> {
        let Ground { db, key, api, witness, me, careful, lanes, pages: (listener, pages_address), admin, public_url } =
            Ground::prepare(&parts).await?;
        let telegram = Telegram::new(
            api.clone(),
            Arc::clone(&parts.locales),
            me.username().to_owned(),
            public_url.clone(),
            key.clone(),
            parts.clock.clone(),
            parts.send_rate,
        );
        let genuine = Genuine::new(&parts.policy, &parts.operator, &public_url, me.username());
        let mailer = Mailer {
            transport: parts.transport,
            from: parts.mail_from,
            operator: parts.operator.clone(),
            operator_is_service: parts.policy.operator_is_service,
            service: parts.policy.service.clone(),
            contact: parts.policy.contact.as_str().to_owned(),
            locales: Arc::clone(&parts.locales),
            key: key.clone(),
            public_url: public_url.clone(),
        };
        let documents = Documents {
            db: Arc::clone(&db),
            locales: Arc::clone(&parts.locales),
            policy: parts.policy.clone(),
            operator: parts.operator.clone(),
            key: key.clone(),
        };
        let (locales, policy, operator) = (Arc::clone(&parts.locales), parts.policy.clone(), parts.operator.clone());
        let bot_name = me.username().to_owned();
        let topics = Topics::new(&parts.locales, &parts.policy, &parts.operator);
        let service = Service {
            policy: parts.policy,
            operator: parts.operator,
            topics,
            genuine,
            key: key.clone(),
            random: parts.random.clone(),
            witness,
        };
        let desk = Arc::new(Desk::new(service, parts.locales, me));
        let closing = CancellationToken::new();
        let watch = Arc::new(Watch::new(parts.clock.clone(), api.too_many_requests()));
        let (writer, writing) = Writer::start(&db, &desk, &parts.clock, &lanes, &watch, &closing);
        let (replica, keeper) = Replica::join(Arc::clone(&db), parts.webhook.is_none());
        let leave = CancellationToken::new();
        let keeping = tokio::spawn(keeper.keep(leave.clone()));
        let hands = (parts.clock.clone(), parts.random.clone());
        lanes.start(Worker::new(telegram, mailer, documents, writer.clone(), replica.clone(), Arc::clone(&watch), hands));

        let stop = CancellationToken::new();
        let admin = admin.map(|(listener, address)| {
            let (db, watch, lanes, clock) = (Arc::clone(&db), Arc::clone(&watch), lanes.clone(), parts.clock.clone());
            let admin = Admin { db, watch, lanes, replica: replica.clone(), clock, stop: stop.clone() };
            tracing::info!(%address, "health and metrics are served");
            (tokio::spawn(admin::serve(admin, listener)), address)
        });
        let web = Web {
            db: Arc::clone(&db),
            writer: writer.clone(),
            locales: Arc::clone(&locales),
            policy: policy.clone(),
            operator,
            bot_name,
            secure: public_url.scheme() == "https",
            key: key.clone(),
            clock: parts.clock.clone(),
            hasher: Hasher::new(parts.random.clone()),
            init_data: InitData::of(&parts.token),
            trusted_proxies: parts.trusted_proxies,
            pace: parts.page_rate.map(|rate| Pace::new(rate, parts.clock.clone())),
            random: parts.random,
            watch: Arc::clone(&watch),
        };
        let hook = parts.webhook.map(|webhook| {
            let webhook = served_at(webhook, pages_address);
            Arc::new(Hook::new(webhook, writer.clone(), parts.clock.clone(), careful, stop.clone(), Arc::clone(&watch)))
        });
        let beside = hook.as_ref().map_or_else(Router::new, Hook::router);
        let pages = tokio::spawn(web::serve(web, beside, listener, stop.clone()));
        let intake = match hook {
            Some(hook) => Intake::Webhook(hook, Arc::clone(&watch)),
            None => {
                let poller = Poller { api: api.clone(), writer: writer.clone(), careful, watch: Arc::clone(&watch) };
                Intake::Polling(poller, replica)
            }
        };
        let intake = tokio::spawn(take_in(api, intake, locales, policy, stop.clone()));
        let sweeper = tokio::spawn(sweep_now_and_then(writer.clone(), parts.clock, stop.clone()));
        Ok(Self { db, writer, lanes, stop, closing, leave, keeping, intake, sweeper, writing, pages, pages_address, watch, admin })
    }

    /// Where the web pages are served.
    pub fn pages_address(&self) -> SocketAddr {
        self.pages_address
    }

    /// What is counted while the counter works.
    pub fn metrics(&self) -> &Metrics {
        &self.watch.metrics
    }

    /// Where health and metrics are served, if they are.
    pub fn admin_address(&self) -> Option<SocketAddr> {
        self.admin.as_ref().map(|(_, address)| *address)
    }

    /// Returns once every effect is done.
    pub async fn idle(&self) {
        self.lanes.idle().await;
    }

    /// Ends overdue sessions and forgets old rows now.
    pub async fn sweep(&self) {
        // A writer that has stopped has nothing left to sweep.
        let _ = self.writer.write(Job::Sweep).await;
    }

    /// Returns once no trace is left in SQLite's files of what was erased until now.
    pub async fn wiped(&self) {
        self.writer.wiped().await;
    }

    /// A connection to the database, to look at what stands there.
    pub async fn conn(&self) -> Result<Conn, StoreError> {
        self.db.conn().await
    }

    /// Stops: finishes the batch that is being handled and acknowledges it, carries out what is due within ten seconds, leaves the
    /// rest as rows, closes the database.
    pub async fn stop(mut self) {
        self.stop.cancel();
        // A task that ended in a panic has nothing more to finish.
        let _ = self.intake.await;
        let _ = self.sweeper.await;
        // A reader who never finishes a request is not waited for.
        if tokio::time::timeout(STOP_WITHIN, &mut self.pages).await.is_err() {
            self.pages.abort();
        }
        if tokio::time::timeout(STOP_WITHIN, self.lanes.idle()).await.is_err() {
            tracing::warn!(left = self.lanes.outstanding(), "effects are left as rows for the next start");
        }
        self.closing.cancel();
        self.writing.join_all().await;
        self.leave.cancel();
        let _ = self.keeping.await;
        if let Some((admin, _)) = self.admin {
            admin.abort();
        }
        if let Err(error) = left_in_order(&self.db).await {
            tracing::warn!(%error, "the database could not be marked as left in order; the next start goes carefully");
        }
        self.db.close().await;
    }
}
