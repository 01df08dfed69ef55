//! The parts of a letter: first with texts as data, then with texts in the reader's language.

/// A part of a letter, by what it is for; how it looks is up to the plain text and the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part<T> {
    /// A paragraph or more, with an empty line between them.
    Text(T),
    /// A code that is to be read and typed.
    Code {
        /// What it is.
        label: T,
        /// The code.
        code: String,
    },
    /// A link that is to be followed: a button in HTML, alone on its line in plain text.
    Link {
        /// What it leads to, as on a button.
        label: T,
        /// The address.
        url: String,
    },
    /// What stands small at the end.
    FinePrint(T),
}

impl<T> Part<T> {
    /// The part with its texts written out.
    pub fn written(&self, write: impl Fn(&T) -> String) -> Part<String> {
        match self {
            Self::Text(text) => Part::Text(write(text)),
            Self::Code { label, code } => Part::Code { label: write(label), code: code.clone() },
            Self::Link { label, url } => Part::Link { label: write(label), url: url.clone() },
            Self::FinePrint(text) => Part::FinePrint(write(text)),
        }
    }
}

impl Part<String> {
    /// The part in plain text.
    pub fn text(&self) -> String {
        match self {
            Self::Text(text) | Self::FinePrint(text) => text.clone(),
            Self::Code { label, code: own_line } | Self::Link { label, url: own_line } => format!("{label}\n{own_line}"),
        }
    }
}
