//! The holders of the bench and their cards, in either bot's database. Everybody is signed in already.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, ensure};
use guichet::clock::{Clock, Random};
use guichet::config::Database;
use guichet::domain::{ChatId, Language};
use guichet::store::chat::Chat;
use guichet::store::{self, Db};
use guichet::unlock::unlock;

use crate::baseline;

/// Cards of each holder; taking one off takes four steps.
pub const CARDS: i64 = 5;

/// The chat of a holder, by number.
pub fn chat(holder: i64) -> i64 {
    2_000_000 + holder
}

fn email(holder: i64) -> String {
    format!("holder{holder}@example.org")
}

/// The last four digits of a holder's card.
pub fn last4(holder: i64, card: i64) -> String {
    format!("{:04}", (holder * CARDS + card) % 10_000)
}

/// Imports the holders into a database of guichet in `folder`.
pub async fn for_guichet(folder: &Path, holders: i64) -> anyhow::Result<()> {
    let mut accounts = "email,name,language,state,opened_on,password_hash\n".to_owned();
    let mut cards = "card_ref,email,brand,last4,expires,linked_on\n".to_owned();
    for holder in 0..holders {
        let email = email(holder);
        accounts.push_str(&format!("{email},Holder {holder},en,open,2015-05-05,\n"));
        for card in 0..CARDS {
            cards.push_str(&format!("card-{holder}-{card},{email},Visa,{},2027-01,2015-06-01\n", last4(holder, card)));
        }
    }
    std::fs::write(folder.join("accounts.csv"), accounts)?;
    std::fs::write(folder.join("cards.csv"), cards)?;
    let imported = Command::new(env!("CARGO_BIN_EXE_guichet")).args(["import", "."]).current_dir(folder).env_clear().output()?;
    ensure!(imported.status.success(), "the import failed: {}", String::from_utf8_lossy(&imported.stderr));
    sign_in(folder, holders).await
}

/// Opens a session for each holder.
async fn sign_in(folder: &Path, holders: i64) -> anyhow::Result<()> {
    let db = Db::open(&Database::Sqlite(folder.join("guichet.db"))).await?;
    unlock(&db, &folder.join("guichet.key"), &Random::machine(), Clock::machine().now()).await?;
    let mut conn = db.conn().await?;
    let now = Clock::machine().now();
    conn.begin().await?;
    for holder in 0..holders {
        let account = store::account::by_email(&mut conn, &email(holder).parse()?).await?.context("an account is missing")?;
        let chat = Chat::new(ChatId(chat(holder)), Language::En, now);
        store::chat::save(&mut conn, &[&chat], now).await?;
        store::session::start(&mut conn, chat.id, account.id, now).await?;
    }
    conn.commit().await?;
    drop(conn);
    db.close().await;
    Ok(())
}

/// Writes the holders into a database of the baseline in `folder`.
pub async fn for_baseline(folder: &Path, holders: i64) -> anyhow::Result<()> {
    let pool = baseline::open(folder).await?;
    let mut transaction = pool.begin().await?;
    for holder in 0..holders {
        sqlx::query("INSERT INTO holder (chat_id, email) VALUES ($1, $2)")
            .bind(chat(holder))
            .bind(email(holder))
            .execute(&mut *transaction)
            .await?;
        for card in 0..CARDS {
            sqlx::query("INSERT INTO card (chat_id, brand, last4, expires, linked_on) VALUES ($1, 'Visa', $2, '01/27', '1 June 2015')")
                .bind(chat(holder))
                .bind(last4(holder, card))
                .execute(&mut *transaction)
                .await?;
        }
    }
    transaction.commit().await?;
    pool.close().await;
    Ok(())
}
