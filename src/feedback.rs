//! What holders thought of the help articles, for the operator: `guichet feedback`.

use std::fmt::Write as _;

use crate::domain::one_line;
use crate::store::help_feedback::{self, Remark, Tally};
use crate::store::{Conn, StoreError};

/// A line for each article that someone judged, then the comments, the newest day first.
pub async fn report(conn: &mut Conn) -> Result<String, StoreError> {
    let tallies = help_feedback::tallies(conn).await?;
    let remarks = help_feedback::remarks(conn).await?;
    Ok(written(&tallies, &remarks))
}

fn written(tallies: &[Tally], remarks: &[Remark]) -> String {
    if tallies.is_empty() {
        return "nobody has judged an article yet".to_owned();
    }
    let mut report = format!("{:<20} {:<8} {:>5} {:>5}", "topic", "language", "yes", "no");
    for Tally { topic, language, yes, no } in tallies {
        let _ = write!(report, "\n{topic:<20} {language:<8} {yes:>5} {no:>5}");
    }
    for Remark { topic, language, day, comment } in remarks {
        let _ = write!(report, "\n\n{day} {topic} ({language})\n  {}", one_line(comment));
    }
    report
}
