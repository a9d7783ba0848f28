//! Edges of the bony pelvis that treatment fields are drawn by: the widest part of the inlet, and
//! the front of the symphysis.

use isoboost_volume::Mask;
use nalgebra::Point3;

use crate::ischium::Joint;
use crate::landmarks::{Absent, Landmarks, Paired, Sought, seen};
use crate::organ::Side;
use crate::skeleton::Skeleton;

/// The widest part of the inlet is where the arcuate line is left of its middle: between the centre
/// of the hip joint and this far above the roof of the socket, mm, and from before the joint to
/// behind it, mm. Further behind the wall turns inwards to the sacrum, above it flares.
const ABOVE_ROOF_MM: f64 = 32.0;
const BEHIND_JOINT_MM: (f64, f64) = (-20.0, 20.0);
/// The wall is looked for from this far from the midline, mm.
const ASIDE_MM: f64 = 25.0;
/// Half the transverse diameter of a man's inlet, which is 110 to 150 mm, with room, mm.
const HALF_WIDTH_MM: (f64, f64) = (45.0, 90.0);

/// Half width of the strip around the midline that holds the symphysis, mm, and the share of it
/// that is bone where bone begins.
const STRIP_MM: f64 = 14.0;
const FRONT_SHARE: f64 = 0.4;

/// The widest points of the pelvic inlet on both sides, as a film from in front shows them: the inner
/// wall of the pelvis above the hip joints, at each height where it is narrowest, at the height
/// where it is widest. `bone` is that of [`Anatomy`](crate::Anatomy), so that they are as fine as
/// its voxels of about 4 mm.
pub fn pelvic_inlet(bone: &Mask, landmarks: &Landmarks) -> Paired {
    Paired {
        left: widest(bone, landmarks, Side::Left),
        right: widest(bone, landmarks, Side::Right),
    }
}

fn widest(bone: &Mask, landmarks: &Landmarks, side: Side) -> Sought {
    let joint = landmarks
        .acetabulum
        .of(side)
        .as_ref()
        .map_err(Clone::clone)?;
    let roof = landmarks.acetabular_roof.of(side).as_ref();
    let roof = roof.map_err(Clone::clone)?;
    let midline = landmarks.midline.as_ref().map_err(Clone::clone)?;
    let joint = Joint {
        midline: midline.at.x,
        center: joint.at,
        side,
    };
    let absent = || {
        Absent(format!(
            "the {} wall of the pelvic inlet is not seen",
            side.name()
        ))
    };
    let top = roof.at.z + ABOVE_ROOF_MM;
    let walls = walls(bone, &joint, top).ok_or_else(absent)?;
    let widest = walls.into_iter().max_by(|a, b| a.0.total_cmp(&b.0));
    let (aside, at) = widest.ok_or_else(absent)?;
    if aside < HALF_WIDTH_MM.0 || aside > HALF_WIDTH_MM.1 {
        return Err(Absent(format!(
            "the {} wall of the pelvic inlet seems to lie {aside:.0} mm from the midline, which no \
             man's does",
            side.name()
        )));
    }
    let how = format!("inner wall of the pelvic inlet, {aside:.0} mm from the midline");
    Ok(seen(at, 0.7, how))
}

/// For each height from the joint to `top` the distance of the wall from the midline where it is
/// nearest, and that place. `None` where the bones are not seen as high as that.
fn walls(bone: &Mask, joint: &Joint, top: f64) -> Option<Vec<(f64, Point3<f64>)>> {
    let grid = bone.grid();
    let (before, behind) = BEHIND_JOINT_MM;
    let low = Point3::new(joint.midline, joint.center.y + before, joint.center.z);
    let outermost = joint.x_aside(HALF_WIDTH_MM.1 + ASIDE_MM);
    let high = Point3::new(outermost, joint.center.y + behind, top);
    grid.voxel_at(Point3::new(joint.midline, joint.center.y, top))?;
    let zone = grid.box_around(&[low, high], 0.0)?;
    let mut walls: Vec<Option<(f64, Point3<f64>)>> = vec![None; zone.shape()[0]];
    for v in zone.voxels().filter(|v| bone[*v]) {
        let at = grid.center_of(v);
        if !(before..=behind).contains(&(at.y - joint.center.y)) {
            continue;
        }
        // The wall is the side of the voxel that looks to the midline.
        let aside = joint.aside(at.x) - grid.spacing()[2] / 2.0;
        let nearest = &mut walls[v[0] - zone.min[0]];
        if aside >= ASIDE_MM && nearest.is_none_or(|(before, _)| aside < before) {
            *nearest = Some((aside, Point3::new(joint.x_aside(aside), at.y, at.z)));
        }
    }
    Some(walls.into_iter().flatten().collect())
}

/// The foremost point of the pubic symphysis.
///
/// # Errors
/// Why it is not known.
pub fn symphysis_front(bone: &Mask, landmarks: &Landmarks) -> Sought {
    let (top, bottom) = match (&landmarks.symphysis_top, &landmarks.symphysis_bottom) {
        (Ok(top), Ok(bottom)) => (top.at, bottom.at),
        (Err(absent), _) | (_, Err(absent)) => return Err(absent.clone()),
    };
    let bones = Skeleton::new(bone);
    let slices = bones.slices_between(bottom.z, top.z);
    let fronts = slices.filter_map(|k| {
        let stretches = bones.stretches(k, top.x, STRIP_MM, FRONT_SHARE);
        // What lies before the joint by more than its own depth is no part of it.
        let of_joint = stretches.iter().find(|s| s.1 > top.y - 2.0 * STRIP_MM)?;
        Some((of_joint.0, bones.z[k]))
    });
    let foremost = fronts.min_by(|a, b| a.0.total_cmp(&b.0));
    let (y, z) = foremost
        .ok_or_else(|| Absent("no bone is seen at the front of the symphysis".to_owned()))?;
    let how = format!(
        "front of the bone of the symphysis, {:.0} mm before its back",
        top.y - y
    );
    Ok(seen(Point3::new(top.x, y, z), 0.8, how))
}
