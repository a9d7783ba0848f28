//! Why a decision cannot be made.

use isoboost_lesion::EditError;
use isoboost_staging::Station;

use super::decision::numbers;
use crate::study::StudyError;

/// Why a decision cannot be made: what was asked, why it is impossible, and what to do instead.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DecisionError {
    /// There is no such finding.
    #[error("there is no finding {finding}; there are {}", numbers(known))]
    NoFinding {
        /// The number asked for.
        finding: u32,
        /// The numbers that there are.
        known: Vec<u32>,
    },
    /// It is excluded.
    #[error("finding {finding} is excluded ({reason}) and no lesion")]
    NotALesion {
        /// Its number.
        finding: u32,
        /// Why it is excluded.
        reason: String,
    },
    /// It is a lesion already.
    #[error("finding {finding} is a lesion already ({region})")]
    NotExcluded {
        /// Its number.
        finding: u32,
        /// Its class.
        region: String,
    },
    /// A value that is out of range or not known.
    #[error("{what} {problem}")]
    Value {
        /// The value.
        what: String,
        /// What was found, and what is expected.
        problem: String,
    },
    /// A class whose parts contradict each other.
    #[error("{0}")]
    Class(String),
    /// The image does not allow it.
    #[error("{what}: {source}")]
    Edit {
        /// What was asked.
        what: String,
        /// Why not.
        source: EditError,
        /// The finding that has the place already.
        taken_by: Option<u32>,
    },
    /// The recommendation or the report cannot be made.
    #[error(transparent)]
    Study(#[from] StudyError),
}

impl DecisionError {
    /// The kind of problem in a word, for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoFinding { .. } => "no_finding",
            Self::NotALesion { .. } => "not_a_lesion",
            Self::NotExcluded { .. } => "not_excluded",
            Self::Value { .. } => "value",
            Self::Class(_) => "class",
            Self::Edit { source, .. } => match source {
                EditError::OutsidePet { .. } => "outside_pet",
                EditError::SeedOutside { .. } | EditError::SeedsTogether { .. } => "seeds",
                EditError::Apart { .. } => "apart",
                EditError::Taken { .. } => "taken",
                EditError::NoFocus { .. } => "no_focus",
                EditError::NoOutline(_) => "no_outline",
                EditError::NothingUnderBrush => "nothing_under_brush",
                EditError::Erased => "erased",
                _ => "edit",
            },
            Self::Study(_) => "study",
        }
    }

    /// What to do instead.
    pub fn remedy(&self) -> String {
        match self {
            Self::NoFinding { .. } => "choose one of the findings in the lists".to_owned(),
            Self::NotALesion { finding, .. } => format!("restore finding {finding} first"),
            Self::NotExcluded { finding, .. } => {
                format!("reclassify finding {finding} to change its class")
            }
            Self::Value { .. } => "change the value".to_owned(),
            Self::Class(_) => format!(
                "choose a region, and for nodes one of the stations {}",
                Station::ALL.map(Station::name).join(", ")
            ),
            Self::Edit {
                source, taken_by, ..
            } => edit_remedy(source, *taken_by),
            Self::Study(_) => "see the reason; the suggestion itself is untouched".to_owned(),
        }
    }
}

fn edit_remedy(error: &EditError, taken_by: Option<u32>) -> String {
    match (error, taken_by) {
        (EditError::Taken { .. }, Some(finding)) => {
            format!("restore, split or reclassify finding {finding}, which has the place")
        }
        (EditError::OutsidePet { .. }, _) => "choose a point inside of the PET".to_owned(),
        (EditError::SeedOutside { .. } | EditError::SeedsTogether { .. }, _) => {
            "put each seed into a part of its own".to_owned()
        }
        (EditError::Apart { .. }, _) => "keep them as two lesions".to_owned(),
        (EditError::NoFocus { .. }, _) => {
            "choose the middle of the uptake that is meant".to_owned()
        }
        (EditError::NoOutline(_), _) => "choose another rule or threshold".to_owned(),
        (EditError::NothingUnderBrush, _) => "use a larger brush, or paint on the PET".to_owned(),
        (EditError::Erased, _) => "reject the lesion instead".to_owned(),
        _ => "choose another place".to_owned(),
    }
}
