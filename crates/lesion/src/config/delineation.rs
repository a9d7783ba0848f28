//! How the extent of a focus is drawn.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How the extent of a focus is drawn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Delineation {
    /// Down to this percentage of the focus' own maximum; 41 is the phantom optimum of the EANM
    /// procedure guidelines for FDG, 40 to 50 is common for PSMA (Cancers 2022;14:270).
    PercentOfMax(f64),
    /// Down to this SUVbw.
    FixedSuv(f64),
}

impl Delineation {
    /// Whether every value lies in its range; a sentence that names the key if not.
    pub(super) fn validate(&self, key: &str) -> Result<(), String> {
        let check = |name: &str, found, low, high| {
            super::in_range(&format!("{key}.{name}"), found, low, high)
        };
        match self {
            Self::PercentOfMax(percent) => check("percent-of-max", *percent, 1.0, 99.0),
            Self::FixedSuv(suv) => check("fixed-suv", *suv, 0.1, 1000.0),
        }
    }
}

/// Rules for regions that are drawn by another one than all others.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct RegionalDelineation {
    /// In the prostate bed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prostate_bed: Option<Delineation>,
    /// Of nodes, pelvic or distant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node: Option<Delineation>,
    /// In bone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bone: Option<Delineation>,
}

impl RegionalDelineation {
    pub(super) fn validate(&self) -> Result<(), String> {
        let rules = [
            ("regional.prostate-bed", &self.prostate_bed),
            ("regional.node", &self.node),
            ("regional.bone", &self.bone),
        ];
        rules
            .into_iter()
            .filter_map(|(key, rule)| Some((key, rule.as_ref()?)))
            .try_for_each(|(key, rule)| rule.validate(key))
    }
}
