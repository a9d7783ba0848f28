//! What a noise-free PET shows of a sphere.

use std::f64::consts::{PI, SQRT_2, TAU};

/// Full width at half maximum of a Gaussian in units of its standard deviation.
pub const FWHM_PER_SIGMA: f64 = 2.354_820_045;

/// A sphere blurred by a Gaussian: SUV by distance from its centre, all lengths in mm.
#[derive(Debug, Clone, Copy)]
pub struct BlurredSphere {
    pub radius: f64,
    /// Standard deviation of the blur.
    pub sigma: f64,
    pub sphere_suv: f64,
    pub background_suv: f64,
}

impl BlurredSphere {
    /// The convolution of a ball with a Gaussian, in closed form (as derived for recovery
    /// coefficients by Kessler, J Comput Assist Tomogr 1984;8:514).
    pub fn suv_at(&self, r: f64) -> f64 {
        let s = self.sigma;
        let gauss = |x: f64| (-x * x / (2.0 * s * s)).exp();
        let share = if r < 1e-6 {
            erf(self.radius / (s * SQRT_2))
                - (2.0 / PI).sqrt() * self.radius / s * gauss(self.radius)
        } else {
            let edge = |x: f64| erf(x / (s * SQRT_2));
            let (near, far) = (self.radius - r, self.radius + r);
            0.5 * (edge(near) + edge(far)) - s / (r * TAU.sqrt()) * (gauss(near) - gauss(far))
        };
        self.background_suv + (self.sphere_suv - self.background_suv) * share
    }
}

/// Abramowitz and Stegun 7.1.26, to 1.5e-7.
pub fn erf(x: f64) -> f64 {
    let t = 1.0 / (1.0 + 0.327_591_1 * x.abs());
    let poly = t
        * (0.254_829_592
            + t * (-0.284_496_736
                + t * (1.421_413_741 + t * (-1.453_152_027 + t * 1.061_405_429))));
    (1.0 - poly * (-x * x).exp()).copysign(x)
}
