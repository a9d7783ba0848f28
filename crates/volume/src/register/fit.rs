//! How well two images fit at a pose, and how the fit changes with it.
//!
//! The measure is the normalised correlation of HU; it is made larger by Gauss–Newton steps on the
//! difference of both images after each was brought to mean 0 and standard deviation 1, as in the
//! enhanced correlation coefficient of Evangelidis and Psarakis (IEEE TPAMI 2008;30:1858).

use nalgebra::{Isometry3, Matrix6, Point3, Translation3, UnitQuaternion, Vector3, Vector6};
use rayon::prelude::*;

use super::level::{Field, Level, Samples};

/// Points summed by one worker at a time: the same chunks whatever the number of threads.
const CHUNK: usize = 2048;
/// Steps are smaller than this at the end, mm; turns are counted at [`Pose::RADIUS_MM`].
const SMALL_STEP_MM: f64 = 0.005;
const MOST_STEPS: usize = 60;
const FIRST_DAMPING: f64 = 1e-3;
const MOST_DAMPING: f64 = 1e6;

/// A rotation about a centre and a shift after it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pose {
    pub(super) rotation: UnitQuaternion<f64>,
    pub(super) shift: Vector3<f64>,
}

impl Pose {
    /// Rotations count as the way of a point so far from the axis: about the half width of a
    /// pelvis, mm.
    pub(super) const RADIUS_MM: f64 = 80.0;

    pub(super) fn shifted(shift: Vector3<f64>) -> Self {
        Self {
            rotation: UnitQuaternion::identity(),
            shift,
        }
    }

    pub(super) fn turned(mut self, by: UnitQuaternion<f64>) -> Self {
        self.rotation = by * self.rotation;
        self
    }

    /// A step of which the first three are the shift in mm and the last the turn in mm at
    /// [`Self::RADIUS_MM`].
    fn stepped(&self, step: &Vector6<f64>) -> Self {
        let turn = Vector3::new(step[3], step[4], step[5]) / Self::RADIUS_MM;
        Self {
            rotation: UnitQuaternion::from_scaled_axis(turn) * self.rotation,
            shift: self.shift + Vector3::new(step[0], step[1], step[2]),
        }
    }

    /// The pose of a map of LPS positions.
    pub(super) fn of(transform: &Isometry3<f64>, center: Point3<f64>) -> Self {
        Self {
            rotation: transform.rotation,
            shift: transform * center - center,
        }
    }

    /// The pose as a map of LPS positions.
    pub(super) fn transform(&self, center: Point3<f64>) -> Isometry3<f64> {
        let c = center.coords;
        let translation = c + self.shift - self.rotation * c;
        Isometry3::from_parts(Translation3::from(translation), self.rotation)
    }

    /// Distance of the centre and angle in degrees between two poses.
    pub(super) fn difference(&self, other: &Self) -> (f64, f64) {
        let angle = self.rotation.angle_to(&other.rotation).to_degrees();
        ((self.shift - other.shift).norm(), angle)
    }
}

/// The fit at a pose.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fit {
    /// Normalised correlation, -1 to 1; 0 where one of the images has no structure.
    pub(super) correlation: f64,
    /// Share of the points that lie inside the moving image.
    pub(super) overlap: f64,
    gradient: Vector6<f64>,
    pub(super) curvature: Matrix6<f64>,
}

/// A pose that no small step makes better.
#[derive(Debug, Clone, Copy)]
pub(super) struct Optimum {
    pub(super) pose: Pose,
    pub(super) fit: Fit,
}

/// What the fit is made of, summed over the points inside. Plain arrays: this is where the time goes.
#[derive(Clone, Copy)]
struct Sums {
    n: f64,
    f: f64,
    ff: f64,
    m: f64,
    mm: f64,
    fm: f64,
    /// Slopes of the moving image along the six parameters, alone and with both images.
    g: [f64; 6],
    fg: [f64; 6],
    mg: [f64; 6],
    /// Their products, the lower triangle row by row.
    gg: [f64; 21],
}

impl Sums {
    const ZERO: Self = Self {
        n: 0.0,
        f: 0.0,
        ff: 0.0,
        m: 0.0,
        mm: 0.0,
        fm: 0.0,
        g: [0.0; 6],
        fg: [0.0; 6],
        mg: [0.0; 6],
        gg: [0.0; 21],
    };

    fn of(
        offsets: &[Vector3<f64>],
        values: &[f32],
        moving: &Field,
        pose: &Pose,
        center: Point3<f64>,
    ) -> Self {
        let turn = pose.rotation.to_rotation_matrix();
        let start = center + pose.shift - moving.origin;
        let mut sums = Self::ZERO;
        for (offset, value) in offsets.iter().zip(values) {
            let arm = turn * offset;
            let index = moving.turn * (arm + start);
            if let Some((m, gradient)) = moving.at(index) {
                let slope = moving.turn.tr_mul(&gradient.map(f64::from));
                let twist = arm.cross(&slope) / Pose::RADIUS_MM;
                let g = [slope.x, slope.y, slope.z, twist.x, twist.y, twist.z];
                sums.take(f64::from(*value), f64::from(m), g);
            }
        }
        sums
    }

