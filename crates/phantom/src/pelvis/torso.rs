//! What lies above the pelvis in a longer field: kidneys and upper abdominal organs, lungs, heart,
//! ribs, neck and salivary glands, in plain shapes.

use super::{both, hu};
use crate::lattice::Vec3;
use crate::scanner::Uptake;
use crate::scene::Scene;
use crate::shape::{Node, Shape};

const LUNG_HU: f32 = -830.0;
const LIVER_HU: f32 = 58.0;
const SPLEEN_HU: f32 = 48.0;

/// The chest's half width, front and back at a height, for ribs and lungs.
const CHEST: [[f64; 4]; 6] = [
    [300.0, 138.0, -100.0, 84.0],
    [360.0, 142.0, -104.0, 94.0],
    [420.0, 144.0, -104.0, 100.0],
    [480.0, 138.0, -96.0, 102.0],
    [540.0, 112.0, -72.0, 98.0],
    [580.0, 66.0, -42.0, 84.0],
];

/// Lungs and the fat of the upper abdomen.
pub(crate) fn add_inside(scene: &mut Scene, uptake: &Uptake) {
    let lung = Shape::Tube(vec![
        ([80.0, 20.0, 372.0], 52.0),
        ([78.0, 10.0, 430.0], 58.0),
        ([66.0, 14.0, 500.0], 50.0),
        ([48.0, 24.0, 555.0], 26.0),
    ]);
    both(
        scene,
        Some(["lung_left", "lung_right"]),
        &lung,
        LUNG_HU,
        uptake.lung,
    );
    let middle = Shape::ellipsoid([0.0, -20.0, 470.0], [30.0, 56.0, 110.0]);
    scene.put(middle, hu::SOFT, uptake.muscle);
}

/// Kidneys, liver, spleen, stomach, heart and glands.
///
/// `kidneys` has for the left and the right one how much higher it lies than usual, in mm, or none.
pub(crate) fn add_organs(scene: &mut Scene, uptake: &Uptake, kidneys: [Option<f64>; 2]) {
    let [left, right] = kidneys;
    for (name, side, usual, higher) in [
        ("kidney_left", 1.0, 240.0, left),
        ("kidney_right", -1.0, 226.0, right),
    ] {
        let Some(higher) = higher else { continue };
        let z = usual + higher;
        let shape = Shape::turned_ellipsoid(
            [side * 70.0, 22.0, z],
            [27.0, 26.0, 55.0],
            [-8.0, -14.0 * side, 0.0],
        );
        scene.organ(name, shape, hu::KIDNEY, uptake.kidney);
        let sinus = Shape::ellipsoid([side * 62.0, 18.0, z], [13.0, 11.0, 24.0]);
        scene.put(sinus, -60.0, uptake.urine * 0.5);
    }
    let liver =
        Shape::turned_ellipsoid([-60.0, -18.0, 330.0], [82.0, 78.0, 72.0], [0.0, 18.0, 0.0]);
    scene.organ("liver", liver, LIVER_HU, uptake.liver);
    let spleen = Shape::ellipsoid([98.0, 34.0, 335.0], [30.0, 42.0, 50.0]);
    scene.organ("spleen", spleen, SPLEEN_HU, uptake.spleen);
    let stomach =
        Shape::turned_ellipsoid([50.0, -46.0, 318.0], [38.0, 34.0, 50.0], [0.0, -20.0, 0.0]);
    scene.organ("stomach", stomach, hu::BOWEL, uptake.bowel);
    let duodenum = Shape::Tube(vec![
        ([-30.0, -36.0, 285.0], 13.0),
        ([-44.0, -24.0, 250.0], 13.0),
        ([-20.0, -44.0, 232.0], 12.0),
        ([24.0, -48.0, 240.0], 12.0),
    ]);
    scene.organ("duodenum", duodenum, hu::BOWEL, uptake.jejunum * 2.0);
    let heart = Shape::turned_ellipsoid([26.0, -46.0, 420.0], [52.0, 44.0, 58.0], [0.0, 30.0, 0.0]);
    scene.organ("heart", heart, hu::BLOOD, uptake.blood);
    let parotid = Shape::ellipsoid([56.0, -12.0, 712.0], [11.0, 17.0, 23.0]);
    both(
        scene,
        Some(["parotid_left", "parotid_right"]),
        &parotid,
        -10.0,
        uptake.parotid,
    );
    let submandibular = Shape::ellipsoid([30.0, -34.0, 682.0], [9.0, 14.0, 13.0]);
    let names = ["submandibular_left", "submandibular_right"];
    both(
        scene,
        Some(names),
        &submandibular,
        30.0,
        uptake.submandibular,
    );
    let airway = Shape::Tube(vec![
        ([0.0, -14.0, 510.0], 8.0),
        ([0.0, -22.0, 600.0], 8.0),
        ([0.0, -30.0, 690.0], 8.0),
    ]);
    scene.organ("trachea", airway, -990.0, 0.0);
}

