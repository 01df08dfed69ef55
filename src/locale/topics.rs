//! The help topics among the texts. A topic is a message `topic-NAME`: its text is the article, `.title` its button,
//! `.questions` what people ask, one a line. `.leads`, the flows its buttons lead into, stands in the English text alone.

use super::Locales;
use super::anatomy::Anatomy;
use super::check::Problem;
use super::files::{self, Entry, File};
use crate::domain::{Language, Lead, TopicName};

/// How the key of an article starts.
pub(super) const PREFIX: &str = "topic-";
/// The longest title, in characters: two buttons share the width of a phone.
const LONGEST_TITLE: usize = 20;

impl Locales {
    /// The topics: the built-in ones in the order of their file, then those that the operator added.
    pub fn topics(&self) -> Vec<TopicName> {
        let files = [&self.en, &self.fr, &self.ru].into_iter().flat_map(|texts| &texts.files);
        let (built_in, laid_over): (Vec<_>, Vec<_>) = files.partition(|file| file.built_in);
        let mut topics = Vec::new();
        for entry in built_in.into_iter().chain(laid_over).flat_map(File::entries) {
            if let Some(name) = name(entry).and_then(|name| name.parse().ok()).filter(|name| !topics.contains(name)) {
                topics.push(name);
            }
        }
        topics
    }

    /// The flows that a topic's buttons lead into; words that name none are left out, and `check` tells of them.
    pub fn leads(&self, topic: TopicName) -> Vec<Lead> {
        let english = files::effective(&self.of(Language::En).files);
        let entry = english.get(format!("{PREFIX}{topic}").as_str()).copied();
        entry.map(lead_words).unwrap_or_default().iter().filter_map(|word| word.parse().ok()).collect()
    }
}

/// The name of the topic that a message is the article of.
fn name(entry: Entry<'_>) -> Option<&str> {
    entry.key.strip_prefix(PREFIX).filter(|_| !entry.term && entry.value.is_some())
}

fn lead_words(entry: Entry<'_>) -> Vec<String> {
    let text = entry.attribute("leads").map(|pattern| Anatomy::of_pattern(pattern).texts.concat());
    text.unwrap_or_default().split_whitespace().map(str::to_owned).collect()
}

/// What is wrong with a topic, beyond what may be wrong with any text.
pub(super) fn faults(entry: Entry<'_>, language: Language) -> Vec<Problem> {
    let Some(name) = name(entry) else { return Vec::new() };
    let mut problems = Vec::new();
    if name.parse::<TopicName>().is_err() {
        problems.push(Problem::TopicName);
    }
    match entry.attribute("title").map(Anatomy::of_pattern) {
        None => problems.push(Problem::Lacks("title")),
        Some(title) if !title.written.is_empty() || !title.chosen_by.is_empty() => problems.push(Problem::TitleVariable),
        Some(title) if title.texts.concat().chars().count() > LONGEST_TITLE => problems.push(Problem::LongTitle(LONGEST_TITLE)),
        Some(_) => {}
    }
    if entry.attribute("questions").is_none() {
        problems.push(Problem::Lacks("questions"));
    }
    if language != Language::En && entry.attribute("leads").is_some() {
        problems.push(Problem::LeadsElsewhere);
    }
    let unknown =
        lead_words(entry).into_iter().filter_map(|word| Some(Problem::Lead(word.clone(), word.parse::<Lead>().err()?.to_string())));
    problems.extend(unknown);
    problems
}
