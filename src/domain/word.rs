//! Enums that the database and the files name by one word each.

/// Declares an enum whose values the database and the CSV files name by one word each.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident, $error:literal { $($(#[$value_doc:meta])* $value:ident = $word:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$value_doc])* $value),* }

        impl $name {
            /// The word it is stored as.
            pub fn word(self) -> &'static str {
                match self { $(Self::$value => $word),* }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::domain::UnknownWord;

            fn from_str(word: &str) -> Result<Self, $crate::domain::UnknownWord> {
                match word { $($word => Ok(Self::$value),)* _ => Err($crate::domain::UnknownWord($error)) }
            }
        }
    };
}

pub(super) use words;

/// A word that is none of the allowed ones; it says which are.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct UnknownWord(pub(super) &'static str);
