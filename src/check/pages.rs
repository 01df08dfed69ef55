//! The web pages: whether their address can be bound, whether holders reach it and are told apart; and the address of health and metrics.

use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use reqwest::redirect::Policy;
use url::Url;

use super::database::Stand;
use super::mail::is_this_machine;
use super::{Finding, Subject};

/// How long the public address may take to answer.
const TIMEOUT: Duration = Duration::from_secs(5);

/// The counter itself speaks plain HTTP, so that https is always a proxy's.
const FROM_ONE_PLACE: &str = "GUICHET_PUBLIC_URL is https, so a proxy passes requests on, and GUICHET_TRUSTED_PROXY does not name it: all \
                              visitors count as one place and share its limit of passwords and pages; let GUICHET_TRUSTED_PROXY say the \
                              proxy's address, and have the proxy set X-Forwarded-For";

pub(super) async fn examine(subject: &Subject<'_>, database: &Stand) -> Vec<Finding> {
    let listen = subject.settings.listen;
    let mut findings = vec![bound("pages", "GUICHET_LISTEN", listen, database.in_use())];
    findings.push(match &subject.settings.public_url {
        None => Finding::care(
            "pages",
            format!("links in mails would say http://{listen}, which holders can't reach; let GUICHET_PUBLIC_URL say where they can"),
        ),
        Some(url) if url.scheme() == "http" && !is_this_machine(url) => {
            Finding::care("pages", format!("{url} is not encrypted, and passwords are typed there; serve it over https://"))
        }
        Some(url) if database.in_use() => reached(url).await,
        Some(url) => Finding::ok("pages", format!("links in mails say {url}; run check beside the running counter to try it")),
    });
    if subject.settings.public_url.as_ref().is_some_and(|url| url.scheme() == "https") && subject.settings.trusted_proxies.is_empty() {
        findings.push(Finding::care("pages", FROM_ONE_PLACE));
    }
    findings
}

pub(super) async fn examine_admin(subject: &Subject<'_>, database: &Stand) -> Vec<Finding> {
    vec![bound("health", "GUICHET_ADMIN_LISTEN", subject.settings.admin_listen, database.in_use())]
}

fn bound(about: &'static str, setting: &str, listen: SocketAddr, serving: bool) -> Finding {
    match TcpListener::bind(listen) {
        Ok(_) => Finding::ok(about, format!("{listen} is free to listen on")),
        Err(error) if error.kind() == ErrorKind::AddrInUse && serving => Finding::ok(about, format!("the counter listens on {listen}")),
        Err(error) => Finding::fault(
            about,
            format!("{setting}: cannot listen on {listen}: {error}; stop what listens there, or name another address"),
        ),
    }
}

/// Whether the counter that runs is reached where the links in mails lead. Any answer will do: it came through what stands before.
async fn reached(url: &Url) -> Finding {
    let client = reqwest::Client::builder().timeout(TIMEOUT).redirect(Policy::none()).no_proxy().build();
    let answer = match client {
        Ok(client) => client.get(url.clone()).send().await,
        Err(error) => Err(error),
    };
    match answer {
        Ok(answer) if answer.status().is_server_error() => {
            Finding::fault("pages", format!("{url} answers {}; check what stands before the counter", answer.status()))
        }
        Ok(_) => Finding::ok("pages", format!("{url} answers")),
        Err(error) => {
            let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
            let error = error.without_url();
            Finding::fault(
                "pages",
                format!("{url} does not answer ({error} {cause}); check the name, its certificate and what stands before the counter"),
            )
        }
    }
}
