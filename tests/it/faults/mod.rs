//! Fault tests: what happens when processes die, answers are lost, Telegram, the database or the clock misbehave. Each of the big ones
//! adds a line of figures to the report, and tells its seed when it fails.
//!
//! `GUICHET_FAULTS` is `quick` (as in a plain `cargo test`), `middle` (as in `.ci/run`) or `full`; `GUICHET_SEED` repeats a run.

mod again;
mod answers;
mod broken;
mod clock;
mod commit;
mod crash;
mod dialogues;
mod disk;
mod forgery;
pub mod holder;
mod hush;
mod kill;
mod ledger;
mod mail;
mod outage;
mod report;
mod singly;
pub mod site;
mod storm;

use guichet::clock::Random;

/// How much is tried.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Size {
    Quick,
    Middle,
    Full,
}

impl Size {
    /// What the environment asks for.
    pub fn asked() -> Self {
        match std::env::var("GUICHET_FAULTS").as_deref() {
            Ok("full") => Self::Full,
            Ok("middle") => Self::Middle,
            Ok("quick") | Err(_) => Self::Quick,
            Ok(other) => panic!("GUICHET_FAULTS: {other} is none of quick, middle, full"),
        }
    }

    /// One of three, by size.
    pub fn pick<T>(self, quick: T, middle: T, full: T) -> T {
        match self {
            Self::Quick => quick,
            Self::Middle => middle,
            Self::Full => full,
        }
    }
}

/// Chance that can be had again: its seed is said where a failing test shows it.
pub fn chance() -> Random {
    let seed = std::env::var("GUICHET_SEED").ok().map_or_else(|| std::process::id().into(), |seed| seed.parse().unwrap());
    println!("to repeat this: GUICHET_SEED={seed}");
    Random::seeded(seed)
}

/// A number below `end`, by chance.
pub fn below(chance: &Random, end: usize) -> usize {
    usize::try_from(u64::from_be_bytes(chance.bytes::<8>()) % end as u64).unwrap()
}
