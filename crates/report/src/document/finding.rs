//! Every focus: disease, physiological uptake, and what is too small to delineate.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::measures::MeasuresInfo;
use super::outline::{RecoveryInfo, UncertaintyInfo};

/// A focus taken for disease.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LesionInfo {
    /// Its number, the label in `labels.nii.gz`.
    pub id: u32,
    /// `prostate_bed`, `pelvic_node`, `distant` or `undetermined`.
    #[schemars(extend("enum" = ["prostate_bed", "pelvic_node", "distant", "undetermined"]))]
    pub region: String,
    /// Where it is, in words.
    pub site: String,
    /// Node station.
    pub station: Option<String>,
    /// Where in the prostate bed: `anastomosis`, `retrovesical` or `lateral`.
    pub bed_site: Option<String>,
    /// Other classes within the accuracy of the borders, the weightiest first.
    pub alternatives: Vec<AlternativeInfo>,
    /// What it may be instead of disease, the most plausible first.
    pub suspicions: Vec<SuspicionInfo>,
    /// What the CT shows of it; null where it shows nothing or cannot be told.
    pub ct_correlate: Option<String>,
    /// Category of PSMA-RADS that is proposed; null where score or CT do not allow one.
    pub psma_rads: Option<PsmaRadsInfo>,
    /// Its own miTNM category.
    pub mi_tnm: String,
    /// PSMA expression score of PROMISE; null without reference organs.
    #[schemars(range(min = 0, max = 3))]
    pub psma_score: Option<u8>,
    /// Its measures.
    #[serde(flatten)]
    pub measures: MeasuresInfo,
    /// How sure the class is, 0 to 1.
    #[schemars(range(min = 0, max = 1))]
    pub confidence: f64,
    /// Share of the voxels that all rules of a consensus agree on; null for a single rule.
    #[schemars(range(min = 0, max = 1))]
    pub agreement: Option<f64>,
    /// What other rules would draw.
    pub uncertainty: Option<UncertaintyInfo>,
    /// Estimated, not measured: its uptake without the blur of the PET; null where the width of the
    /// blur is not given.
    pub estimated_recovery: Option<RecoveryInfo>,
    /// The reasons.
    pub evidence: Vec<String>,
    /// What to know of its outline.
    pub notes: Vec<String>,
}

/// Another class that a lesion near a border may have.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AlternativeInfo {
    /// `prostate_bed`, `pelvic_node`, `distant` or `undetermined`.
    pub region: String,
    /// Node station.
    pub station: Option<String>,
    /// Share of the places around it that have this class.
    #[schemars(range(min = 0, max = 1))]
    pub weight: f64,
}

/// What a lesion may be instead of disease.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SuspicionInfo {
    /// What it may be, as in `ureter`.
    pub reason: String,
    /// How plausible that is.
    #[schemars(range(min = 0, max = 1))]
    pub plausibility: f64,
    /// The reasons.
    pub evidence: Vec<String>,
}

/// A proposed category of PSMA-RADS.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PsmaRadsInfo {
    /// As in `4` or `3A`.
    pub category: String,
    /// Why.
    pub evidence: String,
}

/// A focus taken for physiological uptake.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ExcludedInfo {
    /// Its number, counted on from the lesions.
    pub id: u32,
    /// What it is, as in `urinary_bladder`.
    pub reason: String,
    /// Its measures.
    #[serde(flatten)]
    pub measures: MeasuresInfo,
    /// How sure that is, 0 to 1.
    #[schemars(range(min = 0, max = 1))]
    pub confidence: f64,
    /// `certain`, or `likely` for a reader to confirm.
    #[schemars(extend("enum" = ["certain", "likely"]))]
    pub certainty: String,
    /// The reasons.
    pub evidence: Vec<String>,
}

/// Uptake that is too small to delineate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PointInfo {
    /// Highest voxel, SUVbw g/mL.
    pub suv_max: f64,
    /// Volume above the finding threshold.
    pub volume_ml: f64,
    /// Position of the highest voxel, LPS.
    pub max_mm: [f64; 3],
}
