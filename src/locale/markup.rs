//! The markup of Telegram's HTML parse mode (<https://core.telegram.org/bots/api#html-style>): escaping what goes
//! into a text, and finding faults in what translators wrote.

use std::borrow::Cow;

/// The tags a text may hold. Only `a` takes an attribute, `href`.
const TAGS: [&str; 8] = ["a", "b", "blockquote", "code", "i", "pre", "s", "u"];

/// The named entities Telegram knows.
const ENTITIES: [&str; 4] = ["amp", "gt", "lt", "quot"];

/// A text made safe to stand in HTML, inside a tag's attribute too: `&`, `<`, `>` and `"` become entities.
pub fn escape(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>', '"']) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            other => escaped.push(other),
        }
    }
    Cow::Owned(escaped)
}

/// What is wrong with the markup of a text, if anything, as a phrase for its translator.
pub(super) fn fault(text: &str) -> Option<String> {
    unknown_entity(text).or_else(|| unbalanced_tag(text))
}

fn unknown_entity(text: &str) -> Option<String> {
    text.split('&').skip(1).find_map(|rest| {
        let (name, _) = rest.split_once(';')?;
        let named = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphabetic());
        (named && !ENTITIES.contains(&name)).then(|| format!("Telegram doesn't know &{name};: write the character itself"))
    })
}

fn unbalanced_tag(text: &str) -> Option<String> {
    let mut open = Vec::new();
    for rest in text.split('<').skip(1) {
        let Some((tag, _)) = rest.split_once('>') else {
            return Some("a < that opens no tag: write &lt;".to_owned());
        };
        if let Some(name) = tag.strip_prefix('/') {
            if open.pop() != Some(name) {
                return Some(format!("</{name}> closes a tag that is not the last one opened"));
            }
        } else {
            match opened(tag) {
                Some(name) => open.push(name),
                None => return Some(format!("<{tag}> is no tag a text may hold: use {}, or write &lt; for a <", TAGS.join(", "))),
            }
        }
    }
    open.last().map(|name| format!("<{name}> is never closed"))
}

/// The name of the tag that `<…>` with this content opens.
fn opened(tag: &str) -> Option<&str> {
    match tag.split_once(' ') {
        None => TAGS.into_iter().find(|name| *name == tag && tag != "a"),
        Some(("a", attribute)) => {
            let address = attribute.strip_prefix("href=\"")?.strip_suffix('"')?;
            (!address.is_empty() && !address.contains('"')).then_some("a")
        }
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_never_becomes_markup() {
        assert_eq!(escape("<b>Tom & \"Jo\"</b>"), "&lt;b&gt;Tom &amp; &quot;Jo&quot;&lt;/b&gt;");
        assert!(matches!(escape("Zoé, 4 > 3".split(',').next().unwrap()), Cow::Borrowed("Zoé")));
    }

    #[test]
    fn right_markup_passes() {
        for text in ["", "a & b", "&lt;b&gt; &amp; &#169;", "<b>1 <i>2</i></b>", "<a href=\"https://example.org\">x</a>", "3 > 2"] {
            assert_eq!(fault(text), None, "{text}");
        }
    }

    #[test]
    fn wrong_markup_is_found() {
        for text in [
            "<b>",
            "</b>",
            "<b><i></b></i>",
            "1 < 2",
            "<p>x</p>",
            "<a>x</a>",
            "<a href=x>x</a>",
            "<b class=\"x\">x</b>",
            "&nbsp;",
            "<B>x</B>",
        ] {
            assert!(fault(text).is_some(), "{text}");
        }
    }
}
