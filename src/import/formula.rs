//! Text in the CSV files that a spreadsheet would run as a formula (OWASP, CSV Injection): an export puts an apostrophe before it,
//! an import takes one away again, so that every text comes back as it was.

/// Begins a formula at the start of a cell; the last four are the first four in full width.
const SIGNS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// Where a spreadsheet that takes another sign than the comma for the separator begins a cell, besides the start of a field.
const OTHER_SEPARATORS: [char; 2] = [';', '\t'];

/// The text with one more apostrophe before each sign that would begin a formula.
pub(crate) fn disarm(text: &str) -> String {
    rewritten(text, |quotes| quotes + 1)
}

/// The text that was [disarmed](disarm). Where there is no apostrophe before such a sign, as in files written by others, it is the same.
pub(super) fn restore(text: &str) -> String {
    rewritten(text, |quotes| quotes.saturating_sub(1))
}

/// The text with other numbers of apostrophes before the signs that would begin a formula without them.
fn rewritten(text: &str, quotes_for: impl Fn(usize) -> usize) -> String {
    let cells = text.split_inclusive(OTHER_SEPARATORS).map(|cell| {
        let quoted = cell.trim_start();
        let begins = quoted.trim_start_matches('\'');
        if !begins.starts_with(SIGNS) {
            return cell.to_owned();
        }
        let space = &cell[..cell.len() - quoted.len()];
        format!("{space}{}{begins}", "'".repeat(quotes_for(quoted.len() - begins.len())))
    });
    cells.collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_would_run_gets_an_apostrophe_and_nothing_else_changes() {
        for (text, disarmed) in [
            ("=1+1", "'=1+1"),
            ("+33", "'+33"),
            ("-5", "'-5"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("＝1", "'＝1"),
            (" =1", " '=1"),
            ("'=1", "''=1"),
            ("Bob;=1+1", "Bob;'=1+1"),
            ("Bob; '-1", "Bob; ''-1"),
            ("'t Hof", "'t Hof"),
            ("''", "''"),
            ("a=1", "a=1"),
            ("$argon2id$v=19$m=1,t=2", "$argon2id$v=19$m=1,t=2"),
            ("", ""),
        ] {
            assert_eq!(disarm(text), disarmed);
            assert_eq!(restore(disarmed), text);
        }
        for by_others in ["'t Hof", "'", "''quoted''", "=1+1", "+33", "Bob; 'Bill'"] {
            assert_eq!(restore(by_others), by_others);
        }
    }

    proptest! {
        #[test]
        fn every_text_comes_back_and_none_runs(text in "[-=+@＝'; \ta1]{0,12}|\\PC{0,12}") {
            let disarmed = disarm(&text);
            for cell in disarmed.split(OTHER_SEPARATORS) {
                prop_assert!(!cell.trim_start().starts_with(SIGNS), "{}", disarmed);
            }
            prop_assert_eq!(restore(&disarmed), text);
        }
    }
}
