//! What becomes of a screen when another takes its place.

use super::word::words;

words! {
    /// What becomes of a screen when another takes its place.
    ScreenKind, "not plain, private, lasting or picture" {
        /// Edited in place on a tap; loses its buttons when a fresh message follows.
        Plain = "plain",
        /// Shows what only a signed-in holder may see: as plain, but deleted when a fresh message follows, blanked when the session ends.
        Private = "private",
        /// Carries a receipt: it stays in the chat, and what follows comes as a fresh message.
        Lasting = "lasting",
        /// Carries a picture, which cannot be edited into text: deleted, and what follows comes as a fresh message.
        Picture = "picture",
    }
}
