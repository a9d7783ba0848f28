//! Lumbar and thoracic vertebrae, sacrum and coccyx.

use super::{both, hu};
use crate::lattice::{Vec3, add as plus, rotated};
use crate::scanner::Uptake;
use crate::scene::Scene;
use crate::shape::{Node, Shape};

/// Anterior upper edge of the sacrum.
pub(crate) const PROMONTORY_MM: Vec3 = [0.0, 8.0, 83.5];

/// A vertebra: name, centre of the body, lean of its axis about x in degrees (positive leans the
/// top forwards) and half axes of the body.
type Vertebra = (&'static str, Vec3, f64, [f64; 2], f64);

const LUMBAR: [Vertebra; 5] = [
    ("vertebrae_L5", [0.0, 9.0, 113.0], 20.0, [26.5, 17.5], 13.5),
    ("vertebrae_L4", [0.0, -1.0, 150.0], 8.0, [25.5, 17.5], 14.0),
    ("vertebrae_L3", [0.0, -3.0, 187.0], -2.0, [25.0, 17.0], 14.0),
    ("vertebrae_L2", [0.0, 0.0, 224.0], -6.0, [24.0, 16.5], 13.5),
    ("vertebrae_L1", [0.0, 5.0, 260.0], -9.0, [23.0, 16.0], 13.0),
];

const THORACIC: [&str; 12] = [
    "vertebrae_T12",
    "vertebrae_T11",
    "vertebrae_T10",
    "vertebrae_T9",
    "vertebrae_T8",
    "vertebrae_T7",
    "vertebrae_T6",
    "vertebrae_T5",
    "vertebrae_T4",
    "vertebrae_T3",
    "vertebrae_T2",
    "vertebrae_T1",
];

const CERVICAL: [&str; 7] = [
    "vertebrae_C7",
    "vertebrae_C6",
    "vertebrae_C5",
    "vertebrae_C4",
    "vertebrae_C3",
    "vertebrae_C2",
    "vertebrae_C1",
];

/// Centres of the bodies from T12 (first) up to C1, by interpolation along the curves of the
/// spine.
fn upper_centers() -> Vec<Vec3> {
    let line: [[f64; 2]; 9] = [
        [295.0, 11.0],
        [360.0, 24.0],
        [420.0, 36.0],
        [480.0, 42.0],
        [540.0, 38.0],
        [590.0, 26.0],
        [630.0, 18.0],
        [680.0, 14.0],
        [730.0, 20.0],
    ];
    let at = |z: f64| {
        let n = line.partition_point(|p| p[0] <= z).clamp(1, line.len() - 1);
        let ([z0, y0], [z1, y1]) = (line[n - 1], line[n]);
        y0 + (y1 - y0) * (z - z0) / (z1 - z0)
    };
    let mut centers = Vec::new();
    let mut z = 295.0;
    for n in 0..19 {
        centers.push([0.0, at(z), z]);
        z += if n < 12 {
            32.0 - 0.9 * f64::from(n)
        } else {
            18.0
        };
    }
    centers
}

pub(crate) fn add(scene: &mut Scene, uptake: &Uptake) {
    for (name, center, lean, radii, half) in LUMBAR {
        vertebra(scene, uptake, name, center, lean, radii, half);
    }
    let upper = upper_centers();
    for (n, center) in upper.iter().enumerate() {
        let name = if n < 12 {
            THORACIC[n]
        } else {
            CERVICAL[n - 12]
        };
        let shrink = 1.0 - 0.022 * n as f64;
        let half = if n < 12 { 11.5 * shrink + 0.5 } else { 6.5 };
        vertebra(
            scene,
            uptake,
            name,
            *center,
            0.0,
            [21.0 * shrink, 15.0 * shrink],
            half,
        );
    }
    discs(scene, uptake, &upper);
    sacrum(scene, uptake);
}

fn discs(scene: &mut Scene, uptake: &Uptake, upper: &[Vec3]) {
    let mut column: Vec<Vec3> = LUMBAR.iter().map(|v| v.1).collect();
    column.extend(upper);
    column.insert(0, [0.0, 27.0, 86.0]);
    for pair in column.windows(2) {
        let middle = [0, 1, 2].map(|a| f64::midpoint(pair[0][a], pair[1][a]));
        let rise = pair[1][2] - pair[0][2];
        let lean = ((pair[1][1] - pair[0][1]) / rise).atan().to_degrees();
        let radius = if middle[2] < 280.0 { 23.0 } else { 14.0 };
        let disc = Shape::cylinder(middle, [radius, radius * 0.66], rise * 0.14, -lean);
        scene.put(disc, hu::DISC, uptake.muscle);
    }
}

/// A body with pedicles, arch and processes around the canal.
fn vertebra(
    scene: &mut Scene,
    uptake: &Uptake,
    name: &'static str,
    center: Vec3,
    lean: f64,
    radii: [f64; 2],
    half: f64,
) {
    let size = radii[0] / 25.0;
    let at = |p: Vec3| plus(center, rotated(p.map(|v| v * size), [lean, 0.0, 0.0]));
    let tube =
        |nodes: &[Node]| Shape::Tube(nodes.iter().map(|(p, r)| (at(*p), r * size)).collect());
    let waist = |r: f64| Shape::cylinder(center, [radii[0] - r, radii[1] - r], half - r, lean);
    let pedicle = tube(&[([13.0, 14.0, 5.0], 5.0), ([16.0, 30.0, 3.0], 5.0)]);
    let transverse = tube(&[([16.0, 27.0, 3.0], 5.0), ([42.0, 33.0, 5.0], 3.2)]);
    let lamina = tube(&[([16.0, 31.0, 0.0], 5.0), ([4.0, 44.0, -6.0], 4.0)]);
    let facet = tube(&[([18.0, 34.0, 16.0], 5.5), ([17.0, 38.0, -18.0], 5.5)]);
    let spinous = tube(&[
        ([0.0, 44.0, -5.0], 3.8),
        ([0.0, 60.0, -9.0], 3.4),
        ([0.0, 68.0, -11.0], 4.5),
    ]);
    let processes = [pedicle, transverse, lamina, facet];
    let canal = tube(&[([0.0, 27.0, 20.0], 9.5), ([0.0, 27.0, -20.0], 9.5)]);
    scene.put(canal, hu::CANAL, uptake.fat);
    for (shell, hu, suv) in [
        (0.0, hu::CORTICAL, uptake.marrow * 0.5),
        (1.5, hu::DENSE_TRABECULAR, uptake.marrow),
    ] {
        for process in &processes {
            both(
                scene,
                Some([name, name]),
                &process.clone().grown(-shell),
                hu,
                suv,
            );
        }
        scene.organ(name, spinous.clone().grown(-shell), hu, suv);
    }
    scene.organ(name, waist(0.0), hu::CORTICAL * 0.62, uptake.marrow * 0.5);
    scene.organ(name, waist(1.4), hu::TRABECULAR, uptake.marrow);
}

fn sacrum(scene: &mut Scene, uptake: &Uptake) {
    // Rows from the first to the fifth segment: middle, lateral mass and edge.
    let rows: [[Node; 3]; 5] = [
        [
            ([0.0, 29.0, 80.0], 16.0),
            ([27.0, 44.0, 84.0], 12.0),
            ([43.0, 58.0, 80.0], 9.0),
        ],
        [
            ([0.0, 55.0, 64.0], 12.5),
            ([25.0, 62.0, 66.0], 11.0),
            ([41.0, 68.0, 64.0], 7.5),
        ],
        [
            ([0.0, 73.0, 44.0], 9.5),
            ([21.0, 76.0, 44.0], 8.0),
            ([36.0, 76.0, 44.0], 5.5),
        ],
        [
            ([0.0, 81.0, 22.0], 7.5),
            ([16.0, 82.0, 22.0], 6.0),
            ([27.0, 81.0, 22.0], 4.5),
        ],
        [
            ([0.0, 81.0, 4.0], 6.0),
            ([9.0, 81.0, 4.0], 5.0),
            ([14.0, 81.0, 4.0], 4.0),
        ],
    ];
    let mut triangles = Vec::new();
    for pair in rows.windows(2) {
        for n in 0..2 {
            triangles.push([pair[0][n], pair[0][n + 1], pair[1][n]]);
            triangles.push([pair[0][n + 1], pair[1][n + 1], pair[1][n]]);
        }
    }
    let left = Shape::Sheet(triangles);
    let coccyx = Shape::Tube(vec![
        ([0.0, 81.0, 2.0], 5.5),
        ([0.0, 76.0, -12.0], 4.5),
        ([0.0, 66.0, -24.0], 3.0),
    ]);
    let crest = Shape::Tube(vec![
        ([0.0, 68.0, 84.0], 4.0),
        ([0.0, 86.0, 62.0], 4.5),
        ([0.0, 92.0, 36.0], 3.5),
    ]);
    let endplate = Shape::cylinder([0.0, 27.0, 86.0], [26.0, 17.0], 9.0, 36.0);
    let hole = |x: f64, y: f64, z: f64| {
        Shape::Tube(vec![
            ([x, y - 16.0, z - 7.0], 4.5),
            ([x, y + 6.0, z + 3.0], 4.5),
        ])
    };
    let foramina = Shape::Union(vec![
        hole(18.0, 48.0, 73.0),
        hole(16.0, 66.0, 54.0),
        hole(14.0, 77.0, 33.0),
    ]);
    let bone = Shape::Union(vec![left.clone(), left.mirrored(), coccyx, crest, endplate])
        .minus(foramina.clone())
        .minus(foramina.mirrored());
    scene.organ(
        "sacrum",
        bone.clone(),
        hu::CORTICAL * 0.7,
        uptake.marrow * 0.5,
    );
    scene.organ(
        "sacrum",
        bone.grown(-1.6),
        hu::TRABECULAR * 0.8,
        uptake.marrow,
    );
    let canal = Shape::Tube(vec![
        ([0.0, 50.0, 92.0], 7.0),
        ([0.0, 70.0, 68.0], 4.5),
        ([0.0, 82.0, 42.0], 2.5),
    ]);
    scene.put(canal, hu::CANAL, uptake.fat);
}
