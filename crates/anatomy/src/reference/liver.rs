//! Where in the liver its uptake is measured.

use isoboost_volume::Volume;

use super::core::Core;
use super::statistics::{Statistics, middle_and_spread};

/// A voxel this many robust standard deviations from the organ's median is a lesion, a vessel or
/// the spill of a neighbour; of a Gaussian it is one in 16 000.
const STRANGE_SD: f64 = 4.0;
/// What the spread of an organ without noise is taken as, as a share of its median.
const LEAST_SPREAD: f64 = 0.02;
/// A place in the depth of the organ is worth this much deviation from its median more than one at
/// its rim.
const DEPTH_WORTH: f64 = 0.01;
/// Places that are compared at most: more are neighbours of each other.
const MOST_PLACES: usize = 3000;
/// Beyond this deviation from the organ's median a sphere does not stand for it.
const STANDS_FOR: f64 = 0.2;
/// From this deviation it is told.
const TOLD: f64 = 0.05;

/// A sphere and what to know of it.
pub(super) struct Sphere {
    pub(super) voxels: Vec<[usize; 3]>,
    pub(super) notes: Vec<String>,
}

/// The sphere in the right half of an organ that stands for it best: fully `rim_mm` inside, without
/// strange voxels, with the mean nearest to the organ's median, rather deep than shallow.
///
/// Its spread has no say in that: of the most even place the noise would be understated, and with
/// it thresholds made of it.
pub(super) fn sphere(
    core: &Core,
    suv: &Volume<f32>,
    radius_mm: f64,
    rim_mm: f64,
) -> Option<Sphere> {
    let grid = suv.grid();
    let all = core.voxels(rim_mm);
    let (median, spread) = middle_and_spread(suv, &all);
    let limit = STRANGE_SD * spread.max(LEAST_SPREAD * median);
    let strange = |v: [usize; 3]| (f64::from(suv[v]) - median).abs() > limit;
    let x = |v: &[usize; 3]| grid.center_of(*v).x;
    let half = all.iter().map(x).sum::<f64>() / all.len().max(1) as f64;
    let mut places = core.deep(radius_mm + rim_mm);
    places.retain(|(v, _)| x(v) <= half);
    let deepest = places.iter().map(|p| p.1).fold(f64::MIN_POSITIVE, f64::max);
    let offsets = offsets(suv, radius_mm);
    let voxels = |at: [usize; 3]| -> Vec<[usize; 3]> {
        let moved = offsets
            .iter()
            .map(|o| [0, 1, 2].map(|a| at[a].wrapping_add_signed(o[a])));
        // Deep inside the organ, which is inside the PET, nothing is outside.
        moved.collect()
    };
    let judged = places.iter().step_by(places.len() / MOST_PLACES + 1);
    let judged = judged.map(|(at, depth)| {
        let inside = voxels(*at);
        let n_strange = inside.iter().filter(|v| strange(**v)).count();
        let sum: f64 = inside.iter().map(|v| f64::from(suv[*v])).sum();
        let off = (sum / inside.len() as f64 / median - 1.0).abs();
        (
            n_strange,
            off + DEPTH_WORTH * (1.0 - depth / deepest),
            off,
            inside,
        )
    });
    let best = judged.reduce(|best, next| {
        let order = next.0.cmp(&best.0).then(next.1.total_cmp(&best.1));
        if order.is_lt() { next } else { best }
    });
    let (n_strange, _, off, voxels) = best?;
    if off.is_nan() || off > STANDS_FOR {
        return None;
    }
    let mut notes = Vec::new();
    if n_strange > 0 {
        notes.push(format!(
            "{n_strange} of its {} voxels are unlike the organ: no sphere is free of them",
            voxels.len()
        ));
    }
    if off > TOLD {
        let mean = Statistics::of(suv, &voxels).mean;
        notes.push(format!(
            "its mean of {mean:.1} is {:.0} % off the organ's median of {median:.1}",
            100.0 * off
        ));
    }
    Some(Sphere { voxels, notes })
}

/// The steps from a voxel to those whose centres lie within a radius of its own.
fn offsets(suv: &Volume<f32>, radius_mm: f64) -> Vec<[isize; 3]> {
    let spacing = suv.grid().spacing();
    let reach = spacing.map(|d| (radius_mm / d).floor() as isize);
    let mut offsets = Vec::new();
    for k in -reach[0]..=reach[0] {
        for j in -reach[1]..=reach[1] {
            for i in -reach[2]..=reach[2] {
                // Axes of a grid are orthogonal.
                let squares = [k, j, i].into_iter().zip(spacing);
                let square: f64 = squares.map(|(n, d)| (n as f64 * d).powi(2)).sum();
                if square <= radius_mm * radius_mm {
                    offsets.push([k, j, i]);
                }
            }
        }
    }
    offsets
}