fn chest_at(z: f64) -> [f64; 3] {
    let n = CHEST
        .partition_point(|r| r[0] <= z)
        .clamp(1, CHEST.len() - 1);
    let (a, b) = (CHEST[n - 1], CHEST[n]);
    let t = ((z - a[0]) / (b[0] - a[0])).clamp(0.0, 1.0);
    [1, 2, 3].map(|m| a[m] + t * (b[m] - a[m]))
}

/// Ribs from the lowest up.
const RIBS: [[&str; 2]; 11] = [
    ["rib_left_11", "rib_right_11"],
    ["rib_left_10", "rib_right_10"],
    ["rib_left_9", "rib_right_9"],
    ["rib_left_8", "rib_right_8"],
    ["rib_left_7", "rib_right_7"],
    ["rib_left_6", "rib_right_6"],
    ["rib_left_5", "rib_right_5"],
    ["rib_left_4", "rib_right_4"],
    ["rib_left_3", "rib_right_3"],
    ["rib_left_2", "rib_right_2"],
    ["rib_left_1", "rib_right_1"],
];

/// The middle of a left rib, counted from the lowest, some steps of 11 degrees from its head; the
/// head lies 50 mm above the front end.
pub(crate) fn rib_at(rib: u8, step: u8) -> Vec3 {
    let angle = (75.0 - 11.0 * f64::from(step)).to_radians();
    let z = 330.0 + 25.0 * f64::from(rib) - 4.0 * f64::from(step);
    let [half, front, back] = chest_at(z);
    let middle = f64::midpoint(front, back);
    [
        half * angle.cos(),
        middle + (back - middle) * angle.sin(),
        z,
    ]
}

/// Ribs, sternum, shoulder girdle, jaw and skull.
pub(crate) fn add_bones(scene: &mut Scene, uptake: &Uptake) {
    for rib in 0..11_u8 {
        let names = RIBS[usize::from(rib)];
        let reach = if rib < 2 { 9 } else { 13 };
        let nodes: Vec<Node> = (0..=reach).map(|step| (rib_at(rib, step), 5.2)).collect();
        for pair in nodes
            .chunks(5)
            .zip(nodes.chunks(5).skip(1))
            .map(|(a, b)| [a, &b[..1]].concat())
            .chain(nodes.chunks(5).last().map(<[Node]>::to_vec))
        {
            let piece = Shape::Tube(pair);
            both(
                scene,
                Some(names),
                &piece,
                hu::CORTICAL,
                uptake.marrow * 0.5,
            );
            let marrow = piece.grown(-1.8);
            both(scene, Some(names), &marrow, hu::TRABECULAR, uptake.marrow);
        }
    }
    let sternum = Shape::Tube(vec![
        ([0.0, -100.0, 395.0], 7.0),
        ([0.0, -95.0, 480.0], 7.5),
        ([0.0, -68.0, 545.0], 9.0),
    ]);
    shell(scene, "sternum", &sternum, 1.6, uptake);
    let clavicle = Shape::Tube(vec![
        ([16.0, -62.0, 552.0], 7.0),
        ([70.0, -44.0, 572.0], 5.5),
        ([128.0, 10.0, 572.0], 6.0),
    ]);
    let scapula = Shape::Sheet(vec![[
        ([70.0, 92.0, 470.0], 3.0),
        ([76.0, 84.0, 560.0], 4.0),
        ([130.0, 30.0, 560.0], 6.0),
    ]]);
    for (names, side) in [
        (["clavicula_left", "clavicula_right"], clavicle),
        (["scapula_left", "scapula_right"], scapula),
    ] {
        shell(scene, names[0], &side, 1.6, uptake);
        shell(scene, names[1], &side.mirrored(), 1.6, uptake);
    }
    let jaw = Shape::Tube(vec![
        ([0.0, -74.0, 688.0], 7.0),
        ([32.0, -52.0, 692.0], 6.0),
        ([48.0, -14.0, 728.0], 5.0),
    ]);
    shell(
        scene,
        "mandible",
        &Shape::Union(vec![jaw.clone(), jaw.mirrored()]),
        2.0,
        uptake,
    );
    let skull = Shape::Union(vec![
        Shape::ellipsoid([0.0, 6.0, 790.0], [70.0, 86.0, 60.0]),
        Shape::ellipsoid([0.0, -48.0, 735.0], [46.0, 40.0, 36.0]),
    ]);
    scene.organ("skull", skull.clone(), hu::CORTICAL, uptake.marrow);
    scene.put(skull.grown(-6.0), 34.0, uptake.fat);
}

fn shell(scene: &mut Scene, name: &'static str, shape: &Shape, wall: f64, uptake: &Uptake) {
    scene.organ(name, shape.clone(), hu::CORTICAL, uptake.marrow * 0.5);
    scene.organ(
        name,
        shape.clone().grown(-wall),
        hu::TRABECULAR,
        uptake.marrow,
    );
}
