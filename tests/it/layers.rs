//! The layers: what knows no Telegram, SQL, HTTP or mail must not come to know it.

use std::path::{Path, PathBuf};

fn sources(folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    found
}

#[test]
fn the_domain_and_the_dialogue_know_no_outside() {
    for path in sources("src/domain").into_iter().chain(sources("src/dialogue")) {
        let text = std::fs::read_to_string(&path).unwrap();
        for outside in ["teloxide", "sqlx", "axum", "lettre", "reqwest"] {
            let known = text.lines().any(|line| !line.trim_start().starts_with("//") && line.contains(&format!("{outside}::")));
            assert!(!known, "{} uses {outside}", path.display());
        }
    }
}

#[test]
fn statements_are_run_in_one_place() {
    for path in sources("src") {
        let text = std::fs::read_to_string(&path).unwrap();
        let runs = text.contains("sqlx::query");
        assert!(!runs || path.ends_with("store/conn.rs") || path.ends_with("store/conn/many.rs"), "{} runs SQL by itself", path.display());
    }
}

#[test]
fn every_file_says_what_lives_in_it() {
    for path in sources("src").into_iter().chain(sources("tests/it")) {
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("//!"), "{} does not open with what lives in it", path.display());
    }
}
