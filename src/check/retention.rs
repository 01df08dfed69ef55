//! How long things are kept by the policy, and how near its final date is.

use super::{Finding, Subject};
use crate::domain::{Policy, Retention, days};

/// How many days before the final date a check begins to warn.
const WARNED: i64 = 30;

pub(super) fn examine(subject: &Subject<'_>) -> Vec<Finding> {
    let Some(policy) = &subject.policy else { return Vec::new() };
    let Retention { ended_sessions, dead_letters, set_aside_dialogues, silent_chats, audit } = policy.retention.clone();
    let kept = format!(
        "days that are kept: silent chats {}, ended sessions {}, dead letters {}, dialogues set aside {}, audit {}",
        days(silent_chats),
        days(ended_sessions),
        days(dead_letters),
        days(set_aside_dialogues),
        days(audit)
    );
    vec![Finding::ok("retention", kept), final_date(policy, subject.clock.now())]
}

fn final_date(policy: &Policy, now: jiff::Timestamp) -> Finding {
    let Some(date) = policy.final_date else { return Finding::ok("retention", "no final date: accounts stay until somebody erases them") };
    let left = policy.day(now).duration_until(date).as_hours() / 24;
    if policy.is_over(now) {
        let says = format!(
            "the policy's final date, {date}, is over: what is kept of holders is erased step by step, and every update is answered with a \
             farewell"
        );
        return Finding::care("retention", says);
    }
    if left <= WARNED {
        let says = format!(
            "the policy's final date, {date}, is {left} days ahead: after it accounts, balances, cards, payments and chats are erased for \
             good; export or back up what has to stay, or move final_date"
        );
        return Finding::care("retention", says);
    }
    Finding::ok("retention", format!("everything that is kept of holders is erased after {date}, the policy's final date"))
}
