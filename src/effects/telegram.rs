//! Carrying out what concerns Telegram: screens sent and edited, messages deleted, callback queries answered.

use std::collections::HashSet;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use jiff::{SignedDuration, Timestamp};
use teloxide::payloads::{
    AnswerCallbackQuery, AnswerCallbackQuerySetters, DeleteMessage, EditMessageReplyMarkup, EditMessageText, EditMessageTextSetters,
    SendDocument, SendDocumentSetters, SendMessage, SendMessageSetters, SendPhoto, SendPhotoSetters,
};
use teloxide::types::{
    CallbackQueryId, InlineKeyboardButton, InlineKeyboardMarkup, InputFile, LinkPreviewOptions, MessageId, ParseMode, Recipient, WebAppInfo,
};
use url::Url;

use super::picture;
use super::worker::Outcome;
use super::{Effect, Reason, Show, ShownButton};
use crate::bot::Notice;
use crate::bot::api::{Api, ApiError, Upload};
use crate::bot::setup;
use crate::clock::Clock;
use crate::dialogue::reset::captcha;
use crate::dialogue::sign_in::page;
use crate::dialogue::{PageLink, Picture};
use crate::domain::{ChatId, Language};
use crate::locale::{Locales, Message};
use crate::secret::Key;

/// What is read of a message that was sent.
#[derive(serde::Deserialize)]
struct Sent {
    message_id: i64,
}

/// Telegram, as effects reach it.
pub struct Telegram {
    api: Api,
    locales: Arc<Locales>,
    bot_name: String,
    public_url: Url,
    key: Key,
    clock: Clock,
    pace: Option<DefaultDirectRateLimiter>,
    hush: Mutex<Hush>,
}

/// How many different chats have to be told to wait, with none served in between, for the limit to be ours and not theirs: a 429
/// does not say. More calls than these are under way at once anyway.
const EVERYBODY: usize = 8;

/// What 429s have asked for besides a wait of the chat itself.
#[derive(Default)]
struct Hush {
    /// The chats that were told to wait since one was served last.
    told: HashSet<ChatId>,
    /// Until when nobody is sent anything.
    everybody: Option<Timestamp>,
}

impl Telegram {
    /// Telegram behind `api`, at `rate` messages a second overall; what pictures show and where buttons under `public_url` lead is
    /// derived from `key`.
    pub fn new(
        api: Api,
        locales: Arc<Locales>,
        bot_name: String,
        public_url: Url,
        key: Key,
        clock: Clock,
        rate: Option<NonZeroU32>,
    ) -> Self {
        let pace = rate.map(|rate| RateLimiter::direct(Quota::per_second(rate)));
        Self { api, locales, bot_name, public_url, key, clock, pace, hush: Mutex::default() }
    }

    /// Tries an effect once. `shown` is the message that carries the chat's screen, where this lane has sent it.
    pub(super) async fn carry_out(&self, effect: &Effect, shown: Option<i64>) -> Outcome {
        self.keep_pace().await;
        let tried = match effect {
            Effect::Show(show) => self.show(show, shown).await,
            Effect::Retire { chat, message_id, delete: false } => self.strip(*chat, *message_id).await.map(|()| None),
            Effect::Retire { chat, message_id, delete: true } | Effect::Delete { chat, message_id } => {
                self.delete(*chat, *message_id).await.map(|()| None)
            }
            Effect::PointToPrivateChat { chat, language } => self.point_to_private_chat(*chat, *language).await.map(|()| None),
            Effect::Commands { chat, language } => setup::set_commands(&self.api, &self.locales, *chat, *language).await.map(|()| None),
            Effect::ResetCommands { chat } => setup::reset_commands(&self.api, *chat).await.map(|()| None),
            Effect::Mail(_) | Effect::Document(_) => return Outcome::Never(Reason::new("neither mails nor documents are calls")),
        };
        match tried {
            Ok(message_id) => {
                self.hush().told.clear();
                Outcome::Done(message_id)
            }
            Err(error) => self.failed(effect, &error),
        }
    }

    /// Tries once to send a document that has been made.
    pub(super) async fn send_document(&self, effect: &Effect, chat: ChatId, caption: String, file: Upload) -> Outcome {
        self.keep_pace().await;
        let payload = SendDocument::new(recipient(chat), InputFile::memory(Vec::new())).caption(caption);
        match self.api.upload(&payload, file).await {
            Ok(_) => Outcome::Done(None),
            Err(error) => self.failed(effect, &error),
        }
    }

