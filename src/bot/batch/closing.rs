//! The end, once the policy's final date is over: sweep by sweep a bounded part of what is kept of holders is erased, each chat with a last
//! message. What has gone is counted in the transaction of its going, and reported once, with the last of it.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Batch, Doing, Failure};
use crate::crash::{self, Point};
use crate::dialogue::TurnError;
use crate::domain::{ChatId, Contact, Language};
use crate::effects::{Effect, Ending, Letter, Mail};
use crate::store::meta::{self, Meta};
use crate::store::{self, Conn};

/// Chats that a sweep erases at most, and rows.
const CHATS: i64 = 200;
const ROWS: u64 = 20_000;

/// How far it has come, as the database keeps it.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
struct Progress {
    began_at: Timestamp,
    /// Rows that have gone, by table.
    erased: BTreeMap<String, u64>,
    /// When nothing was left, and that was reported.
    done_at: Option<Timestamp>,
}

impl Batch<'_> {
    /// Erases the next part; with the last of it the report is left to be sent. What comes in afterwards, as by an import, goes too.
    pub(super) async fn close(&mut self, conn: &mut Conn) -> Result<(), Failure> {
        crash::at(Point::Closing);
        let known = meta::get(conn, Meta::Ending).await?;
        let known = known.map(|json| serde_json::from_str::<Progress>(&json)).transpose().map_err(TurnError::from)?;
        let mut progress = known.unwrap_or(Progress { began_at: self.now, erased: BTreeMap::new(), done_at: None });
        let chats = store::chat::some(conn, CHATS).await?;
        self.load(conn, chats.iter().copied()).await?;
        let mut gone = vec![("chat", chats.len() as u64)];
        for chat in &chats {
            self.in_chat(conn, Some((*chat, None)), Doing::Close).await?;
        }
        crash::at(Point::Closing);
        // The audit rows of the sessions that ended just now still need their accounts when this batch is written.
        if chats.is_empty() {
            gone.extend(store::purge::step(conn, ROWS).await?);
        }
        crash::at(Point::Closing);
        let rows: u64 = gone.iter().map(|(_, rows)| rows).sum();
        self.erased |= rows > 0;
        for (table, rows) in gone.into_iter().filter(|(_, rows)| *rows > 0) {
            *progress.erased.entry(table.to_owned()).or_default() += rows;
        }
        if rows == 0 && progress.done_at.is_some() {
            return Ok(());
        }
        if rows == 0 {
            progress.done_at = Some(self.now);
            self.report(&progress);
        }
        let json = serde_json::to_string(&progress).map_err(TurnError::from)?;
        meta::set(conn, Meta::Ending, &json).await?;
        crash::at(Point::Closing);
        Ok(())
    }

    /// Leaves the report: to be mailed, if the operator has an address, and to be logged once this has committed.
    fn report(&mut self, progress: &Progress) {
        let service = &self.desk.service;
        let erased: Vec<(String, u64)> = progress.erased.iter().map(|(table, rows)| (table.clone(), *rows)).collect();
        let ending = Ending::sealed(&service.key, progress.began_at, self.now, erased);
        self.reports.push(ending.clone());
        if let Contact::Email(to) = &service.operator.contact {
            let mail = Mail { to: to.clone(), language: Language::En, chat: ChatId(0), letter: Letter::Ended(ending), to_nobody: false };
            self.effects.push(Effect::Mail(mail));
        }
    }
}
