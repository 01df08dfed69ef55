//! A press on an inline button, typed. On the wire it is `revision.verb` or `revision.verb.argument`, numbers in base 36:
//! at most 64 bytes (core.telegram.org/bots/api#inlinekeyboardbutton), internal ids only.

use crate::domain::{AuditId, CardId, Language, PaymentId, SessionId, TopicName};

/// What a button asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tap {
    /// Go to one of the counter's places.
    Go(Place),
    /// Back to where the holder was.
    Back,
    /// Leave the flow.
    Cancel,
    /// Speak this language.
    Speak(Language),
    /// Mail the code again.
    Resend,
    /// Enter another e-mail address.
    OtherAddress,
    /// Sign in again and go on.
    SignInAgain,
    /// Another picture to read.
    OtherPicture,
    /// Another question in words.
    OtherQuestion,
    /// Mail the link to set a new password with.
    SendLink,
    /// Choose a card.
    Card(CardId),
    /// Ask about linking a card.
    LinkCard,
    /// Yes, take the card off.
    Confirm,
    /// No, keep the card.
    Keep,
    /// Open one payment.
    Payment(PaymentId),
    /// The first page.
    Newest,
    /// The page before this payment.
    Newer(PaymentId),
    /// The page after this payment.
    Older(PaymentId),
    /// The page before this entry of the account's activity.
    LaterEntries(AuditId),
    /// The page after this entry of the account's activity.
    EarlierEntries(AuditId),
    /// All the help topics.
    Topics,
    /// The article of a help topic.
    Topic(TopicName),
    /// Yes, the article helped.
    Helpful,
    /// No, it did not.
    NotHelpful,
    /// No comment.
    Skip,
    /// End another session of the account.
    EndSession(SessionId),
    /// Ask about ending all others.
    EndOthers,
}

/// A place that commands and menus lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The menu.
    Menu,
    /// What closed and when, and the holder's own account.
    Status,
    /// The payments.
    History,
    /// What was done on the account.
    Activity,
    /// The linked cards.
    Cards,
    /// The chats that are signed in to the account.
    Sessions,
    /// Reset the password.
    Reset,
    /// Sign in.
    SignIn,
    /// Sign out.
    SignOut,
    /// Help.
    Help,
    /// Whether a message or link is genuine.
    Official,
    /// The language.
    Language,
    /// What is kept about the holder.
    Privacy,
    /// All of it as a document.
    MyData,
    /// The question whether to erase it.
    Forget,
}

/// Each place with its verb on the wire.
const PLACES: [(Place, &str); 15] = [
    (Place::Menu, "m"),
    (Place::Status, "s"),
    (Place::History, "h"),
    (Place::Activity, "j"),
    (Place::Cards, "c"),
    (Place::Sessions, "z"),
    (Place::Reset, "w"),
    (Place::SignIn, "i"),
    (Place::SignOut, "o"),
    (Place::Help, "?"),
    (Place::Official, "v"),
    (Place::Language, "l"),
    (Place::Privacy, "p"),
    (Place::MyData, "d"),
    (Place::Forget, "f"),
];

impl Tap {
    /// The callback data of a button on the screen with this revision.
    pub fn wire(self, revision: i64) -> String {
        let (verb, argument) = self.parts();
        let revision = base36(revision);
        match argument {
            None => format!("{revision}.{verb}"),
            Some(argument) => format!("{revision}.{verb}.{argument}"),
        }
    }

    /// The revision and the tap of callback data; `None` for what this version never wrote.
    pub fn parse(data: &str) -> Option<(i64, Self)> {
        let mut parts = data.split('.');
        let revision = number(parts.next()?)?;
        let (verb, argument) = (parts.next()?, parts.next());
        if parts.next().is_some() {
            return None;
        }
        let tap = match argument {
            None => Self::from_verb(verb)?,
            Some(argument) => Self::from_verb_with(verb, argument)?,
        };
        Some((revision, tap))
    }

    fn parts(self) -> (&'static str, Option<String>) {
        match self {
            Self::Go(place) => (PLACES.iter().find(|(known, _)| *known == place).map_or("m", |(_, verb)| verb), None),
            Self::Back => ("b", None),
            Self::Cancel => ("x", None),
            Self::Resend => ("r", None),
            Self::OtherAddress => ("a", None),
            Self::SignInAgain => ("g", None),
            Self::OtherPicture => ("u", None),
            Self::OtherQuestion => ("q", None),
            Self::SendLink => ("e", None),
            Self::LinkCard => ("k", None),
            Self::Confirm => ("y", None),
            Self::Keep => ("n", None),
            Self::Newest => ("0", None),
            Self::Speak(language) => ("L", Some(language.code().to_owned())),
            Self::Card(card) => ("C", Some(base36(card.0))),
            Self::Payment(payment) => ("P", Some(base36(payment.0))),
            Self::Newer(payment) => ("N", Some(base36(payment.0))),
            Self::Older(payment) => ("O", Some(base36(payment.0))),
            Self::LaterEntries(entry) => ("An", Some(base36(entry.0))),
            Self::EarlierEntries(entry) => ("Ao", Some(base36(entry.0))),
            Self::Topics => ("t", None),
            Self::Topic(topic) => ("T", Some(topic.to_string())),
            Self::Helpful => ("hy", None),
            Self::NotHelpful => ("hn", None),
            Self::Skip => ("hs", None),
            Self::EndSession(session) => ("Z", Some(base36(session.0))),
            Self::EndOthers => ("zo", None),
        }
    }

