//! How a link that is not genuine may pass for one that is.

use super::Trick;
use super::find::plain;
use super::fold::{fold, is_misspelt, is_part};
use super::host::{Address, is_within, registered};

/// A genuine host and what it looks like.
#[derive(Clone, Debug)]
pub struct Model {
    /// The host, in ASCII.
    pub host: String,
    /// What the host looks like.
    look: String,
    /// What people know it by: the registered name without its ending.
    name: String,
    /// What the name looks like.
    name_look: String,
}

impl Model {
    /// Of a host of the policy.
    pub fn new(host: &str) -> Self {
        let name = name_of(&idna::domain_to_unicode(registered(host)).0).to_owned();
        Self { look: fold(&idna::domain_to_unicode(host).0), name_look: fold(&name), host: host.to_owned(), name }
    }

    /// The trick by which a link passes for this host; the link is known not to lead there.
    pub fn trick(&self, address: &Address, words: Option<&str>) -> Option<Trick> {
        if self.is_named_by(words) {
            return Some(Trick::Words);
        }
        let stands_in = |text: &str| fold(text).contains(&self.look);
        if stands_in(&address.user_info) || is_part(&fold(&address.user_info), &self.name_look) {
            return Some(Trick::UserInfo);
        }
        // Whoever owns the domain that the host is part of has no need of tricks in its name.
        let akin = registered(&address.host) == registered(&self.host);
        let by_host = if akin { None } else { self.trick_of_host(&address.host, &address.unicode) };
        by_host.or_else(|| stands_in(&address.path).then_some(Trick::Path))
    }

    /// Whether the words over a link name this host.
    pub fn is_named_by(&self, words: Option<&str>) -> bool {
        words.is_some_and(|words| fold(&plain(words)).contains(&self.look))
    }

    /// The trick by which a host passes for this one.
    pub fn trick_of_host(&self, host: &str, unicode: &str) -> Option<Trick> {
        let look = fold(unicode);
        if is_within(&look, &self.look) {
            return Some(Trick::Letters);
        }
        if look.starts_with(&format!("{}.", self.look)) || look.contains(&format!(".{}.", self.look)) {
            return Some(Trick::SubDomain);
        }
        let registered = idna::domain_to_unicode(registered(host)).0;
        let before = unicode.strip_suffix(registered.as_str()).unwrap_or_default();
        let own = self.trick_of_name(name_of(&registered));
        own.or_else(|| is_part(&fold(before), &self.name_look).then_some(Trick::SubDomain))
    }

    /// The trick by which a registered name, or a user name, passes for this one.
    pub fn trick_of_name(&self, name: &str) -> Option<Trick> {
        let look = fold(name);
        let letter_for_letter = name.to_lowercase().contains(&self.name);
        if look == self.name_look {
            return Some(if letter_for_letter { Trick::Ending } else { Trick::Letters });
        }
        if is_misspelt(&look, &self.name_look) {
            return Some(Trick::Spelling);
        }
        is_part(&look, &self.name_look).then_some(if letter_for_letter { Trick::Name } else { Trick::Letters })
    }
}

fn name_of(registered: &str) -> &str {
    registered.split('.').next().unwrap_or_default()
}
