//! The SUVbw from which a voxel is hot.

use std::collections::BTreeMap;

use isoboost_volume::{Grid, Mask, Volume};

use crate::surroundings::Surroundings;

/// The SUVbw from which a voxel is hot.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Threshold {
    /// The same everywhere.
    Uniform(f64),
    /// By tissue.
    Tissue {
        soft: f64,
        bone: f64,
        /// In the liver, where it differs from soft tissue.
        liver: Option<f64>,
    },
    /// By focus: the level that each was found at, by its highest voxel, and what holds elsewhere;
    /// infinite when nothing else is found.
    Focus {
        levels: BTreeMap<[usize; 3], f64>,
        elsewhere: f64,
    },
}

impl Threshold {
    /// At a voxel of the SUV grid.
    pub(crate) fn at(
        &self,
        voxel: [usize; 3],
        grid: &Grid,
        surroundings: &Surroundings<'_>,
    ) -> f64 {
        match self {
            Self::Uniform(suv) => *suv,
            Self::Tissue { soft, bone, liver } => {
                let here = grid.center_of(voxel);
                if surroundings.is_bone(here) {
                    return *bone;
                }
                let in_liver = || surroundings.organ_at(here) == Some("liver");
                liver.filter(|_| in_liver()).unwrap_or(*soft)
            }
            Self::Focus { levels, elsewhere } => {
                let level = levels.get(&voxel).copied();
                level.map_or(*elsewhere, |level| level.min(*elsewhere))
            }
        }
    }

    /// The voxels at or above it.
    pub(super) fn hot(&self, suv: &Volume<f32>, surroundings: &Surroundings<'_>) -> Mask {
        let lowest = self.lowest();
        let mut hot = suv.map(|value| f64::from(*value) >= lowest);
        if let Self::Tissue { .. } = self {
            // Only what is warm at all is asked for its tissue: masks may lie on another grid.
            let [nk, nj, ni] = suv.grid().shape();
            for k in 0..nk {
                for j in 0..nj {
                    for i in 0..ni {
                        let voxel = [k, j, i];
                        if hot[voxel] {
                            let threshold = self.at(voxel, suv.grid(), surroundings);
                            hot[voxel] = f64::from(suv[voxel]) >= threshold;
                        }
                    }
                }
            }
        }
        hot
    }

    fn lowest(&self) -> f64 {
        match self {
            Self::Uniform(suv) => *suv,
            Self::Tissue { soft, bone, liver } => {
                liver.iter().fold(soft.min(*bone), |low, suv| low.min(*suv))
            }
            Self::Focus { elsewhere, .. } => *elsewhere,
        }
    }
}
