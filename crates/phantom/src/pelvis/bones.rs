//! Hip bones and femora, with the muscles that lie on them.

use super::{both, hu};
use crate::lattice::{Vec3, add as plus};
use crate::scanner::Uptake;
use crate::scene::Scene;
use crate::shape::{Node, Shape};

/// Centre and radius of the left femoral head.
pub(crate) const HEAD_MM: Vec3 = [86.0, 0.0, 0.0];
pub(crate) const HEAD_RADIUS_MM: f64 = 24.0;

/// Joint space and thickness of the socket.
pub(crate) const SOCKET_INNER_MM: f64 = 27.0;
const SOCKET_OUTER_MM: f64 = 34.5;

const HIP: [&str; 2] = ["hip_left", "hip_right"];
const FEMUR: [&str; 2] = ["femur_left", "femur_right"];

/// Corners of the left iliac wing's middle plane with half thicknesses, and its triangles.
fn wing(shift: Vec3, half: Option<f64>) -> Shape {
    let corners: [Node; 14] = [
        ([46.0, 82.0, 88.0], 8.0),    // 0 posterior superior spine
        ([56.0, 74.0, 122.0], 6.0),   // 1 crest behind
        ([84.0, 42.0, 146.0], 5.0),   // 2 crest
        ([112.0, 8.0, 150.0], 5.0),   // 3 top of the crest
        ([134.0, -24.0, 128.0], 6.0), // 4 tubercle
        ([126.0, -55.0, 90.0], 6.0),  // 5 anterior superior spine
        ([104.0, -42.0, 46.0], 8.0),  // 6 anterior inferior spine
        ([93.0, -6.0, 38.0], 11.0),   // 7 above the socket
        ([70.0, 30.0, 40.0], 9.0),    // 8 sciatic notch, front
        ([63.0, 50.0, 56.0], 7.0),    // 9 sciatic notch, top
        ([50.0, 76.0, 64.0], 6.0),    // 10 posterior inferior spine
        ([66.0, 52.0, 92.0], 8.5),    // 11 behind the joint with the sacrum
        ([102.0, 8.0, 104.0], 2.8),   // 12 iliac fossa
        ([76.0, 24.0, 62.0], 7.5),    // 13 arcuate line
    ];
    let triangles = [
        [0, 1, 11],
        [0, 10, 11],
        [10, 9, 11],
        [1, 2, 11],
        [2, 12, 11],
        [2, 3, 12],
        [3, 4, 12],
        [4, 5, 12],
        [5, 6, 12],
        [6, 7, 12],
        [7, 13, 12],
        [13, 11, 12],
        [13, 9, 11],
        [13, 8, 9],
        [7, 8, 13],
    ];
    Shape::Sheet(
        triangles
            .iter()
            .map(|t| {
                t.map(|n: usize| {
                    let (p, r) = corners[n];
                    (plus(p, shift), half.unwrap_or(r))
                })
            })
            .collect(),
    )
}

/// The left hip bone less the socket, in pieces.
fn hip() -> Vec<Shape> {
    let column = Shape::Tube(vec![
        ([72.0, 34.0, 38.0], 11.0),
        ([66.0, 40.0, 8.0], 12.0),
        ([62.0, 38.0, -30.0], 12.0),
        ([58.0, 30.0, -62.0], 15.0),
        ([57.0, 24.0, -78.0], 14.0),
    ]);
    let spine = Shape::Tube(vec![([62.0, 44.0, 2.0], 8.0), ([45.0, 58.0, -8.0], 4.0)]);
    let superior_ramus = Shape::Tube(vec![
        ([74.0, -26.0, 8.0], 12.0),
        ([48.0, -42.0, -4.0], 8.5),
        ([22.0, -49.0, -12.0], 8.5),
        ([12.5, -48.0, -14.0], 10.0),
    ]);
    let pubis = Shape::Tube(vec![
        ([12.5, -48.0, -14.0], 10.0),
        ([11.5, -38.0, -40.0], 9.5),
    ]);
    let inferior_ramus = Shape::Tube(vec![
        ([11.5, -37.0, -41.0], 8.5),
        ([30.0, -18.0, -60.0], 7.0),
        ([46.0, 6.0, -78.0], 8.0),
        ([56.0, 22.0, -80.0], 12.0),
    ]);
    // The socket opens to the side, downwards and a little forward; its rim lies 6 mm beyond the
    // centre of the head.
    let opening = [0.72, -0.25, -0.62];
    let rim = plus(HEAD_MM, [0.72 * 6.0, -0.25 * 6.0, -0.62 * 6.0]);
    let socket = Shape::Intersection(vec![
        Shape::sphere(HEAD_MM, SOCKET_OUTER_MM),
        Shape::behind(rim, opening),
    ]);
    let head = Shape::sphere(HEAD_MM, SOCKET_INNER_MM);
    // The cartilage of the symphysis is 5 mm wide.
    let middle = Shape::behind([2.5, 0.0, 0.0], [1.0, 0.0, 0.0]);
    vec![
        wing([0.0; 3], None).minus(head.clone()),
        Shape::Union(vec![column, spine]).minus(head.clone()),
        Shape::Union(vec![superior_ramus, pubis, inferior_ramus])
            .minus(head.clone())
            .minus(middle),
        socket.minus(head),
    ]
}

