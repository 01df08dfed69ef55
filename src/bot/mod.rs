//! The shell: what brings updates in, makes turns of them, and puts screens into words.

pub mod api;
mod batch;
mod handle;
mod hidden;
mod incoming;
mod job;
mod page_job;
mod poll;
pub mod render;
mod schema;
pub mod setup;
mod traces;
mod webhook;
mod writer;
mod writing;

pub use handle::{Desk, Notice};
pub use job::Job;
pub use page_job::{PageAct, PageJob, Verdict};
pub use poll::Poller;
pub use webhook::Hook;
pub use writer::{Stopped, Writer};
