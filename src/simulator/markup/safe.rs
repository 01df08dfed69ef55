//! Formatted text as HTML that is safe to put into a page: every character escaped, known tags only, links only where they lead out.

use super::{Entity, EntityKind, Formatted};
use crate::locale::escape;

/// HTML for `formatted`; new lines stay as they are.
pub fn to_html(formatted: &Formatted) -> String {
    let mut html = String::with_capacity(formatted.text.len() + 16);
    let mut open: Vec<(usize, &'static str)> = Vec::new();
    let mut waiting = formatted.entities.iter().peekable();
    let mut offset = 0;
    for (at, character) in formatted.text.char_indices() {
        close_until(&mut html, &mut open, offset);
        while let Some(entity) = waiting.next_if(|entity| entity.offset <= offset) {
            // An entity that crosses the end of the one around it is cut there, so that tags nest.
            let end = open.last().map_or(usize::MAX, |&(end, _)| end).min(entity.offset + entity.length);
            let (start_tag, end_tag) = tags(entity, &formatted.text[at..]);
            html.push_str(&start_tag);
            open.push((end, end_tag));
        }
        html.push_str(&escape(character.encode_utf8(&mut [0; 4])));
        offset += character.len_utf16();
    }
    close_until(&mut html, &mut open, usize::MAX);
    html
}

fn close_until(html: &mut String, open: &mut Vec<(usize, &'static str)>, offset: usize) {
    while let Some((_, end_tag)) = open.pop_if(|(end, _)| *end <= offset) {
        html.push_str(end_tag);
    }
}

/// The tags for `entity`, whose text is at the start of `rest`.
fn tags(entity: &Entity, rest: &str) -> (String, &'static str) {
    let plain = |start: &str, end| (start.to_owned(), end);
    match &entity.kind {
        EntityKind::Bold => plain("<b>", "</b>"),
        EntityKind::Italic => plain("<i>", "</i>"),
        EntityKind::Underline => plain("<u>", "</u>"),
        EntityKind::Strikethrough => plain("<s>", "</s>"),
        EntityKind::Spoiler => plain("<span class=\"spoiler\">", "</span>"),
        EntityKind::Blockquote => plain("<blockquote>", "</blockquote>"),
        EntityKind::ExpandableBlockquote => plain("<blockquote class=\"expandable\">", "</blockquote>"),
        EntityKind::Code => plain("<code>", "</code>"),
        EntityKind::Pre { .. } => plain("<pre>", "</pre>"),
        EntityKind::BotCommand => plain("<span class=\"command\">", "</span>"),
        EntityKind::TextLink { url } => link(url),
        EntityKind::Url => link(&stretch(rest, entity.length)),
        EntityKind::Email => link(&format!("mailto:{}", stretch(rest, entity.length))),
    }
}

fn link(url: &str) -> (String, &'static str) {
    let leads_out = ["http://", "https://", "tg://", "mailto:"].iter().any(|scheme| url.starts_with(scheme));
    if leads_out {
        (format!("<a href=\"{}\" target=\"_blank\" rel=\"noopener noreferrer\">", escape(url)), "</a>")
    } else {
        ("<u>".to_owned(), "</u>")
    }
}

fn stretch(text: &str, utf16_length: usize) -> String {
    let mut left = utf16_length;
    text.chars()
        .take_while(|c| {
            let fits = left >= c.len_utf16();
            left = left.saturating_sub(c.len_utf16());
            fits
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    #[test]
    fn markup_survives_and_script_does_not() {
        let text = parse("<b>a &lt;script&gt; <i>b</i></b>\n<a href=\"javascript:alert(1)\">c</a>").unwrap();
        assert_eq!(to_html(&text), "<b>a &lt;script&gt; <i>b</i></b>\nc");
    }

    #[test]
    fn a_link_escapes_its_address() {
        let text = Formatted {
            text: "😀x".into(),
            entities: vec![Entity { kind: EntityKind::TextLink { url: "https://example.org/\"><b>".into() }, offset: 2, length: 1 }],
        };
        assert_eq!(
            to_html(&text),
            "😀<a href=\"https://example.org/&quot;&gt;&lt;b&gt;\" target=\"_blank\" rel=\"noopener noreferrer\">x</a>"
        );
    }

    #[test]
    fn crossing_entities_are_cut_to_nest() {
        let text = Formatted {
            text: "abc".into(),
            entities: vec![
                Entity { kind: EntityKind::Bold, offset: 0, length: 2 },
                Entity { kind: EntityKind::Italic, offset: 1, length: 2 },
            ],
        };
        assert_eq!(to_html(&text), "<b>a<i>b</i></b>c");
    }
}
