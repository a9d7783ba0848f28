//! Our outputs in the hands of software that we did not write.

use std::path::{Path, PathBuf};

use isoboost_tests::{
    check_script, dciodvfy_errors, finish, has_program, isoboost, only_study, report, succeed,
    workspace,
};
use serde_json::Value;

/// Lesions of this volume on are large enough for voxel masks of different rules to agree.
const LARGE_ENOUGH_ML: f64 = 0.5;

fn fixture() -> PathBuf {
    workspace().join("fixtures/pelvis-bed-node")
}

fn run(input: &Path, out: &Path) -> PathBuf {
    succeed(isoboost().arg("run").arg(input).arg("--out").arg(out));
    only_study(out)
}

#[test]
fn the_structure_set_has_no_error_for_dciodvfy() {
    if !has_program("dciodvfy") {
        return;
    }
    let out = tempfile::tempdir().unwrap();
    let study = run(&fixture(), out.path());
    assert_eq!(
        dciodvfy_errors(&study.join("rtstruct.dcm")),
        Vec::<String>::new()
    );
}

#[test]
fn the_phantoms_images_have_no_error_for_dciodvfy() {
    if !has_program("dciodvfy") {
        return;
    }
    for folder in ["CT", "PT"] {
        let mut files: Vec<PathBuf> = std::fs::read_dir(fixture().join(folder))
            .unwrap()
            .map(|e| e.unwrap().path())
            .collect();
        files.sort();
        for file in [&files[0], &files[files.len() / 2]] {
            assert_eq!(
                dciodvfy_errors(file),
                Vec::<String>::new(),
                "{}",
                file.display()
            );
        }
    }
}

/// Masks rebuilt by plastimatch and scikit-image agree with ours, and the contours hold our volume.
fn check_rtstruct(study: &Path, ct: &Path) {
    if !has_program("plastimatch") {
        return;
    }
    let Some(checked) = check_script("check_rtstruct.py", &[study, ct]) else {
        return;
    };
    let rois = checked["rois"].as_array().unwrap();
    let targets = report(study)["targets"].as_array().unwrap().clone();
    assert_eq!(rois.len(), targets.len());
    for (roi, target) in rois.iter().zip(&targets) {
        assert_eq!(roi["problems"], serde_json::json!([]), "{roi}");
        let number = |key: &str| {
            roi[key]
                .as_f64()
                .unwrap_or_else(|| panic!("{key} in {roi}"))
        };
        let mask = number("mask_ml");
        let told = target["volume_ml"].as_f64().unwrap();
        assert!(
            (mask / told - 1.0).abs() < 1e-4,
            "report says {told}: {roi}"
        );
        assert!((number("polygon_ml") / mask - 1.0).abs() < 0.005, "{roi}");
        if mask >= LARGE_ENOUGH_ML {
            let is_ptv = target["kind"] == "PTV";
            let least = if is_ptv { 0.98 } else { 0.97 };
            assert!(number("plastimatch_dice") >= least, "{roi}");
            assert!(number("python_dice") >= least, "{roi}");
        }
    }
}

/// rt-utils and DicomRTTool rebuild the PTVs from the outlines, on pixels that are finer than the
/// CT's.
///
/// Both fill every pixel that an outline runs through, half a pixel more on each side than centres
/// alone would. That is theirs and not the outline's, and the finer the pixels, the less it is.
fn check_fine(study: &Path, ct: &Path, readers: &[&str]) {
    let readers_as_paths = readers.iter().map(Path::new);
    let arguments: Vec<&Path> = [study, ct].into_iter().chain(readers_as_paths).collect();
    let Some(checked) = check_script("check_rtstruct_fine.py", &arguments) else {
        return;
    };
    let targets = report(study)["targets"].as_array().unwrap().clone();
    let ptvs = targets.iter().filter(|target| target["kind"] == "PTV");
    let rois = checked["rois"].as_array().unwrap();
    assert_eq!(rois.len(), ptvs.clone().count());
    for (roi, ptv) in rois.iter().zip(ptvs) {
        assert_eq!(roi["name"], ptv["name"]);
        assert!(roi["finer"].as_u64().unwrap() >= 4, "{roi}");
        for reader in readers {
            let dice = roi[format!("{reader}_dice")].as_f64().unwrap();
            assert!(dice >= 0.98, "{reader}: {roi}");
        }
    }
}

