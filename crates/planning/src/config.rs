//! Settings of the recommendation and the target volumes.

use isoboost_staging::Region;
use isoboost_volume::Margins;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::dose::IsotoxicConfig;

/// How lesions become a recommendation and volumes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct PlanningConfig {
    /// Up to this many lesions, each gets definitive radiotherapy; beyond it the disease is treated
    /// as polymetastatic (NCT03525288: 1 to 5 lesions).
    pub most_lesions_to_irradiate: usize,
    /// Which lesions are counted for that; the registry of the trial leaves it open.
    pub counted_lesions: CountedLesions,
    /// Recurrence in the prostate bed.
    pub bed: TreatmentConfig,
    /// Pelvic lymph nodes.
    pub node: TreatmentConfig,
    /// Lesions elsewhere.
    pub distant: TreatmentConfig,
    /// How high boosts may be.
    pub isotoxic: IsotoxicConfig,
}

/// Which lesions count for the limit of lesions to irradiate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CountedLesions {
    /// Every lesion.
    All,
    /// Nodes and distant lesions, without the prostate bed.
    NodalAndDistant,
    /// Lesions outside the pelvis alone.
    Extrapelvic,
}

/// Margins and dose of one class of lesions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct TreatmentConfig {
    /// From GTV to CTV, mm.
    pub gtv_to_ctv_mm: MarginSetting,
    /// From CTV to PTV, mm.
    pub ctv_to_ptv_mm: MarginSetting,
    /// Dose to start from, Gy; not a prescription of the trial.
    pub dose_gy: f64,
    /// Number of fractions of that dose.
    pub fractions: u32,
}

/// One margin for all directions, or one for each patient direction.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum MarginSetting {
    /// The same in all directions.
    Uniform(f64),
    /// Different by patient direction.
    Directions(DirectionMargins),
}

/// A margin for each patient direction, mm.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct DirectionMargins {
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

impl Default for PlanningConfig {
    /// Doses: bed boost 72 Gy in 36 fractions (60 to 74 Gy published, Zaine 2021
    /// 10.3389/fonc.2021.669261); node boost 66 Gy in 30, the median of the expert survey
    /// (10.1186/s13014-019-1383-0); metastases 35 Gy in 5 (SABR-COMET, 10.1186/1471-2407-12-305).
    /// Margins from GTV to CTV: 5 mm in the bed, where the PET alone shows the lesion; 3 mm for
    /// nodes, from the 0 to 5 mm of published practice; none for stereotactic treatment (same
    /// survey, median 0). From CTV to PTV with daily image guidance: 7 mm in the bed with 5 mm
    /// towards the rectum, 5 mm for nodes and stereotactic treatment (same survey, 3 to 5).
    fn default() -> Self {
        let towards_rectum = MarginSetting::Directions(DirectionMargins {
            left: 7.0,
            right: 7.0,
            anterior: 7.0,
            posterior: 5.0,
            superior: 7.0,
            inferior: 7.0,
        });
        Self {
            most_lesions_to_irradiate: 5,
            counted_lesions: CountedLesions::NodalAndDistant,
            bed: TreatmentConfig {
                gtv_to_ctv_mm: MarginSetting::Uniform(5.0),
                ctv_to_ptv_mm: towards_rectum,
                dose_gy: 72.0,
                fractions: 36,
            },
            node: TreatmentConfig {
                gtv_to_ctv_mm: MarginSetting::Uniform(3.0),
                ctv_to_ptv_mm: MarginSetting::Uniform(5.0),
                dose_gy: 66.0,
                fractions: 30,
            },
            distant: TreatmentConfig {
                gtv_to_ctv_mm: MarginSetting::Uniform(0.0),
                ctv_to_ptv_mm: MarginSetting::Uniform(5.0),
                dose_gy: 35.0,
                fractions: 5,
            },
            isotoxic: IsotoxicConfig::default(),
        }
    }
}

impl PlanningConfig {
    /// The settings for a class; none for a lesion whose place is not known.
    pub fn treatment(&self, region: Region) -> Option<&TreatmentConfig> {
        match region {
            Region::ProstateBed => Some(&self.bed),
            Region::PelvicNode => Some(&self.node),
            Region::Distant => Some(&self.distant),
            Region::Undetermined => None,
        }
    }

    /// Whether every value lies in its range.
    ///
    /// # Errors
    /// A sentence that names the key, the value found and the range.
    pub fn validate(&self) -> Result<(), String> {
        for (name, treatment) in [
            ("bed", &self.bed),
            ("node", &self.node),
            ("distant", &self.distant),
        ] {
            for (key, setting) in [
                ("gtv-to-ctv-mm", treatment.gtv_to_ctv_mm),
                ("ctv-to-ptv-mm", treatment.ctv_to_ptv_mm),
            ] {
                let margins = setting.margins();
                if let Some(found) = margins
                    .all()
                    .into_iter()
                    .find(|m| !(0.0..=50.0).contains(m))
                {
                    return Err(format!(
                        "planning.{name}.{key} is {found}, expected 0 to 50"
                    ));
                }
            }
            if !(treatment.dose_gy > 0.0 && treatment.dose_gy <= 100.0) {
                let found = treatment.dose_gy;
                return Err(format!(
                    "planning.{name}.dose-gy is {found}, expected above 0 to 100"
                ));
            }
            if !(1..=50).contains(&treatment.fractions) {
                let found = treatment.fractions;
                return Err(format!(
                    "planning.{name}.fractions is {found}, expected 1 to 50"
                ));
            }
        }
        self.isotoxic.validate()
    }
}

impl MarginSetting {
    /// The margins in mm.
    pub fn margins(self) -> Margins {
        match self {
            Self::Uniform(mm) => Margins::uniform(mm),
            Self::Directions(d) => Margins {
                left: d.left,
                right: d.right,
                anterior: d.anterior,
                posterior: d.posterior,
                superior: d.superior,
                inferior: d.inferior,
            },
        }
    }
}
