//! Policies, clinical files and cohorts on the command line.

use std::fs;
use std::path::{Path, PathBuf};

use isoboost_tests::{finish, isoboost, only_study, report, succeed, workspace};

fn fixture() -> PathBuf {
    workspace().join("fixtures/pelvis-bed-node")
}

/// The default policy with one text in place of another, as a file.
fn policy(folder: &Path, old: &str, new: &str) -> PathBuf {
    let text = succeed(isoboost().args(["config", "--policy"]));
    assert!(text.contains(old), "{old}");
    let path = folder.join("ours.toml");
    fs::write(&path, text.replacen(old, new, 1)).unwrap();
    path
}

/// SHA-256 of a file by another program.
fn sha256sum(path: &Path) -> String {
    let text = succeed(std::process::Command::new("sha256sum").arg(path));
    text.split_whitespace().next().unwrap().to_owned()
}

#[test]
fn a_department_follows_its_own_policy_by_option_and_by_configuration() {
    let folder = tempfile::tempdir().unwrap();
    // The fixture has three nodes.
    let ours = policy(folder.path(), "\nlesions = 5\n", "\nlesions = 2\n");
    let config = folder.path().join("isoboost.toml");
    fs::write(&config, "planning.policy-file = \"ours.toml\"\n").unwrap();
    for (name, option, file) in [
        ("by-option", "--policy", &ours),
        ("by-config", "--config", &config),
    ] {
        let out = folder.path().join(name);
        let mut run = isoboost();
        run.arg("run").arg(fixture()).arg("--out").arg(&out);
        succeed(run.arg(option).arg(file));
        let report = report(&only_study(&out));
        let recommendation = &report["recommendation"];
        assert_eq!(recommendation["intensification"][0], "systemic", "{name}");
        assert_eq!(recommendation["facts"]["limit"], 2);
        let because = "counted 3 (beyond the limit of 2)";
        assert_eq!(recommendation["rules"][0]["because"][0], because);
        assert_eq!(recommendation["policy"]["name"], "psma-guided-salvage");
        assert_eq!(recommendation["policy"]["sha256"], sha256sum(&ours));
        assert_eq!(report["stage"]["pattern"], "polymetastatic");
    }
    let stderr = finish(isoboost().args(["config", "--check"]).arg(&config)).2;
    assert!(stderr.contains(&sha256sum(&ours)), "{stderr}");
}

#[test]
fn another_policy_or_fact_makes_the_result_anew() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let facts = folder.path().join("facts.toml");
    let run = |arguments: &[&Path]| {
        let mut run = isoboost();
        run.arg("run").arg(fixture()).arg("--out").arg(&out);
        succeed(run.args(arguments));
        report(&only_study(&out))["provenance"]["fingerprint"].clone()
    };
    let first = run(&[]);
    assert_eq!(run(&[]), first);
    fs::write(
        &facts,
        "[[patient]]\npatient-id = \"PELVIS-BED-NODE-7\"\npsa = 0.2\n",
    )
    .unwrap();
    let clinical = ["--clinical".as_ref(), facts.as_path()];
    let with_facts = run(&clinical);
    assert_ne!(with_facts, first);
    let ours = policy(folder.path(), "version = \"1.0\"", "version = \"1.1\"");
    let other = run(&["--policy".as_ref(), ours.as_path()]);
    assert!(other != first && other != with_facts);
}

#[test]
fn a_policy_that_cannot_be_used_is_refused_before_anything_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let wrong = policy(folder.path(), "total-gy = 70.0", "total-gy = 7000.0");
    let out = folder.path().join("out");
    let mut run = isoboost();
    run.arg("run").arg(fixture()).arg("--out").arg(&out);
    let (code, _, stderr) = finish(run.arg("--policy").arg(&wrong));
    assert_eq!(code, 2, "{stderr}");
    assert!(stderr.contains("ours.toml` is not usable"), "{stderr}");
    assert!(
        stderr.contains("total-gy is 7000, expected above 0 to 100"),
        "{stderr}"
    );
    assert!(!out.exists());
    // Checked alone, and through the configuration that names it.
    let config = folder.path().join("isoboost.toml");
    fs::write(&config, "planning.policy-file = \"ours.toml\"\n").unwrap();
    for file in [&wrong, &config] {
        let (code, _, stderr) = finish(isoboost().args(["config", "--check"]).arg(file));
        assert_eq!(code, 2);
        assert!(stderr.contains("total-gy is 7000"), "{stderr}");
    }
}

#[test]
fn a_key_of_former_configurations_says_where_it_went() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("isoboost.toml");
    fs::write(&config, "[planning.node]\ndose-gy = 60.0\n").unwrap();
    let (code, _, stderr) = finish(isoboost().args(["config", "--check"]).arg(&config));
    assert_eq!(code, 2);
    assert!(
        stderr.contains("planning.node has moved to the policy file"),
        "{stderr}"
    );
    assert!(stderr.contains("line 1"), "{stderr}");
}

#[test]
fn the_printed_policy_checks_and_its_schema_is_the_one_in_the_repository() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("policy.toml");
    fs::write(&path, succeed(isoboost().args(["config", "--policy"]))).unwrap();
    succeed(isoboost().args(["config", "--check"]).arg(&path));
    let printed = succeed(isoboost().args(["config", "--policy-schema"]));
    let stored = workspace().join("crates/planning/policy/policy.schema.json");
    assert_eq!(printed, fs::read_to_string(stored).unwrap());
}

#[test]
fn a_clinical_file_with_an_error_stops_the_run_and_names_no_patient() {
    let folder = tempfile::tempdir().unwrap();
    let facts = folder.path().join("facts.csv");
    fs::write(&facts, "patient_id,psa\nSECRET-7,0.2\nSECRET-7,0.3\n").unwrap();
    let out = folder.path().join("out");
    let mut run = isoboost();
    run.arg("run").arg(fixture()).arg("--out").arg(&out);
    let (code, _, stderr) = finish(run.arg("--clinical").arg(&facts));
    assert_eq!(code, 2, "{stderr}");
    assert!(
        stderr.contains("line 3 has the same patient_id as line 2"),
        "{stderr}"
    );
    assert!(!stderr.contains("SECRET"), "{stderr}");
    assert!(!out.exists());
}

#[test]
fn a_cohort_of_nothing_is_exit_code_3_and_a_foreign_report_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let (code, stdout, _) = finish(isoboost().arg("cohort").arg(folder.path()));
    assert_eq!((code, stdout.as_str()), (3, ""));
    let (code, _, stderr) = finish(isoboost().arg("cohort").arg(folder.path().join("none")));
    assert_eq!(code, 2, "{stderr}");
    let study = folder.path().join("study");
    fs::create_dir(&study).unwrap();
    fs::write(study.join("report.json"), "{}").unwrap();
    let (code, _, stderr) = finish(isoboost().arg("cohort").arg(folder.path()));
    assert_eq!(code, 1);
    assert!(
        stderr.contains("study/report.json: not a report"),
        "{stderr}"
    );
}
