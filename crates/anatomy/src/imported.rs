//! Organs that were handed in, and the landmarks that follow from them.

use isoboost_volume::Mask;
use nalgebra::Point3;

use crate::landmarks::{Absent, Landmark, LandmarkSource, Landmarks, Sought};
use crate::organ::{ImportedOrgan, Organ, OrganKind, OrganSource, Side, Vertebra};

/// Bone of the hips within this of the midline is the symphysis, in mm.
const SYMPHYSIS_HALF_WIDTH_MM: f64 = 14.0;

/// A hip bone that ends less than this below the symphysis is cut by the field, in mm: its
/// tuberosity reaches some centimetres lower.
const CUT_MM: f64 = 8.0;

/// Half width of the middle of the spine, in mm.
const SPINE_HALF_WIDTH_MM: f64 = 14.0;

/// The corner of a vertebral body: points within this of the front edge, in mm.
const CORNER_MM: f64 = 12.0;

/// Organs with known names, and the names that are not known.
pub(crate) fn organs(imported: &[ImportedOrgan]) -> (Vec<Organ>, Vec<String>) {
    let mut organs = Vec::new();
    let mut unknown = Vec::new();
    for given in imported {
        if given.mask.is_empty() {
            continue;
        }
        match OrganKind::from_name(&given.name) {
            Some(kind) => organs.push(Organ {
                kind,
                mask: given.mask.clone(),
                source: OrganSource::Imported,
                confidence: 1.0,
                evidence: format!("drawn as `{}` in the structures handed in", given.name),
            }),
            None => unknown.push(given.name.clone()),
        }
    }
    (organs, unknown)
}

/// Puts the landmarks that imported bones show in the place of others.
pub(crate) fn take_landmarks(organs: &[Organ], landmarks: &mut Landmarks) {
    let points = |kind: OrganKind| {
        let masks = organs
            .iter()
            .filter(|o| o.source == OrganSource::Imported && o.kind == kind);
        let points: Vec<Point3<f64>> = masks.flat_map(|o| centers(&o.mask)).collect();
        (!points.is_empty()).then_some(points)
    };
    let sides = [Side::Left, Side::Right];
    let hips = sides.map(|side| points(OrganKind::Hip(side)));
    let femora = sides.map(|side| {
        points(OrganKind::FemoralHead(side)).or_else(|| points(OrganKind::Femur(side)))
    });
    if let Some(x) = middle_of(&hips).or_else(|| middle_of(&femora)) {
        let at = Point3::new(x, 0.0, 0.0);
        landmarks.midline = Ok(imported(
            at,
            "midway between the imported hip bones or femora",
        ));
    }
    let [left, right] = &femora;
    take(
        &mut landmarks.femoral_head_top_left,
        left.as_deref().map(top),
    );
    take(
        &mut landmarks.femoral_head_top_right,
        right.as_deref().map(top),
    );
    let Some(midline) = landmarks.midline_x_mm() else {
        return;
    };
    if let [Some(left), Some(right)] = &hips {
        let both: Vec<Point3<f64>> = left.iter().chain(right).copied().collect();
        take_symphysis(&both, midline, landmarks);
        take(&mut landmarks.iliac_crest, Some(top(&both)));
    }
    let sacrum = points(OrganKind::Vertebra(Vertebra::S1)).or_else(|| points(OrganKind::Sacrum));
    let l5 = points(OrganKind::Vertebra(Vertebra::L5));
    let promontory = promontory(l5.as_deref(), sacrum.as_deref(), midline);
    take(&mut landmarks.promontory, promontory);
}

fn take(place: &mut Sought, found: Option<Landmark>) {
    if let Some(landmark) = found {
        *place = Ok(landmark);
    }
}

fn imported(at: Point3<f64>, how: &str) -> Landmark {
    Landmark {
        at,
        source: LandmarkSource::Imported,
        confidence: 0.95,
        how: how.to_owned(),
    }
}