    /// Answers a callback query; one that is too old has nobody waiting for it.
    pub(super) async fn answer(&self, notice: &Notice) {
        let mut payload = AnswerCallbackQuery::new(CallbackQueryId(notice.query.clone()));
        if let Some(text) = &notice.text {
            payload = payload.text(text.clone());
        }
        for _ in 0..2 {
            match self.api.call(&payload).await {
                Err(ApiError::NoAnswer(_)) => {}
                Err(ApiError::TooMany { retry_after }) => self.clock.sleep_until(self.clock.now() + seconds(retry_after)).await,
                Ok(_) | Err(ApiError::Refused { .. }) => return,
            }
        }
    }

    async fn keep_pace(&self) {
        if let Some(pace) = &self.pace {
            pace.until_ready().await;
        }
        // While it lasts the wait may grow.
        while let Some(until) = self.hushed_until() {
            self.clock.sleep_until(until).await;
        }
    }

    /// Until when nobody is sent anything, if that is so now.
    pub(super) fn hushed_until(&self) -> Option<Timestamp> {
        self.hush().everybody.filter(|until| *until > self.clock.now())
    }

    fn hush(&self) -> MutexGuard<'_, Hush> {
        self.hush.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn failed(&self, effect: &Effect, error: &ApiError) -> Outcome {
        match error {
            ApiError::TooMany { retry_after } => {
                let wait = seconds(*retry_after);
                if let Some(chat) = effect.chat() {
                    self.told_to_wait(chat, self.clock.now() + wait);
                }
                Outcome::Later(Some(wait), Reason::new(error))
            }
            ApiError::NoAnswer(_) => Outcome::Later(None, Reason::new(error)),
            ApiError::Refused { code: 403, .. } => Outcome::Blocked,
            ApiError::Refused { .. } => Outcome::Never(Reason::new(error)),
        }
    }

    /// Remembers a 429.
    fn told_to_wait(&self, chat: ChatId, until: Timestamp) {
        let mut hush = self.hush();
        hush.told.insert(chat);
        if hush.told.len() >= EVERYBODY {
            hush.everybody = hush.everybody.max(Some(until));
        }
    }

    /// Puts a screen before the holder; the id of the message, where a new one was sent.
    async fn show(&self, show: &Show, shown: Option<i64>) -> Result<Option<i64>, ApiError> {
        if let (false, Some(message_id)) = (show.fresh, shown.or(show.message_id)) {
            match self.edit(show, message_id).await {
                Err(error) if error.says("Bad Request: message is not modified") => return Ok(None),
                Err(error) if cannot_edit(&error) => {}
                other => return other.map(|()| None),
            }
        }
        if let Some(picture) = &show.picture {
            return Box::pin(self.send_picture(show, picture)).await;
        }
        let payload = SendMessage::new(recipient(show.chat), show.text.clone())
            .parse_mode(ParseMode::Html)
            .link_preview_options(no_preview())
            .reply_markup(self.keyboard(show));
        Ok(Some(self.api.call_for::<_, Sent>(&payload).await?.message_id))
    }

    async fn send_picture(&self, show: &Show, picture: &Picture) -> Result<Option<i64>, ApiError> {
        let bytes = self.draw(picture).await.map_err(|error| ApiError::NoAnswer(format!("the picture was not drawn: {error}")))?;
        let payload = SendPhoto::new(recipient(show.chat), InputFile::memory(Vec::new()))
            .caption(show.text.clone())
            .parse_mode(ParseMode::Html)
            .reply_markup(self.keyboard(show));
        let file = Upload { parameter: "photo", name: "picture.png".to_owned(), mime: "image/png", bytes };
        Ok(Some(self.api.upload(&payload, file).await?.id.0.into()))
    }

    /// Draws off the async threads; the same picture at each try.
    async fn draw(&self, picture: &Picture) -> Result<Vec<u8>, String> {
        let Picture::Captcha { nonce } = picture;
        let (digits, seed) = (captcha::digits(&self.key, nonce), self.key.derive("captcha drawing", &[nonce.as_bytes()]));
        tokio::task::spawn_blocking(move || picture::captcha(&digits, &seed)).await.unwrap_or_else(|error| Err(error.to_string()))
    }

