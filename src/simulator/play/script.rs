//! A transcript as text: what the holder does, what is to be seen, and how time passes.
//!
//! ```text
//! # Take a card off                 a remark
//! % client ru                       the holder's Telegram speaks Russian (fr, ru, en); stands before the first act
//! % pages https                     the pages are reached over https, so that Telegram opens them as a Mini App; likewise
//! % updates webhook                 updates come by webhook instead of being polled for; likewise
//! % record upstream                 another system keeps the record; likewise
//! % stops unlink_card             the service has stopped a capability; likewise
//! > /cards                          the holder types
//! > [Visa •••• 4242]                the holder taps a button
//! > [Visa •••• 4242] (old)          the holder taps a button that an earlier screen had
//! > (sticker)                       the holder sends something: sticker, voice, photo, document, contact, location
//! > (forward) text                  … or forwards a text, or edits the last message: (edit) text; (block), (unblock)
//! > (photo) text                    … or sends a photo with words under it
//! > (forward) see [words](address)  … in both, words may hide a link
//! > (group) /status                 somebody types in a group
//! > (other) /signin                 somebody else does something, in a chat of their own
//! > (open) {link}                   the holder opens an address in a browser
//! > (open) [Ouvrir la page]         … or the page that the newest button with this label leads to
//! > (fill) Nouveau mot de passe = x … enters a text in the field with this label
//! > (press) Enregistrer             … presses the button, or follows the link, that reads so
//! < Vos cartes liées                a new message shows this line
//! < [Visa •••• 4242] [Menu]         … and these buttons
//! < (document) name.json           … or, before its caption, the name of a document
//! ~ Détacher la carte ?             an edited message shows this line
//! @ {code}                          a mail shows this line; {code} is taken from it and stands for it from then on
//! @ {link}                          … likewise {link}, where it stands alone on a line
//! = C’est fait                      a page shows this line
//! ! Langue changée                  a notice over the chat, as answer to a tap
//! - Vos cartes liées                the message that showed this line is deleted
//! + 31 min                          time passes: s, min, h or d
//! ```
//! Lines and buttons that a message has besides those are passed over; a message, an edit, a notice with words, a mail or a page that the
//! transcript does not mention is a departure. An empty line separates two messages of the same kind.

use jiff::SignedDuration;

/// One line or one group of lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The line it begins at, counted from 1.
    pub line: usize,
    /// What it says.
    pub kind: StepKind,
}

/// What a step of a transcript says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StepKind {
    /// `%`: a setting, name and value.
    Setting(String, String),
    /// `>`: the holder does something.
    Act(String),
    /// `+`: time passes.
    Wait(SignedDuration),
    /// `<`, `~`, `@`, `=`, `!`, `-`: this is to be seen.
    See(Kind, Vec<Seen>),
}

/// Where something is to be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A new message.
    Message,
    /// An edited message.
    Edit,
    /// A mail.
    Mail,
    /// A web page.
    Page,
    /// A notice over the chat.
    Notice,
    /// A deleted message.
    Deletion,
}

impl Kind {
    /// The sign it is written with.
    pub fn sign(self) -> char {
        match self {
            Self::Message => '<',
            Self::Edit => '~',
            Self::Mail => '@',
            Self::Page => '=',
            Self::Notice => '!',
            Self::Deletion => '-',
        }
    }
}

/// What a line wants to see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// A line of text.
    Line(String),
    /// A button.
    Button(String),
}

/// A line that is none of a transcript's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct ScriptError {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong, and what to write.
    pub problem: &'static str,
}

/// Reads a transcript.
pub fn parse(text: &str) -> Result<Vec<Step>, ScriptError> {
    let mut steps: Vec<Step> = Vec::new();
    let mut apart = true;
    for (line, content) in (1..).zip(text.lines()) {
        let content = content.trim();
        if content.is_empty() || content.starts_with('#') {
            apart = true;
            continue;
        }
        let wrong = |problem| ScriptError { line, problem };
        let (sign, rest) = content.split_at_checked(1).ok_or_else(|| wrong("begin the line with one of > < ~ @ = ! - + % #"))?;
        let rest = rest.trim();
        let kind = match sign {
            ">" => StepKind::Act(rest.to_owned()),
            "+" => StepKind::Wait(duration(rest).ok_or_else(|| wrong("write a time such as + 31 min (s, min, h or d)"))?),
            "%" => {
                let (name, value) = rest.split_once(' ').ok_or_else(|| wrong("write a setting such as % client ru"))?;
                StepKind::Setting(name.to_owned(), value.trim().to_owned())
            }
            "<" => StepKind::See(Kind::Message, seen(rest)),
            "~" => StepKind::See(Kind::Edit, seen(rest)),
            "@" => StepKind::See(Kind::Mail, seen(rest)),
            "=" => StepKind::See(Kind::Page, seen(rest)),
            "!" => StepKind::See(Kind::Notice, seen(rest)),
            "-" => StepKind::See(Kind::Deletion, seen(rest)),
            _ => return Err(wrong("begin the line with one of > < ~ @ = ! - + % #")),
        };
        match (steps.last_mut(), kind) {
            (Some(Step { kind: StepKind::See(last, wanted), .. }), StepKind::See(kind, more)) if *last == kind && !apart => {
                wanted.extend(more)
            }
            (_, kind) => steps.push(Step { line, kind }),
        }
        apart = false;
    }
    Ok(steps)
}

/// Buttons if the line is made of nothing else, otherwise a line of text.
fn seen(rest: &str) -> Vec<Seen> {
    buttons(rest).map_or_else(|| vec![Seen::Line(rest.to_owned())], |labels| labels.into_iter().map(Seen::Button).collect())
}

fn buttons(mut rest: &str) -> Option<Vec<String>> {
    let mut labels = Vec::new();
    while !rest.is_empty() {
        let (label, after) = rest.strip_prefix('[')?.split_once(']')?;
        labels.push(label.to_owned());
        rest = after.trim_start();
    }
    (!labels.is_empty()).then_some(labels)
}

fn duration(text: &str) -> Option<SignedDuration> {
    let (number, unit) = text.split_once(' ')?;
    let number: i64 = number.parse().ok()?;
    match unit.trim() {
        "s" => Some(SignedDuration::from_secs(number)),
        "min" => Some(SignedDuration::from_mins(number)),
        "h" => Some(SignedDuration::from_hours(number)),
        "d" => Some(SignedDuration::from_hours(number * 24)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_one_message_belong_together() {
        let steps = parse("# a remark\n> /cards\n< Cards\n< [A] [B]\n\n< More\n+ 31 min\n").unwrap();
        assert_eq!(steps.len(), 4);
        let wanted = vec![Seen::Line("Cards".to_owned()), Seen::Button("A".to_owned()), Seen::Button("B".to_owned())];
        assert_eq!(steps[1], Step { line: 3, kind: StepKind::See(Kind::Message, wanted) });
        assert_eq!(steps[3].kind, StepKind::Wait(SignedDuration::from_mins(31)));
    }

    #[test]
    fn a_wrong_line_is_named() {
        assert_eq!(parse("> hello\nhello").unwrap_err().line, 2);
        assert!(parse("+ soon").is_err());
    }
}
