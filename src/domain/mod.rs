//! What the counter knows about holders and the service, without any input or output:
//! the types that parse at the edge and the rules that need no database.

mod card;
mod card_number;
mod email;
mod language;
mod money;
mod operator;
mod password;
mod policy;

pub use card::{Brand, CardError, Expiry, Last4};
pub use card_number::{find_card_numbers, mask_card_numbers};
pub use email::{Email, EmailError};
pub use language::{Language, UnknownLanguage};
pub use money::{Currency, Money, MoneyError};
pub use operator::{Contact, Operator, OperatorError};
pub use password::{PasswordHash, PasswordHashError};
pub use policy::{Capability, CapabilityState, Policy, PolicyError, Record, Slug};
