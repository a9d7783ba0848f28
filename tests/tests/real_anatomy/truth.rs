//! Lesions of the real man, and what is drawn at random.

use isoboost_staging::{Lesion, Region};
use nalgebra::Point3;

use crate::patient::FWHM_MM;

/// A lesion that is there.
#[derive(Debug)]
pub(crate) struct Truth {
    pub(crate) place: &'static str,
    pub(crate) at: Point3<f64>,
    pub(crate) diameter: f64,
    /// What the PET shows of it.
    pub(crate) suv: f32,
}

impl Truth {
    /// The uptake that the blur turns into what is shown (Kessler 1984).
    pub(crate) fn true_suv(&self) -> f32 {
        let a = self.diameter / 2.0 * 2.354_82 / FWHM_MM;
        // Error function after Abramowitz and Stegun 7.1.26.
        let x = a / std::f64::consts::SQRT_2;
        let t = 1.0 / (1.0 + 0.327_591_1 * x);
        let poly = t
            * (0.254_829_592
                + t * (-0.284_496_736
                    + t * (1.421_413_741 + t * (-1.453_152_027 + t * 1.061_405_429))));
        let erf = 1.0 - poly * (-x * x).exp();
        let shown = erf - (2.0 / std::f64::consts::PI).sqrt() * a * (-a * a / 2.0).exp();
        self.suv / shown as f32
    }

    pub(crate) fn is_told(&self, lesion: &Lesion) -> bool {
        let measures = &lesion.focus.measures;
        let reach = self.diameter / 2.0 + 5.0;
        (measures.max_at - self.at).norm() <= reach || (measures.centroid - self.at).norm() <= reach
    }

    pub(crate) fn is_node(&self) -> bool {
        self.place.contains("iliac") || self.place == "retroperitoneal"
    }

    pub(crate) fn region(&self) -> Region {
        if self.place.contains("iliac") {
            Region::PelvicNode
        } else {
            Region::Distant
        }
    }
}

/// SplitMix64.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: usize) -> Self {
        Self(seed as u64)
    }

    pub(crate) fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub(crate) fn normal(&mut self) -> f64 {
        let sum: f64 = (0..12).map(|_| self.uniform()).sum();
        sum - 6.0
    }
}
