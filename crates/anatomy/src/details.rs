//! Landmarks of the pelvis beyond those that organs are looked for by: seen on the CT's bones, and
//! taken from imported bones and vessels where there are any.

use isoboost_volume::{Mask, Volume};
use nalgebra::Point3;

use crate::acetabulum;
use crate::bifurcation;
use crate::bones;
use crate::ischium::{self, Joint};
use crate::landmarks::{Absent, Landmark, LandmarkSource, Landmarks, Sought};
use crate::organ::{Organ, OrganKind, OrganSource, Side, Vertebra};
use crate::sacral_levels::{self, Front};
use crate::space::Spaces;
use crate::spine::SpineAt;

/// The cap of a drawn head that is a part of a ball, neck and trochanter not being in it, mm.
const CAP_MM: f64 = 14.0;
/// A drawn hip bone that reaches less far than this below the centre of its head is cut, mm: the
/// tuberosity lies some 90 mm below it.
const DRAWN_BELOW_MM: f64 = 65.0;
const DRAWN_EDGE_MM: f64 = 3.0;

/// What the CT shows.
pub(crate) struct Seen<'a> {
    pub(crate) hu: &'a Volume<i16>,
    pub(crate) bone: &'a Mask,
    pub(crate) spine: &'a [SpineAt],
}

/// Adds the further landmarks to those that are known.
pub(crate) fn complete(landmarks: &mut Landmarks, organs: &[Organ], seen: Option<&Seen<'_>>) {
    let bottom = seen.map(|seen| seen.hu.grid().center_of([0; 3]).z);
    if let Some(seen) = seen {
        hips(landmarks, organs, seen);
        let front = Front::of(seen.bone, landmarks);
        [
            landmarks.sacrum_s1_s2,
            landmarks.sacrum_s2_s3,
            landmarks.sacrum_s3_end,
        ] = sacral_levels::levels(front.as_ref(), landmarks);
    }
    for side in [Side::Left, Side::Right] {
        drawn_hip(landmarks, organs, side, bottom);
    }
    sacrum(landmarks, organs);
    landmarks.aortic_bifurcation =
        bifurcation::find(organs, landmarks, seen.map_or(&[], |s| s.spine), bottom);
}

/// One sentence on what is missing of the further landmarks and of the spaces; `None` when
/// nothing is.
pub(crate) fn missing(landmarks: &Landmarks, spaces: &Spaces) -> Option<String> {
    let points = landmarks
        .details()
        .map(|(name, s)| (name, s.as_ref().err()));
    let regions = spaces.named().map(|(name, s)| (name, s.as_ref().err()));
    let absent = points.into_iter().chain(regions);
    let absent = absent.filter_map(|(name, why)| Some((name, why?)));
    let absent: Vec<(&str, &Absent)> = absent.collect();
    let (_, why) = absent.first()?;
    let names: Vec<&str> = absent.iter().map(|(name, _)| *name).collect();
    Some(format!("not seen: {} ({why})", names.join(", ")))
}

/// Hip joints, tuberosities and foramina on the CT.
fn hips(landmarks: &mut Landmarks, organs: &[Organ], seen: &Seen<'_>) {
    for side in [Side::Left, Side::Right] {
        let found = hip(landmarks, organs, seen, side);
        let [acetabulum, roof, tuberosity, foramen, foramen_bottom] = found;
        *landmarks.acetabulum.of_mut(side) = acetabulum;
        *landmarks.acetabular_roof.of_mut(side) = roof;
        *landmarks.ischial_tuberosity.of_mut(side) = tuberosity;
        *landmarks.obturator_foramen.of_mut(side) = foramen;
        *landmarks.obturator_foramen_bottom.of_mut(side) = foramen_bottom;
        let sacrum: Vec<&Organ> = sacrum_of(organs).collect();
        let hip = organs.iter().find(|o| o.kind == OrganKind::Hip(side));
        let Some(midline) = landmarks.midline_x_mm() else {
            continue;
        };
        let [middle, top] = sacral_levels::sacroiliac(hip, &sacrum, midline);
        *landmarks.sacroiliac_joint.of_mut(side) = middle;
        *landmarks.sacroiliac_joint_top.of_mut(side) = top;
    }
}

fn hip(landmarks: &Landmarks, organs: &[Organ], seen: &Seen<'_>, side: Side) -> [Sought; 5] {
    let absent = |why: &Absent| [(); 5].map(|()| Err(why.clone()));
    let (midline, top) = match (&landmarks.midline, landmarks.femoral_head_top(side)) {
        (Ok(midline), Ok(top)) => (midline.at.x, top),
        (Err(why), _) | (_, Err(why)) => return absent(why),
    };
    let drawn = drawn_head(organs, side);
    let pelvis = [
        &landmarks.symphysis_top,
        &landmarks.symphysis_bottom,
        &landmarks.promontory,
    ];
    if drawn.is_none() && pelvis.iter().all(|sought| sought.is_err()) {
        // Shoulders and ribs may have the outline of hips.
        let why = "neither symphysis nor promontory is seen, so that it may be no pelvis";
        return absent(&Absent(why.to_owned()));
    }
    let guess = drawn.as_ref().map(|head| head.center);
    let Some(guess) = guess.or_else(|| bones::head_middle(seen.bone, top.at)) else {
        return absent(&Absent("no bone is seen at the hip joint".to_owned()));
    };
    let mut joint = Joint {
        midline,
        center: guess,
        side,
    };
    let [center, roof] = acetabulum::find(seen.hu, seen.bone, &joint);
    // Ischium and foramen need no exact centre.
    joint.center = center.as_ref().map_or(guess, |found| found.at);
    let tuberosity = ischium::tuberosity(seen.bone, &joint);
    let [foramen, lower] = ischium::foramen(seen.bone, &joint);
    [center, roof, tuberosity, foramen, lower]
}

