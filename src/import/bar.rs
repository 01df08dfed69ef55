//! The progress bar of an import.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressFinish, ProgressStyle};

use super::Progress;

/// The size from which a file is long enough for a bar, in bytes.
const LONG: u64 = 1_000_000;

/// Shows on stderr how far the reading of a long file has come; nothing when stderr is no terminal.
pub fn bar() -> impl Fn(Progress) {
    // The template is fixed and sound; indicatif's plain bar would do as well.
    let style =
        ProgressStyle::with_template("{msg} {wide_bar} {bytes}/{total_bytes} {eta}").unwrap_or_else(|_| ProgressStyle::default_bar());
    let shown = std::io::stderr().is_terminal();
    let bar = ProgressBar::hidden().with_style(style).with_finish(ProgressFinish::AndClear);
    move |progress: Progress| {
        if !shown || progress.size < LONG {
            return;
        }
        if bar.is_hidden() {
            bar.set_draw_target(indicatif::ProgressDrawTarget::stderr());
        }
        bar.set_message(progress.file);
        bar.set_length(progress.size);
        bar.set_position(progress.read);
    }
}
