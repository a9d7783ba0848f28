//! Skin, subcutaneous fat, muscle and the fat of the abdominal and pelvic cavity.

use super::{both, hu};
use crate::scanner::Uptake;
use crate::scene::Scene;
use crate::shape::{Ring, Shape};

/// A section that reaches `half_width` to both sides and from `front` to `back` in y.
fn ring(z: f64, half_width: f64, front: f64, back: f64) -> Ring {
    Ring {
        z,
        center: [0.0, f64::midpoint(front, back)],
        radii: [half_width, (back - front) / 2.0],
    }
}

fn loft(sections: &[[f64; 4]]) -> Shape {
    Shape::Loft(
        sections
            .iter()
            .map(|[z, w, front, back]| ring(*z, *w, *front, *back))
            .collect(),
    )
}

/// Pelvis, abdomen, chest, neck and head without the legs.
fn trunk() -> Shape {
    loft(&[
        [-118.0, 14.0, 20.0, 60.0],
        [-92.0, 60.0, -40.0, 92.0],
        [-66.0, 132.0, -70.0, 112.0],
        [-35.0, 170.0, -92.0, 122.0],
        [0.0, 177.0, -103.0, 124.0],
        [50.0, 174.0, -116.0, 122.0],
        [100.0, 170.0, -126.0, 112.0],
        [150.0, 164.0, -132.0, 99.0],
        [205.0, 158.0, -132.0, 98.0],
        [300.0, 158.0, -124.0, 110.0],
        [420.0, 166.0, -120.0, 122.0],
        [520.0, 172.0, -100.0, 122.0],
        [585.0, 150.0, -62.0, 112.0],
        [615.0, 92.0, -42.0, 96.0],
        [640.0, 62.0, -42.0, 82.0],
        [680.0, 64.0, -72.0, 78.0],
        [720.0, 76.0, -98.0, 90.0],
        [780.0, 78.0, -100.0, 98.0],
        [830.0, 66.0, -80.0, 84.0],
        [850.0, 30.0, -30.0, 40.0],
    ])
}

/// The muscle wall of the trunk, inside the subcutaneous fat.
fn trunk_muscle() -> Shape {
    loft(&[
        [-84.0, 22.0, -20.0, 66.0],
        [-68.0, 90.0, -40.0, 78.0],
        [-40.0, 146.0, -66.0, 92.0],
        [0.0, 154.0, -78.0, 96.0],
        [50.0, 149.0, -90.0, 94.0],
        [100.0, 144.0, -102.0, 84.0],
        [150.0, 138.0, -110.0, 80.0],
        [205.0, 136.0, -112.0, 80.0],
        [300.0, 143.0, -108.0, 94.0],
        [420.0, 152.0, -106.0, 106.0],
        [520.0, 158.0, -86.0, 108.0],
        [585.0, 132.0, -50.0, 100.0],
        [615.0, 80.0, -34.0, 84.0],
        [640.0, 55.0, -35.0, 74.0],
        [680.0, 57.0, -64.0, 70.0],
        [720.0, 70.0, -92.0, 84.0],
        [780.0, 73.0, -95.0, 93.0],
        [830.0, 61.0, -75.0, 79.0],
        [845.0, 28.0, -28.0, 38.0],
    ])
}

/// The fat in which bowel, vessels and pelvic organs lie.
pub(crate) fn cavity() -> Shape {
    loft(&[
        [-58.0, 10.0, 10.0, 45.0],
        [-42.0, 22.0, -22.0, 60.0],
        [-22.0, 34.0, -42.0, 68.0],
        [0.0, 42.0, -58.0, 74.0],
        [25.0, 45.0, -74.0, 78.0],
        [48.0, 54.0, -86.0, 74.0],
        [75.0, 82.0, -93.0, 48.0],
        [105.0, 104.0, -98.0, 32.0],
        [150.0, 118.0, -102.0, 24.0],
        [205.0, 121.0, -104.0, 22.0],
        [285.0, 126.0, -100.0, 34.0],
        [345.0, 60.0, -60.0, 0.0],
    ])
}

fn thigh(center: [[f64; 2]; 3], radii: [[f64; 2]; 3]) -> Shape {
    let z = [-230.0, -110.0, 10.0];
    Shape::Loft(
        (0..3)
            .map(|n| Ring {
                z: z[n],
                center: center[n],
                radii: radii[n],
            })
            .collect(),
    )
}

