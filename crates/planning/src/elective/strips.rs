//! What the nodal volume has beside the vessels: tubes where no vessels are drawn, the strip along
//! the side wall and the strip before the sacrum.

use isoboost_anatomy::{Anatomy, Course, Organ, OrganKind, Side, Vertebra};
use isoboost_volume::{Mask, distance_outside};
use nalgebra::{Point2, Point3, Vector3};

use super::canvas::Canvas;
use super::config::ElectiveConfig;
use super::levels::Levels;
use super::lines::{self, SideLines};

/// How far artery and vein reach to the sides of their common middle line, mm: a tube around the
/// line of undrawn vessels is wider than the margin by this.
const FRONT_VESSELS_MM: f64 = 9.0;
const BACK_VESSELS_MM: f64 = 6.0;
const GREAT_VESSELS_MM: f64 = 9.0;
/// The vena cava lies this far to the right of the aorta, mm.
const CAVA_RIGHT_MM: f64 = 26.0;
/// The obturator region reaches this far behind its line and before it, mm.
const OBTURATOR_MM: (f64, f64) = (20.0, 6.0);
/// Half width of the strip before the sacrum between the foramina, at S1 and at the lower end of
/// S3, mm.
const HALF_WIDTH_MM: (f64, f64) = (32.0, 24.0);
/// Of the front of the sacrum is what has no sacrum before it within this, mm.
const BEFORE_MM: f64 = 60.0;
/// … and has it behind it within this multiple of the strip's thickness, along the patient's axis.
const SLANT: f64 = 1.7;
const LOOK_EVERY_MM: f64 = 1.5;

/// Tubes around the lines of a side where no vessel is drawn.
pub(super) fn tubes(canvas: &Canvas<'_>, mask: &mut Mask, of: &SideLines, config: &ElectiveConfig) {
    let margin = config.vessel_margin_mm;
    for (line, vessels) in [(&of.front, FRONT_VESSELS_MM), (&of.back, BACK_VESSELS_MM)] {
        for gap in line.gaps() {
            tube(canvas, mask, &gap, margin + vessels);
        }
    }
}

/// A tube around the aorta, and one around the vena cava beside it, above the bifurcation.
pub(super) fn great_vessels(
    canvas: &Canvas<'_>,
    mask: &mut Mask,
    aorta: &Course,
    levels: &Levels,
    config: &ElectiveConfig,
) {
    let radius = config.vessel_margin_mm + GREAT_VESSELS_MM;
    let heights = aorta.line.iter().map(|p| p.z).filter(|z| *z < levels.top);
    let mut heights: Vec<f64> = heights.collect();
    heights.push(levels.top);
    let places = heights.into_iter().filter_map(|z| {
        let at = lines::at(aorta, z)?;
        Some(Point3::new(at.x, at.y, z))
    });
    let mut line: Vec<Point3<f64>> = places.collect();
    line.sort_by(|a, b| a.z.total_cmp(&b.z));
    tube(canvas, mask, &line, radius);
    let beside: Vec<Point3<f64>> = line
        .iter()
        .map(|p| p - Vector3::x() * CAVA_RIGHT_MM)
        .collect();
    tube(canvas, mask, &beside, radius);
}

/// Sets what lies within a radius of a line.
fn tube(canvas: &Canvas<'_>, mask: &mut Mask, line: &[Point3<f64>], radius: f64) {
    if let [only] = line {
        canvas.set(mask, line, radius, |p| (p - only).norm() <= radius);
    }
    for pair in line.windows(2) {
        canvas.set(mask, pair, radius, |p| {
            let along = pair[1] - pair[0];
            let t = (p - pair[0]).dot(&along) / along.norm_squared().max(1e-9);
            (p - (pair[0] + along * t.clamp(0.0, 1.0))).norm() <= radius
        });
    }
}

/// The strip along the side wall: between external and internal iliac vessels, and below the
/// femoral head's top along the obturator vessels.
pub(super) fn side_wall(
    canvas: &Canvas<'_>,
    mask: &mut Mask,
    of: &SideLines,
    side: Side,
    levels: &Levels,
    config: &ElectiveConfig,
) {
    let half = config.side_wall_mm / 2.0;
    let head = levels.head(side);
    let lines = of.front.points().chain(of.back.points());
    let corners: Vec<Point3<f64>> = lines.map(|(at, _)| at).collect();
    canvas.set(mask, &corners, half, |p| {
        let ends = of.front.at(p.z).zip(of.back.at(p.z));
        p.z >= head
            && p.z <= levels.top
            && ends.is_some_and(|(a, b)| off(p.xy(), a.at, b.at) <= half)
    });
    let corners: Vec<Point3<f64>> = of.obturator.points().map(|(at, _)| at).collect();
    let (behind, before) = OBTURATOR_MM;
    canvas.set(mask, &corners, half + behind, |p| {
        p.z < head
            && p.z >= levels.obturator_end
            && of.obturator.at(p.z).is_some_and(|stop| {
                let end = |y: f64| Point2::new(stop.at.x, stop.at.y + y);
                off(p.xy(), end(-before), end(behind)) <= half
            })
    });
}

