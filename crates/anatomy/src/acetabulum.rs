//! The hip joints: a ball fitted to the femoral head on the CT, and the roof above it.

use isoboost_volume::{Volume, sample_trilinear};
use nalgebra::{Point3, Vector3};

use crate::landmarks::{Absent, Landmark, LandmarkSource, Sought, seen};
use crate::organ::Side;

/// The usual radius of a man's femoral head with its cartilage, and the radii that are tried, mm
/// (diameters of 45 to 55 mm in adult men).
pub(crate) const HEAD_MM: f64 = 24.0;
const RADII_MM: [f64; 4] = [22.0, 24.0, 26.0, 28.0];
/// The bone of the roof begins this far beyond that of the head: two layers of cartilage, mm.
pub(crate) const JOINT_SPACE_MM: f64 = 4.0;
/// Bone of the head is sampled this far inside of its surface, the joint space or the soft tissue
/// around it this far outside, mm: as near as voxels of 4 mm tell them apart.
const INSIDE_MM: f64 = 4.0;
const OUTSIDE_MM: f64 = 2.0;
/// Metal and cortex count as bone, gas and fat as soft tissue, HU.
const HU: (f32, f32) = (0.0, 400.0);
/// Steps of the search around the first guess, mm, each over two steps to all sides.
const STEPS_MM: [f64; 3] = [6.0, 3.0, 1.5];
/// A ball this far from the first guess is this much less likely, HU per mm.
const PRIOR_HU_PER_MM: f64 = 1.5;
/// Directions around the vertical and heights on the ball that are sampled: the upper half and a
/// little more, since the neck leaves the lower one.
const DIRECTIONS: usize = 16;
const HEIGHTS: [f64; 4] = [-0.3, 0.1, 0.5, 0.85];
/// The neck leaves outwards and downwards: what points there is not sampled.
const NECK_OUTWARDS: f64 = 0.5;
/// At least this share of the ball lies in the field.
const LEAST_IN_FIELD: f64 = 0.5;
/// Bone stands out from the joint space by this where the fit is sure, HU.
const CLEAR_HU: f64 = 60.0;
/// No bone reaches this after averaging; a prosthesis does, HU.
const METAL_HU: f32 = 1600.0;
/// Of the ball this share is metal where the hip is a prosthesis.
const METAL_SHARE: f64 = 0.15;

/// A ball and how far it stands out.
#[derive(Debug, Clone, Copy)]
struct Ball {
    center: Point3<f64>,
    radius_mm: f64,
    contrast_hu: f64,
    score: f64,
}

/// Centre of the femoral head and lowest bone of the roof above it, by a ball fitted to the HU of
/// the overview near `guess`.
pub(crate) fn find(hu: &Volume<i16>, guess: Point3<f64>, side: Side) -> [Sought; 2] {
    let reach = RADII_MM[RADII_MM.len() - 1] + 2.0 * STEPS_MM[0] + OUTSIDE_MM + 8.0;
    let Some(bounds) = hu.grid().box_around(&[guess], reach) else {
        return outside();
    };
    let near = hu.crop(bounds).map(|v| f32::from(*v));
    if let Some(center) = metal(&near, guess) {
        let how = "middle of the metal of a hip prosthesis";
        return both(center, HEAD_MM, 0.6, how);
    }
    let directions = directions(side);
    let mut best: Option<Ball> = None;
    for step in STEPS_MM {
        let from = best.map_or(guess, |b| b.center);
        let shifts = (-2_i32..=2).map(|n| f64::from(n) * step);
        for (x, y) in shifts
            .clone()
            .flat_map(|x| shifts.clone().map(move |y| (x, y)))
        {
            for z in shifts.clone() {
                let center = from + Vector3::new(x, y, z);
                for radius_mm in RADII_MM {
                    let next = ball(&near, center, radius_mm, &directions, guess);
                    best = better(best, next);
                }
            }
        }
    }
    let Some(best) = best else {
        return outside();
    };
    let confidence = 0.5 + 0.4 * (best.contrast_hu / CLEAR_HU).clamp(0.0, 1.0);
    let how = format!(
        "ball of {:.0} mm fitted to the femoral head, which is {:.0} HU denser than what is around",
        2.0 * best.radius_mm,
        best.contrast_hu
    );
    both(best.center, best.radius_mm, confidence, &how)
}

