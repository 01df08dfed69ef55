//! Finds the links of a message. Whatever a browser, a mail program or Telegram may take for one is found: rather too much than too little.

use icu::properties::{CodePointSetData, props::DefaultIgnorableCodePoint};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use super::Written;

/// What ends a word besides white space.
const BRACKETS: [char; 7] = ['<', '>', '"', '«', '»', '“', '”'];
/// What separates links that were written without a space between.
const SEPARATORS: [char; 9] = [',', ';', '|', '(', ')', '[', ']', '{', '}'];
/// What a sentence or markup puts around a link.
const AROUND: [char; 15] = ['.', ',', ';', ':', '!', '?', '(', ')', '[', ']', '\'', '’', '*', '~', '`'];
/// How long a Telegram user name is (core.telegram.org/method/account.checkUsername; four with Fragment).
pub const USER_NAME: std::ops::RangeInclusive<usize> = 4..=32;

/// Something in a message that leads somewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// A web address.
    Web(WebLink),
    /// An e-mail address.
    Mail {
        /// What stands before the `@`.
        local: String,
        /// What stands after it.
        host: String,
    },
    /// A Telegram user name, without the `@`.
    Telegram(String),
}

/// A web address, made of plain signs as far as they have plain equivalents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebLink {
    /// What stands before `://`, in lower case.
    pub scheme: Option<String>,
    /// What stands after it.
    pub rest: String,
    /// The words as they were written, invisible signs and all.
    pub raw: String,
    /// The words that hide the link.
    pub words: Option<String>,
}

/// Every link of a message, those behind words first.
pub fn links(written: &Written) -> Vec<Link> {
    let hidden = written.links.iter().flat_map(|link| in_word(&link.url, Some(&link.words)));
    let words = written.text.split(|c: char| c.is_whitespace() || c.is_control() || BRACKETS.contains(&c));
    hidden.chain(words.flat_map(|word| in_word(word, None))).collect()
}

/// A word without invisible signs, each sign that is another in disguise (full-width, ligature, ideographic stop) made plain.
pub fn plain(word: &str) -> String {
    let visible = word.chars().filter(|c| !is_invisible(*c));
    visible.map(|c| if matches!(c, '。' | '｡') { '.' } else { c }).nfkc().collect()
}

/// Whether a sign leaves no trace on the screen, or turns what follows around.
pub fn is_invisible(c: char) -> bool {
    CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
}

fn in_word(raw: &str, words: Option<&str>) -> Vec<Link> {
    let word = plain(raw);
    let web = |scheme, rest: &str| {
        let rest = rest.trim_end_matches(AROUND).to_owned();
        Link::Web(WebLink { scheme, rest, raw: raw.to_owned(), words: words.map(str::to_owned) })
    };
    let Some((before, rest)) = word.split_once("://") else {
        return word.split(SEPARATORS).filter_map(|part| bare(part, &web)).collect();
    };
    let at = before
        .rfind(|c: char| !c.is_ascii_alphanumeric() && !['+', '-', '.'].contains(&c))
        .map_or(0, |at| at + before[at..].chars().next().map_or(0, char::len_utf8));
    let (before, scheme) = before.split_at(at);
    let link = in_telegram(scheme, rest).unwrap_or_else(|| web(Some(scheme.to_lowercase()), rest));
    before.split(SEPARATORS).filter_map(|part| bare(part, &web)).chain([link]).collect()
}

/// A link that only Telegram opens; without a user name it is shown as far as its host.
fn in_telegram(scheme: &str, rest: &str) -> Option<Link> {
    let name = |parameter: &str| parameter.strip_prefix("domain=").map(user_name);
    let parameters = || rest.split(['?', '&', '#']).skip(1);
    scheme.eq_ignore_ascii_case("tg").then(|| Link::Telegram(parameters().find_map(name).unwrap_or_default()))
}

/// A link without a scheme: a user name, an address, or a host with or without a path.
fn bare(part: &str, web: &impl Fn(Option<String>, &str) -> Link) -> Option<Link> {
    let part = part.trim_matches(AROUND);
    let part = part.strip_prefix("mailto:").unwrap_or(part);
    if let Some(name) = part.strip_prefix('@') {
        let name = user_name(name);
        return USER_NAME.contains(&name.len()).then_some(Link::Telegram(name));
    }
    let host = |text: &str| text.split(['/', '?', '#', ':', '\\']).next().filter(|host| is_host(host)).map(str::to_owned);
    match part.rsplit_once('@') {
        Some((local, after)) => host(after).map(|host| Link::Mail { local: local.to_owned(), host }),
        None => host(part).map(|_| web(None, part)),
    }
}

/// What of a text can be a user name.
pub fn user_name(text: &str) -> String {
    text.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect()
}

/// Whether something written without a scheme may be meant as a host: labels with dots between, the last no number.
fn is_host(text: &str) -> bool {
    let sound = |label: &str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || "-_%".contains(c) || is_combining_mark(c));
    let text = text.strip_suffix('.').unwrap_or(text);
    let ending = text.rsplit_once('.').map(|(_, ending)| ending);
    text.split('.').all(sound) && ending.is_some_and(|ending| ending.chars().count() > 1 && !ending.chars().all(char::is_numeric))
}
