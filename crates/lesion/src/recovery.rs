//! What a PET would show of a lesion without its blur.

use std::f64::consts::PI;

use crate::delineate::half_height;
use crate::find::Uptake;
use crate::focus::Focus;
use crate::measure::{FWHM_PER_SIGMA, height_at};

/// A ball smaller across than this part of the blur's FWHM looks like the blur alone.
const LEAST_SHARE: f64 = 1.0;

/// An estimate, never a measurement: the uptake of a lesion without the partial volume effect.
///
/// The lesion is taken for a ball of even uptake in an even background: the one that, blurred,
/// encloses the volume at half of its own height that the PET shows. Noise goes into it
/// undiminished; of balls without noise it is within 15 % at 1.3 times the FWHM, 10 % at 1.7 times and
/// 7 % from twice the FWHM on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RecoveryEstimate {
    /// Share of the true uptake above background that the PET shows at the centre, 0 to 1.
    pub coefficient: f64,
    /// Estimated true mean, SUVbw g/mL: background plus height / coefficient.
    pub suv: f64,
    /// Full width at half maximum of the PET's point spread that was assumed, mm.
    pub psf_fwhm_mm: f64,
    /// Diameter of the ball, mm.
    pub diameter_mm: f64,
}

/// Why no recovery is estimated.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum NoRecovery {
    /// A width that is not a positive number.
    Psf {
        /// The width given, mm.
        psf_fwhm_mm: f64,
    },
    /// A ball so small is a point to the PET: what is seen is the blur, not the lesion.
    TooSmall {
        /// Diameter at half of the height, mm.
        seen_mm: f64,
        /// The width of the PET's point spread, mm.
        psf_fwhm_mm: f64,
    },
    /// Other uptake touches it, so that its extent at half of its height is not its own.
    Touches,
    /// Its extent at half of its height cannot be drawn; the end of a sentence.
    NoOutline(String),
}

impl std::fmt::Display for NoRecovery {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Psf { psf_fwhm_mm } => {
                write!(f, "the FWHM must be positive, found {psf_fwhm_mm} mm")
            }
            Self::TooSmall {
                seen_mm,
                psf_fwhm_mm,
            } => write!(
                f,
                "{seen_mm:.1} mm across at half of its height, hardly more than a point seen with \
                 an FWHM of {psf_fwhm_mm:.1} mm"
            ),
            Self::Touches => f.write_str("other uptake touches it"),
            Self::NoOutline(why) => write!(f, "its extent at half of its height {why}"),
        }
    }
}

impl std::error::Error for NoRecovery {}

impl Uptake<'_> {
    /// The uptake of a focus without the partial volume effect, from the full width at half maximum
    /// of the PET's point spread in mm. The blur of the voxels themselves is added to it.
    ///
    /// # Errors
    /// When the lesion is smaller across than the blur, or its extent cannot be drawn.
    pub fn recovery_of(
        &self,
        focus: &Focus,
        psf_fwhm_mm: f64,
    ) -> Result<RecoveryEstimate, NoRecovery> {
        if !(psf_fwhm_mm > 0.0 && psf_fwhm_mm.is_finite()) {
            return Err(NoRecovery::Psf { psf_fwhm_mm });
        }
        let territory = self.territory_of(focus);
        let territory =
            territory.ok_or_else(|| NoRecovery::NoOutline("is not known".to_owned()))?;
        let seen = half_height(&territory).map_err(NoRecovery::NoOutline)?;
        if seen.touches {
            return Err(NoRecovery::Touches);
        }
        let sigma = blur_mm(psf_fwhm_mm, territory.suv.grid().spacing());
        let radius = (3.0 * seen.volume_ml * 1000.0 / (4.0 * PI)).cbrt();
        let ball = ball_of(radius / sigma) * sigma;
        if 2.0 * ball < LEAST_SHARE * sigma * FWHM_PER_SIGMA {
            return Err(NoRecovery::TooSmall {
                seen_mm: 2.0 * radius,
                psf_fwhm_mm,
            });
        }
        let coefficient = height_at(ball / sigma, 0.0);
        Ok(RecoveryEstimate {
            coefficient,
            suv: seen.background + seen.height / coefficient,
            psf_fwhm_mm,
            diameter_mm: 2.0 * ball,
        })
    }
}

