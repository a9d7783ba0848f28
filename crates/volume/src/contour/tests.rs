use super::*;
use crate::{IndexBox, rasterise, resample_trilinear, sample_trilinear};
use geo::Contains;
use nalgebra::Rotation3;

fn grid(shape: [usize; 3], spacing: [f64; 3]) -> Grid {
    let middle = [0, 1, 2].map(|a| (shape[a] - 1) as f64 * spacing[a] / -2.0);
    Grid::axis_aligned(shape, spacing, Point3::new(middle[2], middle[1], middle[0])).unwrap()
}

/// Distance to a sphere's surface, negative inside.
fn sphere(grid: &Grid, radius: f64, center: Point3<f64>) -> Volume<f32> {
    Volume::from_fn(grid.clone(), |v| {
        ((grid.center_of(v) - center).norm() - radius) as f32
    })
}

/// The share of each voxel inside a sphere, by 8³ points a voxel.
fn partial_volume_sphere(grid: &Grid, radius: f64) -> Volume<f32> {
    Volume::from_fn(grid.clone(), |voxel| {
        let sub = IndexBox {
            min: [0; 3],
            max: [7; 3],
        };
        let inside = sub.voxels().filter(|s| {
            let index = [0, 1, 2].map(|a| voxel[a] as f64 + (s[a] as f64 - 3.5) / 8.0);
            (grid.lps_from_index(index) - Point3::origin()).norm() < radius
        });
        inside.count() as f32 / 512.0
    })
}

#[test]
fn a_small_sphere_on_pet_voxels_gives_smooth_contours_on_ct_slices() {
    let pet = partial_volume_sphere(&grid([9, 9, 9], [4.0; 3]), 5.0);
    let ct = grid([11, 31, 31], [3.0, 0.98, 0.98]);
    let below_half = resample_trilinear(&pet, &ct, 0.0).map(|v| 0.5 - v);
    let isosurface = isosurface_volume_ml(&pet.map(|v| -v), -0.5, 10);
    // The same by resampling onto a lattice of 0.1 mm.
    let fine = resample_trilinear(&pet, &grid([110, 110, 110], [0.1; 3]), 0.0);
    let inside = fine.as_slice().iter().filter(|v| **v >= 0.5).count();
    let counted = inside as f64 * fine.grid().voxel_volume_ml();
    assert!(
        (isosurface / counted - 1.0).abs() < 0.01,
        "{isosurface} mL, counted {counted} mL"
    );
    let (mask, contours) = region_of_volume(&below_half, isosurface);
    let found = polygon_volume_ml(&contours, 3.0);
    assert!(
        (found / counted - 1.0).abs() < 0.03,
        "{found} mL, isosurface {counted} mL"
    );
    assert!((found / mask.volume_ml() - 1.0).abs() < 0.005);
    for contour in &contours {
        assert!(contour.points.len() >= 12, "{}", contour.points.len());
    }
    // Smooth as the PET itself is: every vertex has the same PET value. Vertices of a staircase
    // of CT pixels would differ by half the fall of the PET over a pixel, 0.13 on either side.
    let points = contours.iter().flat_map(|c| &c.points);
    let values: Vec<f32> = points.map(|p| sample_trilinear(&pet, *p, 0.0)).collect();
    let (low, high) = values
        .iter()
        .fold((1.0_f32, 0.0_f32), |(l, h), v| (l.min(*v), h.max(*v)));
    assert!(
        high - low < 0.05,
        "PET values from {low} to {high} along the contours"
    );
}

#[test]
fn fitted_contours_have_the_masks_volume_at_any_size() {
    let shape = grid([15, 40, 40], [3.0, 0.98, 0.98]);
    for radius in [0.4, 1.0, 1.6, 2.0, 3.3, 5.0, 9.0, 15.0] {
        let field = sphere(&shape, radius, Point3::new(0.2, -0.3, 0.9));
        let mask = field.map(|d| *d <= 0.0);
        if mask.is_empty() {
            continue;
        }
        for contours in [contours_from_mask(&mask), contours_around(&mask, &field)] {
            let found = polygon_volume_ml(&contours, 3.0);
            assert!(
                (found / mask.volume_ml() - 1.0).abs() < 0.002,
                "radius {radius}: {found}"
            );
            assert!(contours.iter().all(|c| c.points.len() >= 3));
        }
    }
}

#[test]
fn one_voxel_keeps_its_volume_and_its_place() {
    let shape = grid([3, 5, 5], [3.0, 1.0, 1.0]);
    let mask = Mask::from_fn(shape.clone(), |v| v == [1, 2, 3]);
    let contours = contours_from_mask(&mask);
    assert_eq!(contours.len(), 1);
    assert!((polygon_volume_ml(&contours, 3.0) - 0.003).abs() < 1e-5);
    assert_eq!(rasterise(&contours, &shape), mask);
}

