//! What an examination finds, as one line.

use std::fmt;

/// How bad it is. The number is the exit code of a check that found nothing worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grade {
    /// As it should be.
    Ok = 0,
    /// The counter serves, but this should be looked at.
    Care = 1,
    /// The counter would not start, or not serve.
    Fault = 2,
}

/// What an examination found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How bad it is.
    pub grade: Grade,
    /// What was examined, in a word.
    pub about: &'static str,
    /// What was found, where, and what to do.
    pub says: String,
}

impl Grade {
    /// What a check says at its end when this is the worst.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Ok => "everything is in order",
            Self::Care => "the counter would serve, but what is marked `care` should be looked at",
            Self::Fault => "the counter would not start or not serve: set right what is marked `fault`",
        }
    }
}

impl Finding {
    pub(super) fn ok(about: &'static str, says: impl Into<String>) -> Self {
        Self { grade: Grade::Ok, about, says: says.into() }
    }

    pub(super) fn care(about: &'static str, says: impl Into<String>) -> Self {
        Self { grade: Grade::Care, about, says: says.into() }
    }

    pub(super) fn fault(about: &'static str, says: impl Into<String>) -> Self {
        Self { grade: Grade::Fault, about, says: says.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let grade = match self.grade {
            Grade::Ok => "ok",
            Grade::Care => "care",
            Grade::Fault => "fault",
        };
        write!(f, "{grade:<5} {}: {}", self.about, self.says.replace('\n', " "))
    }
}
