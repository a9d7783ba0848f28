//! The voxels that elective volumes are drawn on: the part of the reference grid that they need,
//! each voxel divided into an odd number of finer ones.

use isoboost_volume::{
    Connectivity, Grid, IndexBox, Mask, distance_outside, label_components, resample_trilinear,
    signed_distance,
};
use nalgebra::{Point3, Vector3};
use rayon::prelude::*;

use crate::region::Growth;

/// Side of the finer voxels that is aimed at, mm. An odd number of them makes up a voxel of the
/// reference grid, so that the middle one has its centre, and what holds for the one holds for the
/// other.
const AIM_MM: f64 = 1.5;
/// How far inside a vessel's surface the nearest voxel centre lies on average, in voxels: what a
/// margin measured between centres falls short by; found over capsules of 4 to 6 mm radius.
const CENTER_DEPTH_VOXELS: f64 = 0.2;
/// What lies nearer to a border than this is on it, mm.
const TIE_MM: f64 = 1e-6;
/// A mask is smoothed between its voxels; half of it is its border.
const BORDER: f32 = 0.5;

/// A part of the reference grid with its finer voxels.
#[derive(Debug)]
pub(super) struct Canvas<'a> {
    reference: &'a Grid,
    bounds: IndexBox,
    parts: [usize; 3],
    coarse: Grid,
    fine: Grid,
}

impl<'a> Canvas<'a> {
    /// The part around some points with a margin; `None` where it lies outside of the reference
    /// grid.
    pub(super) fn around(reference: &'a Grid, points: &[Point3<f64>], mm: f64) -> Option<Self> {
        let bounds = reference.box_around(points, mm)?;
        let coarse = reference.crop(bounds);
        let parts = coarse.spacing().map(odd_parts);
        let shape = [0, 1, 2].map(|a| coarse.shape()[a] * parts[a]);
        let spacing = [0, 1, 2].map(|a| coarse.spacing()[a] / parts[a] as f64);
        let first = parts.map(|p| (1.0 / p as f64 - 1.0) / 2.0);
        let fine = Grid::new(shape, spacing, coarse.lps_from_index(first), coarse.axes()).ok()?;
        Some(Self {
            reference,
            bounds,
            parts,
            coarse,
            fine,
        })
    }

    pub(super) fn fine(&self) -> &Grid {
        &self.fine
    }

    pub(super) fn empty(&self) -> Mask {
        Mask::empty(self.fine.clone())
    }

    /// Half the voxels along the patient's axis of height: what lies so near to a plane is on it.
    pub(super) fn slice_mm(&self) -> f64 {
        let axes = self.fine.axes();
        (0..3)
            .map(|a| axes[a].z.abs() * self.fine.spacing()[a])
            .fold(0.0, f64::max)
    }

    /// Sets the voxels around some points for which `is` holds.
    pub(super) fn set(
        &self,
        mask: &mut Mask,
        points: &[Point3<f64>],
        mm: f64,
        is: impl Fn(Point3<f64>) -> bool + Sync,
    ) {
        self.write(mask, points, mm, true, is);
    }

    /// Clears them.
    pub(super) fn clear(
        &self,
        mask: &mut Mask,
        points: &[Point3<f64>],
        mm: f64,
        is: impl Fn(Point3<f64>) -> bool + Sync,
    ) {
        self.write(mask, points, mm, false, is);
    }

    fn write(
        &self,
        mask: &mut Mask,
        points: &[Point3<f64>],
        mm: f64,
        value: bool,
        is: impl Fn(Point3<f64>) -> bool + Sync,
    ) {
        let Some(room) = self.fine.box_around(points, mm) else {
            return;
        };
        let [_, nj, ni] = self.fine.shape();
        let slices = mask.as_mut_slice().par_chunks_mut(nj * ni).enumerate();
        let inside = slices.filter(|(k, _)| (room.min[0]..=room.max[0]).contains(k));
        inside.for_each(|(k, slice)| {
            for j in room.min[1]..=room.max[1] {
                for i in room.min[2]..=room.max[2] {
                    let place = &mut slice[j * ni + i];
                    if *place != value && is(self.fine.center_of([k, j, i])) {
                        *place = value;
                    }
                }
            }
        });
    }

