//! Uptake of the reference organs.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Uptake of reference organs; null where it was not measured.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct References {
    /// Blood pool of the aorta.
    pub blood_pool: Option<ReferenceUptake>,
    /// Liver.
    pub liver: Option<ReferenceUptake>,
    /// Spleen, the reference of liver-excreted tracers.
    pub spleen: Option<ReferenceUptake>,
    /// Parotid glands.
    pub parotid: Option<ReferenceUptake>,
    /// Why the others were not measured.
    pub absent: Vec<AbsentReference>,
}

/// A reference organ that was not measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AbsentReference {
    /// The organ.
    pub organ: String,
    /// Why.
    pub reason: String,
}

/// Uptake of one organ.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReferenceUptake {
    /// Mean SUVbw, g/mL.
    pub suv_mean: f64,
    /// Standard deviation of the voxels, SUVbw g/mL.
    pub suv_sd: f64,
    /// Highest voxel, SUVbw g/mL.
    pub suv_max: f64,
    /// Number of voxels.
    pub n_voxels: usize,
    /// Their volume.
    pub volume_ml: f64,
    /// Mean position, LPS.
    pub center_mm: [f64; 3],
    /// What was measured, as in `sphere of 30 mm in the right lobe`.
    pub region: String,
    /// Where the organ is known from.
    pub organ: String,
    /// What to know of it; mostly nothing.
    pub notes: Vec<String>,
}
