//! The middle of what several rules draw.

use isoboost_volume::{IndexBox, Volume};

use crate::config::Delineation;
use crate::outline::Outline;

use super::{NoOutline, Territory, drawn, from_field};

/// Below this agreement a reader is told: half of what any rule draws, some rule leaves out.
const CAUTION_BELOW: f64 = 0.5;

/// The median of the rules' fields at each voxel: of outlines that lie within one another, the
/// middle one.
///
/// The agreement is the share of the voxels inside any outline that lies inside all of them
/// (generalised Jaccard index).
pub(super) fn outline(
    territory: &Territory<'_>,
    rules: &[Delineation],
    text: String,
) -> Result<Outline, NoOutline> {
    let mut outlines = Vec::new();
    let mut failed = Vec::new();
    for rule in rules {
        match drawn(territory, rule) {
            Ok(outline) => outlines.push(outline),
            Err(why) => failed.push(format!("{} {why}", rule.text())),
        }
    }
    if 2 * outlines.len() <= rules.len() {
        return Err(format!(
            "finds most of its rules without one: {}",
            failed.join("; ")
        ));
    }
    let first = outlines[0].depth_bounds;
    let bounds = outlines
        .iter()
        .fold(first, |all, o| all.union(&o.depth_bounds));
    let depth = median(territory, &outlines, bounds);
    let mut outline = from_field(territory, &depth, bounds, text)?;
    let agreement = agreement(&outlines, bounds);
    outline.agreement = Some(agreement);
    outline.notes = failed;
    if agreement < CAUTION_BELOW {
        let voxel_ml = territory.suv.grid().voxel_volume_ml();
        let volumes = outlines.iter().map(|o| o.voxels.len() as f64 * voxel_ml);
        let low = volumes.clone().fold(f64::INFINITY, f64::min);
        let high = volumes.fold(0.0, f64::max);
        outline.notes.push(format!(
            "the rules disagree: {low:.1} to {high:.1} mL, agreement {agreement:.2}"
        ));
    }
    Ok(outline)
}

fn median(territory: &Territory<'_>, outlines: &[Outline], bounds: IndexBox) -> Volume<f32> {
    let grid = territory.suv.grid().crop(bounds);
    Volume::from_fn(grid, |v| {
        let voxel = [0, 1, 2].map(|a| v[a] + bounds.min[a]);
        let mut depths: Vec<f32> = outlines.iter().map(|o| depth_at(o, voxel)).collect();
        depths.sort_by(f32::total_cmp);
        let middle = depths.len() / 2;
        if depths.len() % 2 == 1 {
            depths[middle]
        } else {
            f32::midpoint(depths[middle - 1], depths[middle])
        }
    })
}

/// Far outside beyond the box of an outline.
fn depth_at(outline: &Outline, voxel: [usize; 3]) -> f32 {
    let bounds = outline.depth_bounds;
    if !bounds.contains(voxel) {
        return f32::MAX / 4.0;
    }
    outline.depth[[0, 1, 2].map(|a| voxel[a] - bounds.min[a])]
}

fn agreement(outlines: &[Outline], bounds: IndexBox) -> f64 {
    let (mut all, mut any) = (0_usize, 0_usize);
    for voxel in bounds.voxels() {
        let inside = outlines
            .iter()
            .filter(|o| depth_at(o, voxel) <= 0.0)
            .count();
        all += usize::from(inside == outlines.len());
        any += usize::from(inside > 0);
    }
    if any == 0 {
        0.0
    } else {
        all as f64 / any as f64
    }
}
