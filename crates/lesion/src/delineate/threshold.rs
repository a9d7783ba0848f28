//! Rules that come to one threshold.

use std::f64::consts::{PI, SQRT_2, TAU};

use crate::config::Delineation;
use crate::measure::{FWHM_PER_SIGMA, erf, isosurface_ml};
use crate::outline::Outline;

use super::{NoOutline, Territory, at_threshold, terrain};

/// Rounds of the iterative rule: each brings the volume about ten times nearer.
const MOST_ROUNDS: usize = 25;
/// The iterative rule stands when the volume changes by less than this share.
const STANDING: f64 = 1e-3;

/// The SUVbw at the border by a rule that needs no outline to find it.
pub(super) fn of(territory: &Territory<'_>, rule: &Delineation) -> Result<f64, NoOutline> {
    let max = territory.suv_max();
    let above = |height: f64, percent: f64| -> Result<f64, NoOutline> {
        let background = terrain::background(territory)?;
        Ok(background + percent / 100.0 * (height - background))
    };
    match rule {
        // A focus found below this SUV is drawn as the voxels at its maximum.
        Delineation::FixedSuv(suv) => Ok(*suv),
        Delineation::PercentOfMax(percent) => Ok(max * percent / 100.0),
        Delineation::PercentOfPeak(percent) => Ok(terrain::peak(territory) * percent / 100.0),
        Delineation::BackgroundAdapted(percent) => {
            above(terrain::interpolated_max(territory), *percent)
        }
        Delineation::BackgroundAdaptedPeak(percent) => above(terrain::peak(territory), *percent),
        Delineation::Schaefer { slope, background } => {
            let around = terrain::background(territory)?;
            Ok(slope * terrain::core_mean(territory) + background * around)
        }
        Delineation::Nestle(share) => {
            let around = terrain::background(territory)?;
            Ok(share * terrain::core_mean(territory) + around)
        }
        Delineation::Iterative { .. }
        | Delineation::Gradient {}
        | Delineation::RandomWalker { .. }
        | Delineation::Consensus(_) => Err("has no threshold of its own".to_owned()),
    }
}

/// The threshold at which the outline's own volume shows its true border through the blur.
pub(super) fn iterated(
    territory: &Territory<'_>,
    psf_fwhm_mm: f64,
    rule: &str,
) -> Result<Outline, NoOutline> {
    // A voxel averages over its width, which blurs like a Gaussian of width / sqrt(12).
    let spacing = territory.suv.grid().spacing();
    let voxel = spacing.iter().map(|s| s * s).sum::<f64>() / 3.0 / 12.0;
    let sigma = ((psf_fwhm_mm / FWHM_PER_SIGMA).powi(2) + voxel).sqrt();
    let background = terrain::background(territory)?;
    let height = terrain::interpolated_max(territory) - background;
    let mut share = 0.41;
    let mut volume = 0.0;
    for _ in 0..MOST_ROUNDS {
        let threshold = background + share * height;
        let outline = at_threshold(territory, threshold, rule.to_owned())?;
        let found = isosurface_ml(&outline.depth, &outline.voxels);
        if (found - volume).abs() <= STANDING * found {
            return Ok(outline);
        }
        volume = found;
        // Halfway, since a smaller ball asks for a higher threshold, which makes it smaller still.
        share = f64::midpoint(share, border_share(volume, sigma));
    }
    Err("does not settle".to_owned())
}

/// The share of its central height that a blurred ball of a volume in mL shows at its true border,
/// in closed form (see [`crate::recovery_coefficient`]).
fn border_share(volume_ml: f64, sigma: f64) -> f64 {
    let a = (volume_ml * 1000.0 * 3.0 / (4.0 * PI)).cbrt() / sigma;
    let border = 0.5 * erf(2.0 * a / SQRT_2) - (1.0 - (-2.0 * a * a).exp()) / (a * TAU.sqrt());
    let center = erf(a / SQRT_2) - (2.0 / PI).sqrt() * a * (-a * a / 2.0).exp();
    // Below the width of the blur every ball looks the same, and its border is not to be told.
    (border / center).clamp(0.3, 0.7)
}
