//! The crates depend on one another only as the table in ARCHITECTURE.md allows.

use std::collections::BTreeMap;
use std::process::Command;

use isoboost_tests::{succeed, workspace};

const LEFT_OF_STAGING: &[&str] = &["volume", "lesion", "anatomy"];
const LEFT_OF_PLANNING: &[&str] = &["volume", "lesion", "anatomy", "staging"];
const LEFT_OF_REPORT: &[&str] = &["volume", "suv", "lesion", "anatomy", "staging", "planning"];
const LEFT_OF_PIPELINE: &[&str] = &[
    "volume", "suv", "dicom", "lesion", "anatomy", "staging", "planning", "report",
];

const LEFT_OF_REVIEW: &[&str] = &[
    "volume", "suv", "dicom", "lesion", "anatomy", "staging", "planning", "report", "pipeline",
];

/// What each crate may use in its build (tests may use more).
fn allowed() -> BTreeMap<&'static str, &'static [&'static str]> {
    BTreeMap::from([
        ("volume", &[] as &[&str]),
        ("suv", &[]),
        ("dicom", &["volume", "suv"]),
        ("lesion", &["volume"]),
        ("anatomy", &["volume"]),
        ("staging", LEFT_OF_STAGING),
        ("planning", LEFT_OF_PLANNING),
        ("report", LEFT_OF_REPORT),
        ("pipeline", LEFT_OF_PIPELINE),
        ("review", LEFT_OF_REVIEW),
        ("phantom", &["volume"]),
    ])
}

fn packages() -> Vec<serde_json::Value> {
    let metadata = succeed(
        Command::new(env!("CARGO"))
            .args([
                "metadata",
                "--no-deps",
                "--format-version",
                "1",
                "--offline",
            ])
            .current_dir(workspace()),
    );
    let metadata: serde_json::Value = serde_json::from_str(&metadata).unwrap();
    metadata["packages"].as_array().unwrap().clone()
}

/// Names of the dependencies that a package is built with.
fn build_dependencies(package: &serde_json::Value) -> Vec<String> {
    let dependencies = package["dependencies"].as_array().unwrap();
    dependencies
        .iter()
        .filter(|d| d["kind"].is_null())
        .map(|d| d["name"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn arrows_between_crates_go_one_way() {
    let allowed = allowed();
    let mut seen = 0;
    for package in packages() {
        let name = package["name"].as_str().unwrap();
        let Some(may_use) = name.strip_prefix("isoboost-").and_then(|n| allowed.get(n)) else {
            continue;
        };
        seen += 1;
        for dependency in build_dependencies(&package) {
            if let Some(ours) = dependency.strip_prefix("isoboost-") {
                assert!(may_use.contains(&ours), "{name} must not use {dependency}");
            }
        }
    }
    assert_eq!(seen, allowed.len(), "a crate is missing or new");
}

#[test]
fn only_dicom_and_phantom_know_a_dicom_library() {
    for package in packages() {
        let name = package["name"].as_str().unwrap();
        if ["isoboost-dicom", "isoboost-phantom"].contains(&name) {
            continue;
        }
        for dependency in build_dependencies(&package) {
            assert!(
                !dependency.starts_with("dicom"),
                "{name} must not use {dependency}"
            );
        }
    }
}

#[test]
fn no_source_file_is_longer_than_a_thousand_lines() {
    let mut folders = vec![workspace().join("crates"), workspace().join("tests")];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                files += 1;
                let text = std::fs::read_to_string(&path).unwrap();
                let own = text.split("#[cfg(test)]\nmod tests").next().unwrap();
                assert!(
                    own.lines().count() <= 1000,
                    "{} is too long",
                    path.display()
                );
            }
        }
    }
    assert!(files > 50, "only {files} files seen");
}
