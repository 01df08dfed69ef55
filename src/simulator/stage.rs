//! The whole counter on a stage: the simulated Telegram, a temporary database with sample accounts, and the real bot between them.
//! The demo, the transcripts and the tests all play on it.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use tempfile::TempDir;

use super::{Mail, Serving, Simulator};
use crate::app::{App, Parts};
use crate::clock::{Clock, Random};
use crate::config::Database;
use crate::domain::{Operator, Policy};
use crate::effects::Transport;
use crate::import::{import, samples};
use crate::locale::Locales;
use crate::store::Db;

/// What a stage may differ in.
pub struct Setting {
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub random: Random,
    /// Where the Bot API and the chat page are served; port 0 takes any free one.
    pub listen: SocketAddr,
    /// The service that is wound down.
    pub policy: Policy,
    /// The texts.
    pub locales: Arc<Locales>,
}

/// The counter and the world around it.
pub struct Stage {
    /// The simulated Telegram.
    pub simulator: Simulator,
    /// The counter.
    pub app: App,
    /// Where the simulator is served.
    pub serving: Serving,
    _folder: TempDir,
}

impl Setting {
    /// The counter as it ships, on a free port.
    pub fn new(clock: Clock, random: Random) -> anyhow::Result<Self> {
        let policy = Policy::built_in()?;
        let locales = Arc::new(Locales::load(None, policy.time_zone.clone())?);
        Ok(Self { clock, random, listen: ([127, 0, 0, 1], 0).into(), policy, locales })
    }
}

impl Stage {
    /// Opens the counter on a stage, with the sample accounts imported.
    pub async fn open(setting: Setting) -> anyhow::Result<Self> {
        let folder = TempDir::with_prefix("guichet-").context("cannot make a temporary folder")?;
        let simulator = Simulator::new(setting.clock.clone());
        let serving =
            simulator.serve(setting.listen).await.with_context(|| format!("cannot listen on {}; name another address", setting.listen))?;
        let database = Database::Sqlite(folder.path().join("guichet.db"));
        import_samples(&database, folder.path()).await?;
        let operator: Operator = "Example Association <help@example.org>".parse()?;
        let parts = Parts {
            database,
            key_file: folder.path().join("guichet.key"),
            api_url: format!("http://{}", serving.address).parse()?,
            token: simulator.token(),
            operator,
            mail_from: setting.policy.contact.as_str().parse()?,
            locales: setting.locales,
            policy: setting.policy,
            transport: mailbox(simulator.clone()),
            send_rate: None,
            clock: setting.clock,
            random: setting.random,
        };
        let app = App::start(parts).await?;
        Ok(Self { simulator, app, serving, _folder: folder })
    }

    /// Returns once every update is handled and every effect done.
    pub async fn settled(&self) {
        self.simulator.acknowledged().await;
        self.app.idle().await;
    }
}

async fn import_samples(database: &Database, folder: &Path) -> anyhow::Result<()> {
    let samples = folder.join("samples");
    samples::write(&samples).context("cannot write the sample accounts")?;
    let db = Db::open(database).await?;
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
