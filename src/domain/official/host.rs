//! A web address taken apart as a browser does it.

use url::{Host, Url};

use super::find::{WebLink, is_invisible};

/// As much of a host as is shown.
const LONGEST_SHOWN: usize = 60;

/// A web address in its parts.
pub struct Address {
    /// The host in ASCII, without the dot that may end it.
    pub host: String,
    /// The host as a browser may show it.
    pub unicode: String,
    /// Whether the host is a number.
    pub numeric: bool,
    /// What stands before an `@`.
    pub user_info: String,
    /// What follows the host.
    pub path: String,
    /// Whether the host is written as such hosts are, with no sign that a reader could not see or take for another.
    pub plain: bool,
}

impl Address {
    /// Takes a link apart; `None` if no browser could follow it.
    pub fn of(link: &WebLink) -> Option<Self> {
        let url = Url::parse(&format!("https://{}", link.rest)).ok()?;
        let host = url.host_str()?.trim_end_matches('.').to_owned();
        let unicode = idna::domain_to_unicode(&host).0;
        let numeric = !matches!(url.host(), Some(Host::Domain(_)));
        let authority = link.rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
        let (user_info, written) = authority.rsplit_once('@').unwrap_or(("", authority));
        let written = written.rsplit_once(':').filter(|_| !numeric).map_or(written, |(host, _)| host).trim_end_matches('.');
        let lower = written.to_lowercase();
        let plain = (lower == host || lower == unicode) && is_plainly_written(&link.raw, written) && !link.rest.contains('\\');
        let (user_info, path) = (user_info.to_owned(), link.rest[authority.len()..].to_owned());
        Some(Self { plain: plain || numeric, host, unicode, numeric, user_info, path })
    }
}

/// Whether the host stands in the link letter for letter, with nothing invisible before it.
fn is_plainly_written(raw: &str, host: &str) -> bool {
    let from = raw.split_once("://").map_or_else(|| raw.trim_start_matches(is_invisible), |(_, rest)| rest);
    from.find(host).is_some_and(|at| !from[..at].contains(is_invisible))
}

/// The domain that somebody registered, by the public suffix list; the host itself where there is none.
pub fn registered(host: &str) -> &str {
    psl::domain_str(host).unwrap_or(host)
}

/// Whether a host ends as hosts on the internet do, or in the ending reserved for examples (RFC 2606).
pub fn has_known_ending(host: &str) -> bool {
    host.ends_with(".example") || psl::suffix(host.as_bytes()).is_some_and(|suffix| suffix.is_known())
}

/// Whether `host` is `domain` or a sub-domain of it.
pub fn is_within(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain).is_some_and(|before| before.is_empty() || before.ends_with('.'))
}

/// A host fit to be shown: plain ASCII, and of a long one the end, which says whose it is.
pub fn shown(host: &str) -> String {
    let plain: Vec<char> = host.chars().map(|c| if c.is_ascii_alphanumeric() || ".-_:[]".contains(c) { c } else { '?' }).collect();
    match plain.len().checked_sub(LONGEST_SHOWN) {
        None | Some(0) => plain.into_iter().collect(),
        Some(cut) => std::iter::once('…').chain(plain[cut..].iter().copied()).collect(),
    }
}
