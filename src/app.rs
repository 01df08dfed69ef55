//! Builds the parts of the counter, runs them, and shuts them down in order.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use jiff::SignedDuration;
use lettre::message::Mailbox;
use teloxide::payloads::{DeleteWebhook, DeleteWebhookSetters, GetMe};
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::admin::{self, Admin};
use crate::bot::api::{Api, ApiError};
use crate::bot::{Desk, Hook, Job, Poller, Writer, setup};
use crate::clock::{Clock, Random};
use crate::config::{Database, Webhook};
use crate::dialogue::help::Topics;
use crate::domain::{Genuine, Operator, Policy};
use crate::effects::{Documents, Due, Lanes, Mailer, Telegram, Transport, Worker};
use crate::locale::Locales;
use crate::replica::Replica;
use crate::secret::{Key, KeyError};
use crate::store::lock::Sole;
use crate::store::meta::{self, Meta};
use crate::store::{self, Conn, Db, OpenError, StoreError, import};
use crate::turn::Service;
use crate::watch::{Metrics, Watch};
use crate::web::{self, Hasher, Web};

/// How often sessions are looked after and old rows forgotten.
const SWEEP_EVERY: SignedDuration = SignedDuration::from_secs(15);
/// How long a stop waits for pages that are being read, and for effects that are under way; the rest stay as rows.
const STOP_WITHIN: Duration = Duration::from_secs(10);

/// What the counter is built of.
pub struct Parts {
    /// The database.
    pub database: Database,
    /// The file of the key.
    pub key_file: PathBuf,
    /// The Bot API server.
    pub api_url: Url,
    /// The bot's token.
    pub token: String,
    /// Who runs the counter.
    pub operator: Operator,
    /// The service that is wound down.
    pub policy: Policy,
    /// The texts.
    pub locales: Arc<Locales>,
    /// Where mails go.
    pub transport: Transport,
    /// The sender of mails.
    pub mail_from: Mailbox,
    /// The address that the web pages are served on; port 0 takes any free one.
    pub listen: SocketAddr,
    /// Where holders reach the web pages, ending in `/`; `None` is the address they are served on.
    pub public_url: Option<Url>,
    /// Where Telegram brings the updates; with `None` they are polled for. As with `listen`, port 0 is whichever port is taken.
    pub webhook: Option<Webhook>,
    /// The address that health and metrics are served on, if they are; port 0 takes any free one.
    pub admin_listen: Option<SocketAddr>,
    /// Messages a second; `None` is no limit.
    pub send_rate: Option<NonZeroU32>,
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub random: Random,
}

/// Why the counter does not start. Each says what is wrong, where, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database cannot be used.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The database failed.
    #[error("DATABASE_URL: {0}; check the disk and the permissions of the database")]
    Store(#[from] StoreError),
    /// There is no key, or it cannot be read.
    #[error("GUICHET_KEY_FILE: {0}")]
    Key(#[from] KeyError),
    /// The key is not the database's.
    #[error("GUICHET_KEY_FILE: {0} is not the key that belongs to the database; put back the right key, or name a new database")]
    WrongKey(String),
    /// The database is another bot's.
    #[error(
        "DATABASE_URL: this database belongs to the bot {theirs}, but TELOXIDE_TOKEN is that of {ours}; use that bot's token, or name a new database"
    )]
    OtherBot {
        /// The bot id that the database names.
        theirs: String,
        /// Our bot's id.
        ours: String,
    },
    /// The token is wrong.
    #[error("TELOXIDE_TOKEN: the Bot API server does not know this token ({0}); copy it again from @BotFather")]
    Token(ApiError),
    /// The server cannot be reached.
    #[error("TELOXIDE_API_URL: {0} cannot be reached ({1}); check the address and the network")]
    Unreachable(Url, ApiError),
    /// The address of the web pages makes no URL.
    #[error("GUICHET_PUBLIC_URL: {0} makes no web address; say where holders reach the web pages")]
    NoUrl(SocketAddr),
    /// The web pages cannot be served.
    #[error("GUICHET_LISTEN: cannot listen on {0} ({1}); free that address, or name another")]
    Listen(SocketAddr, std::io::Error),
    /// Health and metrics cannot be served.
    #[error("GUICHET_ADMIN_LISTEN: cannot listen on {0} ({1}); free that address, or name another")]
    AdminListen(SocketAddr, std::io::Error),
    /// The HTTP client cannot be built.
    #[error("the HTTP client cannot be set up: {0}")]
    Client(#[from] reqwest::Error),
}

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

/// How updates come in.
enum Intake {
    Polling(Poller, Replica),
    Webhook(Arc<Hook>, Arc<Watch>),
}

