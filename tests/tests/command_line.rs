//! The command line as scripts rely on it: exit codes, streams, and errors that help.

use std::fs;

use isoboost_tests::{finish, isoboost, shared_data, succeed};

#[test]
fn wrong_usage_is_exit_code_2() {
    for arguments in [
        vec!["run"],
        vec!["run", "somewhere"],
        vec!["no-such-command"],
        vec!["config"],
        vec!["run", "somewhere", "--out", "x", "--weight-kg", "heavy"],
    ] {
        let (code, stdout, stderr) = finish(isoboost().args(&arguments));
        assert_eq!(code, 2, "{arguments:?}: {stderr}");
        assert!(stdout.is_empty() && !stderr.is_empty());
    }
}

#[test]
fn an_empty_folder_is_exit_code_3_and_leaves_nothing() {
    let inputs = tempfile::tempdir().unwrap();
    fs::write(inputs.path().join("notes.txt"), "not DICOM").unwrap();
    let out = tempfile::tempdir().unwrap();
    let results = out.path().join("results");
    let (code, _, stderr) = finish(
        isoboost()
            .arg("run")
            .arg(inputs.path())
            .arg("--out")
            .arg(&results),
    );
    assert_eq!(code, 3, "{stderr}");
    assert!(stderr.contains("1 file that is not DICOM"), "{stderr}");
    assert!(!results.exists());
}

#[test]
fn an_input_that_is_not_there_is_exit_code_2() {
    let out = tempfile::tempdir().unwrap();
    let missing = out.path().join("missing");
    let (code, _, stderr) = finish(
        isoboost()
            .arg("run")
            .arg(&missing)
            .arg("--out")
            .arg(out.path()),
    );
    assert_eq!(code, 2, "{stderr}");
    assert!(stderr.contains("missing"), "{stderr}");
}

#[test]
fn a_study_without_pet_is_exit_code_3_and_says_what_it_holds() {
    let Some(folder) = shared_data("ct-transfer-syntaxes") else {
        return;
    };
    let out = tempfile::tempdir().unwrap();
    let (code, _, stderr) = finish(
        isoboost()
            .arg("run")
            .arg(folder)
            .arg("--out")
            .arg(out.path().join("o")),
    );
    assert_eq!(code, 3, "{stderr}");
    assert!(stderr.contains("CT"), "{stderr}");
}

#[test]
fn the_default_configuration_checks_and_a_wrong_one_names_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("isoboost.toml");
    fs::write(&path, succeed(isoboost().args(["config", "--default"]))).unwrap();
    succeed(isoboost().args(["config", "--check"]).arg(&path));

    fs::write(
        &path,
        "[lesion]\nfinding = { fixed-suv = 4.0 }\ntreshold = 3\n",
    )
    .unwrap();
    let (code, _, stderr) = finish(isoboost().args(["config", "--check"]).arg(&path));
    assert_eq!(code, 2);
    assert!(
        stderr.contains("line 3") && stderr.contains("treshold"),
        "{stderr}"
    );

    fs::write(&path, "[lesion]\nfinding = { fixed-suv = -4.0 }\n").unwrap();
    let (code, _, stderr) = finish(isoboost().args(["config", "--check"]).arg(&path));
    assert_eq!(code, 2);
    assert!(
        stderr.contains("lesion.finding.fixed-suv is -4, expected 0.1 to 1000"),
        "{stderr}"
    );
}

#[test]
fn the_schema_of_the_configuration_describes_the_default_one() {
    let schema = succeed(isoboost().args(["config", "--schema"]));
    let schema: serde_json::Value = serde_json::from_str(&schema).unwrap();
    assert!(schema["properties"]["lesion"].is_object());
}

#[test]
fn an_unknown_preset_lists_the_known_ones() {
    let (code, _, stderr) = finish(isoboost().args(["run", ".", "--out", "x", "--preset", "suv9"]));
    assert_eq!(code, 2);
    assert!(stderr.contains("suv3, suv4-fixed"), "{stderr}");
}

#[test]
fn completions_and_manual_name_every_command() {
    let completions = succeed(isoboost().args(["completions", "bash"]));
    let manual = succeed(isoboost().arg("man"));
    for command in [
        "run", "inspect", "suv", "phantom", "compare", "cohort", "config",
    ] {
        assert!(completions.contains(command), "{command}");
        assert!(manual.contains(command), "{command}");
    }
}
