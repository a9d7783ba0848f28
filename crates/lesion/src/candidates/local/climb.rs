//! The hill around a maximum, from the top down.

use std::cmp::Ordering;
use std::collections::{BTreeSet, BinaryHeap};

use isoboost_volume::Volume;

use crate::watershed::neighbours;

/// Higher ground is looked for as far as this from a maximum: as far as a focus and the growth of
/// its outline reach together, so that a level found here does not lead an outline astray.
const SEARCH_MM: f64 = 24.0;

/// The hill of a maximum.
pub(super) struct Descent {
    /// Its voxels within reach, in array order.
    pub(super) voxels: Vec<[usize; 3]>,
    /// The highest level at which it touches something higher, if above the level asked for.
    pub(super) saddle: Option<f64>,
}

/// A voxel to go on from; the highest is next, of equals the first in the array.
#[derive(PartialEq)]
struct Next(f32, [usize; 3]);

impl Eq for Next {}

impl Ord for Next {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_value = self.0.total_cmp(&other.0);
        by_value.then_with(|| other.1.cmp(&self.1))
    }
}

impl PartialOrd for Next {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Floods downhill from a maximum to `level`, always on from the highest voxel reached. A voxel above the maximum (or its equal and before it in the array) belongs to
/// another hill: the lowest voxel on the way there is the saddle, and only what lies above it is
/// this hill. Of the hill only the part within `reach_mm` is told.
pub(super) fn descend(suv: &Volume<f32>, top: [usize; 3], level: f64, reach_mm: f64) -> Descent {
    let grid = suv.grid();
    let start = Next(suv[top], top);
    let spacing = grid.spacing();
    let is_within = |reach_mm: f64, voxel: [usize; 3]| {
        let way = [0, 1, 2].map(|a| (voxel[a] as f64 - top[a] as f64) * spacing[a]);
        way.iter().map(|w| w * w).sum::<f64>() <= reach_mm * reach_mm
    };
    let mut seen = BTreeSet::from([top]);
    let mut queue = BinaryHeap::from([Next(suv[top], top)]);
    let mut hill: Vec<Next> = Vec::new();
    let mut lowest = suv[top];
    let mut saddle = None;
    while let Some(next) = queue.pop() {
        if next > start {
            saddle = Some(lowest);
            break;
        }
        lowest = lowest.min(next.0);
        let around = neighbours(next.1, grid.shape());
        for voxel in around.filter(|v| is_within(SEARCH_MM, *v) && f64::from(suv[*v]) >= level) {
            if seen.insert(voxel) {
                queue.push(Next(suv[voxel], voxel));
            }
        }
        hill.push(next);
    }
    let above = hill
        .into_iter()
        .filter(|next| saddle.is_none_or(|saddle| next.0 > saddle));
    let near = above.map(|next| next.1).filter(|v| is_within(reach_mm, *v));
    let mut voxels: Vec<[usize; 3]> = near.collect();
    voxels.sort_unstable();
    Descent {
        voxels,
        saddle: saddle.map(f64::from),
    }
}
