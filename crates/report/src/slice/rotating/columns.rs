//! A volume as columns along the patient, and its projection across them.

use isoboost_volume::{Grid, Volume, resample_trilinear};
use nalgebra::{Point3, Vector3};
use rayon::prelude::*;

/// Columns with nothing above this are air and cannot be seen, SUV.
const LEAST_SUV: f32 = 0.1;
/// How far voxel axes may stray from the patient's over the whole volume before it is resampled,
/// in voxels.
const STRAYS_VOXELS: f64 = 0.01;
/// Points of a resampled volume on a side at most.
const MOST_POINTS: f64 = 400.0;

/// Values in columns from head to feet, so that a ray is followed in all slices at once.
#[derive(Debug)]
pub(super) struct Columns {
    /// Column after column, those to the left fastest: `(y * across + x) * down + z`.
    values: Vec<f32>,
    /// The highest value of each column.
    highest: Vec<f32>,
    /// Number of columns to the left and to posterior, and of values in each.
    shape: [usize; 3],
    /// Distance of columns to the left and to posterior, and of values down, mm.
    spacing: [f64; 3],
    /// L and P of the axis that is turned about, the middle of the columns; S of the first values.
    axis: [f64; 3],
    /// Distance of rays, and of points on them, mm.
    step: f64,
    /// Rays in a slice.
    rays: usize,
}

impl Columns {
    pub(super) fn of(suv: &Volume<f32>) -> Self {
        match sides(suv.grid()) {
            Some(sides) => Self::along(suv, sides),
            None => match patient_grid(suv.grid()) {
                Some(onto) => {
                    let turned = resample_trilinear(suv, &onto, 0.0);
                    Self::along(&turned, [2, 1, 0])
                }
                // A grid that cannot be covered has no place; it is drawn as it is stored.
                None => Self::along(suv, [2, 1, 0]),
            },
        }
    }

    /// `sides`: the voxel axes along L, P and S.
    fn along(suv: &Volume<f32>, sides: [usize; 3]) -> Self {
        let grid = suv.grid();
        let shape = sides.map(|a| grid.shape()[a]);
        let spacing = sides.map(|a| grid.spacing()[a]);
        let strides = [grid.shape()[1] * grid.shape()[2], grid.shape()[2], 1];
        // To the left, to posterior and down to the feet.
        let wanted = [Vector3::x(), Vector3::y(), -Vector3::z()];
        let is_turned = [0, 1, 2].map(|n| grid.axes()[sides[n]].dot(&wanted[n]) < 0.0);
        let offset = |n: usize, at: usize| {
            let at = if is_turned[n] { shape[n] - 1 - at } else { at };
            at * strides[sides[n]]
        };
        let source = suv.as_slice();
        let top: Vec<f32> = (0..shape[0] * shape[1])
            .into_par_iter()
            .map(|n| {
                let start = offset(0, n % shape[0]) + offset(1, n / shape[0]);
                (0..shape[2]).fold(0.0, |top: f32, z| top.max(source[start + offset(2, z)]))
            })
            .collect();
        let (low, high) = box_of_uptake(&top, [shape[0], shape[1]]);
        let kept = [high[0] - low[0] + 1, high[1] - low[1] + 1, shape[2]];
        let mut values = vec![0.0_f32; kept.iter().product()];
        values
            .par_chunks_mut(kept[0] * kept[2])
            .enumerate()
            .for_each(|(y, row)| {
                for z in 0..kept[2] {
                    let start = offset(1, y + low[1]) + offset(2, z);
                    for x in 0..kept[0] {
                        // What is not a number is never the maximum.
                        row[x * kept[2] + z] = source[start + offset(0, x + low[0])].max(0.0);
                    }
                }
            });
        let highest = (0..kept[0] * kept[1])
            .map(|n| top[(n / kept[0] + low[1]) * shape[0] + n % kept[0] + low[0]])
            .collect();
        let first = |n: usize| if is_turned[n] { shape[n] - 1 } else { 0 } as f64;
        let mut middle = [0.0; 3];
        for n in 0..3 {
            middle[sides[n]] = if n == 2 {
                first(2)
            } else {
                let at = (low[n] + high[n]) as f64 / 2.0;
                (first(n) - at).abs()
            };
        }
        let axis = grid.lps_from_index(middle);
        let mut columns = Self {
            values,
            highest,
            shape: kept,
            spacing,
            axis: [axis.x, axis.y, axis.z],
            step: spacing[0].min(spacing[1]),
            rays: 0,
        };
        columns.rays = columns.rays_needed();
        columns
    }

