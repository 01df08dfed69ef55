//! How fast the counter serves, beside a baseline: the same steps as teloxide's book would write them. Each bot is a process of its
//! own with a simulated Telegram of its own; they take turns in one run, one resting while the other is measured.
//! And whether a page of payments costs the same however many there are.

mod accounts;
mod baseline;
mod bot;
mod crowd;
mod history;
mod race;

/// Runs the bench, or the baseline's bot where this is the process started for it.
#[tokio::main]
async fn main() -> anyhow::Result<()> {
    if std::env::args().nth(1).as_deref() == Some(baseline::ARGUMENT) {
        return baseline::run().await;
    }
    race::run().await?;
    history::run().await
}
