//! Shapes grown by margins against what geometry says of them: volume within 2 %, surface within
//! half a voxel, on slices of 3 mm, upright and turned.

use isoboost_volume::{Grid, Margins, Volume, isosurface_volume_ml, polygon_volume_ml};
use nalgebra::{Point3, Rotation3, Vector3};

use crate::region::Growth;

/// A shape by its signed distance in mm; outside, where margins are measured, it is exact.
type Shape = fn(Point3<f64>) -> f64;

const SPACING: [f64; 3] = [3.0, 0.98, 0.98];
/// Off the voxels, so that no symmetry helps.
const MIDDLE: Vector3<f64> = Vector3::new(0.31, -0.17, 0.83);

fn sphere(p: Point3<f64>) -> f64 {
    (p.coords - MIDDLE).norm() - 9.0
}

fn cube(p: Point3<f64>) -> f64 {
    let d = (p.coords - MIDDLE).map(|x| x.abs() - 9.0);
    d.map(|x| x.max(0.0)).norm() + d.max().min(0.0)
}

/// A ring about the z axis: radius 22 mm, thickness 12 mm.
fn ring(p: Point3<f64>) -> f64 {
    let d = p.coords - MIDDLE;
    (d.xy().norm() - 22.0).hypot(d.z) - 6.0
}

/// A cylinder of radius 7 mm and length 36 mm along a slanted axis.
fn slanted_cylinder(p: Point3<f64>) -> f64 {
    let axis = Vector3::new(0.5, 0.3, 1.0).normalize();
    let d = p.coords - MIDDLE;
    let along = d.dot(&axis);
    let radial = (d - axis * along).norm() - 7.0;
    let ends = along.abs() - 18.0;
    radial.max(0.0).hypot(ends.max(0.0)) + radial.max(ends).min(0.0)
}

fn reference(turn: [f64; 3], half_mm: f64) -> Grid {
    let turn = Rotation3::from_euler_angles(turn[0], turn[1], turn[2]);
    let axes = [Vector3::z(), Vector3::y(), Vector3::x()].map(|axis| turn * axis);
    let shape = SPACING.map(|s| (2.0 * half_mm / s) as usize);
    let mut origin = Point3::origin();
    for a in 0..3 {
        origin -= axes[a] * (SPACING[a] * (shape[a] - 1) as f64 / 2.0);
    }
    Grid::new(shape, SPACING, origin, axes).unwrap()
}

/// Volume in mL where a signed distance is at most a margin, on a lattice of 0.5 mm.
fn volume_within(signed: impl Fn(Point3<f64>) -> f64, half_mm: f64) -> f64 {
    let n = (4.0 * half_mm) as usize;
    let grid = Grid::axis_aligned([n; 3], [0.5; 3], Point3::from(Vector3::repeat(-half_mm)));
    let grid = grid.unwrap();
    let field = Volume::from_fn(grid.clone(), |v| signed(grid.center_of(v)) as f32);
    isosurface_volume_ml(&field, 0.0, 1)
}

/// Holds a grown region against the surface where `signed` is zero.
fn check(name: &str, grown: &Growth, signed: impl Fn(Point3<f64>) -> f64, half_mm: f64) {
    let expected = volume_within(&signed, half_mm);
    let found = grown.region.mask.volume_ml();
    assert!(
        (found / expected - 1.0).abs() < 0.02,
        "{name}: {found:.2} mL, expected {expected:.2}"
    );
    let contours = &grown.region.contours;
    let drawn = polygon_volume_ml(contours, SPACING[0]);
    assert!(
        (drawn / expected - 1.0).abs() < 0.02,
        "{name}: contours {drawn:.2} mL, expected {expected:.2}"
    );
    let points = contours.iter().flat_map(|c| &c.points);
    let mut off: Vec<f64> = points.map(|p| signed(*p).abs()).collect();
    off.sort_by(f64::total_cmp);
    let most = off[off.len() * 95 / 100];
    // The caps between slices are seen at steps of 3 mm, the sides at steps of 1 mm.
    assert!(most <= SPACING[0] / 2.0, "{name}: 95 % within {most:.2} mm");
    let median = off[off.len() / 2];
    assert!(median <= SPACING[1] / 2.0, "{name}: half {median:.2} mm");
}

/// With half the side of a box that holds each however it is turned, mm.
const SHAPES: [(&str, Shape, f64); 4] = [
    ("sphere", sphere, 10.0),
    ("cube", cube, 17.0),
    ("ring", ring, 29.0),
    ("slanted cylinder", slanted_cylinder, 21.0),
];

#[test]
fn equal_margins_reach_as_far_as_geometry_says() {
    for turn in [[0.0; 3], [0.25, -0.3, 0.4]] {
        for (name, shape, holds) in SHAPES {
            for mm in [0.0, 3.0, 7.0, 12.0, 20.0] {
                let half = holds + mm + 4.0;
                let start = Growth::of_shape(&reference(turn, half), shape).unwrap();
                let grown = start.grown(&Margins::uniform(mm));
                let name = format!("{name}, {mm} mm, turned by {turn:?}");
                check(&name, &grown, |p| shape(p) - mm, half);
            }
        }
    }
}

#[test]
fn margins_of_each_direction_reach_as_far_as_geometry_says() {
    let margins = Margins {
        left: 9.0,
        right: 3.0,
        anterior: 7.0,
        posterior: 5.0,
        superior: 12.0,
        inferior: 6.0,
    };
    // From the nearest point of a cube each step is measured against the margin of its direction;
    // the gradient makes millimetres of the share.
    let signed = |p: Point3<f64>| {
        let d = p.coords - MIDDLE;
        let ahead = [margins.left, margins.posterior, margins.superior];
        let back = [margins.right, margins.anterior, margins.inferior];
        let reach = Vector3::from_fn(|a, _| if d[a] > 0.0 { ahead[a] } else { back[a] });
        let beyond = d.map(|x| (x.abs() - 9.0).max(0.0));
        let share = beyond.component_div(&reach);
        if share.norm() == 0.0 {
            return -reach.min();
        }
        let gradient = share.component_div(&reach).norm() / share.norm();
        (share.norm() - 1.0) / gradient
    };
    for turn in [[0.0; 3], [0.25, -0.3, 0.4]] {
        let start = Growth::of_shape(&reference(turn, 32.0), cube).unwrap();
        let name = format!("cube, turned by {turn:?}");
        check(&name, &start.grown(&margins), signed, 32.0);
    }
}
