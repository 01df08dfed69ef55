//! What the counter is built of, and why it may not start.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::sync::Arc;

use ipnet::IpNet;
use lettre::message::Mailbox;
use url::Url;

use crate::bot::api::ApiError;
use crate::clock::{Clock, Random};
use crate::config::{Database, Webhook};
use crate::domain::{Operator, Policy};
use crate::effects::Transport;
use crate::locale::Locales;
use crate::store::{OpenError, StoreError};
use crate::unlock::UnlockError;

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
    /// The proxies whose word on where a request comes from counts.
    pub trusted_proxies: Vec<IpNet>,
    /// Pages a second that one place on the web may ask for; `None` is no limit.
    pub page_rate: Option<NonZeroU32>,
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
    /// There is no key, or not the database's.
    #[error(transparent)]
    Locked(#[from] UnlockError),
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