    /// Sets what an organ fills, its border smoothed between its voxels.
    pub(super) fn paint(&self, mask: &mut Mask, organ: &Mask) {
        let slack = largest(organ.grid().spacing());
        let Some(room) = self.fine.box_around(&organ.grid().corners(), slack) else {
            return;
        };
        let onto = self.fine.crop(room);
        let near = organ.grid().box_around(&onto.corners(), 2.0 * slack);
        let Some(near) = near else {
            return;
        };
        let crop = organ.crop(near).map(|set| f32::from(u8::from(*set)));
        let share = resample_trilinear(&crop, &onto, 0.0);
        for voxel in share.map(|s| *s >= BORDER).voxels() {
            mask[[0, 1, 2].map(|a| voxel[a] + room.min[a])] = true;
        }
    }

    /// Sets what a vessel fills, by the distance from its border: it runs on straight from slice to
    /// slice, and not by steps.
    pub(super) fn paint_smooth(&self, mask: &mut Mask, vessel: &Mask) {
        let slack = largest(vessel.grid().spacing());
        let Some(bounds) = vessel.bounding_box() else {
            return;
        };
        let crop = vessel.crop(bounds.grown([1; 3], vessel.grid().shape()));
        let Some(room) = self.fine.box_around(&crop.grid().corners(), slack) else {
            return;
        };
        let depth = signed_distance(&crop);
        // A vessel that fills its grid has no border in it.
        let depth = resample_trilinear(&depth, &self.fine.crop(room), f32::INFINITY);
        for voxel in depth.map(|d| *d <= 0.0).voxels() {
            mask[[0, 1, 2].map(|a| voxel[a] + room.min[a])] = true;
        }
    }

    /// Sets the voxels whose centre lies in a voxel of an organ, or on its border: rounding must not
    /// decide on centres that lie between two voxels.
    pub(super) fn paint_cells(&self, mask: &mut Mask, organ: &Mask) {
        let slack = largest(organ.grid().spacing());
        let tie = Vector3::repeat(TIE_MM);
        self.set(mask, &organ.grid().corners(), slack, |p| {
            organ.contains(p - tie) || organ.contains(p + tie)
        });
    }

    /// What lies within a distance of a mask, mm from its surface.
    pub(super) fn grown(&self, mask: &Mask, mm: f64) -> Mask {
        let spacing = self.fine.spacing();
        let depth = CENTER_DEPTH_VOXELS * spacing.iter().sum::<f64>() / 3.0;
        let reach = (mm + depth) as f32;
        distance_outside(mask).map(|d| *d <= reach)
    }

    /// Only the connected parts of at least `least_ml`, or that hold a voxel of `core`.
    pub(super) fn without_slivers(&self, mask: &Mask, core: &Mask, least_ml: f64) -> Mask {
        let components = label_components(mask, Connectivity::Six);
        let labels = &components.labels;
        let least = least_ml / self.fine.voxel_volume_ml();
        let counts = components.counts.iter().map(|n| *n as f64 >= least);
        let mut keep: Vec<bool> = std::iter::once(false).chain(counts).collect();
        for voxel in core.voxels().filter(|v| mask[*v]) {
            keep[labels[voxel] as usize] = true;
        }
        labels.map(|label| keep[*label as usize])
    }

    /// The region of a mask on the reference grid: a voxel belongs to it where its centre does and
    /// is not forbidden. `None` where there is none.
    pub(super) fn region(
        &self,
        fine: Mask,
        is_forbidden: impl Fn(Point3<f64>) -> bool,
    ) -> Option<Growth> {
        let middle = |v: [usize; 3]| [0, 1, 2].map(|a| v[a] * self.parts[a] + self.parts[a] / 2);
        let mask = Mask::from_fn(self.coarse.clone(), |v| {
            fine[middle(v)] && !is_forbidden(self.coarse.center_of(v))
        });
        (!mask.is_empty()).then(|| Growth::of_masks(self.reference, self.bounds, fine, mask))
    }
}

fn odd_parts(mm: f64) -> usize {
    let off = |n: &usize| (mm / *n as f64 - AIM_MM).abs();
    let parts = [1_usize, 3, 5, 7, 9];
    let best = parts.into_iter().min_by(|a, b| off(a).total_cmp(&off(b)));
    best.unwrap_or(1)
}

fn largest(spacing: [f64; 3]) -> f64 {
    spacing.into_iter().fold(0.0, f64::max)
}