    /// Rays that reach over all columns with uptake from every side. As many as there are columns
    /// or an even number more, so that rays from the front run through the columns' middles.
    fn rays_needed(&self) -> usize {
        let [across, back, _] = self.shape;
        let reach = (0..across * back)
            .filter(|n| self.highest[*n] > LEAST_SUV)
            .map(|n| {
                let x = (n % across) as f64 - (across as f64 - 1.0) / 2.0;
                let y = (n / across) as f64 - (back as f64 - 1.0) / 2.0;
                (x * self.spacing[0]).hypot(y * self.spacing[1])
            })
            .fold(0.0, f64::max);
        let needed = (2.0 * reach / self.step).ceil() as usize + 2;
        needed + (needed + across) % 2
    }

    /// The smallest side of a voxel, mm.
    pub(super) fn finest_mm(&self) -> f64 {
        self.spacing.into_iter().fold(f64::INFINITY, f64::min)
    }

    /// Width and height of a projection, mm.
    pub(super) fn frame_mm(&self) -> [f64; 2] {
        [
            self.rays as f64 * self.step,
            self.shape[2] as f64 * self.spacing[2],
        ]
    }

    /// Where a position falls in the projection whose right points to `[L, P]`: mm from its left
    /// and upper edge.
    pub(super) fn place(&self, right: [f64; 2], point: Point3<f64>) -> [f64; 2] {
        let across = (point.x - self.axis[0]) * right[0] + (point.y - self.axis[1]) * right[1];
        [
            across + self.frame_mm()[0] / 2.0,
            self.axis[2] - point.z + self.spacing[2] / 2.0,
        ]
    }

    /// The highest value along each ray, ray by ray from the head down.
    pub(super) fn project(&self, right: [f64; 2]) -> Vec<f32> {
        let down = self.shape[2];
        let mut frame = vec![0.0_f32; self.rays * down];
        // Points on a ray: as for the rays, so that those from the front meet the columns' middles.
        let points = self.rays + (self.rays + self.shape[1]) % 2;
        let from_middle =
            |n: usize, count: usize| (n as f64 - (count as f64 - 1.0) / 2.0) * self.step;
        frame
            .par_chunks_mut(down)
            .enumerate()
            .for_each(|(ray, line)| {
                let s = from_middle(ray, self.rays);
                for point in 0..points {
                    let t = from_middle(point, points);
                    let place = [s * right[0] - t * right[1], s * right[1] + t * right[0]];
                    self.brighten(line, place);
                }
            });
        frame
    }

    /// Raises the values of a line to those at a place `[L, P]` from the axis, mm.
    fn brighten(&self, line: &mut [f32], place: [f64; 2]) {
        let mut low = [0; 2];
        let mut high = [0; 2];
        let mut weight = [0.0_f32; 2];
        for a in 0..2 {
            let last = self.shape[a] as f64 - 1.0;
            let at = place[a] / self.spacing[a] + last / 2.0;
            if !(at >= -0.5 && at <= last + 0.5) {
                return;
            }
            let at = at.clamp(0.0, last);
            low[a] = at as usize;
            weight[a] = (at - at.floor()) as f32;
            high[a] = (low[a] + 1).min(self.shape[a] - 1);
        }
        let [across, _, down] = self.shape;
        let corners = [
            low[1] * across + low[0],
            low[1] * across + high[0],
            high[1] * across + low[0],
            high[1] * across + high[0],
        ];
        if corners.iter().all(|n| self.highest[*n] <= LEAST_SUV) {
            return;
        }
        let [a, b, c, d] = corners.map(|n| &self.values[n * down..(n + 1) * down]);
        let [wx, wy] = weight;
        let shares = [
            (1.0 - wx) * (1.0 - wy),
            wx * (1.0 - wy),
            (1.0 - wx) * wy,
            wx * wy,
        ];
        let around = a.iter().zip(b).zip(c.iter().zip(d));
        for (value, ((a, b), (c, d))) in line.iter_mut().zip(around) {
            let here = a * shares[0] + b * shares[1] + c * shares[2] + d * shares[3];
            *value = value.max(here);
        }
    }

