//! What the web pages ask the writer to decide: a job like any other, whose verdict comes back with its commit.

use std::sync::{Arc, Mutex, PoisonError};

use crate::dialogue::reset::link;
use crate::dialogue::sign_in::page;
use crate::domain::{AccountId, Email, PasswordHash};

/// What a page asks for.
#[derive(Clone, Debug)]
pub enum PageAct {
    /// Set the password of the account that a link belongs to.
    SetPassword {
        /// The hash of the link's token.
        token_hash: String,
        /// The hash of the new password.
        password: PasswordHash,
    },
    /// Mail another link in the place of one that is no longer good.
    SendLinkAgain {
        /// The hash of the old link's token.
        token_hash: String,
    },
    /// Tell what a password that was entered on a sign-in page is to be compared with.
    TrySignIn {
        /// The hash of the link's token.
        token_hash: String,
        /// The address that was entered with it.
        email: Email,
        /// The place on the web that it came from.
        web: String,
    },
    /// Take it that the right password was entered on a sign-in page.
    ProveSignIn {
        /// The hash of the link's token.
        token_hash: String,
        /// Whose password it was.
        account: AccountId,
        /// The hash that it was compared with.
        hash: PasswordHash,
        /// Whether Telegram tells that the one who asked for the page has opened it: then no code is needed.
        inside: bool,
    },
}

/// What became of a page's act.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// On the page of a mailed link.
    Reset(link::Verdict),
    /// On a sign-in page.
    SignIn(page::Verdict),
    /// Nothing: the policy's final date is over.
    Closed,
}

/// A page's act and where its verdict is left once it has committed.
#[derive(Clone, Debug)]
pub struct PageJob {
    /// What is asked for.
    pub act: PageAct,
    verdict: Arc<Mutex<Option<Verdict>>>,
}

impl PageJob {
    /// A job without a verdict yet.
    pub fn new(act: PageAct) -> Self {
        Self { act, verdict: Arc::default() }
    }

    /// Leaves the verdict.
    pub fn decided(&self, verdict: Verdict) {
        *self.verdict.lock().unwrap_or_else(PoisonError::into_inner) = Some(verdict);
    }

    /// Takes the verdict, once the job has committed.
    pub fn verdict(&self) -> Option<Verdict> {
        self.verdict.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}
