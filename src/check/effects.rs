//! What was left to do outside and is not done: given up, or waiting for long.

use jiff::SignedDuration;

use super::Finding;
use crate::domain::{Retention, days};
use crate::effects::Reason;
use crate::store::look::{Counts, Heap};

/// How long an effect may wait before it is worth a look.
pub(super) const LONG: SignedDuration = SignedDuration::from_mins(10);

pub(super) fn examine(counts: &Counts, kept: &Retention) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !counts.late.is_empty() {
        let says = format!(
            "mails and messages waiting for more than {} minutes: {}; if a counter is serving, its log says why (\"tried again later\"), \
             and else the next start sends them",
            LONG.as_mins(),
            listed(&counts.late)
        );
        findings.push(Finding::care("effects", says));
    }
    if !counts.dead_letters.is_empty() {
        let says = format!(
            "mails and messages given up: {}; set right what the reason names. Of their text nothing is kept, so they are not sent again, \
             and holders ask anew. They are forgotten after {} days; to be rid of them now, run \
             `DELETE FROM effect WHERE died IS NOT NULL` on the database",
            listed(&counts.dead_letters),
            days(kept.dead_letters)
        );
        findings.push(Finding::care("effects", says));
    }
    findings
}

fn listed(heaps: &[Heap]) -> String {
    heaps.iter().map(heap).collect::<Vec<_>>().join(", ")
}

fn heap(heap: &Heap) -> String {
    let Heap { kind, reason, count, since } = heap;
    let since = since.strftime("%Y-%m-%d %H:%M");
    // An older version may have written it, with less care.
    let reason = if reason.is_empty() { String::new() } else { format!(" ({})", Reason::new(reason)) };
    format!("{count} {kind}{reason}, the first since {since} UTC")
}
