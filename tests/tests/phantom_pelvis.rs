//! Every built-in scenario of the pelvis phantom, at three seeds of the noise: found, classified,
//! and the recommendation that the truth has.

use std::path::Path;

use isoboost_tests::{isoboost, only_study, report, succeed};
use serde_json::Value;

const SCENARIOS: [&str; 6] = [
    "negative",
    "bed",
    "node",
    "bed-node",
    "bone",
    "polymetastatic",
];
const SEEDS: [&str; 3] = ["1", "2", "3"];

fn study_of(scenario: &str, seed: &str, folder: &Path) -> (Value, Value) {
    let scan = folder.join("scan");
    let mut phantom = isoboost();
    phantom.args(["phantom", "pelvis", "--scenario", scenario, "--seed", seed]);
    succeed(phantom.args(["--size", "small", "--out"]).arg(&scan));
    let out = folder.join("out");
    succeed(isoboost().arg("run").arg(&scan).arg("--out").arg(&out));
    let truth = std::fs::read_to_string(scan.join("truth.json")).unwrap();
    (
        serde_json::from_str(&truth).unwrap(),
        report(&only_study(&out)),
    )
}

fn point(value: &Value) -> [f64; 3] {
    [0, 1, 2].map(|n| value[n].as_f64().unwrap())
}

fn distance(a: [f64; 3], b: [f64; 3]) -> f64 {
    (0..3).map(|n| (a[n] - b[n]).powi(2)).sum::<f64>().sqrt()
}

fn check(scenario: &str) {
    for seed in SEEDS {
        let folder = tempfile::tempdir().unwrap();
        let (truth, report) = study_of(scenario, seed, folder.path());
        let case = format!("{scenario}, seed {seed}");
        let found = report["lesions"].as_array().unwrap();
        let expected = truth["lesions"].as_array().unwrap();
        for lesion in expected {
            let center = point(&lesion["centre_mm"]);
            let radius = lesion["diameter_mm"].as_f64().unwrap() / 2.0;
            let ours = found
                .iter()
                .find(|f| distance(point(&f["centroid_mm"]), center) < radius.max(5.0));
            let ours = ours.unwrap_or_else(|| panic!("{case}: missed {lesion}; found {found:#?}"));
            assert_eq!(ours["region"], lesion["region"], "{case}: {lesion} {ours}");
        }
        assert_eq!(
            found.len(),
            expected.len(),
            "{case}: false lesions among {found:#?}"
        );
        let excluded = report["excluded"].as_array().unwrap();
        assert!(
            excluded.iter().any(|e| e["reason"] == "urinary_bladder"),
            "{case}: {excluded:#?}"
        );
        assert_eq!(
            report["recommendation"]["intensification"], truth["recommendation"],
            "{case}: {}",
            report["recommendation"]
        );
    }
}

#[test]
fn scenarios_are_the_built_in_ones() {
    let help = succeed(isoboost().args(["phantom", "--help"]));
    assert!(SCENARIOS.iter().all(|s| help.contains(s)), "{help}");
}

#[test]
fn negative() {
    check("negative");
}

#[test]
fn bed() {
    check("bed");
}

#[test]
fn node() {
    check("node");
}

#[test]
fn bed_and_node() {
    check("bed-node");
}

#[test]
fn bone() {
    check("bone");
}

#[test]
fn polymetastatic() {
    check("polymetastatic");
}

#[test]
fn the_uptake_without_the_blur_is_estimated_where_the_blur_is_known() {
    let folder = tempfile::tempdir().unwrap();
    let scan = folder.path().join("scan");
    let mut phantom = isoboost();
    phantom.args(["phantom", "pelvis", "--scenario", "node", "--no-noise"]);
    phantom.args(["--psf-fwhm-mm", "6", "--size", "small", "--out"]);
    succeed(phantom.arg(&scan));
    let config = folder.path().join("config.toml");
    std::fs::write(&config, "lesion.psf-fwhm-mm = 6.0\n").unwrap();
    let out = folder.path().join("out");
    let mut run = isoboost();
    run.arg("run").arg(&scan).arg("--out").arg(&out);
    succeed(run.arg("--config").arg(&config));
    let truth = std::fs::read_to_string(scan.join("truth.json")).unwrap();
    let truth: Value = serde_json::from_str(&truth).unwrap();
    let study = only_study(&out);
    let lesions = report(&study)["lesions"].clone();
    for lesion in lesions.as_array().unwrap() {
        let at = point(&lesion["centroid_mm"]);
        let of = |t: &&Value| distance(point(&t["centre_mm"]), at) < 5.0;
        let expected = truth["lesions"].as_array().unwrap().iter().find(of);
        let expected = expected.unwrap()["suv"].as_f64().unwrap();
        let seen = lesion["suv_max"].as_f64().unwrap();
        let estimate = &lesion["estimated_recovery"];
        assert_eq!(estimate["absent"], Value::Null, "{estimate}");
        assert_eq!(estimate["psf_fwhm_mm"], 6.0);
        let suv = estimate["suv"].as_f64().unwrap();
        // A ball whose volume is drawn: within the 15 % that the estimate states.
        let off = suv / expected - 1.0;
        assert!(off.abs() < 0.15, "{suv} of {expected}, {seen} seen");
    }
    let suv = lesions[0]["estimated_recovery"]["suv"].as_f64().unwrap();
    let table = std::fs::read_to_string(study.join("lesions.csv")).unwrap();
    let last = |line: &str| line.rsplit(',').next().unwrap().to_owned();
    let mut lines = table.lines();
    assert_eq!(
        lines.next().map(last),
        Some("suv_estimated_recovery".to_owned())
    );
    assert_eq!(lines.next().map(last), Some(format!("{suv:.4}")));
}
