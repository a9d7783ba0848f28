//! The scanner's blur: a separable Gaussian on a finer lattice, averaged into the voxels.

use rayon::prelude::*;

use crate::lattice::Lattice;
use crate::scene::{Channel, Painter, Scene};

/// FWHM over standard deviation of a Gaussian, 2√(2 ln 2).
pub(crate) const FWHM_PER_SIGMA: f64 = 2.354_820_045_030_949_3;

/// Parts of a voxel are at most this many standard deviations wide. A sphere's edge is then off by
/// some thousandths of its contrast, which the tests hold against the formula.
const WIDEST_PART_SIGMAS: f64 = 0.7;

/// The kernel ends here; beyond lies 3e-5 of a Gaussian.
const CUT_SIGMAS: f64 = 4.0;

/// Weights that take parts of voxels to blurred voxel means along one side.
struct Taps {
    /// Parts per voxel.
    factor: usize,
    /// Parts needed before the first voxel and after the last.
    pad: usize,
    /// For voxel `n`, the weight of part `n·factor + m` of the padded lattice.
    weights: Vec<f32>,
}

impl Taps {
    fn new(spacing_mm: f64, sigma_mm: f64) -> Self {
        if sigma_mm <= 0.0 {
            return Self {
                factor: 1,
                pad: 0,
                weights: vec![1.0],
            };
        }
        let factor = (spacing_mm / (WIDEST_PART_SIGMAS * sigma_mm))
            .ceil()
            .max(1.0) as usize;
        let part = spacing_mm / factor as f64;
        let pad = (CUT_SIGMAS * sigma_mm / part).ceil() as usize;
        let gauss: Vec<f64> = (-(pad as i64)..=pad as i64)
            .map(|m| (-0.5 * (m as f64 * part / sigma_mm).powi(2)).exp())
            .collect();
        let total: f64 = gauss.iter().sum::<f64>() * factor as f64;
        let mut weights = vec![0.0; 2 * pad + factor];
        for first in 0..factor {
            for (m, g) in gauss.iter().enumerate() {
                weights[first + m] += g / total;
            }
        }
        Self {
            factor,
            pad,
            weights: weights.into_iter().map(|w| w as f32).collect(),
        }
    }
}

/// The uptake of `scene` on `lattice` as a scanner with this point spread sees it, without noise:
/// for every voxel the mean over its volume of the blurred truth. Nothing is lost at the border,
/// since the scene goes on beyond it.
pub(crate) fn blurred_uptake(scene: &Scene, lattice: &Lattice, fwhm_mm: f64) -> Vec<f32> {
    let sigma = fwhm_mm / FWHM_PER_SIGMA;
    let taps = lattice.spacing().map(|s| Taps::new(s, sigma));
    let fine = lattice.refined(
        [0, 1, 2].map(|a| taps[a].factor),
        [0, 1, 2].map(|a| taps[a].pad),
    );
    let painter = Painter::new(scene, &fine, Channel::Suv, 0.0);
    let [nk, nj, ni] = lattice.shape;
    let mut thin = vec![0.0_f32; fine.shape[0] * nj * ni];
    thin.par_chunks_mut(nj * ni)
        .enumerate()
        .for_each(|(k, out)| {
            let rows = along_rows(&painter.slice(k), fine.shape[2], ni, &taps[2]);
            along_columns(&rows, ni, &taps[1], out);
        });
    let mut out = vec![0.0_f32; nk * nj * ni];
    out.par_chunks_mut(nj * ni)
        .enumerate()
        .for_each(|(k, slice)| {
            for (m, w) in taps[0].weights.iter().enumerate() {
                let from = (k * taps[0].factor + m) * nj * ni;
                accumulate(slice, &thin[from..from + nj * ni], *w);
            }
        });
    out
}

fn accumulate(out: &mut [f32], values: &[f32], weight: f32) {
    for (o, v) in out.iter_mut().zip(values) {
        *o += weight * v;
    }
}

fn along_rows(image: &[f32], width: usize, ni: usize, taps: &Taps) -> Vec<f32> {
    let mut out = Vec::with_capacity(image.len() / width * ni);
    for row in image.chunks_exact(width) {
        out.extend((0..ni).map(|i| {
            let parts = &row[i * taps.factor..];
            taps.weights
                .iter()
                .zip(parts)
                .map(|(w, v)| w * v)
                .sum::<f32>()
        }));
    }
    out
}

fn along_columns(rows: &[f32], ni: usize, taps: &Taps, out: &mut [f32]) {
    for (j, line) in out.chunks_exact_mut(ni).enumerate() {
        for (m, w) in taps.weights.iter().enumerate() {
            let from = (j * taps.factor + m) * ni;
            accumulate(line, &rows[from..from + ni], *w);
        }
    }
}
