//! The patient's stage and the sums over the lesions.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What the patient's miTNM rests on.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StageInfo {
    /// `negative`, `bed`, `node`, `bed_and_node`, `oligometastatic`, `polymetastatic`, or
    /// `undetermined` while the place of a lesion is not known.
    #[schemars(regex(
        pattern = "^(negative|bed|node|bed_and_node|oligometastatic|polymetastatic|undetermined)$"
    ))]
    pub pattern: String,
    /// The findings as a reader would write them.
    pub sentence: String,
    /// Regions with pelvic nodes, as in `left external iliac`.
    pub node_regions: Vec<String>,
    /// `unifocal`, `oligometastatic` (two or three) or `disseminated` bone metastases; null without
    /// any.
    pub bone_pattern: Option<String>,
}

/// Sums over the lesions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Total {
    /// Volume of all lesions.
    pub psma_tv_ml: f64,
    /// Total lesion PSMA.
    pub tl_psma: f64,
    /// Number of lesions.
    pub lesions: usize,
    /// Highest voxel of all, SUVbw g/mL; null without lesions.
    pub suv_max: Option<f64>,
    /// Largest distance of the centroids of two lesions; null with fewer than two.
    pub dmax_mm: Option<f64>,
    /// The same for each region that has lesions.
    pub regions: Vec<RegionTotal>,
}

/// Sums over the lesions of one region.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RegionTotal {
    /// `prostate_bed`, `pelvic_node`, `distant` or `undetermined`.
    pub region: String,
    /// Volume of its lesions.
    pub psma_tv_ml: f64,
    /// Total lesion PSMA.
    pub tl_psma: f64,
    /// Number of its lesions.
    pub lesions: usize,
    /// Highest voxel, SUVbw g/mL.
    pub suv_max: Option<f64>,
    /// Largest distance of the centroids of two of its lesions.
    pub dmax_mm: Option<f64>,
}
