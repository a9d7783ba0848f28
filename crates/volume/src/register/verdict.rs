//! Whether an alignment stands.

use nalgebra::{Point3, UnitQuaternion, Vector3};

use super::fit::{Optimum, Pose, climb, climb_with};
use super::level::Level;
use super::{LEAST_OVERLAP, SAME_DEG, SAME_MM};

/// Least correlation of bone at 2 mm.
pub const LEAST_BONE_CORRELATION: f64 = 0.8;
/// Furthest that a half of the region may lie from where all of it says, mm.
pub const MOST_HALVES_MM: f64 = 2.5;
/// Another place that fits nearly as well as the best: its correlation is not lower by this.
const LEAST_LEAD: f64 = 0.1;
/// How far restarts at 2 mm are set off, and how far from the best they may end.
const RESTART_MM: f64 = 4.0;
const RESTART_DEG: f64 = 3.0;
const MOST_RESTART_MM: f64 = 0.5;
const MOST_RESTART_DEG: f64 = 0.3;
/// Largest ratio of the curvatures along the best and the worst held direction.
const MOST_CONDITION: f64 = 500.0;

/// How well an alignment holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RegistrationQuality {
    /// Normalised correlation of the HU of bone at 2 mm, at most 1.
    pub correlation: f64,
    /// Share of the region that lies inside the moving image.
    pub overlap: f64,
    /// Left, right, upper and lower half of the region aligned by themselves: the furthest that the
    /// middle of one comes to lie from where the whole says, mm. Bones of another patient do not
    /// fit as a whole, and this tells.
    pub halves_mm: f64,
    /// Correlation at 4 mm of the best place elsewhere; `None` where no other was found.
    pub second_best: Option<f64>,
    /// Correlation at 4 mm of the place that was taken.
    pub at_middle: f64,
    /// Furthest that a climb from a pose set off by 4 mm and 3° ends from the best, mm and degrees.
    pub restart_mm: f64,
    /// The same in degrees.
    pub restart_deg: f64,
    /// Ratio of the curvatures along the best and the worst held direction.
    pub condition: f64,
}

/// Why an alignment is not reliable.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum NotConverged {
    /// The region is empty or outside of the fixed image.
    #[error("there is no bone to align")]
    NoBone,
    /// At no place enough of the region lies inside the moving image.
    #[error("the images have no bone in common")]
    NoOverlap,
    /// Much of the region lies outside of the moving image.
    #[error("only {:.0} % of the bones lie inside the other image, at least {:.0} % are needed", .0 * 100.0, LEAST_OVERLAP * 100.0)]
    LittleOverlap(f64),
    /// The bones do not look alike.
    #[error("the bones correlate by {0:.2}, at least {LEAST_BONE_CORRELATION} is needed")]
    Correlation(f64),
    /// The halves of the region do not fit together.
    #[error(
        "halves of the region lie {0:.1} mm from where the whole says, at most {MOST_HALVES_MM} mm are allowed"
    )]
    Halves(f64),
    /// Another place fits as well.
    #[error("another place fits nearly as well: {second_best:.2} beside {best:.2}")]
    Ambiguous {
        /// Correlation of the place that was taken, at 4 mm.
        best: f64,
        /// Correlation of the other, at 4 mm.
        second_best: f64,
    },
    /// Nearby starts end at different places.
    #[error("starts nearby end {mm:.1} mm and {degrees:.1}° apart")]
    Restarts {
        /// Distance of the centres, mm.
        mm: f64,
        /// Angle.
        degrees: f64,
    },
    /// A direction is not held by the images.
    #[error("one direction is hardly held by the bones (condition {0:.0})")]
    IllConditioned(f64),
}

