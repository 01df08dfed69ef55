//! Why a session was ended by the operator, or by what the operator imported.

use super::word::words;

words! {
    /// What the operator's hand, or an import, has done to the account of a session.
    Parting, "not locked, ended, erased or password" {
        /// The account is locked.
        Locked = "locked",
        /// Its sessions were ended.
        Ended = "ended",
        /// The account is erased.
        Erased = "erased",
        /// Its password was changed elsewhere.
        Password = "password",
    }
}
