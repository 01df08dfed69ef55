//! The counter's secret key, and what is derived from it: codes, tokens, the references of receipts.
//! Nothing derived needs storing, and who reads the database learns none of it.

use std::fmt;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretBox};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use crate::clock::Random;
use crate::domain::ALPHABET;

/// What cannot be derived anew when the key is changed: seals of rows that are never written again, and hashes of what is not known any
/// more. It goes on with the lasting secret of the first key.
const LASTING: &[&str] = &["audit row", "audit row of an earlier version", "audit chain", "audit checkpoint", "audit subject", "erased"];

/// The secret key of 32 random bytes. Clones share it; `Debug` hides it.
#[derive(Clone, Debug)]
pub struct Key {
    bytes: Secret,
    /// The lasting secret of the key that this one has taken the place of, if it has.
    inherited: Option<Secret>,
}

type Secret = Arc<SecretBox<[u8; 32]>>;

fn secret(bytes: &[u8; 32]) -> Secret {
    Arc::new(SecretBox::init_with_mut(|secret: &mut [u8; 32]| secret.copy_from_slice(bytes)))
}

/// Why there is no key. Each message says which file and what to do.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// No such file.
    #[error("{}: there is no key here; put back the key that belongs to the database, or let GUICHET_KEY_FILE say where it is", .0.display())]
    Missing(PathBuf),
    /// The file holds something else.
    #[error("{}: not a key (64 hexadecimal digits on one line); put back the key that belongs to the database", .0.display())]
    Malformed(PathBuf),
    /// There is a file already, which is never overwritten.
    #[error("{}: a file is here already, and a key may be the only one; move it away, or let GUICHET_KEY_FILE name another file", .0.display())]
    Exists(PathBuf),
    /// Reading or writing failed.
    #[error("{path}: {cause}; check GUICHET_KEY_FILE, the folder and its permissions", path = .0.display(), cause = .1)]
    Io(PathBuf, #[source] std::io::Error),
}

impl KeyError {
    fn io(path: &Path, error: std::io::Error) -> Self {
        match error.kind() {
            ErrorKind::NotFound => Self::Missing(path.to_owned()),
            ErrorKind::AlreadyExists => Self::Exists(path.to_owned()),
            ErrorKind::InvalidData => Self::Malformed(path.to_owned()),
            _ => Self::Io(path.to_owned(), error),
        }
    }
}

impl Key {
    /// Makes a new key and writes it to `path` with mode 600, whole or not at all; an existing file stays untouched.
    pub fn create(path: &Path, random: &Random) -> Result<Self, KeyError> {
        let bytes = random.bytes::<32>();
        write_new(path, &format!("{}\n", HEXLOWER.encode(&bytes))).map_err(|error| match error.kind() {
            // Here it is the folder that is missing.
            ErrorKind::NotFound => KeyError::Io(path.to_owned(), error),
            _ => KeyError::io(path, error),
        })?;
        Ok(Self::from_bytes(&bytes))
    }

    /// Reads the key from `path`; logs a warning if others than its owner may read it.
    pub fn read(path: &Path) -> Result<Self, KeyError> {
        let text = std::fs::read_to_string(path).map_err(|error| KeyError::io(path, error))?;
        let bytes = HEXLOWER_PERMISSIVE.decode(text.trim().as_bytes()).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        if readable_by_others(path).map_err(|error| KeyError::io(path, error))? {
            tracing::warn!(file = %path.display(), "others than its owner can read the secret key; run chmod 600 on it");
        }
        bytes.map(|bytes| Self::from_bytes(&bytes)).ok_or_else(|| KeyError::Malformed(path.to_owned()))
    }

    fn from_bytes(bytes: &[u8; 32]) -> Self {
        Self { bytes: secret(bytes), inherited: None }
    }

    /// The secret that outlasts this key, in hexadecimal digits, to be handed on to the next key; sealed wherever it rests.
    pub fn lasting(&self) -> String {
        match &self.inherited {
            Some(inherited) => HEXLOWER.encode(inherited.expose_secret()),
            None => HEXLOWER.encode(&self.own("lasting", &[])),
        }
    }

    /// The same key with the lasting secret of the one before it; `None` if that is not one.
    pub fn inheriting(self, lasting: &str) -> Option<Self> {
        let bytes = <[u8; 32]>::try_from(HEXLOWER.decode(lasting.as_bytes()).ok()?).ok()?;
        Some(Self { inherited: Some(secret(&bytes)), ..self })
    }

