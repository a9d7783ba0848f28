//! Brain and lacrimal glands, and the fat of neck and armpits in which nodes lie.

use crate::pelvis::{both, hu};
use crate::scanner::Uptake;
use crate::scene::Scene;
use crate::shape::Shape;

/// Uptake of the brain behind its barrier, SUVbw.
const BRAIN_SUV: f32 = 0.1;
const BRAIN_HU: f32 = 34.0;

/// Fat above the collar bones, in the armpits and beside the trachea.
pub(super) fn add_fat(scene: &mut Scene, uptake: &Uptake) {
    let neck = Shape::Tube(vec![
        ([46.0, -26.0, 588.0], 13.0),
        ([40.0, -26.0, 618.0], 11.0),
    ]);
    let armpit = Shape::Tube(vec![
        ([139.0, 0.0, 500.0], 14.0),
        ([144.0, 4.0, 542.0], 14.0),
    ]);
    let mediastinum = Shape::Tube(vec![
        ([20.0, -18.0, 500.0], 11.0),
        ([20.0, -20.0, 535.0], 10.0),
    ]);
    for fat in [neck, armpit, mediastinum] {
        both(scene, None, &fat, hu::FAT, uptake.fat);
    }
}

pub(super) fn add(scene: &mut Scene, uptake: &Uptake) {
    let brain = Shape::ellipsoid([0.0, 6.0, 790.0], [63.0, 79.0, 53.0]);
    scene.organ("brain", brain, BRAIN_HU, BRAIN_SUV);
    let orbit = Shape::sphere([32.0, -66.0, 752.0], 17.0);
    both(scene, None, &orbit, hu::FAT, uptake.fat);
    let eye = Shape::sphere([32.0, -72.0, 750.0], 11.5);
    both(scene, None, &eye, hu::URINE, uptake.fat);
    let lacrimal = Shape::ellipsoid([41.0, -70.0, 760.0], [6.0, 6.0, 8.0]);
    let names = ["lacrimal_gland_left", "lacrimal_gland_right"];
    both(
        scene,
        Some(names),
        &lacrimal,
        hu::SOFT,
        uptake.parotid * 0.6,
    );
    let nose = Shape::ellipsoid([0.0, -78.0, 728.0], [10.0, 10.0, 14.0]);
    scene.organ("nasal_mucosa", nose, hu::SOFT, uptake.parotid * 0.3);
}
