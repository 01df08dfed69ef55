//! Plays transcripts against the real bot over the simulator, and tells where they depart.

mod browser;
mod scene;
pub mod script;

use std::fmt::Write as _;
use std::path::Path;

use anyhow::Context as _;

use scene::Scene;
use script::{Step, StepKind};

/// How a transcript went: the conversation as it was, and where it departed.
#[derive(Debug)]
pub struct Played {
    /// The conversation, line by line, in a transcript's own form.
    pub conversation: String,
    /// Where it departed from the transcript: what was wanted and what came.
    pub departure: Option<String>,
}

/// Plays a transcript from a file.
pub async fn play_file(path: &Path) -> anyhow::Result<Played> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let steps = script::parse(&text).with_context(|| path.display().to_string())?;
    play(&steps).await
}

/// Plays a transcript on a stage of its own. What a holder must wait for is waited for; nothing depends on the machine's speed.
pub async fn play(steps: &[Step]) -> anyhow::Result<Played> {
    let settings = steps.iter().filter_map(|step| match &step.kind {
        StepKind::Setting(name, value) => Some((step.line, name.as_str(), value.as_str())),
        _ => None,
    });
    let mut scene = Scene::open(settings).await?;
    let mut departure = None;
    for step in steps {
        let kept = match &step.kind {
            StepKind::Setting(..) => Ok(()),
            StepKind::Act(act) => scene.act(act).await,
            StepKind::Wait(time) => scene.wait(*time).await,
            StepKind::See(kind, wanted) => scene.see(*kind, wanted),
        };
        if let Err(difference) = kept {
            departure = Some(format!("line {}: {difference}", step.line));
            break;
        }
    }
    if departure.is_none() {
        departure = scene.unmentioned().map(|event| format!("at the end: not mentioned in the transcript:\n{event}"));
    }
    let mut conversation = scene.conversation();
    if let Some(departure) = &departure {
        // Writing to a String cannot fail.
        let _ = write!(conversation, "\n*** {departure}\n");
    }
    scene.close().await;
    Ok(Played { conversation, departure })
}
