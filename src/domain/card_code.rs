//! The paste guard's other half: a card's verification code, named as one.

use super::find_card_numbers;

/// What holders call it, in lower case.
const NAMES: [&str; 9] =
    ["cvv2", "cvc2", "cvv", "cvc", "cryptogramme visuel", "cryptogramme", "код безопасности", "трёхзначный код", "трехзначный код"];

/// What may stand between the name and the code.
const BETWEEN: [&str; 7] = ["code", "number", "is", "est", "код", "карты", "это"];

/// Whether a text gives a card away: a whole card number, or a verification code of three or four digits right after its name.
/// A bare `123` may be anything.
pub fn gives_a_card_away(text: &str) -> bool {
    if !find_card_numbers(text).is_empty() {
        return true;
    }
    let text = text.to_lowercase();
    NAMES.iter().flat_map(|name| text.match_indices(name)).any(|(at, name)| {
        let whole = !text[..at].ends_with(char::is_alphanumeric);
        whole && begins_with_code(&text[at + name.len()..])
    })
}

fn begins_with_code(after: &str) -> bool {
    let mut words = after.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let touches = after.starts_with(char::is_alphabetic);
    let first = words.find(|word| !BETWEEN.contains(word)).unwrap_or_default();
    !touches && (3..=4).contains(&first.chars().count()) && first.chars().all(char::is_numeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_told_by_its_name() {
        for text in [
            "CVV 123",
            "cvv: 1234",
            "CVC2-123.",
            "my cvv code is 123",
            "Cryptogramme visuel : 123",
            "CVV-код это 123",
            "код безопасности 123",
        ] {
            assert!(gives_a_card_away(text), "{text}");
        }
    }

    #[test]
    fn to_speak_of_a_code_gives_nothing_away() {
        for text in [
            "",
            "123",
            "code 123",
            "What is a CVV?",
            "the CVV has 3 digits",
            "my CVV was refused in 2016",
            "CVV 12345",
            "cvvx 123",
            "код 12345678",
        ] {
            assert!(!gives_a_card_away(text), "{text}");
        }
    }
}
