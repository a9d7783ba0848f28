//! What can differ between a suggestion and what was signed.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::document::{LesionInfo, MarginInfo};

/// What a lesion is taken for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClassInfo {
    /// `prostate_bed`, `pelvic_node`, `distant` or `undetermined`.
    pub region: String,
    /// Where it is, in words.
    pub site: String,
    /// Node station.
    pub station: Option<String>,
    /// Its own miTNM category.
    pub mi_tnm: String,
}

impl From<&LesionInfo> for ClassInfo {
    fn from(lesion: &LesionInfo) -> Self {
        Self {
            region: lesion.region.clone(),
            site: lesion.site.clone(),
            station: lesion.station.clone(),
            mi_tnm: lesion.mi_tnm.clone(),
        }
    }
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ChangeKind {
    /// A lesion of the suggestion is excluded.
    Rejected {
        /// Its number.
        finding: u32,
        /// What it was taken for.
        was: ClassInfo,
        /// Why.
        reasons: Vec<String>,
    },
    /// An excluded focus of the suggestion is a lesion.
    Restored {
        /// Its number.
        finding: u32,
        /// What it was taken for, as in `ureter`.
        was: String,
        /// What it is taken for.
        class: ClassInfo,
    },
    /// A lesion that the suggestion has not.
    Added {
        /// Its number.
        finding: u32,
        /// What it is taken for; null where it was added and then rejected.
        class: Option<ClassInfo>,
        /// Its volume.
        volume_ml: f64,
        /// Highest voxel, SUVbw g/mL.
        suv_max: f64,
        /// Its centroid, LPS.
        centroid_mm: [f64; 3],
    },
    /// Several findings are one.
    Merged {
        /// Their numbers.
        findings: Vec<u32>,
        /// The number of the one.
        into: u32,
        /// Its volume.
        volume_ml: f64,
        /// It again, where it is no lesion as signed.
        excluded: Vec<u32>,
    },
    /// One finding is several.
    Split {
        /// Its number.
        finding: u32,
        /// Their numbers.
        into: Vec<u32>,
        /// Their volumes.
        volumes_ml: Vec<f64>,
        /// Those of them that are no lesions as signed.
        excluded: Vec<u32>,
    },
    /// Several findings are several others, or one has another number.
    Redivided {
        /// The numbers of the suggestion.
        findings: Vec<u32>,
        /// The numbers that were signed.
        into: Vec<u32>,
        /// Their volumes.
        volumes_ml: Vec<f64>,
        /// Those of them that are no lesions as signed.
        excluded: Vec<u32>,
    },
    /// A lesion is taken for something else.
    Reclassified {
        /// Its number.
        finding: u32,
        /// What it was taken for.
        from: ClassInfo,
        /// What it is taken for.
        to: ClassInfo,
    },
    /// A finding has another outline.
    Redrawn {
        /// Its number.
        finding: u32,
        /// Its volume in the suggestion.
        from_ml: f64,
        /// Its volume.
        to_ml: f64,
        /// How its border was chosen in the suggestion.
        from_rule: String,
        /// How its border is chosen.
        to_rule: String,
    },
    /// The patient's miTNM.
    MiTnm {
        /// In the suggestion.
        from: String,
        /// As signed.
        to: String,
    },
    /// The pattern of spread.
    Pattern {
        /// In the suggestion.
        from: String,
        /// As signed.
        to: String,
    },
    /// What is recommended.
    Recommendation {
        /// What is recommended beside.
        added: Vec<String>,
        /// What is no longer recommended.
        removed: Vec<String>,
        /// Upper border of the pelvic volume in the suggestion.
        pelvis_top_from: Option<String>,
        /// Upper border of the pelvic volume.
        pelvis_top_to: Option<String>,
        /// Whether the patient was outside of what the policy was made for.
        out_of_scope_from: bool,
        /// Whether the patient is.
        out_of_scope_to: bool,
    },
    /// A target that the suggestion has not.
    TargetAdded {
        /// ROI Name.
        target: String,
        /// Its volume.
        volume_ml: f64,
    },
    /// A target of the suggestion that is not there.
    TargetRemoved {
        /// ROI Name.
        target: String,
        /// Its volume.
        volume_ml: f64,
    },
    /// A target has another name, as the lesions before it are fewer.
    TargetRenamed {
        /// ROI Name in the suggestion.
        from: String,
        /// ROI Name.
        to: String,
    },
    /// A target has another volume.
    TargetVolume {
        /// ROI Name.
        target: String,
        /// Volume in the suggestion.
        from_ml: f64,
        /// Volume.
        to_ml: f64,
    },
    /// A target has another margin.
    Margins {
        /// ROI Name.
        target: String,
        /// Margin in the suggestion.
        from: Option<MarginInfo>,
        /// Margin.
        to: Option<MarginInfo>,
    },
    /// A target has another dose.
    Dose {
        /// ROI Name.
        target: String,
        /// Total dose in the suggestion.
        from_gy: Option<f64>,
        /// Number of its fractions.
        from_fractions: Option<u32>,
        /// Total dose.
        to_gy: Option<f64>,
        /// Number of its fractions.
        to_fractions: Option<u32>,
    },
}
