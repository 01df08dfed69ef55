//! What is wrong with the locale files, for `guichet check` and the tests.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::anatomy::Anatomy;
use super::files::{self, Entry, File};
use super::texts::Texts;
use super::{Locales, markup, topics};
use crate::domain::Language;

/// How keys start that the program puts together at run time, from names in the policy. Only these may an operator add.
pub const NAMED_AT_RUN_TIME: [&str; 2] = ["capability-", topics::PREFIX];

/// Something in a locale file that should be put right.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The file.
    pub file: String,
    /// The line the text starts at, from 1.
    pub line: usize,
    /// The key of the text.
    pub key: String,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What is wrong with a text. Displayed as a sentence that says what to do.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Problem {
    /// A language lacks it.
    #[error("missing in {0}: write it there too")]
    Missing(&'static str),
    /// The program has no use for it.
    #[error("the program knows no such text: correct the key or take it out")]
    Unknown,
    /// The folder has it twice; of a message and a term of the same name only one counts as well.
    #[error("written twice, first in {0}: keep one")]
    Duplicate(String),
    /// Its variables are not those of the English text.
    #[error("uses {} where the English text uses {}: use the same", list(here), list(english))]
    Variables {
        /// The variables of this text.
        here: Vec<String>,
        /// Those of the English one.
        english: Vec<String>,
    },
    /// It says nothing.
    #[error("an empty text: write one")]
    Empty,
    /// It calls a function. Values come written as the language writes them, so there are none.
    #[error("calls the function {0}(), which doesn't exist: write the variable alone")]
    Function(String),
    /// It refers to a text or a term that isn't there.
    #[error("refers to {0}, which isn't there")]
    Reference(String),
    /// Its HTML would be refused or garbled by Telegram.
    #[error("{0}")]
    Markup(String),
    /// A topic's name cannot go on a button.
    #[error("a topic's name is at most 32 lower-case letters, digits and `_`: call it so")]
    TopicName,
    /// A topic lacks a part of it.
    #[error("a topic without .{0}: write it below the article")]
    Lacks(&'static str),
    /// A topic's title is too wide for its button.
    #[error("the .title does not fit a button: {0} characters at most")]
    LongTitle(usize),
    /// A topic's title is one of many on a menu: nothing is filled in there.
    #[error("the .title writes a variable: say it in plain words")]
    TitleVariable,
    /// A topic leads into a flow that is not there.
    #[error("the .leads name {0}, {1}")]
    Lead(String, String),
    /// A topic says where it leads in another language than English.
    #[error("the .leads stand in the English text, for every language: take them out here")]
    LeadsElsewhere,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}: {}", self.file, self.line, self.key, self.problem)
    }
}

fn list(variables: &[String]) -> String {
    if variables.is_empty() {
        return "no variable".to_owned();
    }
    variables.iter().map(|name| format!("${name}")).collect::<Vec<_>>().join(", ")
}

type Entries<'a> = BTreeMap<&'a str, Entry<'a>>;

impl Locales {
    /// Everything that should be put right in the locale files, built-in and laid over, by file and line.
    pub fn check(&self) -> Vec<Finding> {
        let texts = [&self.en, &self.fr, &self.ru];
        let languages = texts.map(|texts| files::effective(&texts.files));
        let (expected, unknown) = expected_and_unknown(texts, &languages);
        let mut findings: Vec<_> = unknown.into_iter().map(|entry| finding(entry, Problem::Unknown)).collect();
        for (texts, language) in texts.iter().zip(&languages) {
            findings.extend(duplicates(&texts.files));
            findings.extend(language.values().flat_map(|entry| faults(*entry, language)));
            let topics =
                language.values().flat_map(|entry| topics::faults(*entry, texts.language).into_iter().map(|fault| finding(*entry, fault)));
            findings.extend(topics);
            findings.extend(other_variables(language, &languages[0]));
            findings.extend(missing(texts.language, language, &expected));
        }
        findings.sort();
        findings
    }
}

