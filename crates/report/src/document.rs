//! `report.json`: everything else in a result folder is a view of it.
//!
//! The keys are a contract. Numbers are in the units of their names, positions are LPS in mm, and
//! what is not known is `null`, never 0 or an empty text.

mod finding;
mod inputs;
mod measures;
mod outline;
mod provenance;
mod references;
mod review;
mod stage;
mod suv;
mod target;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::field::FieldInfo;
use crate::isotoxic::IsotoxicInfo;
use crate::planning_ct::PlanningCtInfo;
use crate::recommendation::RecommendationInfo;

pub use finding::{
    AlternativeInfo, ExcludedInfo, LesionInfo, PointInfo, PsmaRadsInfo, SuspicionInfo,
};
pub use inputs::{CtInfo, PetInfo, Software, StudyInfo};
pub use measures::{MeasuresInfo, NormalisedSuv};
pub use outline::{RecoveryInfo, RuleInfo, UncertaintyInfo};
pub use provenance::{ProvenanceInfo, WarningInfo};
pub use references::{AbsentReference, ReferenceUptake, References};
pub use review::ReviewInfo;
pub use stage::{RegionTotal, StageInfo, Total};
pub use suv::{DerivationStep, OverrideInfo, SuvInfo};
pub use target::{MarginInfo, TargetInfo};

/// Name and version of the document's format.
pub const SCHEMA: &str = "isoboost.report/1";
/// What every reader must know, in every report that is a suggestion.
pub const DISCLAIMER: &str =
    "Suggestion for review by trained people; unapproved; not a medical device.";

/// What every reader of a signed report must know.
pub const SIGNED_DISCLAIMER: &str =
    "Suggested by software, reviewed and signed by a person; not a medical device.";

/// The result of one study.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// Name and version of the format: `isoboost.report/1`.
    #[schemars(extend("const" = SCHEMA))]
    pub schema: String,
    /// What every reader must know.
    pub disclaimer: String,
    /// The software and its settings.
    pub software: Software,
    /// The study.
    pub study: StudyInfo,
    /// The PET that was used.
    pub pet: PetInfo,
    /// The CT that was used; null without one.
    pub ct: Option<CtInfo>,
    /// The planning CT that the targets are drawn on; null where they are drawn on the CT or PET.
    pub planning_ct: Option<PlanningCtInfo>,
    /// Frame of Reference UID of the PET.
    pub frame_of_reference_uid: Option<String>,
    /// How the SUV was derived.
    pub suv: SuvInfo,
    /// Uptake of reference organs.
    pub references: References,
    /// Disease, in the order of the numbers.
    pub lesions: Vec<LesionInfo>,
    /// Physiological uptake, kept so that it can be restored.
    pub excluded: Vec<ExcludedInfo>,
    /// Uptake above the finding threshold that is too small to delineate.
    pub points: Vec<PointInfo>,
    /// The patient's miTNM (PROMISE).
    pub mi_tnm: String,
    /// What it rests on.
    pub stage: StageInfo,
    /// Sums over the lesions.
    pub total: Total,
    /// What is suggested, and why.
    pub recommendation: RecommendationInfo,
    /// The volumes in `rtstruct.dcm` and `targets.nii.gz`.
    pub targets: Vec<TargetInfo>,
    /// The conventional field of the pelvis; null where none is suggested or none can be drawn.
    pub field: Option<FieldInfo>,
    /// Doses and boosts held against the limits of organs; null where there was nothing to look at.
    pub isotoxic: Option<IsotoxicInfo>,
    /// Who reviewed and signed it, and what was changed; null for a suggestion.
    pub review: Option<ReviewInfo>,
    /// What a planner must know.
    pub warnings: Vec<WarningInfo>,
    /// Where everything came from.
    pub provenance: ProvenanceInfo,
}

impl Report {
    /// The document as text.
    ///
    /// # Errors
    /// Never for a report made by this software; a number that is not finite would be one.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }

    /// The JSON Schema of the document as it is written: every key is there, and null where
    /// nothing is known.
    pub fn json_schema() -> schemars::Schema {
        let settings = schemars::generate::SchemaSettings::draft2020_12().for_serialize();
        settings.into_generator().into_root_schema_for::<Self>()
    }
}
