//! The files of the world: what the bot uploads and what people send.

use super::super::refusal::Refusal;

/// A stored file.
#[derive(Clone, Debug)]
pub struct StoredFile {
    /// The name it was sent under.
    pub name: String,
    /// Its media type.
    pub mime: String,
    /// The bytes.
    pub bytes: axum::body::Bytes,
    /// Width and height in pixels, of a PNG or JPEG picture.
    pub size: Option<(u32, u32)>,
}

/// All files, by number; a file's `file_id` is made of its number.
#[derive(Debug, Default)]
pub struct Files(Vec<StoredFile>);

impl Files {
    /// Stores a file and gives its number.
    pub fn add(&mut self, name: impl Into<String>, mime: impl Into<String>, bytes: impl Into<axum::body::Bytes>) -> u64 {
        let bytes = bytes.into();
        let size = png_size(&bytes).or_else(|| jpeg_size(&bytes));
        self.0.push(StoredFile { name: name.into(), mime: mime.into(), bytes, size });
        self.0.len() as u64 - 1
    }

    /// The file with this number.
    pub fn get(&self, number: u64) -> Option<&StoredFile> {
        self.0.get(usize::try_from(number).ok()?)
    }

    /// The number behind a `file_id`.
    ///
    /// # Errors
    /// Telegram's refusal of an unknown one.
    pub fn number(&self, file_id: &str) -> Result<u64, Refusal> {
        let number = file_id.strip_prefix("SimulatorFile-").and_then(|number| number.parse().ok());
        number.filter(|&number| self.get(number).is_some()).ok_or_else(|| Refusal::bad_request("invalid file_id"))
    }
}

/// The `file_id` of a file.
pub fn file_id(number: u64) -> String {
    format!("SimulatorFile-{number}")
}

fn png_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let header = bytes.strip_prefix(b"\x89PNG\r\n\x1a\n")?.get(..16)?;
    let number = |at: usize| header.get(at..at + 4).and_then(|four| four.try_into().ok()).map(u32::from_be_bytes);
    Some((number(8)?, number(12)?))
}

/// Looks for the frame header (SOF), which holds the size.
fn jpeg_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut rest = bytes.strip_prefix(b"\xff\xd8")?;
    loop {
        let [0xff, marker, high, low, segment @ ..] = rest else { return None };
        if matches!(marker, 0xc0..=0xc3) {
            let [_, h1, h2, w1, w2, ..] = segment else { return None };
            return Some((u16::from_be_bytes([*w1, *w2]).into(), u16::from_be_bytes([*h1, *h2]).into()));
        }
        rest = segment.get(usize::from(u16::from_be_bytes([*high, *low])).checked_sub(2)?..)?;
    }
}

/// A picture of one grey pixel, for a person to send.
pub(crate) const PIXEL: &[u8] = b"\x89PNG\x0d\x0a\x1a\x0a\x00\x00\x00\x0dIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00:~\x9bU\x00\x00\x00\x0aIDATx\x9cch\x00\x00\x00\x82\x00\x81w\xcdr\xb6\x00\x00\x00\x00IEND\xaeB`\x82";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_of_a_picture_is_read() {
        assert_eq!(png_size(PIXEL), Some((1, 1)));
        let jpeg = b"\xff\xd8\xff\xe0\0\x04ab\xff\xc0\0\x0b\x08\0\x10\0\x20\x01\x01\x11\0";
        assert_eq!(jpeg_size(jpeg), Some((32, 16)));
        assert_eq!(jpeg_size(b"\xff\xd8\xff"), None);
    }
}
