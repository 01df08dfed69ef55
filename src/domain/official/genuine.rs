//! What is genuine, and the verdict on all else.

use url::Url;

use super::find::{Link, USER_NAME, WebLink, links, user_name};
use super::fold::{fold, is_misspelt};
use super::host::{Address, has_known_ending, is_within, registered, shown};
use super::trick::Model;
use super::{Finding, Kind, Trick, Verdict, Written};
use crate::domain::{Operator, Policy};

/// Where Telegram's links lead.
const TELEGRAM: [&str; 3] = ["t.me", "telegram.me", "telegram.dog"];
/// What stands where a user name would in links to other things.
const NO_NAMES: [&str; 6] = ["addlist", "addstickers", "joinchat", "login", "proxy", "share"];
/// Services that hide where a link leads; the ones that holders meet most.
const SHORTENERS: [&str; 22] = [
    "bit.ly",
    "buff.ly",
    "clck.ru",
    "cutt.ly",
    "goo.gl",
    "goo.su",
    "is.gd",
    "lnkd.in",
    "ow.ly",
    "qps.ru",
    "rb.gy",
    "rebrand.ly",
    "s.id",
    "shorturl.at",
    "t.co",
    "t.ly",
    "tiny.cc",
    "tinyurl.com",
    "tr.ee",
    "u.to",
    "v.gd",
    "vk.cc",
];

/// What is genuine: the service's hosts, this counter's pages, its bot, and the addresses to write to.
pub struct Genuine {
    models: Vec<Model>,
    pages: Url,
    bot: String,
    contacts: Vec<String>,
}

impl Genuine {
    /// From the policy and the settings; `bot` is the bot's user name.
    pub fn new(policy: &Policy, operator: &Operator, pages: &Url, bot: &str) -> Self {
        let models = policy.official_hosts.iter().map(|host| Model::new(host)).collect();
        let contacts = vec![policy.contact.as_str().to_owned(), operator.contact.to_string()];
        Self { models, pages: pages.clone(), bot: bot.to_owned(), contacts }
    }

    /// What a message holds, each thing once, the worst first.
    pub fn examine(&self, written: &Written) -> Vec<Finding> {
        let mut findings: Vec<Finding> = Vec::new();
        for finding in links(written).iter().filter_map(|link| self.judge(link)) {
            if !findings.contains(&finding) {
                findings.push(finding);
            }
        }
        findings.sort_by_key(|finding| finding.verdict);
        findings
    }

    fn judge(&self, link: &Link) -> Option<Finding> {
        match link {
            Link::Web(link) => self.judge_web(link),
            Link::Mail { local, host } => self.judge_mail(local, host),
            Link::Telegram(name) => Some(self.judge_user_name(name)),
        }
    }

    fn judge_web(&self, link: &WebLink) -> Option<Finding> {
        let Some(address) = Address::of(link) else { return self.judge_unreadable(link) };
        let words = link.words.as_deref();
        if TELEGRAM.contains(&address.host.as_str()) && address.plain && !self.models.iter().any(|model| model.is_named_by(words)) {
            return Some(self.judge_user_name(&user_name(address.path.trim_start_matches(['/', '@']))));
        }
        let (verdict, like) = self.verdict(link, &address);
        // Words with a dot between are no link, unless somebody wants them to be taken for one.
        let certain = link.scheme.is_some() || words.is_some() || has_known_ending(&address.host);
        (certain || verdict != Verdict::Unknown).then(|| finding(Kind::Web, verdict, &address.host, like))
    }

    fn verdict(&self, link: &WebLink, address: &Address) -> (Verdict, Option<&Model>) {
        if let Some(model) = self.models.iter().find(|model| is_within(&address.host, &model.host)) {
            return match link.scheme.as_deref() {
                _ if !address.plain => (Verdict::Lookalike(Trick::Disguise), Some(model)),
                None | Some("https") => (Verdict::Official, None),
                Some(_) => (Verdict::Insecure, None),
            };
        }
        if self.is_own_page(link, address) {
            return (Verdict::Own, None);
        }
        if let Some((trick, model)) = self.worst(|model| model.trick(address, link.words.as_deref())) {
            return (Verdict::Lookalike(trick), Some(model));
        }
        let shortened = SHORTENERS.contains(&registered(&address.host));
        let rest = if shortened { Verdict::Shortened } else { Verdict::Unknown };
        (if address.numeric { Verdict::Numeric } else { rest }, None)
    }

