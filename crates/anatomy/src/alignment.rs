//! The bones that images of one patient are aligned by.

use isoboost_volume::{Mask, distance_outside};
use nalgebra::Point3;

use crate::landmarks::Absent;
use crate::organ::Side;
use crate::recognise::Anatomy;

/// So much of what is around the bones is compared with them, mm.
const AROUND_BONE_MM: f32 = 6.0;
/// From the centres of the femoral heads down to below the ischial tuberosities, mm.
const BELOW_HEADS_MM: f64 = 110.0;
/// Above the promontory the spine bends against the pelvis: it ends so far above, mm, within this
/// distance of the midline.
const ABOVE_PROMONTORY_MM: f64 = 10.0;
const SPINE_HALF_WIDTH_MM: f64 = 45.0;
/// The iliac crests end at most so far above the promontory, mm.
const CRESTS_MM: f64 = 90.0;
/// The head with the joint, and from where on, beside the centre of the head, bone is femur, mm.
const HEAD_MM: f64 = 29.0;
const FEMUR_FROM_MM: f64 = -22.0;
const TROCHANTER_FROM_MM: f64 = 18.0;
const TROCHANTER_TOP_MM: f64 = 30.0;

/// The sacrum and the hip bones with some millimetres around them, without the femora, which turn
/// against them between two scans, and without the movable spine; on the grid of the overview.
///
/// # Errors
/// When the pelvis is not recognised.
pub fn rigid_pelvis(anatomy: &Anatomy) -> Result<Mask, Absent> {
    let absent = |what: &str| Absent(what.to_owned());
    let bone = anatomy
        .bone
        .as_ref()
        .ok_or_else(|| absent("there is no CT"))?;
    let landmarks = &anatomy.landmarks;
    let left = landmarks.acetabulum.left.clone()?.at;
    let right = landmarks.acetabulum.right.clone()?.at;
    let promontory = landmarks.promontory.clone()?.at;
    let midline = f64::midpoint(left.x, right.x);
    let heads = f64::midpoint(left.z, right.z);
    let in_pelvis = |p: Point3<f64>| {
        let top = if (p.x - midline).abs() < SPINE_HALF_WIDTH_MM {
            ABOVE_PROMONTORY_MM
        } else {
            CRESTS_MM
        };
        p.z >= heads - BELOW_HEADS_MM && p.z <= promontory.z + top
    };
    let kept = |p: Point3<f64>| {
        in_pelvis(p) && !is_femur(p, left, Side::Left) && !is_femur(p, right, Side::Right)
    };
    let grid = bone.grid();
    let distance = distance_outside(bone);
    let region = Mask::from_fn(grid.clone(), |voxel| {
        distance[voxel] <= AROUND_BONE_MM && kept(grid.center_of(voxel))
    });
    if region.is_empty() {
        return Err(absent("no bone of the pelvis is seen"));
    }
    Ok(region)
}

/// Whether bone here would belong to the femur whose head is centred at `head`.
fn is_femur(p: Point3<f64>, head: Point3<f64>, side: Side) -> bool {
    let outward = match side {
        Side::Left => p.x - head.x,
        Side::Right => head.x - p.x,
    };
    let up = p.z - head.z;
    (p - head).norm() < HEAD_MM
        || (up < 0.0 && outward > FEMUR_FROM_MM)
        || (up < TROCHANTER_TOP_MM && outward > TROCHANTER_FROM_MM)
}
