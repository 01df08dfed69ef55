//! No input breaks anything: callback data, import files, web forms and stored dialogues, made of a corpus (`tests/corpus/`) by
//! chance. For about a second each, with `GUICHET_FUZZ=minute` for a minute each. A find is put into the corpus, with the seed
//! told; `GUICHET_FUZZ_SEED` plays a seed again.

mod chats;
mod files;
mod forms;

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use guichet::clock::Random;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

/// What an input is changed with besides bytes by chance.
const TOKENS: [&str; 40] = [
    "\"",
    "\\",
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "null",
    "true",
    "-1",
    "0",
    "9223372036854775807",
    "9223372036854775808",
    "1e999",
    "\u{0}",
    "\\u0000",
    "\\ud800",
    "\r\n",
    "\n",
    "\t",
    "é",
    "😀",
    "\u{202e}",
    "=1+1",
    "'",
    "<script>",
    "&lt;",
    "%00",
    "%",
    "&",
    "=",
    ".",
    "C",
    "P.zz",
    "{\"v\":1,\"at\":",
    "\"menu\"",
    "{\"back\":",
    "4242424242424242",
    "2016-13-32",
];

/// A target's corpus and the chance that plays with it.
struct Fuzz {
    folder: PathBuf,
    corpus: Vec<Vec<u8>>,
    replayed: usize,
    seed: u64,
    random: StdRng,
    lasts: Duration,
    /// When chance is to rest; unknown until the corpus has been through.
    until: Option<Instant>,
    now: Vec<u8>,
    tried: u64,
}

impl Fuzz {
    /// The target's corpus, and what else is worth to start from.
    fn of(target: &str, more: impl IntoIterator<Item = String>) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus").join(target);
        let mut files: Vec<PathBuf> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        let mut corpus: Vec<Vec<u8>> = files.iter().map(|file| std::fs::read(file).unwrap()).collect();
        assert!(!corpus.is_empty(), "{} is empty", folder.display());
        corpus.extend(more.into_iter().map(String::into_bytes));
        let by_chance = || u64::from_le_bytes(Random::machine().bytes());
        let seed = std::env::var("GUICHET_FUZZ_SEED").map_or_else(|_| by_chance(), |seed| seed.parse().expect("a number"));
        let minute = std::env::var("GUICHET_FUZZ").is_ok_and(|length| length == "minute");
        let lasts = if minute { Duration::from_secs(60) } else { Duration::from_secs(1) };
        Self { folder, corpus, replayed: 0, seed, random: StdRng::seed_from_u64(seed), lasts, until: None, now: Vec::new(), tried: 0 }
    }

    /// The next input: first the corpus as it is, then as long as there is time what chance makes of it.
    fn next(&mut self) -> Option<Vec<u8>> {
        self.now = match self.corpus.get(self.replayed) {
            Some(input) => input.clone(),
            None if Instant::now() >= *self.until.get_or_insert_with(|| Instant::now() + self.lasts) => return None,
            None => self.changed(),
        };
        self.replayed += 1;
        self.tried += 1;
        Some(self.now.clone())
    }

    fn changed(&mut self) -> Vec<u8> {
        let mut input = self.corpus[self.random.random_range(0..self.corpus.len())].clone();
        for _ in 0..self.random.random_range(1..5) {
            let at = self.random.random_range(0..=input.len());
            let end = (at + self.random.random_range(0..12)).min(input.len());
            match self.random.random_range(0..6) {
                0 => drop(input.splice(at..end, [])),
                1 => drop(input.splice(at..at, [self.random.random()])),
                2 => drop(input.splice(at..end, TOKENS[self.random.random_range(0..TOKENS.len())].bytes())),
                3 => {
                    let part = input[at..end].to_vec();
                    let times = self.random.random_range(1..40);
                    drop(input.splice(at..at, part.repeat(times)));
                }
                4 => {
                    let other = &self.corpus[self.random.random_range(0..self.corpus.len())];
                    let from = self.random.random_range(0..=other.len());
                    input.truncate(at);
                    input.extend(&other[from..]);
                }
                _ if at < input.len() => input[at] ^= 1 << self.random.random_range(0..8),
                _ => {}
            }
        }
        input
    }
}

impl Drop for Fuzz {
    fn drop(&mut self) {
        let target = self.folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        println!("{target}: {} inputs, seed {}", self.tried, self.seed);
        if std::thread::panicking() {
            let mut hasher = DefaultHasher::new();
            self.now.hash(&mut hasher);
            let file = self.folder.join(format!("found-{:016x}", hasher.finish()));
            let outcome = std::fs::write(&file, &self.now);
            println!("GUICHET_FUZZ_SEED={} finds this again; it is kept in {} ({outcome:?})", self.seed, file.display());
        }
    }
}
