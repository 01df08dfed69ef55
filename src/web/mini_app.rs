//! The sign-in page as a Mini App within Telegram: the one page with a script, ours, allowed by its hash. Telegram tells who opened
//! the page behind the `#` of its address, which nothing but a script can read; without script the page is as any other.

use std::sync::LazyLock;

use axum::http::{HeaderValue, header};
use axum::response::Response;
use data_encoding::BASE64;
use sha2::{Digest, Sha256};

/// Puts what Telegram tells into the form, where that takes it, and leaves it in the links to the page's other languages: behind the
/// `#`, which no request and no referrer carries. Once it was refused the form takes it no more, and only the links hold it. It is
/// written without any sign that HTML escapes, so that it stands in the page as it is.
pub(super) const SCRIPT: &str = "const field = document.getElementById(`init-data`); \
    const told = new URLSearchParams(location.hash.slice(1)).get(`tgWebAppData`) || (field ? field.value : ``); \
    if (field) field.value = told; \
    if (told) for (const link of document.querySelectorAll(`nav a`)) link.hash = `tgWebAppData=` + encodeURIComponent(told);";

/// Telegram's web clients, `/a` and `/k` of web.telegram.org and their hosts webz and webk, show a Mini App in a frame; nobody else may.
/// In it the browser sends no same-site cookie along, so what Telegram tells is all that proves the form there: once that is too old the
/// page has to be opened anew from the chat, as its text says, or outside of the frame.
static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
    let hash = BASE64.encode(&Sha256::digest(SCRIPT.as_bytes()));
    let policy = format!(
        "default-src 'none'; style-src 'self'; script-src 'sha256-{hash}'; form-action 'self'; base-uri 'none'; \
         frame-ancestors https://web.telegram.org https://*.telegram.org"
    );
    HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
});

/// Lets the page run its script, and Telegram frame it.
pub(super) fn allowed(mut response: Response) -> Response {
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, POLICY.clone());
    response
}
