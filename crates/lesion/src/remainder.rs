//! Hot ground that an outline leaves out.

use isoboost_volume::{Connectivity, Mask, Volume, distance_outside, label_components};

use crate::measure::highest;
use crate::outline::{Outline, box_of};

/// The rim that the blur puts around an outline at a share of its maximum, mm: a bladder of SUV 60
/// reaches down to SUV 3 in 5 mm at a FWHM of 6 mm.
const RIM_MM: f32 = 5.0;
/// What reaches further than this from the outline is no rim, mm.
const BEYOND_MM: f32 = 12.0;

/// A part of a basin that its outline leaves out.
#[derive(Debug)]
pub(crate) struct Remainder {
    pub(crate) voxels: Vec<[usize; 3]>,
    /// Whether it rises again beyond the rim, and so is ground of its own; else it slopes down from
    /// the outline.
    pub(crate) is_hill: bool,
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
    parts
        .into_iter()
        .filter(|part| part.iter().filter(|v| is_beyond(v)).count() >= least.max(1))
        .map(|voxels| Remainder {
            is_hill: is_beyond(&highest(&voxels, |v| f64::from(suv[v]))),
            voxels,
        })
        .collect()
}
