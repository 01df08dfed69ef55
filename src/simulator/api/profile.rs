//! The methods about the bot itself: who it is, its texts, commands and menu button.

use serde_json::{Value, json};

use super::super::World;
use super::super::refusal::Refusal;
use super::super::world::{Command, ProfileText, Scope};
use super::done;
use super::parameters::Parameters;

pub fn get_me(world: &mut World) -> Value {
    let mut me = world.bot_json();
    for (field, value) in [("can_join_groups", true), ("can_read_all_group_messages", false), ("supports_inline_queries", false)] {
        me[field] = json!(value);
    }
    me["can_connect_to_business"] = json!(false);
    me["has_main_web_app"] = json!(false);
    me
}

/// Carries out one of the methods about texts, commands and the menu button.
pub fn carry_out(world: &mut World, method: &str, parameters: &Parameters) -> Result<Value, Refusal> {
    let language = parameters.text("language_code").unwrap_or_default();
    match method {
        "setmyname" => set_text(world, parameters, ProfileText::Name, "name", &language),
        "setmydescription" => set_text(world, parameters, ProfileText::Description, "description", &language),
        "setmyshortdescription" => set_text(world, parameters, ProfileText::ShortDescription, "short_description", &language),
        "getmyname" => Ok(json!({ "name": world.profile_text(ProfileText::Name, &language) })),
        "getmydescription" => Ok(json!({ "description": world.profile_text(ProfileText::Description, &language) })),
        "getmyshortdescription" => Ok(json!({ "short_description": world.profile_text(ProfileText::ShortDescription, &language) })),
        "setmycommands" => {
            let commands = parameters.json("commands")?.unwrap_or_else(|| json!([]));
            let commands: Vec<Command> =
                serde_json::from_value(commands).map_err(|error| Refusal::bad_request(format!("can't parse BotCommand: {error}")))?;
            world.set_commands(scope(world, parameters)?, &language, commands)?;
            Ok(done())
        }
        "getmycommands" => Ok(json!(world.commands(scope(world, parameters)?, &language))),
        "deletemycommands" => {
            world.delete_commands(scope(world, parameters)?, &language)?;
            Ok(done())
        }
        "setchatmenubutton" => {
            let button = parameters.json("menu_button")?.unwrap_or_else(|| json!({ "type": "default" }));
            world.set_menu_button(parameters.chat(), button);
            Ok(done())
        }
        "getchatmenubutton" => Ok(world.menu_button(parameters.chat())),
        _ => Err(Refusal::new(404, "Not Found: method not found")),
    }
}

fn set_text(world: &mut World, parameters: &Parameters, what: ProfileText, field: &str, language: &str) -> Result<Value, Refusal> {
    world.set_profile_text(what, language, &parameters.text(field).unwrap_or_default())?;
    Ok(done())
}

fn scope(world: &World, parameters: &Parameters) -> Result<Scope, Refusal> {
    let Some(scope) = parameters.json("scope")? else { return Ok(Scope::Default) };
    let scope = serde_json::from_value(scope);
    let scope = scope.map_err(|error| Refusal::bad_request(format!("can't parse BotCommandScope: {error}")))?;
    match scope {
        Scope::Chat { chat_id } | Scope::ChatAdministrators { chat_id } | Scope::ChatMember { chat_id, .. }
            if world.chat(chat_id).is_none() =>
        {
            Err(Refusal::bad_request("chat not found"))
        }
        scope => Ok(scope),
    }
}
