//! Where a setting comes from: the environment, a line of `guichet.toml`, or its default; and the errors that say so.

use std::collections::HashMap;
use std::fmt;
use std::io::ErrorKind;
use std::path::Path;

use toml::de::{DeTable, DeValue};

use super::value;

/// The settings file in the working folder.
const FILE: &str = "guichet.toml";

/// How a setting is called, what it is when it is not set, and how much of it is shown.
pub(super) struct Setting {
    /// Its name in the environment and in every message.
    name: &'static str,
    /// Its key in the file.
    key: &'static str,
    absent: Absent,
    shown: Shown,
}

/// What holds when a setting is not set.
pub(super) enum Absent {
    /// This value, read as if it had been set.
    Reads(&'static str),
    /// This, in words.
    Is(&'static str),
}

/// How much of a value may be shown.
#[derive(Clone, Copy)]
pub(super) enum Shown {
    Plainly,
    AsUrl,
    Never,
}

/// Where a value was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    Environment,
    File { line: usize },
    Default,
}

/// What is wrong with the settings: one line for the operator that names the setting, where it was set, what is wrong and what to do.
/// Secrets are never in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingError {
    /// The settings file can't be read, or is not one.
    #[error("{FILE}{}: {problem}", line.map(|line| format!(", line {line}")).unwrap_or_default())]
    File {
        /// The line, counted from 1, where one is to blame.
        line: Option<usize>,
        /// What is wrong and what to do.
        problem: String,
    },
    /// A setting has a value that it can't have.
    #[error("{setting} (from {origin}): {problem}")]
    Value {
        /// The setting's name in the environment.
        setting: &'static str,
        /// Where the value was found.
        origin: String,
        /// What is wrong and what to do.
        problem: String,
    },
    /// A setting is needed and not set.
    #[error("{setting} is not set, neither in the environment nor as `{key}` in {FILE}: {remedy}")]
    Missing {
        /// The setting's name in the environment.
        setting: &'static str,
        /// Its key in the file.
        key: &'static str,
        /// What to do.
        remedy: &'static str,
    },
}

impl SettingError {
    pub(super) fn missing(setting: &Setting, remedy: &'static str) -> Self {
        Self::Missing { setting: setting.name, key: setting.key, remedy }
    }

    /// The names of the settings without which the others can be read: half a webhook is left out whole.
    pub(super) fn to_leave_out(&self) -> Vec<&'static str> {
        match self {
            Self::File { .. } => Vec::new(),
            Self::Value { setting, .. } => vec![setting],
            Self::Missing { .. } => vec![super::WEBHOOK_URL.name, super::WEBHOOK_SECRET.name],
        }
    }

    /// Whether this is about the setting of this name.
    pub fn blames(&self, name: &str) -> bool {
        matches!(self, Self::Value { setting, .. } | Self::Missing { setting, .. } if *setting == name)
    }
}

impl Setting {
    pub(super) const fn new(name: &'static str, key: &'static str, absent: Absent, shown: Shown) -> Self {
        Self { name, key, absent, shown }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Environment => f.write_str("environment"),
            Self::File { line } => write!(f, "{FILE} line {line}"),
            Self::Default => f.write_str("default"),
        }
    }
}

/// What the environment and the settings file say.
pub(super) struct Sources<'a> {
    environment: &'a dyn Fn(&str) -> Option<String>,
    /// By key: the value as text, and its line.
    file: HashMap<&'static str, (String, usize)>,
    /// The names of settings that count as not set.
    left_out: Vec<&'static str>,
}

impl<'a> Sources<'a> {
    /// Reads the settings file of `folder`, which may be missing, and refuses keys that are not of `settings`.
    pub(super) fn read(
        environment: &'a dyn Fn(&str) -> Option<String>,
        folder: &Path,
        settings: &[&'static Setting],
    ) -> Result<Self, SettingError> {
        let text = match std::fs::read_to_string(folder.join(FILE)) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
            Err(error) => return Err(SettingError::File { line: None, problem: format!("{error}; check the file and its permissions") }),
        };
        Ok(Self { environment, file: entries(&text, settings)?, left_out: Vec::new() })
    }

    /// What the environment says, whatever stands in the file.
    pub(super) fn without_file(environment: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self { environment, file: HashMap::new(), left_out: Vec::new() }
    }

