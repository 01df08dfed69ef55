//! What seals the values of the database that identify a holder: each is encrypted with a key that is not in the database, and bound
//! to its column and row, so that it opens nowhere else (XChaCha20-Poly1305, draft-irtf-cfrg-xchacha). What is looked for is found by
//! a keyed index instead. Which columns are sealed is said where their tables are, in `store`.

use std::fmt::{self, Display};

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use data_encoding::BASE64URL_NOPAD;

use crate::clock::Random;
use crate::domain::{ChatId, Email};
use crate::secret::{Key, Subkey};

/// The form of a sealed text: `1.KEY.DATA`, with the key's id and the base 64 of nonce, ciphertext and tag.
const FORM: &str = "1";
/// Bytes of a nonce: so many that random ones never meet.
const NONCE: usize = 24;

/// Why a sealed value does not open.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// It has another form.
    #[error("it is not sealed; whoever wrote it there was not guichet")]
    NotSealed,
    /// Its key is not here.
    #[error("it was sealed with the key {0}…, which is not here; put back that key's file, or finish `guichet key rotate`")]
    UnknownKey(String),
    /// It is not what was sealed for this place.
    #[error("it was changed, or belongs to another row; put back a copy of the database, or have the row removed")]
    Changed,
}

/// Seals and opens values with the database's key, and opens those sealed with an older one. `Debug` shows the keys' ids only.
pub struct Sealer {
    current: Keys,
    older: Option<Keys>,
    nonces: Random,
}

/// What is derived from one key, once.
struct Keys {
    id: String,
    cipher: XChaCha20Poly1305,
    index: Subkey,
}

impl Keys {
    fn of(key: &Key) -> Self {
        let cipher = XChaCha20Poly1305::new(&key.derive("seal", &[]).into());
        Self { id: key_id(&key.fingerprint()), cipher, index: key.subkey("index") }
    }

    fn chat(&self, chat: ChatId) -> i64 {
        let [a, b, c, d, e, f, g, h, ..] = self.index.derive("chat", &[&chat.0.to_be_bytes()]);
        match i64::from_be_bytes([a, b, c, d, e, f, g, h]) {
            0 => 1,
            number => number,
        }
    }
}

/// The id of the key with this fingerprint, as it stands beside sealed values.
pub fn key_id(fingerprint: &str) -> String {
    fingerprint.chars().take(8).collect()
}

impl Sealer {
    /// Seals with this key. No nonce may ever come twice under a key, so they are the machine's whatever randomness a test hands in,
    /// which begins anew with each start.
    pub fn new(key: &Key) -> Self {
        Self { current: Keys::of(key), older: None, nonces: Random::machine() }
    }

    /// The same, which opens what was sealed with an older key too.
    pub fn with_older(self, key: &Key) -> Self {
        Self { older: Some(Keys::of(key)), ..self }
    }

    /// What every value begins with that is sealed with the current key.
    pub fn mark(&self) -> String {
        format!("{FORM}.{}.", self.current.id)
    }

    /// Seals a text for a `column`, such as `account.email`, of the row that is told from the others by `row`.
    pub fn seal(&self, column: &'static str, row: impl Display, text: &str) -> String {
        let nonce = self.nonces.bytes::<NONCE>();
        let place = place(column, row);
        let payload = Payload { msg: text.as_bytes(), aad: place.as_bytes() };
        // Only texts of more than 256 GiB are refused; they would be sealed as nothing, which does not open.
        let data = self.current.cipher.encrypt(&XNonce::from(nonce), payload).unwrap_or_default();
        let mut sealed = self.mark();
        BASE64URL_NOPAD.encode_append(&[&nonce[..], &data].concat(), &mut sealed);
        sealed
    }

    /// Opens what was sealed for this column and row.
    pub fn open(&self, column: &'static str, row: impl Display, sealed: &str) -> Result<String, SealError> {
        let mut pieces = sealed.splitn(3, '.');
        let (Some(FORM), Some(id), Some(data)) = (pieces.next(), pieces.next(), pieces.next()) else { return Err(SealError::NotSealed) };
        let keys = [Some(&self.current), self.older.as_ref()].into_iter().flatten().find(|keys| keys.id == id);
        let keys = keys.ok_or_else(|| SealError::UnknownKey(id.chars().take(16).collect()))?;
        let bytes = BASE64URL_NOPAD.decode(data.as_bytes()).map_err(|_| SealError::Changed)?;
        let (nonce, data) = bytes.split_first_chunk::<NONCE>().ok_or(SealError::Changed)?;
        let place = place(column, row);
        let payload = Payload { msg: data, aad: place.as_bytes() };
        let text = keys.cipher.decrypt(&XNonce::from(*nonce), payload).map_err(|_| SealError::Changed)?;
        String::from_utf8(text).map_err(|_| SealError::Changed)
    }

