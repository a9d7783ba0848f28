//! What rules take from the image around a focus.

use isoboost_volume::{IndexBox, Volume};

use crate::measure::background_around;

use super::{NoOutline, Territory, grow::grow};

/// Share of SUVmax from which voxels are the core of a focus (Schaefer 2008, Nestle 2005).
const CORE_SHARE: f64 = 0.7;
/// Share of the height of a focus that a neighbour of its maximum has at least: below it noise
/// decides.
const LEAST_HEIGHT: f64 = 0.01;
/// Share of SUVmax at which the focus ends for the purpose of finding its background.
const BODY_SHARE: f64 = 0.5;

/// The mean SUVbw of the shell around a focus.
pub(super) fn background(territory: &Territory<'_>) -> Result<f64, NoOutline> {
    let max = territory.suv_max();
    let body = grow(
        territory,
        territory.finding_suv.max(BODY_SHARE * max).min(max),
    );
    let mean = background_around(territory.suv, &body.voxels, |voxel| {
        territory.ground.hot(voxel) == 0
    });
    mean.ok_or_else(|| "needs a background, and too little of it is free of uptake".to_owned())
}

/// The maximum between voxel centres, by a parabola through the highest voxel and its neighbours
/// along each axis: the hottest voxel lies beside the middle of a focus, which for one of three
/// voxels hides a tenth of its height.
pub(super) fn interpolated_max(territory: &Territory<'_>) -> f64 {
    top_of(territory, |suv| suv)
}

/// The same above background with a Gaussian in place of the parabola, which is what a lesion that
/// is not much wider than the blur looks like: where it lies between the centres of voxels as wide
/// as the blur, a parabola hides a third of its height.
pub(super) fn gaussian_height(territory: &Territory<'_>, background: f64) -> f64 {
    let least = LEAST_HEIGHT * (territory.suv_max() - background);
    top_of(territory, |suv| (suv - background).max(least).ln()).exp()
}

/// The top of the parabolas through what is made of the highest voxel and its neighbours.
fn top_of(territory: &Territory<'_>, made_of: impl Fn(f64) -> f64) -> f64 {
    let (suv, voxel) = (territory.suv, territory.max_voxel);
    let at = |v: [usize; 3]| made_of(f64::from(suv[v]));
    let max = at(voxel);
    let gain = (0..3).map(|a| {
        let (mut before, mut after) = (voxel, voxel);
        if voxel[a] == 0 || voxel[a] + 1 == suv.grid().shape()[a] {
            return 0.0;
        }
        before[a] -= 1;
        after[a] += 1;
        let bend = 2.0 * max - at(before) - at(after);
        let slope = at(after) - at(before);
        if bend > 0.0 {
            slope * slope / (8.0 * bend)
        } else {
            0.0
        }
    });
    max + gain.sum::<f64>()
}

/// The highest mean over 1 mL around a voxel of the focus.
pub(super) fn peak(territory: &Territory<'_>) -> f64 {
    let means = territory
        .voxels
        .iter()
        .map(|voxel| territory.kernel.mean_at(territory.suv, *voxel));
    means.fold(f64::MIN, f64::max)
}

/// The mean of the voxels above 70 % of SUVmax.
pub(super) fn core_mean(territory: &Territory<'_>) -> f64 {
    let core = grow(territory, CORE_SHARE * territory.suv_max());
    let sum: f64 = core
        .voxels
        .iter()
        .map(|v| f64::from(territory.suv[*v]))
        .sum();
    sum / core.voxels.len() as f64
}

/// The box of everything that an outline may reach, with its SUV: voxels on the ground of others
/// are as low as the background, so that no border is drawn on their flanks.
pub(super) fn own_image(territory: &Territory<'_>, background: f64) -> (Volume<f32>, IndexBox) {
    let suv = territory.suv;
    let bounds = territory.reach();
    let own = Volume::from_fn(suv.grid().crop(bounds), |v| {
        let voxel = [0, 1, 2].map(|a| v[a] + bounds.min[a]);
        let owner = territory.ground.of(voxel);
        if owner == 0 || owner == territory.number {
            suv[voxel]
        } else {
            suv[voxel].min(background as f32)
        }
    });
    (own, bounds)
}
