//! Mean and spread of voxels.

use isoboost_volume::Volume;
use nalgebra::Point3;

/// A robust standard deviation is this times the median distance from the median.
const SD_PER_MEDIAN_DISTANCE: f64 = 1.4826;
/// Voxels this many robust standard deviations from the median are no part of the organ.
const TRIMMED_BEYOND: f64 = 3.0;
/// Trimming ends when nothing is left out any more, at the latest after as many rounds.
const MOST_ROUNDS: usize = 8;

/// What is told of a set of voxels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Statistics {
    pub(super) mean: f64,
    pub(super) sd: f64,
    pub(super) max: f64,
    pub(super) n_voxels: usize,
    pub(super) volume_ml: f64,
    pub(super) center: Point3<f64>,
}

impl Statistics {
    /// Of at least one voxel; the standard deviation is that of the voxels themselves.
    pub(super) fn of(suv: &Volume<f32>, voxels: &[[usize; 3]]) -> Self {
        let n = voxels.len().max(1) as f64;
        let value = |v: &[usize; 3]| f64::from(suv[*v]);
        let mean = voxels.iter().map(value).sum::<f64>() / n;
        let squares = voxels.iter().map(|v| (value(v) - mean).powi(2));
        let variance = squares.sum::<f64>() / n;
        let index = [0, 1, 2].map(|a| voxels.iter().map(|v| v[a] as f64).sum::<f64>() / n);
        Self {
            mean,
            sd: variance.sqrt(),
            max: voxels.iter().map(value).fold(f64::MIN, f64::max),
            n_voxels: voxels.len(),
            volume_ml: voxels.len() as f64 * suv.grid().voxel_volume_ml(),
            center: suv.grid().lps_from_index(index),
        }
    }
}

/// The voxels without those beyond three robust standard deviations of the median, again and again
/// until none is left out: a lesion, a vessel, the spill of a neighbour.
///
/// Of Gaussian noise this takes 0.3 % of the voxels and 1 to 2 % of the standard deviation; the
/// mean stays.
pub(super) fn trimmed(suv: &Volume<f32>, voxels: &[[usize; 3]]) -> Vec<[usize; 3]> {
    let mut kept = voxels.to_vec();
    for _ in 0..MOST_ROUNDS {
        let (median, spread) = middle_and_spread(suv, &kept);
        let before = kept.len();
        kept.retain(|v| (f64::from(suv[*v]) - median).abs() <= TRIMMED_BEYOND * spread);
        if kept.len() == before {
            break;
        }
    }
    kept
}

/// The median SUV and the robust standard deviation; 0 of none.
pub(super) fn middle_and_spread(suv: &Volume<f32>, voxels: &[[usize; 3]]) -> (f64, f64) {
    let mut values: Vec<f32> = voxels.iter().map(|v| suv[*v]).collect();
    let median = middle(&mut values);
    for value in &mut values {
        *value = (*value - median).abs();
    }
    let spread = SD_PER_MEDIAN_DISTANCE * f64::from(middle(&mut values));
    (f64::from(median), spread)
}

/// The SUV that a share of the voxels lies below; 0 of none.
pub(super) fn quantile(suv: &Volume<f32>, voxels: &[[usize; 3]], share: f64) -> f64 {
    let mut values: Vec<f32> = voxels.iter().map(|v| suv[*v]).collect();
    let at = (share * values.len() as f64) as usize;
    nth(&mut values, at)
}

fn middle(values: &mut [f32]) -> f32 {
    let at = values.len() / 2;
    nth(values, at) as f32
}

fn nth(values: &mut [f32], at: usize) -> f64 {
    if values.is_empty() {
        return 0.0;
    }
    let at = at.min(values.len() - 1);
    f64::from(*values.select_nth_unstable_by(at, f32::total_cmp).1)
}
