//! Telegram's HTML parse mode: text with tags into plain text with entities, refused as Telegram refuses it.
//! <https://core.telegram.org/bots/api#html-style>

use super::{Entity, EntityKind, Formatted, sort};
use crate::simulator::keyboard::is_link;

/// Parses `html`.
///
/// # Errors
/// Telegram's description of what is wrong, without the leading `Bad Request: can't parse entities:`.
pub fn parse(html: &str) -> Result<Formatted, String> {
    let mut parser = Parser { html, at: 0, length: 0, text: String::with_capacity(html.len()), open: Vec::new(), entities: Vec::new() };
    while let Some(next) = parser.peek() {
        match next {
            '<' if html[parser.at..].starts_with("</") => parser.end_tag()?,
            '<' => parser.start_tag()?,
            _ => {
                let character = parser.character();
                parser.push(character);
            }
        }
    }
    if let Some(tag) = parser.open.last() {
        return Err(format!("Can't find end tag corresponding to start tag \"{}\"", tag.name));
    }
    sort(&mut parser.entities);
    Ok(Formatted { text: parser.text, entities: parser.entities })
}

struct Parser<'a> {
    html: &'a str,
    at: usize,
    length: usize,
    text: String,
    open: Vec<Tag>,
    entities: Vec<Entity>,
}

struct Tag {
    name: String,
    /// The `href` of a link, the language of a code.
    argument: String,
    expandable: bool,
    offset: usize,
    text_start: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<char> {
        self.html[self.at..].chars().next()
    }

    fn push(&mut self, character: char) {
        self.length += character.len_utf16();
        self.text.push(character);
    }

    /// Takes one character, or one character reference; an unknown reference stands for its own text.
    fn character(&mut self) -> char {
        let rest = &self.html[self.at..];
        let (character, taken) = reference(rest).unwrap_or_else(|| {
            let character = rest.chars().next().unwrap_or_default();
            (character, character.len_utf8())
        });
        self.at += taken;
        character
    }

    fn take_while(&mut self, accept: impl Fn(char) -> bool) -> String {
        let rest = &self.html[self.at..];
        let end = rest.find(|c| !accept(c)).unwrap_or(rest.len());
        self.at += end;
        rest[..end].to_ascii_lowercase()
    }

    fn skip_space(&mut self) {
        self.take_while(is_space);
    }

    fn start_tag(&mut self) -> Result<(), String> {
        let begin = self.at;
        self.at += 1;
        let name = self.take_while(|c| !is_space(c) && c != '>');
        if self.peek().is_none() {
            return Err(format!("Unclosed start tag at byte offset {begin}"));
        }
        if !TAGS.contains(&name.as_str()) {
            return Err(format!("Unsupported start tag \"{name}\" at byte offset {begin}"));
        }
        let mut tag = Tag { name, argument: String::new(), expandable: false, offset: self.length, text_start: self.text.len() };
        let mut spoiler = false;
        loop {
            self.skip_space();
            match self.peek() {
                None => return Err(format!("Unclosed start tag \"{}\" at byte offset {begin}", tag.name)),
                Some('>') => break,
                Some(_) => spoiler |= self.attribute(&mut tag, begin)?,
            }
        }
        if tag.name == "span" && !spoiler {
            return Err(format!("Tag \"span\" must have class \"tg-spoiler\" at byte offset {begin}"));
        }
        self.at += 1;
        self.open.push(tag);
        Ok(())
    }

    /// Takes one attribute; says whether it marks a spoiler.
    fn attribute(&mut self, tag: &mut Tag, begin: usize) -> Result<bool, String> {
        let name = self.take_while(|c| !is_space(c) && c != '=' && c != '>');
        let of_tag = |what: &str| format!("{what} \"{}\" at byte offset {begin}", tag.name);
        if name.is_empty() {
            return Err(of_tag("Empty attribute name in the tag"));
        }
        self.skip_space();
        if self.peek() != Some('=') {
            if tag.name == "blockquote" && name == "expandable" {
                tag.expandable = true;
                return Ok(false);
            }
            return Err(of_tag("Expected equal sign in declaration of an attribute of the tag"));
        }
        self.at += 1;
        self.skip_space();
        let value = match self.peek() {
            None => return Err(of_tag("Unclosed start tag")),
            Some(quote @ ('"' | '\'')) => self.quoted(quote).ok_or_else(|| of_tag("Unclosed start tag"))?,
            Some(_) => self.token()?,
        };
        match (tag.name.as_str(), name.as_str()) {
            ("a", "href") => tag.argument = value,
            ("code", "class") => tag.argument = value.strip_prefix("language-").unwrap_or_default().to_owned(),
            ("blockquote", "expandable") => tag.expandable = true,
            ("span", "class") => return Ok(value == "tg-spoiler"),
            _ => {}
        }
        Ok(false)
    }

    fn quoted(&mut self, quote: char) -> Option<String> {
        self.at += 1;
        let mut value = String::new();
        while self.peek()? != quote {
            value.push(self.character());
        }
        self.at += 1;
        Some(value)
    }

    fn token(&mut self) -> Result<String, String> {
        let begin = self.at;
        let value = self.take_while(|c| c.is_ascii_alphanumeric() || c == '.' || c == '-');
        match self.peek() {
            Some(next) if is_space(next) || next == '>' => Ok(value),
            _ => Err(format!("Unexpected end of name token at byte offset {begin}")),
        }
    }

