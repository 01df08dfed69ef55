//! What keeps another site from posting a form in a reader's name (OWASP Cross-Site Request Forgery Prevention): the browser's own
//! word on where a request comes from, and a same-site cookie whose keyed hash the form carries (signed double submit).

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use data_encoding::BASE64URL_NOPAD;
use subtle::ConstantTimeEq;

use crate::clock::Random;
use crate::secret::Key;

/// The cookie's name, and where the pages are served over https the prefix that keeps other hosts from setting it (RFC 6265bis).
const NAME: &str = "guichet-form";
const PREFIX: &str = "__Host-";
/// Characters of its value: 128 random bits.
const LENGTH: usize = 22;

/// The cookie of a reader.
pub(super) struct Guard {
    value: String,
    /// Whether the reader's browser has it already.
    known: bool,
}

impl Guard {
    /// The reader's cookie, or a new one.
    pub(super) fn of(headers: &HeaderMap, secure: bool, random: &Random) -> Self {
        match sent(headers, secure) {
            Some(value) => Self { value, known: true },
            None => Self { value: BASE64URL_NOPAD.encode(&random.bytes::<16>()), known: false },
        }
    }

    /// What a form carries to show that this reader was shown it.
    pub(super) fn field(&self, key: &Key, form: &str) -> String {
        BASE64URL_NOPAD.encode(&key.derive("page form", &[self.value.as_bytes(), form.as_bytes()]))
    }

    /// Whether a posted field is the one that this reader's form carried.
    pub(super) fn holds(&self, key: &Key, form: &str, field: &str) -> bool {
        self.known && self.field(key, form).as_bytes().ct_eq(field.as_bytes()).into()
    }

    /// Hands the cookie over with the page. Scripts cannot read it, and no other site's request carries it.
    pub(super) fn set(&self, secure: bool, mut response: Response) -> Response {
        if self.known {
            return response;
        }
        let (prefix, attribute) = if secure { (PREFIX, "; Secure") } else { ("", "") };
        let cookie = format!("{prefix}{NAME}={}; Path=/; HttpOnly; SameSite=Strict{attribute}", self.value);
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        response
    }
}

fn sent(headers: &HeaderMap, secure: bool) -> Option<String> {
    let name = if secure { format!("{PREFIX}{NAME}") } else { NAME.to_owned() };
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(';'));
    let value = cookies.filter_map(|cookie| cookie.trim().split_once('=')).find_map(|(found, value)| (found == name).then_some(value))?;
    let sound = value.len() == LENGTH && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    sound.then(|| value.to_owned())
}

/// Turns away what a browser says another site has it post (W3C Fetch Metadata). Nothing is decided by `Origin`: pages that send no
/// referrer post under the origin `null`.
pub(super) async fn from_here(request: Request, next: Next) -> Response {
    let site = request.headers().get("sec-fetch-site").map(HeaderValue::as_bytes);
    let foreign = site.is_some_and(|site| site != b"same-origin" && site != b"none");
    if foreign && request.method() == Method::POST {
        return StatusCode::FORBIDDEN.into_response();
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cookies(value: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_str(value).unwrap())])
    }

    #[test]
    fn a_form_is_taken_from_the_reader_it_was_shown_to_and_for_its_page_only() {
        let folder = tempfile::tempdir().unwrap();
        let (random, key) = (Random::seeded(1), Key::create(&folder.path().join("key"), &Random::seeded(2)).unwrap());
        let shown = Guard::of(&HeaderMap::new(), false, &random);
        let field = shown.field(&key, "page");
        assert!(!shown.holds(&key, "page", &field), "nobody has brought the cookie back");
        let back = Guard::of(&cookies(&format!("other=1; {NAME}={}", shown.value)), false, &random);
        assert!(back.holds(&key, "page", &field));
        assert!(!back.holds(&key, "another page", &field) && !back.holds(&key, "page", ""));
        let stranger = Guard::of(&cookies(&format!("{NAME}={}", "a".repeat(LENGTH))), false, &random);
        assert!(!stranger.holds(&key, "page", &field));
    }

    #[test]
    fn a_cookie_that_was_never_ours_is_passed_over() {
        for value in ["guichet-form=short", "guichet-form=\"aaaaaaaaaaaaaaaaaaaaaa\"", "x=aaaaaaaaaaaaaaaaaaaaaa"] {
            assert!(!Guard::of(&cookies(value), false, &Random::seeded(1)).known, "{value}");
        }
        let plain = cookies(&format!("{NAME}={}", "a".repeat(LENGTH)));
        assert!(!Guard::of(&plain, true, &Random::seeded(1)).known, "over https only the prefixed one counts");
    }
}
