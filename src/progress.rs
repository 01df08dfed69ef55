//! How far a long command has come, and the bar that shows it.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressFinish, ProgressStyle};

/// How much there has to be for a bar, in bytes or rows.
const LONG: u64 = 100_000;

/// How far a step of an import or export has come with a file.
#[derive(Clone, Copy, Debug)]
pub struct Progress<'a> {
    /// What is being done.
    pub step: &'static str,
    /// The file's name.
    pub file: &'a str,
    /// Bytes or rows that are done.
    pub done: u64,
    /// Bytes or rows that there are.
    pub all: u64,
}

/// Shows on stderr how far a long step has come; nothing when stderr is no terminal.
pub fn bar() -> impl Fn(Progress<'_>) {
    // The template is fixed and sound; indicatif's plain bar would do as well.
    let style = ProgressStyle::with_template("{msg} {wide_bar} {percent} % {eta}").unwrap_or_else(|_| ProgressStyle::default_bar());
    let shown = std::io::stderr().is_terminal();
    let bar = ProgressBar::hidden().with_style(style).with_finish(ProgressFinish::AndClear);
    move |progress: Progress<'_>| {
        if !shown || progress.all < LONG {
            return;
        }
        if bar.is_hidden() {
            bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        let told = format!("{} {}", progress.step, progress.file);
        if bar.message() != told {
            bar.reset();
            bar.set_message(told);
        }
        bar.set_length(progress.all);
        bar.set_position(progress.done);
    }
}
