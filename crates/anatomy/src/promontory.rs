//! The promontory: the corner of the spine's front edge at the lumbosacral disc.

use nalgebra::Point3;

use crate::landmarks::{Absent, Sought, seen};
use crate::skeleton::Skeleton;

/// Half width of the strip around the midline, in mm.
const HALF_WIDTH_MM: f64 = 11.0;
/// Of that strip this share is bone where bone begins.
const FRONT_SHARE: f64 = 0.4;

/// The hollow of the sacrum lies this far above the top of the femoral heads, in mm.
const HOLLOW_ABOVE_HEADS_MM: (f64, f64) = (5.0, 75.0);

/// The front of the lumbar spine is read up to this far above the hollow, in mm: L2 or L3.
const LUMBAR_ABOVE_HOLLOW_MM: f64 = 140.0;

/// … and at least this far; below, the corner has no upper leg.
const LEAST_LUMBAR_MM: f64 = 75.0;

/// The legs of the corner are read this far from it, in mm: about a vertebra away.
const LEG_MM: (f64, f64) = (22.0, 46.0);

/// The corner stands before the line from the lumbar spine to the hollow of the sacrum by at least
/// this share of the furthest point.
const OUT_SHARE: f64 = 0.75;

/// The promontory lies this far above the tops of the femoral heads, in mm, with its standard
/// deviation: other discs bend as well, and of two corners the one at the usual height is it.
const ABOVE_HEADS_MM: f64 = 88.0;
const HEIGHT_SD_MM: f64 = 17.0;

/// A corner reaches this far up and down from its sharpest place, in mm: half a vertebra.
const CORNER_MM: f64 = 18.0;

/// Least turn of the front edge at the promontory; in men it is some 40 to 70 degrees.
const LEAST_BEND_DEGREES: f64 = 15.0;

/// Slices with nearly the largest bend belong to the corner, which is mostly the lower front edge
/// of L5; the middle of the disc lies this much lower, in mm.
const CORNER_SHARE: f64 = 0.93;
const DISC_BELOW_MM: f64 = 5.0;

/// Gaps of discs and thin cortex in the front edge are closed within this to both sides, in mm:
/// less than the hollow of the sacrum, more than two lost slices.
const GAP_MM: f64 = 10.0;

/// A vertebral body with little in it shows its walls alone, this far apart at most, in mm; what
/// further in front is not the spine.
const LEAP_MM: f64 = 42.0;

/// Looks for the promontory above the femoral heads.
pub(crate) fn find(bones: &Skeleton<'_>, midline: f64, heads_top: f64) -> Sought {
    let fronts = front_edge(bones, midline, heads_top);
    let (low, high) = HOLLOW_ABOVE_HEADS_MM;
    let near = |f: &&(f64, f64)| f.0 >= heads_top + low && f.0 <= heads_top + high;
    let hollow = fronts
        .iter()
        .filter(near)
        .max_by(|a, b| a.1.total_cmp(&b.1));
    let Some(&(hollow_z, _)) = hollow else {
        return Err(Absent(
            "no sacrum is seen above the femoral heads".to_owned(),
        ));
    };
    let above = fronts
        .iter()
        .filter(|f| f.0 > hollow_z - LEG_MM.0 && f.0 <= hollow_z + LUMBAR_ABOVE_HOLLOW_MM);
    let leg: Vec<(f64, f64)> = above.copied().collect();
    if leg.last().is_none_or(|f| f.0 - hollow_z < LEAST_LUMBAR_MM) {
        return Err(Absent(
            "the field ends too near above the sacrum to see the lumbar spine".to_owned(),
        ));
    }
    let edge = closed(&leg);
    let out = before_line(&edge, hollow_z);
    let furthest = out.iter().copied().fold(0.0, f64::max);
    let corner = (0..edge.len())
        .filter(|n| out[*n] >= OUT_SHARE * furthest)
        .map(|n| (n, bend(&edge, n)))
        .filter(|(_, bend)| *bend >= LEAST_BEND_DEGREES);
    let corner: Vec<(usize, f64)> = corner.collect();
    let weight = |(n, bend): &(usize, f64)| bend * usual(edge[*n].0 - heads_top);
    let Some(&(peak, _)) = corner.iter().max_by(|a, b| weight(a).total_cmp(&weight(b))) else {
        return Err(Absent("the front of the spine has no corner".to_owned()));
    };
    // The usual height chooses the corner; where in it the disc lies is the bend's to say.
    let near = |n: &usize| (edge[*n].0 - edge[peak].0).abs() <= CORNER_MM;
    let corner = corner.into_iter().filter(|(n, _)| near(n));
    let corner: Vec<(usize, f64)> = corner.collect();
    let largest = corner.iter().map(|(_, bend)| *bend).fold(0.0, f64::max);
    let (mut z, mut y, mut sum) = (0.0, f64::INFINITY, 0.0);
    for (n, bend) in corner.iter().filter(|c| c.1 >= CORNER_SHARE * largest) {
        z += bend * edge[*n].0;
        y = y.min(edge[*n].1);
        sum += bend;
    }
    let z = z / sum;
    let how = format!("corner of the spine's front edge, which bends by {largest:.0} degrees");
    let at = Point3::new(midline, y, z - DISC_BELOW_MM);
    Ok(seen(at, 0.8, how))
}