/// A thick ring around the slice axis.
fn ring_mask(shape: &Grid) -> Mask {
    Mask::from_fn(shape.clone(), |v| {
        let p = shape.center_of(v) - shape.center_of([2, 20, 20]);
        let along = p.dot(&shape.axes()[0]);
        let radius = (p - shape.axes()[0] * along).norm();
        along.abs() < 4.0 && radius > 5.0 && radius < 11.0
    })
}

#[test]
fn a_ring_on_an_oblique_grid_is_one_keyhole_a_slice_and_comes_back() {
    let turn = Rotation3::from_euler_angles(0.3, -0.2, 0.5);
    let axes = [
        turn * Vector3::z(),
        turn * Vector3::y(),
        turn * Vector3::x(),
    ];
    let shape = Grid::new(
        [5, 41, 41],
        [3.0, 0.9, 0.8],
        Point3::new(5.0, 6.0, 7.0),
        axes,
    )
    .unwrap();
    let mask = ring_mask(&shape);
    let contours = contours_from_mask(&mask);
    assert_eq!(contours.len(), 3, "one contour on each of the slices");
    let volume = polygon_volume_ml(&contours, 3.0);
    assert!((volume / mask.volume_ml() - 1.0).abs() < 0.002);
    let back = rasterise(&contours, &shape);
    let both = back.voxels().filter(|v| mask[*v]).count();
    let dice = 2.0 * both as f64 / (back.count() + mask.count()) as f64;
    assert!(dice > 0.99, "{dice}");
    // The channel is walked there and back over the same two points.
    let points = &contours[0].points;
    let twice = points
        .iter()
        .filter(|p| points.iter().filter(|q| q == p).count() == 2)
        .count();
    assert_eq!(twice, 4);
}

#[test]
fn two_holes_and_an_island_in_one_of_them() {
    let shape = grid([1, 40, 60], [2.0, 1.0, 1.0]);
    let rect = |v: [usize; 3], j: (usize, usize), i: (usize, usize)| {
        (j.0..j.1).contains(&v[1]) && (i.0..i.1).contains(&v[2])
    };
    let mask = Mask::from_fn(shape.clone(), |v| {
        let island = rect(v, (16, 24), (16, 22));
        let hole = rect(v, (10, 30), (10, 28)) || rect(v, (12, 20), (34, 48));
        island || (rect(v, (5, 35), (5, 55)) && !hole)
    });
    let contours = contours_from_mask(&mask);
    assert_eq!(contours.len(), 2, "the ring with two holes, and the island");
    assert!((polygon_volume_ml(&contours, 2.0) / mask.volume_ml() - 1.0).abs() < 0.002);
    let differ = shape
        .full_box()
        .voxels()
        .filter(|v| rasterise(&contours, &shape)[*v] != mask[*v]);
    // Corners are rounded by less than a pixel each: 4 of the border, 8 of holes, 4 of the island.
    assert!(differ.count() <= 16);
}

#[test]
fn a_region_at_the_edge_closes_there_and_nan_is_outside() {
    let shape = grid([1, 10, 10], [1.0; 3]);
    let everything = Volume::filled(shape.clone(), -1.0_f32);
    let contours = contours_from_field(&everything, 0.0);
    // The edge of the image cells, corners cut by half a pixel's triangle each.
    assert!((polygon_volume_ml(&contours, 1.0) * 1000.0 - 99.5).abs() < 0.01);
    let half = Volume::from_fn(shape, |[_, _, i]| if i < 5 { -1.0 } else { f32::NAN });
    let contours = contours_from_field(&half, 0.0);
    assert_eq!(contours.len(), 1);
    let rightmost = contours[0]
        .points
        .iter()
        .map(|p| p.x)
        .fold(f64::MIN, f64::max);
    assert!(rightmost < 0.0 && rightmost > -0.51, "{rightmost}");
}

#[test]
fn filling_agrees_with_an_independent_point_in_polygon_test() {
    let shape = grid([1, 30, 30], [1.0; 3]);
    // A star with edges in all directions, and concave corners.
    let points: Vec<Point3<f64>> = (0..14)
        .map(|n| {
            let angle = f64::from(n) * std::f64::consts::TAU / 14.0 + 0.1;
            let radius = if n % 2 == 0 { 12.3 } else { 5.1 };
            Point3::new(radius * angle.cos(), radius * angle.sin(), 0.0)
        })
        .collect();
    let polygon = geo::Polygon::new(
        points
            .iter()
            .map(|p| geo::Coord { x: p.x, y: p.y })
            .collect(),
        vec![],
    );
    let filled = rasterise(
        &[Contour {
            slice: None,
            points,
        }],
        &shape,
    );
    for voxel in shape.full_box().voxels() {
        let p = shape.center_of(voxel);
        assert_eq!(
            filled[voxel],
            polygon.contains(&geo::Point::new(p.x, p.y)),
            "{p}"
        );
    }
    assert!(filled.count() > 150);
}
