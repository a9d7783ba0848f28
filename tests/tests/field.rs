//! The pelvic field from a scan to its files.

use std::path::{Path, PathBuf};
use std::process::Command;

use isoboost_tests::{check_script, has_program, isoboost, only_study, report, succeed, workspace};
use serde_json::Value;

/// Landmarks of the small phantoms, whose CT has voxels of 2 to 4 mm, lie this near to the truth.
const LANDMARK_MM: f64 = 12.0;
/// Jaws are rounded to 0.1 mm.
const JAW_MM: f64 = 0.051;

fn fixture() -> PathBuf {
    workspace().join("fixtures/pelvis-bed-node")
}

fn run(input: &Path, folder: &Path, config: &str) -> PathBuf {
    let file = folder.join("isoboost.toml");
    std::fs::write(&file, config).unwrap();
    let out = folder.join("out");
    let mut run = isoboost();
    run.arg("run").arg(input).arg("--out").arg(&out);
    succeed(run.arg("--config").arg(&file));
    only_study(&out)
}

fn truth_of(scan: &Path, name: &str) -> [f64; 3] {
    let text = std::fs::read_to_string(scan.join("truth.json")).unwrap();
    let truth: Value = serde_json::from_str(&text).unwrap();
    let mut landmarks = truth["landmarks"].as_array().unwrap().iter();
    let found = landmarks.find(|l| l["name"] == name).unwrap();
    point(&found["position_mm"])
}

fn point(value: &Value) -> [f64; 3] {
    [0, 1, 2].map(|n| value[n].as_f64().unwrap())
}

fn border(report: &Value, side: &str) -> Value {
    let mut borders = report["field"]["borders"].as_array().unwrap().iter();
    borders.find(|b| b["side"] == side).unwrap().clone()
}

#[track_caller]
fn assert_near(report: &Value, side: &str, expected: f64) {
    let found = border(report, side)["position_mm"].as_f64().unwrap();
    let off = (found - expected).abs();
    println!("{side}: {off:.1} mm off");
    assert!(off < LANDMARK_MM, "{side}: {found}, expected {expected}");
}

/// The written objects by dciodvfy and pydicom: no error, the report's jaws, the landmarks on the
/// edges, the drawn field within all beams.
fn check_objects(study: &Path) {
    if has_program("dciodvfy") {
        for file in ["rtplan.dcm", "rtstruct.dcm"] {
            let output = Command::new("dciodvfy")
                .arg("-new")
                .arg(study.join(file))
                .output()
                .unwrap();
            let text = String::from_utf8_lossy(&output.stderr).into_owned()
                + &String::from_utf8_lossy(&output.stdout);
            assert!(!text.lines().any(|l| l.starts_with("Error")), "{text}");
        }
    }
    let Some(told) = check_script("check_field.py", &[study]) else {
        return;
    };
    assert!(told["plan_from_report"].as_f64().unwrap() < 1e-6, "{told}");
    for (side, error) in told["border_errors_mm"].as_object().unwrap() {
        assert!(error.as_f64().unwrap() <= JAW_MM, "{side}: {told}");
    }
    assert_eq!(told["border_errors_mm"].as_object().unwrap().len(), 6);
    assert_eq!(told["position"], "HFS");
    assert_eq!(told["position"], told["told_position"]);
    assert_eq!(told["gantry"], serde_json::json!([0.0, 180.0, 90.0, 270.0]));
    for pair in told["names"].as_array().unwrap() {
        assert_eq!(pair[0], pair[1]);
    }
    assert_eq!(
        told["rois"].as_array().unwrap().last().unwrap(),
        "Field_Pelvis"
    );
    assert_eq!(told["field_type"], "CONTROL");
    let description = told["field_description"].as_str().unwrap();
    assert!(
        description.contains("posterior: level S2/S3"),
        "{description}"
    );
    assert_eq!(told["structures_match"], true);
    assert_eq!(told["frames_match"], true);
    assert_eq!(told["series"][1], "UNAPPROVED");
    // Contours run between the centres of voxels, on the border to a fraction of a pixel.
    let outside = told["contour_outside_mm"].as_f64().unwrap();
    assert!(outside < 1.0, "{told}");
    assert!(told["contours"].as_u64().unwrap() > 20);
}

