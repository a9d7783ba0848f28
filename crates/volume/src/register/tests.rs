//! Alignment of shapes whose motion is known.

use super::*;
use crate::Grid;
use nalgebra::{Rotation3, Translation3, UnitQuaternion, Vector3};

/// Soft tissue with two shells and rods of bone, like nothing in itself; HU at a position.
fn bones(p: Point3<f64>) -> f64 {
    let shell = |c: [f64; 3], r: [f64; 3]| {
        let d = [0, 1, 2].map(|a| (p[a] - c[a]) / r[a]);
        let radius = d.iter().map(|x| x * x).sum::<f64>().sqrt();
        // Distance from the wall in mm, about.
        (radius - 1.0).abs() * 30.0 - 3.0
    };
    let rod = |a: [f64; 3], b: [f64; 3], radius: f64| {
        let (a, b) = (Point3::from(a), Point3::from(b));
        let along = b - a;
        let share = ((p - a).dot(&along) / along.norm_squared()).clamp(0.0, 1.0);
        (p - (a + along * share)).norm() - radius
    };
    let nearest = [
        shell([70.0, 20.0, 40.0], [30.0, 45.0, 55.0]),
        shell([-72.0, 15.0, 36.0], [28.0, 48.0, 50.0]),
        rod([0.0, 60.0, -30.0], [5.0, 50.0, 90.0], 14.0),
        rod([-60.0, -30.0, -30.0], [0.0, -50.0, -40.0], 8.0),
        rod([60.0, -30.0, -30.0], [0.0, -50.0, -40.0], 9.0),
        rod([50.0, -20.0, -70.0], [70.0, 10.0, -30.0], 10.0),
    ]
    .into_iter()
    .fold(f64::INFINITY, f64::min);
    // From bone to soft tissue within 3 mm.
    40.0 + 760.0 * (0.5 - nearest / 3.0).clamp(0.0, 1.0)
}

fn fixed_grid() -> Grid {
    let start = Point3::new(-130.0, -110.0, -110.0);
    Grid::axis_aligned([84, 90, 104], [3.0, 2.5, 2.5], start).unwrap()
}

fn imaged(grid: Grid, moving_from_fixed: &Isometry3<f64>) -> Volume<i16> {
    let fixed_from_moving = moving_from_fixed.inverse();
    Volume::from_fn(grid.clone(), |voxel| {
        bones(fixed_from_moving * grid.center_of(voxel)).round() as i16
    })
}

/// Bone of the fixed image with 6 mm around it.
fn region(fixed: &Volume<i16>) -> Mask {
    crate::distance_outside(&fixed.map(|hu| *hu > 300)).map(|mm| *mm <= 6.0)
}

fn motion(shift: [f64; 3], degrees: [f64; 3]) -> Isometry3<f64> {
    let [x, y, z] = degrees.map(f64::to_radians);
    let turn = UnitQuaternion::from_rotation_matrix(&Rotation3::from_euler_angles(x, y, z));
    Isometry3::from_parts(Translation3::from(Vector3::from(shift)), turn)
}

fn fixed() -> (Volume<i16>, Mask) {
    let fixed = imaged(fixed_grid(), &Isometry3::identity());
    let region = region(&fixed);
    (fixed, region)
}

/// A moving grid around where the bones come to lie, with other voxels.
fn grid_at(center: Point3<f64>) -> Grid {
    let start = center - Vector3::new(170.0, 140.0, 150.0);
    Grid::axis_aligned([75, 140, 155], [4.0, 2.0, 2.2], start).unwrap()
}

fn furthest(found: &Registration, truth: &Isometry3<f64>) -> f64 {
    fixed_grid()
        .corners()
        .map(|p| (found.moving_from_fixed * p - truth * p).norm())
        .into_iter()
        .fold(0.0, f64::max)
}

