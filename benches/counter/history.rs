//! A page of payments of an account that has a million of them, beside one that has ten: the newest page, and one deep in the past.

use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use guichet::config::Database;
use guichet::dialogue::Tap;
use guichet::domain::{AccountId, PaymentId};
use guichet::store::{self, Conn, Db};

use crate::accounts;
use crate::bot::{Kind, Place};
use crate::crowd::{Chat, MENU, ON_MENU};
use crate::race::{median, milliseconds};

const OLDER: &str = "Older →";
const NEWER: &str = "← Newer";

/// How often each is timed.
const TIMES: usize = 300;
const FEW: i64 = 10;
const MANY: i64 = 1_000_000;
/// A payment in the middle of the many.
const DEEP: PaymentId = PaymentId(FEW + MANY / 2);
/// Payments on a page and one more, as the dialogue asks for them.
const PAGE: i64 = 9;

/// Times and prints.
pub async fn run() -> anyhow::Result<()> {
    let place = Place::new(Kind::Guichet).await?;
    accounts::for_guichet(place.folder.path(), 2).await?;
    let database = Database::Sqlite(place.folder.path().join("guichet.db"));
    println!("\nA page of payments (median of {TIMES})");
    let db = Db::open(&database).await?;
    let mut conn = db.conn().await?;
    fill(&mut conn).await?;
    queries(&mut conn).await?;
    drop(conn);
    db.close().await;
    drop(db);
    turns(&place).await
}

/// Gives the first account few payments and the second many, those of the second on either side of the first's.
async fn fill(conn: &mut Conn) -> anyhow::Result<()> {
    let fill = "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < $2) \
                INSERT INTO payment (account_id, payment_ref, paid_at, merchant, minor, currency, status, card_last4) \
                SELECT $1, 'p' || $1 || '-' || n, 1300000000000 + n * 60000, 'Merchant ' || (n % 1000), n, 'EUR', 'paid', '4242' FROM n";
    for (account, payments) in [(1_i64, FEW), (2, MANY)] {
        conn.run(fill, vec![account.into(), payments.into()]).await?;
    }
    Ok(())
}

async fn queries(conn: &mut Conn) -> anyhow::Result<()> {
    let [mut few, mut many, mut older] = [Vec::new(), Vec::new(), Vec::new()];
    for _ in 0..TIMES {
        let begin = Instant::now();
        ensure!(store::payment::newest(conn, AccountId(1), PAGE).await?.len() == 9);
        few.push(milliseconds(begin.elapsed()));
        let begin = Instant::now();
        ensure!(store::payment::newest(conn, AccountId(2), PAGE).await?.len() == 9);
        many.push(milliseconds(begin.elapsed()));
        let begin = Instant::now();
        ensure!(store::payment::older(conn, AccountId(2), DEEP, PAGE).await?.len() == 9);
        older.push(milliseconds(begin.elapsed()));
    }
    let [few, many, older] = [few, many, older].map(median);
    println!(
        "query  ten {few:.3} ms, a million: newest {many:.3} ms (ratio {:.2}), deep {older:.3} ms (ratio {:.2})",
        many / few,
        older / few
    );
    Ok(())
}

/// Whole turns through the chat, tap to screen: the newest page, and one further back.
async fn turns(place: &Place) -> anyhow::Result<()> {
    let (_bot, _) = place.start().await?;
    let chats = [0, 1].map(|holder| Chat { simulator: place.simulator.clone(), id: accounts::chat(holder) });
    for chat in &chats {
        chat.opens_the_menu().await?;
    }
    let [mut newest, mut older] = [[Vec::new(), Vec::new()], [Vec::new(), Vec::new()]];
    for _ in 0..TIMES {
        for (account, (chat, than)) in chats.iter().zip([PaymentId(FEW), DEEP]).enumerate() {
            newest[account].push(milliseconds(chat.taps("My payments", OLDER).await?));
            older[account].push(milliseconds(leafs_back_to(chat, than).await?));
            chat.taps(MENU, ON_MENU).await?;
        }
    }
    let ([few, many], [few_older, deep]) = (newest.map(median), older.map(median));
    println!("turn   newest: ten {few:.2} ms, a million {many:.2} ms (ratio {:.2})", many / few);
    println!("turn   further back: ten {few_older:.2} ms, deep in a million {deep:.2} ms (ratio {:.2})", deep / few_older);
    Ok(())
}

/// Leafs in one tap to the payments older than this, which only a made-up client can; how long that took.
async fn leafs_back_to(chat: &Chat, than: PaymentId) -> anyhow::Result<Duration> {
    let begin = Instant::now();
    chat.simulator
        .with(|world| {
            let message = world.messages(chat.id).last()?;
            let (revision, _) = Tap::parse(message.data_of(OLDER)?)?;
            let id = message.id;
            world.person_forges(chat.id, id, &Tap::Older(than).wire(revision)).ok()
        })
        .context("there is no older page")?;
    chat.sees(NEWER).await?;
    Ok(begin.elapsed())
}
