//! What turns leave to be done outside: rows in lanes. A done effect's row is deleted; a dead letter keeps neither payload nor lane.
//! A lane names its chat by the keyed index, and one of mails the chat and address by another; the payload, which carries addresses,
//! names and texts, is sealed for that lane and moment.

use std::collections::HashSet;

use jiff::Timestamp;

use super::{Coming, Conn, StoreError, statements, time, values};
use crate::domain::{ChatId, Email};
use crate::seal::Sealer;

/// The sealed column.
pub(super) const PAYLOAD: &str = "effect.payload";

statements! {
    INSERT = "INSERT INTO effect (created_at, due_at, lane, kind, payload) VALUES [($, $, $, $, $)] RETURNING effect_id";
    ALIVE = "SELECT effect_id, lane, kind, payload, tries, due_at, created_at FROM effect WHERE died IS NULL AND effect_id > $1 ORDER BY effect_id LIMIT 500";
    ALIVE_IN = "SELECT effect_id, lane, kind, payload, tries, due_at, created_at FROM effect WHERE died IS NULL AND lane IN ([$]) ORDER BY effect_id";
    // The report to the operator is nobody else's, whatever its address.
    MAILS = "SELECT effect_id, lane, kind, payload, tries, due_at, created_at FROM effect \
             WHERE died IS NULL AND kind LIKE 'mail_%' AND kind <> 'mail_ended' AND effect_id > $1 ORDER BY effect_id LIMIT 500";
    LANES = "SELECT DISTINCT lane FROM effect WHERE died IS NULL";
    STANDS = "SELECT COUNT(*) FROM effect WHERE effect_id = $1 AND died IS NULL";
    DELETE = "DELETE FROM effect WHERE effect_id IN ([$])";
    POSTPONE = "UPDATE effect SET tries = $2, due_at = $3 WHERE effect_id = $1";
    BURY = "UPDATE effect SET payload = NULL, lane = '', died = $2 WHERE effect_id = $1";
    IN_LANE = "SELECT kind, tries, created_at, due_at FROM effect WHERE lane = $1 AND died IS NULL ORDER BY effect_id";
    FORGET = "DELETE FROM effect WHERE (lane = $1 OR lane LIKE $2) AND kind = $3";
    EMPTY = "DELETE FROM effect WHERE lane = $1";
    SWEEP = "DELETE FROM effect WHERE effect_id IN \
             (SELECT effect_id FROM effect WHERE died IS NOT NULL AND created_at < $1 ORDER BY created_at LIMIT $2)";
}

/// An effect as a row.
#[derive(Clone, Debug)]
pub struct Stored {
    /// Its row; higher is later.
    pub id: i64,
    /// Where its order holds.
    pub lane: String,
    /// What it is, for counting.
    pub kind: String,
    /// What to do, as JSON; `None` if it does not open.
    pub payload: Option<String>,
    /// How often it was tried without success.
    pub tries: i64,
    /// When it may be tried.
    pub due_at: Timestamp,
}

