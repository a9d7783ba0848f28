//! Settings of the isotoxic check.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::fractionation::{LATE_ALPHA_BETA_GY, TUMOUR_ALPHA_BETA_GY};
use crate::lesion_class::LesionClass;

/// How doses and boosts are held against the limits of organs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct IsotoxicConfig {
    /// Whether the check is made at all.
    pub enabled: bool,
    /// File of limits in place of those that are built in; a relative path starts at the folder of
    /// the configuration file. Its format is that of `crates/planning/constraints/default.toml`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub constraints: Option<PathBuf>,
    /// Name of the set of limits, or `auto`: by the dose per fraction of the base plan.
    pub constraint_set: String,
    /// Which limits must stay kept.
    pub keep: KeptLimits,
    /// α/β of organs at risk for late effects, Gy.
    pub organ_alpha_beta_gy: f64,
    /// α/β of prostate cancer, Gy.
    pub tumour_alpha_beta_gy: f64,
    /// How the dose of a boost is taken to fall outside of its PTV.
    pub fall_off: FallOffConfig,
    /// Dose levels of a boost to the prostate bed.
    pub bed: DoseLevels,
    /// Dose levels of a boost to nodes of the pelvis, of the common iliac vessels and of the aorta.
    pub node: DoseLevels,
    /// Dose levels for other distant lesions.
    pub distant: DoseLevels,
}

/// Which limits decide on the dose level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum KeptLimits {
    /// Every limit that the base plan keeps.
    All,
    /// Those of them that are hard.
    Hard,
}

/// The dose levels of a class of lesions, from the ceiling down.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct DoseLevels {
    /// Lowest dose that is still a boost, Gy; below it there is none.
    pub floor_gy: f64,
    /// Highest dose, Gy.
    pub ceiling_gy: f64,
    /// Step from level to level, Gy.
    pub step_gy: f64,
    /// Whether the boost is given in the fractions of the base plan (simultaneous integrated
    /// boost) or on its own.
    pub integrated: bool,
}

/// The model of [`super::FallOff`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct FallOffConfig {
    /// Volume of the isodose of half the dose by the volume of the PTV.
    pub r50: f64,
    /// Share of the dose that falls slowly.
    pub bath_share: f64,
    /// Distance over which that share halves, mm.
    pub bath_half_distance_mm: f64,
}

impl Default for FallOffConfig {
    /// R50 of 5.9: between robotic and conventional plans of prostate boosts (4.3 to 8.4,
    /// 10.1177/1533034616639729) and the largest that RTOG 0915 accepts without deviation. The
    /// slow part follows a full arc of coplanar beams.
    fn default() -> Self {
        Self {
            r50: 5.9,
            bath_share: 0.35,
            bath_half_distance_mm: 40.0,
        }
    }
}

impl Default for IsotoxicConfig {
    /// Levels: nodes 57.5 to 70 Gy as published for integrated boosts (expert survey,
    /// 10.1186/s13014-019-1383-0); bed 66 to 74 Gy (median 70 with total doses from 60, Zaine 2021
    /// 10.3389/fonc.2021.669261); distant lesions 5 fractions of 6 to 8 Gy (same survey). α/β 3 Gy
    /// for late effects, 1.5 Gy for prostate cancer.
    fn default() -> Self {
        let levels = |floor_gy, ceiling_gy, step_gy, integrated| DoseLevels {
            floor_gy,
            ceiling_gy,
            step_gy,
            integrated,
        };
        Self {
            enabled: true,
            constraints: None,
            constraint_set: "auto".to_owned(),
            keep: KeptLimits::All,
            organ_alpha_beta_gy: LATE_ALPHA_BETA_GY,
            tumour_alpha_beta_gy: TUMOUR_ALPHA_BETA_GY,
            fall_off: FallOffConfig::default(),
            bed: levels(66.0, 74.0, 2.0, true),
            node: levels(57.5, 70.0, 2.0, true),
            distant: levels(30.0, 40.0, 5.0, false),
        }
    }
}

impl DoseLevels {
    /// The doses in Gy from the ceiling down to the floor, which is always one of them.
    pub fn doses_gy(&self) -> Vec<f64> {
        let mut doses = Vec::new();
        let mut dose = self.ceiling_gy;
        while dose > self.floor_gy + 1e-9 {
            doses.push(dose);
            dose = self.ceiling_gy - self.step_gy * doses.len() as f64;
        }
        doses.push(self.floor_gy);
        doses
    }
}

impl IsotoxicConfig {
    /// The dose levels of a class; none for a lesion whose place is not known.
    pub fn levels(&self, class: LesionClass) -> Option<&DoseLevels> {
        match class {
            LesionClass::Bed => Some(&self.bed),
            LesionClass::PelvicNode | LesionClass::CommonIliac | LesionClass::ParaAortic => {
                Some(&self.node)
            }
            LesionClass::DistantNode | LesionClass::Bone | LesionClass::Visceral => {
                Some(&self.distant)
            }
            LesionClass::Undetermined => None,
        }
    }

    /// Whether every value lies in its range.
    ///
    /// # Errors
    /// A sentence that names the key, the value found and the range.
    pub fn validate(&self) -> Result<(), String> {
        let within = |key: &str, value: f64, low: f64, high: f64| {
            if (low..=high).contains(&value) {
                return Ok(());
            }
            Err(format!(
                "planning.isotoxic.{key} is {value}, expected {low} to {high}"
            ))
        };
        within("organ-alpha-beta-gy", self.organ_alpha_beta_gy, 0.5, 20.0)?;
        within("tumour-alpha-beta-gy", self.tumour_alpha_beta_gy, 0.5, 20.0)?;
        within("fall-off.r50", self.fall_off.r50, 1.5, 20.0)?;
        within("fall-off.bath-share", self.fall_off.bath_share, 0.0, 0.49)?;
        let bath_mm = self.fall_off.bath_half_distance_mm;
        within("fall-off.bath-half-distance-mm", bath_mm, 5.0, 500.0)?;
        for (name, levels) in [
            ("bed", &self.bed),
            ("node", &self.node),
            ("distant", &self.distant),
        ] {
            within(&format!("{name}.floor-gy"), levels.floor_gy, 1.0, 100.0)?;
            let floor = levels.floor_gy;
            within(
                &format!("{name}.ceiling-gy"),
                levels.ceiling_gy,
                floor,
                100.0,
            )?;
            within(&format!("{name}.step-gy"), levels.step_gy, 0.5, 50.0)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_go_down_to_the_floor() {
        let config = IsotoxicConfig::default();
        assert_eq!(config.bed.doses_gy(), [74.0, 72.0, 70.0, 68.0, 66.0]);
        assert_eq!(
            config.node.doses_gy(),
            [70.0, 68.0, 66.0, 64.0, 62.0, 60.0, 58.0, 57.5]
        );
        assert_eq!(config.distant.doses_gy(), [40.0, 35.0, 30.0]);
        assert_eq!(config.validate(), Ok(()));
    }

    #[test]
    fn a_value_out_of_range_is_named() {
        let mut config = IsotoxicConfig::default();
        config.node.ceiling_gy = 50.0;
        let told = config.validate().unwrap_err();
        assert_eq!(
            told,
            "planning.isotoxic.node.ceiling-gy is 50, expected 57.5 to 100"
        );
        config = IsotoxicConfig::default();
        config.fall_off.bath_share = 0.5;
        assert!(config.validate().unwrap_err().contains("bath-share"));
    }
}
