//! The pages as data for their templates, every text in the reader's language.

use askama::Template;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use jiff::Timestamp;

use super::Web;
use crate::dialogue::limits;
use crate::domain::{CODE_LENGTH, Language};
use crate::locale::Message;
use crate::secret::OneTimeCode;

/// What every page shows around its own part.
pub struct Page {
    language: &'static str,
    title: String,
    counter: String,
    operator: String,
    language_label: String,
    languages: [(&'static str, String); 3],
    /// The way from the page up to the pages' root.
    root: &'static str,
}

/// A page that says something, and perhaps offers to send another link.
#[derive(Template)]
#[template(path = "notice.html")]
struct NoticePage {
    page: Page,
    paragraphs: Vec<String>,
    reference: Option<(String, String)>,
    again: Option<String>,
    chat: Option<(String, String)>,
}

/// The page on which a new password is entered.
#[derive(Template)]
#[template(path = "new_password.html")]
struct NewPasswordPage {
    page: Page,
    problem: Option<String>,
    intro: String,
    asked_by: String,
    account_label: String,
    account: String,
    password_label: String,
    rule: String,
    suggestion_label: String,
    suggestion: String,
    again_label: String,
    submit: String,
    not_you: String,
}

/// The page on which e-mail address and password are entered.
#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    page: Page,
    problem: Option<String>,
    intro: String,
    asked_by: String,
    guard: String,
    app: bool,
    init_data: Option<String>,
    email_label: String,
    email: String,
    password_label: String,
    submit: String,
    not_you: String,
}

/// The page that shows a one-time code.
#[derive(Template)]
#[template(path = "code.html")]
struct CodePage {
    page: Page,
    what: String,
    code: String,
    rule: String,
    asked_by: String,
    chat: (String, String),
}

/// What a page says.
pub struct Notice {
    /// How the request went.
    pub status: StatusCode,
    /// The way from the page up to the pages' root.
    pub root: &'static str,
    /// The heading.
    pub title: Message,
    /// The text.
    pub paragraphs: Vec<Message>,
    /// The receipt, if something was changed.
    pub reference: Option<String>,
    /// Whether another link can be sent from here.
    pub again: bool,
    /// Whether to lead to the chat.
    pub chat: bool,
}

/// What the page for a new password shows.
pub struct Form {
    /// What was wrong with what was entered.
    pub problem: Option<Message>,
    /// The account's address.
    pub account: String,
    /// The Telegram account that asked for the link.
    pub person: String,
    /// A passphrase to suggest.
    pub suggestion: String,
}

/// What the sign-in page shows.
pub struct SignInForm {
    /// What was wrong with what was entered.
    pub problem: Option<Message>,
    /// The Telegram account that asked for the page.
    pub person: String,
    /// The address as it was entered.
    pub email: String,
    /// What the form carries to show that this reader was shown it.
    pub guard: String,
    /// Whether it is shown as a Mini App.
    pub app: bool,
    /// In a Mini App, what Telegram has told of who opened it, as far as that is known.
    pub init_data: Option<String>,
}

impl Notice {
    /// A page with a heading and a text.
    pub fn new(status: StatusCode, root: &'static str, title: &'static str, paragraphs: Vec<Message>) -> Self {
        Self { status, root, title: Message::new(title), paragraphs, reference: None, again: false, chat: false }
    }
}

impl Web {
    fn text(&self, language: Language, message: Message) -> String {
        self.locales.plain(language, &message.with("service", self.policy.service.as_str()).with("place", self.policy.place.as_str()))
    }

    fn page(&self, language: Language, root: &'static str, title: Message) -> Page {
        let who = if self.policy.operator_is_service { "mail-operator-is-service" } else { "mail-operator" };
        let operator = Message::new(who).with("operator", self.operator.name.as_str()).with("contact", self.operator.contact.to_string());
        let name = |language| match language {
            Language::Fr => "language-fr",
            Language::Ru => "language-ru",
            Language::En => "language-en",
        };
        Page {
            language: language.code(),
            title: self.text(language, title),
            counter: self.text(language, Message::new("bot-name")),
            operator: self.text(language, operator),
            language_label: self.text(language, Message::new("button-language")),
            languages: Language::ALL.map(|other| (other.code(), self.text(language, Message::new(name(other))))),
            root,
        }
    }

