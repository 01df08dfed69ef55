//! E-mail addresses: normalised once, at the edge, and compared only so.

use std::fmt;
use std::str::FromStr;

use email_address::{EmailAddress, Options};
use icu::properties::{CodePointMapData, props::GeneralCategory};
use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};
use unicode_normalization::UnicodeNormalization;

/// The longest address that mail can be sent to, in bytes (RFC 5321, section 4.5.3.1.3, less the two angle brackets).
const LONGEST: usize = 254;

/// An e-mail address in the one form that the counter stores and compares: trimmed, Unicode NFC, lower case, the host in ASCII
/// (IDNA, UTS 46). `Debug` and [`Email::masked`] hide it; [`Email::as_str`] gives it in full.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email(String);

/// Why a text is no e-mail address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EmailError {
    /// Not of the form `name@host.domain` (RFC 5321 and 6531, without quoted spaces, comments or address literals).
    #[error("not an e-mail address such as name@example.org")]
    Malformed,
    /// Longer than mail can carry.
    #[error("longer than the {LONGEST} bytes that an e-mail address can have")]
    TooLong,
}

impl Email {
    /// The normalised address in full.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address as a holder recognises it and nobody else learns it: `c…@example.org`.
    pub fn masked(&self) -> String {
        let (name, host) = self.0.rsplit_once('@').unwrap_or_default();
        let initial: String = name.chars().take(1).collect();
        format!("{initial}…@{host}")
    }
}

impl FromStr for Email {
    type Err = EmailError;

    fn from_str(text: &str) -> Result<Self, EmailError> {
        let text = text.trim_matches(is_blank);
        if text.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return Err(EmailError::Malformed);
        }
        let (name, host) = text.rsplit_once('@').ok_or(EmailError::Malformed)?;
        let address = format!("{}@{}", lower_case(name), ascii_host(host)?);
        if address.len() > LONGEST {
            return Err(EmailError::TooLong);
        }
        let options = Options::default().with_required_tld().without_domain_literal().without_display_text();
        EmailAddress::parse_with_options(&address, options).map_err(|_| EmailError::Malformed)?;
        Ok(Self(address))
    }
}

/// White space, and the invisible characters that come along when an address is copied from a web page.
fn is_blank(c: char) -> bool {
    c.is_whitespace() || CodePointMapData::<GeneralCategory>::new().get(c) == GeneralCategory::Format
}

/// Lower case in NFC; normalised again because lower-casing can leave a decomposed sequence.
fn lower_case(name: &str) -> String {
    name.nfc().collect::<String>().to_lowercase().nfc().collect()
}

fn ascii_host(host: &str) -> Result<String, EmailError> {
    Uts46::new()
        .to_ascii(lower_case(host).as_bytes(), AsciiDenyList::STD3, Hyphens::CheckFirstLast, DnsLength::Verify)
        .map(|host| host.into_owned())
        .map_err(|_| EmailError::Malformed)
}

impl TryFrom<String> for Email {
    type Error = EmailError;

    fn try_from(text: String) -> Result<Self, EmailError> {
        text.parse()
    }
}

impl From<Email> for String {
    fn from(email: Email) -> Self {
        email.0
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Email({})", self.masked())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn email(text: &str) -> Email {
        text.parse().unwrap()
    }

    #[test]
    fn one_address_has_one_form() {
        for written in ["camille@example.org", "  Camille@EXAMPLE.org\n", "\u{200b}camille@example.org\u{feff}"] {
            assert_eq!(email(written).as_str(), "camille@example.org", "{written:?}");
        }
        assert_eq!(email("Rene\u{301}@example.org"), email("rené@example.org"), "composed and decomposed");
        assert_eq!(email("vera@ПОЧТА.example").as_str(), "vera@xn--80a1acny.example");
        assert_eq!(email("vera@xn--80a1acny.example"), email("vera@почта.example"));
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in [
            "",
            "@",
            "camille",
            "camille@",
            "@example.org",
            "camille@localhost",
            "camille@example.org.",
            "camille@-example.org",
            "camille@exa_mple.org",
            "camille@[127.0.0.1]",
            "camille..b@example.org",
            "ca mille@example.org",
            "\"ca mille\"@example.org",
            "Camille <camille@example.org>",
            "camille@example.org\r\nBcc: vera@example.org",
            "camille\u{0}@example.org",
            "cam\u{200b}ille@example.org",
            "camille@example.org,vera@example.org",
        ] {
            assert_eq!(text.parse::<Email>(), Err(EmailError::Malformed), "{text:?}");
        }
    }

    #[test]
    fn the_longest_address_fits_and_a_longer_one_does_not() {
        let host = |length: usize| format!("{}.{}.{}.{}", "a".repeat(60), "b".repeat(60), "c".repeat(60), "d".repeat(length));
        let name = "n".repeat(60);
        assert_eq!(email(&format!("{name}@{}", host(10))).as_str().len(), LONGEST);
        assert_eq!(format!("{name}@{}", host(11)).parse::<Email>(), Err(EmailError::TooLong));
    }

    #[test]
    fn an_address_shows_only_masked() {
        assert_eq!(email("camille@example.org").masked(), "c…@example.org");
        assert_eq!(format!("{:?}", email("camille@example.org")), "Email(c…@example.org)");
    }

    #[test]
    fn it_reads_and_writes_as_text() {
        let read: Email = serde_json::from_str("\"Vera@Example.org\"").unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), "\"vera@example.org\"");
        assert!(serde_json::from_str::<Email>("\"vera\"").is_err());
    }

    proptest! {
        #[test]
        fn normalising_twice_changes_nothing(name in "[\\w.+ΣİǅßŉΐŸ\u{301}\u{345}-]{1,12}", host in "[\\w-]{1,12}(\\.[a-zA-Z]{2,6}){1,2}") {
            if let Ok(email) = format!("{name}@{host}").parse::<Email>() {
                prop_assert_eq!(email.as_str().parse::<Email>(), Ok(email.clone()));
            }
        }
    }
}
