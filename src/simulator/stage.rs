//! The whole counter on a stage: the simulated Telegram, a temporary database with sample accounts, and the real bot between them.
//! The demo, the transcripts and the tests all play on it.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use ipnet::IpNet;
use tempfile::TempDir;
use url::Url;

use super::{Mail, Serving, Simulator};
use crate::app::{App, Parts};
use crate::clock::{Clock, Random};
use crate::config::{Database, Webhook};
use crate::dialogue::Dialogue;
use crate::dialogue::reset::State;
use crate::domain::{ChatId, Operator, Policy};
use crate::effects::Transport;
use crate::import::{import, samples};
use crate::locale::Locales;
use crate::secret::Key;
use crate::store::{Db, chat};
use crate::unlock::unlock;

/// The file of the key, within the stage's folder.
const KEY_FILE: &str = "guichet.key";

/// What the simulated Telegram proves itself with.
const WEBHOOK_SECRET: &str = "made-up_secret-of-the-stage";

/// What a stage may differ in.
pub struct Setting {
    /// The time.
    pub clock: Clock,
    /// Telegram's own time; `None` is the counter's.
    pub telegram_clock: Option<Clock>,
    /// Randomness.
    pub random: Random,
    /// Where the Bot API and the chat page are served; port 0 takes any free one.
    pub listen: SocketAddr,
    /// The service that is wound down.
    pub policy: Policy,
    /// The texts.
    pub locales: Arc<Locales>,
    /// The database; `None` is a file in the stage's folder.
    pub database: Option<Database>,
    /// Where mails go; `None` is the mailbox beside the chat.
    pub transport: Option<Transport>,
    /// Where holders reach the web pages; `None` is the address they are served on.
    pub public_url: Option<Url>,
    /// The proxies whose word on where a request comes from counts.
    pub trusted_proxies: Vec<IpNet>,
    /// Pages a second that one place on the web may ask for; `None` is no limit.
    pub page_rate: Option<NonZeroU32>,
    /// Whether updates come by webhook instead of being polled for.
    pub webhook: bool,
    /// Where health and metrics are served, if they are.
    pub admin_listen: Option<SocketAddr>,
}

/// The counter and the world around it.
pub struct Stage {
    /// The simulated Telegram.
    pub simulator: Simulator,
    /// The counter.
    pub app: App,
    /// Where the simulator is served.
    pub serving: Serving,
    /// Where everything is kept.
    pub database: Database,
    folder: TempDir,
}

impl Setting {
    /// The counter as it ships, on a free port.
    pub fn new(clock: Clock, random: Random) -> anyhow::Result<Self> {
        let policy = Policy::built_in()?;
        let locales = Arc::new(Locales::load(None, policy.time_zone.clone())?);
        let listen = ([127, 0, 0, 1], 0).into();
        Ok(Self {
            clock,
            telegram_clock: None,
            random,
            listen,
            policy,
            locales,
            database: None,
            transport: None,
            public_url: None,
            trusted_proxies: Vec::new(),
            page_rate: None,
            webhook: false,
            admin_listen: None,
        })
    }
}

impl Stage {
    /// Opens the counter on a stage, with the sample accounts imported.
    pub async fn open(setting: Setting) -> anyhow::Result<Self> {
        let folder = TempDir::with_prefix("guichet-").context("cannot make a temporary folder")?;
        let simulator = Simulator::new(setting.telegram_clock.unwrap_or_else(|| setting.clock.clone()));
        let serving =
            simulator.serve(setting.listen).await.with_context(|| format!("cannot listen on {}; name another address", setting.listen))?;
        let database = setting.database.unwrap_or_else(|| Database::Sqlite(folder.path().join("guichet.db")));
        import_samples(&database, folder.path(), &setting.random, &setting.clock).await?;
        let operator: Operator = "Example Association <help@example.org>".parse()?;
        let parts = Parts {
            database: database.clone(),
            key_file: folder.path().join(KEY_FILE),
            api_url: format!("http://{}", serving.address).parse()?,
            token: simulator.token(),
            operator,
            mail_from: setting.policy.contact.as_str().parse()?,
            locales: setting.locales,
            policy: setting.policy,
            transport: setting.transport.unwrap_or_else(|| mailbox(simulator.clone())),
            // The pages stand beside the chat page, on a port of their own.
            listen: SocketAddr::new(setting.listen.ip(), 0),
            public_url: setting.public_url,
            trusted_proxies: setting.trusted_proxies,
            page_rate: setting.page_rate,
            webhook: setting.webhook.then(|| webhook(setting.listen)).transpose()?,
            admin_listen: setting.admin_listen,
            send_rate: None,
            clock: setting.clock,
            random: setting.random,
        };
        let app = App::start(parts).await?;
        Ok(Self { simulator, app, serving, database, folder })
    }

    /// Returns once every update is handled and every effect done.
    pub async fn settled(&self) {
        self.simulator.acknowledged().await;
        self.app.idle().await;
    }

    /// The file of the key that belongs to the database.
    pub fn key_file(&self) -> PathBuf {
        self.folder.path().join(KEY_FILE)
    }

    /// What a holder who can see it reads in the captcha of this chat, or answers to the question in words; `None` where none is asked.
    pub async fn captcha_answer(&self, person: i64) -> anyhow::Result<Option<String>> {
        let mut conn = self.app.conn().await?;
        let chats = chat::load(&mut conn, &[ChatId(person)]).await?;
        let dialogue = chats.first().map(|chat| Dialogue::read(&chat.dialogue).unwrap_or_default());
        let Some(Dialogue::Reset(State::Captcha { captcha, .. })) = dialogue else { return Ok(None) };
        let key = Key::read(&self.key_file())?;
        Ok(Some(captcha.expected(&key)))
    }
}

/// The simulated Telegram calls plain addresses, on the machine that it runs on.
fn webhook(listen: SocketAddr) -> anyhow::Result<Webhook> {
    let address = SocketAddr::new(listen.ip(), 0);
    Ok(Webhook { url: format!("http://{address}/telegram/webhook").parse()?, secret: WEBHOOK_SECRET.into() })
}

async fn import_samples(database: &Database, folder: &Path, random: &Random, clock: &Clock) -> anyhow::Result<()> {
    let samples = folder.join("samples");
    samples::write(&samples).context("cannot write the sample accounts")?;
    let db = Db::open(database).await?;
    unlock(&db, &folder.join(KEY_FILE), random, clock.now()).await?;
    import(&db, &samples, |_| {}).await?;
    db.close().await;
    Ok(())
}

/// Mails go into the mailbox beside the chat.
fn mailbox(simulator: Simulator) -> Transport {
    Transport::Watched(Box::new(move |envelope| {
        simulator.with(|world| {
            let at = world.now();
            world.deliver_mail(Mail {
                to: envelope.to,
                from: envelope.from,
                subject: envelope.subject,
                text: envelope.text,
                html: Some(envelope.html),
                at,
            });
        });
    }))
}
