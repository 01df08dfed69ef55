//! What the counter knows about holders and the service, without any input or output:
//! the types that parse at the edge and the rules that need no database.

mod account;
mod audited;
mod card;
mod card_code;
mod card_number;
mod change;
mod comment;
mod email;
mod iban;
mod id;
mod language;
mod limit;
mod line;
mod money;
mod new_password;
mod official;
mod operator;
mod parting;
mod password;
mod policy;
mod reference;
mod reset;
mod retention;
mod screen_kind;
mod session;
mod sign_in_request;
mod topic;
mod word;

pub use account::{Account, AccountState, Card, Payment, PaymentStatus};
pub use audited::{Action, Audited};
pub use card::{Brand, CardError, Expiry, Last4};
pub use card_code::gives_a_card_away;
pub use card_number::{find_card_numbers, mask_card_numbers};
pub use change::Change;
pub use comment::Comment;
pub use email::{Email, EmailError};
pub use id::{AccountId, AuditId, CardId, ChatId, PaymentId, SessionId};
pub use language::{Language, UnknownLanguage};
pub use limit::{Limit, Limited, Limits, OfAddress};
pub use line::one_line;
pub use money::{Currency, Money, MoneyError};
pub use new_password::{NewPassword, PASSWORD_LENGTH, Weakness, normalised};
pub use official::{Finding, Genuine, HiddenLink, Kind, Trick, Verdict, Written};
pub use operator::{Contact, Operator, OperatorError};
pub use parting::Parting;
pub use password::{PasswordHash, PasswordHashError};
pub use policy::{Capability, CapabilityState, Policy, PolicyError, Record, Slug};
pub use reference::{ALPHABET, Reference, ReferenceError};
pub use reset::{CAPTCHA_TRIES, LinkState, RESET_LINK_KEPT, RESET_LINK_LENGTH, RESET_MAILS_AN_HOUR, RESET_RESEND_WAIT, ResetLink};
pub use retention::{DATA_REQUEST_WAIT, Retention, UPDATES_KEPT, days};
pub use screen_kind::ScreenKind;
pub use session::{
    CLOCK_TOLERANCE, CODE_LENGTH, CODE_RESEND_WAIT, CODE_RESENDS, CODE_TRIES, PROOF_LENGTH, SESSION_IDLE, SESSION_LENGTH, Session, is_valid,
};
pub use sign_in_request::{SIGN_IN_LINK_LENGTH, SignInRequest};
pub use topic::{Lead, TopicName};
pub use word::UnknownWord;
