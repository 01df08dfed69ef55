//! Telegram: whether the server answers, knows the token, and brings its updates to nobody else.

use teloxide::payloads::{GetMe, GetWebhookInfo};
use teloxide::types::WebhookInfo;

use super::database::Stand;
use super::{Finding, Subject};
use crate::app::StartError;
use crate::bot::api::{Api, ApiError};

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
        Ok(webhook) => updates(&webhook, database.in_use()),
        Err(error) => Finding::care("updates", format!("Telegram does not say how they come: {error}; try again")),
    });
    findings
}

/// How updates come, and whether someone else gets them.
fn updates(webhook: &WebhookInfo, serving: bool) -> Finding {
    let waiting = webhook.pending_update_count;
    match &webhook.url {
        Some(url) => {
            let host = url.host_str().unwrap_or("another program");
            Finding::care(
                "updates",
                format!("go to a webhook at {host} (waiting: {waiting}); `run` takes it away and polls, so stop what serves there first"),
            )
        }
        None if serving => Finding::ok("updates", format!("come by polling, waiting: {waiting}")),
        None => Finding::ok("updates", format!("will come by polling, waiting: {waiting}")),
    }
}
