//! The mean over a sphere of 1 mL.

use isoboost_volume::{Grid, Volume};

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
