//! A log with running numbers that forgets its oldest entries beyond a limit.

use std::collections::VecDeque;

/// Entries in order, numbered from 0; the oldest are forgotten beyond the limit, the numbers stay.
#[derive(Clone, Debug)]
pub struct Log<T> {
    first: u64,
    limit: usize,
    entries: VecDeque<T>,
}

impl<T> Log<T> {
    /// An empty log that keeps at most `limit` entries.
    pub fn new(limit: usize) -> Self {
        Self { first: 0, limit, entries: VecDeque::new() }
    }

    /// Adds an entry and gives its number.
    pub fn push(&mut self, entry: T) -> u64 {
        let number = self.next();
        self.entries.push_back(entry);
        self.forget();
        number
    }

    /// Keeps at most `limit` entries from now on.
    pub fn limit_to(&mut self, limit: usize) {
        self.limit = limit;
        self.forget();
    }

    fn forget(&mut self) {
        while self.entries.len() > self.limit {
            self.entries.pop_front();
            self.first += 1;
        }
    }

    /// The number the next entry will get: how many there have been.
    pub fn next(&self) -> u64 {
        self.first + self.entries.len() as u64
    }

    /// The entries still kept from `number` on, with their numbers.
    pub fn since(&self, number: u64) -> impl Iterator<Item = (u64, &T)> {
        let skipped = usize::try_from(number.saturating_sub(self.first)).unwrap_or(usize::MAX);
        (self.first..).zip(&self.entries).skip(skipped)
    }

    /// The entries still kept, in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.entries.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_when_the_oldest_are_forgotten() {
        let mut log = Log::new(2);
        for entry in ["a", "b", "c"] {
            log.push(entry);
        }
        assert_eq!(log.next(), 3);
        assert_eq!(log.since(0).collect::<Vec<_>>(), [(1, &"b"), (2, &"c")]);
        assert_eq!(log.since(2).collect::<Vec<_>>(), [(2, &"c")]);
        assert_eq!(log.since(9).count(), 0);
    }
}
