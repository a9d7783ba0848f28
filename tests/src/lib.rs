//! What the end-to-end tests share: the built command, the folders, and foreign tools.

pub mod blurred_sphere;
pub mod reopened;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

/// The workspace's top folder.
pub fn workspace() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent()
        .expect("the tests lie inside the workspace")
        .to_path_buf()
}

/// Holds a page of docs/ that a test makes against what it made now.
///
/// # Panics
/// When they differ; with `ISOBOOST_UPDATE_DOCS` set the page is written instead.
pub fn check_page(name: &str, text: &str) {
    let path = workspace().join("docs").join(name);
    if std::env::var_os("ISOBOOST_UPDATE_DOCS").is_some() {
        std::fs::write(&path, text).expect("docs/ can be written");
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == text,
        "docs/{name} is stale; run this test with ISOBOOST_UPDATE_DOCS=1"
    );
}

/// A new run of the `isoboost` command, built in the profile of these tests.
pub fn isoboost() -> Command {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    let binary = BINARY.get_or_init(|| {
        // target/<profile>/deps/<test>: the command belongs two levels up.
        let test = std::env::current_exe().expect("a test knows where it is");
        let folder = test
            .ancestors()
            .nth(2)
            .expect("tests run from target/<profile>/deps");
        let profile = match folder.file_name().and_then(|n| n.to_str()) {
            Some("debug") | None => "dev",
            Some(name) => name,
        };
        let built = Command::new(env!("CARGO"))
            .args([
                "build",
                "--quiet",
                "--package",
                "isoboost",
                "--profile",
                profile,
            ])
            .current_dir(workspace())
            .status()
            .expect("cargo runs");
        assert!(built.success(), "the isoboost command does not build");
        folder.join(format!("isoboost{}", std::env::consts::EXE_SUFFIX))
    });
    let mut command = Command::new(binary);
    command.env_remove("RUST_LOG").env("NO_COLOR", "1");
    command
}

/// Runs a command to its end and hands back its exit code, stdout and stderr.
pub fn finish(command: &mut Command) -> (i32, String, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().expect("the command starts");
    (
        status.code().unwrap_or(-1),
        String::from_utf8_lossy(&stdout).into_owned(),
        String::from_utf8_lossy(&stderr).into_owned(),
    )
}

/// Runs a command that must succeed, and hands back its stdout.
pub fn succeed(command: &mut Command) -> String {
    let (code, stdout, stderr) = finish(command);
    assert_eq!(code, 0, "{command:?}\n{stdout}\n{stderr}");
    stdout
}

/// The real scans that are not part of the project; `None`, said aloud, when they are not there.
pub fn shared_data(path: &str) -> Option<PathBuf> {
    let folder = workspace().join("../shared/data").join(path);
    if folder.exists() {
        return Some(folder);
    }
    println!("skipped: no ../shared/data/{path}");
    None
}

/// Whether a foreign program can be run. Where it cannot, the test is skipped aloud, or fails when
/// `ISOBOOST_REQUIRE_EXTERNAL` is set, as `scripts/test` does.
pub fn has_program(name: &str) -> bool {
    let found = std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(name).is_file()));
    found || missing(name)
}

/// Whether the packages of `tests/browser` are installed and Node.js is there to run them; where they
/// are not, as [`has_program`].
pub fn has_node_packages() -> bool {
    if !has_program("node") {
        return false;
    }
    let packages = workspace().join("tests/browser/node_modules/.package-lock.json");
    packages.is_file() || missing("`npm ci --prefix tests/browser`")
}

/// Whether a browser can be driven: Chromium, from `ISOBOOST_CHROMIUM` or the PATH, and what
/// [`has_node_packages`] asks for.
pub fn has_browser() -> bool {
    has_node_packages()
        && (std::env::var_os("ISOBOOST_CHROMIUM").is_some() || has_program("chromium"))
}

/// The lines of `dciodvfy` on a DICOM object that start with `Error`.
///
/// # Panics
/// When the program cannot be run; ask [`has_program`] first.
pub fn dciodvfy_errors(file: &Path) -> Vec<String> {
    let (_, stdout, stderr) = finish(Command::new("dciodvfy").arg("-new").arg(file));
    let lines = stderr.lines().chain(stdout.lines());
    lines
        .filter(|line| line.starts_with("Error"))
        .map(str::to_owned)
        .collect()
}

/// A Python that has the packages of `scripts/check-requirements.txt`, from
/// `ISOBOOST_CHECK_PYTHON`.
pub fn check_python() -> Option<Command> {
    let Some(python) = std::env::var_os("ISOBOOST_CHECK_PYTHON") else {
        missing("Python with scripts/check-requirements.txt");
        return None;
    };
    Some(Command::new(python))
}

/// Runs one of the scripts in `tests/external` and parses the JSON it prints.
pub fn check_script(script: &str, arguments: &[&Path]) -> Option<serde_json::Value> {
    let mut python = check_python()?;
    python
        .arg(workspace().join("tests/external").join(script))
        .args(arguments);
    let stdout = succeed(&mut python);
    let start = stdout
        .find('{')
        .unwrap_or_else(|| panic!("{script} printed no JSON: {stdout}"));
    Some(serde_json::from_str(&stdout[start..]).expect("the script prints JSON"))
}

/// The one study folder of a run.
pub fn only_study(out: &Path) -> PathBuf {
    let studies = study_folders(out);
    assert_eq!(studies.len(), 1, "{studies:?}");
    studies[0].clone()
}

/// The study folders of a run, sorted.
pub fn study_folders(out: &Path) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = std::fs::read_dir(out)
        .expect("the output folder is there")
        .map(|entry| entry.expect("readable").path())
        .filter(|path| path.join("report.json").is_file())
        .collect();
    folders.sort();
    folders
}

/// The report of a study folder.
pub fn report(study: &Path) -> serde_json::Value {
    let text = std::fs::read_to_string(study.join("report.json")).expect("a report is there");
    serde_json::from_str(&text).expect("the report is JSON")
}

fn missing(name: &str) -> bool {
    assert!(
        std::env::var_os("ISOBOOST_REQUIRE_EXTERNAL").is_none(),
        "{name} is not installed; `scripts/test` installs it"
    );
    println!("skipped: {name} is not installed");
    false
}
