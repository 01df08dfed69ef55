//! The ways out: a mail server, a folder, or whoever watches.

use std::path::Path;
use std::time::Duration;

use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::response::Code;
use lettre::{AsyncFileTransport, AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use url::Url;

use super::Envelope;
use crate::config;
use crate::effects::Reason;
use crate::effects::worker::Outcome;

/// How long handing over a mail may take, connecting included: servers may think about a mail for a while, but a lane must go on.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Where mails go.
pub enum Transport {
    /// To a mail server.
    Smtp(Smtp),
    /// Into a folder, a file a mail.
    Folder(AsyncFileTransport<Tokio1Executor>),
    /// To whoever watches: the demo's mailbox, or a test.
    Watched(Box<dyn Fn(Envelope) + Send + Sync>),
}

/// A mail server.
pub struct Smtp {
    server: AsyncSmtpTransport<Tokio1Executor>,
    timeout: Duration,
}

/// Why mail cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum MailSetupError {
    /// The setting of the mail server, or the folder, is wrong.
    #[error("GUICHET_MAIL_URL: {0}")]
    Url(String),
    /// The file of further certificate authorities is wrong.
    #[error("SSL_CERT_FILE: {0}")]
    Certificates(String),
}

impl Transport {
    /// The transport that the setting names. A folder is created if it is not there. `authorities` is a PEM file of certificates
    /// that are trusted besides the public ones.
    pub fn open(mail: &config::Mail, authorities: Option<&Path>) -> Result<Self, MailSetupError> {
        match mail {
            config::Mail::Smtp(url) => Smtp::new(url, authorities, TIMEOUT).map(Self::Smtp),
            config::Mail::Folder(folder) => {
                std::fs::create_dir_all(folder).map(|()| Self::Folder(AsyncFileTransport::new(folder))).map_err(|error| {
                    MailSetupError::Url(format!("cannot create the folder {}: {error}; name one that can be written", folder.display()))
                })
            }
        }
    }

    /// Tries once to hand a mail over.
    pub(super) async fn deliver(&self, message: lettre::Message) -> Outcome {
        match self {
            Self::Smtp(smtp) => smtp.deliver(message).await,
            Self::Folder(folder) => match folder.send(message).await {
                Ok(_) => Outcome::Done(None),
                Err(error) => Outcome::Later(None, Reason::new(format!("the mail folder did not take it: {error}"))),
            },
            Self::Watched(_) => Outcome::Done(None),
        }
    }
}

impl Smtp {
    /// The server that `url` names; handing over a mail is given up after `timeout`.
    pub fn new(url: &config::PrivateUrl, authorities: Option<&Path>, timeout: Duration) -> Result<Self, MailSetupError> {
        let unusable = |error: &dyn std::fmt::Display| {
            MailSetupError::Url(format!("{url} cannot be used: {error}; write smtp://host:port or smtps://user:password@host"))
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.expose()).map_err(|error| unusable(&error))?;
        if let Some(file) = authorities {
            builder = builder.tls(tls(&Url::parse(url.expose()).map_err(|error| unusable(&error))?, file)?);
        }
        Ok(Self { server: builder.build(), timeout })
    }

    async fn deliver(&self, message: lettre::Message) -> Outcome {
        // lettre's own time-out holds for connecting only.
        match tokio::time::timeout(self.timeout, self.server.send(message)).await {
            Ok(Ok(_)) => Outcome::Done(None),
            Ok(Err(error)) if blames_the_mail(&error) => {
                Outcome::Never(Reason::new(format!("the mail server refused it: {}", told(&error))))
            }
            Ok(Err(error)) => Outcome::Later(None, Reason::new(format!("the mail server did not take it: {}", told(&error)))),
            Err(_) => Outcome::Later(None, Reason::new(format!("the mail server did not answer within {} s", self.timeout.as_secs_f32()))),
        }
    }
}

