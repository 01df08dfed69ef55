//! Copies of a SQLite database that another process may be serving from.

use std::path::Path;

use super::meta::{self, Meta};
use super::{Conn, Db, StoreError, look, values};
use crate::config::Database;

/// Writes the database as it stands at this moment into `file`, which must be empty or not there, and packs it.
/// No log of SQLite's belongs to the copy; nothing waits for it meanwhile (sqlite.org/lang_vacuum.html).
pub async fn copy(conn: &mut Conn, file: &str) -> Result<(), StoreError> {
    conn.run("VACUUM INTO $1", values![file]).await.map(|_| ())
}

/// Reads through a copy; what SQLite finds wrong with it, and the fingerprint of the key that belongs to it.
pub async fn check(file: &Path) -> Result<(Option<String>, Option<String>), StoreError> {
    let db = Db::untouched(&Database::Sqlite(file.to_owned())).await?;
    let mut conn = db.conn().await?;
    let found = look::damage(&mut conn).await?;
    let fingerprint = meta::get(&mut conn, Meta::KeyFingerprint).await?;
    drop(conn);
    db.close().await;
    Ok((found, fingerprint))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Database;

    #[tokio::test]
    async fn a_copy_that_is_damaged_is_told_from_a_sound_one() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&Database::Sqlite(folder.path().join("guichet.db"))).await.unwrap();
        let mut conn = db.conn().await.unwrap();
        meta::set(&mut conn, Meta::KeyFingerprint, "0123456789abcdef").await.unwrap();
        let file = folder.path().join("copy.db");
        copy(&mut conn, file.to_str().unwrap()).await.unwrap();
        assert_eq!(check(&file).await.unwrap(), (None, Some("0123456789abcdef".to_owned())));
        let mut bytes = std::fs::read(&file).unwrap();
        // A page in the middle: an index without its entries.
        let page = bytes.len() / 4096 / 2 * 4096;
        bytes[page..page + 4096].fill(0);
        std::fs::write(&file, bytes).unwrap();
        assert!(!matches!(check(&file).await, Ok((None, _))));
    }
}