fn femur() -> Vec<Shape> {
    vec![
        Shape::sphere(HEAD_MM, HEAD_RADIUS_MM),
        Shape::Tube(vec![
            ([92.0, 1.0, -4.0], 18.0),
            ([108.0, 6.0, -16.0], 15.5),
            ([124.0, 11.0, -32.0], 18.0),
        ]),
        // greater trochanter
        Shape::Tube(vec![
            ([137.0, 20.0, -4.0], 9.0),
            ([136.0, 14.0, -22.0], 15.0),
            ([128.0, 11.0, -40.0], 17.5),
        ]),
        // lesser trochanter
        Shape::Tube(vec![
            ([118.0, 16.0, -58.0], 12.0),
            ([107.0, 26.0, -60.0], 7.0),
        ]),
        shaft(0.0),
    ]
}

/// The shaft, its radius less `wall`.
fn shaft(wall: f64) -> Shape {
    Shape::Tube(vec![
        ([127.0, 11.0, -42.0], 17.0 - wall),
        ([122.0, 10.0, -78.0], 15.5 - wall),
        ([116.0, 4.0, -140.0], 14.5 - wall),
        ([108.0, 2.0, -245.0], 14.0 - wall),
    ])
}

pub(crate) fn add(scene: &mut Scene, uptake: &Uptake) {
    let cartilage = Shape::Intersection(vec![
        Shape::Tube(vec![([0.0, -47.0, -14.0], 9.0), ([0.0, -37.0, -40.0], 8.5)]),
        Shape::behind([3.0, 0.0, 0.0], [1.0, 0.0, 0.0]),
        Shape::behind([-3.0, 0.0, 0.0], [-1.0, 0.0, 0.0]),
    ]);
    scene.put(cartilage, hu::DISC, uptake.muscle);
    both(
        scene,
        None,
        &Shape::sphere(HEAD_MM, SOCKET_INNER_MM),
        hu::DISC,
        uptake.muscle,
    );
    let bone = [
        (HIP, hip(), 1.9, hu::TRABECULAR, 1.0),
        (FEMUR, femur(), 1.6, hu::DENSE_TRABECULAR, 0.7),
    ];
    for (names, pieces, wall, inside, marrow) in bone {
        for piece in &pieces {
            both(scene, Some(names), piece, hu::CORTICAL, uptake.marrow * 0.5);
        }
        for piece in pieces {
            let core = piece.grown(-wall);
            both(scene, Some(names), &core, inside, uptake.marrow * marrow);
        }
    }
    let dense = Shape::Intersection(vec![
        shaft(0.0),
        Shape::behind([0.0, 0.0, -70.0], [0.0, 0.0, 1.0]),
    ]);
    both(scene, Some(FEMUR), &dense, hu::SHAFT, uptake.marrow * 0.3);
    let canal = Shape::Intersection(vec![
        shaft(7.0),
        Shape::behind([0.0, 0.0, -60.0], [0.0, 0.0, 1.0]),
    ]);
    both(scene, Some(FEMUR), &canal, hu::FATTY_MARROW, uptake.fat);
}

/// Muscles that line the bones towards the cavity.
pub(crate) fn add_muscles(scene: &mut Scene, uptake: &Uptake) {
    // Iliacus: the wing once more, further in; the parts behind the sciatic notch stay clear.
    let iliacus = Shape::Intersection(vec![
        wing([-9.0, -9.0, -2.0], Some(8.0)),
        Shape::behind([0.0, 28.0, 0.0], [0.0, 1.0, 0.0]),
    ]);
    both(
        scene,
        Some(["iliopsoas_left", "iliopsoas_right"]),
        &iliacus,
        hu::MUSCLE,
        uptake.muscle,
    );
    let psoas = Shape::Tube(vec![
        ([33.0, 18.0, 262.0], 8.0),
        ([38.0, 12.0, 215.0], 15.0),
        ([44.0, 6.0, 165.0], 19.5),
        ([56.0, -8.0, 112.0], 21.0),
        ([70.0, -26.0, 66.0], 18.0),
        ([83.0, -43.0, 24.0], 16.0),
        ([92.0, -38.0, -14.0], 13.0),
        ([104.0, 4.0, -52.0], 9.0),
    ]);
    both(
        scene,
        Some(["iliopsoas_left", "iliopsoas_right"]),
        &psoas,
        hu::MUSCLE,
        uptake.muscle,
    );
    let plate = |corners: [Node; 4]| {
        Shape::Sheet(vec![
            [corners[0], corners[1], corners[2]],
            [corners[1], corners[3], corners[2]],
        ])
    };
    let obturator_internus = plate([
        ([50.0, -28.0, 26.0], 5.5),
        ([52.0, 32.0, 26.0], 5.5),
        ([40.0, -28.0, -48.0], 6.5),
        ([48.0, 28.0, -55.0], 7.0),
    ]);
    both(scene, None, &obturator_internus, hu::MUSCLE, uptake.muscle);
    let levator = plate([
        ([34.0, -18.0, -22.0], 2.5),
        ([40.0, 44.0, -14.0], 2.5),
        ([10.0, -10.0, -50.0], 3.5),
        ([13.0, 46.0, -56.0], 3.5),
    ]);
    both(scene, None, &levator, hu::MUSCLE, uptake.muscle);
    let piriformis = Shape::Tube(vec![
        ([24.0, 68.0, 50.0], 7.0),
        ([52.0, 68.0, 40.0], 10.0),
        ([96.0, 44.0, 14.0], 8.0),
        ([132.0, 20.0, 2.0], 4.0),
    ]);
    both(scene, None, &piriformis, hu::MUSCLE, uptake.muscle);
}
