//! What each setting may be: types with one constructor that can fail, and messages that say what to write instead.
//! Every message reads on from "the value is".

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use ipnet::IpNet;
use lettre::message::Mailbox;
use secrecy::{ExposeSecret, SecretString};
use tracing_subscriber::EnvFilter;
use url::Url;

/// Telegram's own Bot API server.
pub(super) const TELEGRAM: &str = "https://api.telegram.org";

/// What is wrong with a value, and what to write instead.
type Problem = &'static str;

/// A bot's token, as @BotFather gives it: the bot's id, a colon and 35 or more letters, digits, `_` or `-`. `Debug` hides it.
#[derive(Clone, Debug)]
pub struct Token(SecretString);

/// A URL that may hold a password. `Debug` and `Display` show it without.
#[derive(Clone)]
pub struct PrivateUrl {
    secret: SecretString,
    shown: String,
}

/// The database of the counter.
#[derive(Clone, Debug)]
pub enum Database {
    /// The file of an embedded SQLite database.
    Sqlite(PathBuf),
    /// A PostgreSQL server (`postgres://…`).
    Postgres(PrivateUrl),
}

/// Where mail goes.
#[derive(Clone, Debug)]
pub enum Mail {
    /// To a mail server (`smtp://…` or `smtps://…`).
    Smtp(PrivateUrl),
    /// Into a folder, an `.eml` file a mail.
    Folder(PathBuf),
}

/// How Telegram brings the updates to us.
#[derive(Clone, Debug)]
pub struct Webhook {
    /// The address Telegram calls; its path is served on the listen address.
    pub url: Url,
    /// What Telegram proves itself with, in the header `X-Telegram-Bot-Api-Secret-Token`.
    pub secret: SecretString,
}

impl Token {
    /// The token in full.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl FromStr for Token {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Problem> {
        let sound = text.split_once(':').is_some_and(|(id, rest)| {
            !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit()) && rest.len() >= 35 && rest.bytes().all(is_token_byte)
        });
        if sound { Ok(Self(text.into())) } else { Err("not a bot's token such as 123456:ABC-…; copy it whole from @BotFather") }
    }
}

/// The bytes that Telegram allows in tokens and webhook secrets.
fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

impl PrivateUrl {
    /// The URL with its password.
    pub fn expose(&self) -> &str {
        self.secret.expose_secret()
    }

    fn parse(text: &str) -> Option<Self> {
        Some(Self { secret: text.into(), shown: without_password(text)? })
    }
}

impl fmt::Display for PrivateUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl fmt::Debug for PrivateUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The URL with `hidden` for its password, be it before the host or in the query. `None` if that can't be told: the text is no URL,
/// or an `@` stands where no user name ends (a password with an unescaped `/`, or a scheme left out).
pub(super) fn without_password(text: &str) -> Option<String> {
    let mut url = Url::parse(text).ok()?;
    if [Some(url.path()), url.query(), url.fragment()].into_iter().flatten().any(|part| part.contains('@')) {
        return None;
    }
    let in_query = url.query_pairs().any(|(name, _)| name.contains("password"));
    if url.password().is_none() && !in_query {
        return Some(text.to_owned());
    }
    if url.password().is_some() {
        url.set_password(Some("hidden")).ok()?;
    }
    if in_query {
        url.set_query(Some("hidden"));
    }
    Some(url.into())
}

impl Database {
    /// Reads `sqlite://FILE` (relative to `folder`) or `postgres://…`.
    pub(super) fn parse(text: &str, folder: &Path) -> Result<Self, Problem> {
        if let Some(file) = text.strip_prefix("sqlite:") {
            let file = file.strip_prefix("//").unwrap_or(file);
            if file.is_empty() || file.contains([':', '?', '#', '%']) {
                return Err("not a database file; write sqlite://FILE, without options and without : ? # or % in the file's name");
            }
            return Ok(Self::Sqlite(folder.join(file)));
        }
        let postgres = text.starts_with("postgres://") || text.starts_with("postgresql://");
        PrivateUrl::parse(text)
            .filter(|_| postgres)
            .map(Self::Postgres)
            .ok_or("not the URL of a database; write sqlite://FILE or postgres://USER:PASSWORD@HOST/DATABASE")
    }
}