    /// The value of a projection at a place, mm from its left and upper edge, interpolated.
    pub(super) fn sample(&self, frame: &[f32], place: [f64; 2]) -> f32 {
        let down = self.shape[2];
        let index = |mm: f64, step: f64, n: usize| {
            let at = (mm / step - 0.5).clamp(0.0, n as f64 - 1.0);
            let low = at as usize;
            (low, (low + 1).min(n - 1), (at - at.floor()) as f32)
        };
        let (u0, u1, wu) = index(place[0], self.step, self.rays);
        let (v0, v1, wv) = index(place[1], self.spacing[2], down);
        let mix = |a: f32, b: f32, w: f32| a + (b - a) * w;
        let ray = |u: usize| mix(frame[u * down + v0], frame[u * down + v1], wv);
        mix(ray(u0), ray(u1), wu)
    }
}

/// The voxel axes along L, P and S; none where they stray.
fn sides(grid: &Grid) -> Option<[usize; 3]> {
    let mut found = [0; 3];
    for n in 0..3 {
        let along = grid.axes().map(|axis| axis[n].abs());
        let best = (0..3).max_by(|a, b| along[*a].total_cmp(&along[*b]))?;
        let off = (0..3).filter(|a| *a != best).map(|a| along[a]);
        let longest = grid.shape().into_iter().max().unwrap_or(1) as f64;
        if off.fold(0.0, f64::max) * longest > STRAYS_VOXELS {
            return None;
        }
        found[n] = best;
    }
    let is_each_once = found[0] != found[1] && found[1] != found[2] && found[0] != found[2];
    is_each_once.then_some(found)
}

/// A grid along the patient that covers another.
fn patient_grid(grid: &Grid) -> Option<Grid> {
    let corners = grid.corners();
    let end = |a: usize, pick: fn(f64, f64) -> f64| corners.iter().map(|c| c[a]).reduce(pick);
    let low = [end(0, f64::min)?, end(1, f64::min)?, end(2, f64::min)?];
    let high = [end(0, f64::max)?, end(1, f64::max)?, end(2, f64::max)?];
    let finest = grid.spacing().into_iter().fold(f64::INFINITY, f64::min);
    let longest = (0..3).map(|a| high[a] - low[a]).fold(0.0, f64::max);
    let step = finest.max(longest / MOST_POINTS);
    let shape = [2, 1, 0].map(|a: usize| ((high[a] - low[a]) / step).ceil() as usize + 1);
    Grid::axis_aligned(shape, [step; 3], Point3::from(low)).ok()
}

/// The first and last column each way that have uptake; all where none has.
fn box_of_uptake(top: &[f32], [across, back]: [usize; 2]) -> ([usize; 2], [usize; 2]) {
    let mut low = [across, back];
    let mut high = [0, 0];
    for n in (0..top.len()).filter(|n| top[*n] > LEAST_SUV) {
        let at = [n % across, n / across];
        low = [0, 1].map(|a| low[a].min(at[a]));
        high = [0, 1].map(|a| high[a].max(at[a]));
    }
    if low[0] > high[0] {
        return ([0, 0], [across - 1, back - 1]);
    }
    (low, high)
}
