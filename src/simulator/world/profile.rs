//! What the bot says about itself: name, descriptions, commands and menu button, by language and scope.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::World;
use super::news::Bulletin;
use crate::simulator::refusal::Refusal;

/// A command of the menu.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Command {
    /// Without the slash.
    pub command: String,
    /// What it does, 1 to 256 characters.
    pub description: String,
}

/// Where a list of commands holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names are Telegram's, see BotCommandScope")]
pub enum Scope {
    #[default]
    Default,
    AllPrivateChats,
    AllGroupChats,
    AllChatAdministrators,
    Chat {
        chat_id: i64,
    },
    ChatAdministrators {
        chat_id: i64,
    },
    ChatMember {
        chat_id: i64,
        user_id: i64,
    },
}

/// One of the bot's texts, by language; the empty language is for everybody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProfileText {
    /// Up to 64 characters.
    Name,
    /// Up to 512 characters, shown in an empty chat.
    Description,
    /// Up to 120 characters, shown on the profile.
    ShortDescription,
}

#[derive(Debug, Default)]
pub(super) struct Profile {
    texts: HashMap<(ProfileText, String), String>,
    commands: HashMap<(Scope, String), Vec<Command>>,
    menu_buttons: HashMap<Option<i64>, Value>,
}

impl World {
    /// Sets or, if empty, removes one of the bot's texts for a language.
    ///
    /// # Errors
    /// A refusal of a text that is too long or a language that is none.
    pub fn set_profile_text(&mut self, what: ProfileText, language: &str, text: &str) -> Result<(), Refusal> {
        check_language(language)?;
        let (limit, name) = match what {
            ProfileText::Name => (64, "name"),
            ProfileText::Description => (512, "description"),
            ProfileText::ShortDescription => (120, "short description"),
        };
        if text.chars().count() > limit {
            return Err(Refusal::bad_request(format!("bot {name} is too long")));
        }
        let key = (what, language.to_owned());
        if text.is_empty() {
            self.profile.texts.remove(&key);
        } else {
            self.profile.texts.insert(key, text.to_owned());
        }
        self.news.bulletins.push(Bulletin::Profile);
        Ok(())
    }

    /// The bot's text as a client in `language` shows it: that language's, else everybody's. The name is never empty.
    pub fn profile_text(&self, what: ProfileText, language: &str) -> &str {
        let find = |language: &str| self.profile.texts.get(&(what, language.to_owned()));
        let otherwise = if what == ProfileText::Name { super::BOT_NAME } else { "" };
        find(primary(language)).or_else(|| find("")).map_or(otherwise, String::as_str)
    }

    /// Sets the commands for a scope and language.
    ///
    /// # Errors
    /// A refusal of over 100 commands, a malformed one, or a language that is none.
    pub fn set_commands(&mut self, scope: Scope, language: &str, commands: Vec<Command>) -> Result<(), Refusal> {
        check_language(language)?;
        if commands.len() > 100 {
            return Err(Refusal::bad_request("BOT_COMMANDS_TOO_MUCH"));
        }
        for command in &commands {
            let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            if !(1..=32).contains(&command.command.len()) || !command.command.chars().all(is_name) {
                return Err(Refusal::bad_request("BOT_COMMAND_INVALID"));
            }
            if !(1..=256).contains(&command.description.chars().count()) {
                return Err(Refusal::bad_request("BOT_COMMAND_DESCRIPTION_INVALID"));
            }
        }
        self.profile.commands.insert((scope, language.to_owned()), commands);
        self.tell_commands(scope);
        Ok(())
    }

    /// Removes the commands of a scope and language.
    ///
    /// # Errors
    /// A refusal of a language that is none.
    pub fn delete_commands(&mut self, scope: Scope, language: &str) -> Result<(), Refusal> {
        check_language(language)?;
        self.profile.commands.remove(&(scope, language.to_owned()));
        self.tell_commands(scope);
        Ok(())
    }

    fn tell_commands(&mut self, scope: Scope) {
        match scope {
            Scope::Chat { chat_id } => self.touch(chat_id),
            _ => self.news.bulletins.push(Bulletin::Profile),
        }
    }

