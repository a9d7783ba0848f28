//! The depth of an outline on the lattice that its surface is drawn on.

use isoboost_volume::{Grid, Volume};
use ndarray::Array3;

/// Steps of the lattice per radius of the body. With a sixth of the radius the surface of a ball
/// keeps its volume within 0.5 %.
const STEPS_PER_RADIUS: f64 = 6.0;
/// No finer than this share of a voxel: a body of one or two voxels has no shape to draw.
const MOST_STEPS_PER_VOXEL: usize = 4;
/// Above this number of points the lattice stays at the voxels; such a body is large.
const MOST_POINTS: usize = 4_000_000;
/// Neighbours along an axis that a value between two of them is interpolated from. In a PET of 6 mm
/// FWHM on 4 mm voxels a sphere of 13 mm loses 17 % of its volume to linear interpolation, 2 % to
/// four neighbours and 1 % to eight.
const NEIGHBOURS: usize = 8;
/// Those before the interval.
const BEFORE: usize = NEIGHBOURS / 2 - 1;
/// How far beyond its outermost voxel centres, in voxels, a body may bulge.
const REACH_VOXELS: f64 = 1.25;
/// Depth given to what is not a number, and the bound of what is: far outside, but finite.
const FAR: f32 = 1e30;

/// Depths on a regular lattice, all of its outermost points outside.
#[derive(Debug)]
pub(super) struct Field {
    /// Points per side, slices first.
    pub(super) shape: [usize; 3],
    /// Distance of two points, mm.
    pub(super) spacing: [f64; 3],
    /// Points per voxel along each axis.
    pub(super) steps: [usize; 3],
    values: Vec<f32>,
}

impl Field {
    /// The depth at the voxel centres, with a layer of outside around them so that every surface
    /// closes. At the border of the grid it closes half a voxel beyond the last centre, where the
    /// voxels end.
    pub(super) fn of_voxels(depth: &Volume<f32>) -> Self {
        let inner = depth.grid().shape();
        let shape = inner.map(|n| n + 2);
        let mut values = Vec::with_capacity(shape.iter().product());
        for k in 0..shape[0] {
            for j in 0..shape[1] {
                for i in 0..shape[2] {
                    let padded = [k, j, i];
                    let voxel = [0, 1, 2].map(|a| padded[a].clamp(1, inner[a]) - 1);
                    let value = depth[voxel];
                    let value = if value.is_nan() {
                        FAR
                    } else {
                        value.clamp(-FAR, FAR)
                    };
                    let is_pad = (0..3).any(|a| padded[a] != voxel[a] + 1);
                    values.push(if is_pad { outside(value) } else { value });
                }
            }
        }
        Self {
            shape,
            spacing: depth.grid().spacing(),
            steps: [1; 3],
            values,
        }
    }

    /// The depth on a lattice fine enough for a body of `radius_mm`, by interpolation with a
    /// polynomial.
    ///
    /// What is linear between voxel centres cuts off what bulges between them, the more the smaller
    /// the body. PET is smooth at the scale of its voxels, so that a polynomial finds it again.
    pub(super) fn refined(depth: &Volume<f32>, radius_mm: f64) -> Self {
        let field = Self::of_voxels(depth);
        let wanted = radius_mm / STEPS_PER_RADIUS;
        let steps = field.spacing.map(|s| {
            let steps = (s / wanted).ceil();
            // Written so that NaN and infinity end at one step.
            if steps.is_finite() {
                (steps as usize).clamp(1, MOST_STEPS_PER_VOXEL)
            } else {
                1
            }
        });
        let points: usize = (0..3)
            .map(|a| (field.shape[a] - 1) * steps[a] + 1)
            .product();
        let steps = if points > MOST_POINTS { [1; 3] } else { steps };
        let near = field.near_inside(steps);
        // Columns first, while the lattice is small: their values lie next to each other.
        let axes = [2, 1, 0].into_iter();
        let refined = axes.fold(field, |field, a| field.refined_along(a, steps[a]));
        refined.unbiased().outside_except(&near)
    }

    /// The field in the place where it belongs: `grid` is that of the voxels that it was made of.
    pub(super) fn into_volume(self, grid: &Grid) -> Option<Volume<f32>> {
        let spacing = [0, 1, 2].map(|a| grid.spacing()[a] / self.steps[a] as f64);
        // A layer of voxels was laid around them.
        let origin = grid.lps_from_index([-1.0; 3]);
        let fine = Grid::new(self.shape, spacing, origin, grid.axes()).ok()?;
        let [nk, nj, ni] = self.shape;
        let values = Array3::from_shape_vec((nk, nj, ni), self.values).ok()?;
        Volume::new(fine, values).ok()
    }

    /// The value at a point.
    pub(super) fn at(&self, point: [usize; 3]) -> f32 {
        self.values[self.place(point)]
    }

    /// The values of a slice, rows first.
    pub(super) fn slice(&self, k: usize) -> &[f32] {
        let area = self.shape[1] * self.shape[2];
        &self.values[k * area..(k + 1) * area]
    }

