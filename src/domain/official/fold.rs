//! What a name looks like to somebody who reads it in passing.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};
use unicode_security::confusable_detection::skeleton;

/// The look of a text: letters of whatever alphabet become those they are mistaken for (Unicode Technical Standard 39), accents go.
pub fn fold(text: &str) -> String {
    let lower: String = text.to_lowercase().nfkd().filter(|c| !is_combining_mark(*c)).collect();
    let look: String = skeleton(&lower).collect();
    look.to_lowercase().nfd().filter(|c| !is_combining_mark(*c)).collect()
}

/// Whether two names that look different could still be taken for each other: a letter too many, too few, or exchanged, two in a long name.
pub fn is_misspelt(look: &str, genuine: &str) -> bool {
    let limit = match genuine.chars().count() {
        0..5 => 0,
        5..9 => 1,
        _ => 2,
    };
    look != genuine && strsim::osa_distance(look, genuine) <= limit
}

/// Whether a name stands in another: anywhere if it is long enough to be no accident, else as a word of its own.
pub fn is_part(look: &str, genuine: &str) -> bool {
    if genuine.chars().count() < 5 { look.split(['-', '_', '.']).any(|word| word == genuine) } else { look.contains(genuine) }
}
