//! Organs that other software drew: a folder of masks, a segmentation, and a program that draws
//! them when a study is run.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use isoboost_tests::{
    check_python, check_script, finish, isoboost, only_study, succeed, workspace,
};
use serde_json::Value;
use tempfile::TempDir;

const PATIENT: &str = "
bladder-ml = 150.0
[[lesion]]
site = 'external-iliac'
side = 'left'
diameter-mm = 12.0
contrast = 8.0
";

/// A man from vertex to mid-thigh with a label map of his organs.
static PHANTOM: LazyLock<TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let patient = folder.path().join("patient.toml");
    std::fs::write(&patient, PATIENT).unwrap();
    let mut command = isoboost();
    command.args(["phantom", "torso", "--size", "small"]);
    command.arg("--patient").arg(&patient);
    succeed(command.arg("--out").arg(folder.path().join("scan")));
    folder
});

fn scan() -> PathBuf {
    PHANTOM.path().join("scan")
}

fn organs() -> [PathBuf; 2] {
    [scan().join("organs.nii.gz"), scan().join("organs.txt")]
}

fn run_on(input: &Path, out: &Path) -> Command {
    let mut command = isoboost();
    command.arg("run").arg(input).arg("--out").arg(out);
    command
}

fn report(out: &Path) -> Value {
    let text = std::fs::read_to_string(only_study(out).join("report.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// Kidneys, liver and bladder are known as they were drawn, on their own sides, and the node is
/// the one lesion.
fn check(report: &Value) {
    let excluded = report["excluded"].as_array().unwrap();
    for (name, reason) in [
        ("left kidney", "kidney"),
        ("right kidney", "kidney"),
        ("liver", "liver"),
        ("urinary bladder", "urinary_bladder"),
    ] {
        let drawn = format!("{name}: drawn as");
        let of_organ = excluded.iter().find(|e| {
            let evidence = e["evidence"].as_array().unwrap();
            evidence
                .iter()
                .any(|t| t.as_str().unwrap().starts_with(&drawn))
        });
        let of_organ = of_organ.unwrap_or_else(|| panic!("{name}: {excluded:?}"));
        assert_eq!(of_organ["reason"], reason);
        let x = of_organ["suv_max_at_mm"][0].as_f64();
        let side = |x: f64| {
            if name.starts_with("left") {
                x > 0.0
            } else {
                x < 0.0
            }
        };
        assert!(
            !name.ends_with("kidney") || x.is_none_or(side),
            "{name} at {x:?}"
        );
    }
    let lesions = report["lesions"].as_array().unwrap();
    assert_eq!(lesions.len(), 1, "{lesions:?}");
    assert_eq!(lesions[0]["site"], "left external iliac node");
}

#[test]
fn a_folder_of_masks_is_known_by_its_file_names() {
    let masks = tempfile::tempdir().unwrap().path().join("masks");
    std::fs::create_dir_all(masks.parent().unwrap()).unwrap();
    let [labels, names] = organs();
    if check_script(
        "draw_organs.py",
        &[Path::new("masks"), &labels, &names, &masks],
    )
    .is_none()
    {
        return;
    }
    let out = tempfile::tempdir().unwrap();
    succeed(run_on(&scan(), out.path()).arg("--labels").arg(&masks));
    check(&report(out.path()));
}

#[test]
fn a_segmentation_is_known_by_its_codes() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("organs.dcm");
    let [labels, names] = organs();
    let ct = scan().join("CT");
    let arguments = [Path::new("segmentation"), &labels, &names, &ct, &file];
    if check_script("draw_organs.py", &arguments).is_none() {
        return;
    }
    for given in [file.as_path(), folder.path()] {
        let out = tempfile::tempdir().unwrap();
        succeed(run_on(&scan(), out.path()).arg("--labels").arg(given));
        check(&report(out.path()));
    }
}

fn config(folder: &Path, text: &str) -> PathBuf {
    let path = folder.join("isoboost.toml");
    std::fs::write(&path, format!("[anatomy]\n{text}")).unwrap();
    path
}

#[test]
fn a_program_draws_on_the_ct_of_the_study() {
    let Some(python) = check_python() else {
        return;
    };
    let python = python.get_program().to_str().unwrap();
    let script = workspace().join("tests/external/draw_organs.py");
    let [labels, names] = organs();
    let paths = [script.as_path(), &labels, &names].map(|p| p.to_str().unwrap());
    let [script, labels, names] = paths;
    let folder = tempfile::tempdir().unwrap();
    let config = config(
        folder.path(),
        &format!(
            "command = ['{python}', '{script}', 'segmenter', '{labels}', '{names}', '{{ct}}', \
             '{{output}}']\ncommand-version = ['/bin/sh', '-c', 'echo draw 1.2']\n"
        ),
    );
    let out = folder.path().join("out");
    succeed(run_on(&scan(), &out).arg("--config").arg(config));
    let report = report(&out);
    check(&report);
    let text = report.to_string();
    assert!(text.contains("organs were drawn by"), "not told");
    assert!(text.contains("(draw 1.2)"), "version not told");
}

/// A program's end, and what is said of it.
#[test]
fn a_program_that_fails_or_takes_too_long_fails_the_study() {
    let fixture = workspace().join("fixtures/pelvis-bed-node");
    for (script, keys, said) in [
        (
            "echo no licence >&2; exit 3",
            "",
            "exit status: 3. It said: no licence",
        ),
        ("sleep 30", "command-timeout-s = 1", "stopped after 1 s"),
        ("true", "", "holds no organs"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let command = format!("command = ['/bin/sh', '-c', '{script}', '{{ct}}', '{{output}}']");
        let required = config(folder.path(), &format!("{command}\n{keys}\n"));
        let out = folder.path().join("out");
        let (code, _, stderr) = finish(run_on(&fixture, &out).arg("--config").arg(required));
        assert_eq!(code, 1, "{stderr}");
        assert!(stderr.contains(said), "{said}: {stderr}");
        let lenient = format!("{command}\n{keys}\ncommand-required = false\n");
        let lenient = config(folder.path(), &lenient);
        succeed(run_on(&fixture, &out).arg("--config").arg(lenient));
        let report = report(&out).to_string();
        assert!(
            report.contains("organs are recognised on CT and PET instead"),
            "{said}"
        );
    }
}

#[test]
fn a_command_without_its_places_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let config = config(folder.path(), "command = ['TotalSegmentator']\n");
    let mut command = isoboost();
    command.args(["config", "--check"]).arg(config);
    let (code, _, stderr) = finish(&mut command);
    assert_ne!(code, 0);
    assert!(stderr.contains("{ct} and {output}"), "{stderr}");
}