    /// The worst trick that any of the genuine hosts is imitated by.
    fn worst(&self, trick: impl Fn(&Model) -> Option<Trick>) -> Option<(Trick, &Model)> {
        self.models.iter().filter_map(|model| Some((trick(model)?, model))).min_by_key(|(trick, _)| *trick)
    }

    fn is_own_page(&self, link: &WebLink, address: &Address) -> bool {
        let scheme = self.pages.scheme();
        let same_scheme = link.scheme.as_deref().is_none_or(|written| written == scheme);
        let same_place = |url: Url| url.origin() == self.pages.origin() && url.path().starts_with(self.pages.path());
        address.plain && same_scheme && Url::parse(&format!("{scheme}://{}", link.rest)).is_ok_and(same_place)
    }

    /// A host that no browser would follow can still deceive a reader.
    fn judge_unreadable(&self, link: &WebLink) -> Option<Finding> {
        let host = link.rest.split(['/', '?', '#']).next().unwrap_or_default();
        let trick = self.worst(|model| model.trick_of_host(host, host));
        match trick {
            Some((_, model)) => Some(finding(Kind::Web, Verdict::Lookalike(Trick::Disguise), host, Some(model))),
            None => (link.scheme.is_some() && !host.is_empty()).then(|| finding(Kind::Web, Verdict::Unknown, host, None)),
        }
    }

    fn judge_mail(&self, local: &str, host: &str) -> Option<Finding> {
        let written = host.to_lowercase();
        let host = idna::domain_to_ascii(host).unwrap_or_else(|_| written.clone());
        let finding = |verdict, like| Some(finding(Kind::Mail, verdict, &host, like));
        if self.contacts.contains(&format!("{}@{written}", local.to_lowercase())) {
            return finding(Verdict::Own, None);
        }
        if self.models.iter().any(|model| is_within(&host, &model.host)) {
            return finding(Verdict::Official, None);
        }
        let unicode = idna::domain_to_unicode(&host).0;
        let before = |model: &Model| model.trick_of_name(local).map(|_| Trick::UserInfo);
        match self.worst(|model| model.trick_of_host(&host, &unicode).or_else(|| before(model))) {
            Some((trick, model)) => finding(Verdict::Lookalike(trick), Some(model)),
            None => has_known_ending(&host).then(|| finding(Verdict::Unknown, None)).flatten(),
        }
    }

    fn judge_user_name(&self, name: &str) -> Finding {
        let (look, genuine) = (fold(name), fold(&self.bot));
        // An invitation, a sticker set and the like are nobody's name.
        let nobody = name.len() < *USER_NAME.start() || NO_NAMES.contains(&name);
        let shown = if nobody { TELEGRAM[0].to_owned() } else { format!("@{name}") };
        let like =
            |verdict, like: &str| Finding { shown: shown.clone(), like: like.to_owned(), ..finding(Kind::Telegram, verdict, name, None) };
        if name.eq_ignore_ascii_case(&self.bot) {
            return like(Verdict::Own, "");
        }
        if look == genuine || is_misspelt(&look, &genuine) {
            return like(Verdict::Lookalike(Trick::Spelling), &format!("@{}", self.bot));
        }
        match self.worst(|model| model.trick_of_name(name)) {
            Some((_, model)) => like(Verdict::Lookalike(Trick::Name), &model.host),
            None => like(Verdict::Unknown, ""),
        }
    }
}

fn finding(kind: Kind, verdict: Verdict, name: &str, like: Option<&Model>) -> Finding {
    let like = like.map(|model| model.host.clone()).unwrap_or_default();
    Finding { kind, verdict, shown: shown(name), owner: shown(registered(name)), like }
}
