//! The texts: whether the files can be read, what is wrong in them, and whether Telegram would take every screen made of them.

use std::sync::Arc;

use jiff::tz::TimeZone;

use super::{Finding, Subject};
use crate::domain::Policy;
use crate::locale::Locales;
use crate::simulator::tour;

pub(super) async fn examine(subject: &Subject<'_>) -> Vec<Finding> {
    let time_zone = subject.policy.as_ref().map_or(TimeZone::UTC, |policy| policy.time_zone.clone());
    let locales = match Locales::load(subject.settings.locales.as_deref(), time_zone) {
        Ok(locales) => Arc::new(locales),
        Err(error) => return vec![Finding::fault("texts", error.to_string())],
    };
    let mut findings: Vec<_> = locales.check().iter().map(|finding| Finding::care("texts", finding.to_string())).collect();
    if findings.is_empty() {
        findings.push(Finding::ok("texts", "complete in French, Russian and English"));
    }
    match &subject.policy {
        Some(policy) => findings.extend(screens(policy, &locales).await),
        None => findings.push(Finding::care("screens", "not examined; the policy has to be set right first")),
    }
    findings
}

async fn screens(policy: &Policy, locales: &Arc<Locales>) -> Vec<Finding> {
    match tour::findings(policy, locales).await {
        Ok(findings) if findings.is_empty() => vec![Finding::ok("screens", "Telegram would take every one, in each language")],
        Ok(findings) => findings.into_iter().map(|finding| Finding::care("screens", finding)).collect(),
        Err(error) => vec![Finding::care("screens", format!("not examined; a counter to try them on could not be set up: {error:#}"))],
    }
}

/// The name of the policy's time zone.
pub(super) fn zone(policy: &Policy) -> &str {
    policy.time_zone.iana_name().unwrap_or("UTC")
}