/// Standard deviation of the blur in mm: a voxel averages over its width, which blurs like a
/// Gaussian of width / √12.
pub(crate) fn blur_mm(psf_fwhm_mm: f64, spacing: [f64; 3]) -> f64 {
    let voxel = spacing.iter().map(|s| s * s).sum::<f64>() / 3.0 / 12.0;
    ((psf_fwhm_mm / FWHM_PER_SIGMA).powi(2) + voxel).sqrt()
}

/// Radius of the ball that, blurred, falls to half of its own height at `seen`; both in units of
/// the blur's standard deviation.
fn ball_of(seen: f64) -> f64 {
    // The larger the ball, the higher it stands at a distance, as a share of its own height. A
    // blurred ball looks at most 15 % smaller at half its height than it is.
    let (mut low, mut high) = (1e-3, 1.5 * seen.max(1.0));
    for _ in 0..50 {
        let a = f64::midpoint(low, high);
        if height_at(a, seen) > 0.5 * height_at(a, 0.0) {
            high = a;
        } else {
            low = a;
        }
    }
    low
}

#[cfg(test)]
mod tests {
    use isoboost_volume::{Grid, Volume};
    use nalgebra::Point3;

    use super::*;
    use crate::{LesionConfig, Surroundings, find_uptake};

    /// A blurred ball of SUV 20 in a background of 1, its middle between voxels.
    fn ball(diameter: f64, fwhm: f64) -> Volume<f32> {
        let grid = Grid::axis_aligned([24, 24, 24], [3.0, 4.0, 4.0], Point3::origin()).unwrap();
        let center = Point3::new(47.0, 45.5, 34.5);
        let sigma = fwhm / FWHM_PER_SIGMA;
        Volume::from_fn(grid.clone(), |v| {
            let r = (grid.center_of(v) - center).norm();
            (1.0 + 19.0 * height_at(diameter / 2.0 / sigma, r / sigma)) as f32
        })
    }

    #[test]
    fn the_uptake_of_a_ball_is_given_back() {
        let (surroundings, config) = (Surroundings::default(), LesionConfig::default());
        for (diameter, fwhm, within) in [
            (8.0, 6.0, 0.15),
            (10.0, 6.0, 0.1),
            (13.0, 6.0, 0.07),
            (17.0, 6.0, 0.05),
            (28.0, 6.0, 0.03),
            (13.0, 8.0, 0.1),
        ] {
            let suv = ball(diameter, fwhm);
            let uptake = find_uptake(&suv, &surroundings, &config).unwrap();
            let focus = &uptake.foci().foci[0];
            // The voxels hold points, not means, so that the blur of voxels is not in them.
            let voxels = 41.0 / 36.0;
            let psf = (fwhm * fwhm - voxels * FWHM_PER_SIGMA * FWHM_PER_SIGMA).sqrt();
            let found = uptake.recovery_of(focus, psf).unwrap();
            let off = found.suv / 20.0 - 1.0;
            assert!(off.abs() < within, "{diameter} mm at {fwhm}: {found:?}");
            let off = found.diameter_mm / diameter - 1.0;
            assert!(off.abs() < within, "{diameter} mm at {fwhm}: {found:?}");
            assert!((found.suv - 1.0) * found.coefficient + 1.0 >= focus.measures.suv_max);
        }
    }

    #[test]
    fn a_point_has_no_estimate() {
        let (surroundings, config) = (Surroundings::default(), LesionConfig::default());
        let suv = ball(6.0, 8.0);
        let uptake = find_uptake(&suv, &surroundings, &config).unwrap();
        let focus = &uptake.foci().foci[0];
        let point = uptake.recovery_of(focus, 8.0).unwrap_err();
        assert!(matches!(point, NoRecovery::TooSmall { .. }), "{point}");
        let no_width = uptake.recovery_of(focus, f64::NAN).unwrap_err();
        assert!(matches!(no_width, NoRecovery::Psf { .. }), "{no_width}");
    }
}
