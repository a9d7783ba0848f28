//! What the report says of the planning CT.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The planning CT that targets are drawn on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanningCtInfo {
    /// Series Instance UID.
    pub series_uid: String,
    /// Study Instance UID.
    pub study_uid: String,
    /// Frame of Reference UID; that of `rtstruct.dcm` and `targets.nii.gz`.
    pub frame_of_reference_uid: String,
    /// Columns, rows, slices.
    pub size: [usize; 3],
    /// Column, row and slice spacing.
    pub spacing_mm: [f64; 3],
    /// How it was brought together with the PET/CT: `same_frame_of_reference`,
    /// `registration_object` or `automatic`.
    #[schemars(extend("enum" = ["same_frame_of_reference", "registration_object", "automatic"]))]
    pub how: String,
    /// SOP Instance UID of the registration object that was used.
    pub registration_uid: Option<String>,
    /// From LPS positions in the PET/CT to those in the planning CT, mm; homogeneous, row by row.
    pub matrix: [[f64; 4]; 4],
    /// Normalised correlation of the HU of the pelvis' bones under it, at most 1; null where the
    /// bones are not seen on both.
    pub bone_correlation: Option<f64>,
    /// Of an automatic alignment: how well it holds.
    pub alignment: Option<AlignmentInfo>,
    /// Regions of the structure set of the planning CT that were used as organs or as the CTV of the
    /// prostate bed; null without one.
    pub organs: Option<Vec<String>>,
    /// What that rests on.
    pub evidence: Vec<String>,
    /// What a planner must know of it.
    pub cautions: Vec<String>,
}

/// How well an automatic alignment holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AlignmentInfo {
    /// Share of the bones of the pelvis inside the other CT.
    pub overlap: f64,
    /// Furthest that the middle of a half of the pelvis, aligned by itself, lies from where the
    /// whole says.
    pub halves_mm: f64,
    /// Correlation at 4 mm.
    pub correlation_at_4_mm: f64,
    /// Correlation at 4 mm of the best place elsewhere; null where there was none.
    pub second_best: Option<f64>,
    /// Furthest that a start 4 mm and 3° off ends from the result.
    pub restart_mm: f64,
    /// The same, as an angle.
    pub restart_deg: f64,
}
