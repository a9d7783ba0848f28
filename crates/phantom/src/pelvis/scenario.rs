//! Built-in sets of lesions and what follows from a set for treatment.

use serde::{Deserialize, Serialize};

use crate::site::Site;
use crate::{LesionSpec, Region, Side};

/// A built-in set of lesions. All are 8 mm or larger and at least four times their surroundings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scenario {
    /// No lesion.
    #[default]
    Negative,
    /// A recurrence in the prostate bed.
    Bed,
    /// Two pelvic nodes.
    Node,
    /// A recurrence in the bed and three pelvic nodes.
    BedNode,
    /// Two bone metastases.
    Bone,
    /// Bone metastases, pelvic and retroperitoneal nodes: more than five.
    Polymetastatic,
    /// Twelve lesions from bed to ribs, for a whole-body field.
    WholeBody,
}

impl Scenario {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Negative,
        Self::Bed,
        Self::Node,
        Self::BedNode,
        Self::Bone,
        Self::Polymetastatic,
        Self::WholeBody,
    ];

    /// Its name in descriptions, as `bed-node`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Negative => "negative",
            Self::Bed => "bed",
            Self::Node => "node",
            Self::BedNode => "bed-node",
            Self::Bone => "bone",
            Self::Polymetastatic => "polymetastatic",
            Self::WholeBody => "whole-body",
        }
    }

    /// Its lesions.
    pub fn lesions(self) -> Vec<LesionSpec> {
        use Side::{Left, Right};
        let list: &[(Site, Side, f64, f64)] = match self {
            Self::Negative => &[],
            Self::Bed => &[(Site::Anastomosis, Left, 12.0, 14.0)],
            Self::Node => &[
                (Site::ExternalIliac, Left, 10.0, 14.0),
                (Site::InternalIliac, Right, 9.0, 18.0),
            ],
            Self::BedNode => &[
                (Site::Retrovesical, Left, 12.0, 15.0),
                (Site::Obturator, Right, 10.0, 16.0),
                (Site::Presacral, Left, 9.0, 18.0),
                (Site::CommonIliac, Right, 11.0, 12.0),
            ],
            Self::Bone => &[
                (Site::Sacrum, Right, 14.0, 15.0),
                (Site::Ilium, Left, 12.0, 18.0),
            ],
            Self::Polymetastatic => &[
                (Site::L4, Left, 16.0, 18.0),
                (Site::Sacrum, Left, 15.0, 20.0),
                (Site::Ilium, Right, 13.0, 16.0),
                (Site::Acetabulum, Left, 12.0, 14.0),
                (Site::Pubis, Right, 11.0, 17.0),
                (Site::Retroperitoneal, Left, 12.0, 20.0),
                (Site::ExternalIliac, Right, 11.0, 15.0),
                (Site::InternalIliac, Left, 10.0, 18.0),
            ],
            Self::WholeBody => &[
                (Site::Anastomosis, Left, 12.0, 14.0),
                (Site::ExternalIliac, Left, 10.0, 16.0),
                (Site::ExternalIliac, Right, 11.0, 14.0),
                (Site::InternalIliac, Right, 10.0, 18.0),
                (Site::Obturator, Left, 9.0, 18.0),
                (Site::CommonIliac, Right, 12.0, 12.0),
                (Site::Presacral, Left, 10.0, 15.0),
                (Site::Retroperitoneal, Left, 12.0, 20.0),
                (Site::Sacrum, Left, 15.0, 18.0),
                (Site::L4, Left, 16.0, 16.0),
                (Site::T10, Left, 15.0, 20.0),
                (Site::Rib, Left, 11.0, 22.0),
            ],
        };
        list.iter()
            .map(|&(site, side, diameter, suv)| LesionSpec::at(site, side, diameter, suv))
            .collect()
    }
}

/// A way of intensifying salvage radiotherapy, by the words of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Intensification {
    /// Elective irradiation of the pelvic nodes.
    PelvicRt,
    /// Boost to avid nodes.
    NodeBoost,
    /// Boost to an avid recurrence in the bed.
    BedBoost,
    /// Treatment of every distant metastasis.
    MetastasisDirected,
    /// Systemic treatment, as there are too many lesions to treat each.
    Systemic,
}

/// What should follow from the lesions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Expected {
    /// What is to be proposed, in the order of [`Intensification`].
    pub intensification: Vec<Intensification>,
    /// Whether there are too many lesions to treat each (more than five nodal and distant ones,
    /// the limit of NCT03525288): systemic treatment comes first, and no boost is to be proposed.
    pub polymetastatic: bool,
}

/// Lesions outside the bed above which not every one is treated (NCT03525288).
const OLIGOMETASTATIC_LIMIT: usize = 5;

impl Expected {
    /// The consequence of lesions in these regions.
    pub fn from_regions(regions: &[Region]) -> Self {
        let count = |region| regions.iter().filter(|r| **r == region).count();
        let (nodes, distant) = (count(Region::PelvicNode), count(Region::Distant));
        let polymetastatic = nodes + distant > OLIGOMETASTATIC_LIMIT;
        let mut intensification = Vec::new();
        if polymetastatic {
            intensification.push(Intensification::Systemic);
        }
        if !polymetastatic && nodes > 0 {
            intensification.extend([Intensification::PelvicRt, Intensification::NodeBoost]);
        }
        if !polymetastatic && count(Region::ProstateBed) > 0 {
            intensification.push(Intensification::BedBoost);
        }
        if !polymetastatic && distant > 0 {
            intensification.push(Intensification::MetastasisDirected);
        }
        Self {
            intensification,
            polymetastatic,
        }
    }
}
