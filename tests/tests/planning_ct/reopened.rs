//! A study with a planning CT that is opened again is what the batch left.

use std::ffi::OsStr;
use std::path::Path;

use isoboost_tests::reopened::check_reopened;
use isoboost_tests::{check_script, only_study, report};

use crate::structures::drawn_plan;
use crate::study::{SCANS, run};

/// Runs the PET/CT with a planning CT, and opens what comes of it again.
fn check(how: &str, arguments: &[&dyn AsRef<OsStr>]) {
    let out = tempfile::tempdir().unwrap();
    let (code, said) = run(out.path(), arguments);
    assert_eq!(code, 0, "{said}");
    let study = only_study(out.path());
    assert_eq!(report(&study)["planning_ct"]["how"], how);
    check_reopened(&study);
}

#[test]
fn aligned_automatically() {
    check("automatic", &[&"--planning-ct", &SCANS.planning_ct()]);
}

#[test]
fn in_the_frame_of_reference_of_the_pet() {
    let ct = SCANS.pet_ct().join("CT");
    check("same_frame_of_reference", &[&"--planning-ct", &ct]);
}

#[test]
fn by_a_registration_object() {
    let objects = tempfile::tempdir().unwrap();
    let Some(file) = crate::registration(objects.path(), true, "PLANNED-1") else {
        return;
    };
    check(
        "registration_object",
        &[
            &"--planning-ct",
            &SCANS.planning_ct(),
            &"--registration",
            &file,
        ],
    );
}

/// The structures of the planning CT are organs and its bed the elective volume; the dose of a base
/// plan lies on it.
#[test]
fn with_its_structures_and_the_dose_of_a_plan_on_it() {
    let folder = tempfile::tempdir().unwrap();
    let Some((planning, _)) = drawn_plan(folder.path()) else {
        return;
    };
    let dose = folder.path().join("dose");
    let arguments = [Path::new("beside"), &planning, &dose];
    check_script("dose_case.py", &arguments).unwrap();
    let out = folder.path().join("out");
    let arguments: [&dyn AsRef<OsStr>; 6] = [
        &"--planning-ct",
        &planning,
        &"--dose",
        &dose,
        &"--dose-fractions",
        &"33",
    ];
    let (code, said) = run(&out, &arguments);
    assert_eq!(code, 0, "{said}");
    let study = only_study(&out);
    let report = report(&study);
    assert_eq!(report["isotoxic"]["basis"], "base_dose");
    assert_eq!(report["isotoxic"]["doses"][0]["fractions"], 33);
    assert!(
        report["planning_ct"]["organs"]
            .to_string()
            .contains("Rectum")
    );
    check_reopened(&study);
}