    async fn edit(&self, show: &Show, message_id: i64) -> Result<(), ApiError> {
        let payload = EditMessageText::new(recipient(show.chat), message(message_id), show.text.clone())
            .parse_mode(ParseMode::Html)
            .link_preview_options(no_preview())
            .reply_markup(self.keyboard(show));
        self.api.carry_out(&payload).await
    }

    /// Takes the buttons off a message; gone or bare already is as good.
    async fn strip(&self, chat: ChatId, message_id: i64) -> Result<(), ApiError> {
        let payload = EditMessageReplyMarkup::new(recipient(chat), message(message_id));
        done_already(self.api.carry_out(&payload).await)
    }

    /// Deletes a message; gone already, or too old for Telegram to delete, is as good.
    async fn delete(&self, chat: ChatId, message_id: i64) -> Result<(), ApiError> {
        let payload = DeleteMessage::new(recipient(chat), message(message_id));
        match done_already(self.api.call(&payload).await.map(|_| ())) {
            // Telegram deletes nothing older than 48 hours; the buttons at least go.
            Err(error) if error.says("Bad Request: message can't be deleted") => self.strip(chat, message_id).await,
            other => other,
        }
    }

    fn keyboard(&self, show: &Show) -> InlineKeyboardMarkup {
        InlineKeyboardMarkup::new(show.keyboard.iter().map(|row| row.iter().filter_map(|button| self.button(button)).collect::<Vec<_>>()))
    }

    fn button(&self, button: &ShownButton) -> Option<InlineKeyboardButton> {
        match button {
            ShownButton::Tap(label, data) => Some(InlineKeyboardButton::callback(label.clone(), data.clone())),
            ShownButton::Page { label, page: PageLink::SignIn { nonce } } => {
                let token = page::token_for(&self.key, nonce);
                // Telegram opens a Mini App over https only, and only in private chats (core.telegram.org/bots/api#webappinfo).
                Some(if self.public_url.scheme() == "https" {
                    let url = self.public_url.join(&format!("app/{token}")).ok()?;
                    InlineKeyboardButton::web_app(label.clone(), WebAppInfo { url })
                } else {
                    InlineKeyboardButton::url(label.clone(), self.public_url.join(&format!("sign-in/{token}")).ok()?)
                })
            }
        }
    }

    async fn point_to_private_chat(&self, chat: ChatId, language: Language) -> Result<(), ApiError> {
        let text = self.locales.html(language, &Message::new("group-answer"));
        let label = self.locales.plain(language, &Message::new("button-private-chat"));
        let Ok(link) = Url::parse(&format!("https://t.me/{}", self.bot_name)) else { return Ok(()) };
        let keyboard = InlineKeyboardMarkup::new([[InlineKeyboardButton::url(label, link)]]);
        let payload = SendMessage::new(recipient(chat), text).parse_mode(ParseMode::Html).reply_markup(keyboard);
        self.api.call(&payload).await.map(|_| ())
    }
}

fn done_already(outcome: Result<(), ApiError>) -> Result<(), ApiError> {
    match outcome {
        Err(error) if error.says("Bad Request: message is not modified") || error.says("Bad Request: message to ") => Ok(()),
        other => other,
    }
}

/// Whether the message that carried the screen is out of reach, so that the screen needs one of its own.
fn cannot_edit(error: &ApiError) -> bool {
    error.says("Bad Request: message to edit not found")
        || error.says("Bad Request: message can't be edited")
        || error.says("Bad Request: there is no text")
}

fn seconds(seconds: u32) -> SignedDuration {
    SignedDuration::from_secs(seconds.into())
}

fn recipient(chat: ChatId) -> Recipient {
    Recipient::Id(teloxide::types::ChatId(chat.0))
}

/// Telegram's message ids fit 32 bits; one that does not was never Telegram's, and finds no message.
fn message(id: i64) -> MessageId {
    MessageId(i32::try_from(id).unwrap_or_default())
}

fn no_preview() -> LinkPreviewOptions {
    LinkPreviewOptions { is_disabled: true, url: None, prefer_small_media: false, prefer_large_media: false, show_above_text: false }
}
