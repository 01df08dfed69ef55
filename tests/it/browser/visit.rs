//! What a holder does on the page: types, presses buttons, takes the code from the mailbox.

use fantoccini::elements::Element;
use fantoccini::{Client, Locator};
use guichet::domain::Language;
use guichet::locale::{Locales, Message};

use super::driver::{PATIENCE, click, find, screenshot};

/// One holder at the page.
pub struct Visit {
    pub page: Client,
    pub language: Language,
    pub person: i64,
    pub email: &'static str,
    narrow: bool,
    locales: Locales,
}

impl Visit {
    pub fn new(page: Client, language: Language, person: i64, email: &'static str, width: u32) -> Self {
        Self { page, language, person, email, narrow: width < 720, locales: Locales::built_in().unwrap() }
    }

    /// The same page in the hands of another holder.
    pub fn turn_to(&self, language: Language, person: i64, email: &'static str) -> Self {
        Self { page: self.page.clone(), language, person, email, narrow: self.narrow, locales: Locales::built_in().unwrap() }
    }

    pub fn label(&self, key: &'static str) -> String {
        self.text(&Message::new(key))
    }

    pub fn text(&self, message: &Message) -> String {
        self.locales.plain(self.language, message)
    }

    /// The selector of something in this holder's chat.
    pub fn at(&self, css: &str) -> String {
        format!("[data-person='{}'] {css}", self.person)
    }

    /// Signs in with the code that comes by mail.
    pub async fn sign_in(&self) {
        self.say("/signin").await;
        self.button(&self.label("button-cancel")).await;
        self.say(self.email).await;
        self.button(&self.label("button-resend")).await;
        self.say(&self.mailed_code().await).await;
        self.button(&self.label("button-sign-out")).await;
    }

    /// The code of the mail that lies open.
    pub async fn mailed_code(&self) -> String {
        self.panel("mailbox").await;
        let shown = find(&self.page, "[data-testid=mail-code]").await.text().await.unwrap();
        self.panel("chat").await;
        shown.chars().filter(char::is_ascii_digit).collect()
    }

    pub async fn say(&self, text: &str) {
        let input = self.message_box().await;
        input.clear().await.unwrap();
        input.send_keys(text).await.unwrap();
        click(&self.page, &self.at("[data-testid=send]")).await;
    }

    /// Where the holder writes; before the first message, after pressing Start.
    async fn message_box(&self) -> Element {
        let start = find(&self.page, &self.at("[data-testid=start]")).await;
        if start.is_displayed().await.unwrap() {
            start.click().await.unwrap();
            self.button(&self.label("button-sign-in")).await;
        }
        find(&self.page, &self.at("[data-testid=message-input]")).await
    }

    /// The newest button under a message that reads so.
    pub async fn button(&self, label: &str) -> Element {
        let keyboard = format!("//*[@data-person='{}']//*[contains(@class,'keyboard')]", self.person);
        let xpath = format!("({keyboard}//button[normalize-space(.)='{label}'])[last()]");
        match self.page.wait().at_most(PATIENCE).for_element(Locator::XPath(&xpath)).await {
            Ok(element) => element,
            Err(error) => {
                self.screenshot("failed").await;
                panic!("no button [{label}] for {}: {error}", self.person)
            }
        }
    }

    /// Presses a button, again if the page replaced it in between.
    pub async fn press(&self, label: &str) {
        while let Err(error) = self.button(label).await.click().await {
            assert!(error.is_stale_element_reference(), "{error}");
        }
    }

    /// On a narrow page, chat and mailbox are tabs.
    pub async fn panel(&self, name: &str) {
        if self.narrow {
            click(&self.page, &format!(".tabs [data-panel={name}]")).await;
        }
    }

    pub async fn screenshot(&self, name: &str) {
        screenshot(&self.page, &format!("{}-{name}", self.language)).await;
    }
}