    /// What a database keeps to know its key again: 16 hexadecimal digits that say nothing about the key.
    pub fn fingerprint(&self) -> String {
        HEXLOWER.encode(&self.derive("fingerprint", &[])[..8])
    }

    /// A secret of 32 bytes for one `purpose` and exactly these `parts`, always the same: HMAC-SHA256 (RFC 2104) over the purpose
    /// and the parts, each with its length before it, so that no two lists of parts read alike.
    pub fn derive(&self, purpose: &str, parts: &[&[u8]]) -> [u8; 32] {
        match &self.inherited {
            Some(inherited) if LASTING.contains(&purpose) => Subkey::new(inherited.expose_secret()).derive(purpose, parts),
            None if LASTING.contains(&purpose) => Subkey::new(&self.own("lasting", &[])).derive(purpose, parts),
            _ => self.own(purpose, parts),
        }
    }

    fn own(&self, purpose: &str, parts: &[&[u8]]) -> [u8; 32] {
        Subkey::new(self.bytes.expose_secret()).derive(purpose, parts)
    }

    /// A key of its own for one `purpose`, for what derives so often that it is kept ready.
    pub fn subkey(&self, purpose: &str) -> Subkey {
        Subkey::new(&self.derive(purpose, &[]))
    }

    /// The one-time code for one `purpose` and exactly these `parts`.
    pub fn code(&self, purpose: &str, parts: &[&[u8]]) -> OneTimeCode {
        let derived = self.derive(purpose, parts);
        // 256 bits folded into eight digits: each code is as likely as the next, but for one part in 2²²⁹.
        let number = derived.iter().fold(0, |number: u64, byte| (number * 256 + u64::from(*byte)) % 100_000_000);
        OneTimeCode(format!("{number:08}"))
    }

    /// The reference of the receipt for exactly these `parts`: ten symbols (50 bits) of Crockford's base 32, such as `K7QX2-M9DA4`.
    pub fn reference(&self, parts: &[&[u8]]) -> String {
        let derived = self.derive("receipt", parts);
        let symbols: String = derived[..10].iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect();
        let (left, right) = symbols.split_at(5);
        format!("{left}-{right}")
    }
}

/// A key that is ready to derive from.
pub struct Subkey(Hmac<Sha256>);

impl Subkey {
    fn new(key: &[u8; 32]) -> Self {
        let mut padded = [0; 64];
        padded[..32].copy_from_slice(key);
        // HMAC pads a short key with zeros to the hash's block, so this is the same key, in the form that can't be refused.
        Self(Hmac::new(&padded.into()))
    }

    /// As [`Key::derive`].
    pub fn derive(&self, purpose: &str, parts: &[&[u8]]) -> [u8; 32] {
        let mut mac = self.0.clone();
        for part in std::iter::once(&purpose.as_bytes()).chain(parts) {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }
}

/// A code of eight digits that a holder proves an e-mail address with. `Debug` hides it, comparing takes the same time whatever
/// the difference.
#[derive(Clone)]
pub struct OneTimeCode(String);

/// The text is not eight digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a code of eight digits")]
pub struct OneTimeCodeError;

impl OneTimeCode {
    /// The eight digits, for the mail or the page that hands the code over.
    pub fn digits(&self) -> &str {
        &self.0
    }
}

impl FromStr for OneTimeCode {
    type Err = OneTimeCodeError;

    /// Reads a code as it was typed: spaces and hyphens between the digits are passed over.
    fn from_str(text: &str) -> Result<Self, OneTimeCodeError> {
        let digits: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
        let sound = digits.len() == 8 && digits.bytes().all(|byte| byte.is_ascii_digit());
        if sound { Ok(Self(digits)) } else { Err(OneTimeCodeError) }
    }
}

impl PartialEq for OneTimeCode {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }
}

impl Eq for OneTimeCode {}

impl fmt::Debug for OneTimeCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OneTimeCode(…)")
    }
}

/// Writes a file with mode 600 that was not there before: under another name first, so that a crash leaves no half of it.
fn write_new(path: &Path, text: &str) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist_noclobber(path)?;
    std::fs::File::open(folder)?.sync_all()
}

