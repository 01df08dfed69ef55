//! What the pages that a link opens have in common: what they are asked with, and what their reader is told where the page itself has
//! nothing to say.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;

use super::Web;
use super::page::Notice;
use crate::bot::{PageAct, Verdict};
use crate::domain::Language;
use crate::locale::Message;
use crate::store::StoreError;

/// The way from a link's page up to the pages' root.
pub(super) const ROOT: &str = "../";

/// What a link's page is asked for with: its token, the language chosen on the page, the headers.
pub(super) type Asked = (Path<String>, Result<Query<Chosen>, QueryRejection>, HeaderMap);

/// The language that a reader chose on the page.
#[derive(Deserialize)]
pub(super) struct Chosen {
    lang: Option<String>,
}

/// The language to answer in: the one chosen on the page, else that of the chat which asked for the link, else the browser's.
pub(super) fn language((_, chosen, headers): &Asked, of_chat: Option<Language>) -> Language {
    let chosen = chosen.as_ref().ok().and_then(|Query(chosen)| chosen.lang.as_ref()?.parse().ok());
    chosen.or(of_chat).unwrap_or_else(|| super::language_of(headers))
}

/// The database could not be asked.
pub(super) fn trouble(web: &Web, (_, _, headers): &Asked, error: &StoreError) -> Response {
    tracing::error!(%error, "a page could not be shown");
    Reader { web, language: super::language_of(headers) }.busy()
}

/// Whoever has opened a link's page.
pub(super) struct Reader<'a> {
    /// What pages are made from.
    pub(super) web: &'a Web,
    /// The language they are answered in.
    pub(super) language: Language,
}

impl Reader<'_> {
    /// Has the writer decide; the page that is shown instead if it does not, or does so no more.
    pub(super) async fn decide(&self, act: PageAct) -> Result<Verdict, Response> {
        match self.web.writer.decide(act).await {
            Some(Verdict::Closed) => Err(self.closed()),
            Some(verdict) => Ok(verdict),
            None => Err(self.busy()),
        }
    }

    /// What is shown in the place of every page once the policy's final date is over.
    pub(super) fn farewell(&self) -> Option<Response> {
        self.web.policy.is_over(self.web.clock.now()).then(|| self.closed())
    }

    fn closed(&self) -> Response {
        let policy = &self.web.policy;
        let what = Message::new("page-closed-what").with("date", policy.final_date.unwrap_or(policy.closed_on));
        self.web.notice(self.language, Notice::new(StatusCode::GONE, ROOT, "page-closed", vec![what]))
    }

    /// Asks to try again.
    pub(super) fn busy(&self) -> Response {
        self.say(StatusCode::SERVICE_UNAVAILABLE, "page-trouble", "page-trouble-what")
    }

    /// A heading and a text.
    pub(super) fn say(&self, status: StatusCode, title: &'static str, what: &'static str) -> Response {
        self.web.notice(self.language, Notice::new(status, ROOT, title, vec![Message::new(what)]))
    }
}
