//! Settings and secrets, read and validated once: the environment first, then `guichet.toml` in the working folder, then the default.
//! `source` knows where a setting comes from, `value` what each may be.

mod source;
mod value;

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use ipnet::IpNet;
use lettre::message::Mailbox;
use url::Url;

use crate::domain::{Operator, Policy, PolicyError};
use source::{Absent, Setting, Shown, Sources};

pub use source::SettingError;
pub use value::{Database, Mail, PrivateUrl, Token, Webhook};

const TOKEN: Setting = Setting::new("TELOXIDE_TOKEN", "token", Absent::Is("none"), Shown::Never);
const API_URL: Setting = Setting::new("TELOXIDE_API_URL", "api_url", Absent::Reads(value::TELEGRAM), Shown::AsUrl);
const OPERATOR: Setting = Setting::new("GUICHET_OPERATOR", "operator", Absent::Is("none, or what the policy says"), Shown::Plainly);
const DATABASE: Setting = Setting::new("DATABASE_URL", "database_url", Absent::Reads("sqlite://guichet.db"), Shown::AsUrl);
const KEY_FILE: Setting = Setting::new("GUICHET_KEY_FILE", "key_file", Absent::Reads("guichet.key"), Shown::Plainly);
const PUBLIC_URL: Setting = Setting::new("GUICHET_PUBLIC_URL", "public_url", Absent::Is("http:// and the listen address"), Shown::AsUrl);
const LISTEN: Setting = Setting::new("GUICHET_LISTEN", "listen", Absent::Reads("127.0.0.1:8080"), Shown::Plainly);
const MAIL_URL: Setting = Setting::new("GUICHET_MAIL_URL", "mail_url", Absent::Reads("file:mail"), Shown::AsUrl);
const MAIL_FROM: Setting = Setting::new("GUICHET_MAIL_FROM", "mail_from", Absent::Is("the policy's contact"), Shown::Plainly);
const CERTIFICATES: Setting = Setting::new("SSL_CERT_FILE", "ssl_cert_file", Absent::Is("the public authorities"), Shown::Plainly);
const TRUSTED_PROXY: Setting = Setting::new("GUICHET_TRUSTED_PROXY", "trusted_proxy", Absent::Is("none"), Shown::Plainly);
const ADMIN_LISTEN: Setting = Setting::new("GUICHET_ADMIN_LISTEN", "admin_listen", Absent::Reads("127.0.0.1:9090"), Shown::Plainly);
const WEBHOOK_URL: Setting = Setting::new("GUICHET_WEBHOOK_URL", "webhook_url", Absent::Is("none"), Shown::AsUrl);
const WEBHOOK_SECRET: Setting = Setting::new("GUICHET_WEBHOOK_SECRET", "webhook_secret", Absent::Is("none"), Shown::Never);
const POLICY: Setting = Setting::new("GUICHET_POLICY", "policy", Absent::Is("built in"), Shown::Plainly);
const LOCALES: Setting = Setting::new("GUICHET_LOCALES", "locales", Absent::Is("built in"), Shown::Plainly);
const SEND_RATE: Setting = Setting::new("GUICHET_SEND_RATE", "send_rate", Absent::Reads("30"), Shown::Plainly);
const LOG: Setting = Setting::new("RUST_LOG", "log", Absent::Reads("info"), Shown::Plainly);

const ALL: [&Setting; 18] = [
    &TOKEN,
    &API_URL,
    &OPERATOR,
    &DATABASE,
    &KEY_FILE,
    &PUBLIC_URL,
    &LISTEN,
    &MAIL_URL,
    &MAIL_FROM,
    &CERTIFICATES,
    &TRUSTED_PROXY,
    &ADMIN_LISTEN,
    &WEBHOOK_URL,
    &WEBHOOK_SECRET,
    &POLICY,
    &LOCALES,
    &SEND_RATE,
    &LOG,
];

/// What the operator decided, each setting in its own type. Relative paths are within the working folder.
/// `Debug` and [`Settings::display`] hide the secrets.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `TELOXIDE_TOKEN`: the bot's token.
    pub token: Option<Token>,
    /// `TELOXIDE_API_URL`: the Bot API server.
    pub api_url: Url,
    /// `GUICHET_OPERATOR`: who runs this counter.
    pub operator: Option<Operator>,
    /// `DATABASE_URL`: the database.
    pub database: Database,
    /// `GUICHET_KEY_FILE`: the file of the secret key.
    pub key_file: PathBuf,
    /// `GUICHET_PUBLIC_URL`: where holders reach the web pages (its path ends in `/`); the address they are served on if `None`.
    pub public_url: Option<Url>,
    /// `GUICHET_LISTEN`: the address the web server binds.
    pub listen: SocketAddr,
    /// `GUICHET_MAIL_URL`: where mail goes.
    pub mail: Mail,
    /// `GUICHET_MAIL_FROM`: the sender of mail; the policy's contact if `None`.
    pub mail_from: Option<Mailbox>,
    /// `SSL_CERT_FILE`: certificates in PEM that a mail server's may be signed by, besides the public authorities.
    pub certificates: Option<PathBuf>,
    /// `GUICHET_TRUSTED_PROXY`: the proxies whose `X-Forwarded-For` counts.
    pub trusted_proxies: Vec<IpNet>,
    /// `GUICHET_ADMIN_LISTEN`: the address that health and metrics are served on.
    pub admin_listen: SocketAddr,
    /// `GUICHET_WEBHOOK_URL` and `GUICHET_WEBHOOK_SECRET`: a webhook instead of polling.
    pub webhook: Option<Webhook>,
    /// `GUICHET_POLICY`: the policy file; the built-in one if `None`.
    pub policy: Option<PathBuf>,
    /// `GUICHET_LOCALES`: a folder of locale files laid over the built-in ones.
    pub locales: Option<PathBuf>,
    /// `GUICHET_SEND_RATE`: messages a second, overall; `None` is no limit.
    pub send_rate: Option<NonZeroU32>,
    /// `RUST_LOG`: tracing's filter.
    pub log: String,
    shown: Vec<String>,
}

