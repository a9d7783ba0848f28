//! Aorta, inferior vena cava and the iliac vessels.

use super::{both, hu};
use crate::lattice::Vec3;
use crate::scanner::Uptake;
use crate::scene::Scene;
use crate::shape::Shape;

/// Where the aorta divides: in front of the middle of L4.
pub(crate) const BIFURCATION_MM: Vec3 = [8.0, -28.0, 150.0];

/// Where the left common iliac artery divides: in front of the sacroiliac joint.
pub(crate) const ILIAC_BIFURCATION_MM: Vec3 = [42.0, 2.0, 98.0];

pub(crate) fn add(scene: &mut Scene, uptake: &Uptake) {
    let mut vessel = |name, nodes: Vec<(Vec3, f64)>| {
        scene.organ(name, Shape::Tube(nodes), hu::BLOOD, uptake.blood);
    };
    vessel(
        "inferior_vena_cava",
        vec![
            ([-6.0, -22.0, 136.0], 8.5),
            ([-15.0, -28.0, 160.0], 10.5),
            ([-20.0, -30.0, 230.0], 11.5),
            ([-24.0, -24.0, 330.0], 13.0),
        ],
    );
    vessel(
        "aorta",
        vec![
            (BIFURCATION_MM, 8.0),
            ([12.0, -31.0, 175.0], 9.0),
            ([13.0, -28.0, 230.0], 9.5),
            ([12.0, -14.0, 310.0], 11.0),
            ([20.0, 2.0, 400.0], 12.0),
            ([24.0, 8.0, 480.0], 12.5),
            ([14.0, -4.0, 530.0], 13.5),
            ([-6.0, -26.0, 536.0], 14.0),
            ([-14.0, -48.0, 490.0], 15.0),
        ],
    );
    let artery = [
        // common, then external and femoral
        Shape::Tube(vec![
            (BIFURCATION_MM, 6.0),
            ([25.0, -20.0, 126.0], 5.5),
            (ILIAC_BIFURCATION_MM, 5.5),
            ([46.0, -4.0, 76.0], 4.5),
            ([52.0, -22.0, 54.0], 4.5),
            ([61.0, -43.0, 32.0], 4.5),
            ([71.0, -54.0, 10.0], 4.5),
            ([76.0, -54.0, -18.0], 4.5),
            ([74.0, -46.0, -70.0], 4.0),
            ([72.0, -24.0, -230.0], 3.5),
        ]),
        // internal
        Shape::Tube(vec![
            (ILIAC_BIFURCATION_MM, 4.5),
            ([47.0, 20.0, 80.0], 4.0),
            ([47.0, 34.0, 62.0], 3.5),
            ([43.0, 42.0, 42.0], 3.0),
            ([38.0, 44.0, 24.0], 2.5),
        ]),
    ];
    let vein = [
        Shape::Tube(vec![
            ([-6.0, -22.0, 136.0], 7.0),
            ([14.0, -13.0, 122.0], 6.5),
            ([34.0, 3.0, 104.0], 6.5),
            ([43.0, 7.0, 80.0], 5.5),
            ([46.0, -12.0, 55.0], 5.5),
            ([53.0, -35.0, 33.0], 5.5),
            ([61.0, -50.0, 10.0], 5.5),
            ([64.0, -50.0, -18.0], 5.5),
            ([66.0, -42.0, -70.0], 5.0),
            ([70.0, -18.0, -230.0], 4.0),
        ]),
        Shape::Tube(vec![
            ([38.0, 9.0, 98.0], 5.0),
            ([44.0, 28.0, 78.0], 4.5),
            ([40.0, 44.0, 56.0], 3.5),
            ([36.0, 50.0, 34.0], 3.0),
        ]),
    ];
    for shape in &vein {
        let names = ["iliac_vena_left", "iliac_vena_right"];
        both(scene, Some(names), shape, hu::BLOOD, uptake.blood);
    }
    for shape in &artery {
        let names = ["iliac_artery_left", "iliac_artery_right"];
        both(scene, Some(names), shape, hu::BLOOD, uptake.blood);
    }
}