/// Sacrum and first sacral vertebra, which other software draws apart.
fn sacrum_of(organs: &[Organ]) -> impl Iterator<Item = &Organ> {
    let s1 = OrganKind::Vertebra(Vertebra::S1);
    let of = move |organ: &&Organ| organ.kind == OrganKind::Sacrum || organ.kind == s1;
    organs.iter().filter(of)
}

/// A drawn femoral head.
struct Head {
    center: Point3<f64>,
    top_z: f64,
}

fn drawn_points(organs: &[Organ], kind: OrganKind) -> Option<Vec<Point3<f64>>> {
    let of = |o: &&Organ| o.kind == kind && o.source == OrganSource::Imported;
    let organ = organs.iter().find(of)?;
    let grid = organ.mask.grid();
    let points: Vec<Point3<f64>> = organ.mask.voxels().map(|v| grid.center_of(v)).collect();
    (!points.is_empty()).then_some(points)
}

/// The centre of a drawn femoral head, by the cap at its top.
fn drawn_head(organs: &[Organ], side: Side) -> Option<Head> {
    let points = drawn_points(organs, OrganKind::FemoralHead(side))
        .or_else(|| drawn_points(organs, OrganKind::Femur(side)))?;
    let top_z = points.iter().map(|p| p.z).fold(f64::NEG_INFINITY, f64::max);
    let cap: Vec<&Point3<f64>> = points.iter().filter(|p| p.z >= top_z - CAP_MM).collect();
    let mean = |a: usize| cap.iter().map(|p| p[a]).sum::<f64>() / cap.len() as f64;
    Some(Head {
        center: Point3::new(mean(0), mean(1), top_z - acetabulum::HEAD_MM),
        top_z,
    })
}

fn imported(at: Point3<f64>, confidence: f64, how: &str) -> Landmark {
    Landmark {
        at,
        source: LandmarkSource::Imported,
        confidence,
        how: how.to_owned(),
    }
}

/// What imported femora and hip bones show. `bottom` is the lower end of the CT.
fn drawn_hip(landmarks: &mut Landmarks, organs: &[Organ], side: Side, bottom: Option<f64>) {
    if let Some(head) = drawn_head(organs, side) {
        let center = imported(head.center, 0.9, "ball under the top of the imported femur");
        *landmarks.acetabular_roof.of_mut(side) =
            Ok(acetabulum::roof_of_drawn(&center, head.top_z));
        *landmarks.acetabulum.of_mut(side) = Ok(center);
    }
    let hip = drawn_points(organs, OrganKind::Hip(side));
    let (Some(hip), Ok(center)) = (hip, landmarks.acetabulum.of(side)) else {
        return;
    };
    let center = center.at;
    let Some(midline) = landmarks.midline_x_mm() else {
        return;
    };
    let low = hip.iter().map(|p| p.z).fold(f64::INFINITY, f64::min);
    let cut = bottom.is_some_and(|z| low <= z + DRAWN_EDGE_MM);
    if cut || center.z - low < DRAWN_BELOW_MM {
        let reason = "the imported hip bone ends above the ischial tuberosity";
        *landmarks.ischial_tuberosity.of_mut(side) = Err(Absent(reason.to_owned()));
        return;
    }
    let edge: Vec<_> = hip.iter().filter(|p| p.z <= low + DRAWN_EDGE_MM).collect();
    let mean = |a: usize| edge.iter().map(|p| p[a]).sum::<f64>() / edge.len() as f64;
    *landmarks.ischial_tuberosity.of_mut(side) = Ok(imported(
        Point3::new(mean(0), mean(1), low),
        0.95,
        "lowest point of the imported hip bone",
    ));
    let joint = Joint {
        midline,
        center,
        side,
    };
    let kind = OrganKind::Hip(side);
    let drawn = organs
        .iter()
        .find(|o| o.kind == kind && o.source == OrganSource::Imported);
    let Some(mask) = drawn.and_then(|organ| ischium::upright_view(&organ.mask, &joint)) else {
        return;
    };
    let [middle, lower] = ischium::foramen(&mask, &joint);
    for (place, found) in [
        (landmarks.obturator_foramen.of_mut(side), middle),
        (landmarks.obturator_foramen_bottom.of_mut(side), lower),
    ] {
        if let Ok(found) = found
            && found.source == LandmarkSource::Ct
        {
            *place = Ok(Landmark {
                source: LandmarkSource::Imported,
                confidence: 0.95,
                ..found
            });
        }
    }
}

/// What an imported sacrum shows.
fn sacrum(landmarks: &mut Landmarks, organs: &[Organ]) {
    let Some(midline) = landmarks.midline_x_mm() else {
        return;
    };
    if let Some(s1) = drawn_points(organs, OrganKind::Vertebra(Vertebra::S1))
        && let Some(level) = sacral_levels::below_drawn_s1(&s1, midline)
    {
        landmarks.sacrum_s1_s2 = Ok(level);
    }
    let drawn = |o: &&Organ| o.source == OrganSource::Imported;
    for side in [Side::Left, Side::Right] {
        let all: Vec<&Organ> = sacrum_of(organs).filter(drawn).collect();
        let hip = organs.iter().filter(drawn);
        let hip = hip.clone().find(|o| o.kind == OrganKind::Hip(side));
        let [middle, top] = sacral_levels::sacroiliac(hip, &all, midline);
        if let (Ok(middle), Ok(top)) = (middle, top) {
            *landmarks.sacroiliac_joint.of_mut(side) = Ok(middle);
            *landmarks.sacroiliac_joint_top.of_mut(side) = Ok(top);
        }
    }
}