    /// The commands set for exactly this scope and language.
    pub fn commands(&self, scope: Scope, language: &str) -> &[Command] {
        self.profile.commands.get(&(scope, language.to_owned())).map_or(&[], Vec::as_slice)
    }

    /// The commands a person's client shows in the private chat: the narrowest scope first, in it the client's language first.
    /// <https://core.telegram.org/bots/api#determining-list-of-commands>
    pub fn commands_shown(&self, person: i64, language: &str) -> &[Command] {
        let scopes = [Scope::Chat { chat_id: person }, Scope::AllPrivateChats, Scope::Default];
        let keys = scopes.into_iter().flat_map(|scope| [primary(language), ""].map(|language| (scope, language.to_owned())));
        keys.filter_map(|key| self.profile.commands.get(&key)).find(|commands| !commands.is_empty()).map_or(&[], Vec::as_slice)
    }

    /// Sets the menu button of a chat, or of every chat.
    pub fn set_menu_button(&mut self, chat: Option<i64>, button: Value) {
        self.profile.menu_buttons.insert(chat, button);
        self.news.changed = true;
    }

    /// The menu button of a chat, as Telegram writes it.
    pub fn menu_button(&self, chat: Option<i64>) -> Value {
        let buttons = &self.profile.menu_buttons;
        buttons.get(&chat).or_else(|| buttons.get(&None)).cloned().unwrap_or_else(|| serde_json::json!({ "type": "commands" }))
    }
}

/// The language of a client's code, which may carry a region: `pt` of `pt-br`.
fn primary(language: &str) -> &str {
    language.split(['-', '_']).next().unwrap_or_default()
}

fn check_language(code: &str) -> Result<(), Refusal> {
    let is_code = code.is_empty() || code.len() == 2 && code.chars().all(|c| c.is_ascii_lowercase());
    if is_code { Ok(()) } else { Err(Refusal::bad_request("invalid language code specified")) }
}

#[cfg(test)]
mod tests {
    use super::super::tests::world;
    use super::*;

    fn command(name: &str, description: &str) -> Vec<Command> {
        vec![Command { command: name.into(), description: description.into() }]
    }

    #[test]
    fn commands_are_checked() {
        let mut world = world();
        for (name, description) in [("Start", "x"), ("", "x"), ("a-b", "x"), ("ok", ""), ("ok", &"é".repeat(257))] {
            assert!(world.set_commands(Scope::Default, "", command(name, description)).is_err(), "{name}");
        }
        let many = vec![command("a", "b").remove(0); 101];
        assert!(world.set_commands(Scope::Default, "", many).is_err());
        assert!(world.set_commands(Scope::Default, "fra", command("ok", "x")).is_err());
        assert!(world.set_commands(Scope::Default, "fr", command("ok", &"é".repeat(256))).is_ok());
    }

    #[test]
    fn the_narrowest_scope_wins_then_the_language() {
        let mut world = world();
        world.set_commands(Scope::Default, "fr", command("a", "défaut fr")).unwrap();
        world.set_commands(Scope::AllPrivateChats, "", command("a", "private")).unwrap();
        assert_eq!(world.commands_shown(1001, "fr-CA")[0].description, "private");
        world.set_commands(Scope::AllPrivateChats, "fr", command("a", "privé")).unwrap();
        assert_eq!(world.commands_shown(1001, "fr-CA")[0].description, "privé");
        world.set_commands(Scope::Chat { chat_id: 1001 }, "", command("a", "chat")).unwrap();
        assert_eq!(world.commands_shown(1001, "fr")[0].description, "chat");
        assert_eq!(world.commands_shown(1002, "ru")[0].description, "private");
    }

    #[test]
    fn texts_fall_back_to_everybodys() {
        let mut world = world();
        world.set_profile_text(ProfileText::Description, "", "Hello").unwrap();
        world.set_profile_text(ProfileText::Description, "ru", "Привет").unwrap();
        assert_eq!(world.profile_text(ProfileText::Description, "ru"), "Привет");
        assert_eq!(world.profile_text(ProfileText::Description, "fr"), "Hello");
        assert!(world.set_profile_text(ProfileText::ShortDescription, "", &"x".repeat(121)).is_err());
    }
}
