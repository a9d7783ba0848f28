//! Which uptake is a focus.

mod contrast;
mod reference;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use contrast::LocalContrast;
pub use reference::{PercentOfHighest, Qpsma, ReferenceRegion, ReferenceRule, Substitute};

use super::in_range;

/// Which uptake is a focus.
///
/// Rules that need what is not known, as the uptake of the liver, say which SUV stood in for it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum FindingRule {
    /// From this SUVbw. 3.0 is the rule of the DEEP-PSMA challenge for all sites; 4.0 agreed best
    /// with CT volumes of nodes in Mittlmeier 2021 (10.3389/fonc.2021.663631).
    FixedSuv(f64),
    /// From one SUVbw for each tissue.
    Tissue(TissueSuv),
    /// From a percentage of the highest uptake outside organs.
    PercentOfMax(PercentOfHighest),
    /// Bone from a fixed SUVbw, soft tissue from one that follows the noise of the liver.
    Qpsma(Qpsma),
    /// From a multiple of the uptake of a reference region.
    Reference(ReferenceRule),
    /// Where uptake stands out against its own surroundings, however faint.
    LocalContrast(LocalContrast),
}

/// One SUVbw for each tissue: 4 in soft tissue, 3 in bone and 10 in the liver is a rule that
/// `TriDFusion` offers for PSMA, so that metastases in the liver stand out of its own uptake.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct TissueSuv {
    /// In soft tissue, and everywhere when nothing is known of the patient.
    pub soft_suv: f64,
    /// In bone.
    pub bone_suv: f64,
    /// In the liver.
    pub liver_suv: f64,
}

impl Default for TissueSuv {
    fn default() -> Self {
        Self {
            soft_suv: 4.0,
            bone_suv: 3.0,
            liver_suv: 10.0,
        }
    }
}

impl FindingRule {
    /// Whether every value lies in its range; a sentence that names the key if not.
    pub(super) fn validate(&self) -> Result<(), String> {
        match self {
            Self::FixedSuv(suv) => suv_in_range("fixed-suv", *suv),
            Self::Tissue(rule) => [
                ("tissue.soft-suv", rule.soft_suv),
                ("tissue.bone-suv", rule.bone_suv),
                ("tissue.liver-suv", rule.liver_suv),
            ]
            .into_iter()
            .try_for_each(|(key, suv)| suv_in_range(key, suv)),
            Self::PercentOfMax(rule) => rule.validate(),
            Self::Qpsma(rule) => rule.validate(),
            Self::Reference(rule) => rule.validate(),
            Self::LocalContrast(rule) => rule.validate(),
        }
    }
}

fn suv_in_range(key: &str, suv: f64) -> Result<(), String> {
    in_range(&format!("finding.{key}"), suv, 0.1, 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refused(rule: FindingRule, told: &str) {
        assert_eq!(
            rule.validate().unwrap_err(),
            format!("lesion.finding.{told}")
        );
    }

    #[test]
    fn every_number_has_its_range() {
        let qpsma = Qpsma {
            floor_suv: 0.0,
            ..Qpsma::default()
        };
        refused(
            FindingRule::Qpsma(qpsma),
            "qpsma.floor-suv is 0, expected 0.1 to 1000",
        );
        let tissue = TissueSuv {
            liver_suv: f64::NAN,
            ..TissueSuv::default()
        };
        refused(
            FindingRule::Tissue(tissue),
            "tissue.liver-suv is NaN, expected 0.1 to 1000",
        );
        let percent = PercentOfHighest {
            percent: 100.0,
            ..PercentOfHighest::default()
        };
        refused(
            FindingRule::PercentOfMax(percent),
            "percent-of-max.percent is 100, expected 1 to 99",
        );
        let mut percist = ReferenceRule::percist();
        percist.bone_suv = Some(-1.0);
        refused(
            FindingRule::Reference(percist),
            "reference.bone-suv is -1, expected 0.1 to 1000",
        );
        if let Some(substitute) = &mut percist.substitute {
            substitute.mean_factor = 21.0;
        }
        refused(
            FindingRule::Reference(percist),
            "reference.substitute.mean-factor is 21, expected 0 to 20",
        );
        let local = LocalContrast {
            prominence: 1.5,
            ..LocalContrast::default()
        };
        refused(
            FindingRule::LocalContrast(local),
            "local-contrast.prominence is 1.5, expected 0 to 1",
        );
    }
}