/// Why a mail server cannot be used, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum HandshakeError {
    /// It cannot be reached.
    #[error("cannot be reached ({0}); check host and port, and that the server runs")]
    Unreachable(String),
    /// It says nothing for too long.
    #[error("does not answer within {} s; check host and port: smtps:// is for 465, smtp://…?tls=required for 587", .0.as_secs_f32())]
    Slow(Duration),
    /// Its certificate is not trusted.
    #[error(
        "shows a certificate that is not trusted ({0}); write the host name that stands in it, or let SSL_CERT_FILE name its authority"
    )]
    Certificate(String),
    /// It does not speak TLS there.
    #[error("does not encrypt as asked ({0}); smtps:// is for port 465, smtp://…?tls=required for 587")]
    Tls(String),
    /// It wants another password.
    #[error("does not let us in (code {0}); check user and password, with %40 for @, %3A for : and %2F for / in them")]
    Login(u16),
    /// It refuses to serve.
    #[error("refuses to serve us ({0}); ask whoever runs it")]
    Refused(String),
}

impl Smtp {
    /// Connects, encrypts and logs in as for a mail, and sends none.
    pub async fn shake_hands(&self) -> Result<(), HandshakeError> {
        match tokio::time::timeout(self.timeout, self.server.test_connection()).await {
            Ok(Ok(true)) => Ok(()),
            Ok(Ok(false)) => Err(HandshakeError::Refused("it ends the connection".to_owned())),
            Ok(Err(error)) => Err(handshake_error(&error)),
            Err(_) => Err(HandshakeError::Slow(self.timeout)),
        }
    }
}

fn handshake_error(error: &lettre::transport::smtp::Error) -> HandshakeError {
    if let Some(code) = error.status() {
        return if is_login(code) { HandshakeError::Login(code.into()) } else { HandshakeError::Refused(told(error)) };
    }
    let causes = std::iter::successors(Some(error as &dyn std::error::Error), |error| error.source());
    match causes.filter_map(|cause| cause.downcast_ref::<std::io::Error>()).last() {
        // This is how rustls's errors come.
        Some(cause) if cause.kind() == std::io::ErrorKind::InvalidData => {
            let words = cause.to_string();
            if words.contains("certificate") { HandshakeError::Certificate(words) } else { HandshakeError::Tls(words) }
        }
        Some(cause) => HandshakeError::Unreachable(cause.to_string()),
        None if error.is_client() => HandshakeError::Tls(told(error)),
        None => HandshakeError::Refused(told(error)),
    }
}

/// 530 to 538 refuse us, not the mail (RFC 4954, section 6).
fn is_login(code: Code) -> bool {
    (530..=538).contains(&u16::from(code))
}

/// How the scheme and its `tls` say that the connection is encrypted, with further `authorities`.
fn tls(url: &Url, authorities: &Path) -> Result<Tls, MailSetupError> {
    let wrong = |error: &dyn std::fmt::Display| {
        MailSetupError::Certificates(format!("{}: {error}; name a file of certificates in PEM", authorities.display()))
    };
    let pem = std::fs::read_to_string(authorities).map_err(|error| wrong(&error))?;
    if !pem.contains("-----BEGIN CERTIFICATE-----") {
        return Err(wrong(&"there is no certificate in it"));
    }
    let certificates = Certificate::from_pem(pem.as_bytes()).map_err(|error| wrong(&error))?;
    let host = url.host_str().unwrap_or_default().to_owned();
    let parameters = TlsParameters::builder(host).add_root_certificate(certificates).build().map_err(|error| wrong(&error))?;
    let asked = url.query_pairs().find(|(name, _)| name == "tls");
    Ok(match (url.scheme(), asked.as_ref().map(|(_, how)| how.as_ref())) {
        ("smtps", _) => Tls::Wrapper(parameters),
        (_, Some("required")) => Tls::Required(parameters),
        (_, Some(_)) => Tls::Opportunistic(parameters),
        (_, None) => Tls::None,
    })
}

/// Whether the server refused this mail for good. A refused connection is neither transient nor permanent, and a refused login
/// passes once the operator has set the password right.
fn blames_the_mail(error: &lettre::transport::smtp::Error) -> bool {
    error.is_permanent() && !error.status().is_some_and(is_login)
}

/// What a mail server's error may say in a log: never the server's own words, which may repeat the address.
fn told(error: &lettre::transport::smtp::Error) -> String {
    match error.status() {
        Some(code) => format!("code {code}"),
        None if error.is_response() => "an unreadable answer".to_owned(),
        None => error.to_string(),
    }
}
