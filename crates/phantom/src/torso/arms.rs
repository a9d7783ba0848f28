//! Arms, raised beside the head or lying beside the trunk.

use super::Arms;
use crate::lattice::Vec3;
use crate::pelvis::{both, hu};
use crate::scanner::Uptake;
use crate::scene::Scene;
use crate::shape::{Node, Shape};

/// Shoulder, elbow and hand of the left arm.
fn course(arms: Arms) -> [Vec3; 3] {
    match arms {
        Arms::Up => [
            [150.0, 16.0, 560.0],
            [196.0, 8.0, 720.0],
            [120.0, -8.0, 850.0],
        ],
        Arms::Down => [
            [164.0, 20.0, 550.0],
            [214.0, 38.0, 280.0],
            [206.0, 0.0, 40.0],
        ],
    }
}

fn limb(arms: Arms, radii: [f64; 3]) -> Shape {
    let nodes: Vec<Node> = course(arms).into_iter().zip(radii).collect();
    Shape::Tube(nodes)
}

/// Skin, fat and muscle.
pub(super) fn add(scene: &mut Scene, arms: Arms, uptake: &Uptake, extra_fat_mm: f64) {
    let fat = extra_fat_mm * 0.3;
    let outside = limb(arms, [48.0 + fat, 40.0 + fat, 24.0]);
    both(
        scene,
        Some(["body", "body"]),
        &outside,
        hu::SKIN,
        uptake.muscle,
    );
    both(scene, None, &outside.grown(-1.8), hu::FAT, uptake.fat);
    let muscle = limb(arms, [42.0, 34.0, 20.0]);
    both(scene, None, &muscle, hu::MUSCLE, uptake.muscle);
}

/// Humerus, and one bone for the two of the forearm.
pub(super) fn add_bones(scene: &mut Scene, arms: Arms, uptake: &Uptake) {
    let [shoulder, elbow, hand] = course(arms);
    let head = Shape::sphere(shoulder, 22.0);
    let shaft = Shape::Tube(vec![(shoulder, 13.0), (elbow, 12.0)]);
    let names = ["humerus_left", "humerus_right"];
    for bone in [head, shaft] {
        both(scene, Some(names), &bone, hu::CORTICAL, uptake.marrow * 0.4);
        let marrow = bone.grown(-4.0);
        both(
            scene,
            Some(names),
            &marrow,
            hu::TRABECULAR,
            uptake.marrow * 0.7,
        );
    }
    let forearm = Shape::Tube(vec![(elbow, 12.0), (hand, 9.0)]);
    both(scene, None, &forearm, hu::CORTICAL, uptake.marrow * 0.4);
}
