//! Which lesions touch bowel, rectum or bladder.

use isoboost_anatomy::{Anatomy, OrganKind};
use isoboost_lesion::Focus;
use isoboost_staging::{Excluded, ExclusionReason, Staging};
use nalgebra::{Point3, Vector3};

use crate::clinical::TouchedOrgan;

/// Spacing of the places around a voxel at which an organ is looked for, mm.
const STEP_MM: f64 = 1.5;

/// The lesions that meet the uptake of bowel or bladder, or lie within `reach_mm` of a drawn one:
/// lesion number and organ, in order. An organ without uptake that nobody drew is not seen.
pub fn touched_organs(
    staging: &Staging,
    anatomy: &Anatomy,
    reach_mm: f64,
) -> Vec<(u32, TouchedOrgan)> {
    let mut touched = Vec::new();
    for lesion in &staging.lesions {
        let met = staging
            .excluded
            .iter()
            .filter(|e| meets(&lesion.focus, e))
            .filter_map(|e| of_reason(e.reason));
        touched.extend(met.map(|organ| (lesion.id, organ)));
        let drawn = anatomy.organs.iter().filter_map(|organ| {
            let kind = of_kind(organ.kind)?;
            is_near(&lesion.focus, reach_mm, |place| organ.mask.contains(place)).then_some(kind)
        });
        touched.extend(drawn.map(|organ| (lesion.id, organ)));
    }
    touched.sort_unstable();
    touched.dedup();
    touched
}

fn meets(focus: &Focus, excluded: &Excluded) -> bool {
    let territory = excluded.focus.territory;
    focus.contacts.iter().any(|c| c.territory == territory)
}

fn of_reason(reason: ExclusionReason) -> Option<TouchedOrgan> {
    match reason {
        ExclusionReason::Bowel => Some(TouchedOrgan::Bowel),
        ExclusionReason::UrinaryBladder => Some(TouchedOrgan::Bladder),
        _ => None,
    }
}

fn of_kind(kind: OrganKind) -> Option<TouchedOrgan> {
    match kind {
        OrganKind::SmallBowel | OrganKind::Duodenum | OrganKind::Colon | OrganKind::Bowel => {
            Some(TouchedOrgan::Bowel)
        }
        OrganKind::Rectum => Some(TouchedOrgan::Rectum),
        OrganKind::UrinaryBladder => Some(TouchedOrgan::Bladder),
        _ => None,
    }
}

/// Whether `holds` is true of a place within `reach_mm` of a voxel's centre of the focus.
fn is_near(focus: &Focus, reach_mm: f64, holds: impl Fn(Point3<f64>) -> bool) -> bool {
    let around = ball(reach_mm);
    let grid = focus.mask.grid();
    let mut centers = focus.mask.voxels().map(|voxel| grid.center_of(voxel));
    centers.any(|center| around.iter().any(|step| holds(center + step)))
}

/// Steps to the places of a ball, the middle among them.
fn ball(radius_mm: f64) -> Vec<Vector3<f64>> {
    let reach = (radius_mm / STEP_MM).floor() as i32;
    let axis = || (-reach..=reach).map(|n| f64::from(n) * STEP_MM);
    let steps =
        axis().flat_map(|x| axis().flat_map(move |y| axis().map(move |z| Vector3::new(x, y, z))));
    steps.filter(|step| step.norm() <= radius_mm).collect()
}
