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
