//! How the dose of a boost falls outside of it: an estimate in place of a plan.
//!
//! The isodose of half the dose encloses R50 times the PTV's volume (R50, the intermediate dose
//! spillage of RTOG 0813 and 0915). For a sphere of the PTV's volume it lies r (R50^⅓ - 1) beyond
//! the surface. Farther out the dose falls slowly, as a full arc of beams as wide as the target
//! has it: a share of (2/π) asin(r / (r + d)) of the beams hits a point at distance d.

use super::config::FallOffConfig;

/// Share of a boost's dose by distance from its PTV.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FallOff {
    /// Where half of the dose is left, in mm outside of the PTV.
    half_dose_mm: f64,
    bath_share: f64,
    bath_half_mm: f64,
    /// Halving distance of the steep part, mm.
    steep_half_mm: f64,
}

impl FallOff {
    /// The fall-off around a PTV of `ptv_ml`.
    pub fn around(ptv_ml: f64, config: &FallOffConfig) -> Self {
        let radius_mm = (ptv_ml * 1000.0 * 3.0 / (4.0 * std::f64::consts::PI)).cbrt();
        let half_dose_mm = radius_mm * (config.r50.cbrt() - 1.0);
        let bath_half_mm = config.bath_half_distance_mm;
        let bath_share = config.bath_share;
        let bath = bath_share * (-half_dose_mm / bath_half_mm).exp2();
        // bath < 1/2, so what is left is a share between 0 and 1.
        let steep_left = (0.5 - bath) / (1.0 - bath_share);
        Self {
            half_dose_mm,
            bath_share,
            bath_half_mm,
            steep_half_mm: half_dose_mm / -steep_left.log2(),
        }
    }

    /// Where half of the dose is left, in mm outside of the PTV.
    pub fn half_dose_mm(&self) -> f64 {
        self.half_dose_mm
    }

    /// The share of the dose at a distance from the PTV's surface, in mm; 1 inside.
    pub fn share_at(&self, distance_mm: f64) -> f64 {
        if distance_mm <= 0.0 {
            return 1.0;
        }
        let steep = (1.0 - self.bath_share) * (-distance_mm / self.steep_half_mm).exp2();
        steep + self.bath_share * (-distance_mm / self.bath_half_mm).exp2()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_the_dose_is_left_where_r50_says() {
        let config = FallOffConfig::default();
        for ptv_ml in [1.8, 13.2, 50.0] {
            let fall_off = FallOff::around(ptv_ml, &config);
            let at = fall_off.half_dose_mm();
            assert!((fall_off.share_at(at) - 0.5).abs() < 1e-12);
            // The sphere of that radius has R50 times the volume.
            let radius = (ptv_ml * 750.0 / std::f64::consts::PI).cbrt();
            let ratio = ((radius + at) / radius).powi(3);
            assert!((ratio - config.r50).abs() < 1e-9);
        }
    }

    #[test]
    fn the_dose_falls_all_the_way_and_far_out_as_a_full_arc() {
        let fall_off = FallOff::around(13.2, &FallOffConfig::default());
        assert_eq!(fall_off.share_at(-1.0), 1.0);
        assert!((fall_off.share_at(1e-9) - 1.0).abs() < 1e-6);
        let shares: Vec<f64> = (0..150)
            .map(|mm| fall_off.share_at(f64::from(mm)))
            .collect();
        assert!(shares.windows(2).all(|w| w[1] < w[0]));
        // (2/π) asin(r / (r + d)) with r = 14.7 mm: 0.28 at 20 mm, 0.17 at 40 mm.
        for (mm, arc) in [(20.0, 0.279), (40.0, 0.173)] {
            let share = fall_off.share_at(mm);
            assert!((share - arc).abs() < 0.08, "{share} at {mm} mm");
        }
    }
}
