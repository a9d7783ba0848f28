//! The elective volume of the pelvic nodes.

use isoboost_anatomy::{Course, CourseKind, Side};
use isoboost_volume::Grid;
use nalgebra::{Point3, Vector3};

use super::barred::{Barred, in_drawn_bone, join};
use super::canvas::Canvas;
use super::coverage::Gross;
use super::levels::Levels;
use super::lines::SideLines;
use super::vessels::{Vessels, keep_between};
use super::{Drawn, ElectiveInput, strips};

/// Parts of less than this that lie near no vessel are slivers beyond bowel or bone, mL.
const SLIVER_ML: f64 = 1.0;
/// Half width of the strip before the sacrum, and its depth, that the canvas has to hold, mm.
const PRESACRAL_ROOM_MM: (f64, f64) = (34.0, 24.0);
const SIDES: [Side; 2] = [Side::Left, Side::Right];

/// Draws the volume: drawn vessels with a margin, usual places of vessels that are not drawn, the
/// strips along the side walls and before the sacrum, without what bars the way.
///
/// # Errors
/// Why it cannot be drawn: what is missing.
pub(super) fn draw(
    reference: &Grid,
    input: &ElectiveInput<'_>,
    gross: &Gross<'_>,
) -> Result<Drawn, String> {
    let anatomy = input.anatomy()?;
    let config = input.config;
    let top = input.recommendation.pelvis_top;
    let top = top.unwrap_or(crate::policy::PelvisTop::L5S1);
    let levels = Levels::of(&anatomy.landmarks, top, input.staging, config)?;
    let vessels = Vessels::of(anatomy);
    let mut lines = Vec::new();
    for side in SIDES {
        let pieces = vessels.pieces(side, &levels);
        lines.push(SideLines::of(anatomy, &levels, side, &pieces)?);
    }
    let great = great_vessels(input, &vessels, &levels)?;
    let canvas = canvas(
        reference,
        &vessels,
        &lines,
        great,
        &levels,
        &gross.corners(),
        config.side_wall_mm,
    )?;
    let drawn = vessels.mask(&canvas, &levels);
    let mut kept = vessels.cells(&canvas, &levels);
    join(&mut kept, &drawn);
    let mut near = canvas.grown(&kept, config.vessel_margin_mm);
    keep_between(&canvas, &mut near, &levels);
    let mut volume = near.clone();
    for of in &lines {
        strips::tubes(&canvas, &mut volume, of, config);
    }
    if let Some(aorta) = great {
        strips::great_vessels(&canvas, &mut volume, aorta, &levels, config);
    }
    keep_between(&canvas, &mut volume, &levels);
    for (of, side) in lines.iter().zip(SIDES) {
        strips::side_wall(&canvas, &mut volume, of, side, &levels, config);
    }
    let presacral = strips::presacral(&canvas, &mut volume, anatomy, &levels, config);
    let barred = Barred::around(&canvas, anatomy, input.ct, &drawn);
    barred.cut(&mut volume, &kept);
    let mut volume = canvas.without_slivers(&volume, &near, SLIVER_ML);
    let joined = gross.join(&canvas, &mut volume);
    let growth = canvas.region(volume, in_drawn_bone(anatomy));
    let growth = growth.ok_or_else(|| "nothing of it lies on the images".to_owned())?;
    let told = Told {
        vessels: &vessels,
        lines: &lines,
        levels: &levels,
        great: great.is_some(),
    };
    let approximate = told.is_approximate();
    let mut notes = told.notes(config.vessel_margin_mm, config.side_wall_mm);
    match presacral {
        Ok(how) => notes.push(how),
        Err(why) => notes.push(format!("no presacral strip: {why}")),
    }
    notes.push(format!("cut by {}", barred.by.join(", ")));
    if !barred.unknown.is_empty() {
        notes.push(format!(
            "not known, and so not cut: {}",
            barred.unknown.join(", ")
        ));
    }
    notes.extend(joined);
    Ok(Drawn {
        growth,
        approximate,
        notes,
    })
}

