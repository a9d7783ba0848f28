//! The suggested volumes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::recommendation::DoseLevelInfo;

/// A suggested volume.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TargetInfo {
    /// ROI Number in the structure set, the label in `targets.nii.gz`.
    pub roi_number: u32,
    /// ROI Name.
    pub name: String,
    /// `GTV`, `CTV`, `PTV` or `FIELD`.
    #[schemars(extend("enum" = ["GTV", "CTV", "PTV", "FIELD"]))]
    pub kind: String,
    /// The lesions that it covers.
    pub lesion_ids: Vec<u32>,
    /// Volume of the voxels; that of the contours agrees within 0.5 %.
    pub volume_ml: f64,
    /// The margin from the volume inside; null for a GTV.
    pub margin_mm: Option<MarginInfo>,
    /// Dose to start from.
    pub dose_gy: Option<f64>,
    /// Number of fractions of that dose.
    pub fractions: Option<u32>,
    /// That dose and the others that the policy names, the one to start from first.
    pub dose_levels: Vec<DoseLevelInfo>,
    /// What a planner should know of it.
    pub notes: Vec<String>,
}

/// A margin by patient direction, mm.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MarginInfo {
    /// To the patient's left.
    pub left: f64,
    /// To the patient's right.
    pub right: f64,
    /// To the front.
    pub anterior: f64,
    /// To the back.
    pub posterior: f64,
    /// To the head.
    pub superior: f64,
    /// To the feet.
    pub inferior: f64,
}
