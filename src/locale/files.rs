//! Locale files: the ones built in, the operator's folder laid over them, and where in a file an entry stands.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use fluent_bundle::FluentResource;
use fluent_syntax::ast;
use include_dir::{Dir, include_dir};

use crate::domain::Language;

static BUILT_IN: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/locales");

/// Why the locale files can't be used.
#[derive(Debug, thiserror::Error)]
pub enum LocaleError {
    /// A folder or a file of the operator's can't be read.
    #[error("can't read {}: {reason}; check GUICHET_LOCALES and the permissions, the files must be UTF-8", path.display())]
    Unreadable {
        /// The folder or file.
        path: PathBuf,
        /// What the system says.
        #[source]
        reason: io::Error,
    },
    /// Something in the operator's folder belongs to no language.
    #[error("{} belongs to no language: locale files go into the folders fr, ru and en", path.display())]
    NoLanguage {
        /// The file or folder.
        path: PathBuf,
    },
    /// A file breaks Fluent's grammar (<https://projectfluent.org/fluent/guide/>).
    #[error("{file}:{line}: {reason}; correct the text, see https://projectfluent.org/fluent/guide/")]
    Syntax {
        /// The file.
        file: String,
        /// The line, from 1.
        line: usize,
        /// What the parser says.
        reason: String,
    },
    /// A term writes a variable, which nothing can fill in.
    #[error("{file}:{line}: the term -{term} writes ${variable}: a term can only choose by a variable; write it in the text itself")]
    TermVariable {
        /// The file.
        file: String,
        /// The line, from 1.
        line: usize,
        /// The term.
        term: String,
        /// The variable.
        variable: String,
    },
    /// The text that stands in for missing ones is itself missing or broken.
    #[error("text-missing in {language}: {reason}; give it a text without variables, it stands in for every missing text")]
    Fallback {
        /// The language.
        language: Language,
        /// What is wrong.
        reason: String,
    },
    /// The rules of a language that are compiled in can't be loaded.
    #[error("the rules of the language {language} can't be loaded: {reason}; this build is broken, build it anew")]
    Rules {
        /// The language.
        language: Language,
        /// What the library says.
        reason: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// A locale file, parsed.
pub(super) struct File {
    /// The file's name for messages to the operator.
    pub(super) name: String,
    /// Whether it came with the program.
    pub(super) built_in: bool,
    /// The parsed texts, which the bundle shares.
    pub(super) resource: Arc<FluentResource>,
}

/// A message or a term of a locale file.
#[derive(Clone, Copy)]
pub(super) struct Entry<'a> {
    /// The file it stands in.
    pub(super) file: &'a File,
    /// Its key, for a term without the dash.
    pub(super) key: &'a str,
    /// Whether it is a term: used by other texts only.
    pub(super) term: bool,
    /// Its text.
    pub(super) value: Option<&'a ast::Pattern<&'a str>>,
    attributes: &'a [ast::Attribute<&'a str>],
}

impl<'a> Entry<'a> {
    /// Its text and those of its attributes.
    pub(super) fn patterns(self) -> impl Iterator<Item = &'a ast::Pattern<&'a str>> {
        self.value.into_iter().chain(self.attributes.iter().map(|attribute| &attribute.value))
    }

    /// The text of one of its attributes.
    pub(super) fn attribute(self, name: &str) -> Option<&'a ast::Pattern<&'a str>> {
        self.attributes.iter().find(|attribute| attribute.id.name == name).map(|attribute| &attribute.value)
    }

    /// The line it starts at, from 1.
    pub(super) fn line(self) -> usize {
        let source = self.file.resource.source();
        line_at(source, self.key.as_ptr().addr() - source.as_ptr().addr())
    }
}

impl File {
    fn parse(name: String, source: &str, built_in: bool) -> Result<Self, LocaleError> {
        let source = source.trim_start_matches('\u{feff}');
        match FluentResource::try_new(source.to_owned()) {
            Ok(resource) => Ok(Self { name, built_in, resource: Arc::new(resource) }),
            Err((_, errors)) => {
                let first = errors.into_iter().next();
                let end = first.as_ref().map_or(0, |error| error.pos.start);
                let line = line_at(source, source.get(..end).map_or(end, |read| read.trim_end().len()));
                let reason = first.map(|error| error.to_string().replace("\n | \r\n", "end of line")).unwrap_or_default();
                Err(LocaleError::Syntax { file: name, line, reason })
            }
        }
    }

    /// The messages and terms, in the order they are written.
    pub(super) fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        self.resource.entries().filter_map(|entry| match entry {
            ast::Entry::Message(ast::Message { id, value, attributes, .. }) => {
                Some(Entry { file: self, key: id.name, term: false, value: value.as_ref(), attributes })
            }
            ast::Entry::Term(ast::Term { id, value, attributes, .. }) => {
                Some(Entry { file: self, key: id.name, term: true, value: Some(value), attributes })
            }
            _ => None,
        })
    }
}

fn line_at(source: &str, offset: usize) -> usize {
    1 + source.bytes().take(offset).filter(|byte| *byte == b'\n').count()
}

/// The entries that count where a later file overrides an earlier one, by key.
pub(super) fn effective(files: &[File]) -> BTreeMap<&str, Entry<'_>> {
    files.iter().flat_map(File::entries).map(|entry| (entry.key, entry)).collect()
}

/// The files of a language that came with the program, sorted by name.
pub(super) fn built_in(language: Language) -> Result<Vec<File>, LocaleError> {
    let files = BUILT_IN.get_dir(language.code()).into_iter().flat_map(Dir::files);
    let mut texts: Vec<_> = files.filter(|file| is_locale_file(file.path())).collect();
    texts.sort_by_key(|file| file.path());
    let parse = |file: &include_dir::File<'_>| {
        let name = format!("locales/{}", file.path().display());
        File::parse(name, file.contents_utf8().unwrap_or_default(), true)
    };
    texts.into_iter().map(parse).collect()
}

/// The files of a language in the operator's folder, sorted by name; none if the folder has none for the language.
pub(super) fn laid_over(folder: &Path, language: Language) -> Result<Vec<File>, LocaleError> {
    let folder = folder.join(language.code());
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let paths = listing(&folder)?.into_iter().filter(|path| is_locale_file(path));
    paths.map(|path| File::parse(path.display().to_string(), &readable(&path, fs::read_to_string(&path))?, false)).collect()
}

/// Refuses a folder that holds files or folders no language would ever read.
pub(super) fn check_folder(folder: &Path) -> Result<(), LocaleError> {
    let stray = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        !name.starts_with('.') && name.parse::<Language>().is_err() && (path.is_dir() || is_locale_file(path))
    };
    match listing(folder)?.into_iter().find(stray) {
        Some(path) => Err(LocaleError::NoLanguage { path }),
        None => Ok(()),
    }
}

fn is_locale_file(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "ftl")
}

fn listing(folder: &Path) -> Result<Vec<PathBuf>, LocaleError> {
    let entries = readable(folder, fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<_>>>))?;
    let mut paths: Vec<_> = entries.into_iter().map(|entry| entry.path()).collect();
    paths.sort();
    Ok(paths)
}

fn readable<T>(path: &Path, result: io::Result<T>) -> Result<T, LocaleError> {
    result.map_err(|reason| LocaleError::Unreadable { path: path.to_owned(), reason })
}