    fn place(&self, [k, j, i]: [usize; 3]) -> usize {
        (k * self.shape[1] + j) * self.shape[2] + i
    }

    /// `steps` points per voxel along one axis; the points that were there keep their values.
    fn refined_along(self, axis: usize, steps: usize) -> Self {
        if steps == 1 {
            return self;
        }
        let n = self.shape[axis];
        let inner: usize = self.shape[axis + 1..].iter().product();
        let mut shape = self.shape;
        shape[axis] = (n - 1) * steps + 1;
        let mut values = Vec::with_capacity(shape.iter().product());
        let weights: Vec<[f32; NEIGHBOURS]> = (0..steps)
            .map(|s| lagrange_weights(s as f64 / steps as f64))
            .collect();
        for line in self.values.chunks_exact(n * inner) {
            for fine in 0..shape[axis] {
                let (m, s) = (fine / steps, fine % steps);
                let row = |p: usize| &line[p.min(n - 1) * inner..][..inner];
                if s == 0 {
                    values.extend_from_slice(row(m));
                    continue;
                }
                let start = values.len();
                values.resize(start + inner, 0.0);
                for (n, weight) in weights[s].iter().enumerate() {
                    let sums = values[start..].iter_mut();
                    sums.zip(row((m + n).saturating_sub(BEFORE)))
                        .for_each(|(sum, value)| *sum += weight * value);
                }
            }
        }
        let mut spacing = self.spacing;
        spacing[axis] /= steps as f64;
        let mut all_steps = self.steps;
        all_steps[axis] = steps;
        Self {
            shape,
            spacing,
            steps: all_steps,
            values,
        }
    }

    /// The field whose linear interpolation has the mean of this one: what is linear between points
    /// lies a twelfth of the second difference above a field that bends upwards.
    fn unbiased(self) -> Self {
        let [nk, nj, ni] = self.shape;
        let area = nj * ni;
        let old = &self.values;
        let mut values = Vec::with_capacity(old.len());
        for k in 0..nk {
            for j in 0..nj {
                let row = (k * nj + j) * ni;
                // The outermost points have a neighbour on one side only, and stay as they are.
                let step_k = if k > 0 && k < nk - 1 { area } else { 0 };
                let step_j = if j > 0 && j < nj - 1 { ni } else { 0 };
                for i in 0..ni {
                    let step_i = usize::from(i > 0 && i < ni - 1);
                    let place = row + i;
                    let steps = [step_k, step_j, step_i];
                    let sides = steps.map(|step| old[place - step] + old[place + step]);
                    let bend = sides[0] + sides[1] + sides[2] - 6.0 * old[place];
                    values.push(old[place] - bend / 12.0);
                }
            }
        }
        Self { values, ..self }
    }

    /// The points of the lattice with `steps` points per voxel that lie within [`REACH_VOXELS`] of
    /// a voxel inside along every axis.
    fn near_inside(&self, steps: [usize; 3]) -> Vec<bool> {
        let shape = [0, 1, 2].map(|a| (self.shape[a] - 1) * steps[a] + 1);
        let mut near = vec![false; shape.iter().product()];
        let reach = steps.map(|s| (REACH_VOXELS * s as f64) as usize);
        // Cut to all but the outermost points, which stay outside so that the surface closes.
        let span = |a: usize, first: usize, last: usize| {
            let low = (first * steps[a]).saturating_sub(reach[a]).max(1);
            low..=(last * steps[a] + reach[a]).min(shape[a] - 2)
        };
        let [_, nj, ni] = self.shape;
        for (row, values) in self.values.chunks_exact(ni).enumerate() {
            let (k, j) = (row / nj, row % nj);
            let mut first = 0;
            for run in values.chunk_by(|a, b| (*a <= 0.0) == (*b <= 0.0)) {
                if run[0] <= 0.0 {
                    let columns = span(2, first, first + run.len() - 1);
                    for k in span(0, k, k) {
                        for j in span(1, j, j) {
                            let start = (k * shape[1] + j) * shape[2];
                            near[start + columns.start()..=start + columns.end()].fill(true);
                        }
                    }
                }
                first += run.len();
            }
        }
        near
    }

    /// With everything outside but the points that are `near`: where a neighbour's flank passes the
    /// threshold the depth touches zero without crossing it, and what is interpolated may swing
    /// below.
    fn outside_except(mut self, near: &[bool]) -> Self {
        for (value, near) in self.values.iter_mut().zip(near) {
            if !near {
                *value = outside(*value);
            }
        }
        self
    }
}

/// The same distance from the border, but outside.
fn outside(value: f32) -> f32 {
    value.abs().max(f32::MIN_POSITIVE)
}

/// Weights of the neighbours at a share `t` of the way between the middle two: the polynomial
/// through all of them.
fn lagrange_weights(t: f64) -> [f32; NEIGHBOURS] {
    let place = t + BEFORE as f64;
    std::array::from_fn(|n| {
        let others = (0..NEIGHBOURS).filter(|m| *m != n);
        let factors = others.map(|m| (place - m as f64) / (n as f64 - m as f64));
        factors.product::<f64>() as f32
    })
}
