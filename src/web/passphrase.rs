//! A passphrase to suggest: six words of the holder's language out of 1024, which is 60 bits. It is made for one page and kept nowhere.

use crate::clock::Random;
use crate::domain::Language;

/// Words in a passphrase.
const WORDS: usize = 6;

fn words(language: Language) -> &'static str {
    match language {
        Language::Fr => include_str!("../../locales/fr/passphrase.txt"),
        Language::Ru => include_str!("../../locales/ru/passphrase.txt"),
        Language::En => include_str!("../../locales/en/passphrase.txt"),
    }
}

/// A passphrase of random words, joined by hyphens.
pub fn suggest(language: Language, random: &Random) -> String {
    let words: Vec<&str> = words(language).lines().collect();
    // The lists have 1024 words, which divides 65536: each word is as likely as the next.
    let drawn = random.bytes::<{ 2 * WORDS }>();
    let chosen = drawn.chunks(2).filter_map(|pair| words.get(usize::from(u16::from_be_bytes([pair[0], pair[1]])) % words.len().max(1)));
    chosen.copied().collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::NewPassword;

    #[test]
    fn the_lists_hold_1024_words_each_of_the_languages_letters() {
        for language in Language::ALL {
            let words: Vec<&str> = words(language).lines().collect();
            let distinct: std::collections::HashSet<_> = words.iter().collect();
            assert_eq!((words.len(), distinct.len()), (1024, 1024), "{language}");
            let letter = |char: char| if language == Language::Ru { ('а'..='я').contains(&char) } else { char.is_ascii_lowercase() };
            for word in words {
                assert!((4..=7).contains(&word.chars().count()) && word.chars().all(letter), "{language}: {word}");
            }
        }
    }

    #[test]
    fn what_is_suggested_is_taken() {
        let random = Random::seeded(1);
        for language in Language::ALL {
            let suggestion = suggest(language, &random);
            assert_eq!(suggestion.split('-').count(), WORDS);
            assert!(NewPassword::parse(&suggestion, &[]).is_ok(), "{suggestion}");
            assert_ne!(suggestion, suggest(language, &random));
        }
    }
}
