//! Finding rules on images with known answers.

mod local;
mod thresholds;
mod tissue;

use isoboost_volume::{Grid, Mask, Volume};
use nalgebra::Point3;

use crate::{
    FindingRule, FoundFoci, LesionConfig, Level, ReferenceLevels, Surroundings, find_uptake,
};

/// A voxel in soft tissue and one in bone.
const SOFT: [usize; 3] = [25, 25, 10];
const BONE: [usize; 3] = [25, 25, 40];

/// Voxels of 3 × 4 × 4 mm, the middle of the grid at zero.
fn pet() -> Grid {
    let corner = Point3::new(-98.0, -98.0, -73.5);
    Grid::axis_aligned([50, 50, 50], [3.0, 4.0, 4.0], corner).unwrap()
}

fn found(suv: &Volume<f32>, surroundings: &Surroundings<'_>, rule: FindingRule) -> FoundFoci {
    let config = LesionConfig {
        finding: rule,
        ..LesionConfig::default()
    };
    config.validate().unwrap();
    find_uptake(suv, surroundings, &config).unwrap().foci()
}

/// Gaussian noise of a standard deviation, correlated as a reconstruction leaves it: white noise
/// smoothed by 1-2-1 along every axis.
fn noise(grid: &Grid, sd: f64, seed: u32) -> Vec<f32> {
    let mut random = seed.wrapping_mul(747_796_405).wrapping_add(1);
    let mut uniform = || {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(random >> 8) / f64::from(1 << 24) - 0.5
    };
    // Twelve uniform numbers have variance one.
    let white = (0..grid.voxel_count()).map(|_| (0..12).map(|_| uniform()).sum::<f64>());
    let mut values: Vec<f64> = white.collect();
    let [_, nj, ni] = grid.shape();
    for step in [1, ni, nj * ni] {
        let before = values.clone();
        for n in step..values.len() - step {
            let sum = before[n - step] + 2.0 * before[n] + before[n + step];
            // 1-2-1 has a power of six.
            values[n] = sum / 6.0_f64.sqrt();
        }
    }
    values.iter().map(|v| (v * sd) as f32).collect()
}

fn bone() -> Mask {
    let mut bone = Mask::empty(pet());
    for i in 35..45 {
        bone[[25, 25, i]] = true;
    }
    bone
}

fn level(mean: f64, sd: f64) -> Level {
    Level { mean, sd }
}

fn liver(mean: f64, sd: f64) -> ReferenceLevels {
    ReferenceLevels {
        liver: Some(level(mean, sd)),
        ..ReferenceLevels::default()
    }
}
