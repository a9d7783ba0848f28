//! The border where a random walker is undecided.

use isoboost_volume::Volume;

use crate::outline::Outline;
use crate::refine::halved;

use super::{NoOutline, Territory, from_field, terrain};

/// Seeds: from this share of the height above background a voxel is core, below that one
/// background.
const CORE: f64 = 0.8;
const OUTSIDE: f64 = 0.15;
/// Rounds of the conjugate gradients, and the residual at which they end.
const MOST_ROUNDS: usize = 400;
const RESIDUAL: f64 = 1e-6;
/// Above this number of voxels the walk keeps to them; such a focus is large.
const MOST_VOXELS: usize = 100_000;
/// Least weight of a step, so that no voxel is cut off.
const LEAST_WEIGHT: f64 = 1e-6;

/// The probability of reaching the core first, 0.5 at the border.
pub(super) fn outline(
    territory: &Territory<'_>,
    beta: f64,
    rule: String,
) -> Result<Outline, NoOutline> {
    let background = terrain::background(territory)?;
    let height = territory.suv_max() - background;
    if height <= 0.0 {
        return Err("does not stand out of its background".to_owned());
    }
    let (own, bounds) = terrain::own_image(territory, background);
    // On voxels as they are the whole border may lie in one step.
    let is_large = own.grid().voxel_count() > MOST_VOXELS;
    let (fine, steps) = if is_large {
        (own.clone(), 1)
    } else {
        let whole = own.grid().full_box();
        (halved(&own, whole).map_err(|error| error.to_string())?, 2)
    };
    let share = fine.map(|suv| (f64::from(*suv) - background) / height);
    let walk = Walk::new(&share, beta);
    let probability = walk.probability().ok_or("does not settle")?;
    let [_, nj, ni] = fine.grid().shape();
    let depth = Volume::from_fn(own.grid().clone(), |v| {
        let [k, j, i] = v.map(|n| steps * n);
        ((0.5 - probability[(k * nj + j) * ni + i]) * height) as f32
    });
    from_field(territory, &depth, bounds, rule)
}

/// The walk on the voxels of a box: a linear system for the probability of those between the seeds
/// (Grady 2006).
struct Walk {
    /// Probability of the seeds, of the others none.
    seeds: Vec<Option<f64>>,
    /// Weight of the step from each voxel to the next along each axis, 0 at the end.
    weights: [Vec<f64>; 3],
    /// How far the next voxel along each axis is in the array.
    strides: [usize; 3],
}

impl Walk {
    fn new(share: &Volume<f64>, beta: f64) -> Self {
        let shape = share.grid().shape();
        let strides = [shape[1] * shape[2], shape[2], 1];
        let spacing = share.grid().spacing();
        let finest = spacing.iter().copied().fold(f64::INFINITY, f64::min);
        let values = share.as_slice();
        let seeds = values.iter().map(|s| match s {
            s if *s >= CORE => Some(1.0),
            s if *s <= OUTSIDE => Some(0.0),
            _ => None,
        });
        let weights = std::array::from_fn(|a| {
            // Over a wider step the same slope gives a larger difference.
            let per_step = (finest / spacing[a]).powi(2);
            let weight = |n: usize| {
                if n / strides[a] % shape[a] == shape[a] - 1 {
                    return 0.0;
                }
                let step = values[n + strides[a]] - values[n];
                per_step * (-beta * per_step * step * step).exp().max(LEAST_WEIGHT)
            };
            (0..values.len()).map(weight).collect()
        });
        Self {
            seeds: seeds.collect(),
            weights,
            strides,
        }
    }

    /// The sum over all steps from a voxel of `weight × value(there)`, and of the weights.
    fn around(&self, n: usize, value: impl Fn(usize) -> f64) -> (f64, f64) {
        let (mut sum, mut all) = (0.0, 0.0);
        for a in 0..3 {
            let stride = self.strides[a];
            let after = self.weights[a][n];
            if after > 0.0 {
                sum += after * value(n + stride);
                all += after;
            }
            if n >= stride {
                let before = self.weights[a][n - stride];
                if before > 0.0 {
                    sum += before * value(n - stride);
                    all += before;
                }
            }
        }
        (sum, all)
    }

    /// By conjugate gradients with the diagonal as preconditioner; `None` when they do not settle.
    fn probability(&self) -> Option<Vec<f64>> {
        let open: Vec<usize> = (0..self.seeds.len())
            .filter(|n| self.seeds[*n].is_none())
            .collect();
        let mut p: Vec<f64> = self.seeds.iter().map(|s| s.unwrap_or(0.5)).collect();
        let mut residual = vec![0.0; p.len()];
        let mut diagonal = vec![1.0; p.len()];
        for n in &open {
            let (sum, all) = self.around(*n, |m| p[m]);
            residual[*n] = sum - all * p[*n];
            diagonal[*n] = all.max(f64::MIN_POSITIVE);
        }
        let dot = |a: &[f64], b: &[f64]| open.iter().map(|n| a[*n] * b[*n]).sum::<f64>();
        let scaled =
            |r: &[f64]| -> Vec<f64> { r.iter().zip(&diagonal).map(|(r, d)| r / d).collect() };
        let mut z = scaled(&residual);
        let mut direction = z.clone();
        let mut rz = dot(&residual, &z);
        let first = rz;
        for _ in 0..MOST_ROUNDS {
            if rz <= first * RESIDUAL * RESIDUAL {
                return Some(p);
            }
            let mut product = vec![0.0; p.len()];
            for n in &open {
                let (sum, all) = self.around(*n, |m| direction[m]);
                product[*n] = all * direction[*n] - sum;
            }
            let step = rz / dot(&direction, &product);
            for n in &open {
                p[*n] += step * direction[*n];
                residual[*n] -= step * product[*n];
            }
            z = scaled(&residual);
            let next = dot(&residual, &z);
            let turn = next / rz;
            rz = next;
            for n in &open {
                direction[*n] = z[*n] + turn * direction[*n];
            }
        }
        None
    }
}
