//! The captcha before a link is mailed: digits in a picture, or a sum in words for those who can't see it. It spares mailboxes
//! a careless machine and protects nothing by itself. The answer is derived from the key and a nonce, and rests nowhere.

use data_encoding::HEXLOWER;

use crate::clock::Random;
use crate::dialogue::{Picture, Screen, Tap};
use crate::domain::CAPTCHA_TRIES;
use crate::locale::Message;
use crate::secret::Key;

/// The digits that a picture shows: none that is taken for another or for a letter.
const DIGITS: &[u8; 8] = b"23456789";
/// How many of them.
const LENGTH: usize = 5;

/// A captcha that waits for its answer.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Captcha {
    /// What the answer is derived from, besides the key.
    nonce: String,
    /// Whether it is put as a question in words.
    in_words: bool,
    /// Wrong answers so far.
    wrong: u8,
}

/// What became of an answer.
pub enum Answered {
    /// It was right.
    Right,
    /// It was wrong; this is the next one.
    Wrong(Captcha),
    /// It was wrong once too often.
    Failed,
}

impl Captcha {
    /// The first one, as a picture.
    pub fn new(random: &Random) -> Self {
        Self { nonce: nonce(random), in_words: false, wrong: 0 }
    }

    /// Another one, as a picture or in words; what was answered wrong still counts.
    pub fn another(&self, random: &Random, in_words: bool) -> Self {
        Self { nonce: nonce(random), in_words, wrong: self.wrong }
    }

    /// Compares an answer as it was typed, with or without spaces.
    pub fn answer(self, typed: &str, key: &Key, random: &Random) -> Answered {
        let typed: String = typed.chars().filter(|char| !char.is_whitespace()).collect();
        if typed == self.expected(key) {
            return Answered::Right;
        }
        let wrong = self.wrong.saturating_add(1);
        if wrong < CAPTCHA_TRIES { Answered::Wrong(Self { wrong, ..self.another(random, self.in_words) }) } else { Answered::Failed }
    }

    /// How many answers are left.
    pub fn left(&self) -> u32 {
        CAPTCHA_TRIES.saturating_sub(self.wrong).into()
    }

    /// The right answer.
    pub fn expected(&self, key: &Key) -> String {
        if self.in_words {
            let (a, b) = sum(key, &self.nonce);
            (a + b).to_string()
        } else {
            digits(key, &self.nonce)
        }
    }

    /// The screen that asks it.
    pub fn show(&self, key: &Key) -> Screen {
        let screen = if self.in_words {
            let (a, b) = sum(key, &self.nonce);
            let word = |number| Message::new("number-word").with("number", number);
            Screen::new(Message::new("captcha-question").with("a", word(a)).with("b", word(b)))
                .button("button-other-question", Tap::OtherQuestion)
                .button("button-picture", Tap::OtherPicture)
        } else {
            Screen::new(Message::new("captcha-picture"))
                .picture(Picture::Captcha { nonce: self.nonce.clone() })
                .button("button-other-picture", Tap::OtherPicture)
                .button("button-question", Tap::OtherQuestion)
        };
        screen.button("button-cancel", Tap::Cancel)
    }
}

fn nonce(random: &Random) -> String {
    HEXLOWER.encode(&random.bytes::<16>())
}

/// The digits of the picture that belongs to a nonce.
pub fn digits(key: &Key, nonce: &str) -> String {
    let derived = key.derive("captcha picture", &[nonce.as_bytes()]);
    derived[..LENGTH].iter().map(|byte| char::from(DIGITS[usize::from(byte % 8)])).collect()
}

/// The two numbers, from 2 to 9, whose sum is asked for in words.
fn sum(key: &Key, nonce: &str) -> (u32, u32) {
    let derived = key.derive("captcha sum", &[nonce.as_bytes()]);
    (2 + u32::from(derived[0] % 8), 2 + u32::from(derived[1] % 8))
}
