//! Hot ground that an outline leaves out.

use isoboost_volume::{Connectivity, Mask, Volume, distance_outside, label_components};

use crate::measure::highest;
use crate::outline::{Outline, box_of};

/// The rim that the blur puts around an outline at a share of its maximum, mm: a bladder of SUV 60
/// reaches down to SUV 3 in 5 mm at a FWHM of 6 mm.
const RIM_MM: f32 = 5.0;
/// What reaches further than this from the outline is no rim, mm.
const BEYOND_MM: f32 = 12.0;

/// More than this beyond the rim is no slope but another body, mL.
const OWN_ML: f64 = 5.0;

/// A part of a basin that its outline leaves out.
#[derive(Debug)]
pub(crate) struct Remainder {
    pub(crate) voxels: Vec<[usize; 3]>,
    /// Whether it is ground of its own, because it rises again beyond the rim or is as large as an
    /// organ; else it slopes down from the outline.
    pub(crate) own: bool,
}

/// The parts of a basin that an outline of its maximum leaves out and that are no rim of it: a liver
/// that hot bowel adjoins without a valley, an arm of uptake far fainter than its root.
///
/// Parts with fewer than `least` voxels beyond the rim are none.
pub(crate) fn parts(
    suv: &Volume<f32>,
    basin: &[[usize; 3]],
    outline: &Outline,
    least: usize,
) -> Vec<Remainder> {
    if basin.len() < outline.voxels.len() + least {
        return Vec::new();
    }
    let bounds = box_of(basin).union(&box_of(&outline.voxels));
    let at = |v: &[usize; 3]| [0, 1, 2].map(|a| v[a] - bounds.min[a]);
    let mut inside = Mask::empty(suv.grid().crop(bounds));
    for voxel in &outline.voxels {
        inside[at(voxel)] = true;
    }
    let distance = distance_outside(&inside);
    let is_beyond = |v: &[usize; 3]| distance[at(v)] > BEYOND_MM;
    if !basin.iter().any(is_beyond) {
        return Vec::new();
    }
    let mut left = Mask::empty(suv.grid().crop(bounds));
    for voxel in basin {
        left[at(voxel)] = distance[at(voxel)] > RIM_MM;
    }
    let regions = label_components(&left, Connectivity::TwentySix);
    let mut parts = vec![Vec::new(); regions.counts.len()];
    for voxel in basin {
        if let Some(n) = regions.labels[at(voxel)].checked_sub(1) {
            parts[n as usize].push(*voxel);
        }
    }
    let own_voxels = (OWN_ML / suv.grid().voxel_volume_ml()).ceil() as usize;
    let judged = parts.into_iter().filter_map(|voxels| {
        let n_beyond = voxels.iter().filter(|v| is_beyond(v)).count();
        if n_beyond < least.max(1) {
            return None;
        }
        if is_beyond(&highest(&voxels, |v| f64::from(suv[v]))) {
            return Some(Remainder { voxels, own: true });
        }
        let own = n_beyond >= own_voxels;
        // Its highest voxels are those that the outline spills into.
        let voxels = voxels.into_iter().filter(|v| !own || is_beyond(v));
        Some(Remainder {
            voxels: voxels.collect(),
            own,
        })
    });
    judged.collect()
}
