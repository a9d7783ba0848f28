//! A study with a planning CT that is opened again is what the batch left.

use std::path::Path;

use isoboost_tests::reopened::check_reopened;
use isoboost_tests::{check_script, only_study, report};

use crate::structures::drawn_plan;
use crate::study::{SCANS, run};

#[test]
fn aligned_automatically() {
    let out = tempfile::tempdir().unwrap();
    let (code, said) = run(out.path(), &[&"--planning-ct", &SCANS.planning_ct()]);
    assert_eq!(code, 0, "{said}");
    let study = only_study(out.path());
    assert_eq!(report(&study)["planning_ct"]["how"], "automatic");
    check_reopened(&study);
}

#[test]
fn in_the_frame_of_reference_of_the_pet() {
    let out = tempfile::tempdir().unwrap();
    let ct = SCANS.pet_ct().join("CT");
    let (code, said) = run(out.path(), &[&"--planning-ct", &ct]);
    assert_eq!(code, 0, "{said}");
    let study = only_study(out.path());
    let how = &report(&study)["planning_ct"]["how"];
    assert_eq!(*how, "same_frame_of_reference");
    check_reopened(&study);
}

#[test]
fn by_a_registration_object() {
    let objects = tempfile::tempdir().unwrap();
    let Some(file) = crate::registration(objects.path(), true, "PLANNED-1") else {
        return;
    };
    let out = tempfile::tempdir().unwrap();
    let arguments: [&dyn AsRef<std::ffi::OsStr>; 4] = [
        &"--planning-ct",
        &SCANS.planning_ct(),
        &"--registration",
        &file,
    ];
    let (code, said) = run(out.path(), &arguments);
    assert_eq!(code, 0, "{said}");
    let study = only_study(out.path());
    assert_eq!(report(&study)["planning_ct"]["how"], "registration_object");
    check_reopened(&study);
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
    let arguments: [&dyn AsRef<std::ffi::OsStr>; 6] = [
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