/// How usual a height of the promontory above the femoral heads is, 0 to 1.
fn usual(above_heads: f64) -> f64 {
    let off = (above_heads - ABOVE_HEADS_MM) / HEIGHT_SD_MM;
    (-off * off / 2.0).exp()
}

/// The front edge with the gaps of discs and thin cortex closed: the hindmost of the foremost of
/// the neighbours, a closing along z.
fn closed(edge: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let extreme = |edge: &[(f64, f64)], pick: fn(f64, f64) -> f64| -> Vec<(f64, f64)> {
        let of = |z: f64| {
            let near = edge.iter().filter(|f| (f.0 - z).abs() <= GAP_MM);
            near.map(|f| f.1).reduce(pick)
        };
        edge.iter().map(|f| (f.0, of(f.0).unwrap_or(f.1))).collect()
    };
    extreme(&extreme(edge, f64::min), f64::max)
}

/// How far each point stands before the line from the lumbar spine to the hollow of the sacrum.
fn before_line(edge: &[(f64, f64)], hollow_z: f64) -> Vec<f64> {
    let hollow = edge.iter().filter(|f| f.0 <= hollow_z + GAP_MM);
    let hollow = hollow.copied().reduce(|a, b| if b.1 > a.1 { b } else { a });
    let (Some(low), Some(high)) = (hollow, edge.last()) else {
        return vec![0.0; edge.len()];
    };
    let (dz, dy) = (low.0 - high.0, low.1 - high.1);
    let length = dz.hypot(dy);
    edge.iter()
        .map(|f| (dz * (f.1 - high.1) - dy * (f.0 - high.0)) / length)
        .collect()
}

/// How much the edge turns backwards at a point, in degrees, by its mean places above and below.
fn bend(edge: &[(f64, f64)], n: usize) -> f64 {
    let (z, y) = edge[n];
    let mean = |low: f64, high: f64| {
        let far = edge.iter().filter(|f| f.0 >= z + low && f.0 <= z + high);
        let (sum, count) = far.fold(((0.0, 0.0), 0.0), |(sum, count), f| {
            ((sum.0 + f.0, sum.1 + f.1), count + 1.0)
        });
        (count > 0.0).then_some((sum.0 / count, sum.1 / count))
    };
    let (Some(above), Some(below)) = (mean(LEG_MM.0, LEG_MM.1), mean(-LEG_MM.1, -LEG_MM.0)) else {
        return 0.0;
    };
    let upper = (y - above.1).atan2(above.0 - z);
    let lower = (below.1 - y).atan2(z - below.0);
    (lower - upper).to_degrees()
}

/// (z, y) of the front edge of sacrum and lumbar spine, slice by slice upwards.
fn front_edge(bones: &Skeleton<'_>, midline: f64, heads_top: f64) -> Vec<(f64, f64)> {
    let high = heads_top + HOLLOW_ABOVE_HEADS_MM.1 + LUMBAR_ABOVE_HOLLOW_MM;
    let slices = bones.slices_between(heads_top + HOLLOW_ABOVE_HEADS_MM.0, high);
    let mut fronts: Vec<(f64, f64)> = Vec::new();
    for k in slices {
        let stretches = bones.stretches(k, midline, HALF_WIDTH_MM, FRONT_SHARE);
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
