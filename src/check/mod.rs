//! `guichet check`: one examination a file, all of them made whatever the others find, and nothing created or changed.
//! Each finding is one line that says what, where, and what to do.

mod audit;
mod clock;
mod database;
mod effects;
mod finding;
mod key;
mod mail;
mod pages;
mod retention;
mod telegram;
mod texts;

use std::path::Path;

pub use finding::{Finding, Grade};

use crate::clock::Clock;
use crate::config::{SettingError, Settings};
use crate::domain::Policy;

/// What the examinations look at.
struct Subject<'a> {
    settings: &'a Settings,
    /// The mistakes in the settings; what is mistaken counts as not set.
    mistakes: &'a [SettingError],
    /// The policy, if it can be read.
    policy: Option<Policy>,
    clock: &'a Clock,
}

impl Subject<'_> {
    /// What an examination finds, unless a setting that it rests on is wrong: then that is to be set right first.
    async fn unless_wrong(&self, about: &'static str, rests_on: &[&str], examination: impl Future<Output = Vec<Finding>>) -> Vec<Finding> {
        match rests_on.iter().find(|name| self.mistakes.iter().any(|mistake| mistake.blames(name))) {
            Some(name) => vec![Finding::care(about, format!("not examined; {name} has to be set right first"))],
            None => examination.await,
        }
    }
}

/// The settings, a line each with the secrets hidden, and everything found.
pub async fn examine(environment: &dyn Fn(&str) -> Option<String>, folder: &Path, clock: &Clock) -> (Vec<String>, Vec<Finding>) {
    let (settings, mistakes) = Settings::examine(environment, folder);
    let mut findings: Vec<_> = mistakes.iter().map(|mistake| Finding::fault("settings", mistake.to_string())).collect();
    let Some(settings) = settings else { return (Vec::new(), findings) };
    if mistakes.is_empty() {
        findings.push(Finding::ok("settings", "can all be read"));
    }
    let policy = settings.read_policy();
    findings.push(match &policy {
        Ok(policy) => Finding::ok("policy", format!("{}, dates in {}", policy.service, texts::zone(policy))),
        Err(error) => Finding::fault("policy", error.to_string()),
    });
    let subject = Subject { settings: &settings, mistakes: &mistakes, policy: policy.ok(), clock };
    findings.extend(subject.unless_wrong("operator", &["GUICHET_OPERATOR"], async { operator(&subject) }).await);
    findings.extend(retention::examine(&subject));
    findings.extend(texts::examine(&subject).await);
    let database = database::Stand::take(&settings.database, clock.now()).await;
    findings.extend(subject.unless_wrong("database", &["DATABASE_URL"], async { database.examine(&subject) }).await);
    findings.extend(subject.unless_wrong("key", &["DATABASE_URL", "GUICHET_KEY_FILE"], async { key::examine(&subject, &database) }).await);
    let rests_on = ["DATABASE_URL", "GUICHET_KEY_FILE"];
    findings.extend(subject.unless_wrong("audit", &rests_on, audit::examine(&subject, &database)).await);
    let rests_on = ["TELOXIDE_TOKEN", "TELOXIDE_API_URL"];
    findings.extend(subject.unless_wrong("telegram", &rests_on, telegram::examine(&subject, &database)).await);
    findings.extend(subject.unless_wrong("mail", &["GUICHET_MAIL_URL", "SSL_CERT_FILE"], mail::examine(&subject)).await);
    let rests_on = ["GUICHET_PUBLIC_URL", "GUICHET_LISTEN", "GUICHET_TRUSTED_PROXY"];
    findings.extend(subject.unless_wrong("pages", &rests_on, pages::examine(&subject, &database)).await);
    findings.extend(subject.unless_wrong("health", &["GUICHET_ADMIN_LISTEN"], pages::examine_admin(&subject, &database)).await);
    findings.extend(subject.unless_wrong("clock", &["TELOXIDE_API_URL"], clock::examine(&subject)).await);
    (settings.display().to_vec(), findings)
}

fn operator(subject: &Subject<'_>) -> Vec<Finding> {
    let Some(policy) = &subject.policy else {
        return vec![Finding::care("operator", "not examined; the policy has to be set right first")];
    };
    vec![match subject.settings.need_operator(policy) {
        Ok(operator) if policy.operator_is_service => Finding::ok("operator", format!("{operator}, the service itself")),
        Ok(operator) => Finding::ok("operator", format!("{operator}, not the service itself")),
        Err(error) => Finding::fault("operator", error.to_string()),
    }]
}

/// A folder that files can be made in. The file that tries it never has a name.
fn can_write(folder: &Path) -> std::io::Result<()> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    tempfile::tempfile_in(folder).map(|_| ())
}
