//! Every text a holder reads: Fluent messages in three languages, a missing one falling back to English, values
//! written as each language writes them. What a text says is in `locales/`, never here.

mod anatomy;
mod check;
mod files;
mod formats;
mod markup;
mod message;
mod texts;
mod topics;

#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use fluent_bundle::{FluentArgs, FluentValue};
use jiff::tz::TimeZone;

pub use check::{Finding, NAMED_AT_RUN_TIME, Problem};
pub use files::LocaleError;
pub use markup::escape;
pub use message::{Message, Value};

use crate::domain::Language;
use formats::Formats;
use texts::{Fault, Texts};

/// The texts of every language. Built once and shared.
pub struct Locales {
    fr: Texts,
    ru: Texts,
    en: Texts,
    reported: Mutex<HashSet<(Language, String)>>,
}

#[derive(Clone, Copy)]
enum Markup {
    Html,
    Plain,
}

impl Locales {
    /// The texts that came with the program, moments in UTC.
    pub fn built_in() -> Result<Self, LocaleError> {
        Self::load(None, TimeZone::UTC)
    }

    /// The built-in texts with an operator's folder (`fr/*.ftl`, `ru/*.ftl`, `en/*.ftl`) laid over them, message by
    /// message; moments are shown in `time_zone`. The error names the file and the line.
    pub fn load(overlay: Option<&Path>, time_zone: TimeZone) -> Result<Self, LocaleError> {
        overlay.map_or(Ok(()), files::check_folder)?;
        let texts = |language| {
            let mut files = files::built_in(language)?;
            if let Some(folder) = overlay {
                files.extend(files::laid_over(folder, language)?);
            }
            let formats = Formats::new(language, time_zone.clone()).map_err(|reason| LocaleError::Rules { language, reason })?;
            Texts::new(language, files, formats)
        };
        Ok(Self { fr: texts(Language::Fr)?, ru: texts(Language::Ru)?, en: texts(Language::En)?, reported: Mutex::default() })
    }

    /// A text for Telegram's HTML parse mode: the markup of the text stays, what values hold is escaped.
    pub fn html(&self, language: Language, message: &Message) -> String {
        self.render(language, message, Markup::Html)
    }

    /// A text for buttons, notices and mails: nothing is escaped.
    pub fn plain(&self, language: Language, message: &Message) -> String {
        self.render(language, message, Markup::Plain)
    }

    /// Whether the language has this text itself, without falling back. `key.name` is the attribute `name` of a text.
    pub fn has(&self, language: Language, key: &str) -> bool {
        self.of(language).has(key)
    }

    /// The keys of all the texts a language has, sorted.
    pub fn keys(&self, language: Language) -> impl Iterator<Item = &str> {
        let entries = files::effective(&self.of(language).files).into_values();
        entries.filter(|entry| !entry.term && entry.value.is_some()).map(|entry| entry.key)
    }

    fn of(&self, language: Language) -> &Texts {
        match language {
            Language::Fr => &self.fr,
            Language::Ru => &self.ru,
            Language::En => &self.en,
        }
    }

    fn render(&self, language: Language, message: &Message, markup: Markup) -> String {
        let arguments = self.arguments(language, message, markup);
        match self.of(language).write(&message.key, &arguments) {
            Ok(text) => text,
            Err(fault) => {
                self.report(language, &message.key, &fault);
                self.in_english(language, message, markup)
                    .or_else(|| self.with_gaps(language, message, arguments, &fault))
                    .unwrap_or_else(|| self.of(language).fallback.clone())
            }
        }
    }

    fn in_english(&self, instead_of: Language, message: &Message, markup: Markup) -> Option<String> {
        if instead_of == Language::En {
            return None;
        }
        let written = self.en.write(&message.key, &self.arguments(Language::En, message, markup));
        written.inspect_err(|fault| self.report(Language::En, &message.key, fault)).ok()
    }

    /// The text with an ellipsis for each variable that nothing was given for.
    fn with_gaps<'a>(&self, language: Language, message: &Message, mut arguments: FluentArgs<'a>, fault: &Fault) -> Option<String> {
        fault.absent_variables().for_each(|variable| arguments.set(variable.to_owned(), "…"));
        self.of(language).write(&message.key, &arguments).ok()
    }

    fn arguments<'a>(&self, language: Language, message: &'a Message, markup: Markup) -> FluentArgs<'a> {
        message.values.iter().map(|(name, value)| (name.as_ref(), self.value(language, value, markup))).collect()
    }

    fn value<'a>(&self, language: Language, value: &'a Value, markup: Markup) -> FluentValue<'a> {
        let formats = &self.of(language).formats;
        match value {
            Value::Text(text) => match markup {
                Markup::Html => escape(text).into(),
                Markup::Plain => text.into(),
            },
            Value::Number(number) => number.into(),
            Value::Money(money) => formats.money(*money).into(),
            Value::Date(date) => formats.day(*date).into(),
            Value::Month { year, month } => formats::month(*year, *month).into(),
            Value::Moment(moment) => formats.moment(*moment).into(),
            Value::Message(message) => self.render(language, message, markup).into(),
        }
    }

    /// Tells the operator once: a text is shown to many holders, many times.
    fn report(&self, language: Language, key: &str, fault: &Fault) {
        let mut reported = self.reported.lock().unwrap_or_else(PoisonError::into_inner);
        if reported.insert((language, key.to_owned())) {
            tracing::error!(%language, key, %fault, "a text can't be shown as written; `guichet check` says more");
        }
    }
}