const THIGH_CENTERS: [[f64; 2]; 3] = [[86.0, 8.0], [90.0, 8.0], [94.0, 4.0]];

/// Adds the body; `extra_fat_mm` more fat under the skin than the reference man has.
pub(crate) fn add(scene: &mut Scene, uptake: &Uptake, extra_fat_mm: f64) {
    let skin_mm = 1.8;
    let leg = thigh(THIGH_CENTERS, [[79.0, 84.0], [88.0, 95.0], [82.0, 88.0]]);
    let genital = Shape::ellipsoid([0.0, -82.0, -84.0], [27.0, 26.0, 36.0]);
    let mut outside = [trunk(), leg.clone(), leg.mirrored(), genital.clone()];
    if extra_fat_mm != 0.0 {
        for shape in &mut outside[..3] {
            *shape = shape.clone().grown(extra_fat_mm);
        }
    }
    for shape in &outside {
        scene.organ("body", shape.clone(), hu::SKIN, uptake.muscle);
    }
    for shape in outside {
        scene.put(shape.grown(-skin_mm), hu::FAT, uptake.fat);
    }
    scene.put(genital.grown(-4.0), hu::SOFT, uptake.muscle);
    scene.put(trunk_muscle(), hu::MUSCLE, uptake.muscle);
    let leg_muscle = thigh(THIGH_CENTERS, [[66.0, 70.0], [72.0, 76.0], [60.0, 66.0]]);
    both(scene, None, &leg_muscle, hu::MUSCLE, uptake.muscle);
    fat_planes(scene, uptake);
    // Around the femoral vessels below the groin.
    let femoral_triangle = Shape::Tube(vec![
        ([64.0, -46.0, 30.0], 10.0),
        ([71.0, -56.0, 8.0], 13.0),
        ([72.0, -56.0, -22.0], 13.0),
        ([71.0, -46.0, -72.0], 8.0),
    ]);
    both(scene, None, &femoral_triangle, hu::FAT, uptake.fat);
    scene.put(cavity(), hu::FAT, uptake.fat);
    // The recti in front of the cavity, with the white line between them.
    let rectus = Shape::Tube(vec![
        ([24.0, -58.0, -8.0], 7.0),
        ([30.0, -94.0, 50.0], 8.0),
        ([36.0, -106.0, 130.0], 8.0),
        ([38.0, -109.0, 250.0], 8.0),
    ]);
    both(scene, None, &rectus, hu::MUSCLE, uptake.muscle);
}

/// Fat between muscles: it tells glutei and thigh compartments apart.
fn fat_planes(scene: &mut Scene, uptake: &Uptake) {
    let plate = |corners: [[f64; 3]; 4], half: f64| {
        let n = corners.map(|c| (c, half));
        Shape::Sheet(vec![[n[0], n[1], n[2]], [n[1], n[3], n[2]]])
    };
    let planes = [
        // gluteus maximus from medius
        plate(
            [
                [62.0, 92.0, 110.0],
                [150.0, -10.0, 60.0],
                [64.0, 78.0, 30.0],
                [150.0, 20.0, -10.0],
            ],
            1.6,
        ),
        // gluteus medius from minimus and the tensor
        plate(
            [
                [118.0, 25.0, 95.0],
                [142.0, -45.0, 70.0],
                [108.0, 18.0, 40.0],
                [136.0, -42.0, 10.0],
            ],
            1.2,
        ),
        // gluteal cleft and ischiorectal fossa
        plate(
            [
                [14.0, 92.0, -5.0],
                [40.0, 60.0, -20.0],
                [12.0, 95.0, -75.0],
                [42.0, 55.0, -75.0],
            ],
            6.0,
        ),
        // adductors from quadriceps
        plate(
            [
                [62.0, -55.0, -20.0],
                [100.0, -10.0, -60.0],
                [60.0, -55.0, -220.0],
                [100.0, -6.0, -220.0],
            ],
            2.0,
        ),
        // hamstrings from adductors
        plate(
            [
                [40.0, 40.0, -85.0],
                [112.0, 44.0, -85.0],
                [45.0, 36.0, -220.0],
                [112.0, 36.0, -220.0],
            ],
            1.8,
        ),
    ];
    for plane in planes {
        both(scene, None, &plane, hu::FAT, uptake.fat);
    }
}
