//! The help topics as the flows know them: names in the order of the menu, where each leads, and the words of its questions.

use std::collections::HashMap;

use super::article;
use super::question::{Found, Index};
use crate::domain::{Language, Lead, Operator, Policy, TopicName};
use crate::locale::{Locales, Message};

/// The help topics. Built once, from the texts.
pub struct Topics {
    topics: Vec<(TopicName, Vec<Lead>)>,
    indexes: HashMap<Language, Index>,
}

impl Topics {
    /// The topics that the texts hold.
    pub fn new(locales: &Locales, policy: &Policy, operator: &Operator) -> Self {
        let topics: Vec<_> = locales.topics().into_iter().map(|topic| (topic, locales.leads(topic))).collect();
        let index = |language| {
            let small_words = locales.plain(language, &Message::new("help-small-words"));
            let asked = topics.iter().map(|(topic, _)| {
                let parts = ["title", "questions"].map(|part| format!("topic-{topic}.{part}"));
                let written = parts.into_iter().filter(|key| locales.has(language, key));
                let message = |key: String| article::filled(key, policy, operator);
                (*topic, written.map(|key| locales.plain(language, &message(key))).collect::<Vec<_>>().join("\n"))
            });
            (language, Index::new(asked, &small_words))
        };
        let indexes = Language::ALL.into_iter().map(index).collect();
        Self { topics, indexes }
    }

    /// Every topic, in the order of the menu.
    pub fn names(&self) -> impl Iterator<Item = TopicName> {
        self.topics.iter().map(|(topic, _)| *topic)
    }

    /// Whether there is such a topic.
    pub fn has(&self, topic: TopicName) -> bool {
        self.names().any(|name| name == topic)
    }

    /// The flows that a topic's article leads into.
    pub fn leads(&self, topic: TopicName) -> impl Iterator<Item = Lead> {
        self.topics.iter().filter(move |(name, _)| *name == topic).flat_map(|(_, leads)| leads.iter().copied())
    }

    /// The topics that a question in the holder's own words may be about.
    pub fn find(&self, language: Language, question: &str) -> Found {
        self.indexes.get(&language).map_or(Found::None, |index| index.find(question))
    }
}
