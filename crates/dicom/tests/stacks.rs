//! Which slices of a series belong together, and what is said when they are no volume.

#![allow(clippy::unwrap_used, reason = "tests may fail")]

mod objects;

use std::path::Path;

use dicom_core::VR;
use dicom_dictionary_std::tags;
use isoboost_dicom::{GeometryProblem, Series, load_ct};
use nalgebra::Point3;
use objects::{Object, PIXELS, SPACING_MM, found, series, stored, study};

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

/// Writes objects under names in their order.
fn all(folder: &Path, objects: impl IntoIterator<Item = Object>) {
    for (n, object) in objects.into_iter().enumerate() {
        object.write(folder.join(format!("{n:03}")));
    }
}

/// The only series of these objects.
fn series_of(objects: impl IntoIterator<Item = Object>) -> Series {
    let folder = folder();
    all(folder.path(), objects);
    series(folder.path())
}

/// All stacks found in these objects, with their slice counts.
fn stacks_of(objects: impl IntoIterator<Item = Object>) -> Vec<(Series, usize)> {
    let folder = folder();
    all(folder.path(), objects);
    let stacks = study(folder.path()).series;
    stacks
        .into_iter()
        .map(|s| (s.clone(), s.slices.len()))
        .collect()
}

#[test]
fn a_stack_lies_where_its_headers_say() {
    let series = series_of((0..4).map(Object::ct));
    let grid = series.geometry.unwrap();
    assert_eq!(grid.shape(), [4, 4, 5]);
    // Pixel Spacing is row spacing first: rows are 2 mm apart, columns 1.5 mm.
    assert_eq!(grid.spacing(), [SPACING_MM, 2.0, 1.5]);
    let far = grid.center_of([3, 3, 4]);
    assert!((far - Point3::new(-4.0, -14.0, 9.0)).norm() < 1e-9, "{far}");
    assert_eq!(series.findings, []);
}

#[test]
fn slices_named_from_head_to_feet_give_the_same_volume() {
    let folders = [folder(), folder()];
    all(folders[0].path(), (0..4).map(Object::ct));
    all(folders[1].path(), (0..4).rev().map(Object::ct));
    let volumes = folders.map(|f| load_ct(&series(f.path())).unwrap());
    assert_eq!(volumes[0], volumes[1]);
}

#[test]
fn an_image_turned_over_keeps_its_pixels_in_place() {
    // Rows run from posterior to anterior, so the slice normal points to the feet.
    let folder = folder();
    all(
        folder.path(),
        (0..3).map(|k| Object::ct(k).orientation("1\\0\\0\\0\\-1\\0")),
    );
    let volume = load_ct(&series(folder.path())).unwrap();
    for k in 0..3_u16 {
        for j in 0..4_u16 {
            let (y, z) = (-20.0 - 2.0 * f64::from(j), SPACING_MM * f64::from(k));
            let voxel = volume.grid().voxel_at(Point3::new(-10.0, y, z)).unwrap();
            assert_eq!(f32::from(volume[voxel]), stored(k, 5 * j) - 1024.0);
        }
    }
}

#[test]
fn a_scout_in_the_series_is_a_part_of_its_own() {
    let scout = Object::ct(9)
        .text(tags::IMAGE_TYPE, VR::CS, "ORIGINAL\\PRIMARY\\LOCALIZER")
        .orientation("1\\0\\0\\0\\0\\-1");
    let stacks = stacks_of((0..4).map(Object::ct).chain([scout]));
    assert_eq!((stacks[0].1, stacks[1].1), (4, 1));
    assert!(stacks[0].0.geometry.is_ok());
    assert_eq!(stacks[0].0.key(), "2.25.1.3#1");
    assert!(stacks[0].0.is_named("2.25.1.3") && stacks[0].0.is_named("2.25.1.3#1"));
    assert_eq!(stacks[0].0.findings[0].code, "series-split");
}

