//! The page on which a holder signs in with the password. Opening it uses nothing up. The right password makes it show a one-time
//! code for the chat that asked; anything else gets one and the same sentence, after the same work (OWASP Authentication: generic
//! error messages).

use std::sync::Arc;

use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::{Extension, Form};
use serde::Deserialize;

use super::Web;
use super::form_guard::Guard;
use super::mini_app;
use super::pace::Place;
use super::page::{Notice, SignInForm};
use super::reset::Chosen;
use crate::bot::{self, PageAct};
use crate::dialogue::reset::link::hash_of;
use crate::dialogue::sign_in::page::Verdict;
use crate::domain::{Email, Language, SignInRequest};
use crate::locale::Message;
use crate::secret::OneTimeCode;
use crate::store::password::Candidate;
use crate::store::{self, StoreError};

/// The way from the page up to the pages' root.
const ROOT: &str = "../";

/// What the page posts.
#[derive(Default, Deserialize)]
pub(super) struct Posted {
    #[serde(default)]
    guard: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    init_data: String,
}

/// The page, as it is asked for.
struct Visit<'a> {
    web: &'a Web,
    language: Language,
    token_hash: String,
    /// Whether it is shown as a Mini App.
    app: bool,
    guard: Guard,
    /// The link, while a password may be entered.
    request: Option<SignInRequest>,
}

pub(super) async fn open(
    State(web): State<Arc<Web>>,
    Path(token): Path<String>,
    chosen: Result<Query<Chosen>, QueryRejection>,
    headers: HeaderMap,
) -> Response {
    opened(&web, &token, false, chosen, &headers).await
}

pub(super) async fn open_app(
    State(web): State<Arc<Web>>,
    Path(token): Path<String>,
    chosen: Result<Query<Chosen>, QueryRejection>,
    headers: HeaderMap,
) -> Response {
    mini_app::allowed(opened(&web, &token, true, chosen, &headers).await)
}

async fn opened(web: &Web, token: &str, app: bool, chosen: Result<Query<Chosen>, QueryRejection>, headers: &HeaderMap) -> Response {
    match Visit::begin(web, token, app, chosen, headers).await {
        Ok(visit) => visit.form(Posted::default(), None),
        Err(error) => super::reset::trouble(web, headers, &error),
    }
}

pub(super) async fn post(
    State(web): State<Arc<Web>>,
    Path(token): Path<String>,
    chosen: Result<Query<Chosen>, QueryRejection>,
    Extension(Place(place)): Extension<Place>,
    headers: HeaderMap,
    posted: Result<Form<Posted>, FormRejection>,
) -> Response {
    match Visit::begin(&web, &token, false, chosen, &headers).await {
        Ok(visit) => visit.posted(posted, place).await,
        Err(error) => super::reset::trouble(&web, &headers, &error),
    }
}

pub(super) async fn post_app(
    State(web): State<Arc<Web>>,
    Path(token): Path<String>,
    chosen: Result<Query<Chosen>, QueryRejection>,
    Extension(Place(place)): Extension<Place>,
    headers: HeaderMap,
    posted: Result<Form<Posted>, FormRejection>,
) -> Response {
    mini_app::allowed(match Visit::begin(&web, &token, true, chosen, &headers).await {
        Ok(visit) => visit.posted(posted, place).await,
        Err(error) => super::reset::trouble(&web, &headers, &error),
    })
}

impl<'a> Visit<'a> {
    async fn begin(
        web: &'a Web,
        token: &str,
        app: bool,
        chosen: Result<Query<Chosen>, QueryRejection>,
        headers: &HeaderMap,
    ) -> Result<Self, StoreError> {
        let token_hash = hash_of(token);
        let found = store::sign_in_request::by_token(&mut web.db.conn().await?, &token_hash).await?;
        let asked_in = found.as_ref().map(|request| request.language);
        let language = chosen.ok().and_then(|Query(chosen)| chosen.language()).or(asked_in).unwrap_or_else(|| super::language_of(headers));
        let request = found.filter(|request| request.is_open(web.clock.now()));
        Ok(Self { web, language, token_hash, app, guard: Guard::of(headers, web.secure, &web.random), request })
    }

