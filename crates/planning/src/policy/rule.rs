//! Rules and cautions.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::conditions::Conditions;

/// The kinds of intensification of the trial's arm.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Intensification {
    /// Elective radiotherapy of the pelvic nodes.
    PelvicRt,
    /// A boost to each avid node that lies in or next to the pelvic field.
    NodeBoost,
    /// A boost to the avid recurrence, on top of the whole prostate bed.
    BedBoost,
    /// Definitive radiotherapy of each distant lesion.
    MetastasisDirected,
    /// Systemic treatment, for a clinician to choose.
    Systemic,
}

impl Intensification {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::PelvicRt,
        Self::NodeBoost,
        Self::BedBoost,
        Self::MetastasisDirected,
        Self::Systemic,
    ];

    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::PelvicRt => "pelvic_rt",
            Self::NodeBoost => "node_boost",
            Self::BedBoost => "bed_boost",
            Self::MetastasisDirected => "metastasis_directed",
            Self::Systemic => "systemic",
        }
    }
}

/// Upper border of the pelvic nodal volume, from low to high.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum PelvisTop {
    /// The disc between L5 and S1.
    L5S1,
    /// Where the aorta divides.
    AorticBifurcation,
    /// 20 to 30 mm above the highest avid node, at least the aortic bifurcation.
    AboveHighestNode,
}

impl PelvisTop {
    /// Name in reports and policies.
    pub fn name(self) -> &'static str {
        match self {
            Self::L5S1 => "l5_s1",
            Self::AorticBifurcation => "aortic_bifurcation",
            Self::AboveHighestNode => "above_highest_node",
        }
    }
}

/// A volume that is treated as a whole, beside the lesions.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum WholeVolume {
    /// The bed of the removed prostate.
    ProstateBed,
    /// The elective volume of the pelvic nodes.
    Pelvis,
}

impl WholeVolume {
    /// Name in reports and policies.
    pub fn name(self) -> &'static str {
        match self {
            Self::ProstateBed => "prostate_bed",
            Self::Pelvis => "pelvis",
        }
    }
}

/// What is suggested where its conditions are met.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Rule {
    /// By which reports name it; lower case letters, digits and hyphens.
    pub id: String,
    /// All of these must be met; without any, the rule always is.
    #[serde(default)]
    pub when: Conditions,
    /// What it adds to the recommendation.
    #[serde(default)]
    pub intensification: Vec<Intensification>,
    /// Upper border of the pelvic volume; of several rules the highest counts.
    pub pelvis_top: Option<PelvisTop>,
    /// The whole volumes that are treated. A bed boost comes on top of the whole bed, so that a
    /// rule with the one must have the other.
    #[serde(default)]
    pub volumes: Vec<WholeVolume>,
    /// Why, as the report says it; see the documentation for what may stand in braces.
    pub text: String,
    /// Keys of the sources that it rests on.
    pub sources: Vec<String>,
    /// Whether no further rule is tried.
    #[serde(default)]
    pub stop: bool,
    /// Whether the patient is outside of what the policy was made for: nothing is suggested.
    #[serde(default)]
    pub out_of_scope: bool,
}

/// What speaks against taking a recommendation as it stands, where its conditions are met.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct CautionRule {
    /// By which reports name it; lower case letters, digits and hyphens.
    pub id: String,
    /// All of these must be met.
    #[serde(default)]
    pub when: Conditions,
    /// What the report says; see the documentation for what may stand in braces.
    pub text: String,
    /// Keys of the sources that it rests on.
    pub sources: Vec<String>,
}
