//! The pubic symphysis: the lowest bone at the front of the midline.

use nalgebra::Point3;

use crate::landmarks::{Absent, Sought, seen};
use crate::organ::Side;
use crate::skeleton::Skeleton;

/// Half width of the strip around the midline, in mm: the joint and the pubic bodies beside it.
const HALF_WIDTH_MM: f64 = 14.0;
/// Of that strip this share is bone where bone begins.
const FRONT_SHARE: f64 = 0.4;

/// Extent of the joint along z, in mm.
const HEIGHT_MM: (f64, f64) = (18.0, 75.0);

/// Bone of hips and femora beside the joint, between 35 and 160 mm on each side, in mm²; ribs
/// beside the sternum have less.
const BESIDE_MM2: f64 = 800.0;

/// Least thickness from front to back, in mm.
const THICKNESS_MM: f64 = 5.0;

/// Bone behind the front bone starts at least this much further back, in mm; at the level of the
/// joint it is the tip of the coccyx or nothing.
const BEHIND_MM: f64 = 55.0;

/// Upper and lower end, or why not.
pub(crate) struct Ends {
    pub(crate) top: Sought,
    pub(crate) bottom: Sought,
}

/// Front and back of the joint's bone in a slice.
fn joint(bones: &Skeleton<'_>, k: usize, midline: f64) -> Option<(f64, f64)> {
    let beside = [Side::Left, Side::Right]
        .into_iter()
        .all(|side| bones.area(k, midline, side, 35.0, 160.0) >= BESIDE_MM2);
    if !beside {
        return None;
    }
    let stretches = bones.stretches(k, midline, HALF_WIDTH_MM, FRONT_SHARE);
    let first = *stretches.first()?;
    // Cortex and marrow may show as two stretches: what is near belongs together.
    let back = stretches
        .iter()
        .filter(|s| s.1 - first.0 < BEHIND_MM)
        .fold(first.1, |back, s| back.max(s.1));
    let clear = stretches
        .iter()
        .all(|s| s.1 <= back || s.0 > first.0 + BEHIND_MM);
    (clear && back - first.0 >= THICKNESS_MM).then_some((first.0, back))
}

/// Looks for the symphysis from the feet upwards. `in_front_of` is the y of the hip joints or of
/// the middle of the body: the joint lies before it.
pub(crate) fn find(bones: &Skeleton<'_>, midline: f64, in_front_of: &[f64]) -> Ends {
    let n = bones.z.len();
    let found: Vec<Option<(f64, f64)>> = (0..n)
        .map(|k| joint(bones, k, midline).filter(|(_, back)| *back < in_front_of[k]))
        .collect();
    let half = bones.slice_mm() / 2.0;
    let mut k = 0;
    while k < n {
        if found[k].is_none() {
            k += 1;
            continue;
        }
        let mut last = k;
        // One slice may fail between two that do not.
        while last + 1 < n
            && (found[last + 1].is_some() || last + 2 < n && found[last + 2].is_some())
        {
            last += 1;
        }
        let cut_below = k == 0;
        let height = bones.z[last] - bones.z[k] + 2.0 * half;
        if height <= HEIGHT_MM.1 && (height >= HEIGHT_MM.0 || cut_below && height > 2.0 * half) {
            return ends(bones, midline, &found, k, last);
        }
        k = last + 1;
    }
    let reason = "no bone at the front of the midline between the hips: the field does not reach \
                  the symphysis";
    Ends {
        top: Err(Absent(reason.to_owned())),
        bottom: Err(Absent(reason.to_owned())),
    }
}

fn ends(
    bones: &Skeleton<'_>,
    midline: f64,
    found: &[Option<(f64, f64)>],
    first: usize,
    last: usize,
) -> Ends {
    let half = bones.slice_mm() / 2.0;
    let (low, high) = (bones.z[first] - half, bones.z[last] + half);
    // The back edge is flat over the joint's height; its median is safe from bony spurs.
    let mut backs: Vec<f64> = found[first..=last].iter().flatten().map(|f| f.1).collect();
    backs.sort_by(f64::total_cmp);
    let back = backs[backs.len() / 2];
    let how = format!("bone at the front of the midline from z {low:.0} to {high:.0} mm");
    let top = if last + 1 == bones.z.len() {
        Err(Absent(
            "the field ends below the top of the symphysis".to_owned(),
        ))
    } else {
        Ok(seen(Point3::new(midline, back, high), 0.9, how.clone()))
    };
    let bottom = if first == 0 {
        Err(Absent(
            "the field ends above the bottom of the symphysis".to_owned(),
        ))
    } else {
        Ok(seen(Point3::new(midline, back, low), 0.9, how))
    };
    Ends { top, bottom }
}