#[test]
fn slices_of_another_size_are_another_part_and_leave_a_gap_behind() {
    let small = Object::ct(2).short(tags::ROWS, 2).words(&[0; PIXELS / 2]);
    let stacks = stacks_of([0, 1, 3, 4].map(Object::ct).into_iter().chain([small]));
    assert_eq!((stacks[0].1, stacks[1].1), (4, 1));
    assert!(matches!(
        stacks[0].0.geometry,
        Err(GeometryProblem::Gap { missing: 1, .. })
    ));
}

#[test]
fn acquisitions_that_share_places_are_told_apart() {
    let second = |k| {
        Object::ct(k)
            .own_uid(1)
            .text(tags::ACQUISITION_NUMBER, VR::IS, "10")
    };
    let first = |k| Object::ct(k).text(tags::ACQUISITION_NUMBER, VR::IS, "9");
    let stacks = stacks_of((0..4).map(second).chain((0..4).map(first)));
    assert_eq!((stacks[0].1, stacks[1].1), (4, 4));
    let part = stacks[0].0.part.as_ref().unwrap();
    assert_eq!(part.differs_in, "acquisition number");
    // 9 before 10: by number, not by text.
    let uid = &stacks[0].0.instances[0].sop_instance_uid;
    assert_eq!(uid.matches('.').count(), 4, "{uid}");
}

#[test]
fn time_frames_of_a_pet_are_told_apart_by_their_times() {
    let frame = |n: u16| {
        (0..3).map(move |k| {
            let time = format!("1{n}0000");
            let object = Object::pet(k).own_uid(n);
            let object = object.text(tags::ACQUISITION_TIME, VR::TM, &time);
            object.text(tags::FRAME_REFERENCE_TIME, VR::DS, &format!("{n}000"))
        })
    };
    let stacks = stacks_of((0..3).flat_map(frame));
    assert_eq!(stacks.len(), 3);
    assert!(stacks.iter().all(|(s, n)| *n == 3 && s.geometry.is_ok()));
}

#[test]
fn beds_of_a_whole_body_pet_stay_together() {
    // Acquisition times differ from bed to bed, but no place is taken twice.
    let bed = |k: u16| {
        let time = format!("1{}0000", k / 3);
        Object::pet(k).text(tags::ACQUISITION_TIME, VR::TM, &time)
    };
    let series = series_of((0..9).map(bed));
    assert!(series.geometry.is_ok());
    assert_eq!(series.part, None);
}

#[test]
fn ranges_of_a_ct_with_a_gap_between_them_are_told_apart() {
    let range = |k: u16, number: &str| Object::ct(k).text(tags::ACQUISITION_NUMBER, VR::IS, number);
    let objects = (0..5)
        .map(|k| range(k, "1"))
        .chain((12..16).map(|k| range(k, "2")));
    let stacks = stacks_of(objects);
    assert_eq!((stacks[0].1, stacks[1].1), (5, 4));
    assert!(stacks.iter().all(|(s, _)| s.geometry.is_ok()));
}

#[test]
fn a_gap_within_one_acquisition_is_named() {
    let series = series_of([0, 1, 2, 5, 6].map(Object::ct));
    let problem = series.geometry.as_ref().unwrap_err();
    assert!(
        matches!(problem, GeometryProblem::Gap { missing: 2, spacing_mm, at }
            if *spacing_mm == SPACING_MM && at.axis == 'z' && at.mm == [6.0, 15.0]),
        "{problem}"
    );
    let error = load_ct(&series).unwrap_err().to_string();
    assert!(
        error.contains("2 slice(s) are missing beside z 6.00, 15.00 mm"),
        "{error}"
    );
}

#[test]
fn copies_of_slices_under_new_uids_are_left_out() {
    let copy = Object::ct(1).own_uid(5);
    let series = series_of((0..3).map(Object::ct).chain([copy]));
    assert_eq!(series.slices.len(), 3);
    assert_eq!(series.findings[0].code, "identical-slices");
    assert!(series.geometry.is_ok());
}

