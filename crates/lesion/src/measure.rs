//! SUV statistics and extent of a set of voxels.

use isoboost_volume::{Grid, Volume};
use nalgebra::Point3;
use rayon::prelude::*;

use crate::focus::Measures;

/// Radius of a sphere of 1 mL, the volume of SUVpeak (Wahl 2009, PERCIST;
/// 10.2967/jnumed.108.057307).
pub const PEAK_SPHERE_RADIUS_MM: f64 = 6.203_504_908_994;

/// Sub-samples per voxel axis for the share of a voxel inside the sphere: 7³ points keep the
/// sphere's volume within 0.2 % on voxels of 2 to 5 mm.
const PEAK_SUBSAMPLES: usize = 7;

/// The voxels around a centre that a peak sphere covers, each with its share inside.
#[derive(Debug)]
pub(crate) struct PeakKernel {
    parts: Vec<([isize; 3], f64)>,
}

impl PeakKernel {
    pub(crate) fn new(grid: &Grid) -> Self {
        Self::with_samples(grid, PEAK_SUBSAMPLES)
    }

    /// A kernel with so many sub-samples per voxel axis; one is the rule of the IBSI, which counts
    /// a voxel when its centre lies in the sphere.
    pub(crate) fn with_samples(grid: &Grid, samples: usize) -> Self {
        let spacing = grid.spacing();
        let n = spacing.map(|s| (PEAK_SPHERE_RADIUS_MM / s + 0.5).ceil() as isize);
        let mut parts = Vec::new();
        for k in -n[0]..=n[0] {
            for j in -n[1]..=n[1] {
                for i in -n[2]..=n[2] {
                    let share = share_inside([k, j, i], spacing, samples);
                    if share > 0.0 {
                        parts.push(([k, j, i], share));
                    }
                }
            }
        }
        Self { parts }
    }

    /// Mean over the sphere around a voxel; what lies beyond the grid does not count.
    pub(crate) fn mean_at(&self, suv: &Volume<f32>, center: [usize; 3]) -> f64 {
        let shape = suv.grid().shape();
        let (mut sum, mut weight) = (0.0, 0.0);
        for (offset, share) in &self.parts {
            let mut voxel = [0; 3];
            let inside = (0..3).all(|a| {
                let place = center[a]
                    .checked_add_signed(offset[a])
                    .filter(|p| *p < shape[a]);
                place.map(|p| voxel[a] = p).is_some()
            });
            if inside {
                sum += share * f64::from(suv[voxel]);
                weight += share;
            }
        }
        sum / weight
    }
}

/// The share of the voxel at `offset` that lies inside the peak sphere around the origin voxel.
fn share_inside(offset: [isize; 3], spacing: [f64; 3], n: usize) -> f64 {
    let at =
        |a: usize, s: usize| (offset[a] as f64 + (s as f64 + 0.5) / n as f64 - 0.5) * spacing[a];
    let mut inside = 0;
    for s in 0..n * n * n {
        let (z, y, x) = (at(0, s / (n * n)), at(1, s / n % n), at(2, s % n));
        if x * x + y * y + z * z <= PEAK_SPHERE_RADIUS_MM * PEAK_SPHERE_RADIUS_MM {
            inside += 1;
        }
    }
    f64::from(inside) / (n * n * n) as f64
}

/// Measures the voxels of one focus; they are sorted in array order and at least one.
pub(crate) fn measure(suv: &Volume<f32>, voxels: &[[usize; 3]], kernel: &PeakKernel) -> Measures {
    let grid = suv.grid();
    let n = voxels.len() as f64;
    let mean = voxels.iter().map(|v| f64::from(suv[*v])).sum::<f64>() / n;
    let center = [0, 1, 2].map(|a| voxels.iter().map(|v| v[a] as f64).sum::<f64>() / n);
    let max_voxel = highest(voxels, |v| f64::from(suv[v]));
    let peaks: Vec<f64> = voxels.par_iter().map(|v| kernel.mean_at(suv, *v)).collect();
    let best = (0..voxels.len()).fold(0, |best, n| if peaks[n] > peaks[best] { n } else { best });
    let volume_ml = n * grid.voxel_volume_ml();
    Measures {
        suv_max: f64::from(suv[max_voxel]),
        suv_peak: peaks[best],
        suv_mean: mean,
        volume_ml,
        tl_psma: mean * volume_ml,
        longest_diameter_mm: longest_diameter(grid, voxels),
        centroid: grid.lps_from_index(center),
        max_at: grid.center_of(max_voxel),
        peak_at: grid.center_of(voxels[best]),
    }
}

/// The first of the voxels with the highest value.
pub(crate) fn highest(voxels: &[[usize; 3]], value: impl Fn([usize; 3]) -> f64) -> [usize; 3] {
    let first = voxels.first().copied().unwrap_or_default();
    voxels.iter().fold(
        first,
        |best, v| if value(*v) > value(best) { *v } else { best },
    )
}

/// Longest distance of two voxel centres plus the width of a voxel in that direction, mm.
fn longest_diameter(grid: &Grid, voxels: &[[usize; 3]]) -> f64 {
    let ends = row_ends(grid, voxels);
    let spacing = grid.spacing();
    let width = |direction: nalgebra::Vector3<f64>| -> f64 {
        (0..3)
            .map(|a| direction.dot(&grid.axes()[a]).powi(2) * spacing[a])
            .sum()
    };
    let longest = ends
        .par_iter()
        .enumerate()
        .map(|(n, a)| {
            let others = ends[n..].iter();
            others.fold((0.0, nalgebra::Vector3::zeros()), |best: (f64, _), b| {
                let step = b - a;
                let squared = step.norm_squared();
                if squared > best.0 {
                    (squared, step)
                } else {
                    best
                }
            })
        })
        .collect::<Vec<_>>()
        .into_iter()
        .fold((0.0, nalgebra::Vector3::zeros()), |a, b| {
            if b.0 > a.0 { b } else { a }
        });
    if longest.0 == 0.0 {
        return spacing.iter().copied().fold(0.0, f64::max);
    }
    let length = longest.0.sqrt();
    length + width(longest.1 / length)
}

/// Centres of the first and last voxel of each row: the farthest pair is always among them.
fn row_ends(grid: &Grid, voxels: &[[usize; 3]]) -> Vec<Point3<f64>> {
    let same_row = |a: &[usize; 3], b: &[usize; 3]| a[..2] == b[..2];
    let mut ends = Vec::new();
    for row in voxels.chunk_by(same_row) {
        ends.push(grid.center_of(row[0]));
        if row.len() > 1 {
            ends.push(grid.center_of(row[row.len() - 1]));
        }
    }
    ends
}