    #[inline]
    fn take(&mut self, f: f64, m: f64, g: [f64; 6]) {
        self.n += 1.0;
        self.f += f;
        self.ff += f * f;
        self.m += m;
        self.mm += m * m;
        self.fm += f * m;
        let mut pair = 0;
        for row in 0..6 {
            self.g[row] += g[row];
            self.fg[row] += f * g[row];
            self.mg[row] += m * g[row];
            for column in 0..=row {
                self.gg[pair] += g[row] * g[column];
                pair += 1;
            }
        }
    }

    fn add(mut self, other: &Self) -> Self {
        self.n += other.n;
        self.f += other.f;
        self.ff += other.ff;
        self.m += other.m;
        self.mm += other.mm;
        self.fm += other.fm;
        for a in 0..6 {
            self.g[a] += other.g[a];
            self.fg[a] += other.fg[a];
            self.mg[a] += other.mg[a];
        }
        for pair in 0..21 {
            self.gg[pair] += other.gg[pair];
        }
        self
    }

    fn fit(&self, points: usize) -> Fit {
        let n = self.n.max(1.0);
        let (f, m) = (self.f / n, self.m / n);
        let (sf, sm) = (
            (self.ff / n - f * f).max(0.0).sqrt(),
            (self.mm / n - m * m).max(0.0).sqrt(),
        );
        let overlap = self.n / points.max(1) as f64;
        // A tenth of a HU: nothing to hold on to.
        if sf < 0.1 || sm < 0.1 {
            return Fit {
                correlation: 0.0,
                overlap,
                gradient: Vector6::zeros(),
                curvature: Matrix6::zeros(),
            };
        }
        let correlation = (self.fm / n - f * m) / (sf * sm);
        let g = Vector6::from(self.g) / n;
        // Covariances of the slopes with both images of mean 0 and deviation 1.
        let with_f = (Vector6::from(self.fg) / n - g * f) / sf;
        let with_m = (Vector6::from(self.mg) / n - g * m) / sm;
        let products = Matrix6::from_fn(|row, column| {
            let (row, column) = (row.max(column), row.min(column));
            self.gg[row * (row + 1) / 2 + column] / n
        });
        let slopes = products - g * g.transpose();
        Fit {
            correlation,
            overlap,
            gradient: (with_m * correlation - with_f) / sm,
            curvature: (slopes - with_m * with_m.transpose()) / (sm * sm),
        }
    }
}

/// The fit of some samples at a pose.
pub(super) fn fit(samples: &Samples, moving: &Field, pose: &Pose, center: Point3<f64>) -> Fit {
    let chunks = samples.offsets.par_chunks(CHUNK);
    let parts: Vec<Sums> = chunks
        .zip(samples.values.par_chunks(CHUNK))
        .map(|(offsets, values)| Sums::of(offsets, values, moving, pose, center))
        .collect();
    let sums = parts.iter().fold(Sums::ZERO, Sums::add);
    sums.fit(samples.values.len())
}

/// Climbs from a pose to the optimum near it (Levenberg and Marquardt's damping).
pub(super) fn climb(level: &Level, start: &Pose, center: Point3<f64>) -> Optimum {
    climb_with(&level.samples, &level.moving, start, center)
}

/// The same with other samples of the fixed image.
pub(super) fn climb_with(
    samples: &Samples,
    moving: &Field,
    start: &Pose,
    center: Point3<f64>,
) -> Optimum {
    let mut best = Optimum {
        pose: *start,
        fit: fit(samples, moving, start, center),
    };
    let mut damping = FIRST_DAMPING;
    for _ in 0..MOST_STEPS {
        let mut matrix = best.fit.curvature;
        for a in 0..6 {
            matrix[(a, a)] *= 1.0 + damping;
        }
        let Some(step) = matrix.cholesky().map(|c| c.solve(&-best.fit.gradient)) else {
            break;
        };
        let pose = best.pose.stepped(&step);
        let fit = fit(samples, moving, &pose, center);
        // Points that leave the image make the rest fit better: that is no way to climb.
        let better = fit.correlation > best.fit.correlation && fit.overlap > 0.9 * best.fit.overlap;
        if better {
            best = Optimum { pose, fit };
            damping = (damping / 5.0).max(1e-9);
        } else {
            damping *= 8.0;
        }
        if step.norm() < SMALL_STEP_MM || damping > MOST_DAMPING {
            break;
        }
    }
    best
}
