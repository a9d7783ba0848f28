//! Where to start: every shift at low resolution.

use nalgebra::{Point3, UnitQuaternion, Vector3};
use rayon::prelude::*;

use super::fit::{Optimum, Pose, climb};
use super::level::Level;
use super::{LEAST_OVERLAP, SAME_DEG, SAME_MM};

/// Voxels of the coarse image from one shift to the next: 16 mm.
const STRIDE: i64 = 2;
/// Points that every shift is judged by.
const POINTS: usize = 1500;
/// Best shifts that are climbed from, none within so many strides of a better one.
const MOST_STARTS: usize = 16;
const APART: i64 = 2;
/// Turns that each of them is tried with, about each axis both ways, besides none: degrees.
const TURN_DEG: f64 = 12.0;

/// The optima of the coarse level that are climbed to from all starts, the best first, each pose
/// once.
pub(super) fn optima(level: &Level, center: Point3<f64>) -> Vec<Optimum> {
    let shifts = best_shifts(level, center);
    let mut starts = Vec::new();
    for shift in shifts {
        let pose = Pose::shifted(shift);
        starts.push(pose);
        for axis in [Vector3::x_axis(), Vector3::y_axis(), Vector3::z_axis()] {
            for angle in [-TURN_DEG, TURN_DEG] {
                let turn = UnitQuaternion::from_axis_angle(&axis, angle.to_radians());
                starts.push(pose.turned(turn));
            }
        }
    }
    let mut reached: Vec<Optimum> = starts
        .par_iter()
        .map(|start| climb(level, start, center))
        .filter(|optimum| optimum.fit.overlap >= LEAST_OVERLAP)
        .collect();
    reached.sort_by(|a, b| b.fit.correlation.total_cmp(&a.fit.correlation));
    distinct(reached)
}

/// One of each group of poses within 6 mm and 3 degrees of its best.
fn distinct(sorted: Vec<Optimum>) -> Vec<Optimum> {
    let mut kept: Vec<Optimum> = Vec::new();
    for next in sorted {
        let near = kept.iter().any(|best| {
            let (mm, degrees) = best.pose.difference(&next.pose);
            mm < SAME_MM && degrees < SAME_DEG
        });
        if !near {
            kept.push(next);
        }
    }
    kept
}

/// The best shifts of the fixed points through the whole of the moving image, without turning.
fn best_shifts(level: &Level, center: Point3<f64>) -> Vec<Vector3<f64>> {
    let moving = &level.moving;
    let shape = moving.volume.grid().shape().map(|n| n as i64);
    let every = (level.samples.values.len() / POINTS).max(1);
    let points: Vec<(Vector3<i64>, f32)> = level
        .samples
        .offsets
        .iter()
        .zip(&level.samples.values)
        .step_by(every)
        .map(|(offset, value)| {
            let index = moving.turn * (center + offset - moving.origin);
            (index.map(|x| x.round() as i64), *value)
        })
        .collect();
    let range = |a: usize| {
        let low = points.iter().map(|(p, _)| p[a]).min().unwrap_or(0);
        let high = points.iter().map(|(p, _)| p[a]).max().unwrap_or(0);
        // From where the points leave at one end to where they leave at the other.
        (-high..shape[a] - low).step_by(STRIDE as usize)
    };
    let shifts: Vec<[i64; 2]> = range(0)
        .flat_map(|k| range(1).map(move |j| [k, j]))
        .collect();
    let mut scored: Vec<(f64, [i64; 3])> = shifts
        .par_iter()
        .flat_map_iter(|[k, j]| range(2).map(|i| [*k, *j, i]).collect::<Vec<_>>())
        .filter_map(|shift| Some((score(&points, level, shape, shift)?, shift)))
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let axes = moving.volume.grid().axes();
    let spacing = moving.volume.grid().spacing();
    apart(&scored)
        .into_iter()
        .map(|shift| {
            [0, 1, 2]
                .map(|a| axes[a] * (shift[a] as f64 * spacing[a]))
                .iter()
                .sum()
        })
        .collect()
}

/// The first of a sorted list, leaving out what lies near a better one.
fn apart(scored: &[(f64, [i64; 3])]) -> Vec<[i64; 3]> {
    let mut chosen: Vec<[i64; 3]> = Vec::new();
    for (_, shift) in scored {
        let near = |other: &[i64; 3]| (0..3).all(|a| (other[a] - shift[a]).abs() <= APART * STRIDE);
        if !chosen.iter().any(near) {
            chosen.push(*shift);
            if chosen.len() == MOST_STARTS {
                break;
            }
        }
    }
    chosen
}

/// Correlation of the points that lie inside after a shift by whole voxels, weighted by how many
/// these are; `None` where they are too few.
fn score(
    points: &[(Vector3<i64>, f32)],
    level: &Level,
    [nk, nj, ni]: [i64; 3],
    shift: [i64; 3],
) -> Option<f64> {
    let values = level.moving.volume.as_slice();
    let [mut n, mut f, mut ff, mut m, mut mm, mut fm] = [0.0_f64; 6];
    let most_outside = ((1.0 - LEAST_OVERLAP) * points.len() as f64) as usize;
    let mut outside = 0;
    for (point, value) in points {
        let [k, j, i] = [0, 1, 2].map(|a| point[a] + shift[a]);
        if k < 0 || j < 0 || i < 0 || k >= nk || j >= nj || i >= ni {
            outside += 1;
            if outside > most_outside {
                return None;
            }
            continue;
        }
        let (a, b) = (
            f64::from(*value),
            f64::from(values[((k * nj + j) * ni + i) as usize]),
        );
        n += 1.0;
        f += a;
        ff += a * a;
        m += b;
        mm += b * b;
        fm += a * b;
    }
    let (vf, vm) = (n * ff - f * f, n * mm - m * m);
    if n == 0.0 || vf <= 0.0 || vm <= 0.0 {
        return None;
    }
    let correlation = (n * fm - f * m) / (vf * vm).sqrt();
    Some(correlation * (n / points.len() as f64).sqrt())
}
