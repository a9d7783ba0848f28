//! Settings of finding and delineating.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How foci are found, split and delineated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct LesionConfig {
    /// SUVbw from which uptake is a focus. 3.0 is the rule of the DEEP-PSMA challenge for all
    /// sites; 4.0 agreed best with CT volumes of nodes in Mittlmeier 2021
    /// (10.3389/fonc.2021.663631).
    pub finding_suv: f64,
    /// How the extent of a focus is drawn.
    pub delineation: Delineation,
    /// Foci below this volume in mL are told as points and not delineated. No agreed minimum
    /// exists; pelvic targets down to 0.08 mL are reported (PMC9039647).
    pub minimum_volume_ml: f64,
    /// The same for the number of voxels.
    pub minimum_voxels: usize,
    /// Two maxima are two foci when the way between them falls by at least this share of the lower
    /// one. Above the noise of SUVmax, whose SD is about 6 % (Lodge 2012,
    /// 10.2967/jnumed.111.101733).
    pub split_share: f64,
    /// … and by at least this SUV.
    pub split_suv: f64,
    /// How far in mm a delineation below the finding threshold may grow out of the focus before it
    /// counts as leaking.
    pub growth_limit_mm: f64,
}

/// How the extent of a focus is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Delineation {
    /// Down to this percentage of the focus' own maximum; 41 is the phantom optimum of the EANM
    /// procedure guidelines for FDG, 40 to 50 is common for PSMA (Cancers 2022;14:270).
    PercentOfMax(f64),
    /// Down to this SUVbw.
    FixedSuv(f64),
}

impl Default for LesionConfig {
    fn default() -> Self {
        Self {
            finding_suv: 3.0,
            delineation: Delineation::PercentOfMax(41.0),
            minimum_volume_ml: 0.1,
            minimum_voxels: 3,
            split_share: 0.25,
            split_suv: 1.0,
            growth_limit_mm: 10.0,
        }
    }
}

impl LesionConfig {
    /// One SUV for finding and delineating.
    pub fn fixed(suv: f64) -> Self {
        Self {
            finding_suv: suv,
            delineation: Delineation::FixedSuv(suv),
            ..Self::default()
        }
    }

    /// Whether every value lies in its range.
    ///
    /// # Errors
    /// A sentence that names the key, the value found and the range.
    pub fn validate(&self) -> Result<(), String> {
        let delineation = match self.delineation {
            Delineation::PercentOfMax(percent) => {
                ("delineation.percent-of-max", percent, 1.0, 99.0)
            }
            Delineation::FixedSuv(suv) => ("delineation.fixed-suv", suv, 0.1, 1000.0),
        };
        let ranges = [
            ("finding-suv", self.finding_suv, 0.1, 1000.0),
            delineation,
            ("minimum-volume-ml", self.minimum_volume_ml, 0.0, 1000.0),
            ("split-share", self.split_share, 0.01, 1.0),
            ("split-suv", self.split_suv, 0.0, 1000.0),
            ("growth-limit-mm", self.growth_limit_mm, 0.0, 100.0),
        ];
        for (key, found, low, high) in ranges {
            if !(found >= low && found <= high) {
                return Err(format!("lesion.{key} is {found}, expected {low} to {high}"));
            }
        }
        Ok(())
    }
}
