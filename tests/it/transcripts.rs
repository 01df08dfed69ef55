//! Every transcript in `tests/transcripts` is played against the real bot.

use std::path::{Path, PathBuf};

use guichet::simulator::play::play_file;

fn transcripts(language: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/transcripts").join(language);
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

async fn play_all(language: &str) {
    let files = transcripts(language);
    assert!(!files.is_empty(), "no transcripts in {language}");
    let mut departures = String::new();
    for file in files {
        let played = play_file(&file).await.unwrap();
        if played.departure.is_some() {
            departures.push_str(&format!("\n===== {}\n{}", file.display(), played.conversation));
        }
    }
    assert!(departures.is_empty(), "{departures}");
}

#[tokio::test]
async fn the_french_transcripts_hold() {
    play_all("fr").await;
}

#[tokio::test]
async fn the_russian_transcripts_hold() {
    play_all("ru").await;
}

#[tokio::test]
async fn the_english_transcripts_hold() {
    play_all("en").await;
}

#[test]
fn every_language_has_the_same_transcripts() {
    let names = |language| transcripts(language).iter().map(|path| path.file_name().unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(names("fr"), names("ru"));
    assert_eq!(names("fr"), names("en"));
}