    /// Does the work of sealing or opening so many values, for nothing: that something is not there must not show in the time.
    pub fn spend(&self, values: usize) {
        for _ in 0..values {
            std::hint::black_box(self.seal("nothing", "0123456789abcdefghijkl", "somebody@example.org"));
        }
    }

    /// What an address is found by: 128 bits in base 64.
    pub fn email(&self, email: &Email) -> String {
        self.digest("email", &[email.as_str().as_bytes()])
    }

    /// What tells whether a name is still the same, within the account with this e-mail index.
    pub fn name(&self, email_index: &str, name: &str) -> String {
        self.digest("name", &[email_index.as_bytes(), name.as_bytes()])
    }

    /// What a chat is found by: the number that the database knows it by, never 0.
    pub fn chat(&self, chat: ChatId) -> i64 {
        self.current.chat(chat)
    }

    /// What a chat was found by with the older key, if there is one.
    pub fn older_chat(&self, chat: ChatId) -> Option<i64> {
        self.older.as_ref().map(|keys| keys.chat(chat))
    }

    /// What tells an address from the others that one chat has mails sent to.
    pub fn mailbox(&self, chat: ChatId, email: &Email) -> String {
        self.digest("mailbox", &[&chat.0.to_be_bytes(), email.as_str().as_bytes()])
    }

    fn digest(&self, purpose: &str, parts: &[&[u8]]) -> String {
        BASE64URL_NOPAD.encode(&self.current.index.derive(purpose, parts)[..16])
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealer({}, {:?})", self.current.id, self.older.as_ref().map(|keys| &keys.id))
    }
}

/// What a value is bound to. A column's name holds no zero.
fn place(column: &str, row: impl Display) -> String {
    format!("{column}\0{row}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealer(seed: u64) -> (Sealer, Key) {
        let folder = tempfile::tempdir().unwrap();
        let key = Key::create(&folder.path().join("key"), &Random::seeded(seed)).unwrap();
        (Sealer::new(&key), key)
    }

    #[test]
    fn what_is_sealed_opens_in_its_place_and_nowhere_else() {
        let (sealer, _) = sealer(1);
        for text in ["", "alice@example.org", "Алиса 🙂", &"x".repeat(5000)] {
            let sealed = sealer.seal("account.email", 7, text);
            assert!(sealed.starts_with(&sealer.mark()));
            assert_eq!(sealer.open("account.email", 7, &sealed).as_deref(), Ok(text));
            assert_eq!(sealer.open("account.email", 8, &sealed), Err(SealError::Changed));
            assert_eq!(sealer.open("account.name", 7, &sealed), Err(SealError::Changed));
            assert_ne!(sealer.seal("account.email", 7, text), sealed, "no two are alike");
        }
    }

    #[test]
    fn what_was_changed_anywhere_does_not_open() {
        let (sealer, _) = sealer(1);
        let sealed = sealer.seal("chat.dialogue", 1, "{}");
        for place in 0..sealed.len() {
            let mut bytes = sealed.clone().into_bytes();
            bytes[place] = if bytes[place] == b'A' { b'B' } else { b'A' };
            assert!(sealer.open("chat.dialogue", 1, &String::from_utf8(bytes).unwrap()).is_err(), "{place}");
            assert!(sealer.open("chat.dialogue", 1, &sealed[..place]).is_err(), "{place}");
        }
        for other in ["", "{}", "1", "1.", "1..", "2.aaaaaaaa.AAAA", "{\"v\":1.5.6}"] {
            assert!(sealer.open("chat.dialogue", 1, other).is_err(), "{other}");
        }
    }

    #[test]
    fn an_older_key_opens_what_it_has_sealed_and_seals_nothing() {
        let ((old, old_key), (new, _)) = (sealer(1), sealer(2));
        let sealed = old.seal("account.email", 1, "alice@example.org");
        let key_id = key_id(&old_key.fingerprint());
        assert_eq!(new.open("account.email", 1, &sealed), Err(SealError::UnknownKey(key_id)));
        let both = new.with_older(&old_key);
        assert_eq!(both.open("account.email", 1, &sealed).as_deref(), Ok("alice@example.org"));
        assert!(old.open("account.email", 1, &both.seal("account.email", 1, "x")).is_err());
    }

    // Databases outlive a version: what is found by an index must be found by it ever after.
    #[test]
    fn indexes_stay_the_same_and_differ_by_key() {
        let ((sealer, _), (other, _)) = (self::sealer(1), self::sealer(2));
        let alice: Email = "alice@example.org".parse().unwrap();
        assert_eq!(sealer.email(&alice), sealer.email(&alice));
        assert_eq!((sealer.email(&alice).as_str(), sealer.chat(ChatId(1003))), ("2L4zxx9YRuNFhS-IdhIhdg", -6069057044455122882));
        assert_ne!(sealer.email(&alice), other.email(&alice));
        assert_ne!(sealer.chat(ChatId(1003)), other.chat(ChatId(1003)));
        assert_ne!(sealer.name("a", "bc"), sealer.name("ab", "c"));
    }
}
