//! Rings have the area of what they go around.

use std::f64::consts::PI;

use isoboost_volume::contours_from_mask;
use nalgebra::{Point3, Rotation3, Vector3};

use super::*;
use crate::plane::Plane;

const CENTER: Point3<f64> = Point3::new(3.3, -4.1, 5.7);
const RADIUS: f64 = 22.0;

fn grid(spacing: [f64; 3], axes: [Vector3<f64>; 3]) -> Grid {
    let shape = spacing.map(|s| (80.0 / s) as usize);
    let mut origin = Point3::origin();
    for a in 0..3 {
        origin -= axes[a] * (spacing[a] * (shape[a] - 1) as f64 / 2.0);
    }
    Grid::new(shape, spacing, origin, axes).unwrap()
}

fn grids(spacing: [f64; 3]) -> [Grid; 3] {
    let (x, y, z) = (Vector3::x(), Vector3::y(), Vector3::z());
    let turn = Rotation3::from_euler_angles(0.3, -0.2, 0.5);
    [[z, y, x], [y, -z, -x], [turn * z, turn * y, turn * x]].map(|axes| grid(spacing, axes))
}

fn area(rings: &[Ring]) -> f64 {
    let one = |ring: &Ring| {
        let next = ring.iter().cycle().skip(1);
        let doubled = ring
            .iter()
            .zip(next)
            .map(|(a, b)| a[0] * b[1] - b[0] * a[1]);
        doubled.sum::<f64>() / 2.0
    };
    rings.iter().map(one).sum::<f64>().abs()
}

fn view(plane: Plane, off: f64) -> PlaneView {
    let mut center = CENTER;
    center[plane.normal()] += off;
    PlaneView::around(plane, center, 0.7, [50, 90]).unwrap()
}

fn sphere(p: Point3<f64>) -> f64 {
    (p - CENTER).norm() - RADIUS
}

#[test]
fn rings_of_a_sphere_have_the_areas_of_its_sections() {
    for grid in grids([1.0, 0.98, 0.98]) {
        let mask = Mask::from_fn(grid.clone(), |v| sphere(grid.center_of(v)) <= 0.0);
        for plane in Plane::ALL {
            for off in [-12.4, 0.0, 9.0] {
                let rings = plane_outlines(&mask, &view(plane, off));
                assert_eq!(rings.len(), 1);
                let expected = PI * (RADIUS * RADIUS - off * off);
                let share = area(&rings) / expected;
                assert!((share - 1.0).abs() < 0.01, "{plane:?} {off}: {share}");
            }
            assert!(plane_outlines(&mask, &view(plane, 24.0)).is_empty());
            assert!(plane_outlines(&mask, &view(plane, 500.0)).is_empty());
        }
    }
}

#[test]
fn rings_lie_on_the_sphere_also_between_thick_slices() {
    for grid in grids([3.0, 1.0, 1.0]) {
        let mask = Mask::from_fn(grid.clone(), |v| sphere(grid.center_of(v)) <= 0.0);
        for plane in Plane::ALL {
            let view = view(plane, 4.2);
            for point in plane_outlines(&mask, &view).concat() {
                let off = sphere(view.lps_from_screen(point));
                assert!(off.abs() < 1.7, "{plane:?}: {off} mm");
            }
        }
    }
}

#[test]
fn the_fine_outline_of_a_field_is_followed_exactly() {
    for grid in grids([2.0, 1.5, 1.5]) {
        let depth = Volume::from_fn(grid.clone(), |v| sphere(grid.center_of(v)) as f32);
        for plane in Plane::ALL {
            let view = view(plane, -7.0);
            let rings = depth_outlines(&depth, &view);
            let expected = PI * (RADIUS * RADIUS - 49.0);
            let share = area(&rings) / expected;
            assert!((share - 1.0).abs() < 0.01, "{plane:?}: {share}");
            for point in rings.concat() {
                let off = sphere(view.lps_from_screen(point));
                assert!(off.abs() < 0.3, "{plane:?}: {off} mm");
            }
        }
    }
}

#[test]
fn on_its_own_slices_a_mask_is_enclosed_voxel_by_voxel_up_to_the_edge_of_the_image() {
    let grid = Grid::axis_aligned([6, 30, 30], [3.0, 1.0, 1.2], Point3::new(-9.0, 7.0, 1.0));
    let grid = grid.unwrap();
    // A ring that leaves the image on one side, and a voxel by itself.
    let mask = Mask::from_fn(grid.clone(), |[k, j, i]| {
        let r = (j as f64 - 12.0).hypot(i as f64 - 5.0);
        (r < 9.0 && r > 4.0) || [k, j, i] == [3, 25, 25]
    });
    let whole = part_near_plane(&mask, &view(Plane::Axial, 0.0)).unwrap();
    assert!(whole.grid().shape()[0] < 8, "a slab alone");
    for k in [0, 3, 5] {
        let at = grid.center_of([k, 0, 0]);
        let view = PlaneView::around(Plane::Axial, at, 1.0, [30, 30]).unwrap();
        let rings = plane_outlines(&mask, &view);
        assert_eq!(rings.len(), 2 + usize::from(k == 3), "ring, hole, voxel");
        for j in 0..30 {
            for i in 0..30 {
                let at = view.screen_from_lps(grid.center_of([k, j, i]));
                let around = rings.iter().filter(|ring| encloses(ring, at)).count();
                assert_eq!(around % 2 == 1, mask[[k, j, i]], "{k} {j} {i}");
            }
        }
    }
    assert!(plane_outlines(&Mask::empty(grid), &view(Plane::Axial, 0.0)).is_empty());
}

/// Whether a point lies in a ring, by the crossings of a ray.
fn encloses(ring: &Ring, [x, y]: [f64; 2]) -> bool {
    let next = ring.iter().cycle().skip(1);
    let crossings = ring.iter().zip(next).filter(|(a, b)| {
        (a[1] > y) != (b[1] > y) && x < a[0] + (y - a[1]) / (b[1] - a[1]) * (b[0] - a[0])
    });
    crossings.count() % 2 == 1
}

#[test]
fn contours_of_a_slice_come_as_they_are_written() {
    let [grid, ..] = grids([3.0, 1.0, 1.0]);
    let mask = Mask::from_fn(grid.clone(), |v| sphere(grid.center_of(v)) <= 0.0);
    let contours = contours_from_mask(&mask);
    let slice = contours.iter().find(|c| c.slice == Some(15)).unwrap();
    let at = grid.center_of([15, 0, 0]);
    for off in [-1.49, 0.0, 1.49] {
        let at = at + Vector3::z() * off;
        let view = PlaneView::around(Plane::Axial, at, 1.0, [30, 30]).unwrap();
        let rings = contour_outlines(&contours, &view, 1.5);
        assert_eq!(rings.len(), 1);
        let expected: Ring = slice.points.iter().map(|p| [p.x, p.y]).collect();
        assert_eq!(rings[0], expected);
    }
    assert!(contour_outlines(&contours, &view(Plane::Coronal, 0.0), 1.5).is_empty());
}
