//! Segmentations of other software, against what pydicom and highdicom say is in them.
//!
//! The Python that has both comes from `ISOBOOST_CHECK_PYTHON`. Where it is missing the tests are
//! skipped aloud, or fail when `ISOBOOST_REQUIRE_EXTERNAL` is set.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a skipped test must say so, a helper may fail the test"
)]

use std::path::{Path, PathBuf};
use std::process::Command;

use isoboost_dicom::{Segmentation, read_segmentation};
use isoboost_volume::Mask;
use nalgebra::Point3;
use serde_json::Value;

const DATA: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../../shared/data/dcmqi-seg"
);

fn data(name: &str) -> Option<PathBuf> {
    let path = Path::new(DATA).join(name);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: no ../shared/data");
    None
}

fn script(arguments: &[&Path]) -> Option<Value> {
    let Some(python) = std::env::var_os("ISOBOOST_CHECK_PYTHON") else {
        let is_required = std::env::var_os("ISOBOOST_REQUIRE_EXTERNAL").is_some();
        assert!(!is_required, "ISOBOOST_CHECK_PYTHON is not set");
        println!("skipped: no Python with pydicom and highdicom (ISOBOOST_CHECK_PYTHON)");
        return None;
    };
    let script = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/external/segmentations.py"
    );
    let output = Command::new(python).arg(script).args(arguments).output();
    let output = output.unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

/// The voxel centres that the script left in a file.
fn points(file: &Value) -> Vec<Point3<f64>> {
    let bytes = std::fs::read(file.as_str().unwrap()).unwrap();
    let numbers: Vec<f64> = bytes
        .chunks_exact(8)
        .map(|b| f64::from_le_bytes(b.try_into().unwrap()))
        .collect();
    let triples = numbers.chunks_exact(3);
    triples.map(|p| Point3::new(p[0], p[1], p[2])).collect()
}

/// The same voxels: as many, and each one set.
#[track_caller]
fn check_mask(mask: &Mask, expected: &[Point3<f64>], what: &str) {
    assert_eq!(mask.count(), expected.len(), "{what}");
    for point in expected {
        let voxel = mask.grid().voxel_at(*point);
        let voxel = voxel.unwrap_or_else(|| panic!("{what}: {point} lies outside"));
        assert!(mask[voxel], "{what}: {point} is not set");
        let apart = (mask.grid().center_of(voxel) - point).norm();
        assert!(apart < 0.01, "{what}: {point} is {apart} mm off");
    }
}

fn check(segmentation: &Segmentation, masks: &Value, what: &str) {
    let masks = masks.as_object().unwrap();
    // The background of a label map is no segment of ours.
    let expected = masks.iter().filter(|(number, _)| *number != "0");
    assert_eq!(
        segmentation.segments.len(),
        expected.clone().count(),
        "{what}"
    );
    for (number, file) in expected {
        let mut segments = segmentation.segments.iter();
        let segment = segments.find(|s| s.number.to_string() == *number).unwrap();
        check_mask(&segment.mask, &points(file), &format!("{what}, {number}"));
    }
}

#[test]
fn real_segmentations_have_the_voxels_that_pydicom_finds() {
    for name in [
        "liver.dcm",
        "partial_overlaps.dcm",
        "23x38x3/seg/label.seg",
        "24x38x3/seg/label.seg",
        "sparse-labelmap-noppv.dcm",
        "sparse-labelmap-ppv5.dcm",
        "suv-sr/seg.dcm",
    ] {
        let Some(path) = data(name) else { return };
        let folder = tempfile::tempdir().unwrap();
        let Some(told) = script(&[Path::new("read"), &path, folder.path()]) else {
            return;
        };
        check(&read_segmentation(&path).unwrap(), &told["masks"], name);
    }
}

