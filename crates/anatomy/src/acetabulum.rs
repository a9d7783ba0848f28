//! The hip joints, by the wall of the pelvis beside the head and the dense line of the roof above
//! it. Both are seen at 4 mm in worn joints and beside screws; the joint space is not.

use isoboost_volume::{Mask, Volume};
use nalgebra::Point3;

use crate::ischium::Joint;
use crate::landmarks::{Absent, Landmark, LandmarkSource, Sought, seen};

/// The usual radius of a man's femoral head, mm (diameters of 45 to 55 mm in adult men).
pub(crate) const HEAD_MM: f64 = 24.0;
/// The bone of the roof begins this far beyond that of the head: two layers of cartilage, mm.
const JOINT_SPACE_MM: f64 = 3.0;
/// From the surface of the lesser pelvis to the centre of the head: its radius, cartilage and the
/// thin floor of the socket, mm; 29 on a labelled CT, 34 in the torso phantom.
const WALL_TO_CENTER_MM: f64 = 31.5;
/// The wall is looked for this far inwards of the first guess of the centre, mm.
const INWARDS_MM: (f64, f64) = (18.0, 50.0);
/// … in rows and slices this near to it, mm, of which this many show it at least.
const WALL_MM: [f64; 2] = [10.0, 16.0];
const LEAST_ROWS: usize = 6;
/// The roof is the densest height between these above the first guess of the centre, mm, …
const ROOF_MM: (f64, f64) = (20.0, 40.0);
/// … averaged over a square of this half width, mm.
const ROOF_HALF_WIDTH_MM: f64 = 7.0;
/// The subchondral bone of the roof has at least this after averaging, HU.
const ROOF_HU: f64 = 220.0;
/// No bone reaches this after averaging; metal does, HU.
const METAL_HU: i16 = 1700;

/// Centre of the femoral head, and lowest bone of the roof above it. The centre of `joint` is a
/// first guess within some 15 mm.
pub(crate) fn find(hu: &Volume<i16>, bone: &Mask, joint: &Joint) -> [Sought; 2] {
    let grid = hu.grid();
    let guess = joint.center;
    if grid.voxel_at(guess).is_none() {
        let reason = "the femoral head lies outside of the field";
        return [(); 2].map(|()| Err(Absent(reason.to_owned())));
    }
    let (mut confidence, mut told) = (0.6, "at a usual distance from the greater trochanter");
    let mut center = guess;
    if let Some(wall) = wall_aside(bone, joint) {
        center.x = joint.x_aside(wall + WALL_TO_CENTER_MM);
        (confidence, told) = (0.8, "beside the wall of the lesser pelvis");
    }
    let Some(roof) = roof_z(hu, center) else {
        let z = center.z + HEAD_MM + JOINT_SPACE_MM;
        let roof = Point3::new(center.x, center.y, z);
        let usual = Landmark {
            at: roof,
            source: LandmarkSource::Derived,
            confidence: 0.5,
            how: "a head's radius above the centre of the hip joint".to_owned(),
        };
        return [Ok(seen(center, confidence, told.to_owned())), Ok(usual)];
    };
    center.z = f64::midpoint(center.z, roof - JOINT_SPACE_MM - HEAD_MM);
    let how = format!("dense bone of the roof at z {roof:.0} mm");
    let at = Point3::new(center.x, center.y, roof);
    [
        Ok(seen(center, confidence, format!("{told}, below the {how}"))),
        Ok(seen(at, confidence, how)),
    ]
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

/// Distance of the inner wall of the pelvis from the midline beside the head: the median over the
/// rows that show it.
fn wall_aside(bone: &Mask, joint: &Joint) -> Option<f64> {
    let grid = bone.grid();
    let guess = joint.center;
    let aside = joint.aside(guess.x);
    let corner = |inwards: f64, sign: f64| {
        let x = joint.x_aside(aside - inwards);
        Point3::new(x, guess.y + sign * WALL_MM[1], guess.z + sign * WALL_MM[0])
    };
    let corners = [corner(INWARDS_MM.0, -1.0), corner(INWARDS_MM.1, 1.0)];
    let zone = grid.box_around(&corners, 0.0)?;
    let [_, rows, _] = zone.shape();
    let mut inner: Vec<Option<f64>> = vec![None; rows * zone.shape()[0]];
    for v in zone.voxels().filter(|v| bone[*v]) {
        let row = (v[0] - zone.min[0]) * rows + v[1] - zone.min[1];
        let here = joint.aside(grid.center_of(v).x) - grid.spacing()[2] / 2.0;
        inner[row] = Some(inner[row].map_or(here, |before| before.min(here)));
    }
    let mut inner: Vec<f64> = inner.into_iter().flatten().collect();
    inner.sort_by(f64::total_cmp);
    (inner.len() >= LEAST_ROWS).then(|| inner[inner.len() / 2])
}

/// Height of the densest bone above a head; `None` where none is dense or metal outshines it.
fn roof_z(hu: &Volume<i16>, center: Point3<f64>) -> Option<f64> {
    let grid = hu.grid();
    let half = ROOF_HALF_WIDTH_MM;
    let corners = [
        center + nalgebra::Vector3::new(-half, -half, ROOF_MM.0),
        center + nalgebra::Vector3::new(half, half, ROOF_MM.1),
    ];
    let zone = grid.box_around(&corners, 0.0)?;
    let [slices, rows, columns] = zone.shape();
    let mut sums = vec![0.0; slices];
    for v in zone.voxels() {
        if hu[v] >= METAL_HU {
            return None;
        }
        sums[v[0] - zone.min[0]] += f64::from(hu[v]) / (rows * columns) as f64;
    }
    let best = (0..slices).max_by(|a, b| sums[*a].total_cmp(&sums[*b]))?;
    let z = grid.center_of([zone.min[0] + best, 0, 0]).z;
    (sums[best] >= ROOF_HU).then_some(z)
}
