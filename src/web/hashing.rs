//! Hashing passwords: argon2id off the async threads, a few at once and not many waiting, so that a rush of requests costs
//! neither the chats their answers nor the machine its memory (OWASP Password Storage).

use std::sync::Arc;

use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _, phc};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use crate::clock::Random;
use crate::domain::{NewPassword, PasswordHash, Weakness, normalised};

/// Memory in KiB, passes and lanes (OWASP Password Storage: 19 MiB, 2, 1).
const COST: (u32, u32, u32) = (19 * 1024, 2, 1);
/// How many are hashed at once.
const AT_ONCE: usize = 2;
/// How many more may wait.
const WAITING: usize = 32;

/// Where passwords are judged and hashed.
pub struct Hasher {
    random: Random,
    admitted: Arc<Semaphore>,
    at_work: Arc<Semaphore>,
}

/// Why there is no hash.
#[derive(Debug, thiserror::Error)]
pub enum HashingError {
    /// The password is not good enough.
    #[error(transparent)]
    Weak(#[from] Weakness),
    /// Too many wait already.
    #[error("too many passwords wait to be hashed")]
    Busy,
    /// Hashing failed, for want of memory.
    #[error("a password could not be hashed: {0}")]
    Failed(String),
}

impl Hasher {
    /// Nobody waits yet.
    pub fn new(random: Random) -> Self {
        Self { random, admitted: Arc::new(Semaphore::new(AT_ONCE + WAITING)), at_work: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    /// Whether a password, as it was typed, is that of a hash. Without a hash the answer is no, and costs what it costs with one.
    pub async fn verify(&self, typed: String, hash: Option<PasswordHash>) -> Result<bool, HashingError> {
        self.work(move |salt| {
            let password = normalised(&typed);
            let Some(known) = hash else { return stand_in(&password, salt).map(|()| false) };
            let failed = |error: phc::Error| HashingError::Failed(error.to_string());
            let known = phc::PasswordHash::new(known.as_str()).map_err(failed)?;
            Ok(Argon2::default().verify_password(password.as_bytes(), &known).is_ok())
        })
        .await
    }

    /// Judges a password as it was typed, `known` being what anybody knows of the holder, and hashes it.
    pub async fn hash(&self, typed: String, known: Vec<String>) -> Result<PasswordHash, HashingError> {
        self.work(move |salt| {
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            hash(NewPassword::parse(&typed, &known)?.expose(), salt)
        })
        .await
    }

    /// Does work that costs as much as a hash off the async threads, once it is its turn.
    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce([u8; 16]) -> Result<T, HashingError> + Send + 'static,
    ) -> Result<T, HashingError> {
        let Ok(admitted) = Arc::clone(&self.admitted).try_acquire_owned() else { return Err(HashingError::Busy) };
        // The semaphores are never closed.
        let at_work = Arc::clone(&self.at_work).acquire_owned().await;
        let salt = self.random.bytes::<16>();
        let work = tokio::task::spawn_blocking(move || {
            // The places go with the work: who hangs up meanwhile does not make room for another.
            let _places = (admitted, at_work);
            work(salt)
        });
        work.await.unwrap_or_else(|error| Err(HashingError::Failed(error.to_string())))
    }
}

/// The work of comparing with a hash where there is none.
fn stand_in(password: &str, salt: [u8; 16]) -> Result<(), HashingError> {
    hash(password, salt).map(|hash| drop(std::hint::black_box(hash)))
}

fn hash(password: &str, salt: [u8; 16]) -> Result<PasswordHash, HashingError> {
    let failed = |error: &dyn std::fmt::Display| HashingError::Failed(error.to_string());
    let (memory, passes, lanes) = COST;
    let params = Params::new(memory, passes, lanes, None).map_err(|error| failed(&error))?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let hash: argon2::password_hash::phc::PasswordHash =
        argon2.hash_password_with_salt(password.as_bytes(), &salt).map_err(|error| failed(&error))?;
    hash.to_string().parse().map_err(|error| failed(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_hash_verifies_its_password_and_no_other() {
        let hasher = Hasher::new(Random::seeded(1));
        let hash = hasher.hash("lantern otter quilt basalt".to_owned(), Vec::new()).await.unwrap();
        assert!(hash.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.as_str());
        let hash = argon2::password_hash::phc::PasswordHash::new(hash.as_str()).unwrap();
        assert!(Argon2::default().verify_password(b"lantern otter quilt basalt", &hash).is_ok());
        assert!(Argon2::default().verify_password(b"lantern otter quilt basalts", &hash).is_err());
    }

    #[tokio::test]
    async fn a_password_is_compared_in_the_form_it_was_hashed_in_and_nothing_is_right_without_a_hash() {
        let hasher = Hasher::new(Random::seeded(1));
        let hash = hasher.hash("хлеб ﬁne basalt ёлка".to_owned(), Vec::new()).await.unwrap();
        let right = async |typed: &str, hash| hasher.verify(typed.to_owned(), hash).await.unwrap();
        assert!(right("хлеб ﬁne basalt ёлка", Some(hash.clone())).await);
        assert!(right("хлеб fine basalt е\u{308}лка", Some(hash.clone())).await, "another keyboard's way of typing it");
        assert!(!right("хлеб fine basalt елка", Some(hash)).await);
        assert!(!right("", None).await);
    }

    #[tokio::test]
    async fn a_rush_is_turned_away_and_the_next_is_let_in() {
        let hasher = Hasher::new(Random::seeded(1));
        let full = hasher.admitted.acquire_many((AT_ONCE + WAITING) as u32).await.unwrap();
        let typed = || "lantern otter quilt basalt".to_owned();
        assert!(matches!(hasher.hash(typed(), Vec::new()).await, Err(HashingError::Busy)));
        drop(full);
        assert!(hasher.hash(typed(), Vec::new()).await.is_ok());
        assert!(matches!(hasher.hash("short".to_owned(), Vec::new()).await, Err(HashingError::Weak(Weakness::Short))));
    }
}
