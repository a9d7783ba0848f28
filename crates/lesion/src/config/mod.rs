//! Settings of finding, splitting and delineating.

mod delineation;
mod finding;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use delineation::{Delineation, RegionalDelineation};
pub use finding::{
    FindingRule, LocalContrast, PercentOfHighest, Qpsma, ReferenceRegion, ReferenceRule,
    Substitute, TissueSuv,
};

/// How foci are found, split and delineated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct LesionConfig {
    /// Which uptake is a focus.
    pub finding: FindingRule,
    /// Foci below this volume in mL are told as points and not delineated. No agreed minimum
    /// exists; pelvic targets down to 0.08 mL are reported (PMC9039647).
    pub minimum_volume_ml: f64,
    /// The same for the number of voxels.
    pub minimum_voxels: usize,
    /// How far in mm a delineation below the finding threshold may grow out of the focus before it
    /// counts as leaking.
    pub growth_limit_mm: f64,
    /// Which maxima in one region of uptake are foci of their own.
    pub split: Splitting,
    /// How the extent of a focus is drawn.
    pub delineation: Delineation,
    /// Where another rule draws it.
    pub regional: RegionalDelineation,
    /// Full width at half maximum of the PET's point spread in mm, as measured on this scanner and
    /// reconstruction. With it an uptake without the partial volume effect is estimated for each
    /// lesion; it decides nothing.
    pub psf_fwhm_mm: Option<f64>,
}

/// Which maxima in one region of uptake are foci of their own.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct Splitting {
    /// Two maxima are two foci when the way between them falls by at least this share of the lower
    /// one. Above the noise of SUVmax, whose SD is about 6 % (Lodge 2012,
    /// 10.2967/jnumed.111.101733).
    pub share: f64,
    /// … and by at least this SUV.
    pub suv: f64,
    /// … and are at least this far apart in mm.
    pub distance_mm: f64,
}

impl Default for Splitting {
    fn default() -> Self {
        Self {
            share: 0.25,
            suv: 1.0,
            distance_mm: 8.0,
        }
    }
}

impl Default for LesionConfig {
    fn default() -> Self {
        Self {
            finding: FindingRule::FixedSuv(3.0),
            minimum_volume_ml: 0.1,
            minimum_voxels: 3,
            growth_limit_mm: 10.0,
            split: Splitting::default(),
            delineation: Delineation::PercentOfMax(41.0),
            regional: RegionalDelineation::default(),
            psf_fwhm_mm: None,
        }
    }
}

impl LesionConfig {
    /// One SUV for finding and delineating.
    pub fn fixed(suv: f64) -> Self {
        Self {
            finding: FindingRule::FixedSuv(suv),
            delineation: Delineation::FixedSuv(suv),
            ..Self::default()
        }
    }

    /// Whether every value lies in its range.
    ///
    /// # Errors
    /// A sentence that names the key, the value found and the range.
    pub fn validate(&self) -> Result<(), String> {
        self.finding.validate()?;
        self.delineation.validate("delineation")?;
        self.regional.validate()?;
        if let Some(width) = self.psf_fwhm_mm {
            in_range("psf-fwhm-mm", width, 1.0, 20.0)?;
        }
        let ranges = [
            ("minimum-volume-ml", self.minimum_volume_ml, 0.0, 1000.0),
            ("growth-limit-mm", self.growth_limit_mm, 0.0, 100.0),
            ("split.share", self.split.share, 0.01, 1.0),
            ("split.suv", self.split.suv, 0.0, 1000.0),
            ("split.distance-mm", self.split.distance_mm, 0.0, 100.0),
        ];
        ranges
            .into_iter()
            .try_for_each(|(key, found, low, high)| in_range(key, found, low, high))
    }
}

/// A sentence that names the key, unless the value lies in its range; not a number does not.
fn in_range(key: &str, found: f64, low: f64, high: f64) -> Result<(), String> {
    if found >= low && found <= high {
        return Ok(());
    }
    Err(format!("lesion.{key} is {found}, expected {low} to {high}"))
}
