//! Bad input gets its own message and exit code, and nothing half-made is left behind.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use isoboost_tests::{
    finish, has_program, isoboost, only_study, report, study_folders, succeed, workspace,
};

/// A copy of the shipped scan that a test may spoil.
struct Scan {
    folder: tempfile::TempDir,
}

impl Scan {
    fn new() -> Self {
        let scan = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        for part in ["CT", "PT"] {
            fs::create_dir_all(scan.input().join(part)).unwrap();
            let from = workspace().join("fixtures/pelvis-bed-node").join(part);
            for entry in fs::read_dir(from).unwrap() {
                let path = entry.unwrap().path();
                fs::copy(
                    &path,
                    scan.input().join(part).join(path.file_name().unwrap()),
                )
                .unwrap();
            }
        }
        scan
    }

    fn input(&self) -> PathBuf {
        self.folder.path().join("in")
    }

    fn out(&self) -> PathBuf {
        self.folder.path().join("out")
    }

    fn files(&self, part: &str) -> Vec<PathBuf> {
        let mut files: Vec<PathBuf> = fs::read_dir(self.input().join(part))
            .unwrap()
            .map(|e| e.unwrap().path())
            .collect();
        files.sort();
        files
    }

    /// Changes every file of a part with DCMTK; false when DCMTK is not there.
    fn modify(&self, part: &str, change: &[&str]) -> bool {
        if !has_program("dcmodify") {
            return false;
        }
        succeed(
            Command::new("dcmodify")
                .arg("--no-backup")
                .args(change)
                .args(self.files(part)),
        );
        true
    }

    fn run(&self, options: &[&str]) -> (i32, String) {
        let mut command = isoboost();
        command
            .arg("run")
            .arg(self.input())
            .arg("--out")
            .arg(self.out())
            .args(options);
        let (code, _, stderr) = finish(&mut command);
        (code, stderr)
    }

    /// A run that fails with exit code 1, names all of `words`, and leaves no study behind.
    fn is_refused(&self, words: &[&str]) {
        let (code, stderr) = self.run(&[]);
        assert_eq!(code, 1, "{stderr}");
        for word in words {
            assert!(stderr.contains(word), "no `{word}` in: {stderr}");
        }
        assert_eq!(study_folders(&self.out()), Vec::<PathBuf>::new());
        let left: Vec<_> = fs::read_dir(self.out())
            .unwrap()
            .map(|e| e.unwrap().file_name())
            .collect();
        assert_eq!(left, ["run.json"], "nothing half-made");
    }
}

#[test]
fn a_missing_weight_is_refused_and_can_be_supplied() {
    let scan = Scan::new();
    if !scan.modify("PT", &["--erase-all", "(0010,1030)"]) {
        return;
    }
    scan.is_refused(&["(0010,1030)", "--weight-kg"]);
    let (code, stderr) = scan.run(&["--weight-kg", "80"]);
    assert_eq!(code, 0, "{stderr}");
    let report = report(&only_study(&scan.out()));
    assert_eq!(report["suv"]["overrides"][0]["option"], "--weight-kg");
}

#[test]
fn a_missing_dose_is_refused() {
    let scan = Scan::new();
    if scan.modify("PT", &["--erase-all", "(0018,1074)"]) {
        scan.is_refused(&["(0018,1074)", "--dose-mbq"]);
    }
}

#[test]
fn missing_times_of_injection_are_refused() {
    let scan = Scan::new();
    if scan.modify("PT", &["--erase-all", "(0018,1078)"])
        && scan.modify(
            "PT",
            &["--ignore-missing-tags", "--erase-all", "(0018,1072)"],
        )
    {
        scan.is_refused(&["(0018,1078)", "--injected-at"]);
    }
}

#[test]
fn a_pet_without_attenuation_correction_is_refused() {
    let scan = Scan::new();
    if scan.modify("PT", &["--modify", "(0028,0051)=DECY\\RADL"]) {
        scan.is_refused(&["(0028,0051)", "ATTN"]);
    }
}

#[test]
fn a_missing_slice_is_named() {
    let scan = Scan::new();
    let files = scan.files("PT");
    fs::remove_file(&files[files.len() / 2]).unwrap();
    scan.is_refused(&["missing"]);
}

#[test]
fn a_truncated_file_is_named_with_what_is_there() {
    let scan = Scan::new();
    let files = scan.files("PT");
    let broken = &files[files.len() / 2];
    let bytes = fs::read(broken).unwrap();
    fs::write(broken, &bytes[..bytes.len() - 2000]).unwrap();
    scan.is_refused(&[broken.file_name().unwrap().to_str().unwrap(), "bytes"]);
}

#[test]
fn a_second_copy_of_a_slice_changes_nothing() {
    let scan = Scan::new();
    let first = scan.files("PT")[3].clone();
    fs::copy(&first, scan.input().join("copy-of-a-slice")).unwrap();
    let (code, stderr) = scan.run(&[]);
    assert_eq!(code, 0, "{stderr}");
    let expected = workspace().join("fixtures/expected");
    let mut compare = isoboost();
    compare
        .arg("compare")
        .arg(expected)
        .arg(scan.out())
        .arg("--json");
    let (_, differences, _) = finish(&mut compare);
    assert!(!differences.contains("suv_max"), "{differences}");
}

