//! Why an effect failed, in words that may stand in a log and beside a dead letter: nothing of a text, an address or a chat.

use std::fmt;

/// The most characters of a reason.
const LONGEST: usize = 200;
/// Digits in a row from which on a number may be somebody's: a chat, a card, a code.
const TELLING: usize = 4;

/// Why an effect failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason(String);

impl Reason {
    /// The reason in these words, ours or those of a server. Servers quote what they do not like, so what stands in quotes is taken
    /// out, and so are addresses, links and longer numbers.
    pub fn new(words: impl fmt::Display) -> Self {
        let words = without_quotes(&words.to_string());
        let bare: Vec<_> = words.split_whitespace().map(without_names).collect();
        Self(bare.join(" ").chars().take(LONGEST).collect())
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The words with `…` for what stands between quotes; a quote that is left open reaches to the end. An apostrophe within a word is none.
fn without_quotes(words: &str) -> String {
    let mut bare = String::new();
    let mut closes = None;
    let mut before = ' ';
    for letter in words.chars() {
        match closes {
            Some(close) if letter == close => closes = None,
            Some(_) => {}
            None => {
                closes = match letter {
                    '"' | '`' => Some(letter),
                    '\'' if !before.is_alphanumeric() => Some(letter),
                    '«' => Some('»'),
                    '“' => Some('”'),
                    _ => None,
                };
                bare.push(if closes.is_some() { '…' } else { letter });
            }
        }
        before = letter;
    }
    bare
}

/// A word, or `…` for an address or a link; numbers that may be somebody's are taken out of it.
fn without_names(word: &str) -> String {
    if word.contains('@') || word.contains("://") {
        return "…".to_owned();
    }
    let mut bare = String::new();
    let mut digits = String::new();
    for letter in word.chars().map(Some).chain([None]) {
        if let Some(digit) = letter.filter(char::is_ascii_digit) {
            digits.push(digit);
            continue;
        }
        bare.push_str(if digits.len() >= TELLING { "…" } else { &digits });
        digits.clear();
        bare.extend(letter);
    }
    bare
}

#[cfg(test)]
mod tests {
    use super::Reason;

    #[test]
    fn what_is_somebodys_is_taken_out_and_what_went_wrong_stays() {
        for (told, kept) in [
            ("Telegram refused with 400: Bad Request: chat not found", "Telegram refused with 400: Bad Request: chat not found"),
            ("the mail server refused it: code 550", "the mail server refused it: code 550"),
            (
                "can't parse entities: Unsupported start tag \"Claire Martin\" at byte offset 12",
                "can't parse entities: Unsupported start tag … at byte offset 12",
            ),
            ("inline keyboard button URL 'tg://user?id=1003' is invalid", "inline keyboard button URL … is invalid"),
            ("5.1.1 <claire@example.org>: unknown", "5.1.1 … unknown"),
            ("chat -1001234567 (4242) is gone, see https://example.org/1", "chat -… (…) is gone, see …"),
            ("left open \"Claire Martin", "left open …"),
            ("«Клер» и “Claire” : нет", "… и … : нет"),
        ] {
            assert_eq!(Reason::new(told).to_string(), kept);
        }
        assert_eq!(Reason::new("x ".repeat(500)).to_string().chars().count(), super::LONGEST);
    }
}
