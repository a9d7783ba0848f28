//! Two images at one resolution: sampled points of the fixed one, all of the moving one.

use nalgebra::{Matrix3, Point3, Vector3};
use rayon::prelude::*;

use crate::{Grid, Mask, Volume, block_means};

/// What lies below is soft tissue, fat, gas or air and looks the same: fillings of bladder and
/// rectum, couch foam and where the arms lie have no say. HU, above muscle and blood without
/// contrast medium.
const SOFT_HU: f32 = 100.0;
/// What lies above is cortex or metal and looks the same.
const DENSE_HU: f32 = 700.0;
/// HU are cut to this range before they are averaged.
pub(super) const AVERAGED_HU: (i16, i16) = (-1024, 2000);

/// Points of the fixed image with their values.
#[derive(Debug, Clone)]
pub(super) struct Samples {
    /// Positions from the centre of rotation, mm.
    pub(super) offsets: Vec<Vector3<f64>>,
    pub(super) values: Vec<f32>,
}

/// A step of the pyramid.
#[derive(Debug)]
pub(super) struct Level {
    pub(super) samples: Samples,
    pub(super) moving: Field,
}

/// The moving image, ready to be sampled at positions in LPS.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) volume: Volume<f32>,
    /// Continuous index from LPS: `turn · (p - origin)`.
    pub(super) turn: Matrix3<f64>,
    pub(super) origin: Point3<f64>,
}

impl Field {
    pub(super) fn new(volume: Volume<f32>) -> Self {
        let (axes, spacing) = (volume.grid().axes(), volume.grid().spacing());
        let rows = [0, 1, 2].map(|a| (axes[a] / spacing[a]).transpose());
        Self {
            turn: Matrix3::from_rows(&rows),
            origin: volume.grid().origin(),
            volume,
        }
    }

    /// Value and gradient per voxel `[k, j, i]` at a continuous index; `None` outside of the
    /// outermost voxel centres.
    #[inline]
    pub(super) fn at(&self, index: Vector3<f64>) -> Option<(f32, Vector3<f32>)> {
        let [_, nj, ni] = self.volume.grid().shape();
        let shape = self.volume.grid().shape();
        let mut low = [0_usize; 3];
        let mut w = [0.0_f32; 3];
        for a in 0..3 {
            let last = shape[a] as f64 - 1.0;
            if !(index[a] >= 0.0 && index[a] < last) {
                return None;
            }
            low[a] = index[a] as usize;
            w[a] = (index[a] - low[a] as f64) as f32;
        }
        let first = (low[0] * nj + low[1]) * ni + low[2];
        let values = self.volume.as_slice();
        let row = |from: usize| (values[from], values[from + 1]);
        let rows = [
            row(first),
            row(first + ni),
            row(first + nj * ni),
            row(first + nj * ni + ni),
        ];
        let [a, b, c, d] = rows.map(|(x, y)| x + (y - x) * w[2]);
        let [da, db, dc, dd] = rows.map(|(x, y)| y - x);
        let mix = |x: f32, y: f32, w: f32| x + (y - x) * w;
        let (near, far) = (mix(a, b, w[1]), mix(c, d, w[1]));
        let gradient = Vector3::new(
            far - near,
            mix(b - a, d - c, w[0]),
            mix(mix(da, db, w[1]), mix(dc, dd, w[1]), w[0]),
        );
        Some((mix(near, far, w[0]), gradient))
    }
}

/// Blocks of voxels nearest to `aim_mm`.
pub(super) fn coarse(image: &Volume<i16>, aim_mm: f64) -> Volume<i16> {
    let factor = image
        .grid()
        .spacing()
        .map(|mm| (aim_mm / mm).round() as usize);
    block_means(image, factor, AVERAGED_HU)
}

/// HU with soft and dense tissue levelled.
pub(super) fn levelled(image: &Volume<i16>) -> Volume<f32> {
    image.map(|hu| f32::from(*hu).clamp(SOFT_HU, DENSE_HU))
}