/// The messages that every language should have, each from the first language that has it, and those that
/// the program can't know.
fn expected_and_unknown<'a>(texts: [&Texts; 3], languages: &[Entries<'a>; 3]) -> (Entries<'a>, Vec<Entry<'a>>) {
    let built_in: BTreeSet<_> = texts.into_iter().flat_map(built_in_keys).collect();
    let mut expected = BTreeMap::new();
    let mut unknown = Vec::new();
    for entry in languages.iter().flat_map(BTreeMap::values).filter(|entry| !entry.term) {
        if built_in.contains(entry.key) || is_named_at_run_time(entry.key) {
            expected.entry(entry.key).or_insert(*entry);
        } else {
            unknown.push(*entry);
        }
    }
    (expected, unknown)
}

fn finding(entry: Entry<'_>, problem: Problem) -> Finding {
    let key = if entry.term { format!("-{}", entry.key) } else { entry.key.to_owned() };
    Finding { file: entry.file.name.clone(), line: entry.line(), key, problem }
}

fn is_named_at_run_time(key: &str) -> bool {
    NAMED_AT_RUN_TIME.iter().any(|prefix| key.starts_with(prefix))
}

fn built_in_keys(texts: &Texts) -> impl Iterator<Item = &str> {
    texts.files.iter().filter(|file| file.built_in).flat_map(File::entries).filter(|entry| !entry.term).map(|entry| entry.key)
}

/// The keys that the built-in files, or those laid over them, hold twice.
fn duplicates(files: &[File]) -> Vec<Finding> {
    let mut places: BTreeMap<_, String> = BTreeMap::new();
    let mut findings = Vec::new();
    for entry in files.iter().flat_map(File::entries) {
        let folder_and_key = (entry.file.built_in, entry.key);
        if let Some(first) = places.get(&folder_and_key) {
            findings.push(finding(entry, Problem::Duplicate(first.clone())));
        } else {
            places.insert(folder_and_key, format!("{}:{}", entry.file.name, entry.line()));
        }
    }
    findings
}

/// What is wrong with a text by itself, in its language.
fn faults(entry: Entry<'_>, language: &Entries<'_>) -> Vec<Finding> {
    let anatomy = Anatomy::of(entry);
    let there = |key: &str, term: bool| language.get(key).is_some_and(|entry| entry.term == term && entry.value.is_some());
    let empty = entry.value.is_none() || anatomy.texts.iter().all(|text| text.trim().is_empty());
    let functions = anatomy.functions.iter().map(|name| Problem::Function((*name).to_owned()));
    let messages = anatomy.messages.iter().filter(|key| !there(key, false)).map(|key| Problem::Reference((*key).to_owned()));
    let terms = anatomy.terms.iter().filter(|key| !there(key, true)).map(|key| Problem::Reference(format!("-{key}")));
    let markup = anatomy.texts.iter().filter_map(|text| markup::fault(text)).map(Problem::Markup);
    let problems = empty.then_some(Problem::Empty).into_iter().chain(functions).chain(messages).chain(terms).chain(markup);
    problems.map(|problem| finding(entry, problem)).collect()
}

/// The texts of a language whose variables are not those of the English text of the same key.
fn other_variables<'a>(language: &Entries<'a>, english: &Entries<'a>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for entry in language.values().filter(|entry| !entry.term && english.contains_key(entry.key)) {
        let [here, english] = [language, english].map(|entries| variables(entry.key, entries).into_iter().map(str::to_owned).collect());
        if here != english {
            findings.push(finding(*entry, Problem::Variables { here, english }));
        }
    }
    findings
}

/// The variables a text needs, with those of the texts it refers to.
fn variables<'a>(key: &'a str, language: &Entries<'a>) -> BTreeSet<&'a str> {
    let mut variables = BTreeSet::new();
    let mut seen = BTreeSet::new();
    let mut ahead = vec![key];
    while let Some(key) = ahead.pop() {
        if let Some(entry) = language.get(key).filter(|entry| !entry.term && seen.insert(key)) {
            let anatomy = Anatomy::of(*entry);
            variables.extend(anatomy.written.union(&anatomy.chosen_by));
            ahead.extend(anatomy.messages);
        }
    }
    variables
}

/// The expected texts that a language lacks, each found where another language has it, in English if it has.
fn missing(language: Language, entries: &Entries<'_>, expected: &Entries<'_>) -> Vec<Finding> {
    let lacks = |entry: &&Entry<'_>| entries.get(entry.key).is_none_or(|own| own.term);
    expected.values().filter(lacks).map(|entry| finding(*entry, Problem::Missing(language.code()))).collect()
}