    /// A page that says something.
    pub fn notice(&self, language: Language, notice: Notice) -> Response {
        let page = NoticePage {
            page: self.page(language, notice.root, notice.title),
            paragraphs: notice.paragraphs.into_iter().map(|paragraph| self.text(language, paragraph)).collect(),
            reference: notice.reference.map(|reference| (self.text(language, Message::new("page-receipt")), reference)),
            again: notice.again.then(|| self.text(language, Message::new("page-button-again"))),
            chat: notice.chat.then(|| self.to_chat(language)),
        };
        answer(notice.status, &page)
    }

    /// The page that asks to wait, whatever was tried, until this time (RFC 6585, section 4).
    pub fn limited(&self, language: Language, root: &'static str, until: Timestamp) -> Response {
        let now = self.clock.now();
        let paragraphs = vec![Message::new("page-limited-what").with("minutes", limits::minutes(now, until))];
        let notice = Notice::new(StatusCode::TOO_MANY_REQUESTS, root, "page-limited", paragraphs);
        let seconds = until.duration_since(now).as_secs().max(1);
        ([(header::RETRY_AFTER, seconds.to_string())], self.notice(language, notice)).into_response()
    }

    fn to_chat(&self, language: Language) -> (String, String) {
        (self.text(language, Message::new("page-to-chat")), format!("https://t.me/{}", self.bot_name))
    }

    /// The page on which e-mail address and password are entered.
    pub fn sign_in_form(&self, language: Language, form: SignInForm) -> Response {
        let text = |key: &'static str| self.text(language, Message::new(key));
        let status = if form.problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
        let (intro, submit) = match form.init_data {
            Some(_) => ("page-sign-in-intro-app", "page-button-sign-in-app"),
            None => ("page-sign-in-intro", "page-button-sign-in"),
        };
        let page = SignInPage {
            page: self.page(language, "../", Message::new("page-sign-in")),
            problem: form.problem.map(|problem| self.text(language, problem)),
            intro: text(intro),
            asked_by: self.text(language, Message::new("mail-asked-by").with("person", form.person)),
            guard: form.guard,
            app: form.app,
            init_data: form.init_data,
            email_label: text("page-email"),
            email: form.email,
            password_label: text("page-current-password"),
            submit: text(submit),
            not_you: self.text(language, Message::new("page-sign-in-not-you").with("contact", self.operator.contact.to_string())),
        };
        answer(status, &page)
    }

    /// The page that shows the one-time code for the chat that `person` asked in.
    pub fn code(&self, language: Language, root: &'static str, code: &OneTimeCode, person: String) -> Response {
        let page = CodePage {
            page: self.page(language, root, Message::new("page-code")),
            what: self.text(language, Message::new("page-code-what")),
            code: code.digits().to_owned(),
            rule: self.text(language, Message::new("page-code-rule").with("minutes", CODE_LENGTH.as_mins())),
            asked_by: self.text(language, Message::new("mail-asked-by").with("person", person)),
            chat: self.to_chat(language),
        };
        answer(StatusCode::OK, &page)
    }

    /// The page on which a new password is entered.
    pub fn form(&self, language: Language, form: Form) -> Response {
        let text = |key: &'static str| self.text(language, Message::new(key));
        let status = if form.problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
        let page = NewPasswordPage {
            page: self.page(language, "../", Message::new("page-new-password")),
            problem: form.problem.map(|problem| self.text(language, problem)),
            intro: text("page-new-password-intro"),
            asked_by: self.text(language, Message::new("mail-asked-by").with("person", form.person)),
            account_label: text("page-account"),
            account: form.account,
            password_label: text("page-password"),
            rule: self.text(language, Message::new("page-password-rule").with("least", *crate::domain::PASSWORD_LENGTH.start())),
            suggestion_label: text("page-suggestion"),
            suggestion: form.suggestion,
            again_label: text("page-password-again"),
            submit: text("page-button-set"),
            not_you: self.text(language, Message::new("page-not-you").with("contact", self.operator.contact.to_string())),
        };
        answer(status, &page)
    }
}

/// The written page. A template that fails is a fault of the program: it is logged, and the reader learns that it is not theirs.
fn answer(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