#[test]
fn segmentations_of_highdicom_come_back_in_every_encoding_and_orientation() {
    let folder = tempfile::tempdir().unwrap();
    let Some(told) = script(&[Path::new("make"), folder.path()]) else {
        return;
    };
    let made = told["made"].as_array().unwrap();
    let skipped = told["skipped"].as_array().unwrap();
    for encoding in skipped {
        println!("skipped: {encoding}");
    }
    // Three geometries in eleven encodings, of which two need codecs that pip has apart.
    assert!(skipped.len() <= 2, "{skipped:?}");
    assert_eq!(made.len(), 3 * (11 - skipped.len()));
    for case in made {
        let path = Path::new(case["file"].as_str().unwrap());
        let read = read_segmentation(path).unwrap();
        check(&read, &case["masks"], &path.display().to_string());
        let frame = case["frame_of_reference"].as_str();
        assert_eq!(read.frame_of_reference.as_deref(), frame);
        assert_eq!(read.series_uids, [case["series"].as_str().unwrap()]);
        let kidney = read.segments[0].property_type.as_ref().unwrap();
        assert_eq!(kidney.code.value, "64033007");
        assert_eq!(kidney.modifiers[0].value, "7771000");
    }
}

#[test]
fn real_segmentations_have_their_counts_and_names() {
    for (name, expected) in [
        ("liver.dcm", &[("Liver", "T-62000", 107_098)][..]),
        (
            "partial_overlaps.dcm",
            &[
                ("GREEN", "85756007", 9602),
                ("ORANGE", "51114001", 11888),
                ("PURPLE", "20982000", 10743),
                ("LIGHT_BLUE", "79654002", 6693),
                ("DARK_BLUE", "29092000", 4713),
            ],
        ),
        ("23x38x3/seg/label.seg", &[("Liver", "T-62000", 322)]),
        ("24x38x3/seg/label.seg", &[("Liver", "T-62000", 315)]),
        ("sparse-labelmap-noppv.dcm", &[("Liver", "10200004", 630)]),
        ("sparse-labelmap-ppv5.dcm", &[("Liver", "10200004", 630)]),
        ("suv-sr/seg.dcm", &[("Neoplasm, Primary", "M-80003", 795)]),
    ] {
        let Some(path) = data(name) else { return };
        let read = read_segmentation(&path).unwrap();
        let found: Vec<_> = read
            .segments
            .iter()
            .map(|s| {
                let code = &s.property_type.as_ref().unwrap().code;
                (s.label.as_str(), code.value.as_str(), s.mask.count())
            })
            .collect();
        assert_eq!(found, expected, "{name}");
        assert_eq!(read.findings, [], "{name}");
        assert!(read.frame_of_reference.is_some() && read.series_uids.len() == 1);
    }
}

/// The middle one of three slices is empty and left out: slices stay 2.5 mm thick.
#[test]
fn a_slice_that_is_left_out_does_not_thicken_the_others() {
    let Some(path) = data("sparse-labelmap-noppv.dcm") else {
        return;
    };
    let read = read_segmentation(&path).unwrap();
    let mask = &read.segments[0].mask;
    assert!((mask.grid().spacing()[0] - 2.5).abs() < 1e-9);
    assert_eq!(mask.grid().shape()[0], 3);
    let middle = mask.voxels().filter(|v| v[0] == 1).count();
    assert_eq!(middle, 0);
    assert!((mask.volume_ml() - 630.0 * 0.7 * 0.7 * 2.5 / 1000.0).abs() < 1e-9);
}

#[test]
fn other_objects_and_damaged_ones_are_refused_by_name() {
    let Some(path) = data("liver.dcm") else {
        return;
    };
    let image = data("ct-3slice/01.dcm").unwrap();
    let error = read_segmentation(&image).unwrap_err().to_string();
    assert!(error.contains("expected a Segmentation"), "{error}");
    assert!(error.contains("01.dcm"), "{error}");
    let bytes = std::fs::read(path).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let cut = folder.path().join("cut.dcm");
    for length in [100, 2000, bytes.len() - 90_000, bytes.len() - 2] {
        std::fs::write(&cut, &bytes[..length]).unwrap();
        let error = read_segmentation(&cut).unwrap_err().to_string();
        assert!(error.contains("cut.dcm"), "{error}");
    }
}
