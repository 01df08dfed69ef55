//! Every transcript in `tests/transcripts` is played against the real bot, in every language.

use std::path::{Path, PathBuf};

use futures::stream::{self, StreamExt as _};
use guichet::simulator::play::play_file;

use crate::review::{self, Conversations};

fn transcripts(language: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/transcripts").join(language);
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// The conversations as they came, and where they departed.
async fn play_all(language: &'static str) -> (Conversations, String) {
    let mut conversations = Vec::new();
    let mut departures = String::new();
    for file in transcripts(language) {
        let played = play_file(&file).await.unwrap();
        if played.departure.is_some() {
            departures.push_str(&format!("\n===== {}\n{}", file.display(), played.conversation));
        }
        conversations.push((file.file_stem().unwrap().to_string_lossy().into_owned(), played.conversation));
    }
    (conversations, departures)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_transcripts_hold_in_every_language() {
    let [fr, ru, en] = ["fr", "ru", "en"].map(|language| tokio::spawn(play_all(language)));
    let [(fr, in_french), (ru, in_russian), (en, in_english)] = [fr.await.unwrap(), ru.await.unwrap(), en.await.unwrap()];
    assert!(in_french.is_empty() && in_russian.is_empty() && in_english.is_empty(), "{in_french}{in_russian}{in_english}");
    assert!(!fr.is_empty(), "there are no transcripts");
    review::write(&[fr, ru, en]);
}

#[tokio::test]
async fn the_transcripts_hold_over_a_webhook_too() {
    let folder = tempfile::tempdir().unwrap();
    let play = async |transcript: PathBuf| {
        let file = folder.path().join(transcript.file_name().unwrap());
        std::fs::write(&file, format!("% updates webhook\n{}", std::fs::read_to_string(&transcript).unwrap())).unwrap();
        let played = play_file(&file).await.unwrap();
        played.departure.map(|_| format!("\n===== {}\n{}", transcript.display(), played.conversation))
    };
    let departures: Vec<_> = stream::iter(transcripts("fr")).map(play).buffered(4).collect().await;
    let departures: String = departures.into_iter().flatten().collect();
    assert!(departures.is_empty(), "{departures}");
}

#[test]
fn every_language_has_the_same_transcripts() {
    let names = |language| transcripts(language).iter().map(|path| path.file_name().unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(names("fr"), names("ru"));
    assert_eq!(names("fr"), names("en"));
}
