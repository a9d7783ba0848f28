//! Bladder, ureters, rectum, bowel and the bed of the prostate.

use super::{PelvisSpec, both, hu};
use crate::lattice::Vec3;
use crate::scanner::Uptake;
use crate::scene::Scene;
use crate::shape::{Node, Shape};

/// Where the bladder ends after prostatectomy: the neck, drawn down to the anastomosis.
pub(crate) const BLADDER_NECK_MM: Vec3 = [0.0, -10.0, -14.0];

/// Half axes of a bladder of 130 mL, and the lowest point of its body.
const BLADDER_RADII_MM: Vec3 = [36.0, 31.0, 27.5];
const BLADDER_RADII_VOLUME_ML: f64 = 128.6;
const BLADDER_FLOOR_Z_MM: f64 = -6.0;
const BLADDER_BACK_Y_MM: f64 = 15.0;
const BLADDER_WALL_MM: f64 = 3.0;

/// Small and large bowel and the rectum.
pub(crate) fn add_bowel(scene: &mut Scene, uptake: &Uptake) {
    small_bowel(scene, uptake);
    let descending: [Node; 7] = [
        ([104.0, -18.0, 270.0], 17.0),
        ([106.0, -26.0, 200.0], 16.0),
        ([100.0, -40.0, 140.0], 15.0),
        ([78.0, -58.0, 95.0], 14.0),
        ([40.0, -30.0, 84.0], 14.0),
        ([2.0, 14.0, 72.0], 14.0),
        ([-4.0, 44.0, 58.0], 15.0),
    ];
    let ascending: [Node; 4] = [
        ([-88.0, -58.0, 92.0], 22.0),
        ([-100.0, -40.0, 140.0], 24.0),
        ([-104.0, -26.0, 200.0], 22.0),
        ([-102.0, -30.0, 262.0], 20.0),
    ];
    for nodes in [&descending[..], &ascending[..]] {
        gut(scene, "colon", nodes, hu::STOOL, uptake);
    }
    for (center, radii) in [
        ([-99.0, -48.0, 140.0], [14.0, 8.0, 26.0]),
        ([-103.0, -34.0, 205.0], [13.0, 8.0, 30.0]),
        ([104.0, -34.0, 190.0], [8.0, 5.0, 22.0]),
        ([60.0, -48.0, 90.0], [10.0, 5.0, 6.0]),
    ] {
        let pocket = Shape::ellipsoid(center, radii);
        scene.organ("colon", pocket, hu::GAS, 0.0);
    }
}

fn gut(scene: &mut Scene, name: &'static str, nodes: &[Node], content: f32, uptake: &Uptake) {
    let wall = Shape::Tube(nodes.to_vec());
    scene.organ(name, wall.clone(), hu::SOFT, uptake.bowel);
    scene.organ(name, wall.grown(-3.0), content, uptake.bowel * 0.5);
}

/// Loops that fill the middle of the abdomen, on a curve that never closes.
fn small_bowel(scene: &mut Scene, uptake: &Uptake) {
    let steps = 72;
    let at = |n: i32| {
        let t = f64::from(n) / 3.0;
        let z = 88.0 + 2.4 * f64::from(n);
        let p = [
            62.0 * (2.1 * t).sin() - 6.0,
            -66.0 + 24.0 * (1.37 * t + 0.6).cos(),
            z + 10.0 * (3.3 * t).sin(),
        ];
        (p, 11.0 + 1.5 * (5.0 * t).cos())
    };
    for first in (0..steps).step_by(3) {
        let nodes: Vec<Node> = (first..=first + 3).map(at).collect();
        // The proximal jejunum lies above L3 and is hotter than the rest.
        let suv = if first > 57 {
            uptake.jejunum
        } else {
            uptake.bowel
        };
        let wall = Shape::Tube(nodes.clone());
        scene.organ("small_bowel", wall.clone(), hu::SOFT, suv);
        scene.organ("small_bowel", wall.grown(-2.5), hu::BOWEL - 10.0, suv * 0.7);
        if first % 12 == 0 {
            let (p, r) = nodes[1];
            let bubble = Shape::ellipsoid([p[0], p[1] - 4.0, p[2]], [r * 0.6, 3.5, 5.0]);
            scene.organ("small_bowel", bubble, hu::GAS, 0.0);
        }
    }
}

/// Organs of the lesser pelvis, over bones and vessels.
pub(crate) fn add_pelvic(scene: &mut Scene, spec: &PelvisSpec, uptake: &Uptake) {
    rectum(scene, uptake);
    bed(scene, uptake);
    bladder(scene, spec, uptake);
    ureters(scene, spec, uptake);
}

