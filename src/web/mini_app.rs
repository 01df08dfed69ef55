//! The sign-in page as a Mini App within Telegram: the one page with a script, ours, allowed by its hash. Telegram tells who opened
//! the page behind the `#` of its address, which nothing but a script can read; without script the page is as any other.

use std::sync::LazyLock;

use axum::http::{HeaderValue, header};
use axum::response::Response;
use data_encoding::BASE64;
use sha2::{Digest, Sha256};

/// Puts what Telegram tells into the form, and leaves it in the links to the page's other languages. It is written without any sign
/// that HTML escapes, so that it stands in the page as it is.
pub(super) const SCRIPT: &str = "const field = document.getElementById(`init-data`); \
    const told = new URLSearchParams(location.hash.slice(1)).get(`tgWebAppData`); \
    if (told) field.value = told; \
    for (const link of document.querySelectorAll(`nav a`)) link.hash = `tgWebAppData=` + encodeURIComponent(field.value);";

/// Telegram's web clients show a Mini App in a frame; nobody else may.
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