    fn from_verb(verb: &str) -> Option<Self> {
        if let Some((place, _)) = PLACES.iter().find(|(_, known)| *known == verb) {
            return Some(Self::Go(*place));
        }
        Some(match verb {
            "b" => Self::Back,
            "x" => Self::Cancel,
            "r" => Self::Resend,
            "a" => Self::OtherAddress,
            "g" => Self::SignInAgain,
            "u" => Self::OtherPicture,
            "q" => Self::OtherQuestion,
            "e" => Self::SendLink,
            "k" => Self::LinkCard,
            "y" => Self::Confirm,
            "n" => Self::Keep,
            "0" => Self::Newest,
            "t" => Self::Topics,
            "hy" => Self::Helpful,
            "hn" => Self::NotHelpful,
            "hs" => Self::Skip,
            "zo" => Self::EndOthers,
            _ => return None,
        })
    }

    fn from_verb_with(verb: &str, argument: &str) -> Option<Self> {
        Some(match verb {
            "L" => Self::Speak(argument.parse().ok()?),
            "C" => Self::Card(CardId(number(argument)?)),
            "P" => Self::Payment(PaymentId(number(argument)?)),
            "N" => Self::Newer(PaymentId(number(argument)?)),
            "O" => Self::Older(PaymentId(number(argument)?)),
            "An" => Self::LaterEntries(AuditId(number(argument)?)),
            "Ao" => Self::EarlierEntries(AuditId(number(argument)?)),
            "T" => Self::Topic(argument.parse().ok()?),
            "Z" => Self::EndSession(SessionId(number(argument)?)),
            _ => return None,
        })
    }
}

/// A row's id or a revision in base 36; both count up from one.
fn base36(number: i64) -> String {
    let mut left = number.unsigned_abs();
    let mut digits = Vec::new();
    loop {
        digits.push(char::from_digit((left % 36) as u32, 36).unwrap_or('0'));
        left /= 36;
        if left == 0 {
            return digits.iter().rev().collect();
        }
    }
}

fn number(text: &str) -> Option<i64> {
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_lowercase());
    plain.then(|| i64::from_str_radix(text, 36).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_tap() -> impl Strategy<Value = Tap> {
        let fixed = vec![
            Tap::Back,
            Tap::Cancel,
            Tap::Resend,
            Tap::OtherAddress,
            Tap::SignInAgain,
            Tap::OtherPicture,
            Tap::OtherQuestion,
            Tap::SendLink,
            Tap::LinkCard,
            Tap::Confirm,
            Tap::Keep,
            Tap::Newest,
            Tap::Topics,
            Tap::Helpful,
            Tap::NotHelpful,
            Tap::Skip,
            Tap::EndOthers,
        ];
        prop_oneof![
            prop::sample::select(fixed),
            prop::sample::select(PLACES.map(|(place, _)| Tap::Go(place)).to_vec()),
            prop::sample::select(Language::ALL.map(Tap::Speak).to_vec()),
            (0..=i64::MAX).prop_map(|id| Tap::Card(CardId(id))),
            (0..=i64::MAX).prop_map(|id| Tap::EndSession(SessionId(id))),
            (0..=i64::MAX).prop_map(|id| Tap::Payment(PaymentId(id))),
            (0..=i64::MAX).prop_map(|id| Tap::LaterEntries(AuditId(id))),
            (0..=i64::MAX).prop_map(|id| Tap::EarlierEntries(AuditId(id))),
            (0..=i64::MAX).prop_map(|id| Tap::Newer(PaymentId(id))),
            (0..=i64::MAX).prop_map(|id| Tap::Older(PaymentId(id))),
            "[a-z0-9_]{1,32}".prop_map(|name| Tap::Topic(name.parse().unwrap())),
        ]
    }

    proptest! {
        #[test]
        fn a_tap_survives_the_wire_within_telegrams_limit(tap in any_tap(), revision in 0..=i64::MAX) {
            let data = tap.wire(revision);
            prop_assert!(data.len() <= 64);
            prop_assert_eq!(Tap::parse(&data), Some((revision, tap)));
        }

        #[test]
        fn no_callback_data_makes_it_panic(data in ".{0,64}") {
            let _ = Tap::parse(&data);
        }
    }

    #[test]
    fn what_was_never_written_is_no_tap() {
        for data in ["", "1", "1.", "1.zz", "1.C", "1.C.-1", "1.m.1", "1.T.Ä", "x.y.z.w", "-1.m", "1.L.de"] {
            assert_eq!(Tap::parse(data), None, "{data}");
        }
    }
}
