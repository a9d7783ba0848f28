//! Voxel positions, computed here from what a grid states and from nothing else of `volume`, so
//! that a mistake in its geometry cannot hide in the phantoms that test it.

use isoboost_volume::Grid;

/// A position or a direction in millimetres, `[x, y, z]`.
pub(crate) type Vec3 = [f64; 3];

pub(crate) fn add(a: Vec3, b: Vec3) -> Vec3 {
    [a[0] + b[0], a[1] + b[1], a[2] + b[2]]
}

pub(crate) fn sub(a: Vec3, b: Vec3) -> Vec3 {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

pub(crate) fn scaled(a: Vec3, s: f64) -> Vec3 {
    [a[0] * s, a[1] * s, a[2] * s]
}

pub(crate) fn dot(a: Vec3, b: Vec3) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

pub(crate) fn norm(a: Vec3) -> f64 {
    dot(a, a).sqrt()
}

pub(crate) fn unit(a: Vec3) -> Vec3 {
    scaled(a, 1.0 / norm(a))
}

/// `v` turned by `degrees` about the x, then the y, then the z axis.
pub(crate) fn rotated(v: Vec3, degrees: Vec3) -> Vec3 {
    let [a, b, c] = degrees.map(|d| d.to_radians().sin_cos());
    let [x, y, z] = v;
    let (y, z) = (a.1 * y - a.0 * z, a.0 * y + a.1 * z);
    let (x, z) = (b.1 * x + b.0 * z, -b.0 * x + b.1 * z);
    [c.1 * x - c.0 * y, c.0 * x + c.1 * y, z]
}

/// The centres of the voxels of a grid: `origin + k·step[0] + j·step[1] + i·step[2]`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Lattice {
    pub(crate) shape: [usize; 3],
    pub(crate) origin: Vec3,
    /// Offset from one voxel to the next along slices, rows and columns.
    pub(crate) step: [Vec3; 3],
}

impl Lattice {
    /// The voxel centres of `grid`, seen from a frame whose origin lies at `frame_lps`.
    pub(crate) fn of_grid(grid: &Grid, frame_lps: Vec3) -> Self {
        let (spacing, axes) = (grid.spacing(), grid.axes());
        let origin = grid.origin();
        Self {
            shape: grid.shape(),
            origin: sub([origin.x, origin.y, origin.z], frame_lps),
            step: [0, 1, 2].map(|a| scaled([axes[a].x, axes[a].y, axes[a].z], spacing[a])),
        }
    }

    pub(crate) fn position(&self, index: [f64; 3]) -> Vec3 {
        let mut p = self.origin;
        for a in 0..3 {
            p = add(p, scaled(self.step[a], index[a]));
        }
        p
    }

    /// Continuous index of a position; the steps are orthogonal.
    pub(crate) fn index_of(&self, p: Vec3) -> [f64; 3] {
        let d = sub(p, self.origin);
        self.step.map(|s| dot(d, s) / dot(s, s))
    }

    /// Spacing of voxel centres along slices, rows and columns.
    pub(crate) fn spacing(&self) -> [f64; 3] {
        self.step.map(norm)
    }

    /// The lattice with every voxel cut into `factor` parts per side and `pad` of these added
    /// around it.
    pub(crate) fn refined(&self, factor: [usize; 3], pad: [usize; 3]) -> Self {
        // The first part's centre lies half a voxel less half a part before the voxel's centre.
        let first = [0, 1, 2].map(|a| {
            let f = factor[a] as f64;
            (1.0 - f) / (2.0 * f) - pad[a] as f64 / f
        });
        Self {
            shape: [0, 1, 2].map(|a| self.shape[a] * factor[a] + 2 * pad[a]),
            origin: self.position(first),
            step: [0, 1, 2].map(|a| scaled(self.step[a], 1.0 / factor[a] as f64)),
        }
    }

    /// First and last voxel per side whose cell may meet the box `low`–`high`, if any does.
    pub(crate) fn cells_meeting(&self, low: Vec3, high: Vec3) -> Option<([usize; 3], [usize; 3])> {
        let mut from = [f64::INFINITY; 3];
        let mut to = [f64::NEG_INFINITY; 3];
        for n in 0..8 {
            let corner = [0, 1, 2].map(|a| if n >> a & 1 == 1 { high[a] } else { low[a] });
            let index = self.index_of(corner);
            for a in 0..3 {
                from[a] = from[a].min(index[a] - 0.5);
                to[a] = to[a].max(index[a] + 0.5);
            }
        }
        let mut first = [0; 3];
        let mut last = [0; 3];
        for a in 0..3 {
            let end = (self.shape[a] - 1) as f64;
            if from[a] > end || to[a] < 0.0 {
                return None;
            }
            first[a] = from[a].floor().max(0.0) as usize;
            last[a] = to[a].ceil().min(end) as usize;
        }
        Some((first, last))
    }
}
