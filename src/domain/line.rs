//! Text from outside, as it can stand in a line of ours without taking it over.

/// `text` on one line: what breaks a line, rings or steers a terminal (U+001B and the like) is a space, and what turns the direction of
/// the rest (Unicode Standard Annex 9, section 2) or is not seen at all is left out.
pub fn one_line(text: &str) -> String {
    let kept = text
        .chars()
        .filter(|c| !matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'));
    let visible: String = kept.map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c }).collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_stays_a_line() {
        assert_eq!(one_line("Anna\r\n\r\nBcc: \u{1b}[31meve\u{9b}2J\u{2028}x"), "Anna Bcc: [31meve 2J x");
        assert_eq!(one_line("\u{202e}annA\u{2066} \u{200b}\u{feff}\u{7}"), "annA");
        assert_eq!(one_line("Zoé Анна 👩‍👩‍👧 نا‌ن"), "Zoé Анна 👩‍👩‍👧 نا‌ن");
    }
}
