//! The report that everything kept of holders is erased, sealed so that nobody can have it say something else.

use data_encoding::HEXLOWER;
use jiff::Timestamp;

use crate::secret::Key;

/// What was erased after the policy's final date.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Ending {
    /// When it began.
    pub began_at: Timestamp,
    /// When nothing was left.
    pub done_at: Timestamp,
    /// The tables, and how many rows of each have gone.
    pub erased: Vec<(String, u64)>,
    /// The fingerprint of the key.
    pub fingerprint: String,
    /// An HMAC by the key over all of the above, in hexadecimal digits.
    pub seal: String,
}

impl Ending {
    /// A report, sealed with the key.
    pub fn sealed(key: &Key, began_at: Timestamp, done_at: Timestamp, erased: Vec<(String, u64)>) -> Self {
        let mut ending = Self { began_at, done_at, erased, fingerprint: key.fingerprint(), seal: String::new() };
        ending.seal = ending.seal_by(key);
        ending
    }

    /// Whether the key has sealed this very report.
    pub fn is_sealed_by(&self, key: &Key) -> bool {
        self.seal == self.seal_by(key)
    }

    fn seal_by(&self, key: &Key) -> String {
        let (began, done) = (self.began_at.as_millisecond().to_be_bytes(), self.done_at.as_millisecond().to_be_bytes());
        let rows: Vec<[u8; 8]> = self.erased.iter().map(|(_, rows)| rows.to_be_bytes()).collect();
        let mut parts: Vec<&[u8]> = vec![&began, &done, self.fingerprint.as_bytes()];
        for ((table, _), rows) in self.erased.iter().zip(&rows) {
            parts.extend([table.as_bytes(), rows]);
        }
        HEXLOWER.encode(&key.derive("ending", &parts))
    }
}