fn outside() -> [Sought; 2] {
    let reason = "the femoral head lies at the end of the field or beyond";
    [(); 2].map(|()| Err(Absent(reason.to_owned())))
}

fn both(center: Point3<f64>, radius_mm: f64, confidence: f64, how: &str) -> [Sought; 2] {
    let roof = roof_above(center, radius_mm);
    [
        Ok(seen(center, confidence, how.to_owned())),
        Ok(seen(
            roof,
            0.9 * confidence,
            format!("above the {how}"),
        )),
    ]
}

/// The lowest bone of the roof above a head.
pub(crate) fn roof_above(center: Point3<f64>, radius_mm: f64) -> Point3<f64> {
    center + Vector3::z() * (radius_mm + JOINT_SPACE_MM)
}

/// The roof above a drawn head.
pub(crate) fn roof_of_drawn(center: &Landmark, top_z: f64) -> Landmark {
    Landmark {
        at: Point3::new(center.at.x, center.at.y, top_z + JOINT_SPACE_MM),
        source: LandmarkSource::Imported,
        confidence: 0.9 * center.confidence,
        how: format!("{JOINT_SPACE_MM} mm above the imported femoral head"),
    }
}

fn better(best: Option<Ball>, next: Option<Ball>) -> Option<Ball> {
    match (best, next) {
        (Some(a), Some(b)) => Some(if b.score > a.score { b } else { a }),
        (a, b) => a.or(b),
    }
}

/// Unit vectors over the part of the ball that faces the socket.
fn directions(side: Side) -> Vec<Vector3<f64>> {
    let out = match side {
        Side::Left => 1.0,
        Side::Right => -1.0,
    };
    let all = HEIGHTS.into_iter().flat_map(|z: f64| {
        let r = (1.0 - z * z).sqrt();
        (0..DIRECTIONS).map(move |n| {
            let angle = std::f64::consts::TAU * n as f64 / DIRECTIONS as f64;
            Vector3::new(r * angle.cos(), r * angle.sin(), z)
        })
    });
    all.filter(|d| d.z > 0.3 || d.x * out < NECK_OUTWARDS).collect()
}

/// How much denser a ball is than what is around it; `None` where too little of it is in the
/// field.
fn ball(
    near: &Volume<f32>,
    center: Point3<f64>,
    radius_mm: f64,
    directions: &[Vector3<f64>],
    guess: Point3<f64>,
) -> Option<Ball> {
    let (mut sum, mut n) = (0.0, 0);
    for d in directions {
        let inside = sample_trilinear(near, center + d * (radius_mm - INSIDE_MM), f32::NAN);
        let outside = sample_trilinear(near, center + d * (radius_mm + OUTSIDE_MM), f32::NAN);
        if inside.is_nan() || outside.is_nan() {
            continue;
        }
        sum += f64::from(inside.clamp(HU.0, HU.1) - outside.clamp(HU.0, HU.1));
        n += 1;
    }
    if (f64::from(n)) < LEAST_IN_FIELD * directions.len() as f64 {
        return None;
    }
    let contrast_hu = sum / f64::from(n);
    Some(Ball {
        center,
        radius_mm,
        contrast_hu,
        score: contrast_hu - PRIOR_HU_PER_MM * (center - guess).norm(),
    })
}

/// The middle of the metal around a place, where it is a prosthesis.
fn metal(near: &Volume<f32>, guess: Point3<f64>) -> Option<Point3<f64>> {
    let grid = near.grid();
    let ball = grid.box_around(&[guess], HEAD_MM)?;
    let inside = ball
        .voxels()
        .map(|v| (grid.center_of(v), near[v]))
        .filter(|(p, _)| (p - guess).norm() <= HEAD_MM);
    let (mut sum, mut n, mut all) = (Vector3::zeros(), 0.0, 0.0);
    for (p, hu) in inside {
        all += 1.0;
        if hu >= METAL_HU {
            sum += p.coords;
            n += 1.0;
        }
    }
    (n > METAL_SHARE * all).then(|| Point3::from(sum / n))
}
