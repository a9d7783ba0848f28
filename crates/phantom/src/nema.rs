//! The IEC body phantom of NEMA NU 2: a torso-shaped tank with six spheres and a lung insert.

use serde::{Deserialize, Serialize};

use crate::lattice::Vec3;
use crate::scene::{Part, Scene};
use crate::shape::Shape;

/// Inner diameters of the spheres in mm, largest first.
pub const SPHERE_DIAMETERS_MM: [f64; 6] = [37.0, 28.0, 22.0, 17.0, 13.0, 10.0];

/// Radius of the circle of sphere centres.
const CIRCLE_RADIUS_MM: f64 = 57.2;

/// Half the inner length of the tank, and the height of the sphere plane above its middle: the
/// plane lies 70 mm below the lid.
const HALF_LENGTH_MM: f64 = 97.0;
const SPHERE_PLANE_MM: f64 = HALF_LENGTH_MM - 70.0;

/// Section of the tank: a half circle above, two corner circles 140 mm apart below.
const TOP_RADIUS_MM: f64 = 147.0;
const CORNER_RADIUS_MM: f64 = 77.0;
const CORNER_OFFSET_MM: f64 = 70.0;
/// The circle of spheres lies at half height, this far above the line of the corner circles.
const MIDDLE_MM: f64 = (TOP_RADIUS_MM - CORNER_RADIUS_MM) / 2.0;

const WALL_MM: f64 = 3.0;
const INSERT_RADIUS_MM: f64 = 22.25;

const PLEXIGLASS_HU: f32 = 125.0;
const WATER_HU: f32 = 0.0;
const LUNG_HU: f32 = -700.0;

/// What is filled into the tank. The spheres have no walls.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct NemaSpec {
    /// Uptake in all six spheres, SUVbw in g/mL.
    pub sphere_suv: f64,
    /// Uptake in the tank around them; 0 for spheres in cold water.
    pub background_suv: f64,
    /// Whether the cylinder of lung density stands in the middle.
    pub lung_insert: bool,
}

impl Default for NemaSpec {
    fn default() -> Self {
        Self::with_ratio(8.0)
    }
}

impl NemaSpec {
    /// Spheres `ratio` times hotter than a background of SUV 1.
    pub fn with_ratio(ratio: f64) -> Self {
        Self {
            sphere_suv: ratio,
            background_suv: 1.0,
            lung_insert: true,
        }
    }

    /// Spheres in cold water.
    pub fn without_background(sphere_suv: f64) -> Self {
        Self {
            sphere_suv,
            background_suv: 0.0,
            lung_insert: true,
        }
    }
}

/// Field along z, in the phantom's frame, whose origin is the middle of the tank.
pub(crate) const FIELD_MM: [f64; 2] = [-HALF_LENGTH_MM - 12.0, HALF_LENGTH_MM + 12.0];

/// Sphere centres in the phantom's frame, largest sphere first: the 37 mm sphere lies to the left.
pub(crate) fn sphere_centers() -> [Vec3; 6] {
    [0, 1, 2, 3, 4, 5].map(|n| {
        let (sin, cos) = (f64::from(n) * 60.0).to_radians().sin_cos();
        [
            CIRCLE_RADIUS_MM * cos,
            CIRCLE_RADIUS_MM * sin,
            SPHERE_PLANE_MM,
        ]
    })
}

fn tank(half_length: f64, grow: f64) -> Shape {
    // The line of corner circles lies below the middle: posterior, towards +y.
    let tall = 2.0 * half_length;
    let upright = |x: f64, r: f64| Shape::cylinder([x, MIDDLE_MM, 0.0], [r, r], tall, 0.0);
    let (top, corner) = (TOP_RADIUS_MM + grow, CORNER_RADIUS_MM + grow);
    let upper = Shape::Intersection(vec![
        upright(0.0, top),
        Shape::behind([0.0, MIDDLE_MM, 0.0], [0.0, 1.0, 0.0]),
    ]);
    let floor = Shape::Intersection(vec![
        Shape::behind([CORNER_OFFSET_MM, 0.0, 0.0], [1.0, 0.0, 0.0]),
        Shape::behind([-CORNER_OFFSET_MM, 0.0, 0.0], [-1.0, 0.0, 0.0]),
        Shape::behind([0.0, MIDDLE_MM + corner, 0.0], [0.0, 1.0, 0.0]),
        Shape::behind([0.0, MIDDLE_MM, 0.0], [0.0, -1.0, 0.0]),
    ]);
    let section = Shape::Union(vec![
        upper,
        upright(CORNER_OFFSET_MM, corner),
        upright(-CORNER_OFFSET_MM, corner),
        floor,
    ]);
    Shape::Intersection(vec![
        section,
        Shape::behind([0.0, 0.0, half_length + grow], [0.0, 0.0, 1.0]),
        Shape::behind([0.0, 0.0, -half_length - grow], [0.0, 0.0, -1.0]),
    ])
}

/// The tank without the spheres, which are laid in as lesions.
pub(crate) fn scene(spec: &NemaSpec) -> Scene {
    let mut scene = Scene::default();
    let mut put = |shape, hu, suv| {
        scene.parts.push(Part {
            organ: None,
            shape,
            hu: Some(hu),
            suv: Some(suv),
            depth: 1,
            is_couch: false,
        });
    };
    put(tank(HALF_LENGTH_MM, WALL_MM), PLEXIGLASS_HU, 0.0);
    put(
        tank(HALF_LENGTH_MM, 0.0),
        WATER_HU,
        spec.background_suv as f32,
    );
    if spec.lung_insert {
        let insert = |r: f64| Shape::cylinder([0.0; 3], [r, r], HALF_LENGTH_MM, 0.0);
        put(insert(INSERT_RADIUS_MM + WALL_MM), PLEXIGLASS_HU, 0.0);
        put(insert(INSERT_RADIUS_MM), LUNG_HU, 0.0);
    }
    scene
}
