//! What falls due: sessions that are over, chats that have been silent for too long, rows past their age, the audit's places and its cut.
//! Nothing is erased by a clock that is not believed.

use super::{Batch, Doing, Failure};
use crate::dialogue::News;
use crate::store::audit::Kept;
use crate::store::chat::Chat;
use crate::store::{self, Conn};

/// Rows of a kind that a sweep forgets at most, and silent chats that it erases: what is left waits for the next one.
const ROWS_SWEPT: i64 = 5000;
const CHATS_SWEPT: i64 = 50;

impl Batch<'_> {
    /// Does what falls due, where no other replica does.
    pub(super) async fn sweep(&mut self, conn: &mut Conn) -> Result<(), Failure> {
        if !conn.may_sweep().await? {
            return Ok(());
        }
        let over = self.desk.service.policy.is_over(self.now);
        let credible = self.desk.believes_the_clock(self.now);
        match over && credible {
            true => self.close(conn).await?,
            false => self.end_sessions(conn).await?,
        }
        if credible && !over {
            self.forget_silent_chats(conn).await?;
        }
        if credible {
            self.sweep_rows(conn).await?;
        }
        self.keep_audit(conn, credible).await
    }

    /// Ends overdue sessions, and tells the chats whose session the operator has ended.
    async fn end_sessions(&mut self, conn: &mut Conn) -> Result<(), Failure> {
        let overdue = store::session::overdue(conn, self.now).await?;
        self.load(conn, overdue.iter().copied()).await?;
        for id in overdue {
            self.in_chat(conn, Some((id, None)), Doing::Expire).await?;
        }
        self.part(conn).await
    }

    /// Erases chats that have been silent for too long.
    async fn forget_silent_chats(&mut self, conn: &mut Conn) -> Result<(), Failure> {
        let silent_since = self.now - self.desk.service.policy.retention.silent_chats;
        let mut silent = store::chat::silent(conn, silent_since, CHATS_SWEPT).await?;
        self.load(conn, silent.iter().copied()).await?;
        // A chat may have spoken again in this very batch, or to another replica meanwhile.
        let spoke = |chat: &Chat| chat.seen_at.is_some_and(|seen| seen >= silent_since);
        silent.retain(|id| !self.changed.contains(id) && self.chats.get(id).is_some_and(|chat| !spoke(chat)));
        for id in silent {
            self.in_chat(conn, Some((id, None)), Doing::Forget).await?;
        }
        Ok(())
    }

    /// Forgets rows that are past their age.
    async fn sweep_rows(&mut self, conn: &mut Conn) -> Result<(), Failure> {
        let kept = &self.desk.service.policy.retention;
        store::processed_update::sweep(conn, self.now, ROWS_SWEPT).await?;
        store::update_attempt::sweep(conn, self.now, ROWS_SWEPT).await?;
        self.erased |= [
            store::one_time_code::sweep(conn, self.now, ROWS_SWEPT).await?,
            store::reset_link::sweep(conn, self.now, ROWS_SWEPT).await?,
            store::reset_decoy::sweep(conn, self.now, ROWS_SWEPT).await?,
            store::sign_in_request::sweep(conn, self.now, ROWS_SWEPT).await?,
            store::limit_bucket::sweep(conn, self.now, ROWS_SWEPT).await?,
            store::known_chat::sweep(conn, self.now - kept.silent_chats, ROWS_SWEPT).await?,
            store::session::sweep(conn, self.now - kept.ended_sessions, ROWS_SWEPT).await?,
            store::effect::sweep(conn, self.now - kept.dead_letters, ROWS_SWEPT).await?,
            store::set_aside_dialogue::sweep(conn, self.now - kept.set_aside_dialogues, ROWS_SWEPT).await?,
            store::data_request::sweep(conn, self.now, ROWS_SWEPT).await?,
        ]
        .iter()
        .any(|rows| *rows > 0);
        Ok(())
    }

    /// Gives new audit rows their place, and cuts off those that are past their age, if it is certain that they are.
    async fn keep_audit(&mut self, conn: &mut Conn, certain: bool) -> Result<(), Failure> {
        let (key, kept) = (&self.desk.service.key, self.desk.service.policy.retention.audit);
        let mut outcomes = vec![store::audit::settle(conn, key, self.now, ROWS_SWEPT).await?];
        if certain {
            outcomes.push(store::audit::cut(conn, key, self.now - kept, self.now, ROWS_SWEPT).await?);
        }
        if outcomes.contains(&Kept::Tampered) {
            tracing::error!("the audit was altered: rows get no place any more, or are not cut off; `guichet check` says what is wrong");
        }
        Ok(())
    }

    /// Tells the chats whose session the operator has ended.
    async fn part(&mut self, conn: &mut Conn) -> Result<(), Failure> {
        let parting = store::parting::waiting(conn, CHATS_SWEPT).await?;
        store::parting::forget(conn, &parting.iter().map(|(chat, _)| *chat).collect::<Vec<_>>()).await?;
        self.news.extend(parting.into_iter().map(|(chat, why)| (chat, News::Parted(why))));
        self.spread(conn).await
    }
}
