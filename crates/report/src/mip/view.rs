//! From voxels to the picture's plane.

use isoboost_volume::{Grid, Volume};
use rayon::prelude::*;

/// Height that the body is drawn at, within what the voxels allow.
const WANTED_HEIGHT: f64 = 820.0;

/// How the array lies to the viewer: which axis is looked along, which run across and down.
pub(super) struct View {
    depth: usize,
    pub(super) across: usize,
    pub(super) down: usize,
    /// Whether the index runs against the picture: patient right is on the left, head up.
    flip_across: bool,
    flip_down: bool,
    /// Picture pixels per voxel.
    pub(super) scale: [f64; 2],
}

impl View {
    pub(super) fn of(grid: &Grid) -> Self {
        let along = |axis: usize, direction: usize| grid.axes()[axis][direction].abs();
        let by = |direction: usize, left: &[usize]| {
            let best = left
                .iter()
                .copied()
                .max_by(|a, b| along(*a, direction).total_cmp(&along(*b, direction)));
            best.unwrap_or(0)
        };
        let depth = by(1, &[0, 1, 2]);
        let rest: Vec<usize> = (0..3).filter(|a| *a != depth).collect();
        let down = by(2, &rest);
        let across = 3 - depth - down;
        let spacing = grid.spacing();
        let height_mm = grid.shape()[down] as f64 * spacing[down];
        let pixels_per_mm = (WANTED_HEIGHT / height_mm).clamp(0.5, 3.0);
        Self {
            depth,
            across,
            down,
            flip_across: grid.axes()[across].x < 0.0,
            flip_down: grid.axes()[down].z > 0.0,
            scale: [across, down].map(|a| spacing[a] * pixels_per_mm),
        }
    }

    /// Where a continuous index lies in the projection, in pixels.
    pub(super) fn place(&self, index: [f64; 3], shape: [usize; 3]) -> [f64; 2] {
        let one = |axis: usize, flip: bool, scale: f64| {
            let from_edge = index[axis] + 0.5;
            let n = shape[axis] as f64;
            (if flip { n - from_edge } else { from_edge }) * scale
        };
        [
            one(self.across, self.flip_across, self.scale[0]),
            one(self.down, self.flip_down, self.scale[1]),
        ]
    }

    /// The projection at a picture pixel, interpolated.
    pub(super) fn sample(&self, projection: &[f32], shape: [usize; 3], x: f64, y: f64) -> f32 {
        let index = |pixel: f64, axis: usize, flip: bool, scale: f64| {
            let n = shape[axis] as f64;
            let from_edge = (pixel + 0.5) / scale;
            let at = if flip { n - from_edge } else { from_edge } - 0.5;
            at.clamp(0.0, n - 1.0)
        };
        let u = index(x, self.across, self.flip_across, self.scale[0]);
        let v = index(y, self.down, self.flip_down, self.scale[1]);
        let (columns, rows) = (shape[self.across], shape[self.down]);
        let (u0, v0) = (u.floor() as usize, v.floor() as usize);
        let (u1, v1) = ((u0 + 1).min(columns - 1), (v0 + 1).min(rows - 1));
        let (wu, wv) = ((u - u0 as f64) as f32, (v - v0 as f64) as f32);
        let at = |v: usize, u: usize| projection[v * columns + u];
        let mix = |a: f32, b: f32, w: f32| a + (b - a) * w;
        mix(
            mix(at(v0, u0), at(v0, u1), wu),
            mix(at(v1, u0), at(v1, u1), wu),
            wv,
        )
    }
}

/// The highest SUV along the line of sight, by rows of the picture.
pub(super) fn project(suv: &Volume<f32>, view: &View) -> Vec<f32> {
    let shape = suv.grid().shape();
    let columns = shape[view.across];
    let mut projection = vec![0.0_f32; shape[view.down] * columns];
    projection
        .par_chunks_mut(columns)
        .enumerate()
        .for_each(|(v, row)| {
            for d in 0..shape[view.depth] {
                for (u, value) in row.iter_mut().enumerate() {
                    let mut voxel = [0; 3];
                    voxel[view.depth] = d;
                    voxel[view.across] = u;
                    voxel[view.down] = v;
                    *value = value.max(suv[voxel]);
                }
            }
        });
    projection
}
