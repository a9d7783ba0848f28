//! An outline finer than the voxels.

use isoboost_volume::{Connectivity, IndexBox, Mask, Volume, label_components};

use crate::focus::Contact;

/// Voxels on each side of a focus that its outline's field reaches.
const RIM_VOXELS: usize = 2;

/// An outline that was chosen, and how.
#[derive(Debug, Clone)]
pub(crate) struct Outline {
    /// Voxels whose centres lie inside, in array order.
    pub(crate) voxels: Vec<[usize; 3]>,
    /// Zero or negative inside, positive outside, linear in SUV across the border, which is the
    /// zero level between voxel centres.
    pub(crate) depth: Volume<f32>,
    /// Where `depth` lies in the SUV grid.
    pub(crate) depth_bounds: IndexBox,
    /// SUVbw at the border; the lowest inside where the rule has no threshold.
    pub(crate) threshold_suv: f64,
    pub(crate) rule: String,
    pub(crate) notes: Vec<String>,
    /// Whether the rule asked for leaked, so that another drew it.
    pub(crate) fell_back: bool,
    /// What bounds it.
    pub(crate) contacts: Vec<Contact>,
    /// Share of voxels that the methods of a consensus agree on.
    pub(crate) agreement: Option<f64>,
}

impl Outline {
    /// Leaves of the outline what is connected to its maximum above a level that is higher than
    /// its border.
    pub(crate) fn end_above(&mut self, suv: &Volume<f32>, max_voxel: [usize; 3], level: f64) {
        let min = self.depth_bounds.min;
        let at = |v: [usize; 3]| [0, 1, 2].map(|a| v[a] - min[a]);
        let inside = Mask::from_fn(self.depth.grid().clone(), |v| {
            let voxel = [0, 1, 2].map(|a| v[a] + min[a]);
            self.depth[v] <= 0.0 && f64::from(suv[voxel]) > level
        });
        let parts = label_components(&inside, Connectivity::TwentySix);
        let kept = parts.labels[at(max_voxel)];
        self.voxels
            .retain(|v| kept != 0 && parts.labels[at(*v)] == kept);
        let (depth, bounds) = depth_below(suv, &self.voxels, level);
        // Where the outline was narrower already it stays so.
        let earlier = std::mem::replace(&mut self.depth, depth);
        for voxel in bounds.voxels() {
            let v = [0, 1, 2].map(|a| voxel[a] - bounds.min[a]);
            self.depth[v] = self.depth[v].max(earlier[at(voxel)]);
        }
        self.depth_bounds = bounds;
        self.threshold_suv = self.threshold_suv.max(level);
        self.notes.push(format!(
            "ends at the saddle (SUV {level:.1}) to far higher uptake beside it"
        ));
    }
}

/// The field of an isocontour: how far the SUV lies below a threshold around a set of voxels.
///
/// Voxels that are hot but not of the set count as far outside as they are hot, so that the border
/// passes between the focus and its neighbour.
pub(crate) fn depth_below(
    suv: &Volume<f32>,
    voxels: &[[usize; 3]],
    threshold: f64,
) -> (Volume<f32>, IndexBox) {
    let (inside, around) = mask_around(suv, voxels);
    let depth = Volume::from_fn(inside.grid().clone(), |v| {
        let depth = threshold as f32 - suv[[0, 1, 2].map(|a| v[a] + around.min[a])];
        if inside[v] {
            depth.min(0.0)
        } else {
            // Never 0, which would be inside.
            depth.abs().max(f32::MIN_POSITIVE)
        }
    });
    (depth, around)
}

/// The voxels as a mask on the part of the SUV grid that a field of them needs.
pub(crate) fn mask_around(suv: &Volume<f32>, voxels: &[[usize; 3]]) -> (Mask, IndexBox) {
    let around = box_of(voxels).grown([RIM_VOXELS; 3], suv.grid().shape());
    let mut inside = Mask::empty(suv.grid().crop(around));
    for voxel in voxels {
        inside[[0, 1, 2].map(|a| voxel[a] - around.min[a])] = true;
    }
    (inside, around)
}

/// The smallest box around voxels.
pub(crate) fn box_of(voxels: &[[usize; 3]]) -> IndexBox {
    let start = voxels.first().copied().unwrap_or_default();
    let first = IndexBox {
        min: start,
        max: start,
    };
    voxels.iter().fold(first, |bounds, v| {
        bounds.union(&IndexBox { min: *v, max: *v })
    })
}
