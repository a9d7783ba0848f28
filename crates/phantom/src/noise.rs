//! Noise as a reconstruction leaves it: Gaussian, correlated over a few millimetres, the same for
//! a seed whatever the number of threads.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use rayon::prelude::*;

use crate::lattice::Lattice;
use crate::psf::FWHM_PER_SIGMA;

/// The kernel ends here; the field is scaled to unit variance with what is left of it.
const CUT_SIGMAS: f64 = 3.0;

/// Streams of the random generator, so that PET and CT of one seed are independent.
const PET_STREAM: u64 = 1 << 32;
const CT_STREAM: u64 = 2 << 32;

/// Independent normal numbers of one plane; every plane has its own stream.
fn white(seed: u64, stream: u64, count: usize) -> Vec<f32> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(stream);
    (0..count)
        .map(|_| StandardNormal.sample(&mut rng))
        .collect()
}

/// A Gaussian whose squares sum to one, which keeps the variance of white noise.
fn kernel(spacing_mm: f64, fwhm_mm: f64) -> Vec<f32> {
    let sigma = fwhm_mm / FWHM_PER_SIGMA / spacing_mm;
    if sigma <= 0.0 {
        return vec![1.0];
    }
    let reach = (CUT_SIGMAS * sigma).ceil() as i64;
    let g: Vec<f64> = (-reach..=reach)
        .map(|m| (-0.5 * (m as f64 / sigma).powi(2)).exp())
        .collect();
    let power = g.iter().map(|v| v * v).sum::<f64>().sqrt();
    g.into_iter().map(|v| (v / power) as f32).collect()
}

/// One plane of `shape` filtered in both directions; the white plane is larger by the kernels.
fn filtered_plane(seed: u64, stream: u64, shape: [usize; 2], kernels: [&[f32]; 2]) -> Vec<f32> {
    let [nj, ni] = shape;
    let width = ni + kernels[1].len() - 1;
    let height = nj + kernels[0].len() - 1;
    let plane = white(seed, stream, width * height);
    let mut rows = vec![0.0_f32; height * ni];
    for (row, out) in plane.chunks_exact(width).zip(rows.chunks_exact_mut(ni)) {
        for (m, w) in kernels[1].iter().enumerate() {
            for (o, v) in out.iter_mut().zip(&row[m..]) {
                *o += w * v;
            }
        }
    }
    let mut out = vec![0.0_f32; nj * ni];
    for (j, line) in out.chunks_exact_mut(ni).enumerate() {
        for (m, w) in kernels[0].iter().enumerate() {
            for (o, v) in line.iter_mut().zip(&rows[(j + m) * ni..]) {
                *o += w * v;
            }
        }
    }
    out
}

/// Adds PET noise to noise-free SUV: its standard deviation is `relative`·√SUV (Poisson-like,
/// `relative` being the coefficient of variation where the SUV is 1), its correlation that of a
/// Gaussian of `fwhm_mm`. Activity stays at or above zero.
pub(crate) fn add_pet_noise(
    suv: &mut [f32],
    lattice: &Lattice,
    relative: f64,
    fwhm_mm: f64,
    seed: u64,
) {
    if relative <= 0.0 {
        return;
    }
    let [nk, nj, ni] = lattice.shape;
    let kernels = lattice.spacing().map(|s| kernel(s, fwhm_mm));
    let planes: Vec<Vec<f32>> = (0..nk + kernels[0].len() - 1)
        .into_par_iter()
        .map(|k| {
            let stream = PET_STREAM + k as u64;
            filtered_plane(seed, stream, [nj, ni], [&kernels[1], &kernels[2]])
        })
        .collect();
    suv.par_chunks_mut(nj * ni)
        .enumerate()
        .for_each(|(k, slice)| {
            let mut field = vec![0.0_f32; nj * ni];
            for (m, w) in kernels[0].iter().enumerate() {
                for (o, v) in field.iter_mut().zip(&planes[k + m]) {
                    *o += w * v;
                }
            }
            for (value, noise) in slice.iter_mut().zip(field) {
                *value = (*value + relative as f32 * value.sqrt() * noise).max(0.0);
            }
        });
}

/// CT numbers rounded to whole HU with noise of standard deviation `sigma_hu` over them,
/// correlated within a slice over `fwhm_mm`. CT numbers stay between −1024 and 3071.
pub(crate) fn ct_with_noise(
    hu: &[f32],
    lattice: &Lattice,
    sigma_hu: f64,
    fwhm_mm: f64,
    seed: u64,
) -> Vec<i16> {
    let [_, nj, ni] = lattice.shape;
    let kernels = lattice.spacing().map(|s| kernel(s, fwhm_mm));
    let mut out = vec![0_i16; hu.len()];
    out.par_chunks_mut(nj * ni)
        .zip(hu.par_chunks(nj * ni))
        .enumerate()
        .for_each(|(k, (out, slice))| {
            let noise = if sigma_hu > 0.0 {
                let stream = CT_STREAM + k as u64;
                filtered_plane(seed, stream, [nj, ni], [&kernels[1], &kernels[2]])
            } else {
                vec![0.0; nj * ni]
            };
            for ((o, v), n) in out.iter_mut().zip(slice).zip(noise) {
                *o = (v + n * sigma_hu as f32).round().clamp(-1024.0, 3071.0) as i16;
            }
        });
    out
}
