//! Password hashes as other systems hand them over: which of them the counter takes on. Verifying happens elsewhere.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use argon2::password_hash::phc;

/// Memory in KiB: from the least of OWASP's Password Storage Cheat Sheet (7 MiB) to what one sign-in may cost a small server.
const MEMORY: RangeInclusive<u32> = 7 * 1024..=256 * 1024;
/// Passes over the memory.
const PASSES: RangeInclusive<u32> = 1..=10;
/// Lanes of parallelism.
const LANES: RangeInclusive<u32> = 1..=16;
/// Bytes of salt (RFC 9106, section 3.1, asks for 8; the PHC string format allows 48).
const SALT: RangeInclusive<usize> = 8..=48;
/// Bytes of hash.
const HASH: RangeInclusive<usize> = 16..=64;
/// Argon2's version 1.3, the only one of RFC 9106.
const VERSION: u32 = 19;

/// The hash of a password as a PHC string: argon2id, version 19, within bounds that are neither weak nor ruinous to verify.
/// `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

/// Why a password hash is not taken on. The hash itself is never repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordHashError {
    /// Not a PHC string.
    #[error("not a password hash in the PHC string format ($argon2id$v=19$m=…,t=…,p=…$salt$hash)")]
    Malformed,
    /// Another function than argon2id.
    #[error("not an argon2id hash; other functions are not taken")]
    Algorithm,
    /// Another version than 19, or none.
    #[error("not of argon2's version 19 (v=19)")]
    Version,
    /// Not exactly the parameters m, t and p, in this order.
    #[error("not with exactly the parameters m, t and p, in this order")]
    Parameters,
    /// Too little memory to be safe, or too much to verify.
    #[error("not within {} to {} KiB of memory (m)", MEMORY.start(), MEMORY.end())]
    Memory,
    /// Too few passes, or too many to verify.
    #[error("not within {} to {} passes (t)", PASSES.start(), PASSES.end())]
    Passes,
    /// Too few lanes, or too many to verify.
    #[error("not within {} to {} lanes (p)", LANES.start(), LANES.end())]
    Lanes,
    /// No salt, or one too short or too long.
    #[error("not with a salt of {} to {} bytes", SALT.start(), SALT.end())]
    Salt,
    /// No hash, or one too short or too long.
    #[error("not with a hash of {} to {} bytes", HASH.start(), HASH.end())]
    Hash,
}

impl PasswordHash {
    /// The PHC string.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for PasswordHash {
    type Err = PasswordHashError;

    fn from_str(text: &str) -> Result<Self, PasswordHashError> {
        use PasswordHashError as Error;
        let hash: phc::PasswordHash = text.parse().map_err(|_| Error::Malformed)?;
        let ensure = |holds: bool, error: Error| if holds { Ok(()) } else { Err(error) };
        ensure(hash.algorithm == argon2::ARGON2ID_IDENT, Error::Algorithm)?;
        ensure(hash.version == Some(VERSION), Error::Version)?;
        // Readers differ on which of two equal names counts, so each stands once and in the order of Argon2's own encoding.
        ensure(hash.params.iter().map(|(name, _)| name.to_string()).eq(["m", "t", "p"]), Error::Parameters)?;
        let within = |name: &str, bounds: RangeInclusive<u32>| hash.params.get_decimal(name).is_some_and(|value| bounds.contains(&value));
        ensure(within("m", MEMORY), Error::Memory)?;
        ensure(within("t", PASSES), Error::Passes)?;
        ensure(within("p", LANES), Error::Lanes)?;
        ensure(hash.salt.is_some_and(|salt| SALT.contains(&salt.len())), Error::Salt)?;
        ensure(hash.hash.is_some_and(|output| HASH.contains(&output.len())), Error::Hash)?;
        Ok(Self(hash.to_string()))
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SALT_16: &str = "c2FsdHNhbHRzYWx0c2FsdA";
    const HASH_32: &str = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY";

    fn parse(start: &str) -> Result<PasswordHash, PasswordHashError> {
        format!("{start}${SALT_16}${HASH_32}").parse()
    }

    #[test]
    fn argon2id_within_bounds_is_taken_as_it_is() {
        for start in ["$argon2id$v=19$m=19456,t=2,p=1", "$argon2id$v=19$m=7168,t=5,p=1", "$argon2id$v=19$m=262144,t=10,p=16"] {
            assert_eq!(parse(start).unwrap().as_str(), format!("{start}${SALT_16}${HASH_32}"));
        }
    }

    #[test]
    fn everything_else_is_refused_for_what_it_is() {
        use PasswordHashError as Error;
        for (start, error) in [
            ("argon2id", Error::Malformed),
            ("$argon2i$v=19$m=19456,t=2,p=1", Error::Algorithm),
            ("$argon2d$v=19$m=19456,t=2,p=1", Error::Algorithm),
            ("$pbkdf2-sha256$i=600000", Error::Algorithm),
            ("$argon2id$m=19456,t=2,p=1", Error::Version),
            ("$argon2id$v=16$m=19456,t=2,p=1", Error::Version),
            ("$argon2id$v=19", Error::Parameters),
            ("$argon2id$v=19$m=19456,t=2", Error::Parameters),
            ("$argon2id$v=19$t=2,m=19456,p=1", Error::Parameters),
            ("$argon2id$v=19$m=19456,m=4294967295,t=2,p=1", Error::Parameters),
            ("$argon2id$v=19$m=19456,t=2,p=1,keyid=a2V5", Error::Parameters),
            ("$argon2id$v=19$m=7167,t=2,p=1", Error::Memory),
            ("$argon2id$v=19$m=262145,t=2,p=1", Error::Memory),
            ("$argon2id$v=19$m=abc,t=2,p=1", Error::Memory),
            ("$argon2id$v=19$m=19456,t=0,p=1", Error::Passes),
            ("$argon2id$v=19$m=19456,t=11,p=1", Error::Passes),
            ("$argon2id$v=19$m=19456,t=2,p=0", Error::Lanes),
            ("$argon2id$v=19$m=19456,t=2,p=17", Error::Lanes),
        ] {
            assert_eq!(parse(start), Err(error), "{start}");
        }
        assert_eq!("".parse::<PasswordHash>(), Err(Error::Malformed));
        assert_eq!("$argon2id$v=19$m=19456,t=2,p=1".parse::<PasswordHash>(), Err(Error::Salt));
        assert_eq!(format!("$argon2id$v=19$m=19456,t=2,p=1${SALT_16}").parse::<PasswordHash>(), Err(Error::Hash));
        assert_eq!(format!("$argon2id$v=19$m=19456,t=2,p=1${SALT_16}$MDEyMzQ1Njc4OWFi").parse::<PasswordHash>(), Err(Error::Hash));
        assert_eq!(format!("$argon2id$v=19$m=19456,t=2,p=1$c2FsdA${HASH_32}").parse::<PasswordHash>(), Err(Error::Malformed));
        assert_eq!(parse("$argon2id$v=19$m=19456,t=2,p=1").map(|hash| format!("{hash:?}")).as_deref(), Ok("PasswordHash(…)"));
    }
}
