//! How the SUV was derived.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How the SUV was derived.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SuvInfo {
    /// What it is normalised to: `bw`.
    pub kind: String,
    /// The unit after UCUM.
    pub units: String,
    /// SUV per rescaled stored value; null where it differs between the frames.
    pub factor: Option<f64>,
    /// SUL (Janmahasatian) per SUVbw in this patient.
    pub sul_per_bw: Option<f64>,
    /// SUVbsa in cm²/mL per SUVbw in this patient.
    pub suvbsa_per_bw: Option<f64>,
    /// The derivation line by line.
    pub derivation: Vec<DerivationStep>,
    /// Facts that the operator's options stood in for.
    pub overrides: Vec<OverrideInfo>,
}

/// One line of the derivation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DerivationStep {
    /// What it is.
    pub name: String,
    /// The value with its unit.
    pub value: String,
    /// The attribute, option or rule behind it.
    pub source: String,
}

/// A fact that an option stood in for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OverrideInfo {
    /// The option.
    pub option: String,
    /// The value given.
    pub value: String,
    /// What the header had in its place.
    pub instead_of: String,
}
