//! Every pixel has the value at its place, whichever way the voxels run.

use isoboost_volume::{Grid, Volume};
use nalgebra::{Point3, Rotation3, Vector3};

use super::*;
use crate::plane::Plane;

/// Grids around the origin: along the patient, turned over, in other orders, oblique, and with
/// voxels that are no cubes.
fn grids() -> Vec<Grid> {
    let (x, y, z) = (Vector3::x(), Vector3::y(), Vector3::z());
    let turn = Rotation3::from_euler_angles(0.3, -0.2, 0.5);
    let sets = [
        [z, y, x],
        [-z, y, -x],
        [z, -y, x],
        [x, z, y],
        [y, -x, z],
        [-y, z, -x],
        [turn * z, turn * y, turn * x],
    ];
    let spacings = [[4.0, 2.0, 2.5], [2.0, 3.0, 3.0], [5.0, 1.5, 4.0]];
    let mut grids = Vec::new();
    for axes in sets {
        for spacing in spacings {
            let shape = spacing.map(|s| (160.0 / s) as usize);
            let mut origin = Point3::origin();
            for a in 0..3 {
                origin -= axes[a] * (spacing[a] * (shape[a] - 1) as f64 / 2.0);
            }
            grids.push(Grid::new(shape, spacing, origin, axes).unwrap());
        }
    }
    grids
}

fn views() -> Vec<PlaneView> {
    let rect = [-43.0, -31.0, 37.0, 39.0];
    let view = |plane, at| PlaneView::new(plane, at, rect, [80, 70]).unwrap();
    Plane::ALL
        .into_iter()
        .flat_map(|plane| [view(plane, -11.3), view(plane, 24.0)])
        .collect()
}

/// A value that is linear in the patient, so that trilinear sampling is exact.
fn linear(p: Point3<f64>) -> f64 {
    100.0 + 0.4 * p.x - 0.3 * p.y + 0.5 * p.z
}

#[test]
fn a_linear_volume_has_the_analytic_value_at_each_pixel_of_each_plane() {
    let window = Window::new(0.0, 255.0).unwrap();
    for grid in grids() {
        let suv = Volume::from_fn(grid.clone(), |v| linear(grid.center_of(v)) as f32);
        let pet = PetLayer {
            volume: &suv,
            window,
            map: ColourMap::Grey,
            opacity: 1.0,
        };
        let layers = SliceLayers {
            ct: None,
            pet: Some(pet),
        };
        for view in views() {
            let picture = render_slice(&view, &layers);
            let sampler = Sampler::new(&suv, &view);
            let mut line = vec![0.0; 80];
            for row in 0..70 {
                sampler.row(row as usize, &mut line);
                for column in 0..80 {
                    let pixel = [f64::from(column), f64::from(row)];
                    let at = view.lps_from_screen(view.screen_from_pixel(pixel));
                    let expected = linear(at);
                    let value = f64::from(line[column as usize]);
                    assert!(
                        (value - expected).abs() < 1e-3,
                        "{view:?} {grid:?}: {value} at {at}, not {expected}"
                    );
                    let [grey, ..] = picture.pixel(column, row).unwrap();
                    assert!((f64::from(grey) - expected).abs() < 0.7);
                }
            }
        }
    }
}

#[test]
fn ct_is_sampled_and_windowed_as_the_pet_is() {
    let grid = Grid::axis_aligned(
        [40, 80, 80],
        [4.0, 2.0, 2.0],
        Point3::new(-79.0, -79.0, -78.0),
    );
    let grid = grid.unwrap();
    // Whole numbers at the voxels: 2 HU a mm.
    let ct = Volume::from_fn(grid.clone(), |v| (2.0 * grid.center_of(v).x).round() as i16);
    let layer = CtLayer {
        volume: &ct,
        window: Window::new(-60.0, 60.0).unwrap(),
    };
    let layers = SliceLayers {
        ct: Some(layer),
        pet: None,
    };
    let rect = [-40.0, -10.0, 40.0, 10.0];
    let view = PlaneView::new(Plane::Axial, 3.0, rect, [160, 40]).unwrap();
    let picture = render_slice(&view, &layers);
    for column in 0..160 {
        let x = -40.0 + (f64::from(column) + 0.5) * 0.5;
        let expected = ((2.0 * x + 60.0) / 120.0).clamp(0.0, 1.0) * 255.0;
        let [r, g, b] = picture.pixel(column, 17).unwrap();
        assert_eq!((r, g), (g, b));
        assert!((f64::from(r) - expected).abs() <= 0.51, "{r} {expected}");
    }
}

