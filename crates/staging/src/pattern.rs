//! The pattern of spread that a plan is made from.

use crate::region::Region;
use crate::staged::Staging;

/// How far the disease has spread, in the terms of the trial's decision (NCT03525288: 1 to 5
/// lesions are irradiated, more are not).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Pattern {
    /// No lesion.
    Negative,
    /// In the prostate bed alone.
    Bed,
    /// In pelvic nodes alone.
    Node,
    /// In both.
    BedAndNode,
    /// Beyond the pelvis, in a few lesions.
    Oligometastatic,
    /// In more lesions than are irradiated one by one.
    Polymetastatic,
    /// Lesions whose place is not known keep the pattern open.
    Undetermined,
}

impl Pattern {
    /// Name in reports, as `bed_and_node`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Negative => "negative",
            Self::Bed => "bed",
            Self::Node => "node",
            Self::BedAndNode => "bed_and_node",
            Self::Oligometastatic => "oligometastatic",
            Self::Polymetastatic => "polymetastatic",
            Self::Undetermined => "undetermined",
        }
    }
}

/// How many lesions there are in each region.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RegionCounts {
    /// In the prostate bed.
    pub bed: usize,
    /// Pelvic nodes.
    pub pelvic_node: usize,
    /// Elsewhere.
    pub distant: usize,
    /// Of undetermined place.
    pub undetermined: usize,
}

impl RegionCounts {
    /// The pattern of the lesions; `most` nodal and distant ones are still few.
    ///
    /// Lesions of undetermined place count as far as they can: where there are few others they may
    /// lie anywhere, and the pattern is open.
    pub fn pattern(&self, most: usize) -> Pattern {
        if self.pelvic_node + self.distant > most {
            return Pattern::Polymetastatic;
        }
        if self.undetermined > 0 {
            return Pattern::Undetermined;
        }
        match (self.bed > 0, self.pelvic_node > 0, self.distant > 0) {
            (_, _, true) => Pattern::Oligometastatic,
            (true, true, false) => Pattern::BedAndNode,
            (true, false, false) => Pattern::Bed,
            (false, true, false) => Pattern::Node,
            (false, false, false) => Pattern::Negative,
        }
    }
}

impl Staging {
    /// The pattern of the lesions; `most` nodal and distant ones are still few.
    pub fn pattern(&self, most: usize) -> Pattern {
        let count = |region| self.lesions.iter().filter(|l| l.region == region).count();
        let counts = RegionCounts {
            bed: count(Region::ProstateBed),
            pelvic_node: count(Region::PelvicNode),
            distant: count(Region::Distant),
            undetermined: count(Region::Undetermined),
        };
        counts.pattern(most)
    }
}
