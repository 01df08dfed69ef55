//! The web pages for holders: the one that a mailed link opens, the one to sign in on, and a front page that says whose they are.
//! No script but the Mini App's, no cookie but the one that guards a form, nothing from elsewhere. What they change goes through the one writer, as everything does.

mod form_guard;
mod hashing;
mod init_data;
mod mini_app;
mod pace;
mod page;
mod passphrase;
mod place;
mod reset;
mod sign_in;
mod visit;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state, map_response};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use ipnet::IpNet;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::bot::Writer;
use crate::clock::{Clock, Random};
use crate::domain::{Language, Operator, Policy};
use crate::locale::{Locales, Message};
use crate::secret::Key;
use crate::store::Db;
use crate::watch::Watch;
pub use hashing::Hasher;
pub use init_data::InitData;
pub use pace::{PAGE_RATE, Pace};
use page::Notice;

/// The largest form: a password of 256 characters twice, each of up to twelve bytes once encoded, with room to spare.
const LARGEST_FORM: usize = 16 << 10;

/// How long a request and its answer may take, waiting for a password to be hashed included.
const LONGEST_REQUEST: Duration = Duration::from_secs(30);

/// The headers of every page (OWASP HTTP Headers; OWASP Forgot Password: the referrer would carry the token).
const HEADERS: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CACHE_CONTROL, "no-store"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (HeaderName::from_static("x-robots-tag"), "noindex, nofollow"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// What the pages are made from.
pub struct Web {
    /// The database, to read from.
    pub db: Arc<Db>,
    /// Where changes are decided.
    pub writer: Writer,
    /// The texts.
    pub locales: Arc<Locales>,
    /// The service that is wound down.
    pub policy: Policy,
    /// Who runs the counter.
    pub operator: Operator,
    /// The bot's user name.
    pub bot_name: String,
    /// Whether they are served over https.
    pub secure: bool,
    /// What forms are guarded with.
    pub key: Key,
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub random: Random,
    /// Where passwords are hashed.
    pub hasher: Hasher,
    /// Tells who opened a Mini App.
    pub init_data: InitData,
    /// The proxies whose word on where a request comes from counts.
    pub trusted_proxies: Vec<IpNet>,
    /// What keeps one place from asking for too many pages.
    pub pace: Option<Pace>,
    /// Where it is told that it has.
    pub watch: Arc<Watch>,
}

/// Serves the pages, and beside them what is no page, until `stop`; requests that are under way are answered first.
pub async fn serve(web: Web, beside: Router, listener: TcpListener, stop: CancellationToken) {
    let web = Arc::new(web);
    let paced = Router::new()
        .route("/", get(front))
        .route("/reset/{token}", get(reset::open).post(reset::post))
        .route("/sign-in/{token}", get(sign_in::open).post(sign_in::post))
        .route("/app/{token}", get(sign_in::open_app).post(sign_in::post_app))
        .fallback(nowhere)
        .layer(from_fn_with_state(Arc::clone(&web), pace::keep));
    let pages = paced
        .route("/style.css", get(style))
        .layer(DefaultBodyLimit::max(LARGEST_FORM))
        .layer(from_fn(form_guard::from_here))
        .layer(from_fn(in_time))
        .layer(map_response(with_headers))
        .with_state(web);
    let service = beside.merge(pages).into_make_service_with_connect_info::<SocketAddr>();
    if let Err(error) = axum::serve(listener, service).with_graceful_shutdown(stop.cancelled_owned()).await {
        tracing::error!(%error, "the web pages are no longer served");
    }
}

/// A request that is not there in time, or whose answer is not, is let go of.
async fn in_time(request: Request, next: Next) -> Response {
    tokio::time::timeout(LONGEST_REQUEST, next.run(request)).await.unwrap_or_else(|_| StatusCode::REQUEST_TIMEOUT.into_response())
}

async fn with_headers(mut response: Response) -> Response {
    for (name, value) in HEADERS {
        // A Mini App brings a policy of its own.
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

async fn front(State(web): State<Arc<Web>>, headers: HeaderMap) -> Response {
    let paragraphs = vec![Message::new("bot-description")];
    web.notice(language_of(&headers), Notice { chat: true, ..Notice::new(StatusCode::OK, "", "bot-name", paragraphs) })
}

async fn nowhere(State(web): State<Arc<Web>>, headers: HeaderMap) -> Response {
    let paragraphs = vec![Message::new("page-unknown-what")];
    web.notice(language_of(&headers), Notice { chat: true, ..Notice::new(StatusCode::NOT_FOUND, "/", "page-unknown", paragraphs) })
}

async fn style() -> Response {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("style.css")).into_response()
}

/// The language of a reader whose chat is not known: the browser's first.
fn language_of(headers: &HeaderMap) -> Language {
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    Language::for_tag(accepted.split([',', ';']).next().unwrap_or_default().trim())
}