impl App {
    /// Starts the counter: database and key, then the bot's account, then the lanes with what was left behind, then the web pages
    /// and intake.
    pub async fn start(parts: Parts) -> Result<Self, StartError> {
        let db = Arc::new(Db::open(&parts.database).await?);
        let mut conn = db.conn().await?;
        let key = key(&mut conn, &parts).await?;
        let (listener, pages_address) = listen(parts.listen).await.map_err(|error| StartError::Listen(parts.listen, error))?;
        let admin = match parts.admin_listen {
            Some(address) => Some(listen(address).await.map_err(|error| StartError::AdminListen(address, error))?),
            None => None,
        };
        let public_url = match parts.public_url {
            Some(url) => url,
            None => Url::parse(&format!("http://{pages_address}/")).map_err(|_| StartError::NoUrl(pages_address))?,
        };
        let api = Api::new(parts.api_url.clone(), &parts.token)?;
        let me = api.call(&GetMe::new()).await.map_err(|error| match error {
            ApiError::Refused { .. } => StartError::Token(error),
            _ => StartError::Unreachable(parts.api_url.clone(), error),
        })?;
        own(&mut conn, me.id.0.to_string()).await?;
        let careful = meta::get(&mut conn, Meta::LeftInOrder).await?.as_deref() == Some("no");
        meta::set(&mut conn, Meta::LeftInOrder, "no").await?;
        finish_import(&db, &mut conn).await?;
        let lanes = Lanes::new(&db);
        if db.is_file() {
            load(&mut conn, &lanes).await?;
        }
        drop(conn);

        let telegram = Telegram::new(
            api.clone(),
            Arc::clone(&parts.locales),
            me.username().to_owned(),
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
            public_url,
        };
        let documents = Documents {
            db: Arc::clone(&db),
            locales: Arc::clone(&parts.locales),
            policy: parts.policy.clone(),
            operator: parts.operator.clone(),
        };
        let (locales, policy, operator) = (Arc::clone(&parts.locales), parts.policy.clone(), parts.operator.clone());
        let bot_name = me.username().to_owned();
        let topics = Topics::new(&parts.locales, &parts.policy, &parts.operator);
        let service = Service { policy: parts.policy, operator: parts.operator, genuine, topics, key, random: parts.random.clone() };
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
            clock: parts.clock.clone(),
            hasher: Hasher::new(parts.random.clone()),
            random: parts.random,
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

/// Takes an address.
async fn listen(address: SocketAddr) -> std::io::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind(address).await?;
    let bound = listener.local_addr()?;
    Ok((listener, bound))
}

/// The webhook, with the port that is listened on in the place of port 0.
fn served_at(mut webhook: Webhook, address: SocketAddr) -> Webhook {
    if webhook.url.port() == Some(0) {
        // A web address always takes a port.
        let _ = webhook.url.set_port(Some(address.port()));
    }
    webhook
}

async fn left_in_order(db: &Db) -> Result<(), StoreError> {
    meta::set(&mut db.conn().await?, Meta::LeftInOrder, "yes").await
}

/// The key that belongs to the database; a new database gets a new key, unless one is there already.
async fn key(conn: &mut Conn, parts: &Parts) -> Result<Key, StartError> {
    let known = meta::get(conn, Meta::KeyFingerprint).await?;
    let key = match Key::read(&parts.key_file) {
        Err(KeyError::Missing(_)) if known.is_none() => Key::create(&parts.key_file, &parts.random)?,
        read => read?,
    };
    if meta::claim(conn, Meta::KeyFingerprint, &key.fingerprint()).await? != key.fingerprint() {
        return Err(StartError::WrongKey(parts.key_file.display().to_string()));
    }
    Ok(key)
}

/// Makes a new database the bot's own, and refuses another bot's.
async fn own(conn: &mut Conn, ours: String) -> Result<(), StartError> {
    let theirs = meta::claim(conn, Meta::BotId, &ours).await?;
    if theirs == ours { Ok(()) } else { Err(StartError::OtherBot { theirs, ours }) }
}

/// Merges what an import has left that was cut short after it was decided; one that is still at work merges it itself.
async fn finish_import(db: &Db, conn: &mut Conn) -> Result<(), StoreError> {
    if import::is_decided(conn).await?
        && let Some(_lock) = db.lock(Sole::Importing).await?
        && import::finish(conn).await?
    {
        tracing::info!("an import that was cut short while it was merged is finished");
    }
    Ok(())
}

/// Takes up the effects that the last process left behind.
async fn load(conn: &mut Conn, lanes: &Lanes) -> Result<(), StoreError> {
    let mut after = 0;
    loop {
        let effects = store::effect::alive(conn, after).await?;
        let Some(last) = effects.last() else { return Ok(()) };
        after = last.id;
        lanes.push(effects.into_iter().map(Due::from).collect());
    }
}

/// Tells Telegram about the bot on the side, and takes updates in until told to stop.
async fn take_in(api: Api, intake: Intake, locales: Arc<Locales>, policy: Policy, stop: CancellationToken) {
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

async fn sweep_now_and_then(writer: Writer, clock: Clock, stop: CancellationToken) {
    loop {
        let next = clock.now() + SWEEP_EVERY;
        tokio::select! {
            () = stop.cancelled() => return,
            () = clock.sleep_until(next) => {}
        }
        if writer.write(Job::Sweep).await.is_err() {
            return;
        }
    }
}
