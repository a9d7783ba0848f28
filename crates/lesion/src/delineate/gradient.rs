//! The border at the steepest fall of the SUV.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use isoboost_volume::{Mask, Volume};

use crate::outline::Outline;
use crate::refine::halved;
use crate::watershed::neighbours;

use super::{NoOutline, Territory, at_threshold, terrain};

/// From this share of the height above background a voxel is surely core, below that one surely
/// background: the border of a blurred ball of any size lies between (30 to 50 %).
const CORE: f64 = 0.8;
const OUTSIDE: f64 = 0.15;

/// One of the two basins of the gradient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Basin {
    Open,
    Core,
    Outside,
}

/// A voxel waiting to be flooded: the flattest first.
#[derive(Debug, PartialEq)]
struct Waiting {
    steepness: f32,
    voxel: [usize; 3],
    basin: Basin,
}

impl Eq for Waiting {}

impl Ord for Waiting {
    fn cmp(&self, other: &Self) -> Ordering {
        let flattest = other.steepness.total_cmp(&self.steepness);
        flattest.then_with(|| other.voxel.cmp(&self.voxel))
    }
}

impl PartialOrd for Waiting {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The isocontour at the mean SUV of the gradient's watershed between the core of the focus and its
/// background, found on a lattice of half the spacing: a watershed runs along voxels and has no
/// place between them, its level has.
pub(super) fn outline(territory: &Territory<'_>, rule: String) -> Result<Outline, NoOutline> {
    let background = terrain::background(territory)?;
    let height = territory.suv_max() - background;
    if height <= 0.0 {
        return Err("does not stand out of its background".to_owned());
    }
    let (own, bounds) = terrain::own_image(territory, background);
    let whole = own.grid().full_box();
    let fine = halved(&own, whole).map_err(|error| error.to_string())?;
    let steepness = gradient(&fine);
    let start = [0, 1, 2].map(|a| 2 * (territory.max_voxel[a] - bounds.min[a]));
    let level = |share: f64| (background + share * height) as f32;
    let core = flood(&fine, &steepness, start, level(CORE), level(OUTSIDE));
    let threshold =
        mean_at_border(&core, &fine).ok_or_else(|| "finds no border around its core".to_owned())?;
    at_threshold(territory, threshold, rule)
}

/// Length of the gradient, SUV per mm, by central differences.
fn gradient(image: &Volume<f32>) -> Volume<f32> {
    let (shape, spacing) = (image.grid().shape(), image.grid().spacing());
    Volume::from_fn(image.grid().clone(), |voxel| {
        let squared = (0..3).map(|a| {
            let (mut before, mut after) = (voxel, voxel);
            before[a] = voxel[a].saturating_sub(1);
            after[a] = (voxel[a] + 1).min(shape[a] - 1);
            let steps = (after[a] - before[a]).max(1) as f64;
            (f64::from(image[after] - image[before]) / (steps * spacing[a])).powi(2)
        });
        squared.sum::<f64>().sqrt() as f32
    })
}

/// The voxels of the core's basin.
fn flood(
    image: &Volume<f32>,
    steepness: &Volume<f32>,
    start: [usize; 3],
    core: f32,
    outside: f32,
) -> Mask {
    let shape = image.grid().shape();
    let mut basins = Volume::filled(image.grid().clone(), Basin::Open);
    let mut queue = BinaryHeap::new();
    // Only the part of the core that holds the maximum: what else is hot is another focus.
    let mut waiting = vec![start];
    basins[start] = Basin::Core;
    while let Some(voxel) = waiting.pop() {
        for next in neighbours(voxel, shape) {
            if basins[next] == Basin::Open && image[next] >= core {
                basins[next] = Basin::Core;
                waiting.push(next);
            }
        }
    }
    let is_edge = |v: [usize; 3]| (0..3).any(|a| v[a] == 0 || v[a] == shape[a] - 1);
    for voxel in image.grid().full_box().voxels() {
        if basins[voxel] == Basin::Open && (image[voxel] <= outside || is_edge(voxel)) {
            basins[voxel] = Basin::Outside;
        }
    }
    let push = |queue: &mut BinaryHeap<Waiting>, basins: &Volume<Basin>, voxel: [usize; 3]| {
        for next in neighbours(voxel, shape).filter(|n| basins[*n] == Basin::Open) {
            queue.push(Waiting {
                steepness: steepness[next],
                voxel: next,
                basin: basins[voxel],
            });
        }
    };
    for voxel in image.grid().full_box().voxels() {
        if basins[voxel] != Basin::Open {
            push(&mut queue, &basins, voxel);
        }
    }
    while let Some(Waiting { voxel, basin, .. }) = queue.pop() {
        if basins[voxel] == Basin::Open {
            basins[voxel] = basin;
            push(&mut queue, &basins, voxel);
        }
    }
    basins.map(|basin| *basin == Basin::Core)
}

/// Mean of an image at the border of a mask, halfway between the voxels on both sides of it.
fn mean_at_border(mask: &Mask, image: &Volume<f32>) -> Option<f64> {
    let shape = mask.grid().shape();
    let (mut sum, mut n) = (0.0, 0.0);
    for voxel in mask.grid().full_box().voxels() {
        for a in 0..3 {
            let mut next = voxel;
            next[a] += 1;
            if next[a] < shape[a] && mask[next] != mask[voxel] {
                sum += f64::from(image[voxel] + image[next]) / 2.0;
                n += 1.0;
            }
        }
    }
    (n > 0.0).then(|| sum / n)
}
