//! The baseline: the bench's steps as a bot in the manner of teloxide's book. Its `Dispatcher` and polling, dialogues and cards in
//! SQLite with `synchronous=NORMAL`. It keeps none of guichet's promises; it is what guichet is measured against.

mod screens;
mod storage;

use std::path::Path;
use std::sync::Arc;

use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use teloxide::dispatching::{UpdateHandler, dialogue};
use teloxide::dptree::case;
use teloxide::prelude::*;
use teloxide::types::ParseMode;
use teloxide::utils::command::BotCommands;

use screens::Screen;
use storage::Dialogues;

/// The argument that makes a process of the bench the baseline's bot.
pub const ARGUMENT: &str = "baseline-bot";

type Error = Box<dyn std::error::Error + Send + Sync>;
type Here = Dialogue<State, Dialogues>;

/// Where a chat stands.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
enum State {
    #[default]
    Menu,
    Cards,
    Confirm {
        card: i64,
    },
    Done,
}

#[derive(Clone, Copy, Debug, BotCommands)]
#[command(rename_rule = "lowercase")]
enum Command {
    Menu,
}

/// A linked card.
#[derive(sqlx::FromRow)]
struct Card {
    card_id: i64,
    brand: String,
    last4: String,
    expires: String,
    linked_on: String,
}

/// Opens the database in `folder`, with its tables.
pub async fn open(folder: &Path) -> sqlx::Result<SqlitePool> {
    let options = SqliteConnectOptions::new()
        .filename(folder.join("baseline.db"))
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal);
    let pool = SqlitePool::connect_with(options).await?;
    sqlx::raw_sql(
        "CREATE TABLE IF NOT EXISTS dialogue (chat_id BIGINT PRIMARY KEY, dialogue TEXT NOT NULL);
         CREATE TABLE IF NOT EXISTS holder (chat_id BIGINT PRIMARY KEY, email TEXT NOT NULL);
         CREATE TABLE IF NOT EXISTS card (card_id INTEGER PRIMARY KEY, chat_id BIGINT NOT NULL, brand TEXT NOT NULL,
             last4 TEXT NOT NULL, expires TEXT NOT NULL, linked_on TEXT NOT NULL, removed_at BIGINT);
         CREATE INDEX IF NOT EXISTS card_chat ON card (chat_id);",
    )
    .execute(&pool)
    .await?;
    Ok(pool)
}

/// Runs the bot in the working folder, until it is killed.
pub async fn run() -> anyhow::Result<()> {
    tracing_subscriber::fmt().with_max_level(tracing::Level::WARN).with_writer(std::io::stderr).init();
    let pool = open(Path::new(".")).await?;
    let storage = Arc::new(Dialogues(pool.clone()));
    Dispatcher::builder(Bot::from_env(), schema()).dependencies(dptree::deps![storage, pool]).build().dispatch().await;
    Ok(())
}

fn schema() -> UpdateHandler<Error> {
    let commands = teloxide::filter_command::<Command, _>().branch(case![Command::Menu].endpoint(menu_command));
    let taps = Update::filter_callback_query()
        .branch(case![State::Menu].endpoint(menu_tapped))
        .branch(case![State::Cards].endpoint(card_tapped))
        .branch(case![State::Confirm { card }].endpoint(confirm_tapped))
        .branch(case![State::Done].endpoint(done_tapped));
    dialogue::enter::<Update, Dialogues, State, _>().branch(Update::filter_message().branch(commands)).branch(taps)
}

async fn menu_command(bot: Bot, here: Here, message: Message, pool: SqlitePool) -> Result<(), Error> {
    let screen = screens::menu(&email(&pool, message.chat.id).await?);
    bot.send_message(message.chat.id, screen.text).parse_mode(ParseMode::Html).reply_markup(screen.keyboard).await?;
    here.update(State::Menu).await?;
    Ok(())
}

async fn menu_tapped(bot: Bot, here: Here, query: CallbackQuery, pool: SqlitePool) -> Result<(), Error> {
    if query.data.as_deref() == Some("cards") {
        show_cards(&bot, &here, &query, &pool).await?;
    }
    Ok(())
}

async fn card_tapped(bot: Bot, here: Here, query: CallbackQuery, pool: SqlitePool) -> Result<(), Error> {
    match query.data.as_deref().unwrap_or_default().parse() {
        Ok(card) => {
            let found = one(&pool, here.chat_id(), card).await?;
            show(&bot, &query, screens::confirm(&found)).await?;
            here.update(State::Confirm { card }).await?;
        }
        Err(_) => show_menu(&bot, &here, &query, &pool).await?,
    }
    Ok(())
}

async fn confirm_tapped(bot: Bot, here: Here, query: CallbackQuery, pool: SqlitePool, card: i64) -> Result<(), Error> {
    if query.data.as_deref() != Some("confirm") {
        return show_cards(&bot, &here, &query, &pool).await;
    }
    let found = one(&pool, here.chat_id(), card).await?;
    sqlx::query("UPDATE card SET removed_at = unixepoch() WHERE card_id = $1 AND removed_at IS NULL").bind(card).execute(&pool).await?;
    show(&bot, &query, screens::done(&found)).await?;
    here.update(State::Done).await?;
    Ok(())
}

async fn done_tapped(bot: Bot, here: Here, query: CallbackQuery, pool: SqlitePool) -> Result<(), Error> {
    match query.data.as_deref() {
        Some("cards") => show_cards(&bot, &here, &query, &pool).await,
        _ => show_menu(&bot, &here, &query, &pool).await,
    }
}

async fn show_cards(bot: &Bot, here: &Here, query: &CallbackQuery, pool: &SqlitePool) -> Result<(), Error> {
    let cards = sqlx::query_as("SELECT * FROM card WHERE chat_id = $1 AND removed_at IS NULL ORDER BY card_id")
        .bind(here.chat_id().0)
        .fetch_all(pool)
        .await?;
    show(bot, query, screens::cards(&cards)).await?;
    here.update(State::Cards).await?;
    Ok(())
}

async fn show_menu(bot: &Bot, here: &Here, query: &CallbackQuery, pool: &SqlitePool) -> Result<(), Error> {
    show(bot, query, screens::menu(&email(pool, here.chat_id()).await?)).await?;
    here.update(State::Menu).await?;
    Ok(())
}

/// Answers the callback query and edits the message that the button is on.
async fn show(bot: &Bot, query: &CallbackQuery, screen: Screen) -> Result<(), Error> {
    bot.answer_callback_query(query.id.clone()).await?;
    if let Some(message) = query.regular_message() {
        bot.edit_message_text(message.chat.id, message.id, screen.text).parse_mode(ParseMode::Html).reply_markup(screen.keyboard).await?;
    }
    Ok(())
}

async fn email(pool: &SqlitePool, chat: ChatId) -> sqlx::Result<String> {
    sqlx::query_scalar("SELECT email FROM holder WHERE chat_id = $1").bind(chat.0).fetch_one(pool).await
}

async fn one(pool: &SqlitePool, chat: ChatId, card: i64) -> sqlx::Result<Card> {
    sqlx::query_as("SELECT * FROM card WHERE chat_id = $1 AND card_id = $2").bind(chat.0).bind(card).fetch_one(pool).await
}