#[test]
fn left_front_and_head_lie_where_a_reader_looks_for_them() {
    // One hot octant: left, in front, above.
    let axes = [-Vector3::z(), Vector3::y(), -Vector3::x()];
    let grid = Grid::new([50; 3], [4.0; 3], Point3::new(98.0, -98.0, 98.0), axes).unwrap();
    let suv = Volume::from_fn(grid.clone(), |v| {
        let p = grid.center_of(v);
        f32::from(u8::from(p.x > 0.0 && p.y < 0.0 && p.z > 0.0)) * 20.0
    });
    let pet = PetLayer {
        volume: &suv,
        window: Window::SUV_0_10,
        map: ColourMap::InverseGrey,
        opacity: 0.3,
    };
    let layers = SliceLayers {
        ct: None,
        pet: Some(pet),
    };
    let corners = |plane| {
        let center = Point3::new(10.0, -10.0, 10.0);
        let view = PlaneView::around(plane, center, 1.0, [200, 200]).unwrap();
        let picture = render_slice(&view, &layers);
        [[60, 60], [140, 60], [60, 140], [140, 140]]
            .map(|[x, y]| picture.pixel(x, y).unwrap() == [0; 3])
    };
    assert_eq!(corners(Plane::Axial), [false, true, false, false]);
    assert_eq!(corners(Plane::Coronal), [false, true, false, false]);
    assert_eq!(corners(Plane::Sagittal), [true, false, false, false]);
}

#[test]
fn fused_uptake_covers_the_ct_as_far_as_its_opacity_says() {
    let grid = Grid::axis_aligned([3, 3, 3], [10.0; 3], Point3::new(-10.0, -10.0, -10.0)).unwrap();
    let ct = Volume::filled(grid.clone(), 40_i16);
    let colour = |suv: f32| {
        let suv = Volume::filled(grid.clone(), suv);
        let layers = SliceLayers {
            ct: Some(CtLayer {
                volume: &ct,
                window: Window::SOFT_TISSUE,
            }),
            pet: Some(PetLayer {
                volume: &suv,
                window: Window::SUV_0_10,
                map: ColourMap::Hot,
                opacity: 0.6,
            }),
        };
        let view = PlaneView::around(Plane::Axial, Point3::origin(), 1.0, [8, 8]).unwrap();
        render_slice(&view, &layers).pixel(4, 4).unwrap()
    };
    // The middle of the window is 127.5.
    assert_eq!(colour(0.0), [128; 3]);
    assert_eq!(colour(-2.0), [128; 3]);
    assert_eq!(colour(10.0), [204; 3], "0.4 of 127.5 and 0.6 of 255");
    assert_eq!(colour(400.0), [204; 3]);
    let [r, g, b] = colour(10.0 / 3.0);
    assert_eq!([r, g, b], [204, 51, 51], "red");
    assert_eq!(colour(f32::NAN), [128; 3]);
}

#[test]
fn outside_of_the_volume_is_black_and_the_edge_is_that_of_the_voxels() {
    let grid = Grid::axis_aligned([3, 3, 3], [10.0; 3], Point3::new(-10.0, -10.0, -10.0)).unwrap();
    let ct = Volume::filled(grid, 1000_i16);
    let layers = SliceLayers {
        ct: Some(CtLayer {
            volume: &ct,
            window: Window::SOFT_TISSUE,
        }),
        pet: None,
    };
    let white = |plane, at| {
        let view = PlaneView::new(plane, at, [-20.0, -20.0, 20.0, 20.0], [40, 40]).unwrap();
        let picture = render_slice(&view, &layers);
        let pixels = picture.as_bytes().chunks_exact(3);
        pixels.filter(|pixel| *pixel == [255; 3]).count()
    };
    for plane in Plane::ALL {
        assert_eq!(white(plane, 14.9), 30 * 30, "{plane:?}");
        assert_eq!(white(plane, 15.1), 0, "{plane:?}");
    }
    let nothing = render_slice(&views()[0], &SliceLayers::default());
    assert!(nothing.as_bytes().iter().all(|v| *v == 0));
}
