//! The review page: every conversation of the transcripts as it came, the three languages side by side, for somebody who reads
//! the texts through. It is written to `target/review.html` whenever the transcripts are played.

use std::fmt::Write as _;
use std::path::Path;

use guichet::locale::escape;

const HEAD: &str = "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>Every screen, mail and page</title>\n<style>\n\
    body { font: 15px/1.45 system-ui, sans-serif; margin: 1rem; }\n\
    section { display: grid; grid-template-columns: repeat(3, 1fr); gap: 1rem; border-top: 2px solid #0b6468; }\n\
    h2 { grid-column: 1 / -1; margin: .75rem 0 0; font-size: 1rem; }\n\
    div { white-space: pre-wrap; overflow-wrap: anywhere; }\n\
    b { color: #0b6468; }\n</style>\n<h1>Every screen, mail and page</h1>\n";

/// A conversation by its transcript's name.
pub type Conversations = Vec<(String, String)>;

/// Writes the page of conversations in the same order in each language.
pub fn write(languages: &[Conversations; 3]) {
    let mut page = HEAD.to_owned();
    for (place, (name, _)) in languages[0].iter().enumerate() {
        let _ = write!(page, "<section><h2>{}</h2>", escape(name));
        for conversations in languages {
            let _ = write!(page, "<div>{}</div>", marked(&conversations[place].1));
        }
        page.push_str("</section>\n");
    }
    std::fs::write(Path::new(env!("CARGO_TARGET_TMPDIR")).join("../review.html"), page).unwrap();
}

/// The conversation with what the holder does set off from what comes of it.
fn marked(conversation: &str) -> String {
    let line = |line: &str| if line.starts_with(['>', '+']) { format!("<b>{}</b>\n", escape(line)) } else { format!("{}\n", escape(line)) };
    conversation.trim().lines().map(line).collect()
}