    async fn posted(self, posted: Result<Form<Posted>, FormRejection>, place: String) -> Response {
        match posted {
            Ok(Form(posted)) => self.entered(posted, place).await,
            // Nothing but a password can make a form too large, and it is nobody's.
            Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                self.form(Posted::default(), Some("page-sign-in-wrong"))
            }
            Err(rejection) => self.say(rejection.status(), "page-trouble", "page-trouble-what"),
        }
    }

    /// The form, with what was entered but for the password, and what was wrong with it.
    fn form(&self, posted: Posted, problem: Option<&'static str>) -> Response {
        let Some(request) = &self.request else { return self.gone() };
        // The address of a page goes on holding what Telegram told, even once it no longer holds: it is not asked for again.
        let asks = self.app && (problem.is_none() || !posted.init_data.is_empty());
        let form = SignInForm {
            problem: problem.map(Message::new),
            person: request.person.clone(),
            email: posted.email,
            init_data: asks.then_some(posted.init_data),
            guard: self.guard.field(&self.web.key, &self.token_hash),
        };
        self.guard.set(self.web.secure, self.web.sign_in_form(self.language, form))
    }

    /// Compares the password off the async threads, whatever it is compared with, then has the writer take note.
    async fn entered(self, posted: Posted, web: String) -> Response {
        if self.request.is_none() {
            return self.gone();
        }
        let Ok(inside) = self.told(&posted) else {
            return self.form(Posted { init_data: String::new(), ..posted }, Some("page-sign-in-app-stale"));
        };
        // What Telegram tells of the one who asked is nothing that another site could post.
        if !inside && !self.guard.holds(&self.web.key, &self.token_hash, &posted.guard) {
            return self.form(posted, Some("page-sign-in-cookie"));
        }
        let Ok(email) = posted.email.parse::<Email>() else { return self.form(posted, Some("page-sign-in-no-address")) };
        let act = PageAct::TrySignIn { token_hash: self.token_hash.clone(), email, web };
        let Candidate { hash, account } = match self.decide(act).await {
            Ok(Verdict::Compare(candidate)) => candidate,
            Ok(Verdict::Wait(until)) => return self.web.limited(self.language, ROOT, until),
            Ok(_) => return self.gone(),
            Err(busy) => return busy,
        };
        let right = match self.web.hasher.verify(posted.password.clone(), hash.clone()).await {
            Ok(right) => right,
            Err(error) => {
                tracing::warn!(%error, "a password could not be compared");
                return self.busy();
            }
        };
        match (account, hash) {
            (Some(account), Some(hash)) if right => {
                match self.decide(PageAct::ProveSignIn { token_hash: self.token_hash.clone(), account, hash, inside }).await {
                    Ok(Verdict::Code(code)) => self.code(&code),
                    Ok(Verdict::Inside { .. }) => self.say(StatusCode::OK, "page-signed-in", "page-signed-in-what"),
                    Ok(Verdict::Refused) => self.form(posted, Some("page-sign-in-wrong")),
                    Ok(_) => self.gone(),
                    Err(busy) => busy,
                }
            }
            _ => self.form(posted, Some("page-sign-in-wrong")),
        }
    }

    /// Whether Telegram tells that the one who asked has opened the page; an error if what it is said to tell does not hold.
    fn told(&self, posted: &Posted) -> Result<bool, ()> {
        if !self.app || posted.init_data.is_empty() {
            return Ok(false);
        }
        let opened_by = self.web.init_data.chat(&posted.init_data, self.web.clock.now());
        let asked = self.request.as_ref().map(|request| request.chat_id);
        if opened_by.is_some() && opened_by == asked { Ok(true) } else { Err(()) }
    }

    async fn decide(&self, act: PageAct) -> Result<Verdict, Response> {
        match self.web.writer.decide(act).await {
            Some(bot::Verdict::SignIn(verdict)) => Ok(verdict),
            Some(bot::Verdict::Reset(_)) | None => Err(self.busy()),
        }
    }

    fn code(&self, code: &OneTimeCode) -> Response {
        let person = self.request.as_ref().map(|request| request.person.clone()).unwrap_or_default();
        self.web.code(self.language, ROOT, code, person)
    }

    fn gone(&self) -> Response {
        let paragraphs = vec![Message::new("page-sign-in-gone-what").with("minutes", crate::domain::SIGN_IN_LINK_LENGTH.as_mins())];
        let notice = Notice::new(StatusCode::GONE, ROOT, "page-sign-in-gone", paragraphs);
        self.web.notice(self.language, Notice { chat: true, ..notice })
    }

    fn busy(&self) -> Response {
        self.say(StatusCode::SERVICE_UNAVAILABLE, "page-trouble", "page-trouble-what")
    }

    fn say(&self, status: StatusCode, title: &'static str, what: &'static str) -> Response {
        self.web.notice(self.language, Notice::new(status, ROOT, title, vec![Message::new(what)]))
    }
}