/// An effect that is not a row yet.
#[derive(Clone, Debug)]
pub struct New {
    /// Where its order holds: a sort of lane, such as `mail`, and the chat.
    pub lane: (&'static str, ChatId),
    /// Of a mail, whom to: no mail waits for one to another address, or its delay would tell that the other has an account.
    pub to: Option<Email>,
    /// What it is, for counting.
    pub kind: &'static str,
    /// What to do, as JSON.
    pub payload: String,
}

#[derive(sqlx::FromRow)]
struct Row {
    effect_id: i64,
    lane: String,
    kind: String,
    payload: Option<String>,
    tries: i64,
    due_at: i64,
    created_at: i64,
}

impl Row {
    fn opened(self, sealer: &Sealer) -> Result<Stored, StoreError> {
        let sealed = self.payload.ok_or(StoreError::Unreadable("effect.payload"))?;
        let payload = sealer.open(PAYLOAD, place(&self.lane, &self.kind, self.created_at), &sealed);
        let payload = payload.inspect_err(|error| tracing::error!(effect = self.effect_id, %error, "an effect does not open")).ok();
        let due_at = time("effect.due_at", self.due_at)?;
        Ok(Stored { id: self.effect_id, lane: self.lane, kind: self.kind, payload, tries: self.tries, due_at })
    }
}

/// What a payload is bound to: the number of its row is only given with it.
pub(super) fn place(lane: &str, kind: &str, created_at: i64) -> String {
    format!("{lane}/{kind}/{created_at}")
}

/// The name of a lane, as it is stored. That of mails names the address only together with the chat, so that no two chats are seen to
/// write to the same.
fn lane_name(sealer: &Sealer, (sort, chat): (&str, ChatId), to: Option<&Email>) -> String {
    let index = sealer.chat(chat);
    to.map_or_else(|| format!("{sort} {index}"), |to| format!("{sort} {index} {}", sealer.mailbox(chat, to)))
}

/// The name of a chat's lane of this sort, and what the names of those are like that keep to one address each.
fn lane_names(sealer: &Sealer, lane: (&str, ChatId)) -> (String, String) {
    let name = lane_name(sealer, lane, None);
    let to_an_address = format!("{name} %");
    (name, to_an_address)
}

/// The lane that an earlier version has named by Telegram's number of the chat; `None` if it is none.
pub(super) fn lane_of_chat(sealer: &Sealer, lane: &str) -> Option<String> {
    let (sort, chat) = lane.split_once(' ')?;
    Some(lane_name(sealer, (sort, ChatId(chat.parse().ok()?)), None))
}

/// The lane, by the key that seals now, of an effect whose payload names its chat, and that of a mail the address; `None` if it names
/// none.
pub(super) fn lane_of_payload(sealer: &Sealer, lane: &str, payload: &str) -> Option<String> {
    let (sort, _) = lane.split_once(' ')?;
    let payload: serde_json::Value = serde_json::from_str(payload).ok()?;
    let effect = payload.as_object()?.values().next()?;
    let to = effect.get("to").and_then(|to| to.as_str()?.parse().ok());
    Some(lane_name(sealer, (sort, ChatId(effect.get("chat")?.as_i64()?)), to.as_ref()))
}

/// Writes effects, in their order, due now; the ids of their rows and the names of their lanes.
pub async fn insert(conn: &mut Conn, effects: Vec<New>, now: Timestamp) -> Result<Vec<(i64, String)>, StoreError> {
    let coming = insert_later(conn, effects, now).await?;
    conn.get(coming).await
}

/// The same, along with the next statement.
pub async fn insert_later(conn: &mut Conn, effects: Vec<New>, now: Timestamp) -> Result<Coming<Vec<(i64, String)>>, StoreError> {
    let sealer = conn.sealer()?;
    let lanes: Vec<String> = effects.iter().map(|effect| lane_name(&sealer, effect.lane, effect.to.as_ref())).collect();
    let rows = effects.into_iter().zip(&lanes).map(|(effect, lane)| {
        let payload = sealer.seal(PAYLOAD, place(lane, effect.kind, now.as_millisecond()), &effect.payload);
        values![now, now, lane.as_str(), effect.kind, payload]
    });
    let ids = conn.number_rows(INSERT, rows.collect()).await?;
    Ok(ids.map(|ids| Ok(ids.into_iter().zip(lanes).collect())))
}

/// The effects still to be done after this one, in order, a few hundred at a time.
pub async fn alive(conn: &mut Conn, after: i64) -> Result<Vec<Stored>, StoreError> {
    let sealer = conn.sealer()?;
    conn.rows::<Row>(ALIVE, values![after]).await?.into_iter().map(|row| row.opened(&sealer)).collect()
}

/// The effects still to be done in the lanes of these names, each lane's in order.
pub async fn alive_in(conn: &mut Conn, lanes: impl IntoIterator<Item = String>) -> Result<Vec<Stored>, StoreError> {
    let rows = lanes.into_iter().map(|lane| values![lane]).collect();
    let sealer = conn.sealer()?;
    conn.many::<Row>(ALIVE_IN, vec![], rows).await?.into_iter().map(|row| row.opened(&sealer)).collect()
}

/// The lanes in which something is still to be done.
pub async fn lanes(conn: &mut Conn) -> Result<HashSet<String>, StoreError> {
    Ok(conn.rows::<(String,)>(LANES, vec![]).await?.into_iter().map(|(lane,)| lane).collect())
}

/// Whether an effect is still to be done.
pub async fn stands(conn: &mut Conn, id: i64) -> Result<bool, StoreError> {
    Ok(conn.number(STANDS, values![id]).await? > 0)
}

/// Forgets effects that are done, text and all.
pub async fn delete(conn: &mut Conn, ids: &[i64]) -> Result<(), StoreError> {
    conn.later(DELETE, vec![], ids.iter().map(|id| values![*id]).collect()).await
}

/// Notes that an effect was tried in vain and when it may be tried again.
pub async fn postpone(conn: &mut Conn, id: i64, tries: i64, due_at: Timestamp) -> Result<(), StoreError> {
    conn.run(POSTPONE, values![id, tries, due_at]).await.map(|_| ())
}

/// Makes a dead letter of an effect: what failed and why stays, the text and the chat go.
pub async fn bury(conn: &mut Conn, id: i64, reason: &str) -> Result<(), StoreError> {
    conn.run(BURY, values![id, reason]).await.map(|_| ())
}

/// An effect that is not done yet, without its payload.
#[derive(Clone, Debug)]
pub struct Pending {
    /// What it is.
    pub kind: String,
    /// How often it was tried without success.
    pub tries: i64,
    /// When its turn left it.
    pub created_at: Timestamp,
    /// When it may be tried.
    pub due_at: Timestamp,
}

/// What is not done yet in a chat's lane of this sort, in order; of mails, in the lane of those to one address.
pub async fn in_lane(conn: &mut Conn, lane: (&str, ChatId), to: Option<&Email>) -> Result<Vec<Pending>, StoreError> {
    let lane = lane_name(&*conn.sealer()?, lane, to);
    let rows = conn.rows::<(String, i64, i64, i64)>(IN_LANE, values![lane]).await?;
    rows.into_iter()
        .map(|(kind, tries, created, due)| {
            let (created_at, due_at) = (time("effect.created_at", created)?, time("effect.due_at", due)?);
            Ok(Pending { kind, tries, created_at, due_at })
        })
        .collect()
}

/// Erases the effects of a kind in a chat's lanes of this sort.
pub async fn forget(conn: &mut Conn, lane: (&str, ChatId), kind: &str) -> Result<(), StoreError> {
    let (lane, to_an_address) = lane_names(&*conn.sealer()?, lane);
    conn.run(FORGET, values![lane, to_an_address, kind]).await.map(|_| ())
}

/// Erases every effect in a chat's lane of this sort, which is none of mails.
pub async fn empty(conn: &mut Conn, lane: (&str, ChatId)) -> Result<(), StoreError> {
    let sealer = conn.sealer()?;
    let lane = lane_name(&sealer, lane, None);
    conn.run(EMPTY, values![lane]).await.map(|_| ())
}

/// Erases the mails that wait to be sent to this address, whichever chat they come from.
pub async fn forget_mails_to(conn: &mut Conn, email: &Email) -> Result<(), StoreError> {
    let sealer = conn.sealer()?;
    let mut after = 0;
    loop {
        let rows = conn.rows::<Row>(MAILS, values![after]).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.effect_id;
        let mails = rows.into_iter().map(|row| row.opened(&sealer)).collect::<Result<Vec<_>, _>>()?;
        let theirs = mails.iter().filter(|mail| mail.payload.as_deref().and_then(recipient).as_deref() == Some(email.as_str()));
        delete(conn, &theirs.map(|mail| mail.id).collect::<Vec<_>>()).await?;
    }
}

/// Whom a mail is to.
fn recipient(payload: &str) -> Option<String> {
    let payload: serde_json::Value = serde_json::from_str(payload).ok()?;
    Some(payload.as_object()?.values().next()?.get("to")?.as_str()?.to_owned())
}

/// Forgets dead letters that are older than `before`, `limit` at most.
pub async fn sweep(conn: &mut Conn, before: Timestamp, limit: i64) -> Result<u64, StoreError> {
    conn.run(SWEEP, values![before, limit]).await
}
