//! The psoas: muscle along a line beside the lumbar spine and over the hip joint.

use isoboost_volume::{Connectivity, IndexBox, Mask};
use nalgebra::Point3;

use super::{SoughtSpace, Space, Surroundings};
use crate::landmarks::Absent;
use crate::organ::Side;
use crate::sacral_levels::BODY_MM;
use crate::scene::parts;
use crate::skeleton::Skeleton;
use crate::spine::SpineAt;

/// The line above the promontory: height above it, distance from the middle of the spine, behind
/// its front edge, and radius, mm. Between a labelled CT and the torso phantom.
const LUMBAR: [[f64; 4]; 5] = [
    [162.0, 32.0, 29.0, 10.0],
    [125.0, 36.0, 28.0, 14.0],
    [75.0, 42.0, 26.0, 17.0],
    [40.0, 49.0, 17.0, 19.0],
    [15.0, 57.0, 2.0, 20.0],
];
/// Below: share of the height from the centre of the hip joint to the promontory, distance from
/// the midline as a share of that of the joint, behind its centre, and radius, mm.
const PELVIC: [[f64; 4]; 5] = [
    [0.94, 0.75, -16.0, 20.0],
    [0.7, 0.86, -28.0, 19.0],
    [0.47, 0.95, -36.0, 18.0],
    [0.25, 1.02, -43.0, 17.0],
    [0.0, 1.05, -42.0, 15.0],
];
/// HU of muscle after averaging, on a noisy CT and with contrast medium.
const MUSCLE_HU: std::ops::RangeInclusive<i16> = 5..=120;
/// The middle moves to that of the muscle around it this often, by at most so much in all, mm.
const ROUNDS: usize = 2;
const SHIFT_MM: f64 = 9.0;
/// Muscle is looked for within this multiple of the usual radius.
const REACH: f64 = 1.25;
/// Less than this is no psoas, mL.
const LEAST_ML: f64 = 15.0;
/// Share of the discs along the line that is muscle where the psoas is sure.
const CLEAR_SHARE: f64 = 0.7;

/// The front of a body is looked for within this of its height, in a strip of this half width of
/// which this share is bone, mm.
const AROUND_MM: f64 = 12.0;
const STRIP_MM: f64 = 10.0;
const BODY_SHARE: f64 = 0.4;
/// How far a lumbar spine may lie from the midline, with its body, mm.
const CURVED_MM: f64 = 70.0;
/// Bodies are this deep at most, and gaps in their bone this wide, mm.
const DEPTH_MM: f64 = 42.0;
const BODY_GAP_MM: f64 = 6.0;

/// A slice of the line.
struct Disc {
    k: usize,
    x: f64,
    y: f64,
    radius: f64,
}

pub(super) fn find(of: &Surroundings<'_>, side: Side) -> SoughtSpace {
    let line = line(of, side)?;
    let zone = zone(of, &line);
    let mut mask = Mask::empty(of.hu.grid().crop(zone));
    let (mut muscle, mut all) = (0.0, 0.0);
    for disc in &line {
        let disc = centred(of, disc);
        for (voxel, distance) in around(of, &disc) {
            let inside = distance <= disc.radius;
            all += f64::from(u8::from(inside));
            if is_muscle(of, voxel) && zone.contains(voxel) {
                mask[[0, 1, 2].map(|a| voxel[a] - zone.min[a])] = true;
                muscle += f64::from(u8::from(inside));
            }
        }
    }
    let largest = parts(&mask, Connectivity::Six, LEAST_ML).into_iter().next();
    let part = largest.ok_or_else(|| Absent("no muscle is seen beside the spine".to_owned()))?;
    let share = muscle / f64::max(all, 1.0);
    Ok(Space {
        confidence: 0.85 * (share / CLEAR_SHARE).min(1.0),
        evidence: format!(
            "{:.0} mL of muscle beside the lumbar spine and before the hip joint, {:.0} % of the \
             usual section",
            part.volume_ml,
            100.0 * share
        ),
        mask: part.mask,
    })
}

/// The box that holds all discs wherever they move.
fn zone(of: &Surroundings<'_>, line: &[Disc]) -> IndexBox {
    let grid = of.hu.grid();
    let z = |k: usize| grid.center_of([k, 0, 0]).z;
    let middles = line.iter().map(|d| Point3::new(d.x, d.y, z(d.k)));
    let middles: Vec<Point3<f64>> = middles.collect();
    let widest = line.iter().map(|d| d.radius).fold(0.0, f64::max);
    let zone = grid.box_around(&middles, REACH * widest + SHIFT_MM);
    zone.unwrap_or_else(|| grid.full_box())
}

fn is_muscle(of: &Surroundings<'_>, voxel: [usize; 3]) -> bool {
    MUSCLE_HU.contains(&of.hu[voxel]) && !of.bone[voxel]
}

