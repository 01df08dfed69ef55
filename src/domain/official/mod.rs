//! Tells whether a message or link is genuine: what links it holds, and whether each leads to the service's own pages, to this
//! counter, or to a place that only looks like one of them. Nothing here goes to see what is there.

mod find;
mod fold;
mod genuine;
mod host;
mod trick;

#[cfg(test)]
mod tests;

pub use genuine::Genuine;

/// What somebody wrote or passed on, with the links that its words don't show.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// The words: a text, or the caption of something else.
    pub text: String,
    /// The links behind words and buttons.
    pub links: Vec<HiddenLink>,
}

/// A link behind words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HiddenLink {
    /// The words that stand for it.
    pub words: String,
    /// Where it leads.
    pub url: String,
}

/// What was found in a message, and what to think of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What it is.
    pub kind: Kind,
    /// What to think of it.
    pub verdict: Verdict,
    /// Its host or user name in plain ASCII, which no other can pass for.
    pub shown: String,
    /// Whose it is: the part of the host that somebody registered.
    pub owner: String,
    /// What it looks like, if it is a look-alike.
    pub like: String,
}

/// What can be examined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A web address.
    Web,
    /// An e-mail address.
    Mail,
    /// A Telegram user name.
    Telegram,
}

/// What to think of a link, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// It looks like a genuine one and is not.
    Lookalike(Trick),
    /// A genuine host, but what is entered there travels in the open.
    Insecure,
    /// A service that hides where the link leads.
    Shortened,
    /// A number instead of a name.
    Numeric,
    /// Somebody else's; nothing more is known.
    Unknown,
    /// A host of the service.
    Official,
    /// This counter's own page, contact or bot.
    Own,
}

/// How a look-alike deceives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trick {
    /// The words over the link name a genuine host, the link leads elsewhere.
    Words,
    /// A genuine name stands before an `@`, the host comes after it.
    UserInfo,
    /// Letters that look like others, of another alphabet perhaps.
    Letters,
    /// A genuine host written with signs that no genuine link has: invisible, full-width, encoded.
    Disguise,
    /// A genuine name begins a host that ends as another's.
    SubDomain,
    /// A genuine name with another ending.
    Ending,
    /// A letter or two too many, too few, or exchanged.
    Spelling,
    /// A genuine name as a part of another.
    Name,
    /// A genuine host in the path, after the host that counts.
    Path,
}