#[test]
fn a_known_motion_is_found_wherever_the_frames_lie() {
    let (fixed, region) = fixed();
    for (shift, degrees) in [
        ([0.0; 3], [0.0; 3]),
        ([25.0, -38.0, 40.0], [10.0, -9.0, 8.0]),
        ([-300.0, 150.0, 900.0], [-8.0, 12.0, -14.0]),
    ] {
        let truth = motion(shift, degrees);
        let moving = imaged(grid_at(truth * Point3::origin()), &truth);
        let found = register_rigid(&fixed, &region, &moving).unwrap();
        let error = furthest(&found, &truth);
        // A fifth of a voxel at 200 mm from the centre.
        assert!(error < 0.6, "{error} mm for {shift:?} {degrees:?}");
        assert!(found.quality.correlation > 0.95, "{:?}", found.quality);
        // The same again: nothing depends on the order of threads.
        assert_eq!(register_rigid(&fixed, &region, &moving).unwrap(), found);
        let (correlation, overlap) =
            assess_rigid(&fixed, &region, &moving, &found.moving_from_fixed).unwrap();
        assert!((correlation - found.quality.correlation).abs() < 1e-9);
        assert!((overlap - 1.0).abs() < 0.01);
    }
}

#[test]
fn axes_of_the_images_do_not_matter() {
    let (fixed, region) = fixed();
    let truth = motion([12.0, 5.0, -20.0], [4.0, -6.0, 5.0]);
    let upright = grid_at(truth * Point3::origin());
    let far = upright.center_of(upright.full_box().max);
    // Slices from head to feet, rows to the front, columns to the right.
    let [k, j, i] = upright.axes();
    let flipped = Grid::new(upright.shape(), upright.spacing(), far, [-k, -j, -i]).unwrap();
    let found = register_rigid(&fixed, &region, &imaged(flipped, &truth)).unwrap();
    assert!(furthest(&found, &truth) < 0.6);
}

fn reasons(result: Result<Registration, RegistrationRefusal>) -> Vec<NotConverged> {
    let refusal = result.unwrap_err();
    assert!(
        refusal
            .to_string()
            .starts_with("the images could not be aligned: ")
    );
    refusal.reasons
}

#[test]
fn nothing_to_align_is_refused() {
    let (fixed, region) = fixed();
    let nothing = Mask::empty(region.grid().clone());
    let result = register_rigid(&fixed, &nothing, &fixed);
    assert_eq!(reasons(result), [NotConverged::NoBone]);
    let soft = Volume::filled(fixed.grid().clone(), 40_i16);
    assert!(!reasons(register_rigid(&fixed, &region, &soft)).is_empty());
}

#[test]
fn a_ball_cannot_be_turned_into_place() {
    let ball = |grid: Grid| {
        Volume::from_fn(grid.clone(), |voxel| {
            let d = (grid.center_of(voxel) - Point3::origin()).norm();
            (40.0 + 760.0 * (0.5 - (d - 70.0) / 3.0).clamp(0.0, 1.0)) as i16
        })
    };
    let fixed = ball(fixed_grid());
    let region = region(&fixed);
    let result = register_rigid(&fixed, &region, &ball(grid_at(Point3::origin())));
    let told = reasons(result);
    let held = |r: &NotConverged| {
        matches!(
            r,
            NotConverged::IllConditioned(_)
                | NotConverged::Restarts { .. }
                | NotConverged::Ambiguous { .. }
        )
    };
    assert!(told.iter().any(held), "{told:?}");
}

#[test]
fn two_places_that_fit_are_told() {
    let (fixed, region) = fixed();
    let start = Point3::new(-170.0, -140.0, -150.0);
    let grid = Grid::axis_aligned([160, 110, 130], [4.0, 2.6, 2.6], start).unwrap();
    let up = Vector3::new(0.0, 0.0, 300.0);
    let moving = Volume::from_fn(grid.clone(), |voxel| {
        let p = grid.center_of(voxel);
        bones(p).max(bones(p - up)).round() as i16
    });
    let told = reasons(register_rigid(&fixed, &region, &moving));
    assert!(
        matches!(told[0], NotConverged::Ambiguous { .. }),
        "{told:?}"
    );
}

#[test]
fn bones_of_another_size_are_refused() {
    let (fixed, region) = fixed();
    let grid = grid_at(Point3::origin());
    let moving = Volume::from_fn(grid.clone(), |voxel| {
        bones(Point3::from(grid.center_of(voxel).coords / 1.08)).round() as i16
    });
    let told = reasons(register_rigid(&fixed, &region, &moving));
    let misfit =
        |r: &NotConverged| matches!(r, NotConverged::Halves(_) | NotConverged::Correlation(_));
    assert!(told.iter().any(misfit), "{told:?}");
}