/// The line slice by slice as far as the field shows it.
fn line(of: &Surroundings<'_>, side: Side) -> Result<Vec<Disc>, Absent> {
    let landmarks = of.landmarks;
    let why = |absent: &Absent| Absent(format!("the promontory is not known: {absent}"));
    let promontory = landmarks.promontory.as_ref().map_err(why)?.at;
    let midline = landmarks.midline.as_ref().map_err(Absent::clone)?.at.x;
    let joint = landmarks.acetabulum.of(side).as_ref().ok();
    let joint = joint.map(|joint| joint.at);
    let sign = match side {
        Side::Left => 1.0,
        Side::Right => -1.0,
    };
    // Nodes from the head to the feet: z, x, y, radius.
    let lumbar = lumbar_bone(of, promontory);
    let bones = Skeleton::new(&lumbar);
    let lumbar = LUMBAR.iter().filter_map(|[above, aside, behind, radius]| {
        let z = promontory.z + above;
        let spine = of.spine_at(z)?;
        let front = foremost(&bones, spine);
        Some([z, spine.x + sign * aside, front + behind, *radius])
    });
    let mut nodes: Vec<[f64; 4]> = lumbar.collect();
    if let Some(joint) = joint {
        nodes.extend(PELVIC.iter().map(|[share, aside, behind, radius]| {
            let z = joint.z + share * (promontory.z - joint.z);
            let x = midline + aside * (joint.x - midline);
            [z, x, joint.y + behind, *radius]
        }));
    }
    let grid = of.hu.grid();
    let discs = (0..grid.shape()[0]).filter_map(|k| {
        let z = grid.center_of([k, 0, 0]).z;
        let pair = nodes.windows(2).find(|n| n[1][0] <= z && z <= n[0][0])?;
        let share = (pair[0][0] - z) / (pair[0][0] - pair[1][0]).max(1e-9);
        let [x, y, radius] = [1, 2, 3].map(|a| pair[0][a] + share * (pair[1][a] - pair[0][a]));
        Some(Disc { k, x, y, radius })
    });
    let discs: Vec<Disc> = discs.collect();
    if discs.is_empty() {
        return Err(Absent("the psoas lies outside of the field".to_owned()));
    }
    Ok(discs)
}

/// The bone around the lumbar spine: a curved one leaves the midline by centimetres.
fn lumbar_bone(of: &Surroundings<'_>, promontory: Point3<f64>) -> Mask {
    let corner = |sign: f64, above: f64| {
        let x = promontory.x + sign * CURVED_MM;
        Point3::new(x, promontory.y + sign * BODY_MM, promontory.z + above)
    };
    let high = LUMBAR[0][0] + 2.0 * AROUND_MM;
    let zone = of
        .bone
        .grid()
        .box_around(&[corner(-1.0, -AROUND_MM), corner(1.0, high)], 0.0);
    of.bone
        .crop(zone.unwrap_or_else(|| of.bone.grid().full_box()))
}

/// The front edge of a vertebral body, over the slices around it and through what bone lies before
/// the line of the spine: where that was lost at a disc it runs along the back of the bodies.
fn foremost(bones: &Skeleton<'_>, spine: &SpineAt) -> f64 {
    let slices = bones.slices_between(spine.z - AROUND_MM, spine.z + AROUND_MM);
    let fronts = slices.map(|k| {
        let stretches = bones.stretches(k, spine.x, STRIP_MM, BODY_SHARE);
        let mut front = spine.front;
        for (start, end) in stretches.iter().rev() {
            let near = *start < front && *end > front - BODY_GAP_MM;
            if near && spine.front - start <= DEPTH_MM {
                front = *start;
            }
        }
        front
    });
    let mut fronts: Vec<f64> = fronts.collect();
    fronts.sort_by(f64::total_cmp);
    fronts.get(fronts.len() / 2).copied().unwrap_or(spine.front)
}

/// A disc moved to the middle of the muscle around it.
fn centred(of: &Surroundings<'_>, disc: &Disc) -> Disc {
    let mut at = Disc { ..*disc };
    for _ in 0..ROUNDS {
        let (mut x, mut y, mut n) = (0.0, 0.0, 0.0);
        for (voxel, _) in around(of, &at).filter(|(voxel, _)| is_muscle(of, *voxel)) {
            let p = of.hu.grid().center_of(voxel);
            x += p.x;
            y += p.y;
            n += 1.0;
        }
        if n == 0.0 {
            break;
        }
        at.x = (x / n).clamp(disc.x - SHIFT_MM, disc.x + SHIFT_MM);
        at.y = (y / n).clamp(disc.y - SHIFT_MM, disc.y + SHIFT_MM);
    }
    at
}

/// Voxels within the reach of a disc and their distance from its middle, mm.
fn around(of: &Surroundings<'_>, disc: &Disc) -> impl Iterator<Item = ([usize; 3], f64)> + use<> {
    let grid = of.hu.grid().clone();
    let z = grid.center_of([disc.k, 0, 0]).z;
    let middle = Point3::new(disc.x, disc.y, z);
    let reach = REACH * disc.radius;
    let mut bounds = grid.box_around(&[middle], reach);
    if let Some(bounds) = &mut bounds {
        (bounds.min[0], bounds.max[0]) = (disc.k, disc.k);
    }
    let voxels = bounds.into_iter().flat_map(|b| b.voxels());
    let measured = voxels.map(move |v| (v, (grid.center_of(v) - middle).xy().norm()));
    measured.filter(move |(_, distance)| *distance <= reach)
}