/// The course of the aorta where the volume reaches above its bifurcation and it is not drawn.
///
/// # Errors
/// When it is needed and not known.
fn great_vessels<'a>(
    input: &ElectiveInput<'a>,
    vessels: &Vessels<'_>,
    levels: &Levels,
) -> Result<Option<&'a Course>, String> {
    let above = levels.bifurcation.is_some_and(|b| levels.top > b.z + 1.0);
    if !above || vessels.has_aorta() {
        return Ok(None);
    }
    let courses = input.anatomy()?.courses.as_ref();
    let courses = courses.map_err(|why| format!("the course of the vessels: {why}"))?;
    let aorta = courses.iter().find(|c| c.kind == CourseKind::Aorta);
    aorta
        .map(Some)
        .ok_or_else(|| "the course of the aorta is not known".to_owned())
}

/// The part of the images that the volume needs.
fn canvas<'a>(
    reference: &'a Grid,
    vessels: &Vessels<'_>,
    lines: &[SideLines],
    great: Option<&Course>,
    levels: &Levels,
    of_lesions: &[Point3<f64>],
    side_wall_mm: f64,
) -> Result<Canvas<'a>, String> {
    let of_lines = lines.iter().flat_map(|of| {
        let all = of.front.points().chain(of.back.points());
        all.chain(of.obturator.points()).map(|(at, _)| at)
    });
    let mut corners: Vec<Point3<f64>> = of_lines.collect();
    corners.extend(vessels.extent(levels));
    if let Some(aorta) = great {
        let near = aorta.line.iter().filter(|p| p.z <= levels.top);
        corners.extend(near.map(|p| p - Vector3::x() * 26.0));
    }
    let (aside, deep) = PRESACRAL_ROOM_MM;
    corners.push(levels.promontory - Vector3::new(aside, deep, 0.0));
    corners.push(Point3::new(
        levels.midline + aside,
        levels.symphysis.y + 110.0,
        levels.promontory.z,
    ));
    corners.push(Point3::new(
        levels.midline,
        levels.symphysis.y,
        levels.obturator_end,
    ));
    corners.push(Point3::new(levels.midline, levels.promontory.y, levels.top));
    for p in &mut corners {
        p.z = p.z.min(levels.top);
    }
    corners.extend(of_lesions);
    Canvas::around(reference, &corners, side_wall_mm + 8.0)
        .ok_or_else(|| "the pelvis lies outside of the images".to_owned())
}

/// What the notes tell.
struct Told<'a> {
    vessels: &'a Vessels<'a>,
    lines: &'a [SideLines],
    levels: &'a Levels,
    great: bool,
}

impl Told<'_> {
    /// Whether the external or common vessels of a side, or the great ones, are not drawn.
    fn is_approximate(&self) -> bool {
        self.great || self.lines.iter().any(|of| !of.front.is_drawn())
    }

    fn notes(&self, margin_mm: f64, side_wall_mm: f64) -> Vec<String> {
        let given = self.vessels.names(self.levels);
        let rule = if self.is_approximate() {
            "approximate: built from landmarks, after the NRG 2021 consensus on pelvic nodes"
        } else {
            "pelvic nodes after the NRG 2021 consensus"
        };
        let mut notes = vec![format!(
            "{rule}; from {} down to the top of the femoral heads (iliac vessels) and the top of \
             the symphysis (obturator region)",
            self.levels.top_words
        )];
        notes.push(if given.is_empty() {
            format!(
                "no vessels are given: tubes around their usual courses, {margin_mm} mm wider than \
                 artery and vein"
            )
        } else {
            format!("vessels given: {}; margin {margin_mm} mm", given.join(", "))
        });
        notes.extend(self.undrawn(&given));
        notes.push(format!(
            "strip of {side_wall_mm} mm along the side wall from the external to the internal \
             iliac vessels, and around the obturator vessels"
        ));
        notes
    }

    /// Where drawn vessels have gaps that usual courses fill.
    fn undrawn(&self, given: &[String]) -> Vec<String> {
        if given.is_empty() {
            return Vec::new();
        }
        let mut notes = Vec::new();
        for (of, side) in self.lines.iter().zip(SIDES) {
            for (line, name) in [
                (&of.front, "common or external iliac"),
                (&of.back, "internal iliac"),
            ] {
                let all: Vec<(Point3<f64>, bool)> = line.points().collect();
                let missing = all.iter().filter(|(_, drawn)| !drawn).count();
                if missing == 0 {
                    continue;
                }
                let share = 100.0 * missing as f64 / all.len() as f64;
                notes.push(format!(
                    "{} {name} vessels: {share:.0} % of their length is not given and built from \
                     landmarks",
                    side.name()
                ));
            }
        }
        notes
    }
}
