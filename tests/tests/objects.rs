//! The lesions as DICOM segmentation and measurement report, in the hands of software that we did
//! not write.

use std::path::{Path, PathBuf};

use isoboost_tests::{
    check_script, dciodvfy_errors, has_program, isoboost, only_study, report, succeed, workspace,
};
use serde_json::{Value, json};

/// Six decimals of the slices' positions, and the 32-bit numbers of a NIfTI header.
const SAME_PLACE_MM: f64 = 1e-3;

fn fixture() -> PathBuf {
    workspace().join("fixtures/pelvis-bed-node")
}

fn run(input: &Path, out: &Path) -> PathBuf {
    succeed(isoboost().arg("run").arg(input).arg("--out").arg(out));
    only_study(out)
}

fn phantom(scan: &Path, scenario: &str, options: &[&str]) {
    let mut phantom = isoboost();
    phantom.args(["phantom", "pelvis", "--scenario", scenario]);
    phantom
        .args(["--size", "small", "--seed", "2"])
        .args(options);
    succeed(phantom.arg("--out").arg(scan));
}

/// Segments hold the voxels of the label map, and the report the numbers of `report.json`.
fn check_objects(study: &Path) {
    let Some(told) = check_script("check_objects.py", &[study]) else {
        return;
    };
    let report = report(study);
    let lesions = report["lesions"].as_array().unwrap();
    assert!(!lesions.is_empty());
    assert_eq!(told["seg_uid"], report["provenance"]["seg_uid"]);
    assert_eq!(told["sr_uid"], report["provenance"]["sr_uid"]);
    assert_eq!(told["source_series"], report["pet"]["series_uid"]);
    assert_eq!(told["frame_of_reference"], report["frame_of_reference_uid"]);
    let segments = told["segments"].as_array().unwrap();
    let groups = told["report"]["groups"].as_array().unwrap();
    assert_eq!(
        (segments.len(), groups.len()),
        (lesions.len(), lesions.len())
    );
    for ((lesion, segment), group) in lesions.iter().zip(segments).zip(groups) {
        check_segment(lesion, segment);
        check_group(lesion, group, segment, &told["seg_uid"]);
    }
    let told_report = &told["report"];
    assert_eq!(told_report["template"], "MeasurementReport");
    assert_eq!(told_report["preliminary"], "PRELIMINARY");
    assert_eq!(told_report["verification"], "UNVERIFIED");
    check_codes(&told["codes"]);
}

fn check_segment(lesion: &Value, segment: &Value) {
    assert_eq!(segment["number"], lesion["id"]);
    let site = lesion["site"].as_str().unwrap();
    let label = format!("{site} (lesion {})", lesion["id"]);
    assert_eq!(segment["label"], label);
    let voxels = segment["voxels"].as_u64().unwrap();
    assert!(voxels > 0);
    assert_eq!(segment["in_both"], voxels, "{segment}");
    assert_eq!(segment["labelled"], voxels, "{segment}");
    assert!(
        segment["off_mm"].as_f64().unwrap() < SAME_PLACE_MM,
        "{segment}"
    );
    let side = match site {
        _ if site.contains("left") => json!("7771000"),
        _ if site.contains("right") => json!("24028007"),
        _ => json!(null),
    };
    assert_eq!(segment["region"][1], "SCT", "{segment}");
    assert_eq!(segment["region"][2], side, "{site}: {segment}");
}

