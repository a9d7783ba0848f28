//! Thresholds that follow the patient: the highest uptake, the liver, the blood.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{in_range, suv_in_range};

/// A percentage of the highest voxel that lies outside the organs, their rim of 8 mm included.
///
/// Customary for FDG at 40 to 50 % of a lesion's own maximum; no such rule was ever agreed on for
/// PSMA. As a rule for finding it is weak: one hot metastasis of SUV 50 hides every focus below
/// SUV 20, and an organ that was not recognised does the same. It is offered for comparison.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct PercentOfHighest {
    /// Percentage of the highest voxel.
    pub percent: f64,
    /// Never below this SUVbw: a percentage of the background means nothing.
    pub floor_suv: f64,
}

impl Default for PercentOfHighest {
    fn default() -> Self {
        Self {
            percent: 41.0,
            floor_suv: 3.0,
        }
    }
}

impl PercentOfHighest {
    pub(super) fn validate(&self) -> Result<(), String> {
        in_range("finding.percent-of-max.percent", self.percent, 1.0, 99.0)?;
        suv_in_range("percent-of-max.floor-suv", self.floor_suv)
    }
}

/// qPSMA (Gafita 2019, 10.2967/jnumed.118.224055): bone from a fixed SUVbw, soft tissue from
/// `soft-suv / mean × (mean + SD)` of the liver.
///
/// The mean cancels out, so the threshold is `soft-suv × (1 + CV)`: the liver only tells how noisy
/// the scan is. CV 0.10 gives 4.73 and CV 0.14 gives 4.90 at the published 4.30. `TriDFusion`
/// computes the same with 4.44 and never goes below SUV 3.
///
/// A tracer that leaves by the liver (18F-PSMA-1007) takes the noise of the spleen. Without either
/// the fallback is used.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct Qpsma {
    /// SUVbw of soft tissue on a scan without noise.
    pub soft_suv: f64,
    /// Soft tissue is never found below this SUVbw.
    pub floor_suv: f64,
    /// SUVbw in bone.
    pub bone_suv: f64,
    /// SUVbw in soft tissue when neither liver nor spleen was measured.
    pub fallback_suv: f64,
}

impl Default for Qpsma {
    fn default() -> Self {
        Self {
            soft_suv: 4.30,
            floor_suv: 3.0,
            bone_suv: 3.0,
            fallback_suv: 4.0,
        }
    }
}

impl Qpsma {
    pub(super) fn validate(&self) -> Result<(), String> {
        [
            ("qpsma.soft-suv", self.soft_suv),
            ("qpsma.floor-suv", self.floor_suv),
            ("qpsma.bone-suv", self.bone_suv),
            ("qpsma.fallback-suv", self.fallback_suv),
        ]
        .into_iter()
        .try_for_each(|(key, suv)| suv_in_range(key, suv))
    }
}

/// A region of normal uptake that others are compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReferenceRegion {
    /// Blood in the descending aorta.
    BloodPool,
    /// Liver; the spleen for a tracer that leaves by the liver.
    Liver,
    /// Spleen.
    Spleen,
}

impl ReferenceRegion {
    /// Its name in a sentence.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::BloodPool => "blood pool",
            Self::Liver => "liver",
            Self::Spleen => "spleen",
        }
    }
}

/// `mean-factor × mean + sd-factor × SD` of a reference region.
///
/// 1.5 × liver + 2 SD, and 2 × blood pool + 2 SD where the liver is not known, is the form of
/// PERCIST 1.0 (Wahl 2009, 10.2967/jnumed.108.057307). PERCIST says it of SUL; a multiple of a
/// reference divides both sides by the same body mass, so it finds the same voxels in SUVbw.
/// `TriDFusion` adds a fixed SUV in bone: 2.5 or 3 with 1.5, and 2 with 1.2 × liver + 2 SD.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct ReferenceRule {
    /// Which region.
    pub region: ReferenceRegion,
    /// How often its mean.
    pub mean_factor: f64,
    /// How often its standard deviation on top.
    pub sd_factor: f64,
    /// Never below this SUVbw: blood of SUV 1 would make half of the patient a focus.
    pub floor_suv: f64,
    /// SUVbw when no region of the rule was measured.
    pub fallback_suv: f64,
    /// SUVbw in bone, if bone has its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bone_suv: Option<f64>,
    /// What to use when the region was not measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub substitute: Option<Substitute>,
}

/// The region and factors that stand in for a region that was not measured.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Substitute {
    /// Which region.
    pub region: ReferenceRegion,
    /// How often its mean.
    pub mean_factor: f64,
    /// How often its standard deviation on top.
    pub sd_factor: f64,
}

impl Default for ReferenceRule {
    /// The bare form with the factors of PERCIST; [`ReferenceRule::percist`] has its substitute.
    fn default() -> Self {
        Self {
            region: ReferenceRegion::Liver,
            mean_factor: 1.5,
            sd_factor: 2.0,
            floor_suv: 2.0,
            fallback_suv: 4.0,
            bone_suv: None,
            substitute: None,
        }
    }
}

impl ReferenceRule {
    /// 1.5 × liver + 2 SD, else 2 × blood pool + 2 SD.
    pub fn percist() -> Self {
        Self {
            substitute: Some(Substitute {
                region: ReferenceRegion::BloodPool,
                mean_factor: 2.0,
                sd_factor: 2.0,
            }),
            ..Self::default()
        }
    }

    /// Uptake above blood, which is score 1 of PROMISE (Eiber 2018, 10.2967/jnumed.117.198119).
    ///
    /// PROMISE compares a lesion, not a voxel: at the bare mean half of the blood itself would be
    /// found. 4 SD above the mean leave the noise of blood and bowel out, however large it is; the
    /// floor of SUV 2.0 holds where blood is faint.
    pub fn above_blood_pool() -> Self {
        Self {
            region: ReferenceRegion::BloodPool,
            mean_factor: 1.0,
            sd_factor: 4.0,
            floor_suv: 2.0,
            fallback_suv: 3.0,
            ..Self::default()
        }
    }

    pub(super) fn validate(&self) -> Result<(), String> {
        let key = |name: &str| format!("finding.reference.{name}");
        let substitute = self.substitute.iter().flat_map(|s| {
            [
                ("substitute.mean-factor", s.mean_factor),
                ("substitute.sd-factor", s.sd_factor),
            ]
        });
        [
            ("mean-factor", self.mean_factor),
            ("sd-factor", self.sd_factor),
        ]
        .into_iter()
        .chain(substitute)
        .try_for_each(|(name, factor)| in_range(&key(name), factor, 0.0, 20.0))?;
        suv_in_range("reference.floor-suv", self.floor_suv)?;
        suv_in_range("reference.fallback-suv", self.fallback_suv)?;
        let mut bone = self.bone_suv.into_iter();
        bone.try_for_each(|suv| suv_in_range("reference.bone-suv", suv))
    }
}
