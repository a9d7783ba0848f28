//! Our NIfTI files read by nibabel and `SimpleITK`, and theirs read by us.
//!
//! The Python that has both comes from `ISOBOOST_CHECK_PYTHON`, else `python3`. Where they are
//! missing the tests are skipped aloud, or fail when `ISOBOOST_REQUIRE_EXTERNAL` is set.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a skipped test must say so, a helper may fail the test"
)]

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use isoboost_report::{
    NumberedMask, pack_layers, read_label_map, write_label_layers, write_label_map, write_volume,
};
use isoboost_volume::{Grid, IndexBox, Mask, Volume};
use nalgebra::{Point3, Rotation3, Vector3};
use serde_json::Value;

/// Header fields are 32 bits wide: 250 mm are told to 0.02 µm, cosines to 1e-7.
const PLACE_TOLERANCE_MM: f64 = 1e-3;

/// The script's JSON, or `None` where nibabel and `SimpleITK` are missing.
fn script(mode: &str, arguments: &[PathBuf]) -> Option<Value> {
    let python = std::env::var_os("ISOBOOST_CHECK_PYTHON").unwrap_or(OsString::from("python3"));
    let has_both = Command::new(&python)
        .args(["-c", "import nibabel, SimpleITK"])
        .output()
        .is_ok_and(|output| output.status.success());
    if !has_both {
        assert!(
            std::env::var_os("ISOBOOST_REQUIRE_EXTERNAL").is_none(),
            "{} lacks nibabel or SimpleITK; `scripts/test` installs them",
            python.display()
        );
        println!("skipped: no Python with nibabel and SimpleITK");
        return None;
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/foreign_nifti.py");
    let output = Command::new(&python)
        .arg(script)
        .arg(mode)
        .args(arguments)
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

/// An oblique grid away from the origin; left-handed when asked.
fn oblique(is_left_handed: bool) -> Grid {
    let turn = Rotation3::from_euler_angles(0.3, -0.2, 0.5);
    let mut axes = [Vector3::z(), Vector3::y(), Vector3::x()].map(|axis| turn * axis);
    if is_left_handed {
        axes[0] = -axes[0];
    }
    Grid::new(
        [5, 8, 7],
        [3.0, 1.5, 2.0],
        Point3::new(31.0, -17.0, 250.0),
        axes,
    )
    .unwrap()
}

/// Voxels that no reflection or turn takes into one another, `[k, j, i]`.
const VOXELS: [(u16, [usize; 3]); 3] = [(1, [1, 1, 1]), (2, [1, 2, 5]), (300, [3, 6, 4])];

fn assert_place(found: &Value, expected: Point3<f64>, what: &str) {
    for axis in 0..3 {
        let apart = (found[axis].as_f64().unwrap() - expected[axis]).abs();
        assert!(
            apart < PLACE_TOLERANCE_MM,
            "{what}: {found}, expected {expected}"
        );
    }
}

#[test]
fn foreign_readers_find_our_voxels_in_their_place() {
    let folder = tempfile::tempdir().unwrap();
    let mut files = Vec::new();
    for (name, is_left_handed) in [("right.nii.gz", false), ("left.nii", true)] {
        let mut labels = Volume::filled(oblique(is_left_handed), 0_u16);
        for (label, voxel) in VOXELS {
            labels[voxel] = label;
        }
        files.push(folder.path().join(name));
        write_label_map(&files[files.len() - 1], &labels).unwrap();
    }
    files.push(folder.path().join("suv.nii.gz"));
    let suv = Volume::from_fn(oblique(false), |v| if v == [1, 2, 5] { 7.5 } else { 0.5 });
    write_volume(&files[2], &suv).unwrap();
    let Some(found) = script("read", &files) else {
        return;
    };
    for (file, is_left_handed) in [("right.nii.gz", false), ("left.nii", true)] {
        let grid = oblique(is_left_handed);
        let nibabel = &found[file]["nibabel"];
        assert_eq!(nibabel["shape"], serde_json::json!([7, 8, 5]));
        assert_eq!(nibabel["type"], "uint16");
        // Readers that trust one form alone must not disagree.
        assert_eq!(nibabel["codes"], serde_json::json!([1, 1]));
        assert!(nibabel["forms_apart_mm"].as_f64().unwrap() < PLACE_TOLERANCE_MM);
        for reader in ["nibabel", "simpleitk"] {
            for (label, voxel) in VOXELS {
                let place = &found[file][reader]["labels"][label.to_string()];
                let what = format!("{file}, {reader}, label {label}");
                assert_place(place, grid.center_of(voxel), &what);
            }
        }
    }
    let peak = oblique(false).center_of([1, 2, 5]);
    assert_eq!(found["suv.nii.gz"]["nibabel"]["type"], "float32");
    for reader in ["nibabel", "simpleitk"] {
        assert_place(&found["suv.nii.gz"][reader]["labels"]["max"], peak, reader);
    }
}

#[test]
fn foreign_readers_see_every_layer_of_overlapping_targets() {
    let grid = oblique(false);
    let cube = |min: [usize; 3], side: usize| {
        let max = min.map(|v| v + side - 1);
        Mask::filled(grid.crop(IndexBox { min, max }), true)
    };
    let masks = [cube([2, 3, 3], 1), cube([1, 2, 2], 3)];
    let regions: Vec<NumberedMask<'_>> = (1..)
        .zip(&masks)
        .map(|(number, mask)| NumberedMask { number, mask })
        .collect();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("targets.nii.gz");
    write_label_layers(&file, &pack_layers(&regions, &grid).unwrap()).unwrap();
    let Some(found) = script("read", &[file]) else {
        return;
    };
    let found = &found["targets.nii.gz"]["nibabel"];
    assert_eq!(found["shape"], serde_json::json!([3, 3, 3, 2]));
    assert_eq!(found["type"], "uint8");
    for (region, name) in regions.iter().zip(["1", "2"]) {
        assert_place(
            &found["labels"][name],
            region.mask.centroid().unwrap(),
            name,
        );
    }
}

#[test]
fn label_maps_of_other_software_are_read_in_their_place() {
    let folder = tempfile::tempdir().unwrap();
    let Some(written) = script("write", &[folder.path().to_path_buf()]) else {
        return;
    };
    let written = written.as_object().unwrap();
    assert!(written.len() >= 30, "{} kinds", written.len());
    for (file, places) in written {
        let labels = read_label_map(&folder.path().join(file)).unwrap();
        let found: Vec<(u16, Point3<f64>)> = labels
            .grid()
            .full_box()
            .voxels()
            .filter(|v| labels[*v] > 0)
            .map(|v| (labels[v], labels.grid().center_of(v)))
            .collect();
        let places = places.as_object().unwrap();
        assert_eq!(found.len(), places.len(), "{file}");
        for (label, place) in found {
            assert_place(&places[&label.to_string()], place, file);
        }
    }
}
