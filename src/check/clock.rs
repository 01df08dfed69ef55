//! The clock, compared with the Bot API server's: codes and sessions end by it.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use reqwest::redirect::Policy;

use super::{Finding, Subject};
use crate::bot::api;
use crate::witness::{LEEWAY, STEADY};

/// How far off the clock may be without anyone noticing, and how far off it makes codes useless.
const CARE_FROM: SignedDuration = SignedDuration::from_secs(5);
const FAULT_FROM: SignedDuration = SignedDuration::from_secs(60);
const TIMEOUT: Duration = Duration::from_secs(5);

pub(super) async fn examine(subject: &Subject<'_>) -> Vec<Finding> {
    vec![match theirs(subject).await {
        Some(theirs) => compare(subject.clock.now(), theirs),
        None => Finding::care("clock", untold(subject)),
    }]
}

fn untold(subject: &Subject<'_>) -> String {
    format!(
        "{} does not tell the time; check the clock by hand. What is past its age or the final date is erased once a message has come, \
         which tells it, or the counter has run for {} hours",
        subject.settings.api_url,
        STEADY.as_hours()
    )
}

/// The time that the server's answers say. The address is asked without the token.
async fn theirs(subject: &Subject<'_>) -> Option<Timestamp> {
    let client = reqwest::Client::builder().timeout(TIMEOUT).redirect(Policy::none()).no_proxy().build().ok()?;
    let answer = client.head(subject.settings.api_url.clone()).send().await.ok()?;
    api::time(answer.headers())
}

fn compare(ours: Timestamp, theirs: Timestamp) -> Finding {
    let off = ours.duration_since(theirs);
    let says = format!(
        "{} s {} Telegram's; let NTP set it (`timedatectl set-ntp true`): codes end by it",
        off.abs().as_secs(),
        if off.is_negative() { "behind" } else { "before" }
    );
    if off > LEEWAY {
        let waits = "; until it is right the counter erases nothing by age, nor after the final date";
        return Finding::fault("clock", says + waits);
    }
    match off.abs() {
        far if far > FAULT_FROM => Finding::fault("clock", says),
        some if some > CARE_FROM => Finding::care("clock", says),
        _ => Finding::ok("clock", "agrees with Telegram's"),
    }
}
