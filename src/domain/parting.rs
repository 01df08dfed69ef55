//! Why the operator has ended a session.

use super::word::words;

words! {
    /// What the operator's hand has done to the account of a session.
    Parting, "not locked, ended or erased" {
        /// The account is locked.
        Locked = "locked",
        /// Its sessions were ended.
        Ended = "ended",
        /// The account is erased.
        Erased = "erased",
    }
}