    fn end_tag(&mut self) -> Result<(), String> {
        let begin = self.at;
        self.at += 2;
        let name = self.take_while(|c| !is_space(c) && c != '>');
        self.skip_space();
        let Some(tag) = self.open.pop() else {
            return Err(format!("Unexpected end tag at byte offset {begin}"));
        };
        if self.peek() != Some('>') {
            return Err(format!("Unclosed end tag at byte offset {begin}"));
        }
        if !name.is_empty() && name != tag.name {
            return Err(format!("Unmatched end tag at byte offset {begin}, expected \"</{}>\", found \"</{name}>\"", tag.name));
        }
        self.at += 1;
        self.close(tag);
        Ok(())
    }

    fn close(&mut self, tag: Tag) {
        let length = self.length - tag.offset;
        if length == 0 {
            return;
        }
        let kind = match tag.name.as_str() {
            "b" | "strong" => EntityKind::Bold,
            "i" | "em" => EntityKind::Italic,
            "u" | "ins" => EntityKind::Underline,
            "s" | "strike" | "del" => EntityKind::Strikethrough,
            "span" | "tg-spoiler" => EntityKind::Spoiler,
            "blockquote" if tag.expandable => EntityKind::ExpandableBlockquote,
            "blockquote" => EntityKind::Blockquote,
            // The language is kept as a `pre` for now: only a `pre` around it may carry it.
            "code" if !tag.argument.is_empty() => match self.open.last() {
                Some(outer) if outer.name == "pre" && outer.offset == tag.offset => EntityKind::Pre { language: Some(tag.argument) },
                _ => EntityKind::Code,
            },
            "code" => EntityKind::Code,
            "pre" => {
                let whole = |entity: &Entity| entity.offset == tag.offset && entity.length == length;
                if self.entities.last().is_some_and(|last| whole(last) && matches!(last.kind, EntityKind::Pre { .. })) {
                    return;
                }
                EntityKind::Pre { language: None }
            }
            _ => {
                let url = if tag.argument.is_empty() { self.text[tag.text_start..].to_owned() } else { tag.argument };
                // Telegram drops a link it cannot follow and keeps its text.
                if !is_link(&url) {
                    return;
                }
                EntityKind::TextLink { url }
            }
        };
        self.entities.push(Entity { kind, offset: tag.offset, length });
    }
}

const TAGS: [&str; 15] =
    ["a", "b", "strong", "i", "em", "s", "strike", "del", "u", "ins", "span", "tg-spoiler", "pre", "code", "blockquote"];

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n' | '\0' | '\u{b}')
}

/// The character a reference stands for, and the bytes it takes.
fn reference(rest: &str) -> Option<(char, usize)> {
    let body = rest.strip_prefix('&')?;
    let name = &body[..body.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(body.len())];
    let named = [("lt", '<'), ("gt", '>'), ("amp", '&'), ("quot", '"')].into_iter().find(|(known, _)| *known == name);
    if let Some((_, character)) = named {
        return Some((character, 1 + name.len() + usize::from(body[name.len()..].starts_with(';'))));
    }
    let number = body.strip_prefix('#')?;
    let (digits, radix) = number.strip_prefix('x').map_or((number, 10), |digits| (digits, 16));
    let end = digits.find(|c: char| !c.is_digit(radix)).unwrap_or(digits.len());
    let character = u32::from_str_radix(&digits[..end], radix).ok().and_then(char::from_u32).filter(|&c| c != '\0')?;
    let semicolon = usize::from(digits[end..].starts_with(';'));
    Some((character, rest.len() - digits.len() + end + semicolon))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_become_entities_at_utf16_offsets() {
        let text = parse("😀<b>gras <i>et</i></b> &lt;3 &#x20AC;").unwrap();
        assert_eq!(text.text, "😀gras et <3 €");
        let bold = Entity { kind: EntityKind::Bold, offset: 2, length: 7 };
        let italic = Entity { kind: EntityKind::Italic, offset: 7, length: 2 };
        assert_eq!(text.entities, [bold, italic]);
    }

    #[test]
    fn an_unknown_reference_stands_for_its_own_text() {
        assert_eq!(parse("&lt &ltx &nbsp; & &amp;amp;").unwrap().text, "< &ltx &nbsp; & &amp;");
    }

    #[test]
    fn links_code_and_quotes() {
        let text = parse(r#"<a href="https://example.org/?a=1&amp;b">ici</a><pre><code class="language-rust">x</code></pre>"#).unwrap();
        assert_eq!(text.entities[0].kind, EntityKind::TextLink { url: "https://example.org/?a=1&b".into() });
        assert_eq!(text.entities[1].kind, EntityKind::Pre { language: Some("rust".into()) });
        assert_eq!(text.entities.len(), 2);
        assert_eq!(parse("<blockquote expandable>x</blockquote>").unwrap().entities[0].kind, EntityKind::ExpandableBlockquote);
        assert_eq!(parse(r#"<a href="no link">x</a>"#).unwrap().entities, []);
    }

    #[test]
    fn what_telegram_refuses_is_refused_in_its_words() {
        for (html, description) in [
            ("<b>x", "Can't find end tag corresponding to start tag \"b\""),
            ("x</b>", "Unexpected end tag at byte offset 1"),
            ("<b>x</i>", "Unmatched end tag at byte offset 4, expected \"</b>\", found \"</i>\""),
            ("é<blink>", "Unsupported start tag \"blink\" at byte offset 2"),
            ("1 < 2", "Unsupported start tag \"\" at byte offset 2"),
            ("<b", "Unclosed start tag at byte offset 0"),
            ("<b>x</b", "Unclosed end tag at byte offset 4"),
            ("<span>x</span>", "Tag \"span\" must have class \"tg-spoiler\" at byte offset 0"),
            ("<a href>x</a>", "Expected equal sign in declaration of an attribute of the tag \"a\" at byte offset 0"),
        ] {
            assert_eq!(parse(html).unwrap_err(), description);
        }
    }
}