fn check_pictures(study: &Path) {
    for name in ["drr-ap.png", "drr-lateral.png"] {
        let bytes = std::fs::read(study.join("images").join(name)).unwrap();
        assert!(
            bytes.starts_with(b"\x89PNG") && bytes.len() > 10_000,
            "{name}"
        );
    }
}

#[test]
fn a_pelvis_with_nodes_has_a_field_in_all_files() {
    let folder = tempfile::tempdir().unwrap();
    let config = "[planning.field]\nplan = true\nmachine = \"LINAC_1\"\n";
    let study = run(&fixture(), folder.path(), config);
    let report = report(&study);
    let field = &report["field"];
    assert_eq!(field["source_axis_mm"], 1000.0);
    assert_eq!(field["beams"].as_array().unwrap().len(), 4);
    // The fixture has a common iliac node, so that the field ends above it.
    let top = report["recommendation"]["pelvis_top"].as_str().unwrap();
    assert_ne!(top, "l5_s1");
    let target = report["targets"].as_array().unwrap().last().unwrap();
    assert_eq!(
        (&target["kind"], &target["name"]),
        (&"FIELD".into(), &"Field_Pelvis".into())
    );
    let ml = target["volume_ml"].as_f64().unwrap();
    assert!((2000.0..6000.0).contains(&ml), "{ml}");
    let front = truth_of(&fixture(), "symphysis_top")[1];
    // The phantom's pubic bone reaches 10 mm before the middle of the joint.
    assert_near(&report, "anterior", front - 11.0);
    check_objects(&study);
    check_pictures(&study);
    // The field is no target of the isotoxic check, and it has no dose.
    assert_eq!(target["dose_gy"], Value::Null);
    let again = tempfile::tempdir().unwrap();
    let second = run(&fixture(), again.path(), config);
    for file in [
        "rtplan.dcm",
        "rtstruct.dcm",
        "images/drr-ap.png",
        "images/drr-lateral.png",
    ] {
        let [a, b] = [&study, &second].map(|s| std::fs::read(s.join(file)).unwrap());
        assert!(a == b, "{file} differs between runs");
    }
}

/// A man of usual height whose landmarks the phantom knows, with one node.
#[test]
fn borders_of_a_torso_lie_at_its_landmarks() {
    let folder = tempfile::tempdir().unwrap();
    let patient = folder.path().join("patient.toml");
    let lesion = "field = \"pelvis\"\n[[lesion]]\nsite = \"external-iliac\"\n\
                  diameter-mm = 12\ncontrast = 8\n";
    std::fs::write(&patient, lesion).unwrap();
    let scan = folder.path().join("scan");
    let mut phantom = isoboost();
    phantom.args(["phantom", "torso", "--size", "small", "--patient"]);
    succeed(phantom.arg(&patient).arg("--out").arg(&scan));
    let study = run(&scan, folder.path(), "planning.field.plan = true\n");
    let report = report(&study);
    assert_eq!(report["recommendation"]["pelvis_top"], "l5_s1");
    let of = |name: &str| truth_of(&scan, name);
    assert_near(&report, "superior", of("promontory")[2]);
    assert_near(&report, "inferior", of("obturator_foramen_bottom_left")[2]);
    assert_near(&report, "posterior", of("sacrum_s2_s3")[1]);
    let front = of("symphysis_top")[1];
    assert_near(&report, "anterior", front - 11.0);
    // The inner wall at the phantom's arcuate line is 69 mm from the midline.
    let heads = [of("femoral_head_left")[0], of("femoral_head_right")[0]];
    let midline = f64::midpoint(heads[0], heads[1]);
    let wall = (heads[0] - midline) * 69.0 / 86.0 + 20.0;
    assert_near(&report, "left", midline + wall);
    assert_near(&report, "right", midline - wall);
    check_objects(&study);
    check_pictures(&study);
}