impl RegistrationQuality {
    /// What speaks against the alignment.
    pub(super) fn objections(&self) -> Vec<NotConverged> {
        let mut reasons = Vec::new();
        if self.overlap < LEAST_OVERLAP {
            reasons.push(NotConverged::LittleOverlap(self.overlap));
        }
        // What is not a number is within no bound, and so refused.
        let correlates = self.correlation >= LEAST_BONE_CORRELATION;
        let halves_agree = self.halves_mm <= MOST_HALVES_MM;
        let is_held = self.condition <= MOST_CONDITION;
        if !correlates {
            reasons.push(NotConverged::Correlation(self.correlation));
        }
        if !halves_agree {
            reasons.push(NotConverged::Halves(self.halves_mm));
        }
        if let Some(second_best) = self.second_best
            && second_best > self.at_middle - LEAST_LEAD
        {
            reasons.push(NotConverged::Ambiguous {
                best: self.at_middle,
                second_best,
            });
        }
        let restarts = [
            self.restart_mm / MOST_RESTART_MM,
            self.restart_deg / MOST_RESTART_DEG,
        ];
        if restarts.iter().any(|share| share.is_nan() || *share > 1.0) {
            reasons.push(NotConverged::Restarts {
                mm: self.restart_mm,
                degrees: self.restart_deg,
            });
        }
        if !is_held {
            reasons.push(NotConverged::IllConditioned(self.condition));
        }
        reasons
    }
}

/// Looks at an optimum of the fine level from all sides; `optima` are those of the middle level,
/// the one that led to it first.
pub(super) fn examine(
    level: &Level,
    found: &Optimum,
    optima: &[Optimum],
    center: Point3<f64>,
) -> RegistrationQuality {
    let elsewhere = optima.iter().skip(1).filter(|other| {
        let (mm, degrees) = other.pose.difference(&optima[0].pose);
        mm > SAME_MM || degrees > SAME_DEG
    });
    let (restart_mm, restart_deg) = restarts(level, found, center);
    RegistrationQuality {
        correlation: found.fit.correlation,
        overlap: found.fit.overlap,
        halves_mm: halves(level, found, center),
        second_best: elsewhere.map(|o| o.fit.correlation).max_by(f64::total_cmp),
        at_middle: optima.first().map_or(0.0, |o| o.fit.correlation),
        restart_mm,
        restart_deg,
        condition: condition(found),
    }
}

/// Climbs from poses around the best.
fn restarts(level: &Level, found: &Optimum, center: Point3<f64>) -> (f64, f64) {
    let turn = RESTART_DEG.to_radians();
    let offsets = [
        (Vector3::x(), Vector3::z()),
        (-Vector3::x(), Vector3::y()),
        (Vector3::y(), -Vector3::x()),
        (-Vector3::y(), Vector3::x()),
        (Vector3::z(), -Vector3::y()),
        (-Vector3::z(), -Vector3::z()),
    ];
    let mut furthest = (0.0_f64, 0.0_f64);
    for (shift, axis) in offsets {
        let mut pose: Pose = found.pose;
        pose.shift += shift * RESTART_MM;
        let pose = pose.turned(UnitQuaternion::from_scaled_axis(axis * turn));
        let (mm, degrees) = climb(level, &pose, center).pose.difference(&found.pose);
        furthest = (
            furthest_of(furthest.0, mm),
            furthest_of(furthest.1, degrees),
        );
    }
    furthest
}

/// Aligns halves of the region by themselves.
fn halves(level: &Level, found: &Optimum, center: Point3<f64>) -> f64 {
    let whole = found.pose.transform(center);
    let cuts: [fn(&Vector3<f64>) -> bool; 4] =
        [|p| p.x > 0.0, |p| p.x <= 0.0, |p| p.z > 0.0, |p| p.z <= 0.0];
    let distance = |cut: fn(&Vector3<f64>) -> bool| {
        let part = level.samples.filtered(cut);
        let middle = part.offsets.iter().sum::<Vector3<f64>>() / part.offsets.len().max(1) as f64;
        let alone = climb_with(&part, &level.moving, &found.pose, center);
        let middle = center + middle;
        (alone.pose.transform(center) * middle - whole * middle).norm()
    };
    cuts.into_iter().map(distance).fold(0.0, furthest_of)
}

/// The larger of two distances; what is not a number is as far as can be.
fn furthest_of(a: f64, b: f64) -> f64 {
    if a.is_nan() || b.is_nan() {
        f64::INFINITY
    } else {
        a.max(b)
    }
}

/// How unevenly the pose is held; infinite where it is not.
fn condition(found: &Optimum) -> f64 {
    let eigenvalues = found.fit.curvature.symmetric_eigenvalues();
    let (low, high) = (eigenvalues.min(), eigenvalues.max());
    if low > 0.0 { high / low } else { f64::INFINITY }
}
