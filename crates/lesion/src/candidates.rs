//! Which voxels are hot: the finding rule applied to one PET.

use isoboost_volume::{Mask, Volume};

use crate::config::FindingRule;
use crate::surroundings::Surroundings;

/// The hot voxels of a PET.
pub(crate) struct Candidates {
    pub(crate) hot: Mask,
    pub(crate) threshold: Threshold,
    /// What a reader should know: which threshold a rule came to, what stood in for what.
    pub(crate) findings: Vec<String>,
}

/// The SUVbw from which a voxel is hot.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Threshold {
    /// The same everywhere.
    Uniform(f64),
}

impl Threshold {
    /// At a voxel of the SUV grid.
    pub(crate) fn at(&self, _voxel: [usize; 3]) -> f64 {
        match self {
            Self::Uniform(suv) => *suv,
        }
    }
}

/// Applies the finding rule.
pub(crate) fn candidates(
    suv: &Volume<f32>,
    _surroundings: &Surroundings<'_>,
    rule: &FindingRule,
) -> Candidates {
    match rule {
        FindingRule::FixedSuv(threshold) => Candidates {
            hot: suv.map(|value| f64::from(*value) >= *threshold),
            threshold: Threshold::Uniform(*threshold),
            findings: Vec::new(),
        },
    }
}
