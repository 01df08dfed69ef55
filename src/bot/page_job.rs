//! What the web pages ask the writer to decide: a job like any other, whose verdict comes back with its commit.

use std::sync::{Arc, Mutex, PoisonError};

use crate::dialogue::reset::link::Verdict;
use crate::domain::PasswordHash;

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
