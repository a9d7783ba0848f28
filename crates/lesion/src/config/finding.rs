//! Which uptake is a focus.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which uptake is a focus.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum FindingRule {
    /// From this SUVbw. 3.0 is the rule of the DEEP-PSMA challenge for all sites; 4.0 agreed best
    /// with CT volumes of nodes in Mittlmeier 2021 (10.3389/fonc.2021.663631).
    FixedSuv(f64),
}

impl FindingRule {
    /// Whether every value lies in its range; a sentence that names the key if not.
    pub(super) fn validate(&self) -> Result<(), String> {
        match self {
            Self::FixedSuv(suv) => super::in_range("finding.fixed-suv", *suv, 0.1, 1000.0),
        }
    }
}