    /// Lets settings count as not set from here on.
    pub(super) fn leave_out(&mut self, settings: &[&'static str]) {
        self.left_out.extend(settings);
    }

    /// The setting's value, or its default; to be asked of settings with a default that reads.
    pub(super) fn required<T, E: fmt::Display>(
        &self,
        setting: &Setting,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<T, SettingError> {
        let (text, origin) = self.find(setting);
        parse(&text).map_err(|problem| wrong(setting, &text, origin, problem))
    }

    /// The setting's value, if it is set.
    pub(super) fn optional<T, E: fmt::Display>(
        &self,
        setting: &Setting,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<Option<T>, SettingError> {
        match self.find(setting) {
            (_, Origin::Default) => Ok(None),
            (text, origin) => parse(&text).map(Some).map_err(|problem| wrong(setting, &text, origin, problem)),
        }
    }

    /// The line that shows the setting.
    pub(super) fn show(&self, setting: &Setting) -> String {
        if self.left_out.contains(&setting.name) {
            return format!("{} = (wrong, see below)", setting.name);
        }
        let (text, origin) = self.find(setting);
        let shown = if origin == Origin::Default { text } else { setting.shown.of(&text).unwrap_or_else(|| "(hidden)".to_owned()) };
        let origin = if let Origin::File { .. } = origin { FILE.to_owned() } else { origin.to_string() };
        format!("{} = {shown} (from {origin})", setting.name)
    }

    fn find(&self, setting: &Setting) -> (String, Origin) {
        let set = |text: &String| !text.trim().is_empty() && !self.left_out.contains(&setting.name);
        if let Some(text) = (self.environment)(setting.name).filter(set) {
            return (text.trim().to_owned(), Origin::Environment);
        }
        if let Some((text, line)) = self.file.get(setting.key).filter(|(text, _)| set(text)) {
            return (text.trim().to_owned(), Origin::File { line: *line });
        }
        let (Absent::Reads(text) | Absent::Is(text)) = setting.absent;
        (text.to_owned(), Origin::Default)
    }
}

impl Shown {
    /// The value as it may be shown; `None` if not at all.
    fn of(self, text: &str) -> Option<String> {
        match self {
            Self::Plainly => Some(text.to_owned()),
            Self::AsUrl => value::without_password(text),
            Self::Never => None,
        }
    }
}

fn wrong(setting: &Setting, text: &str, origin: Origin, problem: impl fmt::Display) -> SettingError {
    let shown = setting.shown.of(text).map_or("the value".to_owned(), |text| format!("`{}`", text.escape_debug()));
    SettingError::Value { setting: setting.name, origin: origin.to_string(), problem: format!("{shown} is {problem}") }
}

fn entries(text: &str, settings: &[&'static Setting]) -> Result<HashMap<&'static str, (String, usize)>, SettingError> {
    let line = |position: usize| text[..position.min(text.len())].matches('\n').count() + 1;
    let table = DeTable::parse(text)
        .map_err(|error| SettingError::File { line: error.span().map(|span| line(span.start)), problem: error.message().to_owned() })?;
    let mut entries = HashMap::new();
    for (key, value) in table.get_ref() {
        let line = line(key.span().start);
        let failed = |problem| SettingError::File { line: Some(line), problem };
        let setting =
            settings.iter().find(|setting| setting.key == key.get_ref()).ok_or_else(|| failed(unknown(key.get_ref(), settings)))?;
        let text = plain_text(value.get_ref()).ok_or_else(|| {
            failed(format!("`{}` is not a text in quotes, a whole number or a list of texts; write {} = \"…\"", setting.key, setting.key))
        })?;
        entries.insert(setting.key, (text, line));
    }
    Ok(entries)
}

fn unknown(key: &str, settings: &[&'static Setting]) -> String {
    let nearest =
        settings.iter().map(|setting| setting.key).min_by_key(|known| strsim::damerau_levenshtein(key, known)).unwrap_or_default();
    format!("no setting is called `{}`; the nearest is `{nearest}`", key.escape_debug())
}

/// A value as the environment would write it; lists with commas.
fn plain_text(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.clone().into_owned()),
        DeValue::Integer(number) => Some(number.to_string()),
        DeValue::Array(values) => {
            let texts: Option<Vec<&str>> = values.iter().map(|value| value.get_ref().as_str()).collect();
            texts.map(|texts| texts.join(","))
        }
        _ => None,
    }
}
