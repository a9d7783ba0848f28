//! PET and CT side by side on the low-resolution grid.

use isoboost_volume::{Components, Connectivity, IndexBox, Mask, Volume, label_components};
use nalgebra::Point3;

use crate::landmarks::Landmarks;
use crate::spine::SpineAt;

/// What organs are recognised from.
#[derive(Debug)]
pub(crate) struct Scene<'a> {
    /// HU on the low-resolution grid.
    pub(crate) hu: &'a Volume<i16>,
    /// SUVbw in g/mL on the same grid, 0 outside of the PET.
    pub(crate) suv: &'a Volume<f32>,
    pub(crate) body: &'a Mask,
    pub(crate) bone: &'a Mask,
    pub(crate) landmarks: &'a Landmarks,
    /// The vertebral bodies from the promontory up.
    pub(crate) spine: &'a [SpineAt],
    /// LPS z of the lowest and highest slice centres of the PET, in mm.
    pub(crate) pet_z: (f64, f64),
}

impl Scene<'_> {
    /// The box between two LPS corners, cut to the grid.
    pub(crate) fn box_of(&self, low: [f64; 3], high: [f64; 3]) -> Option<IndexBox> {
        let corners = [Point3::from(low), Point3::from(high)];
        self.hu.grid().box_around(&corners, 0.0)
    }

    /// HU averaged over 3 × 3 × 3 voxels inside a box, which tells urine from muscle on a noisy
    /// CT.
    pub(crate) fn smooth_hu(&self, bounds: IndexBox) -> Volume<f32> {
        let shape = self.hu.grid().shape();
        let grid = self.hu.grid().crop(bounds);
        Volume::from_fn(grid, |voxel| {
            let at = [0, 1, 2].map(|a| voxel[a] + bounds.min[a]);
            let around = IndexBox { min: at, max: at }.grown([1; 3], shape);
            let n = around.shape().iter().product::<usize>() as f32;
            let sum: i32 = around.voxels().map(|v| i32::from(self.hu[v])).sum();
            sum as f32 / n
        })
    }

    /// The voxels of a box, by its own indices, that fulfil a condition on the scene's index.
    pub(crate) fn select(&self, bounds: IndexBox, keep: impl Fn([usize; 3]) -> bool) -> Mask {
        Mask::from_fn(self.hu.grid().crop(bounds), |voxel| {
            keep([0, 1, 2].map(|a| voxel[a] + bounds.min[a]))
        })
    }
}

/// One connected part of a mask.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub(crate) mask: Mask,
    pub(crate) volume_ml: f64,
    pub(crate) center: Point3<f64>,
}

/// The connected parts of at least `least_ml`, largest first.
pub(crate) fn parts(mask: &Mask, connectivity: Connectivity, least_ml: f64) -> Vec<Part> {
    let Components {
        labels,
        boxes,
        counts,
    } = label_components(mask, connectivity);
    let voxel_ml = mask.grid().voxel_volume_ml();
    let mut found: Vec<Part> = (1_u32..)
        .zip(boxes.iter().zip(counts))
        .filter(|(_, (_, count))| *count as f64 * voxel_ml >= least_ml)
        .filter_map(|(label, (bounds, count))| {
            let mask = labels.crop(*bounds).map(|l| *l == label);
            Some(Part {
                center: mask.centroid()?,
                volume_ml: count as f64 * voxel_ml,
                mask,
            })
        })
        .collect();
    found.sort_by(|a, b| b.volume_ml.total_cmp(&a.volume_ml));
    found
}

/// A mask on a grid with `steps` voxels more on every side, as far as `within` has them.
pub(crate) fn padded(mask: &Mask, steps: usize, within: &Mask) -> Mask {
    let Some(at) = within.grid().voxel_at(mask.grid().origin()) else {
        return mask.clone();
    };
    let shape = mask.grid().shape();
    let bounds = IndexBox {
        min: at,
        max: [0, 1, 2].map(|a| at[a] + shape[a] - 1),
    };
    let room = bounds.grown([steps; 3], within.grid().shape());
    let offset = [0, 1, 2].map(|a| bounds.min[a] - room.min[a]);
    let mut out = Mask::empty(within.grid().crop(room));
    for voxel in mask.voxels() {
        out[[0, 1, 2].map(|a| voxel[a] + offset[a])] = true;
    }
    out
}

/// A mask grown by `steps` voxels on every side, as far as `within` reaches.
pub(crate) fn grown(mask: &Mask, steps: usize, within: &Mask) -> Mask {
    let room = padded(mask, steps, within);
    let shape = room.grid().shape();
    let mut out = Mask::empty(room.grid().clone());
    for voxel in room.voxels() {
        let around = IndexBox {
            min: voxel,
            max: voxel,
        };
        for near in around.grown([steps; 3], shape).voxels() {
            out[near] = true;
        }
    }
    out
}

/// Values of a volume at the voxels of a mask on a part of its grid, sorted.
pub(crate) fn values_in(mask: &Mask, volume: &Volume<f32>) -> Vec<f32> {
    let Some(at) = volume.grid().voxel_at(mask.grid().origin()) else {
        return Vec::new();
    };
    let mut values: Vec<f32> = mask
        .voxels()
        .map(|v| volume[[0, 1, 2].map(|a| v[a] + at[a])])
        .collect();
    values.sort_by(f32::total_cmp);
    values
}

/// A quantile of sorted values; 0 of none.
pub(crate) fn quantile(sorted: &[f32], share: f64) -> f64 {
    let last = sorted.len().saturating_sub(1);
    let place = (share * last as f64).round() as usize;
    sorted.get(place).copied().map_or(0.0, f64::from)
}
