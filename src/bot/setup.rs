//! What Telegram is told about the bot at start: the commands menu, the name and the descriptions, in each language.

use teloxide::payloads::{
    DeleteMyCommands, DeleteMyCommandsSetters, GetMyDescription, GetMyName, GetMyShortDescription, SetMyCommands, SetMyCommandsSetters,
    SetMyDescription, SetMyName, SetMyShortDescription,
};
use teloxide::types::{BotCommand, BotCommandScope, Recipient};

use super::api::{Api, ApiError};
use super::schema::COMMANDS;
use crate::domain::{ChatId, Language, Policy};
use crate::locale::{Locales, Message};

/// Tells Telegram the bot's commands, name and descriptions in every language. What is the same already is left alone:
/// Telegram allows the name to be changed a few times a day only.
pub async fn introduce(api: &Api, locales: &Locales, policy: &Policy) -> Result<(), ApiError> {
    for language in Language::ALL {
        // English also serves every client whose language the counter does not speak.
        let codes = if language == Language::En { vec![None, Some(language.code())] } else { vec![Some(language.code())] };
        for code in codes {
            introduce_in(api, locales, policy, language, code.map(str::to_owned)).await?;
        }
    }
    Ok(())
}

async fn introduce_in(api: &Api, locales: &Locales, policy: &Policy, language: Language, code: Option<String>) -> Result<(), ApiError> {
    let mut commands = SetMyCommands::new(commands(locales, language)).scope(BotCommandScope::AllPrivateChats);
    commands.language_code = code.clone();
    api.call(&commands).await?;
    let text = |key: &'static str| {
        let message = Message::new(key).with("service", policy.service.as_str()).with("place", policy.place.as_str());
        Some(locales.plain(language, &message))
    };
    let mut name = SetMyName::new();
    (name.name, name.language_code) = (text("bot-name"), code.clone());
    let mut known = GetMyName::new();
    known.language_code = code.clone();
    if Some(api.call(&known).await?.name) != name.name {
        api.call(&name).await?;
    }
    let mut description = SetMyDescription::new();
    (description.description, description.language_code) = (text("bot-description"), code.clone());
    let mut known = GetMyDescription::new();
    known.language_code = code.clone();
    if Some(api.call(&known).await?.description) != description.description {
        api.call(&description).await?;
    }
    let mut short = SetMyShortDescription::new();
    (short.short_description, short.language_code) = (text("bot-short-description"), code.clone());
    let mut known = GetMyShortDescription::new();
    known.language_code = code;
    if Some(api.call(&known).await?.short_description) != short.short_description {
        api.call(&short).await?;
    }
    Ok(())
}

/// Sets the commands menu of one chat, for a holder whose language is not the Telegram client's.
pub async fn set_commands(api: &Api, locales: &Locales, chat: ChatId, language: Language) -> Result<(), ApiError> {
    let scope = BotCommandScope::Chat { chat_id: Recipient::Id(teloxide::types::ChatId(chat.0)) };
    api.call(&SetMyCommands::new(commands(locales, language)).scope(scope)).await.map(|_| ())
}

/// Takes the commands menu of one chat back, so that it follows the Telegram client again.
pub async fn reset_commands(api: &Api, chat: ChatId) -> Result<(), ApiError> {
    let scope = BotCommandScope::Chat { chat_id: Recipient::Id(teloxide::types::ChatId(chat.0)) };
    api.call(&DeleteMyCommands::new().scope(scope)).await.map(|_| ())
}

fn commands(locales: &Locales, language: Language) -> Vec<BotCommand> {
    COMMANDS.iter().map(|(command, key)| BotCommand::new(*command, locales.plain(language, &Message::new(*key)))).collect()
}
