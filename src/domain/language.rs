//! The languages the counter speaks.

use std::fmt;
use std::str::FromStr;

/// A language of the counter. Stored and named by its ISO 639-1 code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// French.
    Fr,
    /// Russian.
    Ru,
    /// English, which the others fall back to.
    En,
}

impl Language {
    /// Every language, in the order the holder is offered them.
    pub const ALL: [Self; 3] = [Self::Fr, Self::Ru, Self::En];

    /// The ISO 639-1 code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Fr => "fr",
            Self::Ru => "ru",
            Self::En => "en",
        }
    }

    /// The language for an IETF tag such as Telegram's `language_code` (`fr`, `ru-RU`); English for any other.
    pub fn for_tag(tag: &str) -> Self {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        primary.to_ascii_lowercase().parse().unwrap_or(Self::En)
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// The text names no language of the counter.
#[derive(Debug, thiserror::Error)]
#[error("not a language of the counter (fr, ru or en)")]
pub struct UnknownLanguage;

impl FromStr for Language {
    type Err = UnknownLanguage;

    fn from_str(code: &str) -> Result<Self, UnknownLanguage> {
        Self::ALL.into_iter().find(|language| language.code() == code).ok_or(UnknownLanguage)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_gets_its_own_language_or_english() {
        for (tag, language) in
            [("fr", Language::Fr), ("fr-CA", Language::Fr), ("RU", Language::Ru), ("de", Language::En), ("", Language::En)]
        {
            assert_eq!(Language::for_tag(tag), language, "{tag}");
        }
    }
}
