//! Shapes whose measures have closed forms.

mod ibsi;
mod shapes;
mod surfaces;
mod values;

use isoboost_volume::{Grid, Volume};
use nalgebra::{Point3, Rotation3, Vector3};
use std::f64::consts::PI;

use super::blurred_ball::{FWHM_PER_SIGMA, erf};
use super::*;
use crate::outline::depth_below;

/// A grid around the origin, turned or not.
fn grid_around(reach: f64, spacing: [f64; 3], is_turned: bool) -> Grid {
    let turn = if is_turned {
        Rotation3::from_euler_angles(0.3, -0.2, 0.5)
    } else {
        Rotation3::identity()
    };
    let axes = [Vector3::z(), Vector3::y(), Vector3::x()].map(|axis| turn * axis);
    let shape = spacing.map(|s| 2 * (reach / s).ceil() as usize + 1);
    let mut origin = Point3::origin();
    for a in 0..3 {
        origin -= axes[a] * (shape[a] / 2) as f64 * spacing[a];
    }
    Grid::new(shape, spacing, origin, axes).unwrap()
}

/// The measures of all voxels at or above a level.
fn measured_above(suv: &Volume<f32>, level: f64) -> Measures {
    let all = suv.grid().full_box().voxels();
    let voxels: Vec<_> = all.filter(|v| f64::from(suv[*v]) >= level).collect();
    let depth = depth_below(suv, &voxels, level).0;
    measure(suv, &voxels, &depth, &PeakKernel::new(suv.grid()))
}

/// A ball of SUV 20 in a background of 1, as a PET without noise shows it.
struct Ball {
    radius: f64,
    fwhm: f64,
}

impl Ball {
    fn suv_at(&self, r: f64) -> f64 {
        let s = self.fwhm / FWHM_PER_SIGMA;
        let r = r.max(1e-3);
        let gauss = |x: f64| (-x * x / (2.0 * s * s)).exp();
        let edge = |x: f64| erf(x.abs() / (s * 2_f64.sqrt())).copysign(x);
        let (near, far) = (self.radius - r, self.radius + r);
        let share = 0.5 * (edge(near) + edge(far))
            - s / (r * (2.0 * PI).sqrt()) * (gauss(near) - gauss(far));
        1.0 + 19.0 * share
    }

    /// Where the SUV has fallen to a level.
    fn radius_at(&self, suv: f64) -> f64 {
        let (mut low, mut high) = (0.0, 3.0 * self.radius);
        for _ in 0..60 {
            let middle = f64::midpoint(low, high);
            if self.suv_at(middle) > suv {
                low = middle;
            } else {
                high = middle;
            }
        }
        low
    }
}

/// Random numbers from 0 to 1, the same every time.
struct Random(u32);

impl Random {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(self.0 >> 8) / f64::from(1 << 24)
    }
}
