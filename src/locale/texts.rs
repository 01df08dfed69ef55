//! The texts of one language, without any fallback.

use std::sync::Arc;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::resolver::ResolverError;
use fluent_bundle::resolver::errors::ReferenceKind;
use fluent_bundle::{FluentArgs, FluentError, FluentResource};
use fluent_syntax::ast::Pattern;
use unic_langid::LanguageIdentifier;

use super::anatomy::Anatomy;
use super::files::{self, File, LocaleError};
use super::formats::{self, Formats};
use crate::domain::Language;

/// The text that stands in for any other: every language must have it.
const FALLBACK: &str = "text-missing";

/// The texts of a language and how it writes values.
pub(super) struct Texts {
    /// The language.
    pub(super) language: Language,
    /// The files, a later one overriding the earlier ones, key by key.
    pub(super) files: Vec<File>,
    /// How values are written.
    pub(super) formats: Formats,
    /// What is shown when a text exists in no language.
    pub(super) fallback: String,
    bundle: FluentBundle<Arc<FluentResource>>,
}

/// Why a text can't be written.
#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    /// The language doesn't have it.
    #[error("there is no such text")]
    NoText,
    /// It names something that doesn't exist.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Broken(Vec<FluentError>),
}

impl Texts {
    /// Puts a language together; fails if its fallback text or one of its terms can't be used.
    pub(super) fn new(language: Language, files: Vec<File>, formats: Formats) -> Result<Self, LocaleError> {
        check_terms(&files)?;
        let tag: LanguageIdentifier =
            formats::tag(language).parse().map_err(|reason| LocaleError::Rules { language, reason: Box::new(reason) })?;
        let mut bundle = FluentBundle::new_concurrent(vec![tag]);
        bundle.set_use_isolating(false);
        bundle.set_formatter(Some(formats::localised));
        files.iter().for_each(|file| bundle.add_resource_overriding(Arc::clone(&file.resource)));
        let mut texts = Self { language, files, formats, fallback: String::new(), bundle };
        texts.fallback =
            texts.write(FALLBACK, &FluentArgs::new()).map_err(|fault| LocaleError::Fallback { language, reason: fault.to_string() })?;
        Ok(texts)
    }

    /// Whether the language has a text of its own for the key.
    pub(super) fn has(&self, key: &str) -> bool {
        self.pattern(key).is_some()
    }

    /// Writes a text; all of it or nothing.
    pub(super) fn write(&self, key: &str, arguments: &FluentArgs<'_>) -> Result<String, Fault> {
        let pattern = self.pattern(key).ok_or(Fault::NoText)?;
        let mut errors = Vec::new();
        let text = self.bundle.format_pattern(pattern, Some(arguments), &mut errors);
        if errors.is_empty() { Ok(text.into_owned()) } else { Err(Fault::Broken(errors)) }
    }

    /// What stands under a key, or under `key.attribute`, as Fluent itself refers to one.
    fn pattern(&self, key: &str) -> Option<&Pattern<&str>> {
        match key.split_once('.') {
            None => self.bundle.get_message(key)?.value(),
            Some((key, attribute)) => Some(self.bundle.get_message(key)?.get_attribute(attribute)?.value()),
        }
    }
}

impl Fault {
    /// The variables that nothing was given for.
    pub(super) fn absent_variables(&self) -> impl Iterator<Item = &str> {
        let errors = match self {
            Self::NoText => &[][..],
            Self::Broken(errors) => errors,
        };
        errors.iter().filter_map(|error| match error {
            FluentError::ResolverError(ResolverError::Reference(ReferenceKind::Variable { id })) => Some(id.as_str()),
            _ => None,
        })
    }
}

/// Fluent hands a term no variables but the literals of the reference, and writes the name of one it lacks
/// without an error: refused here, it can never be shown.
fn check_terms(files: &[File]) -> Result<(), LocaleError> {
    for entry in files::effective(files).into_values().filter(|entry| entry.term) {
        if let Some(variable) = Anatomy::of(entry).written.first() {
            let (file, line) = (entry.file.name.clone(), entry.line());
            return Err(LocaleError::TermVariable { file, line, term: entry.key.to_owned(), variable: (*variable).to_owned() });
        }
    }
    Ok(())
}
