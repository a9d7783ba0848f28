//! Rules that come to one threshold.

use std::f64::consts::PI;

use crate::config::Delineation;
use crate::measure::{height_at, isosurface_ml};
use crate::outline::Outline;
use crate::recovery::blur_mm;

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
        Delineation::FindingThreshold {} => Ok(territory.finding_suv),
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
    let sigma = blur_mm(psf_fwhm_mm, territory.suv.grid().spacing());
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

/// A focus at half of its height above background.
pub(crate) struct HalfHeight {
    /// Mean SUVbw around it.
    pub(crate) background: f64,
    /// SUVbw of its maximum between voxel centres above background, as of a Gaussian.
    pub(crate) height: f64,
    /// Volume inside the isosurface halfway between the two, mL.
    pub(crate) volume_ml: f64,
    /// Whether other uptake lies against it there.
    pub(crate) touches: bool,
}

/// The extent of a focus at half of its height, or why it cannot be drawn.
pub(crate) fn half_height(territory: &Territory<'_>) -> Result<HalfHeight, NoOutline> {
    let background = terrain::background(territory)?;
    let height = terrain::gaussian_height(territory, background);
    let outline = at_threshold(territory, background + height / 2.0, String::new())?;
    Ok(HalfHeight {
        background,
        height,
        volume_ml: isosurface_ml(&outline.depth, &outline.voxels),
        touches: !outline.contacts.is_empty(),
    })
}

/// The share of its central height that a blurred ball of a volume in mL shows at its true border,
/// in closed form (see [`crate::recovery_coefficient`]).
fn border_share(volume_ml: f64, sigma: f64) -> f64 {
    let a = (volume_ml * 1000.0 * 3.0 / (4.0 * PI)).cbrt() / sigma;
    // Below the width of the blur every ball looks the same, and its border is not to be told.
    (height_at(a, a) / height_at(a, 0.0)).clamp(0.3, 0.7)
}
