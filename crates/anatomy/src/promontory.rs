//! The promontory: the corner of the spine's front edge at the lumbosacral disc.

use nalgebra::Point3;

use crate::landmarks::{Absent, Sought, seen};
use crate::skeleton::Skeleton;

/// Half width of the strip around the midline, in mm.
const HALF_WIDTH_MM: f64 = 11.0;

/// The hollow of the sacrum lies this far above the top of the femoral heads, in mm.
const HOLLOW_ABOVE_HEADS_MM: (f64, f64) = (5.0, 75.0);

/// The front of the lumbar spine is read up to this far above the hollow, in mm: L2 or L3.
const LUMBAR_ABOVE_HOLLOW_MM: f64 = 140.0;

/// … and at least this far; below, the corner has no upper leg.
const LEAST_LUMBAR_MM: f64 = 75.0;

/// The corner stands out from the line between lumbar spine and hollow by at least this, in mm.
const LEAST_CORNER_MM: f64 = 14.0;

/// The corner is drawn out from the lower edge of L5, which mostly stands out furthest, to the upper
/// edge of the sacrum, which stands out by at least this share of it and lies within this distance
/// below, in mm. The disc is midway.
const CORNER_SHARE: f64 = 0.75;
const CORNER_MM: f64 = 26.0;

/// The front edge of the spine moves by less than this within the discs' height, in mm; what lies
/// further in front is not the spine.
const LEAP_MM: f64 = 24.0;

/// Looks for the promontory above the femoral heads.
pub(crate) fn find(bones: &Skeleton<'_>, midline: f64, heads_top: f64) -> Sought {
    let fronts = front_edge(bones, midline, heads_top);
    let (low, high) = HOLLOW_ABOVE_HEADS_MM;
    let near = |f: &&(f64, f64)| f.0 >= heads_top + low && f.0 <= heads_top + high;
    let hollow = fronts
        .iter()
        .filter(near)
        .max_by(|a, b| a.1.total_cmp(&b.1));
    let Some(&(hollow_z, hollow_y)) = hollow else {
        return Err(Absent(
            "no sacrum is seen above the femoral heads".to_owned(),
        ));
    };
    let above = fronts
        .iter()
        .filter(|f| f.0 > hollow_z && f.0 <= hollow_z + LUMBAR_ABOVE_HOLLOW_MM);
    let leg: Vec<(f64, f64)> = above.copied().collect();
    let Some(top_z) = leg
        .last()
        .map(|f| f.0)
        .filter(|z| z - hollow_z >= LEAST_LUMBAR_MM)
    else {
        return Err(Absent(
            "the field ends too near above the sacrum to see the lumbar spine".to_owned(),
        ));
    };
    // Discs are no bone: the front edge near the top is that of the bodies.
    let bodies = leg.iter().filter(|f| f.0 > top_z - 20.0);
    let top_y = bodies.map(|f| f.1).fold(f64::INFINITY, f64::min);
    let (dz, dy) = (hollow_z - top_z, hollow_y - top_y);
    let length = dz.hypot(dy);
    let in_front = |f: &(f64, f64)| (dz * (f.1 - top_y) - dy * (f.0 - top_z)) / length;
    let distances: Vec<f64> = leg.iter().map(in_front).collect();
    let corner = (0..leg.len()).max_by(|a, b| distances[*a].total_cmp(&distances[*b]));
    let Some(corner) = corner.filter(|n| distances[*n] >= LEAST_CORNER_MM) else {
        return Err(Absent("the front of the spine has no corner".to_owned()));
    };
    let stands_out = distances[corner];
    let still_out = |n: &usize| distances[*n] >= CORNER_SHARE * stands_out;
    let near = |n: &usize| leg[corner].0 - leg[*n].0 <= CORNER_MM;
    let lowest = (0..=corner).filter(near).find(still_out).unwrap_or(corner);
    let z = f64::midpoint(leg[corner].0, leg[lowest].0);
    let how = format!(
        "corner of the spine's front edge, {stands_out:.0} mm before the line from the lumbar \
         spine to the hollow of the sacrum"
    );
    let at = Point3::new(midline, leg[corner].1, z);
    Ok(seen(at, 0.8, how))
}

/// (z, y) of the front edge of sacrum and lumbar spine, slice by slice upwards.
fn front_edge(bones: &Skeleton<'_>, midline: f64, heads_top: f64) -> Vec<(f64, f64)> {
    let high = heads_top + HOLLOW_ABOVE_HEADS_MM.1 + LUMBAR_ABOVE_HOLLOW_MM;
    let slices = bones.slices_between(heads_top + HOLLOW_ABOVE_HEADS_MM.0, high);
    let mut fronts: Vec<(f64, f64)> = Vec::new();
    for k in slices {
        let stretches = bones.stretches(k, midline, HALF_WIDTH_MM);
        let back = stretches.last().map_or(f64::NEG_INFINITY, |s| s.1);
        // Spine and what stands close before it, from the back forwards.
        let mut front = f64::INFINITY;
        for (start, end) in stretches.iter().rev() {
            if front.is_finite() && front - end > LEAP_MM {
                break;
            }
            front = *start;
        }
        if front.is_finite() && back.is_finite() {
            fronts.push((bones.z[k], front));
        }
    }
    fronts
}
