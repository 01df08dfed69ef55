//! Who runs the counter: a name and how to reach them, as every page and mail shows it.

use std::fmt;
use std::str::FromStr;

use url::Url;

use super::Email;

/// Who runs the counter.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Operator {
    /// The name, on one line.
    pub name: String,
    /// Where to reach them.
    pub contact: Contact,
}

/// How to reach an operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Contact {
    /// By mail.
    Email(Email),
    /// On a web page (`https://…` or `http://…`).
    Link(Url),
}

/// The text does not say who runs the counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "not of the form `Name <address or link>`, such as `Example Association <help@example.org>` or `Jeanne Example <https://example.org>`"
)]
pub struct OperatorError;

impl FromStr for Operator {
    type Err = OperatorError;

    fn from_str(text: &str) -> Result<Self, OperatorError> {
        let (name, contact) = text.trim().strip_suffix('>').and_then(|text| text.rsplit_once('<')).ok_or(OperatorError)?;
        let name = name.trim();
        if name.is_empty() || name.contains(|c: char| c.is_control() || matches!(c, '<' | '>')) {
            return Err(OperatorError);
        }
        Ok(Self { name: name.to_owned(), contact: contact.parse()? })
    }
}

impl FromStr for Contact {
    type Err = OperatorError;

    fn from_str(text: &str) -> Result<Self, OperatorError> {
        if let Ok(email) = text.parse() {
            return Ok(Self::Email(email));
        }
        let link = Url::parse(text).map_err(|_| OperatorError)?;
        if matches!(link.scheme(), "https" | "http") { Ok(Self::Link(link)) } else { Err(OperatorError) }
    }
}

impl fmt::Display for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Email(email) => f.write_str(email.as_str()),
            Self::Link(link) => f.write_str(link.as_str()),
        }
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} <{}>", self.name, self.contact)
    }
}

impl TryFrom<String> for Operator {
    type Error = OperatorError;

    fn try_from(text: String) -> Result<Self, OperatorError> {
        text.parse()
    }
}

impl From<Operator> for String {
    fn from(operator: Operator) -> Self {
        operator.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operator_is_a_name_with_an_address_or_a_link() {
        for text in ["Example Association <help@example.org>", "Jeanne Example <https://example.org/contact>"] {
            assert_eq!(text.parse::<Operator>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "Jeanne",
            "<help@example.org>",
            "help@example.org",
            "Jeanne <>",
            "Jeanne <example>",
            "Jeanne <javascript:alert(1)>",
            "Jea\nnne <help@example.org>",
            "A <b@example.org> <help@example.org>",
        ] {
            assert_eq!(text.parse::<Operator>(), Err(OperatorError), "{text}");
        }
    }
}