#[test]
fn a_ct_of_another_frame_of_reference_is_not_used_unless_asked() {
    let scan = Scan::new();
    if !scan.modify("CT", &["--modify", "(0020,0052)=1.2.3.4"]) {
        return;
    }
    let (code, stderr) = scan.run(&[]);
    assert_eq!(code, 0, "{stderr}");
    let study = only_study(&scan.out());
    assert_eq!(report(&study)["ct"], serde_json::Value::Null);
    assert_eq!(report(&study)["warnings"][0]["code"], "no-ct");
    let (code, stderr) = scan.run(&["--assume-aligned"]);
    assert_eq!(code, 0, "{stderr}");
    assert!(report(&study)["ct"]["series_uid"].is_string());
    let warnings = report(&study)["warnings"].as_array().unwrap().clone();
    assert!(
        warnings.iter().any(|w| w["code"] == "assumed-aligned"),
        "{warnings:?}"
    );
}

#[test]
fn colour_images_are_no_pet() {
    let scan = Scan::new();
    if scan.modify(
        "PT",
        &["--modify", "(0028,0004)=RGB", "--modify", "(0028,0002)=3"],
    ) {
        scan.is_refused(&["colour", "(0028,0004)"]);
    }
}

/// Another study, without a lesion.
fn other_study(folder: &Path) -> PathBuf {
    let scan = folder.join("other");
    let mut phantom = isoboost();
    phantom.args([
        "phantom",
        "pelvis",
        "--scenario",
        "negative",
        "--size",
        "fixture",
        "--out",
    ]);
    succeed(phantom.arg(&scan));
    scan
}

#[test]
fn one_bad_study_does_not_stop_the_other() {
    let scan = Scan::new();
    if !scan.modify("PT", &["--erase-all", "(0010,1030)"]) {
        return;
    }
    let mut command = isoboost();
    command
        .arg("run")
        .arg(scan.input())
        .arg(other_study(scan.folder.path()));
    let (code, _, stderr) = finish(command.arg("--out").arg(scan.out()));
    assert_eq!(code, 1, "{stderr}");
    let study = only_study(&scan.out());
    assert_eq!(report(&study)["lesions"], serde_json::json!([]));
    assert!(stderr.contains("--weight-kg"), "{stderr}");
}

#[test]
fn options_of_one_patient_are_refused_for_two() {
    let scan = Scan::new();
    let mut command = isoboost();
    command
        .arg("run")
        .arg(scan.input())
        .arg(other_study(scan.folder.path()));
    let (code, _, stderr) = finish(
        command
            .arg("--out")
            .arg(scan.out())
            .args(["--weight-kg", "80"]),
    );
    assert_eq!(code, 2, "{stderr}");
    assert!(
        stderr.contains("--weight-kg") && stderr.contains("one study"),
        "{stderr}"
    );
    assert!(!scan.out().exists());
}

#[test]
fn a_killed_run_leaves_nothing_that_looks_like_a_result() {
    let scan = Scan::new();
    for wait_ms in [5, 20, 40, 60, 90] {
        let mut run = isoboost();
        run.arg("run")
            .arg(scan.input())
            .arg("--out")
            .arg(scan.out())
            .arg("--force");
        let mut run = run
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(wait_ms));
        run.kill().unwrap();
        run.wait().unwrap();
        let visible = fs::read_dir(scan.out())
            .into_iter()
            .flatten()
            .map(|e| e.unwrap());
        for entry in visible.filter(|e| !e.file_name().to_string_lossy().starts_with('.')) {
            if entry.path().is_dir() {
                assert!(
                    entry.path().join("report.json").is_file(),
                    "{entry:?} is half-made"
                );
                assert!(
                    entry.path().join("rtstruct.dcm").is_file(),
                    "{entry:?} is half-made"
                );
            }
        }
    }
    let (code, stderr) = scan.run(&[]);
    assert_eq!(code, 0, "{stderr}");
    let hidden = fs::read_dir(scan.out())
        .unwrap()
        .map(|e| e.unwrap().file_name());
    let hidden: Vec<_> = hidden
        .filter(|n| n.to_string_lossy().starts_with('.'))
        .collect();
    assert!(hidden.is_empty(), "{hidden:?}");
}

#[test]
fn a_full_disk_is_told_and_leaves_no_result() {
    let scan = Scan::new();
    fs::create_dir_all(scan.out()).unwrap();
    let Some(disk) = SmallDisk::mount(&scan.out()) else {
        println!("skipped: a small disk cannot be mounted here");
        return;
    };
    let (code, stderr) = scan.run(&[]);
    assert_eq!(code, 1, "{stderr}");
    assert!(stderr.contains("space"), "{stderr}");
    assert_eq!(study_folders(&scan.out()), Vec::<PathBuf>::new());
    drop(disk);
}

/// A file system of 64 kB, unmounted at the end.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(at: &Path) -> Option<Self> {
        let mut mount = Command::new("mount");
        mount
            .args(["-t", "tmpfs", "-o", "size=64k", "tmpfs"])
            .arg(at);
        let mounted = mount
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|s| s.success());
        mounted.then(|| Self(at.to_path_buf()))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}
