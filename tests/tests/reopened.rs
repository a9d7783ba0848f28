//! A study that is opened again for review is what the batch left, whatever was handed in with it
//! and from wherever: paths on the command line are relative to the folder that it was run in.

use std::fs;
use std::path::{Path, PathBuf};

use isoboost_tests::reopened::check_reopened;
use isoboost_tests::{check_script, isoboost, only_study, report, succeed, workspace};

fn fixture() -> PathBuf {
    workspace().join("fixtures/pelvis-bed-node")
}

/// Runs in a folder with results in `out` there; the study's result folder.
fn run_in(folder: &Path, scan: &Path, arguments: &[&str]) -> PathBuf {
    let mut run = isoboost();
    run.current_dir(folder).arg("run").arg(scan);
    succeed(run.args(["--out", "out"]).args(arguments));
    only_study(&folder.join("out"))
}

#[test]
fn with_contours_of_organs_and_two_doses() {
    let folder = tempfile::tempdir().unwrap();
    for case in ["base", "intensified"] {
        let case = folder.path().join(case);
        let arguments = [Path::new("phantom"), &fixture(), &case];
        if check_script("dose_case.py", &arguments).is_none() {
            return;
        }
    }
    let organs = ["--structures", "base/structures.dcm"];
    let study = run_in(folder.path(), &fixture(), &organs);
    let text = report(&study).to_string();
    assert!(text.contains("contours of `Bag_Bowel`"), "not imported");
    check_reopened(&study);

    let doses = ["--dose", "base", "intensified/dose.dcm"];
    let arguments = [&organs[..], &doses, &["--dose-fractions", "30"]].concat();
    let study = run_in(folder.path(), &fixture(), &arguments);
    let report = report(&study);
    assert_eq!(report["isotoxic"]["basis"], "two_doses");
    assert_eq!(report["isotoxic"]["doses"][0]["fractions"], 30);
    check_reopened(&study);
}

#[test]
fn with_limits_of_organs_and_a_policy_of_the_department() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let policy = succeed(isoboost().args(["config", "--policy"]));
    let policy = policy.replacen("\nlesions = 5\n", "\nlesions = 2\n", 1);
    fs::write(at("ours.toml"), policy).unwrap();
    let limits = workspace().join("crates/planning/constraints/default.toml");
    fs::copy(limits, at("limits.toml")).unwrap();
    let config = "planning.policy-file = \"ours.toml\"\n\
                  planning.isotoxic.constraints = \"limits.toml\"\n\
                  planning.field.plan = true\n";
    fs::write(at("isoboost.toml"), config).unwrap();
    let study = run_in(folder.path(), &fixture(), &["--config", "isoboost.toml"]);
    let limit = &report(&study)["recommendation"]["facts"]["limit"];
    assert_eq!(*limit, 2);
    // What the department changes later is not the suggestion's.
    fs::remove_file(at("ours.toml")).unwrap();
    fs::remove_file(at("limits.toml")).unwrap();
    check_reopened(&study);
}

#[test]
fn with_a_clinical_file_and_facts_of_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("facts.csv");
    let columns = "patient_id,psa,psa_date,prior_pelvic_rt,hormone_therapy,egfr,weight_kg,height_m,\
                   sex,injected_dose_mbq,injected_at";
    let facts = "0.37,2024-02-28,no,yes,61.5,81.3,1.79,M,151.7,2024-03-12 09:00:30.5";
    for (patient, arguments) in [
        ("PELVIS-BED-NODE-7", &[][..]),
        ("PELVIS-BED-NODE-7", &["--weight-kg", "83.1", "--sex", "F"]),
        ("SOMEONE-ELSE", &["--injected-at", "09:00"]),
    ] {
        fs::write(&file, format!("{columns}\n{patient},{facts}\n")).unwrap();
        let arguments = [&["--clinical", "facts.csv"], arguments].concat();
        let study = run_in(folder.path(), &fixture(), &arguments);
        let psa = report(&study)["recommendation"]["facts"]["psa_ng_ml"].clone();
        assert_eq!(psa.as_f64(), (patient != "SOMEONE-ELSE").then_some(0.37));
        // The row is in the result folder; the file may go.
        fs::remove_file(&file).unwrap();
        check_reopened(&study);
    }
}

#[test]
fn with_a_label_map_of_organs() {
    let folder = tempfile::tempdir().unwrap();
    let patient = "field = \"pelvis\"\n[[lesion]]\nsite = \"external-iliac\"\ndiameter-mm = 12\n\
                   contrast = 8\n";
    fs::write(folder.path().join("patient.toml"), patient).unwrap();
    let mut phantom = isoboost();
    phantom.current_dir(folder.path());
    phantom.args(["phantom", "torso", "--size", "small", "--out", "scan"]);
    succeed(phantom.args(["--patient", "patient.toml"]));
    let labels = "scan/organs.nii.gz:scan/organs.txt";
    let study = run_in(folder.path(), Path::new("scan"), &["--labels", labels]);
    let text = report(&study).to_string();
    assert!(text.contains("urinary bladder: drawn as"), "not imported");
    check_reopened(&study);
}

#[test]
fn from_an_archive_and_with_series_that_were_chosen() {
    let folder = tempfile::tempdir().unwrap();
    let archive = fs::File::create(folder.path().join("scan.zip")).unwrap();
    let mut archive = zip::ZipWriter::new(archive);
    for series in ["CT", "PT"] {
        for entry in fs::read_dir(fixture().join(series)).unwrap() {
            let path = entry.unwrap().path();
            let name = format!("{series}/{}", path.file_name().unwrap().display());
            let options = zip::write::SimpleFileOptions::default();
            archive.start_file(name, options).unwrap();
            std::io::Write::write_all(&mut archive, &fs::read(&path).unwrap()).unwrap();
        }
    }
    archive.finish().unwrap();
    let scan = Path::new("scan.zip");
    let study = run_in(folder.path(), scan, &[]);
    check_reopened(&study);
    let uid = report(&study)["pet"]["series_uid"].clone();
    let uid = uid.as_str().unwrap().to_owned();
    let arguments = ["--pet-series", &uid, "--assume-aligned"];
    check_reopened(&run_in(folder.path(), scan, &arguments));
}
