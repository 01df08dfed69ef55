//! The files of an import.

use guichet::config::Database;
use guichet::export::export;
use guichet::import::{ImportError, import, samples};
use guichet::store::Db;

use super::Fuzz;
use crate::unlocked::unlocked;

/// The files of an import in one input: each begins with its name on a line that begins with this.
const FILE: &str = "#file ";

/// What the tables that an import writes hold.
async fn contents(db: &Db) -> Vec<String> {
    let mut conn = db.conn().await.unwrap();
    let mut held = Vec::new();
    for sql in [
        "SELECT email_index || name_index || language || state || opened_on || quote(password_hash) FROM account ORDER BY 1",
        "SELECT account_id || currency || minor FROM balance ORDER BY 1",
        "SELECT quote(card_ref) || account_id || quote(brand) || last4 || expires || linked_on FROM card ORDER BY 1",
        "SELECT quote(payment_ref) || account_id || quote(merchant) || paid_at || minor || currency || status || card_last4 FROM payment ORDER BY 1",
    ] {
        held.extend(conn.rows::<(String,)>(sql, vec![]).await.unwrap().into_iter().map(|(row,)| row));
    }
    held
}

#[tokio::test]
async fn every_import_is_whole_or_nothing_and_says_where_it_is_wrong() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("in");
    let db = unlocked(Db::open(&Database::Sqlite(home.path().join("guichet.db"))).await.unwrap(), home.path()).await;
    samples::write(&folder).unwrap();
    import(&db, &folder, |_| ()).await.unwrap();
    let mut kept = contents(&db).await;
    let mut fuzz = Fuzz::of("import", []);
    while let Some(input) = fuzz.next() {
        std::fs::remove_dir_all(&folder).unwrap();
        std::fs::create_dir(&folder).unwrap();
        for part in split(&input) {
            let (name, text) = part.split_at(part.iter().position(|byte| *byte == b'\n').unwrap_or(part.len()));
            let name =
                ["accounts.csv", "balances.csv", "cards.csv", "payments.csv"].into_iter().find(|file| name.starts_with(file.as_bytes()));
            std::fs::write(folder.join(name.unwrap_or("other.csv")), text.strip_prefix(b"\n").unwrap_or(text)).unwrap();
        }
        let outcome = import(&db, &folder, |_| ()).await;
        let now = contents(&db).await;
        match outcome {
            Ok(_) => {
                let again = import(&db, &folder, |_| ()).await.unwrap();
                assert!(again.files.iter().all(|file| file.merged.new + file.merged.changed == 0), "{again}");
                let out = home.path().join("out");
                export(&db, &out, |_| ()).await.unwrap();
                std::fs::remove_dir_all(&out).unwrap();
                kept = now;
            }
            Err(ImportError::Problems(problems)) => {
                assert_eq!(now, kept, "a part was imported");
                assert!(problems.all().iter().all(|problem| problem.line > 0 && problem.file.ends_with(".csv")), "{problems}");
            }
            Err(ImportError::Empty(_)) => assert_eq!(now, kept),
            Err(other) => panic!("{other}"),
        }
    }
}

/// The parts of an input, each from behind the mark of a file.
fn split(input: &[u8]) -> Vec<&[u8]> {
    let marks: Vec<usize> = (0..input.len()).filter(|at| input[*at..].starts_with(FILE.as_bytes())).collect();
    let ends = marks.iter().skip(1).copied().chain([input.len()]);
    marks.iter().zip(ends).map(|(mark, end)| &input[mark + FILE.len()..end]).collect()
}
