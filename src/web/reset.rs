//! The page of a mailed link. Opening it uses nothing up, since scanners of mail open links too; only posting a new password does.

use std::sync::Arc;

use axum::Form;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::Web;
use super::hashing::HashingError;
use super::page::{self, Notice};
use super::passphrase;
use super::visit::{self, Asked, ROOT, Reader};
use crate::bot::{self, PageAct};
use crate::dialogue::reset::link::{Verdict, hash_of};
use crate::domain::{Account, AccountState, LinkState, PASSWORD_LENGTH, ResetLink, Weakness};
use crate::locale::Message;
use crate::store::{self, StoreError};

/// What a page posts: a new password twice, or the wish for another link.
#[derive(Deserialize)]
pub(super) struct Posted {
    #[serde(default)]
    act: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    again: String,
}

/// A link's page, as it is asked for.
struct Visit<'a> {
    reader: Reader<'a>,
    token_hash: String,
    link: Option<(ResetLink, Account)>,
}

pub(super) async fn open(State(web): State<Arc<Web>>, asked: Asked) -> Response {
    match Visit::begin(&web, &asked).await {
        Ok(visit) => visit.reader.farewell().unwrap_or_else(|| visit.shown(None)),
        Err(error) => visit::trouble(&web, &asked, &error),
    }
}

pub(super) async fn post(State(web): State<Arc<Web>>, asked: Asked, posted: Result<Form<Posted>, FormRejection>) -> Response {
    let visit = match Visit::begin(&web, &asked).await {
        Ok(visit) => visit,
        Err(error) => return visit::trouble(&web, &asked, &error),
    };
    match posted {
        Ok(Form(Posted { act, .. })) if act == "again" => visit.send_again().await,
        Ok(Form(Posted { password, again, .. })) => visit.set(password, &again).await,
        // Nothing but a password can make a form too large.
        Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => visit.shown(Some(problem(Weakness::Long))),
        // Not a form, or not one in UTF-8: no page of ours posts that.
        Err(rejection) => visit.reader.say(rejection.status(), "page-trouble", "page-trouble-what"),
    }
}

impl<'a> Visit<'a> {
    async fn begin(web: &'a Web, asked: &Asked) -> Result<Self, StoreError> {
        let token_hash = hash_of(&asked.0);
        let mut conn = web.db.conn().await?;
        let link = match store::reset_link::get(&mut conn, &token_hash).await?.filter(|link| !link.is_forgotten()) {
            Some(link) => store::account::by_id(&mut conn, link.account_id).await?.map(|account| (link, account)),
            None => None,
        };
        let language = visit::language(asked, link.as_ref().map(|(link, _)| link.language));
        Ok(Self { reader: Reader { web, language }, token_hash, link })
    }

    /// The page as the link stands.
    fn shown(&self, problem: Option<Message>) -> Response {
        let Some((link, account)) = &self.link else { return self.verdict(Verdict::Unknown) };
        match link.state(self.reader.web.clock.now()) {
            LinkState::Good if account.state == AccountState::Open => {
                let form = page::Form {
                    problem,
                    account: account.email.as_str().to_owned(),
                    person: link.person.clone(),
                    suggestion: passphrase::suggest(self.reader.language, &self.reader.web.random),
                };
                self.reader.web.form(self.reader.language, form)
            }
            LinkState::Good => self.verdict(Verdict::Refused(account.state)),
            other => self.verdict(Verdict::NotGood(other)),
        }
    }