impl Mail {
    /// Reads `smtp://…`, `smtps://…` or `file:DIR` (relative to `folder`).
    pub(super) fn parse(text: &str, folder: &Path) -> Result<Self, Problem> {
        if let Some(path) = text.strip_prefix("file:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            return if path.is_empty() { Err("without a folder; write file:DIR") } else { Ok(Self::Folder(folder.join(path))) };
        }
        let server = Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "smtp" | "smtps") && url.has_host());
        PrivateUrl::parse(text)
            .filter(|_| server)
            .map(Self::Smtp)
            .ok_or("not where mail can go; write smtps://USER:PASSWORD@HOST, smtp://HOST:PORT or file:DIR")
    }
}

pub(super) fn path(text: &str) -> Result<PathBuf, Problem> {
    if text.contains(char::is_control) { Err("not a path on one line") } else { Ok(text.into()) }
}

pub(super) fn socket_address(text: &str) -> Result<SocketAddr, Problem> {
    text.parse().map_err(|_| "not an IP address with a port; write one such as 127.0.0.1:8080 or [::1]:8080")
}

pub(super) fn mailbox(text: &str) -> Result<Mailbox, Problem> {
    text.parse().map_err(|_| "not a sender; write help@example.org or Name <help@example.org>")
}

pub(super) fn networks(text: &str) -> Result<Vec<IpNet>, Problem> {
    let network = |part: &str| part.parse::<IpNet>().or_else(|_| part.parse::<IpAddr>().map(IpNet::from));
    let parts = text.split([',', ' ']).filter(|part| !part.is_empty());
    parts
        .map(network)
        .collect::<Result<_, _>>()
        .map_err(|_| "not a list of IP addresses or networks; write one such as 10.0.0.1, 192.168.0.0/24")
}

/// Messages a second; 0 is no limit.
pub(super) fn rate(text: &str) -> Result<Option<NonZeroU32>, Problem> {
    text.parse().map(NonZeroU32::new).map_err(|_| "not a whole number of messages a second; write one such as 30, or 0 for no limit")
}

pub(super) fn log_filter(text: &str) -> Result<String, Problem> {
    let problem = "not a filter of log lines; write one such as info or guichet=debug,warn";
    EnvFilter::try_new(text).map(|_| text.to_owned()).map_err(|_| problem)
}

pub(super) fn web_url(text: &str) -> Result<Url, Problem> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    let bare = url.filter(|url| url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none());
    bare.ok_or("not a plain web address; write one such as https://example.org, without user name, ? or #")
}

/// A web address that pages are joined to, hence with a `/` at its end.
pub(super) fn public_url(text: &str) -> Result<Url, Problem> {
    let mut url = web_url(text)?;
    if !url.path().ends_with('/') {
        url.set_path(&format!("{}/", url.path()));
    }
    Ok(url)
}

/// Telegram's own server calls webhooks over https only (<https://core.telegram.org/bots/api#setwebhook>); one's own server need not.
pub(super) fn webhook_url(text: &str, api_url: &Url) -> Result<Url, Problem> {
    let url = web_url(text)?;
    if url.path() == "/" {
        return Err("without a path of its own; write one such as https://example.org/webhook");
    }
    if url.scheme() != "https" && Url::parse(TELEGRAM).as_ref() == Ok(api_url) {
        return Err("not one that Telegram can call; write an https:// address");
    }
    Ok(url)
}

/// Telegram's `secret_token` (<https://core.telegram.org/bots/api#setwebhook>).
pub(super) fn webhook_secret(text: &str) -> Result<SecretString, Problem> {
    let sound = (16..=256).contains(&text.len()) && text.bytes().all(is_token_byte);
    if sound { Ok(text.into()) } else { Err("not 16 to 256 letters, digits, _ or -; make one with `openssl rand -hex 32`") }
}
