//! How firm the outline and the uptake of a lesion are.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What the outline of a lesion depends on: its volume and mean over published rules.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UncertaintyInfo {
    /// Smallest and largest volume.
    pub volume_ml: Option<[f64; 2]>,
    /// Lowest and highest SUVmean, SUVbw g/mL.
    pub suv_mean: Option<[f64; 2]>,
    /// Smallest by largest volume: 1 when all rules agree.
    pub firmness: Option<f64>,
    /// What each rule draws.
    pub rules: Vec<RuleInfo>,
    /// The rules that draw no outline of it, each with why.
    pub without: Vec<String>,
}

/// What a rule draws.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleInfo {
    /// The rule.
    pub rule: String,
    /// SUVbw at the border.
    pub threshold_suv: f64,
    /// Volume between voxel centres.
    pub volume_ml: f64,
    /// Mean SUVbw of the voxels inside.
    pub suv_mean: f64,
}

/// An estimate of the uptake without the partial volume effect: of the ball in an even background
/// that shows the lesion's volume at half of its height through the blur.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecoveryInfo {
    /// Estimated uptake, SUVbw g/mL; null where nothing can be said.
    pub suv: Option<f64>,
    /// Full width at half maximum of the blur that was given.
    pub psf_fwhm_mm: Option<f64>,
    /// Share of the uptake above background that the PET is taken to show.
    #[schemars(range(min = 0, max = 1))]
    pub coefficient: Option<f64>,
    /// Diameter of the ball that was assumed.
    pub diameter_mm: Option<f64>,
    /// Why nothing can be said.
    pub absent: Option<String>,
}
