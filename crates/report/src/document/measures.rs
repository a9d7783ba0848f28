//! What is measured of a focus.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The measures of a focus.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MeasuresInfo {
    /// Highest voxel, SUVbw g/mL.
    pub suv_max: f64,
    /// Highest mean over 1 mL, SUVbw g/mL.
    pub suv_peak: f64,
    /// Mean, SUVbw g/mL.
    pub suv_mean: f64,
    /// Volume of the voxels (PSMA-TV).
    pub volume_ml: f64,
    /// Mean times volume (TL-PSMA).
    pub tl_psma: f64,
    /// Largest distance of two points of the surface.
    pub longest_diameter_mm: f64,
    /// Mean over 1 mL around the highest voxel, SUVbw g/mL.
    pub suv_peak_local: f64,
    /// Median, SUVbw g/mL.
    pub suv_median: f64,
    /// Standard deviation of the voxels, SUVbw g/mL.
    pub suv_sd: f64,
    /// Lowest voxel, SUVbw g/mL.
    pub suv_min: f64,
    /// 10th percentile, SUVbw g/mL.
    pub suv_p10: f64,
    /// 90th percentile, SUVbw g/mL.
    pub suv_p90: f64,
    /// 75th minus 25th percentile, SUVbw g/mL.
    pub suv_interquartile_range: f64,
    /// Standard deviation by mean.
    pub coefficient_of_variation: f64,
    /// Skewness of the voxels' SUV.
    pub skewness: f64,
    /// Excess kurtosis of the voxels' SUV.
    pub kurtosis: f64,
    /// Volume inside the surface.
    pub volume_isosurface_ml: f64,
    /// Area of the surface.
    pub surface_area_mm2: f64,
    /// Area by volume; null where the surface encloses nothing.
    pub surface_to_volume_per_mm: Option<f64>,
    /// 1 for a sphere, less for other shapes; null where the surface encloses nothing.
    pub sphericity: Option<f64>,
    /// Longest diameter within a slice of the PET.
    pub axial_diameter_mm: f64,
    /// Longest chord perpendicular to it in the same slice.
    pub short_axis_mm: f64,
    /// Mean of the tissue 5 to 15 mm around, SUVbw g/mL; null where too little is left of it.
    pub background_suv: Option<f64>,
    /// Its standard deviation, SUVbw g/mL.
    pub background_sd_suv: Option<f64>,
    /// `suv_max` by `background_suv`.
    pub contrast: Option<f64>,
    /// `suv_mean` by `background_suv`.
    pub contrast_mean: Option<f64>,
    /// By lean body mass (Janmahasatian), g/mL; null without the patient's factor.
    pub sul: Option<NormalisedSuv>,
    /// By body surface, cm²/mL; null without the patient's factor.
    pub suvbsa: Option<NormalisedSuv>,
    /// Mean position, LPS.
    pub centroid_mm: [f64; 3],
    /// Position of the highest voxel, LPS.
    pub max_mm: [f64; 3],
    /// SUVbw at the border.
    pub threshold_suv: f64,
    /// How the border was chosen.
    pub delineation: String,
}

/// The SUV of a focus, not by body weight.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NormalisedSuv {
    /// Highest voxel.
    pub suv_max: f64,
    /// Highest mean over 1 mL.
    pub suv_peak: f64,
    /// Mean.
    pub suv_mean: f64,
    /// Median.
    pub suv_median: f64,
    /// Standard deviation of the voxels.
    pub suv_sd: f64,
}
