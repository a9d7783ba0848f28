//! The kidneys: hot, large, beside the lumbar spine, one on each side.

use isoboost_volume::{Connectivity, IndexBox};

use crate::organ::{Organ, OrganKind, OrganSource, Side};
use crate::scene::{Part, Scene, grown, parts, quantile, values_in};

/// Least SUVbw; kidneys reach 15 to 50 with every PSMA ligand (Li 2017, PMC5450367).
const LEAST_SUV: f32 = 6.0;

/// Share of the zone's highest uptake that bounds a kidney, and how it is raised while a
/// neighbour of similar uptake is joined to it.
const FIRST_SHARE: f64 = 0.35;
const SHARE_STEP: f64 = 0.05;
const LAST_SHARE: f64 = 0.92;

/// Urine in the renal pelvis may be several times as hot as the kidney around it: where the first
/// share shows the pelvis alone, these are tried.
const FAINT_SHARES: [f64; 4] = [0.25, 0.17, 0.11, 0.07];

/// Volume of a kidney in mL, and of a pole at the end of the field.
const KIDNEY_ML: (f64, f64) = (25.0, 380.0);
const POLE_ML: f64 = 1.5;

/// A pole at the end of the field reaches its last slices, in mm.
const END_MM: f64 = 9.0;

/// The zone beside the spine: distance of the midline, in front of and behind the promontory and
/// above it, in mm.
const LATERAL_MM: (f64, f64) = (20.0, 130.0);
const FRONT_MM: f64 = 50.0;
const BACK_MM: f64 = 130.0;
const ABOVE_PROMONTORY_MM: (f64, f64) = (45.0, 330.0);

/// Looks for the kidneys; none is a normal finding in a pelvic field.
pub(crate) fn find(scene: &Scene<'_>) -> Vec<Organ> {
    let sides = [Side::Left, Side::Right].map(|side| one(scene, side));
    let paired = sides.iter().all(Option::is_some);
    let both = sides.into_iter().flatten();
    let told = both.map(|(side, part, suv, cut)| {
        let pair = if paired {
            "one on the other side as well"
        } else {
            "none on the other side"
        };
        let end = if cut {
            ", cut by the end of the field"
        } else {
            ""
        };
        Organ {
            kind: OrganKind::Kidney(side),
            mask: grown(&part.mask, 2, scene.bone),
            source: OrganSource::Recognised,
            confidence: if paired { 0.95 } else { 0.75 },
            evidence: format!(
                "{:.0} mL with median SUV {suv:.1} beside the lumbar spine, {pair}{end}",
                part.volume_ml
            ),
        }
    });
    told.collect()
}

fn one(scene: &Scene<'_>, side: Side) -> Option<(Side, Part, f64, bool)> {
    let zone = zone(scene, side)?;
    let soft = |v: [usize; 3]| !scene.bone[v] && scene.hu[v] > -120;
    let highest = zone
        .voxels()
        .filter(|v| soft(*v))
        .map(|v| scene.suv[v])
        .fold(0.0, f32::max);
    let at = |share: f64| {
        let level = LEAST_SUV.max(highest * share as f32);
        let mask = scene.select(zone, |v| soft(v) && scene.suv[v] >= level);
        kidney_of(scene, parts(&mask, Connectivity::Six, POLE_ML))
    };
    let mut share = FIRST_SHARE;
    while share <= LAST_SHARE {
        match at(share) {
            Seen::Joined => share += SHARE_STEP,
            Seen::Kidney(kidney) => {
                let (part, median, cut) = *kidney;
                return Some((side, part, median, cut));
            }
            Seen::TooSmall => break,
        }
    }
    FAINT_SHARES.into_iter().find_map(|share| match at(share) {
        Seen::Kidney(kidney) => {
            let (part, median, cut) = *kidney;
            Some((side, part, median, cut))
        }
        Seen::Joined | Seen::TooSmall => None,
    })
}

/// A part of the zone with its median SUV, and whether the field cuts it.
type Candidate = (Part, f64, bool);

/// What a level of uptake shows.
enum Seen {
    /// The kidney and its neighbours in one.
    Joined,
    Kidney(Box<Candidate>),
    /// Nothing of a kidney's size.
    TooSmall,
}

fn kidney_of(scene: &Scene<'_>, found: Vec<Part>) -> Seen {
    if found
        .first()
        .is_some_and(|part| part.volume_ml > KIDNEY_ML.1)
    {
        return Seen::Joined;
    }
    let whole = found.into_iter().map(|part| {
        let cut = reaches_end(scene, &part);
        let median = quantile(&values_in(&part.mask, scene.suv), 0.5);
        (part, median, cut)
    });
    // Hot and large: the spleen may be larger, a lesion hotter.
    let best = whole
        .filter(|(part, _, cut)| *cut || part.volume_ml >= KIDNEY_ML.0)
        .max_by(|a, b| weight(a).total_cmp(&weight(b)));
    best.map_or(Seen::TooSmall, |best| Seen::Kidney(Box::new(best)))
}

fn weight((part, median, _): &Candidate) -> f64 {
    median * part.volume_ml.sqrt()
}

/// Whether a part reaches the upper end of PET or CT.
fn reaches_end(scene: &Scene<'_>, part: &Part) -> bool {
    let grid = scene.hu.grid();
    let top = grid
        .center_of([grid.shape()[0] - 1, 0, 0])
        .z
        .min(scene.pet_z.1);
    let part_grid = part.mask.grid();
    part_grid.center_of([part_grid.shape()[0] - 1, 0, 0]).z >= top - END_MM
}

fn zone(scene: &Scene<'_>, side: Side) -> Option<IndexBox> {
    let midline = scene.landmarks.midline_x_mm()?;
    let promontory = scene.landmarks.promontory.as_ref().ok()?.at;
    let (near, far) = match side {
        Side::Left => (midline + LATERAL_MM.0, midline + LATERAL_MM.1),
        Side::Right => (midline - LATERAL_MM.1, midline - LATERAL_MM.0),
    };
    scene.box_of(
        [
            near,
            promontory.y - FRONT_MM,
            promontory.z + ABOVE_PROMONTORY_MM.0,
        ],
        [
            far,
            promontory.y + BACK_MM,
            promontory.z + ABOVE_PROMONTORY_MM.1,
        ],
    )
}
