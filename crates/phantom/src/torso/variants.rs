//! What operations leave: other ways for the urine, a second-hand kidney, metal; and the couch.

use isoboost_volume::Volume;
use nalgebra::Point3;

use super::TorsoSpec;
use crate::Side;
use crate::lattice::{Vec3, add};
use crate::pelvis::bones::{HEAD_MM, HEAD_RADIUS_MM};
use crate::pelvis::{both, hu};
use crate::scanner::{FRAME_LPS, Tracer, Uptake};
use crate::scene::Scene;
use crate::shape::{Node, Shape};

/// Cobalt-chrome, at the end of what a CT stores.
const METAL_HU: f32 = 3000.0;
/// Streaks of the prosthesis: height in HU, and how far they reach in mm.
const STREAK_HU: f64 = 260.0;
const STREAK_MM: f64 = 70.0;

/// The gallbladder under the liver.
pub(super) fn add_gallbladder(scene: &mut Scene, tracer: Tracer) {
    let suv = match tracer {
        Tracer::F18Psma1007 => 35.0,
        Tracer::Ga68Psma11 => 3.5,
        Tracer::F18Dcfpyl => 4.5,
    };
    let shape =
        Shape::turned_ellipsoid([-50.0, -66.0, 268.0], [13.0, 14.0, 27.0], [20.0, 0.0, 0.0]);
    scene.organ("gallbladder", shape, hu::URINE, suv);
}

/// A transplanted kidney in front of the right iliacus.
pub(super) fn add_transplant(scene: &mut Scene, uptake: &Uptake) {
    let center = [-88.0, -52.0, 96.0];
    let kidney = Shape::turned_ellipsoid(center, [26.0, 24.0, 50.0], [20.0, -12.0, 0.0]);
    scene.organ("transplant_kidney", kidney, hu::KIDNEY, uptake.kidney);
    let sinus = Shape::ellipsoid([-80.0, -54.0, 96.0], [11.0, 9.0, 20.0]);
    scene.put(sinus, -60.0, uptake.urine * 0.5);
}

/// The prostate in its place, without a tumour.
pub(super) fn add_prostate(scene: &mut Scene, uptake: &Uptake) {
    let gland = Shape::ellipsoid([0.0, 4.0, -30.0], [23.0, 18.0, 18.0]);
    scene.organ("prostate", gland, hu::SOFT + 4.0, uptake.muscle * 3.0);
    let vesicles = Shape::Tube(vec![([6.0, 26.0, -6.0], 5.0), ([30.0, 33.0, 8.0], 5.0)]);
    both(scene, None, &vesicles, hu::SOFT - 8.0, uptake.muscle * 1.5);
}

/// A loop of ileum full of urine, from before the promontory to the skin of the right abdomen.
pub(super) fn add_conduit(scene: &mut Scene, uptake: &Uptake) {
    let nodes: Vec<Node> = vec![
        ([10.0, -42.0, 96.0], 12.0),
        ([-30.0, -70.0, 108.0], 13.0),
        ([-64.0, -92.0, 128.0], 12.0),
        ([-72.0, -122.0, 134.0], 9.0),
    ];
    let wall = Shape::Tube(nodes);
    scene.organ("ileal_conduit", wall.clone(), hu::SOFT, uptake.bowel);
    scene.organ(
        "ileal_conduit",
        wall.grown(-3.0),
        hu::URINE,
        uptake.urine * 0.6,
    );
}

/// A bladder made of bowel: lower, lobed, to one side.
pub(super) fn add_neobladder(scene: &mut Scene, ml: f64, uptake: &Uptake) {
    let size = (ml / 130.0).cbrt();
    let lobe = |center: Vec3, radii: Vec3| Shape::ellipsoid(center, radii.map(|r| r * size));
    let urine = Shape::Union(vec![
        lobe([6.0, -18.0, 18.0], [32.0, 26.0, 24.0]),
        lobe([-18.0, -22.0, 34.0], [22.0, 20.0, 20.0]),
        Shape::Tube(vec![([0.0, -14.0, 0.0], 9.0), ([0.0, -10.0, -14.0], 3.0)]),
    ]);
    let wall = urine.clone().grown(4.0);
    scene.organ("urinary_bladder", wall, hu::SOFT, uptake.bowel);
    scene.organ("urinary_bladder", urine, hu::URINE, uptake.urine);
}

/// Head, neck and stem of a hip prosthesis, and the uptake that the correction for attenuation
/// makes up beside it.
pub(super) fn add_prosthesis(scene: &mut Scene, spec: &TorsoSpec) {
    let Some(side) = spec.hip_prosthesis else {
        return;
    };
    let turned = |shape: Shape| match side {
        Side::Left => shape,
        Side::Right => shape.mirrored(),
    };
    let cup = Shape::sphere(HEAD_MM, HEAD_RADIUS_MM + 4.0);
    let glow = Shape::ellipsoid(add(HEAD_MM, [26.0, 0.0, -20.0]), [14.0, 20.0, 30.0]);
    scene.put(turned(glow.minus(cup.clone())), hu::MUSCLE, 3.4);
    let stem = Shape::Tube(vec![
        (HEAD_MM, 9.0),
        ([124.0, 11.0, -30.0], 10.0),
        ([119.0, 6.0, -140.0], 7.0),
    ]);
    for metal in [cup, stem] {
        scene.put(turned(metal), METAL_HU, 0.0);
    }
}

/// Dark and bright streaks through the metal of a prosthesis.
pub(crate) fn add_streaks(spec: &TorsoSpec, ct: &mut Volume<i16>) {
    let Some(side) = spec.hip_prosthesis else {
        return;
    };
    let factors = spec.stretch();
    let mirror = if side == Side::Left { 1.0 } else { -1.0 };
    let head = [mirror * HEAD_MM[0], HEAD_MM[1], HEAD_MM[2]];
    let head = Point3::from(add([0, 1, 2].map(|a| head[a] * factors[a]), FRAME_LPS));
    let grid = ct.grid().clone();
    let near = grid.box_around(&[head], 2.0 * STREAK_MM);
    for voxel in near.iter().flat_map(isoboost_volume::IndexBox::voxels) {
        let d = grid.center_of(voxel) - head;
        let r = d.x.hypot(d.y);
        if d.z.abs() > 30.0 || r < 26.0 || ct[voxel] > 2000 || ct[voxel] < -500 {
            continue;
        }
        let angle = d.y.atan2(d.x);
        let fall = (-r / STREAK_MM).exp() * (1.0 - d.z.abs() / 30.0);
        let streak = STREAK_HU * (5.0 * angle).cos() * fall;
        ct[voxel] = (f64::from(ct[voxel]) + streak).round() as i16;
    }
}

/// The couch under the patient.
pub(super) fn add_couch(scene: &mut Scene, factors: Vec3, extra_fat_mm: f64) {
    let y = 126.0 * factors[1] + extra_fat_mm.max(0.0) + 12.0;
    let corner = |x: f64, z: f64| ([x, y, z], 5.0);
    let plate = Shape::Sheet(vec![
        [
            corner(-200.0, -400.0),
            corner(200.0, -400.0),
            corner(-200.0, 1200.0),
        ],
        [
            corner(200.0, -400.0),
            corner(200.0, 1200.0),
            corner(-200.0, 1200.0),
        ],
    ]);
    let first = scene.parts.len();
    scene.put(plate.clone(), 60.0, 0.0);
    scene.put(plate.grown(-1.5), -600.0, 0.0);
    for part in &mut scene.parts[first..] {
        part.is_couch = true;
    }
}
