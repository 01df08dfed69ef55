//! Writes every table into its file.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, BufWriter, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;

use serde::Serialize;

use super::{Contents, FOLDER, MANIFEST, Manifest, file_of};
use crate::export::Failure;
use crate::progress::Progress;
use crate::store::Conn;
use crate::store::whole::{self, Table};

/// Writes everything that is kept into a new folder within an export, out of a transaction that sees one moment. The files with how
/// many rows each has.
pub(crate) async fn write(conn: &mut Conn, export: &Path, progress: &impl Fn(Progress<'_>)) -> Result<Vec<(String, u64)>, Failure> {
    let folder = export.join(FOLDER);
    DirBuilder::new().mode(0o700).create(&folder)?;
    let mut manifest = Manifest { guichet: env!("CARGO_PKG_VERSION").to_owned(), migration: whole::version(), tables: Vec::new() };
    for table in whole::tables(conn).await? {
        let rows = write_table(conn, &table, &folder, progress).await?;
        manifest.tables.push(Contents { last_number: whole::last_number(conn, &table).await?, table: table.name, rows });
    }
    let mut file = create(&folder.join(MANIFEST))?;
    serde_json::to_writer_pretty(&mut file, &manifest).map_err(io::Error::from)?;
    finish(file)?;
    File::open(&folder)?.sync_all()?;
    Ok(manifest.tables.into_iter().map(|contents| (format!("{FOLDER}/{}", file_of(&contents.table)), contents.rows)).collect())
}

async fn write_table(conn: &mut Conn, table: &Table, folder: &Path, progress: &impl Fn(Progress<'_>)) -> Result<u64, Failure> {
    let name = file_of(&table.name);
    let all = whole::count(conn, table).await?;
    let mut file = create(&folder.join(&name))?;
    write_line(&mut file, &table.columns.iter().map(|column| &column.name).collect::<Vec<_>>())?;
    let (mut done, mut last) = (0, None);
    loop {
        let mut rows = whole::page(conn, table, last.as_deref()).await?;
        rows.iter().try_for_each(|row| write_line(&mut file, row))?;
        done += rows.len() as u64;
        progress(Progress { step: "writing", file: &name, done, all });
        last = rows.pop();
        if last.is_none() {
            break;
        }
    }
    finish(file)?;
    Ok(done)
}

/// A new file that only its owner can read.
fn create(path: &Path) -> io::Result<BufWriter<File>> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map(BufWriter::new)
}

fn write_line(file: &mut BufWriter<File>, values: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *file, values)?;
    file.write_all(b"\n")
}

/// Has everything written, so that a crash from now on cannot undo it.
fn finish(file: BufWriter<File>) -> io::Result<()> {
    file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()
}
