//! Our alignment beside that of SimpleITK, and on a real CT.

use std::path::Path;

use isoboost_tests::{check_script, shared_data};
use isoboost_volume::{Mask, Volume, register_rigid};
use nalgebra::{Isometry3, Matrix4, Rotation3, Translation3, UnitQuaternion, Vector3};
use serde_json::Value;

use crate::scans;

/// How far the two may lie apart over the pelvis, mm: mutual information and correlation weigh the
/// same edges differently.
const AGREEMENT_MM: f64 = 0.5;

fn matrix_of(value: &Value) -> Matrix4<f64> {
    Matrix4::from_fn(|row, column| value[row][column].as_f64().unwrap())
}

fn write(folder: &Path, name: &str, volume: &Volume<f32>) -> std::path::PathBuf {
    let path = folder.join(name);
    isoboost_report::write_volume(&path, volume).unwrap();
    path
}

/// Largest distance over a region between two maps.
fn apart(region: &Mask, a: &Isometry3<f64>, b: &Matrix4<f64>) -> f64 {
    let grid = region.grid();
    region
        .voxels()
        .map(|voxel| grid.center_of(voxel))
        .map(|p| (a * p - b.transform_point(&p)).norm())
        .fold(0.0, f64::max)
}

#[test]
fn simple_itk_aligns_the_same_way() {
    let patients = scans::patients();
    for (seed, n) in [(201, 0), (202, 2), (203, 3)] {
        let (_, kind) = &patients[n];
        let fixed = scans::fixed(kind);
        let drawn = scans::drawn(seed);
        let moving = drawn.of(kind);
        let ours = register_rigid(&fixed.ct, &fixed.region, &moving).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let files = [
            write(
                folder.path(),
                "fixed.nii.gz",
                &fixed.ct.map(|hu| f32::from(*hu)),
            ),
            write(
                folder.path(),
                "region.nii.gz",
                &fixed.region.map(|set| f32::from(u8::from(*set))),
            ),
            write(
                folder.path(),
                "moving.nii.gz",
                &moving.map(|hu| f32::from(*hu)),
            ),
        ];
        let [a, b, c] = &files;
        let Some(theirs) = check_script("register_cts.py", &[a, b, c]) else {
            return;
        };
        let theirs = matrix_of(&theirs["matrix"]);
        let between = apart(&fixed.region, &ours.moving_from_fixed, &theirs);
        let truth = drawn.view.scanner_from_patient.to_homogeneous();
        println!(
            "seed {seed}: {between:.2} mm apart; from the truth ours {:.2} mm, SimpleITK's {:.2} mm",
            apart(&fixed.region, &ours.moving_from_fixed, &truth),
            apart(&fixed.region, &drawn.view.scanner_from_patient, &theirs),
        );
        assert!(between <= AGREEMENT_MM, "seed {seed}: {between} mm");
    }
}

/// A real man, resampled by SimpleITK after a known motion.
#[test]
fn a_real_ct_is_found_where_simple_itk_moved_it() {
    let Some(data) = shared_data("totalsegmentator-example") else {
        return;
    };
    let source = data.join("example_ct.nii.gz");
    let fixed = isoboost_report::read_volume(&source).unwrap();
    let fixed = fixed.map(|hu| hu.round() as i16);
    let region = scans::region_of(&fixed);
    let center = region.centroid().unwrap();
    for (shift, degrees) in [
        ([15.0, -30.0, 40.0], [10.0, -7.0, 9.0]),
        ([-40.0, 35.0, -400.0], [-9.0, 10.0, -10.0]),
    ] {
        let [x, y, z] = degrees.map(f64::to_radians);
        let turn = UnitQuaternion::from_rotation_matrix(&Rotation3::from_euler_angles(x, y, z));
        let truth = Translation3::from(center.coords + Vector3::from(shift))
            * turn
            * Translation3::from(-center.coords);
        let folder = tempfile::tempdir().unwrap();
        let (matrix, out) = (
            folder.path().join("matrix.json"),
            folder.path().join("moved.nii.gz"),
        );
        let rows = truth.to_homogeneous();
        let rows: Vec<Vec<f64>> = (0..4)
            .map(|r| (0..4).map(|c| rows[(r, c)]).collect())
            .collect();
        std::fs::write(&matrix, serde_json::to_string(&rows).unwrap()).unwrap();
        if check_script(
            "register_cts.py",
            &[Path::new("move"), &source, &out, &matrix],
        )
        .is_none()
        {
            return;
        }
        let moving = isoboost_report::read_volume(&out).unwrap();
        let moving = moving.map(|hu| hu.round() as i16);
        let found = register_rigid(&fixed, &region, &moving).unwrap();
        let error = apart(&region, &found.moving_from_fixed, &truth.to_homogeneous());
        println!(
            "moved by {shift:?} mm, {degrees:?}°: {error:.2} mm, {:?}",
            found.quality
        );
        assert!(error <= 2.0, "{error} mm");
    }
}