impl Settings {
    /// Reads every setting from `environment` (a blank value counts as not set) and from `guichet.toml` in `folder`, if there is one.
    /// The first mistake is the error: one line that names the setting, where it was set, what is wrong and what to do.
    pub fn load(environment: &dyn Fn(&str) -> Option<String>, folder: &Path) -> Result<Self, SettingError> {
        Self::of(&Sources::read(environment, folder, &ALL)?, folder)
    }

    /// Every mistake, and the settings that hold when what is mistaken counts as not set: for `guichet check`, which goes on.
    /// `None` only if a default cannot be read.
    pub fn examine(environment: &dyn Fn(&str) -> Option<String>, folder: &Path) -> (Option<Self>, Vec<SettingError>) {
        let mut mistakes = Vec::new();
        let mut sources = Sources::read(environment, folder, &ALL).unwrap_or_else(|mistake| {
            mistakes.push(mistake);
            Sources::without_file(environment)
        });
        // Each round leaves out at least one setting more.
        for _ in ALL {
            match Self::of(&sources, folder) {
                Ok(settings) => return (Some(settings), mistakes),
                Err(mistake) => {
                    sources.leave_out(&mistake.to_leave_out());
                    mistakes.push(mistake);
                }
            }
        }
        (None, mistakes)
    }

    fn of(sources: &Sources<'_>, folder: &Path) -> Result<Self, SettingError> {
        let path = |text: &str| value::path(text).map(|path| folder.join(path));
        let api_url = sources.required(&API_URL, value::web_url)?;
        Ok(Self {
            token: sources.optional(&TOKEN, str::parse::<Token>)?,
            operator: sources.optional(&OPERATOR, str::parse::<Operator>)?,
            database: sources.required(&DATABASE, |text| Database::parse(text, folder))?,
            key_file: sources.required(&KEY_FILE, path)?,
            public_url: sources.optional(&PUBLIC_URL, value::public_url)?,
            listen: sources.required(&LISTEN, value::socket_address)?,
            mail: sources.required(&MAIL_URL, |text| Mail::parse(text, folder))?,
            mail_from: sources.optional(&MAIL_FROM, value::mailbox)?,
            certificates: sources.optional(&CERTIFICATES, path)?,
            trusted_proxies: sources.optional(&TRUSTED_PROXY, value::networks)?.unwrap_or_default(),
            admin_listen: sources.required(&ADMIN_LISTEN, value::socket_address)?,
            webhook: webhook(sources, &api_url)?,
            policy: sources.optional(&POLICY, path)?,
            locales: sources.optional(&LOCALES, path)?,
            send_rate: sources.required(&SEND_RATE, value::rate)?,
            log: sources.required(&LOG, value::log_filter)?,
            shown: ALL.iter().map(|setting| sources.show(setting)).collect(),
            api_url,
        })
    }

    /// The effective settings for `guichet check`, a line each: `SETTING = value (from environment|guichet.toml|default)`, secrets hidden.
    pub fn display(&self) -> &[String] {
        &self.shown
    }

    /// The bot's token, which only `run` needs.
    pub fn need_token(&self) -> Result<&Token, SettingError> {
        self.token.as_ref().ok_or(SettingError::missing(&TOKEN, "ask @BotFather on Telegram for a bot's token"))
    }

    /// Who runs this counter: the setting, or else what the `policy` says.
    pub fn need_operator(&self, policy: &Policy) -> Result<Operator, SettingError> {
        let operator = self.operator.as_ref().or(policy.operator.as_ref()).cloned();
        operator
            .ok_or(SettingError::missing(&OPERATOR, "say who runs this counter, as `Name <address or link>`; every page and mail shows it"))
    }

    /// The policy: the file that the setting names, or the built-in one.
    pub fn read_policy(&self) -> Result<Policy, PolicyError> {
        let Some(path) = &self.policy else { return Policy::built_in() };
        let file = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|error| PolicyError::unreadable(&file, &error))?;
        Policy::parse(&text, &file)
    }
}

fn webhook(sources: &Sources<'_>, api_url: &Url) -> Result<Option<Webhook>, SettingError> {
    let url = sources.optional(&WEBHOOK_URL, |text| value::webhook_url(text, api_url))?;
    let secret = sources.optional(&WEBHOOK_SECRET, value::webhook_secret)?;
    match (url, secret) {
        (Some(url), Some(secret)) => Ok(Some(Webhook { url, secret })),
        (None, None) => Ok(None),
        (Some(_), None) => {
            Err(SettingError::missing(&WEBHOOK_SECRET, "GUICHET_WEBHOOK_URL needs it; make one with `openssl rand -hex 32`"))
        }
        (None, Some(_)) => {
            Err(SettingError::missing(&WEBHOOK_URL, "GUICHET_WEBHOOK_SECRET is set; name the webhook too, or remove the secret"))
        }
    }
}

#[cfg(test)]
mod tests;
