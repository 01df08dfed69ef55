//! A comment on a help article, kept without the person: what could lead to one is masked before it is stored.

/// The most that is kept, in characters.
const LONGEST: usize = 500;
/// From this many digits on, a number may be a telephone's, an account's or a card's.
const LONG_NUMBER: usize = 6;
/// What stands in for what is masked.
const MASK: &str = "•••";

/// What a holder had to say about an article: one line, of at most 500 characters, without addresses, handles, links or long numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment(String);

impl Comment {
    /// The comment in a typed text; `None` if it says nothing.
    pub fn new(text: &str) -> Option<Self> {
        let words: Vec<&str> = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()).collect();
        let named = words.iter().map(|word| if leads_to_a_person(word) { MASK } else { word }).collect::<Vec<_>>().join(" ");
        let masked: String = mask_long_numbers(&named).chars().take(LONGEST).collect();
        (!masked.is_empty()).then_some(Self(masked))
    }

    /// The text to be stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An e-mail address, a Telegram handle, or a link to anything.
fn leads_to_a_person(word: &str) -> bool {
    let path_of_a_host = word.split_once('/').is_some_and(|(host, path)| host.contains('.') && !path.is_empty());
    word.contains('@') || word.contains("://") || path_of_a_host || word.to_lowercase().starts_with("www.")
}

/// Masks each run of digits, however it is grouped, that is as long as a telephone number.
fn mask_long_numbers(text: &str) -> String {
    let mut masked = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(char::is_numeric) {
        let (before, from) = rest.split_at(start);
        let reach = from.find(|c: char| c.is_alphabetic() && !c.is_numeric()).unwrap_or(from.len());
        let end = from[..reach].char_indices().rfind(|(_, c)| c.is_numeric()).map_or(0, |(at, c)| at + c.len_utf8());
        let (number, after) = from.split_at(end);
        let long = number.chars().filter(|c| c.is_numeric()).count() >= LONG_NUMBER;
        masked.push_str(before);
        masked.push_str(if long { MASK } else { number });
        rest = after;
    }
    masked + rest
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn kept(text: &str) -> String {
        Comment::new(text).unwrap().0
    }

    #[test]
    fn what_leads_to_a_person_is_masked() {
        assert_eq!(kept("Write to claire@example.org, or to @claire"), "Write to ••• or to •••");
        assert_eq!(kept("Call +7 (900) 123-45-67!"), "Call +•••!");
        assert_eq!(kept("see https://example.org/u/claire or t.me/claire"), "see ••• or •••");
        assert_eq!(kept("it is example.org/claire, www.example.org"), "it is ••• •••");
        // A Roman numeral is a number and a letter at once.
        assert_eq!(kept("Louis Ⅷ, 12 Ⅷ"), "Louis Ⅷ, 12 Ⅷ");
        assert_eq!(kept("06_12_34_56_78 or 06–12–34–56–78 or 06,12,34,56,78"), "••• or ••• or •••");
        assert_eq!(kept("no. 12345678 of 12 May, ٣٤٥٦٧٨٩"), "no. ••• of 12 May, •••");
    }

    #[test]
    fn what_is_said_stays() {
        assert_eq!(kept("  It says 30 minutes,\nnot 1 hour.\u{7} "), "It says 30 minutes, not 1 hour.");
        assert_eq!(kept(&"й".repeat(LONGEST + 1)).chars().count(), LONGEST);
        assert_eq!(Comment::new(" \n\t"), None);
    }

    proptest! {
        #[test]
        fn no_long_number_and_no_address_survives(text in ".{0,80}", number in "[0-9]([-_–,. ]?[0-9]){5,19}") {
            if let Some(comment) = Comment::new(&format!("{text} {number} a@b.example {text}")) {
                let digits = comment.0.split(|c: char| !c.is_ascii_digit()).map(str::len).max().unwrap_or(0);
                prop_assert!(digits < LONG_NUMBER, "{}", comment.0);
                prop_assert!(!comment.0.contains('@'));
            }
        }
    }
}
