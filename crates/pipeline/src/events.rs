//! What a run tells whoever watches it.

use std::time::Duration;

/// The steps of one study, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Reading PET and CT, deriving the SUV.
    Load,
    /// Body, bones, landmarks and organs.
    Anatomy,
    /// Finding and measuring uptake.
    Lesions,
    /// What each focus is, and what to treat.
    Staging,
    /// GTV, CTV and PTV with their contours.
    Targets,
    /// Writing the result folder.
    Output,
}

impl Stage {
    /// All stages in order.
    pub const ALL: [Self; 6] = [
        Self::Load,
        Self::Anatomy,
        Self::Lesions,
        Self::Staging,
        Self::Targets,
        Self::Output,
    ];

    /// One word for people and scripts.
    pub fn name(self) -> &'static str {
        match self {
            Self::Load => "load",
            Self::Lesions => "lesions",
            Self::Anatomy => "anatomy",
            Self::Staging => "staging",
            Self::Targets => "targets",
            Self::Output => "output",
        }
    }
}

/// Something that happened in a run. Studies are named by their result folder, which holds the
/// patient's ID only as the user's own folder names do.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// So many files have been looked at.
    Scanned(usize),
    /// The search is over.
    Discovered {
        /// Studies with a PET to work on.
        studies: usize,
    },
    /// Work on a study begins.
    StudyStarted {
        /// Its result folder.
        folder: String,
    },
    /// A stage of a study is done.
    StageDone {
        /// The study's result folder.
        folder: String,
        /// Which stage.
        stage: Stage,
        /// How long it took.
        took: Duration,
    },
    /// A study has its results, or has failed.
    StudyEnded {
        /// Its result folder.
        folder: String,
        /// How it ended.
        outcome: Outcome,
    },
}

/// How a study ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Results written.
    Done,
    /// The results of an earlier run with the same inputs and configuration stand.
    Kept,
    /// No results; the run's summary says why.
    Failed,
}