fn check_group(lesion: &Value, group: &Value, segment: &Value, seg_uid: &Value) {
    assert_eq!(group["segmentation"], *seg_uid);
    for key in ["tracking_id", "tracking_uid"] {
        assert_eq!(group[key], segment[key]);
    }
    assert_eq!(group["segment"], segment["number"]);
    assert_eq!(group["sites"], json!([segment["region"]]));
    let suv = json!(["126401", "DCM"]);
    let per_ml = json!(["g/ml{SUVbw}", "UCUM"]);
    let expected = [
        ("suv_max", &suv, &per_ml, json!(["56851009", "SCT"])),
        ("suv_peak", &suv, &per_ml, json!(["126031", "DCM"])),
        ("suv_mean", &suv, &per_ml, json!(["373098007", "SCT"])),
        (
            "volume_ml",
            &json!(["118565006", "SCT"]),
            &json!(["cm3", "UCUM"]),
            json!(null),
        ),
        (
            "tl_psma",
            &json!(["TL_PSMA", "99ISOBOOST"]),
            &json!(["g", "UCUM"]),
            json!(null),
        ),
    ];
    let found = group["measurements"].as_array().unwrap();
    assert_eq!(found.len(), expected.len());
    for (found, (key, name, unit, derivation)) in found.iter().zip(&expected) {
        assert_eq!(found["value"], lesion[*key], "{key}");
        assert_eq!(found["name"], **name, "{key}");
        assert_eq!(found["unit"], **unit, "{key}");
        assert_eq!(found["derivation"], *derivation, "{key}");
    }
    let class = lesion["region"].as_str().unwrap().to_uppercase();
    let judged = group["evaluations"].as_array().unwrap();
    assert!(
        judged.contains(&json!(["CLASS", "99ISOBOOST", class])),
        "{judged:?}"
    );
    assert!(judged.contains(&json!(["MITNM", "99ISOBOOST", lesion["mi_tnm"]])));
}

/// Public codes that the lists of pydicom lack; PS3.16 has them in TID 1204, in TID 1500 and among
/// the units of UCUM.
const NOT_LISTED: [[&str; 2]; 3] = [["RFC5646", "en"], ["SCT", "276214006"], ["UCUM", "g"]];

/// Every other public code stands in DICOM's lists under the meaning that is written with it.
fn check_codes(codes: &Value) {
    let is_public = |code: &Value| {
        code[0] != "99ISOBOOST"
            && !NOT_LISTED
                .iter()
                .any(|c| code[0] == c[0] && code[1] == c[1])
    };
    let codes = codes.as_array().unwrap();
    assert!(codes.iter().filter(|c| is_public(c)).count() > 15);
    let unknown: Vec<&Value> = codes
        .iter()
        .filter(|c| is_public(c) && c[3] == false)
        .collect();
    assert_eq!(unknown, Vec::<&Value>::new());
}

#[test]
fn segments_are_the_lesions_and_the_report_has_their_measures() {
    let out = tempfile::tempdir().unwrap();
    let study = run(&fixture(), out.path());
    check_objects(&study);
    if !has_program("dciodvfy") {
        return;
    }
    for name in ["seg.dcm", "sr.dcm"] {
        assert_eq!(
            dciodvfy_errors(&study.join(name)),
            Vec::<String>::new(),
            "{name}"
        );
    }
}

#[test]
fn an_oblique_scan_and_bones_are_told_as_well() {
    for (scenario, options) in [("polymetastatic", &["--oblique"][..]), ("bone", &[])] {
        let folder = tempfile::tempdir().unwrap();
        let scan = folder.path().join("scan");
        phantom(&scan, scenario, options);
        check_objects(&run(&scan, &folder.path().join("out")));
    }
}

#[test]
fn a_negative_scan_has_neither() {
    let folder = tempfile::tempdir().unwrap();
    let scan = folder.path().join("scan");
    phantom(&scan, "negative", &[]);
    let study = run(&scan, &folder.path().join("out"));
    let report = report(&study);
    assert_eq!(report["lesions"], json!([]));
    for (key, file) in [("seg_uid", "seg.dcm"), ("sr_uid", "sr.dcm")] {
        assert_eq!(report["provenance"][key], json!(null));
        assert!(!study.join(file).exists());
    }
}

#[test]
fn a_result_without_them_is_made_again() {
    let out = tempfile::tempdir().unwrap();
    for name in ["seg.dcm", "sr.dcm"] {
        let path = run(&fixture(), out.path()).join(name);
        let bytes = std::fs::read(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        run(&fixture(), out.path());
        assert!(std::fs::read(&path).unwrap() == bytes, "{name}");
    }
}
