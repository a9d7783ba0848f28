//! The shipped scans give the results that are expected of them, on any number of threads.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use isoboost_tests::{finish, isoboost, only_study, report, succeed, workspace};

fn run(out: &Path, jobs: &str) {
    let input = workspace().join("fixtures/pelvis-bed-node");
    succeed(
        isoboost()
            .arg("run")
            .arg(input)
            .arg("--out")
            .arg(out)
            .args(["--jobs", jobs]),
    );
}

/// Every file under a folder with its bytes.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path
                    .strip_prefix(folder)
                    .unwrap()
                    .to_string_lossy()
                    .into_owned();
                files.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    files
}

#[test]
fn the_result_is_the_expected_one() {
    let out = tempfile::tempdir().unwrap();
    run(out.path(), "2");
    let expected = workspace().join("fixtures/expected");
    let tolerance = workspace().join("fixtures/tolerance.toml");
    let mut compare = isoboost();
    compare
        .arg("compare")
        .arg(&expected)
        .arg(out.path())
        .arg("--tolerance")
        .arg(&tolerance);
    let (code, stdout, stderr) = finish(&mut compare);
    assert_eq!(code, 0, "{stdout}{stderr}");
}

#[test]
fn a_changed_result_is_told_with_exit_code_1() {
    let out = tempfile::tempdir().unwrap();
    run(out.path(), "2");
    let path = only_study(out.path()).join("report.json");
    let changed = report(&only_study(out.path()));
    let suv = changed["lesions"][0]["suv_max"].to_string();
    let text = fs::read_to_string(&path).unwrap().replace(&suv, "1.5");
    fs::write(&path, text).unwrap();
    let expected = workspace().join("fixtures/expected");
    let (code, stdout, _) = finish(
        isoboost()
            .arg("compare")
            .arg(&expected)
            .arg(out.path())
            .arg("--json"),
    );
    assert_eq!(code, 1);
    assert!(stdout.contains("lesions.0.suv_max"), "{stdout}");
}

#[test]
fn two_runs_and_any_number_of_threads_give_the_same_bytes() {
    let outs = [
        tempfile::tempdir().unwrap(),
        tempfile::tempdir().unwrap(),
        tempfile::tempdir().unwrap(),
    ];
    for (out, jobs) in outs.iter().zip(["1", "2", "2"]) {
        run(out.path(), jobs);
    }
    let first = contents(outs[0].path());
    for name in [
        "report.json",
        "lesions.csv",
        "labels.nii.gz",
        "targets.nii.gz",
        "rtstruct.dcm",
        "seg.dcm",
        "sr.dcm",
        "mip.png",
        "drr-ap.png",
        "drr-lateral.png",
        "run.json",
    ] {
        assert!(
            first.keys().any(|n| n.ends_with(name)),
            "{name} is missing: {:?}",
            first.keys()
        );
    }
    for other in &outs[1..] {
        let other = contents(other.path());
        assert_eq!(
            first.keys().collect::<Vec<_>>(),
            other.keys().collect::<Vec<_>>()
        );
        for (name, bytes) in &first {
            assert!(*bytes == other[name], "{name} differs");
        }
    }
}

#[test]
fn a_second_run_keeps_what_is_there_and_force_does_it_again() {
    let out = tempfile::tempdir().unwrap();
    run(out.path(), "2");
    let path = only_study(out.path()).join("lesions.csv");
    fs::write(&path, "changed by hand").unwrap();
    run(out.path(), "2");
    assert_eq!(fs::read_to_string(&path).unwrap(), "changed by hand");
    let input = workspace().join("fixtures/pelvis-bed-node");
    succeed(
        isoboost()
            .arg("run")
            .arg(input)
            .arg("--out")
            .arg(out.path())
            .arg("--force"),
    );
    assert!(fs::read_to_string(&path).unwrap().starts_with("kind,id,"));
}

#[test]
fn a_zip_of_the_scan_gives_the_same_report() {
    use std::io::Write;
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("scan.zip");
    let mut zip = zip::ZipWriter::new(fs::File::create(&archive).unwrap());
    let input = workspace().join("fixtures/pelvis-bed-node");
    for (name, bytes) in contents(&input) {
        zip.start_file(name, zip::write::SimpleFileOptions::default())
            .unwrap();
        zip.write_all(&bytes).unwrap();
    }
    zip.finish().unwrap();
    let out = folder.path().join("out");
    succeed(isoboost().arg("run").arg(&archive).arg("--out").arg(&out));
    let (expected, tolerance) = (
        workspace().join("fixtures/expected"),
        workspace().join("fixtures/tolerance.toml"),
    );
    succeed(
        isoboost()
            .arg("compare")
            .arg(expected)
            .arg(&out)
            .arg("--tolerance")
            .arg(tolerance),
    );
}
