//! The report: a line a fault, in a file of its own under `target/tmp/faults`. `.ci/faults` puts them together.

use std::path::Path;

/// Writes the line of a fault, such as `kill-polling-sqlite`: what was done to it, and what came of it.
pub fn line(fault: &str, figures: &str) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("faults");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(fault), format!("{fault:<34} {figures}\n")).unwrap();
}
