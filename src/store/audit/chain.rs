//! Going along the chain, row by row: whoever reads it and whoever cuts it off believe a row for the same reasons.

use super::examine::Trouble;
use super::seal::{Checkpoint, Row, Sealed, link};
use crate::secret::Key;

/// How far along the chain a reader has come, and found everything in order.
pub(super) struct Follower<'k> {
    key: &'k Key,
    /// The newest row's place.
    head: i64,
    /// The place it has come to.
    pub place: i64,
    /// The chain's link there.
    pub chain: String,
}

impl<'k> Follower<'k> {
    /// Begins behind what was cut off, if anything was.
    pub fn behind(key: &'k Key, cut: Option<&Checkpoint>, head: &Checkpoint) -> Self {
        let (place, chain) = cut.map_or((0, String::new()), |cut| (cut.place, cut.chain.clone()));
        Self { key, head: head.place, place, chain }
    }

    /// Goes on to the next row by place: what its seal says, or what is wrong with it.
    pub fn step(&mut self, row: &Row) -> Result<Sealed, Trouble> {
        let place = row.place.unwrap_or_default();
        if place <= self.place {
            return Err(Trouble::BehindCut);
        }
        if place != self.place + 1 {
            return Err(Trouble::Missing(place - self.place - 1));
        }
        let sealed = row.sealed(self.key);
        if sealed == Sealed::Broken {
            return Err(Trouble::Altered);
        }
        let chain = link(self.key, &self.chain, place, &row.seal);
        if row.chain.as_deref() != Some(&chain) {
            return Err(Trouble::OutOfOrder);
        }
        if place > self.head {
            return Err(Trouble::BeyondHead);
        }
        (self.place, self.chain) = (place, chain);
        Ok(sealed)
    }
}