/// The mean of each voxel with its neighbours, weighted 1, 2, 1 along each axis.
pub(super) fn smoothed(image: Volume<f32>) -> Volume<f32> {
    let [nk, nj, ni] = image.grid().shape();
    let strides = [(nk, nj * ni), (nj, ni), (ni, 1)];
    let mut image = image;
    for (n, stride) in strides {
        let before: Vec<f32> = image.as_slice().to_vec();
        let values = image.as_mut_slice().par_iter_mut().enumerate();
        values.for_each(|(at, value)| {
            let place = at / stride % n;
            let low = if place > 0 { at - stride } else { at };
            let high = if place + 1 < n { at + stride } else { at };
            *value = 0.25 * (before[low] + before[high]) + 0.5 * before[at];
        });
    }
    image
}

impl Samples {
    /// The voxels of an image inside `region`, at most about `most` of them, spread evenly. They
    /// are chosen by a fixed hash of their number: a regular stride would pick planes.
    pub(super) fn of(image: &Volume<f32>, region: &Mask, center: Point3<f64>, most: usize) -> Self {
        let grid: &Grid = image.grid();
        let inside: Vec<(usize, Point3<f64>)> = grid
            .full_box()
            .voxels()
            .enumerate()
            .map(|(n, voxel)| (n, grid.center_of(voxel)))
            .filter(|(_, p)| region.contains(*p))
            .collect();
        let share = most as f64 / inside.len().max(1) as f64;
        let chosen = inside.into_iter().filter(|(n, _)| hash_share(*n) < share);
        let (offsets, values) = chosen
            .map(|(n, p)| (p - center, image.as_slice()[n]))
            .unzip();
        Self { offsets, values }
    }

    /// Those for which `keep` holds.
    pub(super) fn filtered(&self, keep: impl Fn(&Vector3<f64>) -> bool) -> Self {
        let all = self.offsets.iter().zip(&self.values);
        let (offsets, values) = all.filter(|(p, _)| keep(p)).map(|(p, v)| (*p, *v)).unzip();
        Self { offsets, values }
    }
}

/// A number from 0 to below 1 that looks random, the same for the same `n` (the finaliser of
/// `SplitMix64`).
fn hash_share(n: usize) -> f64 {
    let mut x = (n as u64).wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((x ^ (x >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn value_and_gradient_of_a_plane_are_exact() {
        let grid = Grid::axis_aligned([5, 6, 7], [2.0; 3], Point3::origin()).unwrap();
        let plane = Volume::from_fn(grid, |[k, j, i]| 3.0 * k as f32 - 2.0 * j as f32 + i as f32);
        let field = Field::new(plane);
        let (value, gradient) = field.at(Vector3::new(1.25, 2.5, 4.75)).unwrap();
        assert!((value - (3.75 - 5.0 + 4.75)).abs() < 1e-5);
        assert!((gradient - Vector3::new(3.0, -2.0, 1.0)).norm() < 1e-5);
        assert!(field.at(Vector3::new(-0.1, 0.0, 0.0)).is_none());
        assert!(field.at(Vector3::new(0.0, 0.0, 6.0)).is_none());
    }

    #[test]
    fn samples_are_spread_and_bounded() {
        let grid = Grid::axis_aligned([20, 20, 20], [1.0; 3], Point3::origin()).unwrap();
        let region = Mask::from_fn(grid.clone(), |[k, ..]| k < 10);
        let image = Volume::from_fn(grid, |[k, ..]| k as f32);
        let samples = Samples::of(&image, &region, Point3::origin(), 1000);
        assert!((900..1100).contains(&samples.values.len()));
        let mean = samples.values.iter().sum::<f32>() / samples.values.len() as f32;
        assert!((mean - 4.5).abs() < 0.3, "{mean}");
    }
}