pub(crate) fn rectum(scene: &mut Scene, uptake: &Uptake) {
    let nodes: [Node; 7] = [
        ([0.0, 58.0, -78.0], 8.0),
        ([0.0, 44.0, -58.0], 10.5),
        ([0.0, 42.0, -40.0], 11.0),
        ([0.0, 56.0, -16.0], 14.5),
        ([1.0, 60.0, 10.0], 15.5),
        ([2.0, 58.0, 34.0], 14.5),
        ([-4.0, 44.0, 58.0], 14.0),
    ];
    let wall = Shape::Tube(nodes.to_vec());
    scene.organ("rectum", wall, hu::SOFT, uptake.bowel * 0.7);
    let lumen = Shape::Tube(nodes[3..].iter().map(|(p, r)| (*p, r - 4.0)).collect());
    scene.organ("rectum", lumen, hu::STOOL, uptake.bowel * 0.4);
    for (center, radii) in [
        ([0.0, 51.0, 6.0], [7.5, 4.5, 9.0]),
        ([1.0, 51.0, 30.0], [7.0, 4.0, 8.0]),
    ] {
        scene.organ("rectum", Shape::ellipsoid(center, radii), hu::GAS, 0.0);
    }
}

/// Scar, sphincter and bulb below the bladder, and the clips of the operation.
pub(crate) fn bed(scene: &mut Scene, uptake: &Uptake) {
    let scar = Shape::Tube(vec![([0.0, -6.0, -16.0], 10.0), ([0.0, -6.0, -30.0], 8.5)]);
    scene.organ("prostate_bed", scar, hu::SOFT, uptake.muscle);
    let sphincter = Shape::Tube(vec![([0.0, -6.0, -30.0], 8.0), ([0.0, -4.0, -50.0], 9.0)]);
    scene.put(sphincter, hu::MUSCLE, uptake.muscle);
    let bulb = Shape::Tube(vec![
        ([0.0, 4.0, -60.0], 9.0),
        ([0.0, -22.0, -66.0], 8.0),
        ([0.0, -58.0, -62.0], 9.0),
    ]);
    scene.put(bulb, hu::SOFT, uptake.muscle);
    let seminal_bed = Shape::ellipsoid([12.0, 30.0, 4.0], [13.0, 4.0, 6.0]);
    both(scene, None, &seminal_bed, hu::SOFT - 20.0, uptake.muscle);
    for (x, y, z) in [
        (24.0, 12.0, -12.0),
        (20.0, 22.0, 2.0),
        (46.0, -2.0, 44.0),
        (44.0, 24.0, 44.0),
    ] {
        both(
            scene,
            None,
            &Shape::sphere([x, y, z], 1.1),
            1800.0,
            uptake.fat,
        );
    }
}

/// Urine of the wanted volume inside its wall; a fuller bladder rises, its floor stays.
pub(crate) fn bladder(scene: &mut Scene, spec: &PelvisSpec, uptake: &Uptake) {
    let scale = (spec.bladder_ml / BLADDER_RADII_VOLUME_ML).cbrt();
    let [rx, ry, rz] = BLADDER_RADII_MM.map(|r| r * scale);
    let center = [0.0, BLADDER_BACK_Y_MM - ry, BLADDER_FLOOR_Z_MM + rz];
    let neck = Shape::Tube(vec![
        ([0.0, -12.0, BLADDER_FLOOR_Z_MM + 5.0], 9.0),
        (BLADDER_NECK_MM, 3.0),
    ]);
    let urine = Shape::Union(vec![Shape::ellipsoid(center, [rx, ry, rz]), neck]);
    let wall = urine.clone().grown(BLADDER_WALL_MM);
    scene.organ("urinary_bladder", wall, hu::SOFT, uptake.muscle * 1.5);
    scene.organ("urinary_bladder", urine, hu::URINE, uptake.urine);
}

/// The left ureter.
pub(crate) const URETER: [Node; 8] = [
    ([44.0, -14.0, 230.0], 2.0),
    ([38.0, -20.0, 180.0], 2.0),
    ([34.0, -24.0, 135.0], 2.0),
    ([40.0, -12.0, 106.0], 2.0),
    ([46.0, 26.0, 64.0], 2.0),
    ([42.0, 30.0, 36.0], 2.0),
    ([28.0, 20.0, 18.0], 2.0),
    ([20.0, 8.0, 12.0], 2.0),
];

/// Both ureters; filled with urine in short stretches where they cross the iliac vessels.
fn ureters(scene: &mut Scene, spec: &PelvisSpec, uptake: &Uptake) {
    let names = ["ureter_left", "ureter_right"];
    let tube = Shape::Tube(URETER.to_vec());
    both(scene, Some(names), &tube, hu::BOWEL, uptake.muscle);
    if spec.ureter_spots {
        let spot = Shape::Tube(vec![
            ([39.0, -14.5, 112.0], 2.6),
            ([41.0, -8.0, 102.0], 2.6),
        ]);
        both(scene, Some(names), &spot, hu::URINE, uptake.ureter_spot);
    }
}
