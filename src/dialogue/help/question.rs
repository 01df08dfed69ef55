//! Finds the topic that a typed question is about, by the words it shares with the questions people ask.
//!
//! Words are compared without accents and endings, and small words don't count. A word that many topics share weighs little:
//! each counts for one divided by the number of topics that have it. A topic that is far ahead is opened; several close together are offered.

use std::collections::HashSet;

use unicode_normalization::UnicodeNormalization;

use crate::domain::TopicName;

/// How many topics are offered at most.
const OFFERED: usize = 3;
/// A topic is opened if it weighs this many times as much as the next.
const FAR_AHEAD: f64 = 2.0;
/// Two words are kin if they share a beginning this long …
const STEM: usize = 4;
/// … and differ by no more than an ending this long.
const ENDING: usize = 3;
/// This many words in common are enough, however long the question.
const ENOUGH: usize = 2;

/// What a question found.
#[derive(Debug, PartialEq, Eq)]
pub enum Found {
    /// The topic it is about.
    One(TopicName),
    /// Topics it may be about, the likeliest first.
    Some(Vec<TopicName>),
    /// Nothing.
    None,
}

/// The words of the questions people ask in one language, by topic.
pub struct Index {
    topics: Vec<(TopicName, HashSet<String>)>,
    small_words: HashSet<String>,
}

impl Index {
    /// From what people ask about each topic, and the words that say nothing.
    pub fn new(asked: impl Iterator<Item = (TopicName, String)>, small_words: &str) -> Self {
        let small_words: HashSet<String> = words(small_words).collect();
        let telling = |text: String| words(&text).filter(|word| !small_words.contains(word)).collect();
        let topics = asked.map(|(topic, text)| (topic, telling(text))).collect();
        Self { topics, small_words }
    }

    /// The topics that this question may be about.
    pub fn find(&self, question: &str) -> Found {
        let telling: HashSet<String> = words(question).filter(|word| !self.small_words.contains(word)).collect();
        let needed = telling.len().div_ceil(2).clamp(1, ENOUGH);
        let weights: Vec<(&str, f64)> = telling.iter().map(|word| (word.as_str(), self.weight(word))).collect();
        let mut scored: Vec<(TopicName, f64)> = self
            .topics
            .iter()
            .filter_map(|(topic, known)| {
                let shared: Vec<f64> = weights.iter().filter(|(word, _)| holds(known, word)).map(|(_, weight)| *weight).collect();
                (shared.len() >= needed).then(|| (*topic, shared.iter().sum()))
            })
            .collect();
        // The sort is stable: topics that weigh the same stay in the order of the menu.
        scored.sort_by(|(_, one), (_, other)| other.total_cmp(one));
        match scored.as_slice() {
            [] => Found::None,
            [(topic, _)] => Found::One(*topic),
            [(topic, best), (_, next), ..] if *best >= FAR_AHEAD * next => Found::One(*topic),
            [(_, best), ..] => {
                let close = scored.iter().filter(|(_, score)| FAR_AHEAD * score > *best);
                Found::Some(close.take(OFFERED).map(|(topic, _)| *topic).collect())
            }
        }
    }

    fn weight(&self, word: &str) -> f64 {
        let topics = self.topics.iter().filter(|(_, known)| holds(known, word)).count();
        1.0 / topics.max(1) as f64
    }
}

fn holds(known: &HashSet<String>, word: &str) -> bool {
    known.contains(word) || known.iter().any(|known| are_kin(known, word))
}

/// Whether two words differ by their endings only.
fn are_kin(one: &str, other: &str) -> bool {
    let shared = one.chars().zip(other.chars()).take_while(|(one, other)| one == other).count();
    shared >= STEM && [one, other].into_iter().all(|word| word.chars().count() - shared <= ENDING)
}

/// The words of a text, in lower case and without accents; single letters are none.
fn words(text: &str) -> impl Iterator<Item = String> {
    let plain: String = text.nfkd().filter(|c| !unicode_normalization::char::is_combining_mark(*c)).flat_map(char::to_lowercase).collect();
    let words: Vec<String> =
        plain.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() > 1).map(str::to_owned).collect();
    words.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn topic(name: &str) -> TopicName {
        name.parse().unwrap()
    }

    fn index() -> Index {
        let asked = [
            ("withdraw", "Comment retirer mon argent ?\nOù va mon solde ?"),
            ("pay", "Comment dépenser mon solde ?\nPayer avec mon argent"),
            ("link_card", "Lier une carte"),
            ("unlink_card", "Détacher une carte"),
        ];
        Index::new(asked.into_iter().map(|(name, text)| (topic(name), text.to_owned())), "comment mon une avec je veux ma")
    }

    #[test]
    fn a_word_that_only_one_topic_has_opens_it() {
        assert_eq!(index().find("je veux RETIRER ma carte-cadeau en argent"), Found::One(topic("withdraw")));
        assert_eq!(index().find("detachez"), Found::One(topic("unlink_card")));
    }

    #[test]
    fn words_that_several_topics_share_offer_them() {
        assert_eq!(index().find("cartes"), Found::Some(vec![topic("link_card"), topic("unlink_card")]));
        assert_eq!(index().find("mon argent, mon solde"), Found::Some(vec![topic("withdraw"), topic("pay")]));
    }

    #[test]
    fn what_no_topic_is_about_finds_nothing() {
        for question in ["", "?!", "comment", "je veux une pizza quatre fromages", "argent facile avec pizza gratuite, demain"] {
            assert_eq!(index().find(question), Found::None, "{question}");
        }
    }

    #[test]
    fn russian_endings_are_no_hindrance() {
        let index = Index::new([(topic("x"), "Не приходит письмо с паролем".to_owned())].into_iter(), "не с");
        assert_eq!(index.find("пароль"), Found::One(topic("x")));
        assert_eq!(index.find("письма"), Found::One(topic("x")));
        assert_eq!(index.find("погода"), Found::None);
    }
}
