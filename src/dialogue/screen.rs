//! A screen: what the holder is shown, as data without language. The shell makes text and buttons of it.

use super::tap::Tap;
use crate::domain::ScreenKind;
use crate::locale::Message;

/// What the holder is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Screen {
    /// What becomes of it when another takes its place.
    pub kind: ScreenKind,
    /// The picture above its text.
    pub picture: Option<Picture>,
    /// Its text, from top to bottom.
    pub blocks: Vec<Block>,
    /// Its buttons, row by row.
    pub rows: Vec<Vec<Button>>,
}

/// A picture as data: it is drawn when it is sent.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Picture {
    /// The digits of a captcha.
    Captcha {
        /// What they are derived from, besides the key.
        nonce: String,
    },
}

/// A part of a screen's text; an empty line stands between two.
#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    /// One message.
    Text(Message),
    /// Messages on a line each.
    List(Vec<Message>),
}

/// A button under the text.
#[derive(Clone, Debug, PartialEq)]
pub struct Button {
    /// What stands on it.
    pub label: Message,
    /// What it does.
    pub action: Action,
}

/// What a button does.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Asks the counter for something.
    Tap(Tap),
    /// Opens a page of the counter.
    Page(PageLink),
}

/// A page of the counter as data: its address is made when the button is sent, so that no link rests in the database.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PageLink {
    /// The page on which the password is entered.
    SignIn {
        /// What its link is derived from, besides the key.
        nonce: String,
    },
}

impl Screen {
    /// A screen that begins with this text.
    pub fn new(text: Message) -> Self {
        Self { kind: ScreenKind::Plain, picture: None, blocks: vec![Block::Text(text)], rows: Vec::new() }
    }

    /// Says what becomes of it when another takes its place.
    pub fn kind(mut self, kind: ScreenKind) -> Self {
        self.kind = kind;
        self
    }

    /// Puts a picture above the text, which Telegram then limits to 1024 characters (core.telegram.org/bots/api#sendphoto).
    pub fn picture(mut self, picture: Picture) -> Self {
        self.picture = Some(picture);
        self.kind(ScreenKind::Picture)
    }

    /// Adds a text.
    pub fn text(mut self, text: Message) -> Self {
        self.blocks.push(Block::Text(text));
        self
    }

    /// Adds lines; nothing if there are none.
    pub fn list(mut self, lines: Vec<Message>) -> Self {
        if !lines.is_empty() {
            self.blocks.push(Block::List(lines));
        }
        self
    }

    /// Adds a row with one button.
    pub fn button(self, label: &'static str, tap: Tap) -> Self {
        self.row(vec![Button::new(label, tap)])
    }

    /// Adds a row of buttons; nothing if there are none.
    pub fn row(mut self, buttons: Vec<Button>) -> Self {
        if !buttons.is_empty() {
            self.rows.push(buttons);
        }
        self
    }

    /// Puts a text above the rest: what was wrong with what the holder typed, or what has just been done.
    pub fn headed(mut self, note: Message) -> Self {
        self.blocks.insert(0, Block::Text(note));
        self
    }
}

impl Button {
    /// A button whose label has no values.
    pub fn new(label: &'static str, tap: Tap) -> Self {
        Self::labelled(Message::new(label), tap)
    }

    /// A button with this label.
    pub fn labelled(label: Message, tap: Tap) -> Self {
        Self { label, action: Action::Tap(tap) }
    }

    /// A button that opens a page.
    pub fn page(label: &'static str, page: PageLink) -> Self {
        Self { label: Message::new(label), action: Action::Page(page) }
    }
}
