//! Glands of the head: salivary, lacrimal, and the small ones of nose and mouth.

use nalgebra::Point3;

use crate::place::Levels;
use crate::region::ExclusionReason;
use crate::uptake::Uptake;

use super::{Context, Explanation};

/// The lungs end this far below the lower edge of the submandibular glands at least, mm.
const ABOVE_LUNGS_MM: f64 = 75.0;
/// Glands are paired: the other lies within this of the mirrored place, mm.
const PAIRED_MM: f64 = 20.0;
/// Nearer to the midline lie the glands of nose, palate and tongue, mm.
const MIDDLE_MM: f64 = 22.0;

pub(super) fn explain(uptake: &Uptake, context: &Context<'_>) -> Option<Explanation> {
    let lungs = context.lungs_top?;
    let above = uptake.center.z - lungs;
    if above < ABOVE_LUNGS_MM || context.in_bone {
        return None;
    }
    let middle = middle_of_head(uptake, context)?;
    let aside = (uptake.center.x - middle).abs();
    let mut evidence = vec![format!(
        "in the soft tissue of the head, {above:.0} mm above the lungs, {aside:.0} mm from the \
         middle"
    )];
    let mirrored = Point3::new(
        2.0 * middle - uptake.center.x,
        uptake.center.y,
        uptake.center.z,
    );
    let others = context.others.iter();
    let like = others.filter(|o| (0.4..=2.5).contains(&(o.suv_max / uptake.suv_max)));
    let apart = like.map(|o| (o.center - mirrored).norm());
    let paired = apart.filter(|mm| *mm <= PAIRED_MM).reduce(f64::min);
    let plausibility = if aside <= MIDDLE_MM {
        evidence.push("where nose, palate and tongue have small glands".to_owned());
        0.7
    } else if let Some(mm) = paired {
        evidence.push(format!("mirrored on the other side within {mm:.0} mm"));
        0.8
    } else {
        0.62
    };
    Some(Explanation::new(
        ExclusionReason::Gland,
        plausibility,
        evidence,
    ))
}

/// The middle of the body from side to side at the height of a focus; a head may be turned to the
/// side, so that the plane of symmetry of the pelvis is of no use.
fn middle_of_head(uptake: &Uptake, context: &Context<'_>) -> Option<f64> {
    let body = context.anatomy.body.as_ref()?;
    let [k, _, _] = body.grid().voxel_at(uptake.center)?;
    let [_, nj, ni] = body.grid().shape();
    let slice = &body.as_slice()[k * nj * ni..(k + 1) * nj * ni];
    let inside = slice.iter().enumerate().filter(|(_, set)| **set);
    let columns = inside.map(|(n, _)| n % ni);
    let (low, high) = columns.fold((ni, 0), |(low, high), i| (low.min(i), high.max(i)));
    if low >= high {
        return context.levels.map(|levels: &Levels| levels.midline);
    }
    let x = |i: usize| body.grid().center_of([k, 0, i]).x;
    Some(f64::midpoint(x(low), x(high)))
}
