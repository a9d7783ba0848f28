//! What a lesion is treated as.

use isoboost_staging::{Lesion, Region};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The class of a lesion for treatment: its region, and for distant lesions and high nodes what
/// they are.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum LesionClass {
    /// Recurrence in the prostate bed.
    Bed,
    /// Node of the pelvis below the common iliac vessels.
    PelvicNode,
    /// Common iliac node: pelvic after PROMISE, M1a after AJCC and UICC.
    CommonIliac,
    /// Node along aorta and vena cava, above the aortic bifurcation: M1a.
    ParaAortic,
    /// Any other distant node: M1a.
    DistantNode,
    /// Bone: M1b.
    Bone,
    /// An organ, or anything else that is distant: M1c.
    Visceral,
    /// Not known where it is.
    Undetermined,
}

impl LesionClass {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Bed,
        Self::PelvicNode,
        Self::CommonIliac,
        Self::ParaAortic,
        Self::DistantNode,
        Self::Bone,
        Self::Visceral,
        Self::Undetermined,
    ];

    /// The class of a lesion, from its region, node station and miTNM category.
    pub fn of(lesion: &Lesion) -> Self {
        let station = lesion.station.as_deref();
        match (lesion.region, lesion.mi_tnm.as_str()) {
            (Region::ProstateBed, _) => Self::Bed,
            (Region::Undetermined, _) => Self::Undetermined,
            // Whether the switch of staging counts them to the pelvis or not.
            (Region::PelvicNode, _) | (_, "miM1a") if station == Some("common_iliac") => {
                Self::CommonIliac
            }
            (Region::PelvicNode, _) => Self::PelvicNode,
            (Region::Distant, "miM1a") if station == Some("retroperitoneal") => Self::ParaAortic,
            (Region::Distant, "miM1a") => Self::DistantNode,
            (Region::Distant, "miM1b") => Self::Bone,
            (Region::Distant, _) => Self::Visceral,
        }
    }

    /// Name in reports, as `common_iliac`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bed => "bed",
            Self::PelvicNode => "pelvic_node",
            Self::CommonIliac => "common_iliac",
            Self::ParaAortic => "para_aortic",
            Self::DistantNode => "distant_node",
            Self::Bone => "bone",
            Self::Visceral => "visceral",
            Self::Undetermined => "undetermined",
        }
    }
}