/// Whether others than its owner may read a file.
pub(crate) fn readable_by_others(path: &Path) -> std::io::Result<bool> {
    Ok(std::fs::metadata(path)?.permissions().mode() & 0o077 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> Key {
        Key::from_bytes(&std::array::from_fn(|place| place as u8))
    }

    #[test]
    fn a_created_key_is_read_back_and_only_its_owner_can_read_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("guichet.key");
        let created = Key::create(&path, &Random::seeded(1)).unwrap();
        assert_eq!(Key::read(&path).unwrap().fingerprint(), created.fingerprint());
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(!readable_by_others(&path).unwrap());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else is left behind");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        assert!(readable_by_others(&path).unwrap());
    }

    #[test]
    fn an_existing_file_is_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("guichet.key");
        std::fs::write(&path, "precious").unwrap();
        assert!(matches!(Key::create(&path, &Random::seeded(1)), Err(KeyError::Exists(_))));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "precious");
    }

    #[test]
    fn what_is_no_key_is_refused_with_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("guichet.key");
        assert!(matches!(Key::read(&path), Err(KeyError::Missing(_))));
        assert!(matches!(Key::create(&path.join("deeper"), &Random::seeded(1)), Err(KeyError::Io(..))));
        for content in ["", "00ff", "not hexadecimal", &"0".repeat(66)] {
            std::fs::write(&path, content).unwrap();
            let error = Key::read(&path).unwrap_err();
            assert!(matches!(error, KeyError::Malformed(_)), "{content}");
            assert!(error.to_string().starts_with(path.to_str().unwrap()), "{error}");
        }
        std::fs::write(&path, [0xff; 64]).unwrap();
        assert!(matches!(Key::read(&path), Err(KeyError::Malformed(_))));
    }

    #[test]
    fn a_key_that_inherits_derives_anew_all_but_what_lasts() {
        let next = Key::from_bytes(&[7; 32]);
        let heir = next.clone().inheriting(&key().lasting()).unwrap();
        assert_eq!((heir.fingerprint(), heir.lasting()), (next.fingerprint(), key().lasting()));
        for purpose in LASTING {
            assert_eq!(heir.derive(purpose, &[b"1"]), key().derive(purpose, &[b"1"]), "{purpose}");
            assert_ne!(next.derive(purpose, &[b"1"]), key().derive(purpose, &[b"1"]), "{purpose}");
        }
        assert_eq!(heir.derive("seal", &[]), next.derive("seal", &[]));
        assert!(next.inheriting("00ff").is_none());
    }

    // Databases, mails and receipts outlive a version: what a key derives may never change.
    #[test]
    fn what_a_key_derives_stays_the_same() {
        assert_eq!(key().fingerprint(), "e4928179ceba4bb1");
        assert_eq!(key().code("sign-in", &[b"1", b"2"]).digits(), "20286045");
        assert_eq!(key().reference(&[b"unlink", b"7"]), "63J5Q-5CP9B");
    }

    #[test]
    fn purposes_and_parts_never_run_together() {
        let lists: [(&str, &[&[u8]]); 6] =
            [("a", &[b"bc"]), ("a", &[b"b", b"c"]), ("ab", &[b"c"]), ("abc", &[]), ("a", &[b"", b"bc"]), ("a", &[b"bc", b""])];
        let derived: std::collections::HashSet<_> = lists.iter().map(|(purpose, parts)| key().derive(purpose, parts)).collect();
        assert_eq!(derived.len(), lists.len());
    }

    #[test]
    fn a_typed_code_is_compared_by_its_digits() {
        let code: OneTimeCode = "0123 45-67".parse().unwrap();
        assert_eq!(code, "01234567".parse().unwrap());
        assert_ne!(code, "01234568".parse().unwrap());
        for text in ["", "1234567", "123456789", "1234567a", "١٢٣٤٥٦٧٨"] {
            assert_eq!(text.parse::<OneTimeCode>().map(|_| ()), Err(OneTimeCodeError), "{text}");
        }
    }

    #[test]
    fn neither_key_nor_code_shows_in_debug_output() {
        assert!(!format!("{:?}", key()).contains(", 31"), "{:?}", key());
        assert_eq!(format!("{:?}", key().code("sign-in", &[])), "OneTimeCode(…)");
    }

    #[test]
    fn receipts_keep_to_their_alphabet_and_differ() {
        let references: std::collections::HashSet<_> = (0..1000u32).map(|number| key().reference(&[&number.to_be_bytes()])).collect();
        assert_eq!(references.len(), 1000);
        for reference in references {
            assert_eq!((reference.len(), reference.find('-')), (11, Some(5)));
            assert!(reference.bytes().all(|byte| byte == b'-' || ALPHABET.contains(&byte)), "{reference}");
        }
    }
}
