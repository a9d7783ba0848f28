//! Mean and spread of voxels.

use isoboost_volume::Volume;
use nalgebra::Point3;

/// A robust standard deviation is this times the median distance from the median.
const SD_PER_MEDIAN_DISTANCE: f64 = 1.4826;
/// Voxels this many robust standard deviations from the median are no part of the organ.
const TRIMMED_BEYOND: f64 = 3.0;

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

/// The voxels without those far from the median: a lesion, a vessel, the spill of a neighbour.
pub(super) fn trimmed(suv: &Volume<f32>, voxels: &[[usize; 3]]) -> Vec<[usize; 3]> {
    let middle = |mut values: Vec<f64>| -> f64 {
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied().unwrap_or(0.0)
    };
    let value = |v: &[usize; 3]| f64::from(suv[*v]);
    let median = middle(voxels.iter().map(value).collect());
    let distance = middle(voxels.iter().map(|v| (value(v) - median).abs()).collect());
    let limit = TRIMMED_BEYOND * SD_PER_MEDIAN_DISTANCE * distance;
    let near = |v: &&[usize; 3]| (value(v) - median).abs() <= limit;
    voxels.iter().filter(near).copied().collect()
}

/// The voxels of at least half of the maximum: of a gland, whose shape is not known better than its
/// uptake shows it.
pub(super) fn hot_half(suv: &Volume<f32>, voxels: &[[usize; 3]]) -> Vec<[usize; 3]> {
    let max = voxels.iter().map(|v| suv[*v]).fold(0.0, f32::max);
    let hot = voxels.iter().filter(|v| suv[**v] >= 0.5 * max);
    hot.copied().collect()
}

/// The median SUV of voxels; 0 of none.
pub(super) fn median(suv: &Volume<f32>, voxels: &[[usize; 3]]) -> f64 {
    let mut values: Vec<f32> = voxels.iter().map(|v| suv[*v]).collect();
    values.sort_by(f32::total_cmp);
    values.get(values.len() / 2).copied().map_or(0.0, f64::from)
}
