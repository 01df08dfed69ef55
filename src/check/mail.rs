//! Mail: a real hand-shake with the mail server, or whether the folder can be written.

use std::path::Path;
use std::time::Duration;

use url::{Host, Url};

use super::{Finding, Subject, can_write};
use crate::config::{Mail, PrivateUrl};
use crate::effects::Smtp;

/// How long the mail server may take to shake hands.
const TIMEOUT: Duration = Duration::from_secs(10);

pub(super) async fn examine(subject: &Subject<'_>) -> Vec<Finding> {
    match &subject.settings.mail {
        Mail::Folder(folder) => vec![examine_folder(folder)],
        Mail::Smtp(url) => examine_server(subject, url).await,
    }
}

fn examine_folder(folder: &Path) -> Finding {
    let place = folder.display();
    let there = folder.ancestors().find(|folder| folder.as_os_str().is_empty() || folder.exists());
    match can_write(there.unwrap_or(folder)) {
        Ok(()) => Finding::care("mail", format!("goes into the folder {place} and to no holder; let GUICHET_MAIL_URL name a mail server")),
        Err(error) => Finding::fault("mail", format!("GUICHET_MAIL_URL: the folder {place} cannot be written: {error}; name another")),
    }
}

async fn examine_server(subject: &Subject<'_>, url: &PrivateUrl) -> Vec<Finding> {
    let smtp = match Smtp::new(url, subject.settings.certificates.as_deref(), TIMEOUT) {
        Ok(smtp) => smtp,
        Err(error) => return vec![Finding::fault("mail", error.to_string())],
    };
    let mut findings = vec![match smtp.shake_hands().await {
        Ok(()) => Finding::ok("mail", format!("{url} takes our mails, from {}", sender(subject))),
        Err(error) => Finding::fault("mail", format!("GUICHET_MAIL_URL: {url} {error}")),
    }];
    if in_the_clear(url) {
        let says = format!("{url} is not encrypted, and codes travel in the clear; write smtps://… or add ?tls=required");
        findings.push(Finding::care("mail", says));
    }
    findings
}

fn sender(subject: &Subject<'_>) -> String {
    let set = subject.settings.mail_from.as_ref().map(ToString::to_string);
    set.or_else(|| subject.policy.as_ref().map(|policy| policy.contact.as_str().to_owned()))
        .unwrap_or_else(|| "the policy's contact".to_owned())
}

/// Whether mails leave this machine without encryption.
fn in_the_clear(url: &PrivateUrl) -> bool {
    let Ok(url) = Url::parse(url.expose()) else { return false };
    let encrypted = url.scheme() == "smtps" || url.query_pairs().any(|(name, how)| name == "tls" && how == "required");
    !encrypted && !is_this_machine(&url)
}

/// Whether a URL's host is a name or an address of this machine for itself.
pub(super) fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        // Schemes that `url` does not know keep an address as a name.
        Some(Host::Domain(name)) => name == "localhost" || name.parse::<std::net::Ipv4Addr>().is_ok_and(|address| address.is_loopback()),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
