//! The page on which a holder signs in with the password. Opening it uses nothing up. The right password makes it show a one-time
//! code for the chat that asked; anything else gets one and the same sentence, after the same work (OWASP Authentication: generic
//! error messages).

use std::sync::Arc;

use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::StatusCode;
use axum::response::Response;
use axum::{Extension, Form};
use serde::Deserialize;

use super::Web;
use super::form_guard::Guard;
use super::mini_app;
use super::pace::Place;
use super::page::{Notice, SignInForm};
use super::visit::{self, Asked, ROOT, Reader};
use crate::bot::{self, PageAct};
use crate::dialogue::reset::link::hash_of;
use crate::dialogue::sign_in::page::Verdict;
use crate::domain::{Email, SignInRequest};
use crate::locale::Message;
use crate::secret::OneTimeCode;
use crate::store::password::Candidate;
use crate::store::{self, StoreError};

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
    reader: Reader<'a>,
    token_hash: String,
    /// Whether it is shown as a Mini App.
    app: bool,
    guard: Guard,
    /// The link, while a password may be entered.
    request: Option<SignInRequest>,
}

pub(super) async fn open(State(web): State<Arc<Web>>, asked: Asked) -> Response {
    opened(&web, false, asked).await
}

pub(super) async fn open_app(State(web): State<Arc<Web>>, asked: Asked) -> Response {
    mini_app::allowed(opened(&web, true, asked).await)
}

async fn opened(web: &Web, app: bool, asked: Asked) -> Response {
    match Visit::begin(web, app, &asked).await {
        Ok(visit) => visit.reader.farewell().unwrap_or_else(|| visit.form(Posted::default(), None)),
        Err(error) => visit::trouble(web, &asked, &error),
    }
}

pub(super) async fn post(
    State(web): State<Arc<Web>>,
    asked: Asked,
    Extension(Place(place)): Extension<Place>,
    posted: Result<Form<Posted>, FormRejection>,
) -> Response {
    handed_in(&web, false, asked, place, posted).await
}

pub(super) async fn post_app(
    State(web): State<Arc<Web>>,
    asked: Asked,
    Extension(Place(place)): Extension<Place>,
    posted: Result<Form<Posted>, FormRejection>,
) -> Response {
    mini_app::allowed(handed_in(&web, true, asked, place, posted).await)
}

async fn handed_in(web: &Web, app: bool, asked: Asked, place: String, posted: Result<Form<Posted>, FormRejection>) -> Response {
    match Visit::begin(web, app, &asked).await {
        Ok(visit) => visit.posted(posted, place).await,
        Err(error) => visit::trouble(web, &asked, &error),
    }
}

impl<'a> Visit<'a> {
    async fn begin(web: &'a Web, app: bool, asked: &Asked) -> Result<Self, StoreError> {
        let (token_hash, guard) = (hash_of(&asked.0), Guard::of(&asked.2, web.secure, &web.random));
        let found = store::sign_in_request::by_token(&mut web.db.conn().await?, &token_hash).await?;
        let language = visit::language(asked, found.as_ref().map(|request| request.language));
        let request = found.filter(|request| request.is_open(web.clock.now()));
        Ok(Self { reader: Reader { web, language }, token_hash, app, guard, request })
    }

    async fn posted(self, posted: Result<Form<Posted>, FormRejection>, place: String) -> Response {
        match posted {
            Ok(Form(posted)) => self.entered(posted, place).await,
            // Nothing but a password can make a form too large, and it is nobody's.
            Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                self.form(Posted::default(), Some("page-sign-in-wrong"))
            }
            Err(rejection) => self.reader.say(rejection.status(), "page-trouble", "page-trouble-what"),
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
            app: self.app,
            init_data: asks.then_some(posted.init_data),
            guard: self.guard.field(&self.reader.web.key, &self.token_hash),
        };
        self.guard.set(self.reader.web.secure, self.reader.web.sign_in_form(self.reader.language, form))
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
        if !inside && !self.guard.holds(&self.reader.web.key, &self.token_hash, &posted.guard) {
            return self.form(posted, Some("page-sign-in-cookie"));
        }
        let Ok(email) = posted.email.parse::<Email>() else { return self.form(posted, Some("page-sign-in-no-address")) };
        let act = PageAct::TrySignIn { token_hash: self.token_hash.clone(), email, web };
        let Candidate { hash, account } = match self.decide(act).await {
            Ok(Verdict::Compare(candidate)) => candidate,
            Ok(Verdict::Wait(until)) => return self.reader.web.limited(self.reader.language, ROOT, until),
            Ok(_) => return self.gone(),
            Err(busy) => return busy,
        };
        let right = match self.reader.web.hasher.verify(posted.password.clone(), hash.clone()).await {
            Ok(right) => right,
            Err(error) => {
                tracing::warn!(%error, "a password could not be compared");
                return self.reader.busy();
            }
        };
        match (account, hash) {
            (Some(account), Some(hash)) if right => {
                match self.decide(PageAct::ProveSignIn { token_hash: self.token_hash.clone(), account, hash, inside }).await {
                    Ok(Verdict::Code(code)) => self.code(&code),
                    Ok(Verdict::Inside { .. }) => self.reader.say(StatusCode::OK, "page-signed-in", "page-signed-in-what"),
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
        let opened_by = self.reader.web.init_data.chat(&posted.init_data, self.reader.web.clock.now());
        let asked = self.request.as_ref().map(|request| request.chat_id);
        if opened_by.is_some() && opened_by == asked { Ok(true) } else { Err(()) }
    }

    async fn decide(&self, act: PageAct) -> Result<Verdict, Response> {
        match self.reader.decide(act).await? {
            bot::Verdict::SignIn(verdict) => Ok(verdict),
            _ => Err(self.reader.busy()),
        }
    }

    fn code(&self, code: &OneTimeCode) -> Response {
        let person = self.request.as_ref().map(|request| request.person.clone()).unwrap_or_default();
        self.reader.web.code(self.reader.language, ROOT, code, person)
    }

    fn gone(&self) -> Response {
        let paragraphs = vec![Message::new("page-sign-in-gone-what").with("minutes", crate::domain::SIGN_IN_LINK_LENGTH.as_mins())];
        let notice = Notice::new(StatusCode::GONE, ROOT, "page-sign-in-gone", paragraphs);
        self.reader.web.notice(self.reader.language, Notice { chat: true, ..notice })
    }
}