#[test]
fn foreign_readers_rebuild_our_masks() {
    let folder = tempfile::tempdir().unwrap();
    let scan = phantom(&folder.path().join("scan"), &[]);
    let study = run(&scan, &folder.path().join("out"));
    check_rtstruct(&study, &scan.join("CT"));
    check_fine(&study, &scan.join("CT"), &["rt_utils", "dicomrttool"]);
}

/// On pixels of 3.2 mm the PTVs are large enough for it, too.
#[test]
fn foreign_readers_rebuild_the_ptvs_of_the_shipped_scan() {
    if !has_program("plastimatch") {
        return;
    }
    let out = tempfile::tempdir().unwrap();
    let study = run(&fixture(), out.path());
    let Some(checked) = check_script("check_rtstruct.py", &[&study, &fixture().join("CT")]) else {
        return;
    };
    let rois = checked["rois"].as_array().unwrap();
    let ptvs = rois
        .iter()
        .filter(|r| r["name"].as_str().unwrap().starts_with("PTV"));
    // Four boosts, the pelvic nodes and the bed.
    assert_eq!(ptvs.clone().count(), 6);
    for ptv in ptvs {
        for key in ["plastimatch", "python"] {
            let dice = ptv[format!("{key}_dice")].as_f64().unwrap();
            assert!(dice >= 0.98, "{key}: {ptv}");
        }
    }
    check_fine(&study, &fixture().join("CT"), &["rt_utils", "dicomrttool"]);
}

/// A pelvis with CT pixels of 1 mm, as planners have them: on the 4 mm of the shipped scan, readers
/// that round in their own way differ by a voxel in twenty.
fn phantom(scan: &Path, options: &[&str]) -> PathBuf {
    let mut phantom = isoboost();
    phantom
        .args(["phantom", "pelvis", "--scenario", "bed-node", "--seed", "3"])
        .args(options);
    succeed(phantom.arg("--out").arg(scan));
    scan.to_path_buf()
}

/// The same on axes that are oblique in all three directions, and the label maps' places.
#[test]
fn an_oblique_study_stays_in_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let scan = phantom(&folder.path().join("scan"), &["--oblique"]);
    let study = run(&scan, &folder.path().join("out"));
    check_rtstruct(&study, &scan.join("CT"));
    // DicomRTTool takes slices by their height.
    check_fine(&study, &scan.join("CT"), &["rt_utils"]);
    check_places(&study, &scan);
}

/// Label maps read by nibabel and SimpleITK lie where the report and the truth have the lesions.
fn check_places(study: &Path, scan: &Path) {
    let Some(found) = check_script("check_nifti.py", &[study, scan]) else {
        return;
    };
    let lesions = report(study)["lesions"].as_array().unwrap().clone();
    for reader in ["nibabel", "simpleitk"] {
        for lesion in &lesions {
            let id = lesion["id"].to_string();
            let place = &found[reader][&id];
            for axis in 0..3 {
                let (a, b) = (place[axis].as_f64(), lesion["centroid_mm"][axis].as_f64());
                let apart = (a.unwrap() - b.unwrap()).abs();
                assert!(
                    apart < 0.01,
                    "{reader}, lesion {id}: {place}, report {lesion}"
                );
            }
        }
    }
    // Each lesion of the truth file, which the phantom wrote by itself, overlaps one of ours.
    let overlaps = found["truth_overlaps"].as_array().unwrap();
    assert!(!overlaps.is_empty());
    assert!(
        overlaps.iter().all(|o| o["voxels"].as_u64().unwrap() > 0),
        "{overlaps:?}"
    );
}

#[test]
fn label_maps_lie_on_the_lesions_left_and_right() {
    let out = tempfile::tempdir().unwrap();
    let study = run(&fixture(), out.path());
    check_places(&study, &fixture());
}

/// Another program's structure set and label map as the anatomy of a run.
#[test]
fn organs_of_another_patient_are_refused() {
    let out = tempfile::tempdir().unwrap();
    let Some(labels) =
        isoboost_tests::shared_data("totalsegmentator-example/example_seg_fast_force_split.nii.gz")
    else {
        return;
    };
    let mut command = isoboost();
    command
        .arg("run")
        .arg(fixture())
        .arg("--out")
        .arg(out.path())
        .arg("--labels")
        .arg(labels);
    let (code, stdout, stderr) = finish(command.arg("--json"));
    // Either they lie elsewhere and are refused, or they overlap by chance and are recorded.
    let told: Value = serde_json::from_str(&stdout).unwrap_or(Value::Null);
    assert!(
        code == 1 || told["studies"][0]["status"] == "done",
        "{stderr}"
    );
}
