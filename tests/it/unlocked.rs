//! Databases with their key, which is made beside them, and what is sealed in them.

use std::path::Path;

use guichet::clock::{Clock, Random};
use guichet::domain::ChatId;
use guichet::store::{Conn, Db, Value, effect, help_feedback};
use guichet::unlock::unlock;

/// The database, unlocked with the key in this folder.
pub async fn unlocked(db: Db, folder: &Path) -> Db {
    unlock(&db, &folder.join("guichet.key"), &Random::machine(), Clock::machine().now()).await.unwrap();
    db
}

/// The number that the database knows a chat by.
pub fn index(conn: &Conn, chat: i64) -> i64 {
    conn.sealer().unwrap().chat(ChatId(chat))
}

/// Every stored dialogue.
pub async fn dialogues(conn: &mut Conn) -> Vec<String> {
    let sealer = conn.sealer().unwrap();
    let rows: Vec<(i64, String)> = conn.rows("SELECT chat_id, dialogue FROM chat ORDER BY chat_id", vec![]).await.unwrap();
    rows.iter().map(|(index, dialogue)| sealer.open("chat.dialogue", index, dialogue).unwrap()).collect()
}

/// Puts a chat at a stored dialogue.
pub async fn stand_at(conn: &mut Conn, chat: i64, dialogue: &str) {
    let (sealer, index) = (conn.sealer().unwrap(), index(conn, chat));
    let values = vec![sealer.seal("chat.dialogue", index, dialogue).into(), Value::from(index)];
    assert_eq!(conn.run("UPDATE chat SET dialogue = $1 WHERE chat_id = $2", values).await.unwrap(), 1);
}

/// Every payload of an effect that is not done yet.
pub async fn payloads(conn: &mut Conn) -> Vec<String> {
    effect::alive(conn, 0).await.unwrap().into_iter().map(|stored| stored.payload.unwrap()).collect()
}

/// Everything that is sealed in a database and may hold what a holder typed, in the clear.
pub async fn everything(conn: &mut Conn) -> String {
    let sealer = conn.sealer().unwrap();
    let mut texts = [dialogues(conn).await, payloads(conn).await].concat();
    let aside: Vec<(i64, String)> = conn.rows("SELECT set_aside_at, dialogue FROM set_aside_dialogue", vec![]).await.unwrap();
    texts.extend(aside.iter().map(|(at, dialogue)| sealer.open("set_aside_dialogue.dialogue", at, dialogue).unwrap()));
    texts.extend(help_feedback::remarks(conn).await.unwrap().into_iter().map(|remark| remark.comment));
    let codes: Vec<(i64, String)> = conn.rows("SELECT chat_id, email FROM one_time_code", vec![]).await.unwrap();
    texts.extend(codes.iter().map(|(chat, email)| sealer.open("one_time_code.email", chat, email).unwrap()));
    texts.join("\n")
}
