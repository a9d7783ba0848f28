//! Programs of others.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// Said aloud, or a failure where programs are required.
fn skipped(program: &str) {
    let is_required = std::env::var_os("ISOBOOST_REQUIRE_EXTERNAL").is_some();
    assert!(!is_required, "{program} is not installed");
    println!("skipped: {program} not installed");
}

/// Holds a file against `dciodvfy`, which must know it as `iod` and find no error.
#[track_caller]
pub(crate) fn check_by_dciodvfy(path: &Path, iod: &str) {
    let run = Command::new("dciodvfy").arg("-new").arg(path).output();
    let Ok(output) = run else {
        skipped("dciodvfy");
        return;
    };
    let said = String::from_utf8_lossy(&output.stderr).into_owned()
        + &String::from_utf8_lossy(&output.stdout);
    let errors: Vec<&str> = said.lines().filter(|l| l.starts_with("Error")).collect();
    assert_eq!(errors, Vec::<&str>::new(), "{said}");
    assert!(
        said.contains(iod),
        "dciodvfy did not know the object: {said}"
    );
}

/// What a script of `tests/external` prints, given a command and paths.
pub(crate) fn script(name: &str, command: &str, paths: &[&Path]) -> Option<Value> {
    let Some(python) = std::env::var_os("ISOBOOST_CHECK_PYTHON") else {
        skipped("Python (ISOBOOST_CHECK_PYTHON)");
        return None;
    };
    let script = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/external")
        .join(name);
    let output = Command::new(python)
        .arg(script)
        .arg(command)
        .args(paths)
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    Some(serde_json::from_slice(&output.stdout).unwrap())
}
