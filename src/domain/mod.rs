//! What the counter knows about holders and the service, without any input or output:
//! the types that parse at the edge and the rules that need no database.

mod language;
mod money;

pub use language::{Language, UnknownLanguage};
pub use money::{Currency, Money, MoneyError};