/// Distance of a place to a straight line between two others, mm.
fn off(p: Point2<f64>, a: Point2<f64>, b: Point2<f64>) -> f64 {
    let along = b - a;
    let t = (p - a).dot(&along) / along.norm_squared().max(1e-9);
    (p - (a + along * t.clamp(0.0, 1.0))).norm()
}

/// The strip before S1 to S3 between the foramina; how it was found, or why there is none.
pub(super) fn presacral(
    canvas: &Canvas<'_>,
    mask: &mut Mask,
    anatomy: &Anatomy,
    levels: &Levels,
    config: &ElectiveConfig,
) -> Result<String, String> {
    let Some(end) = levels.s3_end else {
        return Err("the lower end of S3 is not seen".to_owned());
    };
    let top = levels.promontory.z.min(levels.top);
    let half = |z: f64| {
        let share = ((levels.promontory.z - z) / (levels.promontory.z - end)).clamp(0.0, 1.0);
        HALF_WIDTH_MM.0 + share * (HALF_WIDTH_MM.1 - HALF_WIDTH_MM.0)
    };
    let is_within =
        |p: Point3<f64>| p.z <= top && p.z >= end && (p.x - levels.midline).abs() <= half(p.z);
    let bones: Vec<&Organ> = sacra(anatomy).collect();
    if bones.is_empty() {
        let space = anatomy.spaces.presacral.as_ref();
        let space = space.map_err(ToString::to_string)?;
        let mut strip = canvas.empty();
        canvas.paint(&mut strip, &space.mask);
        canvas.clear(&mut strip, &canvas.fine().corners(), 0.0, |p| !is_within(p));
        super::barred::join(mask, &strip);
        return Ok("presacral strip as recognised".to_owned());
    }
    let thick = config.presacral_mm;
    let corners = corners(&bones, levels, end, top, thick);
    let room = canvas.fine().box_around(&corners, 0.0);
    let room = room.ok_or_else(|| "the sacrum lies outside of the images".to_owned())?;
    let mut bone = canvas.empty();
    for organ in &bones {
        canvas.paint(&mut bone, &organ.mask);
    }
    let bone = bone.crop(room);
    let distance = distance_outside(&bone);
    let slack = canvas.slice_mm() / 2.0;
    canvas.set(mask, &corners, 0.0, |p| {
        is_within(p)
            && distance.grid().voxel_at(p).is_some_and(|v| {
                let mm = f64::from(distance[v]);
                mm > 0.0 && mm <= thick + slack
            })
            && looks(p, SLANT * thick, 1.0, &bone)
            && !looks(p, BEFORE_MM, -1.0, &bone)
    });
    Ok(format!("presacral strip of {thick} mm before S1 to S3"))
}

fn sacra(anatomy: &Anatomy) -> impl Iterator<Item = &Organ> {
    let is = |organ: &&Organ| {
        organ.kind == OrganKind::Sacrum || organ.kind == OrganKind::Vertebra(Vertebra::S1)
    };
    anatomy.organs.iter().filter(is)
}

/// The box that holds the front of the sacrum with the strip before it.
fn corners(bones: &[&Organ], levels: &Levels, end: f64, top: f64, thick: f64) -> [Point3<f64>; 2] {
    let wide = HALF_WIDTH_MM.0;
    let near = |p: &Point3<f64>| {
        (p.x - levels.midline).abs() <= wide && (end - thick..=top + thick).contains(&p.z)
    };
    let (mut front, mut back) = (levels.promontory.y, levels.promontory.y);
    for organ in bones {
        let grid = organ.mask.grid();
        for p in organ.mask.voxels().map(|v| grid.center_of(v)).filter(near) {
            front = front.min(p.y);
            back = back.max(p.y);
        }
    }
    [
        Point3::new(levels.midline - wide, front - SLANT * thick, end - thick),
        Point3::new(levels.midline + wide, back, top + thick),
    ]
}

/// Whether bone lies behind a place (`towards` 1) or before it (-1) within a distance.
fn looks(p: Point3<f64>, mm: f64, towards: f64, bone: &Mask) -> bool {
    let steps = (mm / LOOK_EVERY_MM) as usize;
    (1..=steps).any(|n| {
        let q = p + Vector3::y() * (towards * LOOK_EVERY_MM * n as f64);
        bone.contains(q)
    })
}
