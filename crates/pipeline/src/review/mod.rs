//! A person's decisions laid over a suggestion: a study is opened again as the batch left it, and
//! what follows from each decision is computed by the code that the batch has.

mod apply;
mod check;
mod decision;
mod edit;
mod error;
mod preview;
mod replay;
mod request;
mod stated_facts;
#[cfg(test)]
mod tests;

use isoboost_planning::field::PelvicField;
use isoboost_planning::{Recommendation, Target};
use isoboost_report::Report;
use isoboost_staging::Staging;

use crate::open_study::{OpenStudy, Reviewing};
use crate::outputs;
use crate::study::StudyError;

pub use decision::{BrushMode, BrushPlane, CategoryName, Decision, MarginValue, RegionName};
pub use error::DecisionError;
pub use preview::{Preview, PreviewedFinding, PreviewedInfo};
pub(crate) use replay::Replay;
pub use request::{ReopenError, StudyRequest};

/// What decisions make of a study, but for its volumes.
#[derive(Debug, Clone)]
pub struct StagedReview {
    /// All findings with what they are.
    pub staging: Staging,
    /// What the policy suggests for them.
    pub recommendation: Recommendation,
    /// The report without volumes, field and isotoxic check.
    pub report: Report,
    pub(crate) reviewing: Reviewing,
}

/// What decisions make of a study, with its volumes.
#[derive(Debug, Clone)]
pub struct Reviewed {
    /// All findings with what they are.
    pub staging: Staging,
    /// What the policy suggests for them.
    pub recommendation: Recommendation,
    /// The volumes, on the grid that targets lie on.
    pub targets: Vec<Target>,
    /// The pelvic field, where one is suggested.
    pub field: Option<PelvicField>,
    /// The whole report.
    pub report: Report,
    /// What was decided, in the order of the decisions.
    pub decisions: Vec<Decision>,
}

impl OpenStudy {
    /// What the decisions make of the findings, in their order: staging, recommendation, and the
    /// report without volumes.
    ///
    /// # Errors
    /// When a decision cannot be made, with why and what to do instead.
    pub fn stage(&self, decisions: &[Decision]) -> Result<StagedReview, DecisionError> {
        let (staging, reviewing) = self.replayed(decisions)?;
        let recommendation = self.recommend(&staging)?;
        let report = self.report_without_volumes(&staging, &recommendation, &reviewing)?;
        Ok(StagedReview {
            staging,
            recommendation,
            report,
            reviewing,
        })
    }

    /// Draws the volumes of what was staged, plans the field, and holds both against the doses of
    /// organs.
    ///
    /// # Errors
    /// As the batch.
    pub fn plan(&self, staged: &StagedReview) -> Result<Reviewed, StudyError> {
        let StagedReview {
            staging,
            recommendation,
            reviewing,
            ..
        } = staged;
        self.planned(staging, recommendation, reviewing, |job, findings, _| {
            Ok(Reviewed {
                staging: staging.clone(),
                recommendation: recommendation.clone(),
                targets: findings.targets.to_vec(),
                field: findings.field.cloned(),
                report: outputs::report_with_objects(job, findings)?,
                decisions: reviewing.decisions.clone(),
            })
        })
    }
}
