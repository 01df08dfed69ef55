//! Telegram: whether the server answers, knows the token, and brings its updates to nobody else.

use teloxide::payloads::{GetMe, GetWebhookInfo};
use teloxide::types::WebhookInfo;

use super::database::Stand;
use super::{Finding, Subject};
use crate::app::StartError;
use crate::bot::api::{Api, ApiError};
use crate::config::Webhook;

/// So many updates that wait are more than a counter that keeps up leaves: what one poll brings at most.
const MANY: u32 = 100;
/// A failed call of the webhook is told for so many seconds; Telegram never forgets its last one.
const FRESH: i64 = 60 * 60;

pub(super) async fn examine(subject: &Subject<'_>, database: &Stand) -> Vec<Finding> {
    let fault = |error: &dyn std::fmt::Display| vec![Finding::fault("telegram", error.to_string())];
    let settings = subject.settings;
    let token = match settings.need_token() {
        Ok(token) => token,
        Err(error) => return fault(&error),
    };
    let api = match Api::new(settings.api_url.clone(), token.expose()) {
        Ok(api) => api,
        Err(error) => return fault(&StartError::Client(error)),
    };
    let me = match api.call(&GetMe::new()).await {
        Ok(me) => me,
        Err(error @ ApiError::Refused { .. }) => return fault(&StartError::Token(error)),
        Err(error) => return fault(&StartError::Unreachable(settings.api_url.clone(), error)),
    };
    let ours = me.id.0.to_string();
    let mut findings = vec![match database.bot() {
        Some(theirs) if theirs != ours => Finding::fault("telegram", StartError::OtherBot { theirs: theirs.to_owned(), ours }.to_string()),
        _ => Finding::ok("telegram", format!("@{} at {}", me.username(), settings.api_url)),
    }];
    findings.push(match api.call(&GetWebhookInfo::new()).await {
        Ok(info) => updates(&info, settings.webhook.as_ref(), database.in_use(), subject.clock.now().as_second()),
        Err(error) => Finding::care("updates", format!("Telegram does not say how they come: {error}; try again")),
    });
    findings
}

/// How updates come, by the settings and by what Telegram says, and whether someone else gets them.
fn updates(info: &WebhookInfo, ours: Option<&Webhook>, serving: bool, now: i64) -> Finding {
    let waiting = info.pending_update_count;
    match (ours, &info.url) {
        (None, None) => coming("by polling", serving, waiting),
        (Some(ours), Some(url)) if *url == ours.url => match failure(info, now) {
            Some(error) => Finding::care(
                "updates",
                format!(
                    "come by webhook at {}, waiting: {waiting}, but Telegram's last try failed: {error}; see that the counter runs, that \
                     what stands before it passes {} on to GUICHET_LISTEN, and that no other sets this webhook with another secret",
                    host(url),
                    url.path()
                ),
            ),
            None => coming(&format!("by webhook at {}", host(url)), serving, waiting),
        },
        (Some(ours), None) if !serving => coming(&format!("by webhook at {}", host(&ours.url)), serving, waiting),
        (Some(_), None) => Finding::care(
            "updates",
            format!(
                "no webhook is set at Telegram (waiting: {waiting}); start `run` with GUICHET_WEBHOOK_URL, or see in its log why it is not taken"
            ),
        ),
        (_, Some(url)) => {
            let takes_over = if ours.is_some() { "sets GUICHET_WEBHOOK_URL in its place" } else { "takes it away and polls" };
            Finding::care(
                "updates",
                format!("go to a webhook at {} (waiting: {waiting}); `run` {takes_over}, so stop what serves there first", host(url)),
            )
        }
    }
}

/// Updates come as they should; a running counter does not let many wait.
fn coming(how: &str, serving: bool, waiting: u32) -> Finding {
    match serving {
        true if waiting >= MANY => {
            Finding::care("updates", format!("come {how}, but {waiting} wait; the log of `run` says what holds them up"))
        }
        true => Finding::ok("updates", format!("come {how}, waiting: {waiting}")),
        false => Finding::ok("updates", format!("will come {how}, waiting: {waiting}")),
    }
}

/// What went wrong when Telegram last called the webhook in vain, if that is not long ago.
fn failure(info: &WebhookInfo, now: i64) -> Option<&str> {
    let at = info.last_error_date?.timestamp();
    info.last_error_message.as_deref().filter(|_| now - at < FRESH)
}

/// The path of a webhook's address may be meant to stay unknown; of someone else's the host is enough.
fn host(url: &url::Url) -> &str {
    url.host_str().unwrap_or("another program")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Grade;

    const NOW: i64 = 1_488_358_800;

    fn info(url: &str, waiting: u32, failed: Option<i64>) -> WebhookInfo {
        let mut info = serde_json::json!({ "url": url, "has_custom_certificate": false, "pending_update_count": waiting });
        if let Some(at) = failed {
            info["last_error_date"] = at.into();
            info["last_error_message"] = "Connection refused".into();
        }
        serde_json::from_value(info).unwrap()
    }

    #[test]
    fn settings_telegram_and_what_waits_are_held_against_each_other() {
        let (ours, other) = ("https://counter.example.org/hook", "https://other.example.org/x");
        let webhook = Webhook { url: ours.parse().unwrap(), secret: "a-secret-that-is-long-enough".into() };
        let cases = [
            (None, info("", 0, None), true, Grade::Ok, "come by polling, waiting: 0"),
            (None, info("", 100, None), false, Grade::Ok, "will come by polling, waiting: 100"),
            (None, info("", 100, None), true, Grade::Care, "100 wait; the log of `run`"),
            (None, info(other, 2, None), true, Grade::Care, "a webhook at other.example.org (waiting: 2); `run` takes it away"),
            (Some(&webhook), info("", 3, None), false, Grade::Ok, "will come by webhook at counter.example.org, waiting: 3"),
            (Some(&webhook), info("", 3, None), true, Grade::Care, "no webhook is set at Telegram (waiting: 3)"),
            (Some(&webhook), info(other, 0, None), true, Grade::Care, "at other.example.org (waiting: 0); `run` sets GUICHET_WEBHOOK_URL"),
            (Some(&webhook), info(ours, 0, None), true, Grade::Ok, "come by webhook at counter.example.org, waiting: 0"),
            (Some(&webhook), info(ours, 0, Some(NOW - 3600)), true, Grade::Ok, "come by webhook at counter.example.org"),
            (Some(&webhook), info(ours, 5, Some(NOW - 60)), true, Grade::Care, "failed: Connection refused; see that"),
        ];
        for (ours, info, serving, grade, says) in cases {
            let finding = updates(&info, ours, serving, NOW);
            assert!(finding.grade == grade && finding.says.contains(says), "{finding} instead of {says}");
            assert!(!finding.says.contains("/x"), "{finding}");
        }
    }
}