fn centers(mask: &Mask) -> Vec<Point3<f64>> {
    mask.voxels().map(|v| mask.grid().center_of(v)).collect()
}

/// The x midway between the outlines of the two sides.
fn middle_of(sides: &[Option<Vec<Point3<f64>>>; 2]) -> Option<f64> {
    let [Some(left), Some(right)] = sides else {
        return None;
    };
    let outermost = left.iter().map(|p| p.x).fold(f64::NEG_INFINITY, f64::max);
    let other = right.iter().map(|p| p.x).fold(f64::INFINITY, f64::min);
    Some(f64::midpoint(outermost, other))
}

/// The highest point: the mean of those within 2 mm of it.
fn top(points: &[Point3<f64>]) -> Landmark {
    let z = points.iter().map(|p| p.z).fold(f64::NEG_INFINITY, f64::max);
    let highest: Vec<_> = points.iter().filter(|p| p.z > z - 2.0).collect();
    let n = highest.len() as f64;
    let mean = |a: usize| highest.iter().map(|p| p[a]).sum::<f64>() / n;
    imported(
        Point3::new(mean(0), mean(1), z),
        "highest point of the imported bone",
    )
}

fn take_symphysis(hips: &[Point3<f64>], midline: f64, landmarks: &mut Landmarks) {
    let near: Vec<_> = hips
        .iter()
        .filter(|p| (p.x - midline).abs() <= SYMPHYSIS_HALF_WIDTH_MM)
        .collect();
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for p in &near {
        low = low.min(p.z);
        high = high.max(p.z);
    }
    if near.is_empty() {
        return;
    }
    // The back edge at the middle of the height.
    let middle = f64::midpoint(low, high);
    let level = near.iter().filter(|p| (p.z - middle).abs() <= 5.0);
    let back = level.map(|p| p.y).fold(f64::NEG_INFINITY, f64::max);
    let lowest = hips.iter().map(|p| p.z).fold(f64::INFINITY, f64::min);
    let how = "imported hip bones at the midline";
    landmarks.symphysis_top = Ok(imported(Point3::new(midline, back, high), how));
    landmarks.symphysis_bottom = if low - lowest < CUT_MM {
        Err(Absent(
            "the imported hip bones end within the symphysis".to_owned(),
        ))
    } else {
        Ok(imported(Point3::new(midline, back, low), how))
    };
}

/// Midway between the lower front corner of L5 and the upper front corner of the sacrum, or the
/// one of them that is known.
fn promontory(
    l5: Option<&[Point3<f64>]>,
    sacrum: Option<&[Point3<f64>]>,
    midline: f64,
) -> Option<Landmark> {
    let middle = |points: &[Point3<f64>]| -> Vec<Point3<f64>> {
        let near = |p: &&Point3<f64>| (p.x - midline).abs() <= SPINE_HALF_WIDTH_MM;
        points.iter().filter(near).copied().collect()
    };
    let front = |points: &[Point3<f64>]| points.iter().map(|p| p.y).fold(f64::INFINITY, f64::min);
    let corner = |points: Vec<Point3<f64>>, lower: bool| {
        let edge = front(&points);
        let near = points.into_iter().filter(|p| p.y <= edge + CORNER_MM);
        near.reduce(|a, b| if (b.z < a.z) == lower { b } else { a })
    };
    let below = l5.and_then(|p| corner(middle(p), true));
    // The front of a sacrum that lies flat is its upper edge: the foremost point is the corner.
    let above = sacrum.and_then(|p| {
        middle(p)
            .into_iter()
            .reduce(|a, b| if b.y < a.y { b } else { a })
    });
    let (at, how) = match (below, above) {
        (Some(a), Some(b)) => (
            nalgebra::center(&a, &b),
            "between the imported L5 and sacrum at the front",
        ),
        (Some(a), None) => (a, "lower front edge of the imported L5"),
        (None, Some(b)) => (b, "upper front edge of the imported sacrum"),
        (None, None) => return None,
    };
    Some(imported(Point3::new(midline, at.y, at.z), how))
}
