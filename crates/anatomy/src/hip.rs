//! Greater trochanters, femoral heads and iliac crests from how far bone reaches out to the sides.
//!
//! From the thigh upwards the femur reaches further out until the greater trochanter ends; there
//! the outline falls back by centimetres to the waist of the pelvis above the hip joint, and widens
//! again with the iliac wing. That step is seen at any resolution, with metal in the hip and in
//! worn joints, where the round outline of the head is not.

use nalgebra::Point3;

use crate::landmarks::{Absent, Landmark, LandmarkSource, Sought, seen};
use crate::organ::Side;
use crate::skeleton::Skeleton;

/// The top of the head stands this far above the tip of the greater trochanter, in mm: the
/// articulotrochanteric distance, some 15 to 25 mm in adult men.
const HEAD_ABOVE_TROCHANTER_MM: f64 = 19.0;

/// Where it is known from the symphysis alone: the tops of the heads lie about this far above it.
pub(crate) const HEAD_ABOVE_SYMPHYSIS_MM: f64 = 31.0;

/// How far out the head's middle lies, as a share of the trochanter's reach.
const HEAD_SHARE_OF_REACH: f64 = 0.6;

/// The outline falls by at least this much within a short way at the trochanter's tip, in mm.
const STEP_MM: f64 = 14.0;
const STEP_LENGTH_MM: f64 = 15.0;

/// Reach of a trochanter and of the waist above it, from the midline in mm, from small to large
/// men.
const TROCHANTER_MM: (f64, f64) = (108.0, 178.0);
const WAIST_MM: (f64, f64) = (80.0, 132.0);

/// At the waist the hip bone and the head fill at least this much between 50 and 115 mm, in mm²;
/// a thigh has a third of it.
const WAIST_AREA_MM2: f64 = 1400.0;

/// A column counts as bone with at least this much of it from front to back, in mm.
const COLUMN_MM: f64 = 8.0;

/// Bone further than this from the midline above the waist is iliac wing, in mm, as long as a
/// slice has this much of it, in mm².
const WING_MM: f64 = 62.0;
const WING_AREA_MM2: f64 = 100.0;

/// The crest lies this far above the trochanter's tip, in mm.
const CREST_ABOVE_TROCHANTER_MM: (f64, f64) = (95.0, 190.0);

/// The tip of a greater trochanter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Trochanter {
    pub(crate) tip_z: f64,
    pub(crate) reach_mm: f64,
}

/// Looks for the trochanter's tip on one side, from the feet upwards.
pub(crate) fn trochanter(bones: &Skeleton<'_>, midline: f64, side: Side) -> Option<Trochanter> {
    let n = bones.z.len();
    let ahead = bones.slices_in(STEP_LENGTH_MM);
    let reach: Vec<f64> = (0..n)
        .map(|k| {
            let far = bones.reach(k, midline, side, COLUMN_MM, TROCHANTER_MM.1);
            far.unwrap_or(0.0)
        })
        .collect();
    let is_waist = |k: usize| {
        reach[k] > WAIST_MM.0
            && reach[k] < WAIST_MM.1
            && bones.area(k, midline, side, 50.0, 115.0) >= WAIST_AREA_MM2
    };
    for k in 0..n {
        if reach[k] < TROCHANTER_MM.0 {
            continue;
        }
        let above = k + 1..(k + 1 + ahead).min(n);
        let fallen = |b: &usize| reach[k] - reach[*b] >= STEP_MM && is_waist(*b);
        let Some(waist) = above.clone().find(fallen) else {
            continue;
        };
        // The last slice that still reaches out by most of the step.
        let tip = (k..waist)
            .rev()
            .find(|b| reach[*b] - reach[waist] >= STEP_MM);
        let tip = tip.unwrap_or(k);
        let widest = reach[tip.saturating_sub(3 * ahead)..=tip].iter().copied();
        return Some(Trochanter {
            tip_z: bones.z[tip] + bones.slice_mm() / 2.0,
            reach_mm: widest.fold(0.0, f64::max),
        });
    }
    None
}

/// The top of the femoral head above a trochanter.
pub(crate) fn head_top(trochanter: Trochanter, midline: f64, side: Side, y: f64) -> Landmark {
    let out = trochanter.reach_mm * HEAD_SHARE_OF_REACH;
    let x = match side {
        Side::Left => midline + out,
        Side::Right => midline - out,
    };
    let z = trochanter.tip_z + HEAD_ABOVE_TROCHANTER_MM;
    let how = format!(
        "{HEAD_ABOVE_TROCHANTER_MM} mm above the tip of the greater trochanter at z {:.0} mm",
        trochanter.tip_z
    );
    seen(Point3::new(x, y, z), 0.8, how)
}

/// The top of a femoral head by the symphysis, for fields and hips without a trochanter to see.
pub(crate) fn head_top_by_symphysis(symphysis: &Landmark, midline: f64, side: Side) -> Landmark {
    let out = match side {
        Side::Left => 86.0,
        Side::Right => -86.0,
    };
    let z = symphysis.at.z + HEAD_ABOVE_SYMPHYSIS_MM;
    Landmark {
        at: Point3::new(midline + out, symphysis.at.y, z),
        source: LandmarkSource::Derived,
        confidence: 0.5 * symphysis.confidence,
        how: format!("{HEAD_ABOVE_SYMPHYSIS_MM} mm above the top of the symphysis"),
    }
}

/// The top of the iliac crests.
pub(crate) fn crest(bones: &Skeleton<'_>, midline: f64, trochanter_z: f64) -> Sought {
    let (low, high) = CREST_ABOVE_TROCHANTER_MM;
    let wing = |k: usize, side| bones.area(k, midline, side, WING_MM, 180.0) >= WING_AREA_MM2;
    let range = bones.slices_between(trochanter_z + low, trochanter_z + high);
    for k in range.clone() {
        if wing(k, Side::Left) || wing(k, Side::Right) {
            continue;
        }
        let z = bones.z[k] - bones.slice_mm() / 2.0;
        let y = bones.y[bones.y.len() / 2];
        return Ok(seen(
            Point3::new(midline, y, z),
            0.7,
            format!("no iliac wing above z {z:.0} mm"),
        ));
    }
    Err(Absent(format!(
        "the iliac wings do not end within the field ({} slices above the hips)",
        range.len()
    )))
}