#[test]
fn different_slices_at_one_place_are_no_volume() {
    let other = Object::ct(1).own_uid(5).words(&[7; PIXELS]);
    let series = series_of((0..3).map(Object::ct).chain([other]));
    let problem = series.geometry.unwrap_err();
    assert!(
        matches!(&problem, GeometryProblem::Repeated { slices: 4, places: 3, at } if at.mm == [3.0]),
        "{problem}"
    );
}

#[test]
fn a_tilted_gantry_is_named_with_its_angle() {
    // Rows tilted by 20 degrees while the table moves along z.
    let (sin, cos) = 20_f64.to_radians().sin_cos();
    let cosines = format!("1\\0\\0\\0\\{cos:.10}\\{:.10}", -sin);
    let series = series_of((0..5).map(|k| Object::ct(k).orientation(&cosines)));
    let problem = series.geometry.unwrap_err();
    assert!(
        matches!(&problem, GeometryProblem::Tilted { angle_degrees, at }
            if (angle_degrees - 20.0).abs() < 0.01 && at.mm.len() == 5),
        "{problem}"
    );
}

#[test]
fn an_oblique_stack_is_a_volume() {
    let (sin, cos) = 20_f64.to_radians().sin_cos();
    let cosines = format!("1\\0\\0\\0\\{cos:.10}\\{:.10}", -sin);
    let oblique = |k: u16| {
        let d = SPACING_MM * f64::from(k);
        let object = Object::ct(k).orientation(&cosines);
        object.position([-10.0, -20.0 + d * sin, d * cos])
    };
    let grid = series_of((0..5).map(oblique)).geometry.unwrap();
    assert!((grid.spacing()[0] - SPACING_MM).abs() < 1e-6);
    assert!((grid.axes()[0].y - sin).abs() < 1e-6);
}

#[test]
fn drifting_and_unevenly_spaced_slices_are_named() {
    let shifted = |k: u16| {
        let x = if k == 2 { -9.0 } else { -10.0 };
        Object::ct(k).position([x, -20.0, SPACING_MM * f64::from(k)])
    };
    let problem = series_of((0..5).map(shifted)).geometry.unwrap_err();
    assert!(
        matches!(problem, GeometryProblem::Drift { .. }),
        "{problem}"
    );
    let uneven = |k: u16| {
        let z = SPACING_MM * f64::from(k) + if k == 2 { 0.6 } else { 0.0 };
        Object::ct(k).position([-10.0, -20.0, z])
    };
    let problem = series_of((0..5).map(uneven)).geometry.unwrap_err();
    assert!(
        matches!(&problem, GeometryProblem::Uneven { at, .. } if at.mm == [6.6]),
        "{problem}"
    );
}

#[test]
fn a_slice_without_a_position_is_named_with_its_file() {
    let stacks = stacks_of((0..4).map(|k| {
        let object = Object::ct(k);
        if k == 3 {
            object.without(tags::IMAGE_POSITION_PATIENT)
        } else {
            object
        }
    }));
    assert_eq!((stacks[0].1, stacks[1].1), (3, 1));
    let problem = stacks[1].0.geometry.as_ref().unwrap_err().to_string();
    assert!(
        problem.contains("ImagePositionPatient (0020,0032) is missing"),
        "{problem}"
    );
    assert!(problem.ends_with("/003`"), "{problem}");
}

#[test]
fn several_series_are_listed_by_number() {
    let folder = folder();
    all(folder.path(), (0..3).map(|k| Object::ct(k).series(12)));
    for k in 0..3 {
        Object::ct(k)
            .series(4)
            .write(folder.path().join(format!("b/{k}")));
    }
    let found = found(folder.path());
    let numbers: Vec<_> = found.studies[0].series.iter().map(|s| s.number).collect();
    assert_eq!(numbers, [Some(4), Some(12)]);
}