/// Nothing is drawn where no radiotherapy of the pelvis is suggested, and nothing is complained of.
#[test]
fn a_negative_scan_has_no_field() {
    let folder = tempfile::tempdir().unwrap();
    let scan = folder.path().join("scan");
    let mut phantom = isoboost();
    phantom.args([
        "phantom",
        "pelvis",
        "--scenario",
        "negative",
        "--size",
        "fixture",
    ]);
    succeed(phantom.arg("--out").arg(&scan));
    let study = run(&scan, folder.path(), "planning.field.plan = true\n");
    let report = report(&study);
    assert_eq!(report["field"], Value::Null);
    assert_eq!(
        warnings_of(&report, "no-pelvic-field"),
        Vec::<String>::new()
    );
    assert!(!study.join("rtplan.dcm").exists());
    assert!(!study.join("images/drr-ap.png").exists());
}

fn warnings_of(report: &Value, code: &str) -> Vec<String> {
    let all = report["warnings"].as_array().unwrap().iter();
    let named = all.filter(|w| w["code"] == code);
    named
        .map(|w| w["text"].as_str().unwrap().to_owned())
        .collect()
}

/// The fixture with a CT that ends above the obturator foramina.
fn without_lower_ct(folder: &Path) -> PathBuf {
    let scan = folder.join("scan");
    for part in ["CT", "PT"] {
        let from = fixture().join(part);
        std::fs::create_dir_all(scan.join(part)).unwrap();
        let mut files: Vec<PathBuf> = std::fs::read_dir(&from)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        files.sort();
        // The slices run to the head: without 31 of 4 mm the CT ends 46 mm below the centres of the
        // femoral heads, and the lower edges of the foramina lie 63 mm below them.
        let first = if part == "CT" { 31 } else { 0 };
        for file in &files[first..] {
            std::fs::copy(file, scan.join(part).join(file.file_name().unwrap())).unwrap();
        }
    }
    scan
}

#[test]
fn a_missing_landmark_is_told_and_no_field_drawn() {
    let folder = tempfile::tempdir().unwrap();
    let scan = without_lower_ct(folder.path());
    let study = run(&scan, folder.path(), "planning.field.plan = true\n");
    let report = report(&study);
    let suggested = report["recommendation"]["intensification"]
        .as_array()
        .unwrap();
    assert!(suggested.contains(&"pelvic_rt".into()), "{suggested:?}");
    assert_eq!(report["field"], Value::Null);
    let told = warnings_of(&report, "no-pelvic-field");
    assert_eq!(told.len(), 1, "{}", report["warnings"]);
    assert!(
        told[0].starts_with("the pelvic field is not drawn: its "),
        "{told:?}"
    );
    assert!(told[0].contains("border has no landmark"), "{told:?}");
    let names: Vec<&Value> = report["targets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|t| &t["kind"])
        .collect();
    assert!(!names.contains(&&Value::from("FIELD")));
    assert!(!study.join("rtplan.dcm").exists());
    assert!(!study.join("images/drr-ap.png").exists());
}

#[test]
fn the_field_can_be_switched_off_and_its_settings_are_checked() {
    let folder = tempfile::tempdir().unwrap();
    let study = run(
        &fixture(),
        folder.path(),
        "planning.field.enabled = false\n",
    );
    let report = report(&study);
    assert_eq!(report["field"], Value::Null);
    assert_eq!(
        warnings_of(&report, "no-pelvic-field"),
        Vec::<String>::new()
    );
    let bad = folder.path().join("bad.toml");
    std::fs::write(&bad, "planning.field.lateral-mm = 70\n").unwrap();
    let (code, _, stderr) =
        isoboost_tests::finish(isoboost().args(["config", "--check"]).arg(&bad));
    assert_ne!(code, 0);
    let named = "planning.field.lateral-mm is 70, expected -20 to 50";
    assert!(stderr.contains(named), "{stderr}");
}
