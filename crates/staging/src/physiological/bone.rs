//! Uptake of bone for no reason, and healing fractures.

use isoboost_anatomy::OrganKind;
use nalgebra::{Point3, Vector3};

use crate::place::{Levels, distance_within, is_bone};
use crate::region::ExclusionReason;
use crate::tissue::{densest_ball, density};
use crate::uptake::Uptake;

use super::{Context, Explanation};

/// Unspecific uptake has a SUVmax below this: means of 3.4 to 7.7 (Rizzo 2024), below 10 by
/// definition with 18F-PSMA-1007 (Grünig 2021, 10.1007/s00259-021-05424-x).
const WEAK_SUV: f64 = 7.0;
const WEAK_RIB_SUV: f64 = 8.0;
/// Masks of ribs and shoulder blades that touch pass foci to one another within this, mm.
const NEAR_RIB_MM: f64 = 6.0;
/// With tracers that leave by the kidneys it is rare and weaker.
const WEAKEST_SUV: f64 = 6.0;
/// Bone denser than the other side by this is sclerotic, less dense lytic, HU.
const CHANGED_HU: f64 = 120.0;
/// A rib is hardly wider than what is compared, so its densest place near the uptake is compared
/// with the densest of the other side, each within this, mm; the difference that counts is smaller.
const RIB_WITHIN_MM: f64 = 5.0;
const RIB_STEP_MM: f64 = 3.0;
const CHANGED_RIB_HU: f64 = 90.0;
/// Radius in which densities of both sides are compared, mm.
const COMPARED_MM: f64 = 4.0;

pub(super) fn explain(uptake: &Uptake, context: &Context<'_>) -> Option<Explanation> {
    if !context.in_bone {
        return None;
    }
    let rib = is_rib(uptake, context);
    if uptake.suv_max >= if rib { WEAK_RIB_SUV } else { WEAK_SUV } {
        return None;
    }
    let changed = change(uptake, context);
    let mut evidence = vec![format!(
        "{} with SUVmax {:.1}",
        if rib { "rib" } else { "bone" },
        uptake.suv_max
    )];
    let mut plausibility: f64 = if context.scan.liver_excreted {
        evidence.push("18F-PSMA-1007 is often taken up by bone without disease".to_owned());
        0.45
    } else if uptake.suv_max < WEAKEST_SUV {
        0.3
    } else {
        0.1
    };
    if rib {
        plausibility += 0.2;
    }
    match changed {
        Some(hu) if hu.abs() >= if rib { CHANGED_RIB_HU } else { CHANGED_HU } => {
            plausibility -= 0.3;
            evidence.push(format!(
                "the CT is changed: {:.0} HU {} dense than the other side",
                hu.abs(),
                if hu > 0.0 { "more" } else { "less" }
            ));
        }
        Some(hu) => {
            plausibility += 0.15;
            evidence.push(format!(
                "no change on the CT: {hu:+.0} HU against the other side"
            ));
        }
        None => {}
    }
    let reason = ExclusionReason::UnspecificBone;
    Some(Explanation::new(reason, plausibility, evidence))
}

/// Whether a focus lies in a rib, as far as masks or its place tell.
pub(super) fn is_rib(uptake: &Uptake, context: &Context<'_>) -> bool {
    let ribs = context.anatomy.organs.iter().filter(|organ| {
        matches!(organ.kind, OrganKind::Rib(..))
            && distance_within(organ, uptake.max_at, NEAR_RIB_MM).is_some()
    });
    ribs.count() > 0 || crate::skeletal::site_of(uptake, context).contains("rib")
}

/// Density over that of the mirrored place of the body, HU; `None` where the other side is not
/// bone, as for the spine, which is compared with nothing.
pub(crate) fn change(uptake: &Uptake, context: &Context<'_>) -> Option<f64> {
    let ct = context.scan.ct?;
    let at = uptake.max_at;
    let levels: &Levels = context.levels?;
    let mirrored = Point3::new(2.0 * levels.midline - at.x, at.y, at.z);
    if (mirrored - at).norm() < 4.0 * COMPARED_MM {
        return None;
    }
    // The other side lies not exactly where the mirror has it.
    let near = [-8.0, -4.0, 0.0, 4.0, 8.0];
    let around = near
        .into_iter()
        .flat_map(|dy| near.map(|dz| mirrored + Vector3::new(0.0, dy, dz)));
    let bones = around.filter(|p| is_bone(context.anatomy, *p));
    if is_rib(uptake, context) {
        let densest = |p, within| densest_ball(ct, p, COMPARED_MM, within);
        let there = bones.filter_map(|p| densest(p, RIB_STEP_MM));
        return Some(densest(at, RIB_WITHIN_MM)? - there.reduce(f64::max)?);
    }
    let mut there: Vec<f64> = bones.filter_map(|p| density(ct, p, COMPARED_MM)).collect();
    there.sort_by(f64::total_cmp);
    let median = *there.get(there.len() / 2)?;
    Some(density(ct, at, COMPARED_MM)? - median)
}
