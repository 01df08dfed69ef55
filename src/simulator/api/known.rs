//! The methods the simulator knows and their parameters, so that a parameter Telegram would silently ignore is noticed.
//! From <https://core.telegram.org/bots/api>.

/// The parameters of a method, named in lower case; `None` if the simulator doesn't know the method.
pub fn parameters(method: &str) -> Option<&'static [&'static str]> {
    METHODS.iter().find(|(name, _)| *name == method).map(|(_, parameters)| *parameters)
}

#[rustfmt::skip]
const METHODS: [(&str, &[&str]); 28] = [
    ("getme", &[]),
    ("getupdates", &["offset", "limit", "timeout", "allowed_updates"]),
    ("deletewebhook", &["drop_pending_updates"]),
    ("setwebhook", &["url", "certificate", "ip_address", "max_connections", "allowed_updates", "drop_pending_updates",
        "secret_token"]),
    ("getwebhookinfo", &[]),
    ("sendmessage", &["business_connection_id", "chat_id", "message_thread_id", "direct_messages_topic_id", "text", "parse_mode",
        "entities", "link_preview_options", "disable_notification", "protect_content", "allow_paid_broadcast",
        "message_effect_id", "suggested_post_parameters", "reply_parameters", "reply_markup"]),
    ("editmessagetext", &["business_connection_id", "chat_id", "message_id", "inline_message_id", "text", "parse_mode",
        "entities", "link_preview_options", "rich_message", "reply_markup"]),
    ("editmessagereplymarkup", &["business_connection_id", "chat_id", "message_id", "inline_message_id", "reply_markup"]),
    ("deletemessage", &["chat_id", "message_id"]),
    ("answercallbackquery", &["callback_query_id", "text", "show_alert", "url", "cache_time"]),
    ("sendphoto", &["business_connection_id", "chat_id", "message_thread_id", "direct_messages_topic_id", "photo", "caption",
        "parse_mode", "caption_entities", "show_caption_above_media", "has_spoiler", "disable_notification", "protect_content",
        "allow_paid_broadcast", "message_effect_id", "suggested_post_parameters", "reply_parameters", "reply_markup"]),
    ("senddocument", &["business_connection_id", "chat_id", "message_thread_id", "direct_messages_topic_id", "document",
        "thumbnail", "caption", "parse_mode", "caption_entities", "disable_content_type_detection", "disable_notification",
        "protect_content", "allow_paid_broadcast", "message_effect_id", "suggested_post_parameters", "reply_parameters",
        "reply_markup"]),
    ("editmessagemedia", &["business_connection_id", "chat_id", "message_id", "inline_message_id", "media", "reply_markup"]),
    ("editmessagecaption", &["business_connection_id", "chat_id", "message_id", "inline_message_id", "caption", "parse_mode",
        "caption_entities", "show_caption_above_media", "reply_markup"]),
    ("getfile", &["file_id"]),
    ("setmycommands", &["commands", "scope", "language_code"]),
    ("getmycommands", &["scope", "language_code"]),
    ("deletemycommands", &["scope", "language_code"]),
    ("setmyname", &["name", "language_code"]),
    ("getmyname", &["language_code"]),
    ("setmydescription", &["description", "language_code"]),
    ("getmydescription", &["language_code"]),
    ("setmyshortdescription", &["short_description", "language_code"]),
    ("getmyshortdescription", &["language_code"]),
    ("setchatmenubutton", &["chat_id", "menu_button"]),
    ("getchatmenubutton", &["chat_id"]),
    ("sendchataction", &["business_connection_id", "chat_id", "message_thread_id", "action"]),
    ("getchat", &["chat_id"]),
];
