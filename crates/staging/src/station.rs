//! Groups of pelvic nodes, by the iliac vessels or their reckoned courses.

use isoboost_anatomy::{Anatomy, CourseKind, OrganKind, Side};
use nalgebra::Point3;

use crate::place::{Levels, centers, nearest};
use crate::region::Station;

/// A node further than this from every vessel lies in no vessel's group, in mm.
const ALONG_VESSEL_MM: f64 = 20.0;

/// The strip of the side wall that holds the obturator nodes, in mm (Taylor 2005: 18 mm between
/// external and internal vessels), with the muscle between it and the bone.
const OBTURATOR_STRIP_MM: f64 = 18.0;
const OBTURATOR_MUSCLE_MM: f64 = 14.0;

/// Whether a place so far from the bone of the side wall, in mm, lies at the wall.
pub(crate) fn is_by_wall(mm: f64) -> bool {
    mm <= OBTURATOR_STRIP_MM + OBTURATOR_MUSCLE_MM
}

/// Obturator nodes reach this far above the tops of the femoral heads, in mm.
const OBTURATOR_ABOVE_HEADS_MM: f64 = 25.0;

/// They lie this far behind the external iliac vessels, in mm.
const BEHIND_EXTERNAL_MM: f64 = 14.0;

/// A node further than this from every reckoned course lies in no vessel's group, in mm.
const ALONG_COURSE_MM: f64 = 28.0;

/// The station of a place by the nearest iliac vessel, or where none is imported by the nearest
/// course.
pub(crate) fn by_vessels(
    at: Point3<f64>,
    anatomy: &Anatomy,
    levels: &Levels,
    wall: Option<f64>,
    evidence: &mut Vec<String>,
) -> Option<Station> {
    let (side, _) = levels.aside(at);
    let Some((station, vessel, mm)) = nearest_vessel(anatomy, side, at, levels) else {
        return by_courses(at, anatomy, side, evidence);
    };
    evidence.push(format!(
        "{mm:.0} mm from the {} {} vessels",
        side.name(),
        station.words()
    ));
    let low = at.z <= levels.heads_top + OBTURATOR_ABOVE_HEADS_MM;
    let by_wall = wall.is_some_and(is_by_wall);
    let behind = at.y - vessel.y;
    if station == Station::ExternalIliac && low && by_wall && behind >= BEHIND_EXTERNAL_MM {
        evidence.push(format!("{behind:.0} mm behind them, at the side wall"));
        return Some(Station::Obturator);
    }
    if mm <= ALONG_VESSEL_MM {
        return Some(station);
    }
    if low && by_wall {
        return Some(Station::Obturator);
    }
    by_courses(at, anatomy, side, evidence)
}

fn by_courses(
    at: Point3<f64>,
    anatomy: &Anatomy,
    side: Side,
    evidence: &mut Vec<String>,
) -> Option<Station> {
    let courses = anatomy.courses.as_ref().ok()?.iter();
    let known = courses.filter_map(|course| {
        let station = match course.kind {
            CourseKind::CommonIliac(s) if s == side => Station::CommonIliac,
            CourseKind::ExternalIliac(s) if s == side => Station::ExternalIliac,
            CourseKind::InternalIliac(s) if s == side => Station::InternalIliac,
            CourseKind::Obturator(s) if s == side => Station::Obturator,
            _ => return None,
        };
        Some((station, course.nearest(at).0))
    });
    let (station, mm) = known.min_by(|a, b| a.1.total_cmp(&b.1))?;
    let near = mm <= ALONG_COURSE_MM;
    if near {
        evidence.push(format!(
            "{mm:.0} mm from the reckoned course of the {} {} vessels",
            side.name(),
            station.words()
        ));
    }
    near.then_some(station)
}

/// The nearest voxel of the side's iliac vessels, with the vessel it belongs to.
fn nearest_vessel(
    anatomy: &Anatomy,
    side: Side,
    at: Point3<f64>,
    levels: &Levels,
) -> Option<(Station, Point3<f64>, f64)> {
    let kinds = [
        (
            OrganKind::ExternalIliacVessels(side),
            Some(Station::ExternalIliac),
        ),
        (
            OrganKind::InternalIliacVessels(side),
            Some(Station::InternalIliac),
        ),
        (OrganKind::IliacArtery(side), None),
        (OrganKind::IliacVein(side), None),
    ];
    let fork = fork(anatomy, side, levels);
    let candidates = kinds.into_iter().flat_map(|(kind, station)| {
        let organs = anatomy.organs_of(kind);
        organs.filter_map(move |organ| {
            let (point, mm) = nearest(&organ.mask, at)?;
            Some((station, point, mm))
        })
    });
    let (station, point, mm) = candidates.min_by(|a, b| a.2.total_cmp(&b.2))?;
    Some((station.unwrap_or_else(|| branch(point, fork)), point, mm))
}

/// Which part of a vessel drawn in one a point of it belongs to: above the fork the common one;
/// below it the external part runs forwards and the internal one backwards.
fn branch(point: Point3<f64>, fork: Point3<f64>) -> Station {
    if point.z > fork.z {
        Station::CommonIliac
    } else if point.y > fork.y + 4.0 {
        Station::InternalIliac
    } else {
        Station::ExternalIliac
    }
}

/// Where the common iliac artery divides: the highest slice below which its mask has two parts
/// from front to back, or level L5/S1.
fn fork(anatomy: &Anatomy, side: Side, levels: &Levels) -> Point3<f64> {
    const SLICE_MM: f64 = 3.0;
    const GAP_MM: f64 = 8.0;
    let points: Vec<Point3<f64>> = anatomy
        .organs_of(OrganKind::IliacArtery(side))
        .flat_map(|o| centers(&o.mask))
        .collect();
    let top = points.iter().map(|p| p.z).fold(f64::NEG_INFINITY, f64::max);
    let bottom = points.iter().map(|p| p.z).fold(f64::INFINITY, f64::min);
    let mut z = top;
    while z > bottom {
        let mut slice: Vec<&Point3<f64>> = points
            .iter()
            .filter(|p| p.z <= z && p.z > z - SLICE_MM)
            .collect();
        slice.sort_by(|a, b| a.y.total_cmp(&b.y));
        let gap = slice.windows(2).find(|pair| pair[1].y - pair[0].y > GAP_MM);
        if let Some(pair) = gap {
            return nalgebra::center(pair[0], pair[1]);
        }
        z -= SLICE_MM;
    }
    let (z, y) = levels
        .promontory
        .unwrap_or((levels.heads_top + 70.0, levels.symphysis_back + 40.0));
    let at_level = points.iter().filter(|p| (p.z - z).abs() < SLICE_MM);
    let known: Vec<f64> = at_level.map(|p| p.y).collect();
    let n = known.len() as f64;
    let y = if known.is_empty() {
        y
    } else {
        known.iter().sum::<f64>() / n
    };
    Point3::new(levels.midline, y, z)
}