    /// Judges and hashes the new password, then has the writer set it, if the link is still good by then.
    async fn set(self, password: String, again: &str) -> Response {
        let usable = |(link, account): &(ResetLink, Account)| {
            link.state(self.reader.web.clock.now()) == LinkState::Good && account.state == AccountState::Open
        };
        let Some((_, account)) = self.link.as_ref().filter(|link| usable(link)) else { return self.shown(None) };
        if password != again {
            return self.shown(Some(Message::new("page-password-mismatch")));
        }
        match self.reader.web.hasher.hash(password, known_of(account, self.reader.web)).await {
            Ok(password) => self.decide(PageAct::SetPassword { token_hash: self.token_hash.clone(), password }).await,
            Err(HashingError::Weak(weakness)) => self.shown(Some(problem(weakness))),
            Err(HashingError::Busy) => self.reader.busy(),
            Err(error) => {
                tracing::error!(%error, "a new password could not be set");
                self.reader.busy()
            }
        }
    }

    async fn send_again(self) -> Response {
        self.decide(PageAct::SendLinkAgain { token_hash: self.token_hash.clone() }).await
    }

    async fn decide(&self, act: PageAct) -> Response {
        match self.reader.decide(act).await {
            Ok(bot::Verdict::Reset(verdict)) => self.verdict(verdict),
            Ok(_) => self.reader.busy(),
            Err(instead) => instead,
        }
    }

    /// What the reader is told of what became of the request.
    fn verdict(&self, verdict: Verdict) -> Response {
        let contact = || self.reader.web.policy.contact.as_str();
        let notice = |status, title, what| Notice::new(status, ROOT, title, vec![Message::new(what)]);
        let mut notice = match verdict {
            Verdict::Set { reference, recorded, .. } => {
                let (title, what) = if recorded { ("page-recorded", "page-recorded-what") } else { ("page-set", "page-set-what") };
                let paragraphs = vec![Message::new(what), Message::new("page-set-sessions")];
                let done = Notice::new(StatusCode::OK, ROOT, title, paragraphs);
                Notice { reference: Some(reference), chat: true, ..done }
            }
            Verdict::Sent => notice(StatusCode::OK, "page-sent", "page-sent-what"),
            Verdict::TooMany => notice(StatusCode::TOO_MANY_REQUESTS, "page-too-many", "page-too-many-what"),
            Verdict::NotGood(LinkState::Used) => Notice { again: true, ..notice(StatusCode::GONE, "page-used", "page-used-what") },
            Verdict::NotGood(LinkState::Expired) => Notice { again: true, ..notice(StatusCode::GONE, "page-expired", "page-expired-what") },
            Verdict::NotGood(LinkState::Void | LinkState::Good) => notice(StatusCode::GONE, "page-void", "page-void-what"),
            Verdict::Refused(state) => {
                let what = if state == AccountState::Closed { "page-refused-closed" } else { "page-refused-locked" };
                let paragraphs = vec![Message::new(what).with("contact", contact())];
                Notice::new(StatusCode::FORBIDDEN, ROOT, "page-refused", paragraphs)
            }
            Verdict::Unknown => Notice { chat: true, ..notice(StatusCode::NOT_FOUND, "page-unknown", "page-unknown-what") },
        };
        if let Some((link, _)) = &self.link {
            notice.paragraphs.push(Message::new("mail-asked-by").with("person", link.person.as_str()));
        }
        self.reader.web.notice(self.reader.language, notice)
    }
}

/// What anybody knows of a holder, which makes a password no stronger.
fn known_of(account: &Account, web: &Web) -> Vec<String> {
    let email = account.email.as_str();
    let parts = email.split(['@', '.', '-', '_', '+']).chain(account.name.split_whitespace()).map(str::to_owned);
    let whole = [email.to_owned(), account.name.clone(), web.policy.service.clone(), web.policy.place.clone()];
    parts.chain(whole).filter(|part| part.chars().count() > 2).collect()
}

fn problem(weakness: Weakness) -> Message {
    match weakness {
        Weakness::Short => Message::new("page-password-short").with("least", *PASSWORD_LENGTH.start()),
        Weakness::Long => Message::new("page-password-long").with("most", *PASSWORD_LENGTH.end()),
        Weakness::Common => Message::new("page-password-common"),
        Weakness::Guessable => Message::new("page-password-guessable"),
    }
}
